"""The moderated equations as a table of regressions: X, the moderator and their products, one column a path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xinzhi.analyses.moderation.moderated_effect import Moderation
from xinzhi.analyses.moderation.path_table import lag_note
from xinzhi.analyses.moderation.terms import lagged_name, product_name
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.regression.machine import machine_column
from xinzhi.present.regression.notes import error_notes, star_note
from xinzhi.present.regression.rows import effect_rows, slope_cells, statistic_rows
from xinzhi.present.regression.table import with_decimals
from xinzhi.present.style import Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.regression.estimates import Estimates
from xinzhi.wording import Wording, listed, message


@dataclass(frozen=True, slots=True)
class ModeratedEquation:
    """One equation: the paths that are moderated in it, and its estimates."""

    focal: tuple[str, ...]
    """Names in the equation, which state the lag."""
    moderator: str
    outcome: str
    moderated_by: str
    """The moderator by its own name."""
    estimates: Estimates
    lag: int
    lagged: str


def equations_of(found: Sequence[Moderation]) -> tuple[ModeratedEquation, ...]:
    """Gather the paths that stand in one equation: those of one set share their estimates."""
    alike: dict[tuple[str, str, frozenset[str]], list[Moderation]] = {}
    for one in found:
        key = (one.moderator, one.outcome, frozenset(one.estimates.names))
        alike.setdefault(key, []).append(one)
    return tuple(
        ModeratedEquation(
            tuple(one.terms.focal for one in paths),
            paths[0].terms.moderator,
            paths[0].outcome,
            paths[0].moderator,
            paths[0].estimates,
            paths[0].lag,
            paths[0].lagged,
        )
        for paths in alike.values()
    )


def regression_table_of(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Sequence[Moderation],
    controls: Sequence[str],
    style: Style,
) -> Table:
    """Set each moderated equation in a column, under its moderator and its outcome.

    Parameters
    ----------
    found
        The moderated paths.
    controls
        Variables whose coefficients are not shown; a row says which columns have them.
    """
    equations = equations_of(found)
    estimates = [one.estimates for one in equations]
    rows = (
        *_slopes(equations, controls, style),
        *_controls(equations, controls),
        *effect_rows(estimates, style),
        _observations(estimates),
        *statistic_rows(estimates),
    )
    return Table(
        id=id,
        title=title,
        columns=tuple(_columns(equations, style.labels)),
        rows=tuple(with_decimals(row, style.decimals) for row in rows),
        notes=tuple(_notes(equations, controls, style)),
        machine={"columns": [_plain(at, one, style) for at, one in enumerate(equations, 1)]},
        part="text",
    )


def _columns(
    equations: Sequence[ModeratedEquation], labels: Mapping[str, Wording]
) -> Iterator[Column]:
    for number, one in enumerate(equations, 1):
        outcome = name_of(one.outcome, labels)
        heading = message("({n}) {label}", n=number, label=outcome)
        yield Column(f"c{number}", heading, name_of(one.moderator, labels))


def _slopes(
    equations: Sequence[ModeratedEquation], controls: Sequence[str], style: Style
) -> Iterator[Row]:
    """Set variables, then the moderator of each column, then its products with the variables."""
    names = dict.fromkeys(
        name for one in equations for name in (*one.focal, *_others(one, controls))
    )
    for name in names:
        every = [name] * len(equations)
        yield from _pair(name_of(name, style.labels), name, every, equations, style)
    moderators = [one.moderator for one in equations]
    w = message("Moderator") if len(set(moderators)) > 1 else name_of(moderators[0], style.labels)
    yield from _pair(w, "moderator", moderators, equations, style)
    for name in dict.fromkeys(name for one in equations for name in one.focal):
        products = [
            product_name(name, one.moderator) if name in one.focal else "" for one in equations
        ]
        words = message("{x} × {w}", x=name_of(name, style.labels), w=w)
        yield from _pair(words, f"{name} × moderator", products, equations, style)


def _others(one: ModeratedEquation, controls: Sequence[str]) -> Iterator[str]:
    """List the regressors of interest that are not moderated."""
    hidden = {one.moderator, *(product_name(x, one.moderator) for x in one.focal)}
    hidden |= {lagged_name(name, lag) for name in controls for lag in (0, one.lag)}
    return (name for name in one.estimates.names if name not in hidden)


def _pair(
    label: Wording,
    key: str,
    names: Sequence[str],
    equations: Sequence[ModeratedEquation],
    style: Style,
) -> tuple[Row, Row]:
    """Set a coefficient and its error in every column that has it; `names` has its name in each."""
    cells = [
        slope_cells(one.estimates, name, style) if name in one.estimates.names else (EMPTY, EMPTY)
        for name, one in zip(names, equations, strict=True)
    ]
    return (
        Row(label, tuple(top for top, _ in cells), key=key),
        Row("", tuple(beneath for _, beneath in cells), key=f"{key}:std_error"),
    )


def _controls(equations: Sequence[ModeratedEquation], controls: Sequence[str]) -> Iterator[Row]:
    if controls:
        yes = Cell(message("yes"), "text")
        yield Row(message("Controls"), (yes,) * len(equations), key="controls", rule_above=True)


def _observations(estimates: Sequence[Estimates]) -> Row:
    cells = tuple(Cell(one.n, "count") for one in estimates)
    return Row(message("Observations (N)"), cells, key="n", rule_above=True)


def _notes(
    equations: Sequence[ModeratedEquation], controls: Sequence[str], style: Style
) -> Iterator[Wording]:
    if len({one.moderator for one in equations}) > 1:
        yield message("Moderator: the variable over the column.")
    if controls:
        names = listed([name_of(name, style.labels) for name in controls])
        yield message("Controls: {names}.", names=names)
    yield from error_notes([one.estimates for one in equations], style)
    for lag, lagged in dict.fromkeys((one.lag, one.lagged) for one in equations if one.lag):
        yield lag_note(lag, lagged)
    yield star_note(style.stars)


def _plain(number: int, one: ModeratedEquation, style: Style) -> dict[str, object]:
    head = {"moderator": one.moderated_by, "focal": list(one.focal)}
    return machine_column(number, one.estimates, style.stars) | head
