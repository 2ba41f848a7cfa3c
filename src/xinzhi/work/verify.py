"""Results compared with what run.json says of them; nothing is computed and nothing is moved."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinzhi.errors import DataError, Problem, Where
from xinzhi.wording import message
from xinzhi.work.draws.kept import DRAWS
from xinzhi.work.draws.listing import Listed, faults, listed_draws, other_draws
from xinzhi.work.marker import digest_of
from xinzhi.work.results import STORE, Results

RUN = "run.json"
NUMBERS = ("results.json", "scores.csv")
"""Files that hold the numbers of a study; run.json holds their digests."""


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
        return not any(one.severity == "error" for one in self.problems)


def verified(folder: Path) -> Verified:
    """Compare a folder of results with its run.json.

    Raises
    ------
    DataError
        `verify.run`: there is no run.json that can be read.
    """
    run = _read(folder / RUN)
    outputs, stages = run["outputs"], [str(one["fingerprint"]) for one in run["stages"]]
    place, draws = Results(folder), listed_draws(folder / STORE / DRAWS)
    others = [name for name in place.marker.files if name not in outputs]
    problems = [
        *_numbers(folder, outputs),
        *_others(place, others),
        *_stages(place, stages),
        *(problem for one in draws for problem in faults(one)),
        *_draws(draws, run["draws"]),
    ]
    return Verified(
        tuple(outputs),
        len(others),
        len(stages),
        sum(one.done for one in draws),
        tuple(dict.fromkeys(problems)),
    )


def _read(path: Path) -> Mapping[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        is_ours = isinstance(found["stages"], list) and isinstance(found["outputs"], dict)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(_unreadable(path)) from error
    if not is_ours or not isinstance(found.get("draws"), list):
        raise DataError(_unreadable(path))
    return found


def _unreadable(path: Path) -> Problem:
    return Problem(
        "verify.run",
        message("'{folder}' has no run.json that can be read.", folder=path.parent),
        Where(file=str(path)),
        message("name the folder of results of `xinzhi run`, or run the study again."),
    )


def _numbers(folder: Path, outputs: Mapping[str, str]) -> Iterator[Problem]:
    for name, digest in outputs.items():
        found = digest_of(folder / name)
        if found != digest:
            what = (
                message("{name} is not the file that the run wrote.", name=name)
                if found
                else message("{name} is missing.", name=name)
            )
            yield Problem(
                "verify.numbers",
                what,
                Where(file=str(folder / name)),
                message("run the study again: it is written anew."),
            )


def _others(place: Results, names: list[str]) -> Iterator[Problem]:
    marker = place.marker
    for name in names:
        if not marker.is_unchanged(place.folder, name):
            yield Problem(
                "verify.file",
                message("{name} was changed or removed since the run.", name=name),
                Where(file=str(place.folder / name)),
                severity="warning",
            )


def _stages(place: Results, fingerprints: list[str]) -> Iterator[Problem]:
    n = sum(place.store.content(one) is None for one in fingerprints)
    if n:
        yield Problem(
            "verify.stored",
            message(
                "{n} stored results are damaged or missing; the next run computes them again.",
                one="{n} stored result is damaged or missing; the next run computes it again.",
                n=n,
            ),
            Where(file=str(place.store.folder)),
            severity="warning",
        )


def _draws(draws: list[Listed], told: list[Mapping[str, Any]]) -> Iterator[Problem]:
    """Compare the digests of draws; those that were deleted can be computed again."""
    here = {one.about.key: one for one in draws}
    for one in told:
        found = here.get(str(one["key"]))
        if found and found.about.n == one["n"] and found.about.sha256 not in {"", one["sha256"]}:
            yield other_draws(found)
