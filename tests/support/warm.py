"""Runs a study with the store of earlier runs and without one, and compares everything that comes out.

The store is never pruned here: it keeps what every earlier state of the study has left, so that a key which
lacks a part finds something wrong to give.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from made_warm import Made, make
from warm_edits import draw_edit
from xinzhi.present.pictures import Pictures
from xinzhi.report.build import content_of
from xinzhi.report.deliver import files_of
from xinzhi.study.fingerprint import to_bytes
from xinzhi.study.result import StudyResult
from xinzhi.study.run import run
from xinzhi.work.results import claim
from xinzhi_core.errors import StudyError

DIFFERS = frozenset({"run.json"})
"""Says when and how long: the only file that may differ."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found: a digest of each piece, or what it refuses."""

    pieces: Mapping[str, str]
    hits: tuple[str, ...]
    """Stages that came from the store."""
    computed: tuple[str, ...]
    result: StudyResult | None = None

    def differs_from(self, other: Outcome) -> list[str]:
        """Name the pieces that are not the same."""
        names = {**self.pieces, **other.pieces}
        return sorted(n for n in names if self.pieces.get(n) != other.pieces.get(n))


def digest(value: Any) -> str:
    """Tell values apart."""
    return sha256(value if isinstance(value, bytes) else to_bytes(value)).hexdigest()


def pieces_of(result: StudyResult) -> dict[str, str]:
    """Digest all that a study holds: data with units and ledger, variables, every result, notices."""
    pieces = {
        f"{key}.{name}": digest(value)
        for key, of_analysis in result.results.items()
        for name, value in of_analysis.items()
    }
    return {
        **pieces,
        "reading": digest(result.reading),
        "panel": digest(result.panel),
        "variables": digest(result.variables),
        "notices": digest(repr(result.notices).encode()),
    }


def outcome(study: Path, store: Path | None, *, settings: tuple[str, ...] = ()) -> Outcome:
    """Run a study with a store, or without any."""
    try:
        if store is None:
            result = run(study, settings=settings)
        else:
            with claim(store) as place:
                result = run(study, results=place, settings=settings)
    except StudyError as error:
        return Outcome({"refused": repr(error.problems)}, (), ())
    hits = tuple(stage.name for stage in result.stages if not stage.computed)
    computed = tuple(stage.name for stage in result.stages if stage.computed)
    return Outcome(pieces_of(result), hits, computed, result)


def delivered(result: StudyResult, formats: tuple[str, ...], store: Path | None) -> dict[str, str]:
    """Digest the files of a study as they would be delivered, with kept pictures or without."""
    if store is None:
        pictures = Pictures()
    else:
        with claim(store) as place:
            pictures = Pictures(place.store)
    content = content_of(result, pictures)
    files = files_of(result, content, formats, pictures, lambda _: None, ())
    return {name: digest(content) for name, content in files.items() if name not in DIFFERS}


def assert_warm_equals_cold(made: Made, store: Path) -> tuple[Outcome, Outcome]:
    """Compare one state of a study with and without the store."""
    warm, cold = outcome(made.study, store), outcome(made.study, None)
    different = warm.differs_from(cold)
    assert not different, f"with the store other results than without it: {different}"
    return warm, cold


@dataclass(slots=True)
class Walked:
    """What came of a sequence of edits."""

    edits: list[str]
    different: list[str]
    """Edits after which the run with the store gave something else, with the pieces."""
    hits: int = 0
    """Stages that came from the store."""
    computed: int = 0
    refused: int = 0
    """States that both runs refuse, with the same words."""
    n_files: int = 0
    """Files of the last state that were compared byte by byte."""


FORMATS = ("md", "tex", "xlsx", "html", "docx", "svg")


def walk(name: str, folder: Path, *, seed: int, n_edits: int) -> Walked:
    """Edit a study again and again, and compare each state with and without the store."""
    draw = random.Random(f"{name} {seed}")  # noqa: S311 - a draw of tests
    made = make(name, folder / "study")
    document, store, walked = made.base(), folder / "results", Walked([], [])
    outcome(made.study, store)
    warm = cold = None
    for _ in range(n_edits):
        walked.edits.append(draw_edit(made, document, draw))
        warm, cold = outcome(made.study, store), outcome(made.study, None)
        walked.hits += len(warm.hits)
        walked.computed += len(warm.computed)
        walked.refused += cold.result is None
        if pieces := warm.differs_from(cold):
            walked.different.append(f"{' | '.join(walked.edits)}: {', '.join(pieces)}")
    if warm and cold and warm.result is not None and cold.result is not None:
        files = delivered(warm.result, FORMATS, store), delivered(cold.result, FORMATS, None)
        walked.n_files = len(files[0])
        walked.different += [
            f"{walked.edits[-1]}: file {file}"
            for file in sorted({**files[0], **files[1]})
            if files[0].get(file) != files[1].get(file)
        ]
    return walked
