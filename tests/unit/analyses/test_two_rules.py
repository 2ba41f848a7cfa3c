"""Two rules for groups: what is significant in one and not in the other, and what a test tells apart."""

from __future__ import annotations

import pytest

from xinzhi.analyses.pathways.evidence import Evidence, PathwayEvidence, Thresholds, resolve
from xinzhi.analyses.pathways.show import Told, by_difference, by_significance

PATH = "x -> y"


def found(estimates, differences=()):
    """Findings of one path: (grouping, group) -> (b, p); grouping -> p of the difference."""
    one = {
        (PATH, *where, ""): Evidence(PATH, *where, "", b, 0.1, p, 50, b - 0.2, b + 0.2)
        for where, (b, p) in estimates.items()
    }
    tests = {
        (PATH, grouping, ""): Evidence(PATH, grouping, "", "", 0.1, 0.1, p, 50, 0.0, 0.2)
        for grouping, p in dict(differences).items()
    }
    return PathwayEvidence(one, tests, Thresholds(0.10))


ALL = ("", "")
COAL, OTHER = ("coal", "yes"), ("coal", "no")
RICH, POOR = ("income", "high"), ("income", "low")
CITY = {"coal": "no", "income": "low"}
BASE = {ALL: (0.3, 0.01), COAL: (0.1, 0.6), OTHER: (0.4, 0.02), RICH: (0.0, 0.9), POOR: (0.5, 0.01)}


@pytest.mark.parametrize(
    ("changes", "city", "expected"),
    [
        ({}, CITY, Told("yes", (OTHER, POOR))),
        ({}, {"coal": "no"}, Told("yes", (OTHER,))),
        ({}, {"coal": "yes", "income": "high"}, Told("no", ())),
        ({}, {"coal": "yes", "income": "low"}, Told("in_part", (POOR,))),
        # Both groups significant, or neither: the grouping tells nothing, and that for all speaks.
        ({COAL: (0.2, 0.03)}, {"coal": "yes"}, Told("yes", ())),
        ({OTHER: (0.4, 0.5)}, {"coal": "no"}, Told("yes", ())),
        ({OTHER: (0.4, 0.5), ALL: (0.3, 0.2)}, {"coal": "no"}, Told("no", ())),
        # A negative estimate works nowhere, however significant it is.
        ({OTHER: (-0.4, 0.001)}, {"coal": "no"}, Told("yes", ())),
        ({COAL: (-0.4, 0.001)}, {"coal": "yes"}, Told("no", ())),
        # 10 % is the level of these thresholds.
        ({OTHER: (0.4, 0.0999)}, {"coal": "no"}, Told("yes", (OTHER,))),
        ({OTHER: (0.4, 0.1001)}, {"coal": "no"}, Told("yes", ())),
        ({}, {"coal": "unknown"}, Told("yes", ())),
        ({}, {}, Told("yes", ())),
    ],
)
def test_as_papers_judge(changes, city, expected):
    """Positive and significant in the own group and not in another one; else the estimate for all."""
    assert by_significance(found({**BASE, **changes}), PATH, city) == expected


def test_without_any_estimate_nothing_is_said():
    """A factor that was not estimated is untested by both rules."""
    findings = found({})

    assert by_significance(findings, PATH, CITY) == Told("untested", ())
    assert by_difference(resolve(findings, PATH, CITY)) == Told("untested", ())


@pytest.mark.parametrize(
    ("differences", "city", "expected"),
    [
        ({"coal": 0.5, "income": 0.5}, CITY, Told("yes", ())),
        ({"coal": 0.04, "income": 0.5}, CITY, Told("yes", (OTHER,))),
        ({"coal": 0.04, "income": 0.5}, {"coal": "yes", "income": "low"}, Told("no", ())),
        ({"coal": 0.04, "income": 0.04}, CITY, Told("yes", (OTHER, POOR))),
        (
            {"coal": 0.04, "income": 0.04},
            {"coal": "yes", "income": "low"},
            Told("in_part", (POOR,)),
        ),
    ],
)
def test_as_the_difference_test_judges(differences, city, expected):
    """The estimate of a group speaks only where a test tells the groups apart."""
    assert by_difference(resolve(found(BASE, differences), PATH, city)) == expected


def test_what_is_told_for_results_json():
    """Its answer, and the groups by grouping."""
    assert Told("in_part", (POOR,)).to_dict() == {"says": "in_part", "groups": {"income": "low"}}
