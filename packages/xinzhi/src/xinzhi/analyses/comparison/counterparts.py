"""A printed figure and the computed one, found by the shape of the computed table.

What explains that a figure differs: the print itself, a reason of the study file, or nothing.

A reason holds for a part of a figure, and only within its bound. A contradiction of the print explains
a part only where the computed figure is one that the other printed figures allow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import Any, Literal, TypeGuard

from xinzhi.analyses.comparison.reason import Reason
from xinzhi.present.numbers import STARS, marks
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.replication.audit import Check

Path = tuple[str, ...]
Table = Mapping[str, Any]
"""Printed figures of a TOML file, or computed ones of results.json, by name."""


@dataclass(frozen=True, slots=True)
class ComparedFigure:
    """One printed figure, or the figures of one printed row, and what was computed."""

    path: Path
    printed: Any
    computed: object
    """None where the study has nothing to set beside it."""
    differs: tuple[str, ...]
    """Parts that do not agree, such as `se`; `value` where the figure has no parts."""
    not_computed: tuple[str, ...] = ()
    """Printed parts that nothing was computed for, such as the error of a constant under effects."""

    @property
    def agrees(self) -> bool:
        """Whether all parts that were computed agree at the printed digits."""
        return not self.differs


def is_number(value: object) -> TypeGuard[int | Decimal]:
    """Whether a value of a TOML file is a figure."""
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def compare_number(path: Path, printed: Decimal | int, computed: float | None) -> ComparedFigure:
    """Compare a figure without parts."""
    return ComparedFigure(
        path, printed, computed, () if rounds_to(computed, printed) else ("value",)
    )


def compare_parts(
    path: Path,
    printed: Table,
    computed: Table | None,
    *,
    beside: Sequence[str] = (),
) -> ComparedFigure:
    """Compare the parts of a row that both sides have, and name those that were not computed.

    Without a counterpart of the row all parts differ. `beside` names parts that are shown where they
    were computed, printed or not.
    """
    if computed is None:
        return ComparedFigure(path, dict(printed), None, tuple(printed))
    wrong = tuple(
        part
        for part, figure in printed.items()
        if part in computed and not rounds_to(computed[part], figure)
    )
    ours = {part: v for part, v in computed.items() if part in printed or part in beside}
    return ComparedFigure(
        path, dict(printed), ours, wrong, tuple(p for p in printed if p not in ours)
    )


def compare_list(
    path: Path, printed: Sequence[Decimal | int], names: Sequence[str], computed: Table
) -> ComparedFigure:
    """Compare a printed list, such as mean, SD, smallest and largest."""
    ours = [computed.get(name) for name in names]
    wrong = tuple(
        name
        for name, number, figure in zip(names, ours, printed, strict=True)
        if not rounds_to(number, figure)
    )
    return ComparedFigure(path, list(printed), ours if computed else None, wrong)


def rounds_to(computed: float | None, printed: Decimal | int) -> bool:
    """Whether a computed number rounds to the printed one; what was not computed does not.

    >>> rounds_to(0.0304, Decimal("0.030")), rounds_to(0.0306, Decimal("0.030"))
    (True, False)
    >>> rounds_to(float("nan"), Decimal("0.1"))
    False
    """
    if not is_finite(computed):
        return False
    number = Decimal(printed)
    # Half a unit of the last printed digit, exactly: printed decimals are rarely binary numbers.
    half = Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)
    return abs(Decimal(computed) - number) <= half


def is_finite(value: object) -> TypeGuard[float]:
    """Whether a computed value is a number that is defined."""
    return isinstance(value, Real) and math.isfinite(value)


def plain(value: object) -> object:
    """Write printed figures as numbers that JSON knows."""
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return float(value) if isinstance(value, Decimal) else value


FITS = {"adj_r2": "r2_adj", "r2": "r2", "r2_within": "r2_within"}
"""Printed key -> key of `fit`."""
TESTS = ("hausman", "effects_f", "mundlak")
"""Keys of tests of a column, printed as and computed alike."""
LISTS = {4: ("mean", "sd", "min", "max"), 2: ("vif", "tolerance")}
"""Length of a printed list -> the numbers of a descriptive or a VIF table."""
ROWS: Mapping[str, tuple[str, ...]] = {
    "b": ("b", "se", "t", "p", "stars"),
    "effect": ("effect", "z", "p", "stars", "share"),
    "value": ("value", "p", "stars"),
}
"""First part of a printed row -> the parts that it may have."""
SIGNS = {"+": "positive", "-": "negative"}
"""Printed sign -> the verdict that agrees with it."""


def parts_of(printed: object) -> tuple[str, ...]:
    """Name the parts of a printed figure; `value` where it has none.

    >>> parts_of({"b": 1, "se": 2}), parts_of([1, 2]), parts_of(3)
    (('b', 'se'), ('vif', 'tolerance'), ('value',))
    """
    if isinstance(printed, Mapping):
        return tuple(printed)
    if isinstance(printed, (list, tuple)):
        return LISTS.get(len(printed), ("value",))
    return ("sign",) if printed in tuple(SIGNS) else ("value",)


def part_in(value: object, part: str) -> object:
    """Take a part of a printed or computed figure; None where it has none.

    >>> part_in({"b": 1, "se": 2}, "se"), part_in([3, 4], "tolerance"), part_in(5, "value")
    (2, 4, 5)
    >>> part_in({"b": 1}, "z"), part_in(None, "b"), part_in(["a", "b"], "value")
    (None, None, ['a', 'b'])
    """
    if isinstance(value, Mapping):
        return value.get(part)
    if isinstance(value, (list, tuple)) and part in LISTS.get(len(value), ()):
        return value[LISTS[len(value)].index(part)]
    return value if part in ("value", "sign") else None


def is_row(node: object) -> TypeGuard[Mapping[str, object]]:
    """Whether a table of a file is one printed row with parts; a variable may be called `b` or `value`.

    >>> is_row({"b": 0.1, "se": 0.2}), is_row({"value": {"b": 0.1}}), is_row({"N": 3})
    (True, False, False)
    """
    if not isinstance(node, Mapping):
        return False
    return any(part in node and not isinstance(node[part], Mapping) for part in ROWS)


def part_of(machine: Table, part: str) -> Table | None:
    """Find what a link such as `mechanism/2`, `GTFP_top/2008` or `GTFP_bottom/stayers` names."""
    if not part:
        return machine
    columns = machine.get("columns", ())
    if part.isdecimal() and 1 <= int(part) <= len(columns):
        column: Mapping[str, object] = columns[int(part) - 1]
        return column
    if part in machine.get("regions", {}):
        return {"regions_of_members": machine["regions"][part]}
    return {"members": machine[part]} if isinstance(machine.get(part), list) else None


def find_counterparts(
    path: Path, printed: Mapping[str, object], computed: Mapping[str, object]
) -> list[ComparedFigure]:
    """Set each figure of a printed table beside its counterpart."""
    # Tables are told apart by a key that only their shape has, not by their names in the study file.
    for mark, compare in SHAPES.items():
        if mark in computed:
            return list(compare(path, printed, computed))
    return []


def _columns(path: Path, printed: Table, computed: Table) -> Iterator[ComparedFigure]:
    for key, column in printed.items():
        theirs = _column(key, computed["columns"])
        if theirs is not None and isinstance(column, Mapping):
            yield from _regression((*path, key), column, theirs)
        elif theirs is not None and is_number(column):
            yield compare_number((*path, key), column, theirs.get("n"))


def _column(key: str, columns: Sequence[Table]) -> Table | None:
    """Find a column by its number (`col1`) or by its group or label."""
    number = key.removeprefix("col")
    if number.isdecimal() and 1 <= int(number) <= len(columns):
        return columns[int(number) - 1]
    named = (c for c in columns if key in (c.get("group"), c.get("label"), c.get("key")))
    return next(named, None)


def _regression(path: Path, printed: Table, computed: Table) -> Iterator[ComparedFigure]:
    fit, tests = computed.get("fit", {}), computed.get("tests", {})
    for key, value in printed.items():
        here = (*path, key)
        if is_row(value) and "b" in value:
            yield compare_parts(here, value, _coefficient(key, computed))
        elif key in (*TESTS, "F"):
            yield from _test(here, value, _f(fit) if key == "F" else tests.get(key))
        elif key in FITS and is_number(number := part_in(value, "value")):
            yield compare_number(here, number, fit.get(FITS[key]))
        elif key == "N" and is_number(number := part_in(value, "value")):
            yield compare_number(here, number, computed.get("n"))


def _coefficient(name: str, computed: Table) -> dict[str, Any] | None:
    """Find a slope of a column, or its constant, which stands apart under fixed effects."""
    slope = computed.get("coefficients", {}).get(name)
    if slope is None and name == "_cons":
        slope = computed.get("constant")
        if slope is None and "constant" in computed.get("fit", {}):
            slope = {"b": computed["fit"]["constant"]}
    if slope is None or not is_finite(slope.get("se")):
        return None if slope is None else {"b": slope["b"]}
    stars = {"stars": len(str(slope.get("stars", "")))}
    return {part: slope[part] for part in ("b", "se", "t", "p") if part in slope} | stars


def _f(fit: Table) -> dict[str, Any]:
    """Give the joint test of the slopes as the tests of a column are given."""
    value, p = fit.get("f"), fit.get("f_p")
    return {"value": value, "p": p, "stars": marks(p, STARS)} if is_finite(value) else {}


def _test(path: Path, printed: Any, test: Table | None) -> Iterator[ComparedFigure]:
    """Compare a test: its value and stars, or its value alone; the computed p-value stands beside."""
    row = {"value": printed} if is_number(printed) else printed
    if not is_row(row) or (is_number(printed) and test is None):
        return
    ours = None
    if test and "value" in test:
        ours = {"value": test["value"], "p": test.get("p"), "stars": len(test["stars"])}
    yield compare_parts(path, row, ours, beside=("p",))


def _variables(path: Path, printed: Table, computed: Table) -> Iterator[ComparedFigure]:
    for key, value in printed.items():
        if isinstance(value, (list, tuple)) and len(value) in LISTS and all(map(is_number, value)):
            row = computed["variables"].get(key, {})
            yield compare_list((*path, key), value, LISTS[len(value)], row)
        elif key in computed and is_number(value):
            yield compare_number((*path, key), value, computed[key])


def _mediated(path: Path, printed: Table, computed: Table) -> Iterator[ComparedFigure]:
    """Compare `NEPP = {HEE = {effect, z, stars, share}}` with the mediated effects."""
    effects = {
        (effect["mediator"], effect["factor"]): {
            "effect": effect["indirect"]["b"],
            "z": effect["sobel"]["value"],
            "stars": len(marks(effect["sobel"]["p"], STARS)),
            "share": effect["share"],
        }
        for effect in computed["effects"]
        if isinstance(effect, Mapping)
    }
    for key, row in _pairs(printed):
        yield compare_parts((*path, *key), row, effects.get(key))


def _pairs(printed: Table) -> Iterator[tuple[tuple[str, str], Any]]:
    """Walk through a table of tables."""
    for outer, rows in printed.items():
        for inner, row in rows.items() if isinstance(rows, Mapping) else ():
            yield (outer, inner), row


def _signs(path: Path, printed: Table, computed: Table) -> Iterator[ComparedFigure]:
    """Compare `EPPCN = {"SEE -> GTFP" = "+"}` with the interactions."""
    moderations = {
        (row["moderator"], f"{row['focal']} -> {row['outcome']}"): row for row in computed["paths"]
    }
    for key, sign in _pairs(printed):
        row = moderations.get(key)
        agrees = row is not None and row["verdict"] == SIGNS.get(sign)
        ours = None if row is None else {part: row["interaction"][part] for part in ("b", "p")}
        yield ComparedFigure((*path, *key), sign, ours, () if agrees else ("sign",))


def _classes(path: Path, printed: Table, computed: Table) -> Iterator[ComparedFigure]:
    """Compare `cities_low = {2008 = 89}` with the counts of classes by period."""
    for key, value in printed.items():
        kind = key.rpartition("_")[2]
        counts = {
            period: row[kind]
            for period, row in computed["periods"].items()
            if isinstance(row, Mapping) and kind in row
        }
        if isinstance(value, Mapping) and counts:
            for period, number in value.items():
                if is_number(number):
                    yield compare_number((*path, key, period), number, counts.get(period))


def _regions(path: Path, printed: Table, computed: Table) -> Iterator[ComparedFigure]:
    """Compare `{east = 10, west = 2}` with counts by region; capitals do not matter."""
    counts = {str(name).casefold(): n for name, n in computed["regions_of_members"].items()}
    for key, value in printed.items():
        if key.casefold() in counts and is_number(value):
            yield compare_number((*path, key), value, counts[key.casefold()])


def _members(path: Path, printed: Table, computed: Table) -> Iterator[ComparedFigure]:
    """Compare a number of entities, and names: each is the beginning of a member's name."""
    members = computed["members"]
    for key, value in printed.items():
        if is_number(value):
            yield compare_number((*path, key), value, len(members))
        elif isinstance(value, (list, tuple)):
            ours = [name for name in value if any(m.startswith(name) for m in members)]
            yield ComparedFigure(
                (*path, key), value, ours, () if ours == list(value) else ("value",)
            )


