"""Pathways of cities, from hand-made evidence and from the paper's printed tables."""

from __future__ import annotations

import csv
import tomllib

import pandas as pd
import pytest
from scipy import stats

from cases_typology import PAPER, at_level, codes, differences, estimates, find_pathways
from places import PUBLISHED, RESOURCE_CITIES
from xinzhi.analyses.pathways.evidence import Thresholds, build_findings, empowerment

WORKS = ("HEE -> GTFP", "", "", "", 0.02, 0.02)
CHANNEL = ("HEE -> SEE -> GTFP", "", "", "", 0.003, 0.01)
FUNDING = ("SEE -> GTFP", "", "", "RDER", 0.05, 0.01)
CITIES = pd.DataFrame({"coal": ["coal", "other"]}, index=["Datong", "Panzhihua"])


def education(rows, *, cities=CITIES, tests=(), city="Datong", **options):
    """The education pathway of a city, and all that was found."""
    found = find_pathways(
        estimates(*rows),
        cities,
        PAPER,
        outcome="GTFP",
        tests=differences(*tests) if tests else None,
        **options,
    )
    pathways = {pathway.name: pathway for pathway in found.by_city[city].pathways}
    return pathways["education"], found


def test_effect_and_channel_make_a_pathway():
    """The factor works and works through a channel: supported, with the tool that helps."""
    at = at_level("SEE -> GTFP", "RDER", {"Datong": (0.2, 0.01)})
    pathway, found = education([WORKS, CHANNEL, FUNDING], levels=at)

    assert pathway.status == "supported"
    assert pathway.tools_that("helps") == ("RDER",)
    assert [p.name for p in found.by_city["Datong"].supported] == ["education"]


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ([WORKS], "effect_only"),
        ([WORKS, (*CHANNEL[:5], 0.5)], "effect_only"),
        ([WORKS, (*CHANNEL[:4], -0.003, 0.01)], "effect_only"),
        ([(*WORKS[:5], 0.5), CHANNEL], "unsupported"),
        ([(*WORKS[:4], -0.02, 0.02), CHANNEL], "opposed"),
        ([CHANNEL], "untested"),
    ],
)
def test_less_than_both_is_no_pathway(rows, status):
    """A channel alone, an effect alone, a null or a harmful effect support no pathway."""
    pathway, found = education([*rows, FUNDING])

    assert pathway.status == status
    assert pathway.tools_that("helps") == ()
    assert found.by_city["Datong"].supported == ()
    assert "pathways.none" in codes(found.notices)


def test_groups_decide_where_they_differ():
    """With a tested difference the coal city has the pathway and the other has not."""
    rows = [
        WORKS, CHANNEL,
        ("HEE -> GTFP", "coal", "coal", "", 0.03, 0.01),
        ("HEE -> GTFP", "coal", "other", "", 0.01, 0.60),
    ]  # fmt: skip
    tests = [("HEE -> GTFP", "coal", 0.02)]

    assert education(rows, tests=tests)[0].status == "supported"
    assert education(rows, tests=tests, city="Panzhihua")[0].status == "unsupported"


def test_cautions_name_their_source():
    """A tool that weakens a step is a caution of the estimates, the paper's advice of literature."""
    cities = pd.DataFrame({"stage": ["declining"]}, index=["Fuxin"])
    hinders = ("HEE -> SEE", "", "", "EPPCN", -0.05, 0.01)

    at = at_level("HEE -> SEE", "EPPCN", {"Fuxin": (0.01, 0.7)})
    pathway, _ = education([WORKS, CHANNEL, hinders], cities=cities, city="Fuxin", levels=at)

    assert pathway.tools_that("hinders") == ("EPPCN",)
    assert {caution.source for caution in pathway.cautions} == {"estimates", "literature"}
    assert any("EPPCN weakens" in str(caution.text) for caution in pathway.cautions)
    assert any("may leave" in str(caution.text) for caution in pathway.cautions)


def test_a_tool_that_is_mixed_on_one_channel_helps_no_pathway():
    """Strengthening one step and weakening the other is neither help nor hindrance."""
    against = ("HEE -> SEE", "", "", "RDER", -0.05, 0.01)

    pathway, _ = education([WORKS, CHANNEL, FUNDING, against])

    assert pathway.tools_that("helps") == ()
    assert pathway.tools_that("mixed") == ("RDER",)


