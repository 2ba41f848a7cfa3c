"""Which estimates speak for a city."""

from __future__ import annotations

import pytest

from cases_typology import differences, estimates
from xinzhi.analyses.pathways.evidence import (
    Thresholds,
    build_findings,
    combine,
    resolve,
    summarise_help,
)

PATH = "HEE -> GTFP"
COMMON = (PATH, "", "", "", 0.02, 0.03)
COAL = (PATH, "coal", "coal", "", 0.03, 0.01)
OTHER = (PATH, "coal", "other", "", 0.01, 0.60)
MATURE = (PATH, "stage", "mature", "", 0.01, 0.70)


def spoken(rows, tests, groups):
    """What a frame says of HEE -> GTFP for a city with these groups."""
    findings = build_findings(
        estimates(*rows), differences(*tests) if tests else None, Thresholds()
    )
    return resolve(findings, PATH, groups)


def test_a_group_that_differs_speaks_for_itself():
    """Where the difference test finds one, the group's own estimate speaks, with the test."""
    found = spoken([COMMON, COAL, OTHER], [(PATH, "coal", 0.01)], {"coal": "other"})

    assert found.judgement == "null"
    assert found.applicable[0].evidence.group == "other"
    assert found.applicable[0].difference.p == 0.01
    assert found.cautions == ()


def test_a_group_without_difference_gets_the_common_estimate():
    """One significant and one insignificant group are no difference by themselves."""
    found = spoken([COMMON, COAL, OTHER], [(PATH, "coal", 0.40)], {"coal": "other"})

    assert found.judgement == "works"
    assert found.applicable[0].evidence.is_common
    assert found.cautions == ()


def test_groups_without_a_test_get_the_common_estimate_and_a_caution():
    """Group estimates that nobody compared do not speak, and that is said."""
    found = spoken([COMMON, COAL, OTHER], [], {"coal": "other"})

    assert found.applicable[0].evidence.is_common
    assert "was not tested" in str(found.cautions[0])


def test_a_group_without_estimate_gets_the_common_one_and_a_caution():
    """Groups differ, but the city's has no estimate, or the city no group."""
    for groups in ({"coal": "third"}, {}):
        found = spoken([COMMON, COAL, OTHER], [(PATH, "coal", 0.01)], groups)

        assert found.applicable[0].evidence.is_common
        assert "has no estimate of its own" in str(found.cautions[0])


def test_groupings_that_disagree_are_contested():
    """A coal city at a mature stage: one estimate works, the other is null."""
    tests = [(PATH, "coal", 0.01), (PATH, "stage", 0.02)]

    found = spoken([COMMON, COAL, MATURE], tests, {"coal": "coal", "stage": "mature"})

    assert found.judgement == "contested"
    assert [one.verdict for one in found.applicable] == ["works", "null"]


def test_without_any_estimate_nothing_is_known():
    """No estimate for all and none for the group: untested."""
    assert spoken([OTHER], [(PATH, "coal", 0.01)], {"coal": "coal"}).judgement == "untested"


@pytest.mark.parametrize(
    ("verdicts", "judgement"),
    [
        ([], "untested"),
        (["works"], "works"),
        (["harms", "harms"], "harms"),
        (["works", "harms"], "contested"),
        (["null", "harms"], "contested"),
        (["works", "untested"], "untested"),
    ],
)
def test_several_verdicts_make_one_judgement(verdicts, judgement):
    """One voice is the judgement, several are contested, an open one leaves it open."""
    assert combine(verdicts) == judgement


def tool_on(first: float | None, second: float | None) -> str:
    """What a tool does whose interactions on the two steps are these (p = 0.01; None: p = 0.9)."""
    rows = [
        (path, "", "", "RDER", sign or 1.0, 0.9 if sign is None else 0.01)
        for path, sign in (("HEE -> SEE", first), ("SEE -> GTFP", second))
    ]
    findings = build_findings(estimates(*rows), None, Thresholds())
    paths = ("HEE -> SEE", "SEE -> GTFP")
    return summarise_help(tuple(resolve(findings, path, {}, "RDER") for path in paths))


def test_a_tool_helps_if_it_strengthens_a_step_and_weakens_none():
    """Signs of the two interactions decide what a tool does to a channel."""
    assert tool_on(1.0, 1.0) == "helps"
    assert tool_on(1.0, None) == "helps"
    assert tool_on(-1.0, None) == "hinders"
    assert tool_on(1.0, -1.0) == "mixed"
    assert tool_on(None, None) == "none"
    assert summarise_help(()) == "untested"
