"""The specification curve inside a study: every combination of the declared choices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pandas as pd

from xinzhi.analyses.analysis import EstimationData, Given, Study
from xinzhi.analyses.equation import Equation, Frontier, rows_of
from xinzhi.analyses.members import as_written
from xinzhi.analyses.specification_curve.section import Choices, SpecificationCurveSection
from xinzhi.regression.specification_curve import (
    SpecificationCurve,
    distinct,
    distinct_panels,
    specification_curve,
    subsets,
)

Values = dict[str, tuple[object, ...]]


def curve_in_study(
    section: SpecificationCurveSection, equation: Equation, given: Given
) -> SpecificationCurve:
    """Estimate every combination; each frontier is a curve of its own, then they are joined."""
    found = []
    for frontier in frontiers(section.vary):
        frame = given.frame(data_of(section, equation, frontier, given.study))
        choices = _choices(section.vary, given.study, equation.regression.controls)
        found.append((frontier, _curve(equation, frame, choices)))
    return _joined(found, equation.regression.regressors)


def frontiers(vary: Choices) -> Iterator[Frontier]:
    """List the frontiers under which the scores are measured."""
    for values in product(*vary.efficiency.values()):
        yield tuple(zip(vary.efficiency, values, strict=True))


def data_of(
    section: SpecificationCurveSection, equation: Equation, frontier: Frontier, study: Study
) -> EstimationData:
    """Ask for the data of all combinations under one frontier."""
    variables, keys = _columns(section.vary, study)
    return EstimationData(
        (*equation.variables, *variables),
        keys=(*equation.keys, *keys),
        frontier=tuple({**dict(equation.frontier), **dict(frontier)}.items()),
    )


def _choices(vary: Choices, study: Study, controls: tuple[str, ...]) -> Values:
    """Choices as a variation takes them."""
    found: Values = {}
    if vary.controls == "each":
        found["controls"] = subsets(controls)
    elif vary.controls is not None:
        found["controls"] = tuple(study.expand(names) for names in vary.controls)
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


def _columns(vary: Choices, study: Study) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """List the variables that the choices bring in, and the effects, clusters and groupings."""
    lists = () if vary.controls is None or vary.controls == "each" else vary.controls
    variables = [name for names in lists for name in study.expand(names)]
    variables += [new for change in vary.replace or () for new in (change or {}).values()]
    keys = [name for names in vary.effects or () for name in names]
    keys += [name for how in vary.covariance or () if how for name in how.clusters]
    keys += [name for gone in vary.drop or () for name in gone or ()]
    return tuple(dict.fromkeys(variables)), tuple(dict.fromkeys(keys))


def _curve(equation: Equation, frame: pd.DataFrame, choices: Values) -> SpecificationCurve:
    kept, regression = equation.applied(frame)
    for gone in choices.get("drop", ()):
        rows_of(kept, (gone,) if isinstance(gone, tuple) else ())
    kept = kept.assign(entity=kept.index.get_level_values(0)) if "drop" in choices else kept
    found = specification_curve(kept, regression, choices)
    return _said(found, choices.get("drop", ()))


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
