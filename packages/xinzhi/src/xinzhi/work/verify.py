"""Results compared with what run.json says of them; nothing is computed and nothing is moved."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from xinzhi.work.draws.chunk_store import DRAWS, Listed, find_faults, list_draws, other_draws
from xinzhi.work.lock import MARKER, Marker, digest_of, is_inside, read_plain
from xinzhi.work.results import STORE, Results
from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.wording import message

RUN = "run.json"
NUMBERS = ("results.json", "scores.csv")
"""Files that hold the numbers of a study."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What run.json says of the results."""

    outputs: Mapping[str, str]
    """Name of a file -> SHA-256."""
    fingerprints: tuple[str, ...]
    """Keys of the stored results."""
    draws: tuple[tuple[str, int, str], ...]
    """Key, number and SHA-256 of kept draws."""


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
    """Errors in what was delivered and in draws; warnings where something can be computed again."""

    @property
    def is_sound(self) -> bool:
        """Whether all files and draws are those of the run."""
        return not any(problem.severity == "error" for problem in self.problems)


def compare_with_run(folder: Path) -> Verified:
    """Compare a folder of results with its run.json.

    Raises
    ------
    DataError
        `verify.run`: there is no run.json that can be read.
    """
    run = _read(folder / RUN)
    place, draws = Results(folder), list_draws(folder / STORE / DRAWS)
    marker = place.marker
    others = [name for name in marker.files if name not in run.outputs]
    problems = [
        *_check_outputs(folder, run.outputs),
        *_check_marker(place, marker),
        *_check_others(place, marker, others),
        *_check_stages(place, run.fingerprints),
        *(problem for listed in draws for problem in find_faults(listed)),
        *_check_draws(draws, run.draws),
    ]
    return Verified(
        tuple(name for name in run.outputs if name in NUMBERS),
        len(others) + sum(name not in NUMBERS for name in run.outputs),
        len(run.fingerprints),
        sum(listed.done for listed in draws),
        tuple(dict.fromkeys(problems)),
    )


def _read(path: Path) -> Recorded:
    """Read run.json; whatever else it holds, the parts that are compared have the kinds that we write."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        document = json.loads(read_plain(path))
        outputs = {_text(name): _text(digest) for name, digest in document["outputs"].items()}
        fingerprints = tuple(_text(stage["fingerprint"]) for stage in document["stages"])
        draws = tuple(
            (_text(d["key"]), _number(d["n"]), _text(d["sha256"])) for d in document["draws"]
        )
        # A name that leads out of the folder would have another file read in its place.
        if NUMBERS[0] in outputs and all(map(is_inside, (*outputs, *fingerprints))):
            return Recorded(outputs, fingerprints, draws)
    text = message("'{folder}' has no run.json that can be read.", folder=path.parent)
    remedy = message("name the folder of results of `xinzhi run`, or run the study again.")
    raise DataError(Problem("verify.run", text, Where(file=str(path)), remedy))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return value


def _check_outputs(folder: Path, outputs: Mapping[str, str]) -> Iterator[Problem]:
    for name, digest in outputs.items():
        actual = digest_of(folder / name)
        if actual != digest:
            sentence = (
                message("{name} is not the file that the run wrote.", name=name)
                if actual
                else message("{name} is missing.", name=name)
            )
            remedy = message("run the study again: it is written anew.")
            code = "verify.numbers" if name in NUMBERS else "verify.file"
            yield Problem(code, sentence, Where(file=str(folder / name)), remedy)


def _check_marker(place: Results, marker: Marker) -> Iterator[Problem]:
    """Say where nobody knows what the run wrote; results that were handed on need no such list."""
    if not marker.is_sound:
        text = message("The list of what xinzhi wrote here is damaged.")
        remedy = message("run the study again: it is written anew.")
        yield Problem("verify.marker", text, Where(file=str(place.folder / MARKER)), remedy)


def _check_others(place: Results, marker: Marker, names: list[str]) -> Iterator[Problem]:
    """Compare what run.json does not name, itself above all, with the list in the folder."""
    for name in names:
        if digest_of(place.folder / name) != marker.files[name]:
            text = message("{name} was changed or removed since the run.", name=name)
            remedy = message("run the study again: it is written anew.")
            yield Problem("verify.file", text, Where(file=str(place.folder / name)), remedy)


def _check_stages(place: Results, fingerprints: Sequence[str]) -> Iterator[Problem]:
    # Beside the stages lie parts of reports and what the last run said.
    entries = {*fingerprints, *place.store.entries()}
    n = sum(place.store.content(entry) is None for entry in entries)
    if n:
        text = message(
            "{n} stored results are damaged or missing; the next run computes them again.",
            one="{n} stored result is damaged or missing; the next run computes it again.",
            n=n,
        )
        yield Problem(
            "verify.stored", text, Where(file=str(place.store.folder)), severity="warning"
        )


def _check_draws(
    draws: list[Listed], recorded: Sequence[tuple[str, int, str]]
) -> Iterator[Problem]:
    """Compare the digests of draws; those that were deleted can be computed again."""
    here = {listed.about.key: listed for listed in draws}
    for key, n, digest in recorded:
        listed = here.get(key)
        if listed and listed.about.n == n and listed.about.sha256 not in {"", digest}:
            yield other_draws(listed)
