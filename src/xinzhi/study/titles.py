"""Titles of tables of regressions: those of the study file, else made from what they regress."""

from __future__ import annotations

from xinzhi.study.equations import column_equation
from xinzhi.study.schema.study import StudySpec
from xinzhi.wording import Wording, message


def table_title(spec: StudySpec, name: str) -> Wording:
    """Title of a table of regressions; where the study file gives none, by its outcome."""
    words = spec.tables[name].title
    if words.zh or words.en:
        return words.label("")
    kind = _kind(spec, name)
    alike = [
        one
        for one, t in spec.tables.items()
        if not (t.title.zh or t.title.en) and _kind(spec, one) == kind
    ]
    template, outcome = kind
    title = message(template, outcome=spec.variables.named[outcome].label.label(outcome))
    return title if len(alike) == 1 else message("{title} ({name})", title=title, name=name)


def _kind(spec: StudySpec, name: str) -> tuple[str, str]:
    """Tell what a table without a title holds, and its outcome."""
    table = spec.tables[name]
    outcome = column_equation(spec, table, table.columns[0]).regression.outcome
    if table.instruments:
        return INSTRUMENTED, outcome
    return (VARIED if table.base else PLAIN), outcome


PLAIN, VARIED, INSTRUMENTED = (
    words.template
    for words in (
        message("{outcome}: regressions"),
        message("{outcome}: regressions under other choices"),
        message("{outcome}: instrumental variables"),
    )
)
