"""Frontiers changed on purpose: the same scores under other options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xinzhi.analyses.efficiency.section import OTHER_ANALYSES
from xinzhi.analyses.section import Section
from xinzhi.study.schema.study import StudySpec
from xinzhi.vocabulary import with_implied


def scores_of(spec: StudySpec, names: Iterable[str]) -> tuple[str, ...]:
    """Scores that variables are made from, in the order of the file."""
    named = spec.variables.named
    used = {named[name].score for name in names if name in named}
    return tuple(name for name in spec.sections("efficiency") if name in used)


def changed(section: Section, options: Mapping[str, object]) -> Section:
    """Change options of a score; what it says is checked again, what other analyses of the score ask for is left behind.

    A short form among the changes, such as `measure: bcc`, changes all that it implies.
    """
    given = {
        name: getattr(section, name)
        for name in section.model_fields_set
        if name not in OTHER_ANALYSES
    }
    return type(section).model_validate({**given, **with_implied(options)})
