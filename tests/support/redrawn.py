"""The analyses of a study whose numbers draws compute again, and the numbers themselves."""

from __future__ import annotations

from xinzhi.analyses.analysis import ANALYSES
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.analyses.whole_study.resampling import resampled_sections
from xinzhi.study.again import Cache
from xinzhi.study.analyses import Analyses
from xinzhi.study.view import StudyView


def analyses(spec, prepared):
    """Compute everything but the draws."""
    loop = Analyses(spec, prepared, Cache(None, {}))
    loop.measure()
    for key, name in resampled_sections(StudyView(spec)):
        loop.result(key, name)
    return loop


def estimates(spec, loop):
    """All quantities of a study, by what identifies them."""
    view = StudyView(spec)
    found = {}
    for key, name in resampled_sections(view):
        result = loop.results[key][name]
        assert not isinstance(result, Unavailable), result
        for one in ANALYSES.get(key).quantities(view.section(key, name), result, view):
            found[(key, name), identity(one)] = one.estimate
    return found


def identity(one):
    """What tells an effect of a section apart."""
    return (
        *(one.kind, one.links, one.column, one.grouping, one.group, one.other),
        *(one.moderator, one.at, one.past),
    )
