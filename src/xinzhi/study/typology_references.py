"""Names in the section of the typology: where its estimates come from, roles, factors that move."""

from __future__ import annotations

from xinzhi.analyses.analysis import ANALYSES
from xinzhi.efficiency.measure import MEASURES
from xinzhi.study.evidence import outcomes_of
from xinzhi.study.finder import Finder
from xinzhi.study.located import Path
from xinzhi.study.schema.study import StudySpec
from xinzhi.wording import message


def find_in_typology(spec: StudySpec, finder: Finder) -> None:
    """Find what points to nothing, and effects on several outcomes."""
    section = spec.typology
    if section is None:
        return
    known = tuple(name for key in ANALYSES.names() for name in spec.sections(key))
    for position, source in enumerate(section.pathways.sources):
        path: Path = ("typology", "pathways", "from", position)
        if "/" in source:
            finder.column_of_table(source, spec, path)
        else:
            finder.known(source, known, path, "section with estimates")
    for role, name in section.pathways.roles.items():
        finder.variable(name, spec, ("typology", "pathways", "roles", role), sets=False)
    for name in section.what_if:
        finder.variable(name, spec, ("typology", "what_if", name), sets=False)
    if not finder.problems:
        _one_outcome(spec, finder)


def _one_outcome(spec: StudySpec, finder: Finder) -> None:
    outcomes = outcomes_of(spec)
    path: Path = ("typology", "pathways", "from")
    if not outcomes:
        finder.add(
            "typology.no_outcome",
            message("No section named here estimates the effect of a factor."),
            path,
            message("name a table of regressions, such as the one with the main results."),
        )
    elif len(set(outcomes.values())) > 1:
        told = ", ".join(f"{name}: {outcome}" for name, outcome in outcomes.items())
        finder.add(
            "typology.two_outcomes",
            message("The sections named here have different outcomes ({told}).", told=told),
            path,
            message("name sections with one and the same outcome."),
        )
    else:
        _no_inefficiency(spec, finder, next(iter(outcomes.values())), path)


def _no_inefficiency(spec: StudySpec, finder: Finder, outcome: str, path: Path) -> None:
    """Refuse a score where more is worse: what raises it would be taken for good."""
    score = spec.variables.named[outcome].score
    measure = spec.sections("efficiency")[score].measure if score else ""
    if measure in MEASURES.names() and MEASURES.get(measure).traits.is_inefficiency:
        finder.add(
            "typology.inefficiency",
            message(
                "The outcome '{name}' is an inefficiency: the more, the worse, so that what raises "
                "it is no pathway.",
                name=outcome,
            ),
            path,
            message("measure an efficiency for the pathways, such as super_sbm."),
        )
