"""The table of the specification curve, its paragraph of methods and its reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import Exhibits, whole_reading
from xinzhi.analyses.specification_curve.compute import SpecificationCurve, share_significant
from xinzhi.present import numbers
from xinzhi.present.coverage import coverage_note, interval_kind
from xinzhi.present.options import OPTION_VALUES
from xinzhi.present.regression.fitted import kind_of_errors, name_of
from xinzhi.present.style import PLAIN, Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi_core.wording import Wording, listed, message

SIMONSOHN = (
    "Simonsohn, U., Simmons, J. P., & Nelson, L. D. (2020). Specification curve analysis. Nature "
    "Human Behaviour, 4, 1208–1214. doi:10.1038/s41562-020-0912-z"
)


def exhibits(result: SpecificationCurve, shown: Shown) -> Exhibits:
    """Make the exhibits."""
    table = curve_table(shown.name, shown.title, result, shown.style)
    methods = message(
        "Specification curve: every combination of the declared choices, nothing chosen after the "
        "results were seen."
    )
    return Exhibits((table,), (methods,), frozenset({SIMONSOHN}), prose=whole_reading(table))


OPTIONS: Mapping[str, Mapping[str, Wording]] = {
    f"efficiency.{option}": values for option, values in OPTION_VALUES.items()
}
TESTS = ("estimate", "std_error", "p_value", "ci_low", "ci_high")
RESULTS = frozenset({"specification", "name", *TESTS, "n", "r2_adjusted", "repaired"})
"""Columns of the table of specifications that are not choices."""


def curve_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    curve: SpecificationCurve,
    style: Style = PLAIN,
) -> Table:
    """Sum up the specifications: all of them, then by each choice; all stand in results.json."""
    return Table(
        id=id,
        title=title,
        stub=message("Variable, choice"),
        columns=(
            Column("n", message("Specifications")),
            Column("median", message("Median")),
            Column("low", message("Lowest")),
            Column("high", message("Highest")),
            Column("positive", message("Above zero")),
            Column("clear", message("p < {level}", level=f"{style.level:g}")),
        ),
        rows=tuple(
            row
            for name, part in curve.table.groupby("name", sort=False)
            for row in _rows(str(name), part, style)
        ),
        notes=tuple(_notes(curve, style)),
        reading=tuple(_reading(curve, style)),
        machine=MappingProxyType(_machine(curve, style)),
    )


def _rows(name: str, part: pd.DataFrame, style: Style) -> Iterator[Row]:
    yield _row(name_of(name, style.labels), part, style, key=name, rule=True)
    for words, mask, key in ways(part, style.labels):
        label = message("· {choice}", choice=words)
        yield _row(label, part.loc[mask], style, key=f"{name}:{key}", rule=False)


Way = tuple[Wording, "pd.Series[bool]", str]


def ways(part: pd.DataFrame, labels: Mapping[str, Wording]) -> Iterator[Way]:
    """Split specifications by each value of each choice; controls by whether they stand in.

    A choice with one value splits nothing and is passed over.
    """
    for choice in (str(column) for column in part.columns if column not in RESULTS):
        if choice == "controls":
            lists = part[choice].map(_split)
            for control in dict.fromkeys(name for names in lists for name in names):
                has = lists.map(lambda names, c=control: c in names)
                word = name_of(control, labels)
                if has.any() and not has.all():
                    yield message("with {name}", name=word), has, f"with {control}"
                    yield message("without {name}", name=word), ~has, f"without {control}"
            continue
        values = list(dict.fromkeys(part[choice]))
        for value in values if len(values) > 1 else ():
            words = OPTIONS.get(choice, {}).get(str(value)) or message(
                "{choice}: {value}",
                choice=CHOICES.get(choice, choice.removeprefix("efficiency.")),
                value=_value(choice, str(value), labels),
            )
            yield words, part[choice] == value, f"{choice}: {value}"


CHOICES: Mapping[str, Wording] = MappingProxyType(
    {
        "effects": message("effects"),
        "window": message("window"),
        "covariance": message("errors"),
        "replace": message("in place"),
        "drop": message("without"),
        "winsorise": message("winsorised"),
        "efficiency.reference": message("frontier"),
        "efficiency.measure": message("measure"),
    }
)
ERRORS: Mapping[str, Wording] = MappingProxyType(
    {"iid": message("independent"), "hc1": "HC1", "driscoll_kraay": "Driscoll-Kraay"}
)


def _value(choice: str, value: str, labels: Mapping[str, Wording]) -> Wording:
    if not value:
        return message("no row") if choice == "drop" else message("as it is")
    if choice == "window":
        return "–".join(_split(value))
    if choice == "effects":
        return listed([name_of(name, labels) for name in _split(value)])
    if choice == "covariance":
        kind, _, clusters = value.partition(" ")
        names = clusters.split(" ") if kind == "two_way" else [clusters]
        by = listed([name_of(name, labels) for name in names])
        return message("clustered by {names}", names=by) if clusters else ERRORS.get(kind, kind)
    return value


def _split(cell: object) -> tuple[str, ...]:
    return tuple(name for name in str(cell).split(", ") if name not in ("", "-"))


def _row(label: Wording, part: pd.DataFrame, style: Style, *, key: str, rule: bool) -> Row:
    b = part["estimate"]
    if part.empty:
        return Row(label, (Cell(0, "count"), *(EMPTY,) * 5), key=key, rule_above=rule)
    return Row(
        label,
        (
            Cell(len(part), "count"),
            Cell(float(b.median()), "number", decimals=style.decimals),
            Cell(float(b.min()), "number", decimals=style.decimals),
            Cell(float(b.max()), "number", decimals=style.decimals),
            Cell(float((b > 0).mean()), "percent"),
            Cell(share_significant(part, style.inference), "percent"),
        ),
        key=key,
        rule_above=rule,
    )


def _notes(curve: SpecificationCurve, style: Style) -> Iterator[Wording]:
    yield message(
        "{n} specifications: every combination of the choices that the study file declares. They "
        "share data and are not independent tests; all of them are in results.json.",
        one="{n} specification: the only combination of the choices that the study file declares; it is in results.json.",
        n=numbers.count(curve.n_specifications),
    )
    for rule in curve.rules:
        yield message("{errors}.", errors=kind_of_errors(rule, style.labels))
    yield from curve_coverage(curve, style.labels)
    for why, n in Counter(refusal.reason for refusal in curve.refused).items():
        yield message("{n} of them could not be estimated: {why}", n=n, why=why)
    if curve.n_repaired:
        yield message(
            "In {n} of them the two-way covariance had negative eigenvalues, which were set to 0 on "
            "the correlation scale.",
            n=numbers.count(curve.n_repaired),
        )


def curve_coverage(curve: SpecificationCurve, labels: Mapping[str, Wording]) -> Iterator[Wording]:
    """State how often the intervals of the specifications cover the true value.

    Where the specifications have several kinds of errors, each note names its kind.
    """
    has_several = len({(rule.kind, rule.clusters) for rule in curve.rules}) > 1
    notes: dict[Wording, None] = {}
    for rule, entities, periods in curve.panels:
        for note in coverage_note(interval_kind(rule), entities, periods):
            kind = kind_of_errors(rule, labels)
            notes[message("{what}: {note}", what=kind, note=note) if has_several else note] = None
    yield from notes


def _reading(curve: SpecificationCurve, style: Style) -> Iterator[Wording]:
    if curve.table.empty:
        return
    for name, row in curve.summary(style.inference).iterrows():
        words: dict[str, object] = {
            "name": name_of(str(name), style.labels),
            "n": numbers.count(row["n"]),
            "low": numbers.number(row["low"], style.decimals),
            "high": numbers.number(row["high"], style.decimals),
            "share": numbers.percent(row["share_significant"]),
            "level": f"{style.level:g}",
        }
        if row["low"] < 0 < row["high"]:
            yield message(
                "{name}: the estimates of {n} specifications run from {low} to {high}, so even the sign "
                "depends on the choices; {share} have p < {level}.",
                **words,
            )
        else:
            yield message(
                "{name}: the estimates of all {n} specifications have one sign, from {low} to {high}; "
                "{share} have p < {level}.",
                one="{name}: {n} specification, whose estimate lies between {low} and {high}; {share} has p < {level}.",
                **words,
            )


def _machine(curve: SpecificationCurve, style: Style) -> dict[str, object]:
    table = curve.table
    summary = curve.summary(style.inference).to_dict("index") if len(table) else {}
    return {
        "n_specifications": curve.n_specifications,
        "n_refused": len(curve.refused),
        "n_repaired": curve.n_repaired,
        "summary": summary,
        "specifications": table.to_dict("records"),
    }
