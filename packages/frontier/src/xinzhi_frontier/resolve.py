"""Resolve what was asked for into options: short forms spelled out, the rest by what is usual."""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi_core.vocabulary import canonical, with_implied
from xinzhi_frontier.measure import MEASURES
from xinzhi_frontier.options import DEFAULTS, Options, checked
from xinzhi_frontier.productivity.index import INDICES


def resolve(given: Mapping[str, object], *, index: str | None = None) -> Options:
    """Turn what was asked for into options; every door but the study file comes through here.

    Parameters
    ----------
    given
        Fields of `Options`; None for what was left out.
    index
        An index of productivity that is made of the scores. Where no measure is asked for, the
        scores are those that the index is defined on.

    Raises
    ------
    SpecError
        A word is unknown, or contradicts a short form.

    Examples
    --------
    >>> options = resolve({"measure": "bcc"})
    >>> options.measure, options.returns_to_scale, options.orientation
    ('radial', 'variable', 'input')
    >>> options = resolve({}, index="gml")
    >>> options.measure, options.orientation, options.disposability
    ('directional', 'output', 'weak')
    """
    spelled = with_implied({**given, "index": index})
    asked = {k: v for k, v in spelled.items() if v is not None and k != "index"}
    if index is not None:
        asked = {**_usual_of_index(index, asked.get("measure")), **asked}
    # Last, so that a measure which an index brings with it has its usual orientation too.
    measure = asked.setdefault("measure", DEFAULTS.measure)
    asked.setdefault("orientation", usual_orientation(measure))
    return checked(Options(**asked))


def usual_orientation(measure: str) -> str:
    """Return the orientation that a measure usually has: none where it exists.

    >>> usual_orientation("sbm"), usual_orientation("ccr")
    ('none', 'input')
    """
    orientations = MEASURES.get(checked(Options(measure=measure)).measure).traits.orientations
    return "none" if "none" in orientations else orientations[0]


def _usual_of_index(index: str, measure: str | None) -> Mapping[str, str]:
    """Return the options of an index's definition.

    A measure that was asked for keeps its own defaults, but for the direction of a directional
    index.
    """
    traits = INDICES.get(canonical("index", index)).traits
    if measure is None:
        return traits.usual
    is_usual = checked(Options(measure=measure)).measure == traits.usual["measure"]
    if traits.is_directional and is_usual:
        return {"orientation": traits.usual["orientation"]}
    return {}
