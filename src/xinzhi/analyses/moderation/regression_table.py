"""The moderated equations as a table of regressions: X, the moderator and their products, one column a path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xinzhi.analyses.moderation.moderated_effect import Moderation
from xinzhi.analyses.moderation.path_table import lag_notes
from xinzhi.analyses.moderation.terms import lagged_name, product_name
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.regression.machine import machine_column
from xinzhi.present.regression.notes import error_notes, staggered_notes, star_note
from xinzhi.present.regression.rows import effect_rows, slope_cells, statistic_rows
from xinzhi.present.regression.table import with_decimals
from xinzhi.present.style import Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.regression.estimates import Estimates
from xinzhi.wording import Wording, listed, message


@dataclass(frozen=True, slots=True)
class ModeratedEquation:
    """One equation, and the paths that are moderated in it: they share their estimates."""

    paths: tuple[Moderation, ...]

    @property
    def first(self) -> Moderation:
        """The path that stands for all in what they share."""
        return self.paths[0]

    @property
    def estimates(self) -> Estimates:
        """The estimates of the equation."""
        return self.first.estimates

    @property
    def focal(self) -> tuple[str, ...]:
        """Names of the factors in the equation, which state the lag."""
        return tuple(path.terms.focal for path in self.paths)

    @property
    def moderator(self) -> str:
        """Name of the moderator in the equation, which states the lag."""
        return self.first.terms.moderator


def equations_of(paths: Sequence[Moderation]) -> tuple[ModeratedEquation, ...]:
    """Gather the paths that stand in one equation: those of one set."""
    by_equation: dict[tuple[str, str, frozenset[str]], list[Moderation]] = {}
    for path in paths:
        key = (path.moderator, path.outcome, frozenset(path.estimates.names))
        by_equation.setdefault(key, []).append(path)
    return tuple(ModeratedEquation(tuple(alike)) for alike in by_equation.values())


def regression_table_of(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    paths: Sequence[Moderation],
    controls: Sequence[str],
    style: Style,
) -> Table:
    """Set each moderated equation in a column, under its moderator and its outcome.

    Parameters
    ----------
    controls
        Variables whose coefficients are not shown; a row says which columns have them.
    """
    equations = equations_of(paths)
    estimates = [equation.estimates for equation in equations]
    counts = tuple(Cell(column.n, "count") for column in estimates)
    rows = (
        *_slopes(equations, controls, style),
        *_controls(equations, controls),
        *effect_rows(estimates, style),
        Row(message("Observations (N)"), counts, key="n", rule_above=True),
        *statistic_rows(estimates),
    )
    return Table(
        id=id,
        title=title,
        columns=tuple(_columns(equations, style.labels)),
        rows=tuple(with_decimals(row, style.decimals) for row in rows),
        notes=tuple(_notes(equations, controls, style)),
        machine={"columns": [_plain(n, column, style) for n, column in enumerate(equations, 1)]},
        part="text",
    )


def _columns(
    equations: Sequence[ModeratedEquation], labels: Mapping[str, Wording]
) -> Iterator[Column]:
    for number, equation in enumerate(equations, 1):
        outcome = name_of(equation.first.outcome, labels)
        heading = message("({n}) {label}", n=number, label=outcome)
        yield Column(f"c{number}", heading, name_of(equation.moderator, labels))


def _slopes(
    equations: Sequence[ModeratedEquation], controls: Sequence[str], style: Style
) -> Iterator[Row]:
    """Set variables, then the moderator of each column, then its products with the variables."""
    names = dict.fromkeys(
        name for equation in equations for name in (*equation.focal, *_others(equation, controls))
    )
    for name in names:
        every = [name] * len(equations)
        yield from _pair(name_of(name, style.labels), name, every, equations, style)
    moderators = [equation.moderator for equation in equations]
    w = message("Moderator") if len(set(moderators)) > 1 else name_of(moderators[0], style.labels)
    yield from _pair(w, "moderator", moderators, equations, style)
    for name in dict.fromkeys(name for equation in equations for name in equation.focal):
        products = [
            product_name(name, equation.moderator) if name in equation.focal else ""
            for equation in equations
        ]
        words = message("{x} × {w}", x=name_of(name, style.labels), w=w)
        yield from _pair(words, f"{name} × moderator", products, equations, style)


def _others(equation: ModeratedEquation, controls: Sequence[str]) -> Iterator[str]:
    """List the regressors of interest that are not moderated."""
    moderator = equation.moderator
    hidden = {moderator, *(product_name(x, moderator) for x in equation.focal)}
    # Where the moderator alone is lagged, controls stand in the equation under their own names.
    hidden |= {lagged_name(name, lag) for name in controls for lag in (0, equation.first.lag)}
    return (name for name in equation.estimates.names if name not in hidden)


def _pair(
    label: Wording,
    key: str,
    names: Sequence[str],
    equations: Sequence[ModeratedEquation],
    style: Style,
) -> tuple[Row, Row]:
    """Set a coefficient and its error in every column that has it; `names` has its name in each."""
    cells = [
        slope_cells(equation.estimates, name, style)
        if name in equation.estimates.names
        else (EMPTY, EMPTY)
        for name, equation in zip(names, equations, strict=True)
    ]
    return (
        Row(label, tuple(top for top, _ in cells), key=key),
        Row("", tuple(beneath for _, beneath in cells), key=f"{key}:std_error"),
    )


def _controls(equations: Sequence[ModeratedEquation], controls: Sequence[str]) -> Iterator[Row]:
    if controls:
        yes = Cell(message("yes"), "text")
        yield Row(message("Controls"), (yes,) * len(equations), key="controls", rule_above=True)


def _notes(
    equations: Sequence[ModeratedEquation], controls: Sequence[str], style: Style
) -> Iterator[Wording]:
    if len({equation.moderator for equation in equations}) > 1:
        yield message("Moderator: the variable over the column.")
    if controls:
        names = listed([name_of(name, style.labels) for name in controls])
        yield message("Controls: {names}.", names=names)
    yield from error_notes([equation.estimates for equation in equations], style)
    yield from staggered_notes([equation.estimates for equation in equations], style)
    yield from lag_notes((equation.first.lag, equation.first.lagged) for equation in equations)
    yield star_note(style.stars)


def _plain(number: int, equation: ModeratedEquation, style: Style) -> dict[str, object]:
    head = {"moderator": equation.first.moderator, "focal": list(equation.focal)}
    return machine_column(number, equation.estimates, style.stars) | head