def test_a_tool_that_helps_one_channel_and_hinders_the_other_is_mixed():
    """Equipment has two channels: a tool must not be called a help because of one of them."""
    rows = [
        ("IRD -> GTFP", "", "", "", 0.04, 0.01),
        ("IRD -> NEPP -> GTFP", "", "", "", 0.005, 0.01),
        ("IRD -> SEE -> GTFP", "", "", "", 0.003, 0.01),
        ("NEPP -> GTFP", "", "", "EPPCN", -0.05, 0.01),
        ("SEE -> GTFP", "", "", "EPPCN", 0.05, 0.01),
    ]

    found = find_pathways(estimates(*rows), CITIES, PAPER, outcome="GTFP")
    (pathway,) = found.by_city["Datong"].supported

    assert pathway.tools_that("mixed") == ("EPPCN",)
    assert pathway.tools_that("helps") == ()


def test_advice_for_other_groups_is_left_out_and_advice_for_all_is_not():
    """Advice of the literature reaches the groups it is meant for; advice for all reaches all."""
    rows = [
        ("PGPP -> GTFP", "", "", "", 0.04, 0.01),
        ("PGPP -> SEE -> GTFP", "", "", "", 0.01, 0.01),
    ]
    cities = pd.DataFrame({"region": ["west", "east"]}, index=["Panzhihua", "Tangshan"])

    found = find_pathways(estimates(*rows), cities, PAPER, outcome="GTFP")

    said = {
        name: [str(c.text)[:10] for p in city.supported for c in p.cautions]
        for name, city in found.by_city.items()
    }
    assert said == {"Panzhihua": ["Supporting", "Be prudent"], "Tangshan": ["Be prudent"]}


def test_missing_parts_of_a_study_are_told_and_the_rest_is_done():
    """No mediation, no difference tests, a tool or a factor without estimate: notices."""
    pathway, found = education([WORKS])

    assert pathway.status == "effect_only"
    assert codes(found.notices) == [
        "pathways.no_factor",
        "pathways.no_factor",
        "pathways.no_mediation",
        "pathways.no_differences",
        "pathways.no_tool",
        "pathways.no_tool",
        "pathways.none",
    ]


def test_one_city_in_no_group_is_served():
    """A single city without groups gets the common estimates and is named."""
    alone = pd.DataFrame({"coal": [None]}, index=["Datong"])

    pathway, found = education([WORKS, CHANNEL], cities=alone)

    assert pathway.status == "supported"
    assert "pathways.no_group" in codes(found.notices)


def test_no_city_and_no_estimates_give_an_empty_answer():
    """Nothing in, nothing out, and the notices say why."""
    nothing = find_pathways(estimates(), CITIES, PAPER, outcome="GTFP")
    nobody = find_pathways(estimates(WORKS), CITIES.iloc[:0], PAPER, outcome="GTFP")

    assert set(nothing.to_frame()["status"]) == {"untested"}
    assert nothing.to_frame()["b"].isna().all()
    assert len(nobody.to_frame()) == 0


def test_empowerment_shows_which_estimate_is_in_force():
    """The group's verdict is in force where groups differ, else the common one."""
    rows = [
        WORKS,
        ("HEE -> GTFP", "coal", "other", "", 0.01, 0.60),
        ("HEE -> GTFP", "stage", "mature", "", 0.01, 0.60),
    ]
    tests = differences(("HEE -> GTFP", "coal", 0.02))
    frame = empowerment(build_findings(estimates(*rows), tests, Thresholds()), "GTFP")

    assert frame["verdict"].tolist() == ["works", "null", "null"]
    assert frame["speaks"].tolist() == ["common", "own", "common"]
    assert frame["in_force"].tolist() == ["works", "null", "works"]


# --- the paper: Tables 5, 7, 8 and the signs of Figure 3, as printed ---

FACTORS = ("HEE", "PGPP", "IRD")
GROUPS = {
    "coal": ("coal", "non_coal"),
    "stage": ("growing_or_mature", "declining_or_regenerative"),
    "income": ("high_income", "low_income"),
    "region": ("east", "northeast", "central_west"),
}


