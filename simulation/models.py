"""The regressions behind the printed tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulation.printed import CONTROLS, FACTORS

FIRST, LAST = 2008, 2023
YEARS = tuple(range(FIRST, LAST + 1))
MODERATORS = ("EPPCN", "RDER")
MEDIATORS = ("NEPP", "SEE")


@dataclass(frozen=True, slots=True)
class Model:
    """One least-squares regression with fixed effects of the city, and of the year if `two_way`."""

    key: str
    """Place in the printed tables, such as `table5.col1`."""
    outcome: str
    regressors: tuple[str, ...]
    """Names of variables; `A*B` is a product."""
    two_way: bool = True
    group: str = "all"
    """Which cities."""
    first: int = FIRST
    last: int = LAST
    lag: int = 0
    """Years by which the regressors lie before the outcome."""


def _replace(old: tuple[str, ...], new: str) -> tuple[str, ...]:
    return (*(f for f in FACTORS if f not in old), new, *CONTROLS)


def _main() -> list[Model]:
    full = (*FACTORS, *CONTROLS)
    return [
        Model("table5.col1", "GTFP", full),
        Model("table5.col2", "GTFP", FACTORS),
        Model("table5.col3", "GTFP", full, two_way=False),
        Model("table5.col4", "GTFP", FACTORS, two_way=False),
        Model("table6.col1", "GTFP", _replace(("HEE",), "AYS")),
        Model("table6.col2", "GTFP", _replace(("PGPP",), "RDE")),
        Model("table6.col3", "GTFP", _replace(("IRD",), "SI_LP")),
        Model("table6.col4", "GTFP", _replace(("IRD",), "IRDemp")),
        Model("table6.col5", "GTFP", _replace(("IRD",), "IRDent")),
        Model("table6.col6", "GTFP", full, first=2011, last=2022),
    ]


def _mechanism() -> list[Model]:
    full = (*FACTORS, *CONTROLS)
    return [
        Model("table7.col1", "NEPP", full),
        Model("table7.col2", "SEE", full),
        Model("table7.col3", "GTFP", ("NEPP", *full)),
        Model("table7.col4", "GTFP", ("SEE", *full)),
        Model("table7.col5", "GTFP", ("NEPP", *CONTROLS)),
        Model("table7.col6", "GTFP", ("SEE", *CONTROLS)),
    ]


GROUPS = (
    "coal",
    "non_coal",
    "growing_or_mature",
    "declining_or_regenerative",
    "high_income",
    "low_income",
    "east",
    "northeast",
    "central_west",
)


def _moderation() -> list[Model]:
    full = (*FACTORS, *CONTROLS)
    to_mediator = [
        Model(f"moderation.{g}.{m}", m, (*full, g, *(f"{f}*{g}" for f in FACTORS)), lag=1)
        for g in MODERATORS
        for m in MEDIATORS
    ]
    to_outcome = [
        Model(f"moderation.{g}.{m}.GTFP", "GTFP", (*full, g, m, f"{m}*{g}"), lag=1)
        for g in MODERATORS
        for m in MEDIATORS
    ]
    return [*to_mediator, *to_outcome]


def models() -> tuple[Model, ...]:
    """List all regressions of Tables 5 to 8 and Figure 3."""
    full = (*FACTORS, *CONTROLS)
    groups = [Model(f"table8.{group}", "GTFP", full, group=group) for group in GROUPS]
    return (*_main(), *_mechanism(), *groups, *_moderation())


def column(values: Mapping[str, npt.NDArray[np.float64]], name: str) -> npt.NDArray[np.float64]:
    """Return a variable, or the product of two, shape (cities, years)."""
    left, _, right = name.partition("*")
    return values[left] * values[right] if right else values[left]
