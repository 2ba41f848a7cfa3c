"""A pathway never contradicts its evidence, over random estimates."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases_typology import PAPER, differences, estimates, find_pathways
from xinzhi.analyses.implied_change import shift_of_score
from xinzhi.analyses.pathways.compute import judge_help
from xinzhi.analyses.pathways.evidence import (
    ApplicableEstimate,
    Evidence,
    ResolvedEstimates,
    Thresholds,
)
from xinzhi.analyses.pathways.pathways import OwnLevels, PathwayStep

FACTORS = {"HEE": ("SEE",), "PGPP": ("SEE",), "IRD": ("NEPP", "SEE")}
GROUPS = {"coal": ("coal", "other"), "stage": ("early", "late")}
CITIES = pd.DataFrame(
    {"coal": ["coal", "coal", "other", None], "stage": ["early", "late", "late", None]},
    index=["a", "b", "c", "d"],
)
some = settings(max_examples=30, deadline=None)
sizes = st.integers(-50, 50).filter(bool).map(lambda k: k / 1000)
p_values = st.sampled_from([0.001, 0.02, 0.0999, 0.1, 0.3, 0.9])
thresholds = st.builds(
    Thresholds, st.sampled_from([0.01, 0.05, 0.10]), st.sampled_from([0.0, 0.01, 0.04])
)


@st.composite
def evidence(draw) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Estimates for all and for groups, with channels and tools, and difference tests."""
    rows, tests = [], []
    for factor, mediators in FACTORS.items():
        path = f"{factor} -> GTFP"
        rows.append((path, "", "", "", draw(sizes), draw(p_values)))
        for mediator in mediators:
            indirect = f"{factor} -> {mediator} -> GTFP"
            rows.append((indirect, "", "", "", draw(sizes), draw(p_values)))
            rows.append((f"{factor} -> {mediator}", "", "", "RDER", draw(sizes), draw(p_values)))
        for grouping, groups in GROUPS.items():
            tests.append((path, grouping, draw(p_values)))
            rows.extend(
                (path, grouping, group, "", draw(sizes), draw(p_values)) for group in groups
            )
    return estimates(*rows), differences(*tests)


def found(data, limits, change=lambda frame: frame):
    """Pathways of all cities after a change of the estimates."""
    frame, tests = data
    return find_pathways(
        change(frame), CITIES, PAPER, outcome="GTFP", tests=tests, thresholds=limits
    )


@some
@given(evidence(), thresholds)
def test_a_supported_pathway_has_all_its_evidence(data, limits):
    """Every estimate that speaks for it works, and so does every estimate of some channel."""
    for city in found(data, limits).by_city.values():
        for pathway in city.supported:
            spoken = [one.evidence for one in pathway.effect.applicable]
            assert spoken
            assert all(e.b > 0 and e.p < limits.level for e in spoken)
            assert all(e.b >= limits.minimum_effect for e in spoken)
            assert any(
                all(
                    one.evidence.b > 0 and one.evidence.p < limits.level
                    for one in c.indirect.applicable
                )
                for c in pathway.channels
                if c.indirect.applicable
            )


@some
@given(evidence(), thresholds)
def test_a_factor_without_effect_supports_no_pathway(data, limits):
    """With p-values of 1 on all effects nothing is supported, opposed or contested."""
    silent = found(data, limits, lambda frame: frame.assign(p=1.0))

    for city in silent.by_city.values():
        assert {pathway.status for pathway in city.pathways} == {"unsupported"}


@some
@given(evidence(), thresholds)
def test_a_change_of_sign_flips_the_pathway(data, limits):
    """With all signs turned what was opposed works and what was supported is opposed."""
    plain = found(data, limits)
    turned = found(data, limits, lambda frame: frame.assign(b=-frame["b"]))

    for name, city in plain.by_city.items():
        for before, after in zip(city.pathways, turned.by_city[name].pathways, strict=True):
            words = {"supported": "opposed", "effect_only": "opposed"}
            if before.status in words:
                assert after.status == words[before.status]
            if before.status == "opposed":
                assert after.status in {"supported", "effect_only"}
            if before.status in {"contested", "unsupported"}:
                assert after.status == before.status


@some
@given(evidence(), thresholds)
def test_groups_without_a_difference_get_the_common_estimate(data, limits):
    """With difference tests of p = 1 all cities have the same pathways, from the common rows."""
    frame, tests = data
    same = found((frame, tests.assign(p=1.0)), limits)

    cities = list(same.by_city.values())
    assert len({tuple(p.status for p in city.pathways) for city in cities}) == 1
    for city in cities:
        for pathway in city.pathways:
            assert all(one.evidence.is_common for one in pathway.effect.applicable)


@pytest.mark.long
@some
@given(evidence(), thresholds)
def test_a_group_speaks_only_with_a_difference(data, limits):
    """Each group estimate that speaks carries a test below the level, and is the city's own."""
    for city in found(data, limits).by_city.values():
        for pathway in city.pathways:
            for one in pathway.effect.applicable:
                if not one.evidence.is_common:
                    assert one.difference.p < limits.level
                    assert city.groups[one.evidence.grouping] == one.evidence.group


