"""The chapter on composite indices: which sections of a study are about an index, and where they stand in it.

A paper on an index says how it was built and what weighs how much, how it moved, where it is high, how wide its gaps
are, what goes with it, and how it is coordinated with others. Each of these is an analysis of its own, which serves
scores as well; in a study that makes an index, those about it stand in one chapter, in this order.
"""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi.analyses.exhibits import Place
from xinzhi.analyses.of_steps import steps_of
from xinzhi.analyses.reads import Study
from xinzhi.prepare.steps.entropy_index import EntropyIndex
from xinzhi_core.wording import message

CHAPTER, FIRST = "index", 25.0
"""Chapter of the main text; it follows the method, where the equation of an index stands."""
PARTS: Mapping[str, Place] = {
    key: Place(f"index_{key}", title, FIRST + number / 10, chapter=CHAPTER)
    for number, (key, title) in enumerate(
        {
            "weights": message("Indicators and weights"),
            "course": message("Course and ranks"),
            "map": message("Distribution in space"),
            "gaps": message("Gaps and convergence"),
            "factors": message("Obstacles and factors"),
            "beside": message("Coordination and decoupling"),
        }.items()
    )
}
"""Parts of the chapter in their order."""
PART_OF: Mapping[str, str] = {
    "entropy_index": "weights",
    "ranks": "course",
    "maps": "map",
    "ellipse": "map",
    "moran": "map",
    "hot_spots": "map",
    "local_moran": "map",
    "obstacles": "factors",
    "detector": "factors",
    "coupling": "beside",
    "tapio": "beside",
    "decompose": "beside",
}
"""Analysis -> its part; any other of a score over space and time speaks of gaps."""
OF_SCORES = "space"
"""Place of the analyses of a score over space and time."""
NAMES = ("prepared", "score", "value", "column", "outcome")
"""Options that may name what a section is about."""


def part_of(key: str, place: Place) -> str | None:
    """Name the part of the chapter in which an analysis of an index stands; None where it is not of this kind."""
    return PART_OF.get(key) or ("gaps" if place.key == OF_SCORES else None)


def subject_of(section: object, study: Study) -> str | None:
    """Name the column that a section is about, through the variable that is made from it."""
    names = (getattr(section, option, None) for option in NAMES)
    name = next((name for name in names if isinstance(name, str)), None)
    if name is None or name not in study.style.labels:
        return name
    return study.origin(name).column


def indices_of(options: object, study: Study) -> frozenset[str]:
    """List the indices that have the chapter, with what is made of them: none where no step makes one.

    An index that is a plain sum of `columns`, such as a bad output, has it where the study asks more of it.

    Parameters
    ----------
    options
        The study file, whose steps make the indices.
    study
        The same, as an analysis knows it.
    """
    steps = steps_of(options, "entropy_index")
    if not steps:
        return frozenset()
    subjects = {
        subject_of(section, study)
        for key in ("ranks", "detector", "obstacles")
        for section in study.sections(key).values()
    }
    found = {
        name
        for name, step in steps.items()
        if name in subjects or (isinstance(step, EntropyIndex) and not step.is_plain)
    }
    return frozenset(found | {*steps_of(options, "coupling")}) if found else frozenset()


def place_in(
    indices: frozenset[str], key: str, place: Place, section: object, study: Study
) -> Place:
    """Find where a section stands in the report: in the chapter on indices, or at the place of its analysis.

    Parameters
    ----------
    indices
        Of the study (see `indices_of`).
    key, place
        Of the analysis, in the study file and in the report.
    """
    part = part_of(key, place) if indices else None
    if part is None or (part != "beside" and subject_of(section, study) not in indices):
        return place
    return PARTS[part]