def printed_estimates() -> pd.DataFrame:
    """The published coefficients as a frame of estimates; p from b / se and the normal law."""
    text = PUBLISHED.read_text(encoding="utf-8")
    printed = tomllib.loads(text)
    rows = []

    def add(path, grouping, group, tool, b, se):
        p = 2 * float(stats.norm.sf(abs(b) / se))
        rows.append((path, grouping, group, tool, b, se, p, 1840))

    for factor in FACTORS:
        effect = printed["table5"]["col1"][factor]
        add(f"{factor} -> GTFP", "", "", "", effect["b"], effect["se"])
        for mediator, found in printed["table7"]["sobel"].items():
            indirect = found[factor]
            se = indirect["effect"] / indirect["z"]
            add(f"{factor} -> {mediator} -> GTFP", "", "", "", indirect["effect"], se)
        for grouping, groups in GROUPS.items():
            for group in groups:
                effect = printed["table8"][group][factor]
                add(f"{factor} -> GTFP", grouping, group, "", effect["b"], effect["se"])
    for tool, signs in printed["moderation"].items():
        for path, sign in signs.items():
            add(path, "", "", tool, 1.0 if sign == "+" else -1.0, 0.1)
    columns = ["path", "grouping", "group", "tool", "b", "se", "p", "n"]
    return pd.DataFrame(rows, columns=columns)


def paper_cities() -> pd.DataFrame:
    """Groups of the 115 cities."""
    with RESOURCE_CITIES.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["in_paper_115"] == "1"]
    early = {"growing", "mature"}
    return pd.DataFrame(
        {
            "coal": ["coal" if row["is_coal"] == "1" else "non_coal" for row in rows],
            "stage": [GROUPS["stage"][row["stage"] not in early] for row in rows],
        },
        index=[row["name_zh"] for row in rows],
    )


def test_the_paper_without_difference_tests_has_one_answer_for_all():
    """The printed effects hold for all 115 cities; no group is shown to differ."""
    found = find_pathways(printed_estimates(), paper_cities(), PAPER, outcome="GTFP")

    assert len(found.by_city) == 115
    for city in found.by_city.values():
        assert [one.name for one in city.supported] == ["technology", "education", "equipment"]
    assert codes(found.notices) == [
        "pathways.no_differences",
        "pathways.no_level",
        "pathways.no_level",
    ]


def test_the_paper_with_its_groups_taken_as_different():
    """If coal and other cities differ: education for coal, technology and equipment for others."""
    tests = differences(*((f"{factor} -> GTFP", "coal", 0.01) for factor in FACTORS))
    cities = paper_cities()

    found = find_pathways(printed_estimates(), cities, PAPER, outcome="GTFP", tests=tests)

    expected = {
        "coal": ["education"],
        "non_coal": ["technology", "equipment"],
    }
    for name, city in found.by_city.items():
        assert [p.name for p in city.supported] == expected[cities.loc[name, "coal"]]


def test_the_tools_of_figure_3():
    """Funding and regulation strengthen technology; on equipment both pull both ways (section 3.4.2)."""
    found = find_pathways(printed_estimates(), paper_cities(), PAPER, outcome="GTFP")
    pathways = {p.name: p for p in next(iter(found.by_city.values())).pathways}

    # what is printed are signs alone: without levels nobody knows what they do in a city
    assert pathways["technology"].tools_that("unknown") == ("EPPCN", "RDER")
    assert pathways["education"].tools_that("unknown") == ("EPPCN", "RDER")
    assert pathways["equipment"].tools_that("mixed") == ("EPPCN", "RDER")


def test_thresholds_move_the_answer():
    """At 1 % only what the paper marks with three stars is left: patents."""
    found = find_pathways(
        printed_estimates(),
        paper_cities(),
        PAPER,
        outcome="GTFP",
        thresholds=Thresholds(level=0.01),
    )
    statuses = {p.name: p.status for p in next(iter(found.by_city.values())).pathways}

    assert statuses == {
        "education": "unsupported",
        "equipment": "unsupported",
        "technology": "effect_only",
    }


def test_empowerment_without_any_estimate_is_empty():
    """Where nothing could be estimated the table is empty, and no error."""
    none = pd.DataFrame(columns=["path", "grouping", "group", "b", "se", "p", "n"])

    assert empowerment(build_findings(none, None, Thresholds()), "GTFP").empty
