"""Columns that could stand in the sections that are offered: factors, controls, mediators, moderators, groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xinzhi.columns import vocabulary as words
from xinzhi.columns.recognise import found
from xinzhi.panel.panel import ENTITY, Panel

MOST_EMPTY = 0.3
"""Share of empty cells up to which a column is offered."""
FACTORS, CONTROLS = 3, 4
"""Columns that are offered at most."""
MEMBERS = range(2, 7)
"""Groups of entities that a column may make."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Columns of a panel by what they could be; empty where none could."""

    factors: tuple[str, ...]
    controls: tuple[str, ...]
    mediator: str | None
    moderator: str | None
    group: str | None
    """A column that every entity keeps and that makes a few groups."""
    split: str | None
    """A column that can be cut at its median."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Columns that are needed as variables."""
        named = (*self.factors, *self.controls, self.mediator, self.moderator)
        return tuple(dict.fromkeys(name for name in named if name is not None))


def candidates(panel: Panel, others: Sequence[str]) -> Candidates:
    """Choose among the columns that have no role; each is offered once, by its heading where that says."""
    usable = [name for name in others if _varies(panel, name)]
    used: list[str] = []

    def choose(use: str, most: int) -> tuple[str, ...]:
        fitting = [n for n in usable if n not in used and found(n, words.MECHANISM[use])]
        used.extend(fitting[:most])
        return tuple(fitting[:most])

    mediators, moderators = choose("mediator", 1), choose("moderator", 1)
    factors, controls = choose("factor", FACTORS), choose("control", CONTROLS)
    free = [name for name in usable if name not in used]

    def filled(chosen: tuple[str, ...], most: int) -> tuple[str, ...]:
        return chosen or tuple(free.pop(0) for _ in range(min(most, len(free))))

    factors = filled(factors, 1)
    if not factors:  # a regression needs a factor: what else there is takes its place
        factors = next((columns for columns in (controls, mediators, moderators) if columns), ())
        controls = tuple(name for name in controls if name not in factors)
        mediators = tuple(name for name in mediators if name not in factors)
        moderators = tuple(name for name in moderators if name not in factors)
    controls, mediators, moderators = (filled(c, 1) for c in (controls, mediators, moderators))
    return Candidates(
        factors,
        controls,
        next(iter(mediators), None),
        next(iter(moderators), None),
        next((str(c) for c in panel.frame.columns if _groups(panel, str(c))), None),
        next(iter((*controls, *factors)), None),
    )


def _varies(panel: Panel, name: str) -> bool:
    """Whether a column can be told from the effects of entities, and is filled in most rows."""
    column = panel.frame[name]
    if column.isna().mean() > MOST_EMPTY or column.nunique() < 3:
        return False
    within = column.groupby(level=ENTITY).nunique()
    return len(panel.periods) == 1 or bool((within > 1).mean() > 0.5)


def _groups(panel: Panel, name: str) -> bool:
    """Whether every entity keeps one value and there are a few of them, each of several entities."""
    column = panel.frame[name]
    if column.isna().any() or column.nunique() not in MEMBERS:
        return False
    first = column.groupby(level=ENTITY).agg(["nunique", "first"])
    return bool((first["nunique"] == 1).all()) and bool((first["first"].value_counts() > 1).all())
