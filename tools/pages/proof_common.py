"""What the comparisons of tools/pages/generate_proof.py share: the register of witnesses, and their names.

A witness is a function that gives label, their figure and ours. Those that need R, pyfixest or deapack
run for the page only; the others also run in the tests.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[2]
sys.path += [
    str(ROOT / "tests" / "support"),
    str(ROOT / "benchmarks"),
    str(ROOT / "benchmarks" / "contenders"),
]

from cases_econometrics import r_witness  # noqa: E402
from cases_efficiency import activities  # noqa: E402
from oracles_efficiency import exact, sbm, super_sbm  # noqa: E402
from oracles_linprog import longest  # noqa: E402

__all__ = ["activities", "exact", "longest", "r_witness", "sbm", "super_sbm"]

Number = tuple[str, float, float]
Text = dict[str, str]
REFERENCE = ROOT / "tests" / "reference"
DATA = ROOT / "docs" / "gallery" / "data"
SMALL = 1e-3
"""A figure below it is compared as if it were of this size: 0 has no relative difference."""


def deviation(theirs: float, ours: float) -> float:
    """Give the relative difference of two figures."""
    return abs(ours - theirs) / max(abs(theirs), SMALL)


@dataclass(frozen=True, slots=True)
class Witness:
    """A comparison: its field, what is compared, with whom, and how the figures are found."""

    field: str
    what: Text
    by: Callable[[], Text]
    numbers: Callable[[], Sequence[Number]]
    test: str
    """Where the tests compare the same kind of figure."""
    is_quick: bool
    note: Text
    """Why figures differ by more than the last bits, where they do."""

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.numbers.__name__


WITNESSES: list[Witness] = []


def witness(
    field: str,
    en: str,
    zh: str,
    by: Callable[[], Text],
    test: str,
    *,
    quick: bool = False,
    note: tuple[str, str] = ("", ""),
) -> Callable[[Callable[[], Sequence[Number]]], Callable[[], Sequence[Number]]]:
    """Register a comparison."""

    def register(numbers: Callable[[], Sequence[Number]]) -> Callable[[], Sequence[Number]]:
        texts = {"en": en, "zh": zh}, {"en": note[0], "zh": note[1]}
        WITNESSES.append(Witness(field, texts[0], by, numbers, test, quick, texts[1]))
        return numbers

    return register


def python(*names: str) -> Callable[[], Text]:
    """Name Python packages with the versions that compute."""
    return lambda: _same(", ".join(f"{name} {version(name)}" for name in names))


def r(*names: str) -> Callable[[], Text]:
    """Name R packages with the versions that compute."""

    def found() -> Text:
        script = "".join(
            f'out${name} <- as.numeric(unlist(packageVersion("{name}")))\n' for name in names
        )
        told = r_witness(pd.DataFrame({"a": [1.0]}), script)
        return _same(
            "R " + ", ".join(f"{n} {'.'.join(str(int(v)) for v in told[n])}" for n in names)
        )

    return found


def printed(en: str, zh: str = "") -> Callable[[], Text]:
    """Name a printed source."""
    return lambda: {"en": en, "zh": zh or en}


def _same(text: str) -> Text:
    return {"en": text, "zh": text}


def pairs(labels: Iterable[str], theirs: Iterable[float], ours: Iterable[float]) -> list[Number]:
    """Put figures beside each other."""
    found = zip(labels, map(float, theirs), map(float, ours), strict=True)
    return list(found)


def named(names: Sequence[str], *kinds: str) -> list[str]:
    """Label figures: each kind for all names."""
    return [f"{name}: {kind}" if kind else name for kind in kinds for name in names]
