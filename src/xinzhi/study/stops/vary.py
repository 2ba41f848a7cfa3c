"""Vary: one slope under every combination of declared choices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import product

import pandas as pd

from xinzhi.analyses.equation import Equation, Frontier, rows_of
from xinzhi.analyses.members import as_written
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.econometrics.specification_curve import (
    SpecificationCurve,
    distinct,
    distinct_panels,
    specification_curve,
    subsets,
)
from xinzhi.errors import StudyError
from xinzhi.study.equations import equation_of
from xinzhi.study.schema.specification_curve import Choices, SpecificationCurveSection
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.sets import expand
from xinzhi.study.stops.estimate import parts_of
from xinzhi.study.stops.remeasure import Frames

NAME = "specification_curve"
Values = dict[str, tuple[object, ...]]


def vary_all(spec: StudySpec, frames: Frames) -> SpecificationCurve | Unavailable | None:
    """Vary: variables -> the specification curve; each frontier is a curve of its own, then joined."""
    section = spec.specification_curve
    if section is None:
        return None
    found = []
    for frontier in _frontiers(section.vary):
        one = _recalled(section, frontier, spec, frames)
        if isinstance(one, Unavailable):
            return one
        found.append((frontier, one))
    return _joined(found, equation_of(spec, section.of).regression.regressors)


def _frontiers(vary: Choices) -> Iterator[Frontier]:
    for values in product(*vary.efficiency.values()):
        yield tuple(zip(vary.efficiency, values, strict=True))


def _recalled(
    section: SpecificationCurveSection, frontier: Frontier, spec: StudySpec, frames: Frames
) -> SpecificationCurve | Unavailable:
    base = equation_of(spec, section.of)
    equation = replace(base, frontier=tuple({**dict(base.frontier), **dict(frontier)}.items()))
    choices = _choices(section.vary, spec, equation.regression.controls)
    names = _columns(section.vary, spec)
    try:
        frame = frames.of(equation.frontier, (*equation.variables, *names))
    except StudyError as error:
        return Unavailable(NAME, error.problems)
    parts = {**parts_of(equation, frame, *names), "choices": repr(choices)}
    title = ", ".join(f"{option}: {value}" for option, value in frontier)
    return frames.memory.recall(
        f"{NAME} ({title})" if title else NAME, parts, partial(_curve, equation, frame, choices)
    )


def _choices(vary: Choices, spec: StudySpec, controls: tuple[str, ...]) -> Values:
    """Choices as a variation takes them."""
    found: Values = {}
    if vary.controls == "each":
        found["controls"] = subsets(controls)
    elif vary.controls is not None:
        found["controls"] = tuple(expand(names, spec) for names in vary.controls)
    for kind in ("effects", "window", "covariance", "winsorise", "replace"):
        values = getattr(vary, kind)
        if values is not None:
            found[kind] = values
    if vary.drop is not None:
        found["drop"] = tuple(
            next(((name, tuple(map(as_written, gone))) for name, gone in (one or {}).items()), None)
            for one in vary.drop
        )
    return found


def _columns(vary: Choices, spec: StudySpec) -> tuple[str, ...]:
    """Columns that the choices bring in."""
    lists = () if vary.controls is None or vary.controls == "each" else vary.controls
    named = [name for names in lists for name in expand(names, spec)]
    named += [new for change in vary.replace or () for new in (change or {}).values()]
    named += [name for names in vary.effects or () for name in names]
    named += [name for how in vary.covariance or () if how for name in how.clusters]
    named += [name for gone in vary.drop or () for name in gone or ()]
    return tuple(dict.fromkeys(named))


def _curve(
    equation: Equation, frame: pd.DataFrame, choices: Values
) -> SpecificationCurve | Unavailable:
    try:
        kept, regression = equation.applied(frame)
        for gone in choices.get("drop", ()):
            rows_of(kept, (gone,) if isinstance(gone, tuple) else ())
        kept = kept.assign(entity=kept.index.get_level_values(0)) if "drop" in choices else kept
        found = specification_curve(kept, regression, choices)
        return _said(found, choices.get("drop", ()))
    except StudyError as error:
        return Unavailable(NAME, error.problems)


def _said(found: SpecificationCurve, dropped: tuple[object, ...]) -> SpecificationCurve:
    """Say what is dropped as the study file does: `region: West`."""
    if "drop" not in found.table:
        return found
    words = {
        f"{one[0]}, {one[1]}": f"{one[0]}: {', '.join(one[1])}"
        for one in dropped
        if isinstance(one, tuple)
    }
    return replace(found, table=found.table.assign(drop=found.table["drop"].replace(words)))


def _joined(
    found: list[tuple[Frontier, SpecificationCurve]], regressors: tuple[str, ...]
) -> SpecificationCurve:
    """Put the curves of all frontiers into one, sorted by variable and estimate."""
    if len(found) == 1 and not found[0][0]:
        return found[0][1]
    tables, count = [], 0
    for frontier, one in found:
        options = {f"efficiency.{option}": str(value) for option, value in frontier}
        shifted = {"specification": one.table["specification"] + count} if len(one.table) else {}
        tables.append(one.table.assign(**shifted, **options))
        count += one.n_specifications
    order = {name: i for i, name in enumerate(regressors)}
    table = pd.concat(tables, ignore_index=True)
    if len(table):
        table = table.sort_values(
            ["name", "estimate", "specification"],
            key=lambda s: s.map(order) if s.name == "name" else s,
            kind="stable",
            ignore_index=True,
        )
    return SpecificationCurve(
        table,
        count,
        tuple(r for _, one in found for r in one.refused),
        distinct(rule for _, one in found for rule in one.rules),
        distinct_panels(panel for _, one in found for panel in one.panels),
    )
