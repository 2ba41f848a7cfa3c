"""Script: estimates -> what R and Stata need to estimate them again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd

from xinzhi.econometrics.estimates import Estimates
from xinzhi.econometrics.export.exported import Exported, exported
from xinzhi.econometrics.heterogeneity import Heterogeneity
from xinzhi.econometrics.mediation import Mediation
from xinzhi.econometrics.sample import key_of
from xinzhi.errors import StudyError
from xinzhi.io.write import safe_text
from xinzhi.study.equations import equation_of
from xinzhi.study.mechanism import Mechanism
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.stops.estimate import Column, ready
from xinzhi.study.stops.remeasure import Frames

KEYS = ("entity", "period")
Named = Iterator[tuple[str, str, Estimates]]
"""Name of a regression, the column of a table whose data it uses, its estimates."""


def script(
    spec: StudySpec,
    columns: Mapping[str, tuple[Column, ...]],
    mechanism: Mechanism,
    frames: Frames,
) -> Exported | None:
    """Script: estimates -> the panel and regressions of the scripts; None without a regression.

    Least squares of the tables, of the mediations and of the groups; where a column changes values
    (other percentiles, another frontier), the panel gets a column of its own for each.
    """
    panel = _Panel(frames.variables)
    models = {}
    for name, reference, found in _regressions(spec, columns, mechanism):
        equation = equation_of(spec, reference)
        try:
            frame, _ = ready(equation, frames.of(equation.frontier, equation.variables))
        except StudyError:
            continue  # the column itself could not be estimated, which is told
        models[name] = panel.take(name, frame, found)
    if not models:
        return None
    data = panel.frame()
    return exported(data, models)


def _regressions(
    spec: StudySpec, columns: Mapping[str, tuple[Column, ...]], mechanism: Mechanism
) -> Named:
    for table, found in columns.items():
        for number, one in enumerate(found, 1):
            if isinstance(one, Estimates):
                yield f"{table}/{number}", f"{table}/{number}", one
    for name, mediation in mechanism.mediation.items():
        if isinstance(mediation, Mediation):
            yield from _equations(name, spec.mediation[name].base, mediation)
    for name, compared in mechanism.heterogeneity.items():
        for grouping, groups in compared.items():
            if isinstance(groups, Heterogeneity):
                base = spec.heterogeneity[name].base
                yield from _groups(f"{name}/{grouping}", base, groups)


def _equations(name: str, base: str, found: Mediation) -> Named:
    yield f"{name}/total", base, found.total
    for through in found.through:
        for kind in ("first", "second", "alone"):
            yield f"{name}/{through.mediator}/{kind}", base, getattr(through, kind)


def _groups(name: str, base: str, found: Heterogeneity) -> Named:
    for group, one in found.groups:
        if isinstance(one, Estimates):
            yield f"{name}/{group}", base, one


class _Panel:
    """Gathers columns; one whose values a regression changed gets a name of its own."""

    def __init__(self, variables: pd.DataFrame) -> None:
        self.variables = variables
        self.columns: dict[str, pd.Series] = {}

    def take(self, model: str, frame: pd.DataFrame, found: Estimates) -> Estimates:
        """Take the columns of a regression, and rename them in its estimates."""
        asked = found.regression
        how = asked.covariance
        used = (asked.outcome, *asked.regressors, *asked.controls, *asked.effects, *how.clusters)
        rows = found.residuals.index
        names = {name: self._column(model, name, frame.loc[rows]) for name in dict.fromkeys(used)}
        renamed = replace(
            asked,
            outcome=names[asked.outcome],
            regressors=tuple(names[name] for name in asked.regressors),
            controls=tuple(names[name] for name in asked.controls),
            effects=tuple(names[name] for name in asked.effects),
            covariance=replace(how, clusters=tuple(names[name] for name in how.clusters)),
        )
        kept = tuple(names.get(name, name) for name in found.names)
        return replace(found, regression=renamed, names=kept)

    def _column(self, model: str, name: str, used: pd.DataFrame) -> str:
        if key_of(used, name) in KEYS and name not in used:
            return name
        plain = name if safe_text(name) == name else f"_{name}"
        for title in (plain, f"{plain} ({model})"):
            known = self.columns.get(title, self.variables.get(name) if title == plain else None)
            if known is None:
                known = used[name].reindex(self.variables.index)
            if known.loc[used.index].equals(used[name]):
                self.columns[title] = known
                return title
        msg = f"two columns of {model} are called {name}"
        raise ValueError(msg)

    def frame(self) -> pd.DataFrame:
        """Give the panel of the scripts."""
        return pd.DataFrame(self.columns, index=self.variables.index)
