"""What an analysis of a finished study is shown with: its section, its result, labels and style."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from xinzhi.analyses.analysis import ANALYSES
from xinzhi.report import exhibits


@dataclass(frozen=True)
class Asked:
    """One section of a study."""

    section: Any
    result: Any
    shown: Any

    def with_inference(self, **changed):
        """Judge by another level, test or family."""
        style = self.shown.style
        inference = replace(style.inference, **changed)
        return replace(self, shown=replace(self.shown, style=replace(style, inference=inference)))

    def with_tables(self, tables):
        """Put other regressions into the study."""
        results = {**self.shown.results, "tables": tables}
        return replace(self, shown=replace(self.shown, results=results))


def asked(result, key, name=None):
    """Find a section of a study by its kind and name; the first of its kind without one."""
    wanted = ANALYSES.get(key)
    return next(
        Asked(section, outcome, view)
        for analysis, section, outcome, view, *_ in _sections(result)
        if analysis is wanted and name in {None, view.name}
    )


LISTED: dict[int, tuple[Any, list[Any]]] = {}


def _sections(result):
    """List the sections of a study once, which is kept with them: their labels are looked up in registers."""
    if id(result) not in LISTED:
        LISTED[id(result)] = result, list(exhibits._asked(result))
    return LISTED[id(result)][1]