Shape = Callable[[Path, Mapping[str, object], Mapping[str, object]], Iterator[ComparedFigure]]
SHAPES: Mapping[str, Shape] = {
    "columns": _columns,
    "coefficients": _regression,
    "variables": _variables,
    "effects": _mediated,
    "paths": _signs,
    "regions_of_members": _regions,
    "members": _members,
    "periods": _classes,
}
"""Key of a machine-readable table that tells its shape -> how printed figures are set beside it.

The first key that a table has decides: a regression has `coefficients` and not `columns`."""


PARTS: Mapping[str, tuple[str, ...]] = {
    "stars": ("stars",),
    "test_stars": ("stars",),
    "sobel_effect": ("effect",),
    "sobel_z": ("z",),
    "share": ("share",),
    "constant": ("b",),
    "nested_r2": ("value",),
    "total_effect": ("b",),
    "n": ("value",),
    "identity": ("value",),
    "vif": ("vif", "tolerance", "value"),
}
"""Check of the audit -> the parts of a figure that it judges."""
Explained = Literal["print", "simulation", "study", "unexplained"]
CAUSES: tuple[Explained, ...] = ("print", "simulation", "study", "unexplained")
"""What explains a figure, from the strongest: the weakest of its parts counts."""


@dataclass(frozen=True, slots=True)
class FigureExplanation:
    """Why one part of a figure differs."""

    part: str
    cause: Explained
    reasons: tuple[Wording, ...]
    """What holds; empty where nothing explains the part."""
    beyond: tuple[Wording, ...] = ()
    """Reasons and contradictions of the print that concern the part and do not explain it."""


