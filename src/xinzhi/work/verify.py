"""Results compared with what run.json says of them; nothing is computed and nothing is moved."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinzhi.errors import DataError, Problem, Where
from xinzhi.wording import message
from xinzhi.work.draws.chunk_store import DRAWS
from xinzhi.work.draws.listing import Listed, find_faults, list_draws, other_draws
from xinzhi.work.marker import digest_of
from xinzhi.work.results import STORE, Results

RUN = "run.json"
NUMBERS = ("results.json", "scores.csv")
"""Files that hold the numbers of a study; run.json holds their digests."""
PARTS = {"stages": list, "outputs": dict, "draws": list}
"""Key of run.json -> kind of what is compared."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was compared, and what is not as it should be."""

    files: tuple[str, ...]
    n_others: int
    """Other files of the results."""
    n_stages: int
    """Stored results."""
    n_draws: int
    problems: tuple[Problem, ...]
    """Errors in numbers and draws; warnings where only something else differs."""

    @property
    def is_sound(self) -> bool:
        """Whether all numbers are those of the run."""
        return not any(problem.severity == "error" for problem in self.problems)


def compare_with_run(folder: Path) -> Verified:
    """Compare a folder of results with its run.json.

    Raises
    ------
    DataError
        `verify.run`: there is no run.json that can be read.
    """
    run = _read(folder / RUN)
    outputs, stages = run["outputs"], [str(stage["fingerprint"]) for stage in run["stages"]]
    place, draws = Results(folder), list_draws(folder / STORE / DRAWS)
    others = [name for name in place.marker.files if name not in outputs]
    problems = [
        *_check_numbers(folder, outputs),
        *_check_others(place, others),
        *_check_stages(place, stages),
        *(problem for listed in draws for problem in find_faults(listed)),
        *_check_draws(draws, run["draws"]),
    ]
    return Verified(
        tuple(outputs),
        len(others),
        len(stages),
        sum(listed.done for listed in draws),
        tuple(dict.fromkeys(problems)),
    )


def _read(path: Path) -> Mapping[str, Any]:
    with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if all(isinstance(document[key], kind) for key, kind in PARTS.items()):
            return document
    text = message("'{folder}' has no run.json that can be read.", folder=path.parent)
    remedy = message("name the folder of results of `xinzhi run`, or run the study again.")
    raise DataError(Problem("verify.run", text, Where(file=str(path)), remedy))


def _check_numbers(folder: Path, outputs: Mapping[str, str]) -> Iterator[Problem]:
    for name, digest in outputs.items():
        actual = digest_of(folder / name)
        if actual != digest:
            sentence = (
                message("{name} is not the file that the run wrote.", name=name)
                if actual
                else message("{name} is missing.", name=name)
            )
            remedy = message("run the study again: it is written anew.")
            yield Problem("verify.numbers", sentence, Where(file=str(folder / name)), remedy)


def _check_others(place: Results, names: list[str]) -> Iterator[Problem]:
    marker = place.marker
    for name in names:
        if not marker.is_unchanged(place.folder, name):
            text = message("{name} was changed or removed since the run.", name=name)
            yield Problem(
                "verify.file", text, Where(file=str(place.folder / name)), severity="warning"
            )


def _check_stages(place: Results, fingerprints: list[str]) -> Iterator[Problem]:
    n = sum(place.store.content(fingerprint) is None for fingerprint in fingerprints)
    if n:
        text = message(
            "{n} stored results are damaged or missing; the next run computes them again.",
            one="{n} stored result is damaged or missing; the next run computes it again.",
            n=n,
        )
        yield Problem(
            "verify.stored", text, Where(file=str(place.store.folder)), severity="warning"
        )


def _check_draws(draws: list[Listed], recorded: list[Mapping[str, Any]]) -> Iterator[Problem]:
    """Compare the digests of draws; those that were deleted can be computed again."""
    here = {listed.about.key: listed for listed in draws}
    for record in recorded:
        listed = here.get(str(record["key"]))
        if (
            listed
            and listed.about.n == record["n"]
            and listed.about.sha256 not in {"", record["sha256"]}
        ):
            yield other_draws(listed)
