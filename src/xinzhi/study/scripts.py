"""Script: estimates -> what R and Stata need to estimate them again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from xinzhi.io.csv_text import safe_text
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.export.exported import Exported, export
from xinzhi.regression.instruments.estimate import Instrumented
from xinzhi.regression.sample import key_of
from xinzhi.study.analyses import Analyses
from xinzhi.study.result import Results, list_results
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.view import StudyView

KEYS = ("entity", "period")
Found = Estimates | Instrumented
Rows = tuple[np.ndarray, np.ndarray]
"""Positions of the rows of a regression in the panel, and in the frame it was estimated on."""
Named = Iterator[tuple[str, pd.DataFrame, Found]]
"""Name of a regression, the frame it was estimated on, its estimates."""


def script(spec: StudySpec, results: Results, frames: Analyses) -> Exported | None:
    """Script: estimates -> the panel and regressions of the scripts; None without a regression.

    All regressions of the tables, of mediation, moderation and groups; those of the specification
    curve are left to the program. Where a column changes values (a lag, other percentiles, another
    frontier), the panel gets a column of its own.
    """
    panel = _Panel(frames.variables)
    models = {
        name: panel.take(name, frame, estimates)
        for name, frame, estimates in _regressions(spec, results, frames)
    }
    return export(panel.frame(), models) if models else None


def _regressions(spec: StudySpec, results: Results, frames: Analyses) -> Named:
    for key, analysis, name, result in list_results(results):
        section = spec.sections(key)[name]
        given = frames.given(analysis.reads(section, StudyView(spec)))
        for model, frame, estimates in analysis.regressions(section, result, given):
            yield f"{name}/{model}", frame, estimates


class _Panel:
    """Gathers columns; one whose values a regression changed gets a name of its own."""

    def __init__(self, variables: pd.DataFrame) -> None:
        self.variables = variables
        self.columns: dict[str, pd.Series] = {}
        self.titles: dict[str, list[str]] = {}
        """Name in the study -> its columns so far: as it is, then as models changed it."""

    def take(self, model: str, frame: pd.DataFrame, estimates: Found) -> Found:
        """Take the columns of a regression, and rename them in its estimates."""
        if isinstance(estimates, Instrumented):
            rows = self._rows(frame, estimates.estimates)
            names = {
                name: self._column(model, name, frame, rows)
                for name in (*estimates.endogenous, *estimates.instruments)
            }
            return replace(
                estimates,
                estimates=self._renamed(model, frame, estimates.estimates),
                endogenous=tuple(names[name] for name in estimates.endogenous),
                instruments=tuple(names[name] for name in estimates.instruments),
            )
        return self._renamed(model, frame, estimates)

    def _renamed(self, model: str, frame: pd.DataFrame, estimates: Estimates) -> Estimates:
        asked = estimates.regression
        how = asked.covariance
        used = (asked.outcome, *asked.regressors, *asked.controls, *asked.effects, *how.clusters)
        rows = self._rows(frame, estimates)
        names = {name: self._column(model, name, frame, rows) for name in dict.fromkeys(used)}
        renamed = replace(
            asked,
            outcome=names[asked.outcome],
            regressors=tuple(names[name] for name in asked.regressors),
            controls=tuple(names[name] for name in asked.controls),
            effects=tuple(names[name] for name in asked.effects),
            covariance=replace(how, clusters=tuple(names[name] for name in how.clusters)),
        )
        terms = tuple(names.get(name, name) for name in estimates.names)
        return replace(estimates, regression=renamed, names=terms)

    def _rows(self, frame: pd.DataFrame, estimates: Estimates) -> Rows:
        """Find the rows of a regression in the panel and in its own frame."""
        rows = estimates.residuals.index
        return self.variables.index.get_indexer(rows), frame.index.get_indexer(rows)

    def _column(self, model: str, name: str, frame: pd.DataFrame, rows: Rows) -> str:
        """Find the column with these values in these rows, or make one."""
        if key_of(frame, name) in KEYS and name not in frame:
            return name
        titles = self.titles.setdefault(name, [])
        if not titles:
            plain = name if safe_text(name) == name else f"_{name}"
            self._add(name, plain, self.variables.get(name, frame[name]))
        values = frame[name].iloc[rows[1]].reset_index(drop=True)
        for title in titles:
            if self.columns[title].iloc[rows[0]].reset_index(drop=True).equals(values):
                return title
        return self._add(name, f"{titles[0]} ({model})", frame[name])

    def _add(self, name: str, title: str, values: pd.Series) -> str:
        if title in self.columns:
            msg = f"two columns are called {title}"
            raise ValueError(msg)
        self.columns[title] = values.reindex(self.variables.index)
        self.titles[name].append(title)
        return title

    def frame(self) -> pd.DataFrame:
        """Give the panel of the scripts."""
        return pd.DataFrame(self.columns, index=self.variables.index)