def cause_of(explanations: Sequence[FigureExplanation]) -> Explained:
    """Say what explains a figure: the weakest of what explains its parts.

    >>> cause_of([FigureExplanation("b", "print", ()), FigureExplanation("se", "unexplained", ())])
    'unexplained'
    """
    return max((one.cause for one in explanations), key=CAUSES.index)


def explain(
    figures: Sequence[ComparedFigure], reasons: Mapping[str, Reason], checks: Sequence[Check]
) -> dict[Path, tuple[FigureExplanation, ...]]:
    """Explain each part of the figures that do not agree.

    Parameters
    ----------
    reasons
        By figure or pattern: the first that fits and holds counts, where the print does not tell.
    checks
        The audit of the published figures.
    """
    by_path: dict[Path, list[Check]] = {}
    for check in checks:
        if check.verdict != "consistent":
            path = (check.table, *check.column.split("."), check.row)
            by_path.setdefault(tuple(filter(None, path)), []).append(check)
    return {
        figure.path: tuple(
            _explain_part(figure, part, reasons, by_path.get(figure.path, ()))
            for part in figure.differs
        )
        for figure in figures
        if not figure.agrees
    }


def _explain_part(
    figure: ComparedFigure, part: str, reasons: Mapping[str, Reason], checks: Sequence[Check]
) -> FigureExplanation:
    judging = [check for check in checks if part in PARTS.get(check.check, ())]
    name = ".".join((*figure.path, part))
    printed, computed = part_in(figure.printed, part), part_in(figure.computed, part)
    # Where a reason names the figure and another one is printed, it is not the known contradiction.
    named = [one for one in reasons.values() if name in one.of]
    is_known = not named or any(one.is_of(name, printed) for one in named)
    told = tuple(_of_print(check) for check in judging if _supports(check, figure, part))
    if told and is_known:
        return FigureExplanation(part, "print", told)
    beyond = [_not_this(check) for check in judging if check.verdict == "inconsistent"]
    for key, one in reasons.items():
        if not one.fits(key, name):
            continue
        if one.holds(name, printed, computed):
            return FigureExplanation(part, one.cause, (_in_words(one),))
        beyond.append(_beyond(key, one, name, printed, computed))
    return FigureExplanation(part, "unexplained", (), tuple(beyond))