@pytest.mark.long
@some
@given(evidence(), thresholds, st.randoms())
def test_the_order_of_rows_does_not_matter(data, limits, random):
    """Pathways follow the estimates, not their order (D5)."""
    frame, tests = data
    order = random.sample(range(len(frame)), len(frame))

    shuffled = found((frame.iloc[order], tests.iloc[::-1]), limits).to_frame()

    pd.testing.assert_frame_equal(shuffled, found(data, limits).to_frame())


@some
@given(evidence(), thresholds)
def test_tools_help_only_supported_pathways(data, limits):
    """No tool is named for a pathway that is not supported; a tool has one verdict."""
    for city in found(data, limits).by_city.values():
        for pathway in city.pathways:
            helps, hinders = pathway.tools_that("helps"), pathway.tools_that("hinders")
            assert not set(helps) & set(hinders)
            if pathway.status != "supported":
                assert not helps


@some
@given(st.floats(0.0, 2.0), st.floats(-1.0, 1.0), st.floats(-0.5, 0.5), st.floats(0.0, 0.2))
def test_what_if_has_the_sign_of_its_evidence(score, moved, b, se):
    """The score rises if effect and move have the same sign, and the interval holds the change."""
    shift = shift_of_score(score, moved, b, se)

    assert shift.ci_low <= shift.change <= shift.ci_high
    assert shift.std_error >= 0
    if abs(b * moved) > 1e-300:
        assert (shift.change > 0) == (b * moved > 0)


@st.composite
def steps(draw) -> list[tuple[float, float, float, float]]:
    """Steps of a tool: interaction and its p, effect at the own level and its p."""
    one = st.tuples(sizes, p_values, sizes, p_values)
    return draw(st.lists(one, min_size=1, max_size=4))


def tool_with(rows, *, level=0.05, is_known=True):
    """What a tool does whose steps are these."""
    limits = Thresholds(level)
    found = []
    for at, (b, p, own, own_p) in enumerate(rows):
        act = Evidence(f"s{at}", "", "", "w", b, 1.0, p, 10, b, b)
        effect = (
            Evidence(f"s{at}", "", "", "w", own, 1.0, own_p, 10, own, own) if is_known else None
        )
        said = limits.verdict(act)
        resolved = ResolvedEstimates(f"s{at}", said, (ApplicableEstimate(act, said),))
        found.append(PathwayStep(resolved, effect, limits.verdict(effect)))
    return judge_help(tuple(found))


@some
@given(steps())
def test_a_tool_helps_only_where_its_steps_are_shown(rows):
    """It strengthens at least one step, weakens none, and what it strengthens is significant."""
    acted = [(b, own, own_p) for b, p, own, own_p in rows if p < 0.05]
    if tool_with(rows) == "helps":
        assert acted
        assert all(b > 0 and own > 0 and own_p < 0.05 for b, own, own_p in acted)
    if tool_with(rows) == "hinders":
        assert acted
        assert all(b < 0 for b, _, _ in acted)
        assert any(own < 0 or own_p >= 0.05 for _, own, own_p in acted)
    if tool_with(rows) == "mixed":
        assert {b > 0 for b, _, _ in acted} == {True, False}


@some
@given(steps())
def test_without_a_level_no_tool_helps_or_hinders(rows):
    """Where the level is not known, nothing is said of what a tool does there."""
    assert tool_with(rows, is_known=False) in {"unknown", "mixed", "none"}


@some
@given(steps())
def test_more_of_a_tool_cannot_be_asked_where_it_weakens(rows):
    """With all interactions turned, what helps or would help no longer does."""
    turned = [(-b, p, own, own_p) for b, p, own, own_p in rows]
    if tool_with(rows) in {"helps", "needs_more"}:
        assert tool_with(turned) in {"hinders", "none"}


@some
@given(
    evidence(),
    thresholds,
    st.lists(st.floats(0, 100), min_size=4, max_size=4),
)
def test_what_is_lacking_lies_below_the_median_of_the_peers(data, limits, values):
    """Only of supported pathways, and only what is less than half of its peers have."""
    frame, tests = data
    own = {name: (value, 2023) for name, value in zip(CITIES.index, values, strict=True)}
    levels = OwnLevels(dict.fromkeys(FACTORS, own), {})
    all_of = find_pathways(
        frame, CITIES, PAPER, outcome="GTFP", tests=tests, thresholds=limits, levels=levels
    )
    for city in all_of.by_city.values():
        for pathway in city.pathways:
            assert not pathway.lacks or pathway.status == "supported"
            for level in pathway.lacks:
                peers = [
                    own[name][0]
                    for name in CITIES.index
                    if all(CITIES.loc[name, g] == group for g, group in pathway.like)
                ]
                assert level.n == len(peers)
                assert sum(value > level.value for value in peers) * 2 >= len(peers) > 1
