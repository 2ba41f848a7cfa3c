"""Estimates as evidence: when an effect counts, and what a frame must hold."""

from __future__ import annotations

import pandas as pd
import pytest
from scipy import stats

from cases_typology import differences, estimates
from xinzhi.analyses.pathways.evidence import Thresholds, build_findings, join_path
from xinzhi_core.errors import DataError, DuplicateKey, MissingColumn, OutOfDomain

ROW = ("HEE -> GTFP", "", "", "", 0.02, 0.04)


def only(frame: pd.DataFrame, **thresholds):
    """The single estimate of a frame."""
    found = build_findings(frame, None, Thresholds(**thresholds))
    return next(iter(found.estimates.values()))


@pytest.mark.parametrize(
    ("b", "p", "minimum", "verdict"),
    [
        (0.02, 0.04, 0.0, "works"),
        (-0.02, 0.04, 0.0, "harms"),
        (0.02, 0.05, 0.0, "null"),
        (0.02, 0.60, 0.0, "null"),
        (0.02, 0.04, 0.02, "works"),
        (0.02, 0.04, 0.03, "small"),
        (-0.02, 0.04, 0.03, "small"),
        (0.0, 0.0, 0.0, "null"),
        (0.02, float("nan"), 0.0, "untested"),
    ],
)
def test_an_effect_counts_by_level_and_size(b, p, minimum, verdict):
    """Below the level and at least the smallest effect: works or harms by its sign."""
    frame = pd.DataFrame(
        [{"path": "x -> y", "grouping": "", "group": "", "b": b, "se": 0.01, "p": p, "n": 9}]
    )
    thresholds = Thresholds(0.05, minimum)

    assert thresholds.verdict(only(frame, level=0.05)) == verdict
    assert thresholds.verdict(None) == "untested"


def test_the_interval_belongs_to_the_level():
    """The interval of level 1 - level ends at 0 where p equals the level, normal or t."""
    normal = estimates(("x -> y", "", "", "", 0.02, 0.05))
    df = 30
    t = normal.assign(df=df, p=2 * stats.t.sf(0.02 / normal["se"], df))

    at_level = float(t["p"].iloc[0])

    assert only(normal, level=0.05).ci_low == pytest.approx(0.0, abs=1e-12)
    assert only(t, level=at_level).ci_low == pytest.approx(0.0, abs=1e-12)


def test_differences_count_below_the_level():
    """A difference counts below its level; without a test nothing is known."""
    test = build_findings(estimates(ROW), differences(("HEE -> GTFP", "stage", 0.07)), Thresholds())
    found = test.difference("HEE -> GTFP", "stage")

    assert Thresholds().differs(found)
    assert not Thresholds(0.05).differs(found)
    assert Thresholds().differs(None) is None


@pytest.mark.parametrize(
    ("change", "error", "code"),
    [
        (lambda f: f.drop(columns="se"), MissingColumn, "data.missing_column"),
        (lambda f: pd.concat([f, f]), DuplicateKey, "pathways.estimate_twice"),
        (lambda f: f.assign(p=1.5), OutOfDomain, "pathways.number"),
        (lambda f: f.assign(se=-1.0), OutOfDomain, "pathways.number"),
        (lambda f: f.assign(se=float("inf")), OutOfDomain, "pathways.number"),
        (lambda f: f.assign(n=0), OutOfDomain, "pathways.number"),
        (lambda f: f.assign(b=float("inf")), OutOfDomain, "pathways.number"),
        (lambda f: f.assign(path=" "), DataError, "pathways.no_path"),
    ],
)
def test_broken_frames_are_named(change, error, code):
    """A missing column, an estimate twice, numbers that cannot be, no path."""
    with pytest.raises(error) as caught:
        build_findings(change(estimates(ROW)), None, Thresholds())
    assert caught.value.code == code


def test_all_problems_are_told_at_once():
    """Two wrong numbers are two problems of one error (S2)."""
    with pytest.raises(OutOfDomain) as caught:
        build_findings(estimates(ROW).assign(p=2.0, n=0), None, Thresholds())
    assert len(caught.value.problems) == 2


def test_a_difference_stands_once_whatever_its_group_column_says():
    """Tests are about all groups of a grouping: two rows of one effect are two tests of it."""
    twice = differences(("HEE -> GTFP", "coal", 0.01), ("HEE -> GTFP", "coal", 0.5))

    with pytest.raises(DuplicateKey):
        build_findings(estimates(ROW), twice.assign(group=["coal", "other"]), Thresholds())


def test_spaces_around_arrows_do_not_matter():
    """`HEE->GTFP` is the path `HEE -> GTFP`."""
    frame = estimates(("HEE->GTFP ", *ROW[1:]))

    assert build_findings(frame, None, Thresholds()).estimate("HEE -> GTFP") is not None


def test_missing_words_mean_all_cities_and_no_tool():
    """Missing grouping, group and tool are the estimate for all; integers in n may be floats."""
    frame = estimates(ROW).assign(grouping=None, group=float("nan")).drop(columns="tool")

    found = build_findings(frame, None, Thresholds())

    assert found.estimate(join_path("HEE", "GTFP")).is_common
    assert found.tools() == ()