def _supports(check: Check, figure: ComparedFigure, part: str) -> bool:
    """Whether the other printed figures allow what was computed."""
    computed = part_in(figure.computed, part)
    if check.check == "vif" and part == "vif":
        return "tolerance" not in figure.differs  # the check gives what 1/VIF can be
    if not is_finite(computed):
        return False
    if check.check == "sobel_z":
        computed = abs(computed)
    if check.check in ("stars", "test_stars"):
        return computed in check.reachable
    # Of the rest, what cannot be decided gives no limits, and so explains nothing.
    if check.verdict != "inconsistent":
        return False
    low, high = check.reachable
    return low <= computed <= high


def _of_print(check: Check) -> Wording:
    if check.verdict == "inconsistent":
        return message(
            "The printed figures contradict each other: {arithmetic}.", arithmetic=check.arithmetic
        )
    return message("The printed digits leave it open: {arithmetic}.", arithmetic=check.arithmetic)


def _not_this(check: Check) -> Wording:
    """Tell a contradiction that does not explain what was computed."""
    return message(
        "The printed figures contradict each other and do not give what was computed either: {arithmetic}.",
        arithmetic=check.arithmetic,
    )


def _in_words(reason: Reason) -> Wording:
    words = reason.label(reason.en or reason.zh or "")
    if reason.within is None:
        return words
    return message("{reason} [{bound}]", reason=words, bound=reason.within.in_words())


