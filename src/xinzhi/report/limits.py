"""Limits of a study: the notices that bear on its conclusions, those that weigh most first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xinzhi.notices import Notice, together
from xinzhi.wording import Wording, message

WEIGHTS: Sequence[tuple[str, ...]] = (
    ("iv.weak", "reg.lagged_outcome", "inference.separability", "mediation.not_causal"),
    ("inference.scores_as_outcome", "inference.second_stage_coverage"),
    ("advice.serial_correlation", "advice.cross_section_dependence", "advice.heteroskedasticity"),
    ("reg.few_clusters", "reg.few_periods", "pathways.few_clusters", "inference.few_entities"),
    ("influence.sign", "mediation.inconsistent", "pathways.interval", "pathways.other_estimate"),
    ("efficiency.unsolved", "efficiency.infeasible", "efficiency.undefined", "efficiency.left_out"),
    ("sample.filled", "cities.reconstructed_groups", "cities.low_confidence"),
    ("vif.high", "reg.near_collinear", "reg.nearly_absorbed", "reg.dropped", "reg.perfect_fit"),
    ("variables.small_scale", "productivity.infeasible", "group.singleton"),
    ("what_if.meaning", "what_if.outside"),
)
"""Codes of notices in falling weight: what identifies an effect, then what its error rests on, then
the data, then how single numbers are read."""
MOST = 6
"""So many sentences stand in the text; all notices stand in the appendix."""


def limits_of(notices: Sequence[Notice], entities: Mapping[str, Wording]) -> tuple[Wording, ...]:
    """Take the notices that weigh most, similar ones as one, and say where the others stand."""
    # Of each code the first notice, with those that differ from it in a word.
    ranked = [
        notice
        for codes in WEIGHTS
        for code in codes
        for notice in together(n for n in notices if n.code == code)[:1]
    ]
    texts = list(dict.fromkeys(with_place(notice, entities) for notice in ranked))
    return (*texts[:MOST], message("The appendix lists all notices.")) if texts else ()


def with_place(notice: Notice, entities: Mapping[str, Wording]) -> Wording:
    """Write a notice with the entity and the period that it is about."""
    entity, period = notice.where.entity, notice.where.period
    name = "" if entity is None else entities.get(entity, entity)
    place = message("{entity} {period}", entity=name, period=period) if name and period else name
    place = place or ("" if period is None else str(period))
    return message("{text} ({place})", text=notice.text, place=place) if place else notice.text