def _beyond(key: str, reason: Reason, figure: str, printed: Any, computed: Any) -> Wording:
    """Say why a reason that fits does not hold."""
    if not reason.is_of(figure, printed):
        return message(
            "The reason '{name}' speaks of {told}, not of {printed}.",
            name=key,
            told=str(reason.of[figure]),
            printed=str(printed),
        )
    assert reason.within is not None  # without a bound it would hold
    bound = reason.within.in_words()
    if not is_finite(computed) or not printed:
        return message("The reason '{name}' holds {bound} only.", name=key, bound=bound)
    return message(
        "The reason '{name}' holds {bound} only; {computed} is {ratio} times {printed}.",
        name=key,
        bound=bound,
        computed=f"{float(computed):.4g}",
        ratio=f"{float(computed) / float(printed):.3g}",
        printed=str(printed),
    )


def fits_nothing(
    reasons: Mapping[str, Reason], figures: Sequence[ComparedFigure]
) -> tuple[str, ...]:
    """List the reasons, or the figures that they name, that fit no printed figure."""
    names = {".".join((*f.path, part)) for f in figures for part in parts_of(f.printed)}
    idle: list[str] = []
    for key, one in reasons.items():
        if one.of:
            idle += [figure for figure in one.of if figure not in names]
        elif not any(one.fits(key, name) for name in names):
            idle.append(key)
    return tuple(idle)
