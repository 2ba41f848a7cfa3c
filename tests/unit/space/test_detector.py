"""Geodetector: the published example at every door, laws of q, strata, and what is refused."""

from __future__ import annotations

import json
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import xinzhi as xz
from cli_runner import call
from xinzhi_core.errors import SpecError, StudyError
from xinzhi_econometrics.space.detector import (
    best_strata,
    by_values,
    cut,
    detect,
    interaction_kind,
    natural_breaks,
    q_statistic,
)

FACTORS = ["type", "region", "level"]
STUDY = """\
title: Disease
sources: {villages: {file: disease.csv, kind: panel, entity: village, period: year}}
panel: {from: villages}
variables: {transform: none, incidence: {column: incidence}, type: {column: type}, region: {column: region}, level: {column: level}}
detector: {incidence: {factors: [type, region, level]}}
report: {languages: [en, zh], formats: [md]}
"""


@pytest.fixture
def wang(shared, tmp_path):
    """The case of 185 villages, its data as a file with keys."""
    folder = shared / "cases" / "chapters" / "geodetector"
    case = json.loads((folder / "wang2010_disease.json").read_text("utf-8"))
    frame = pd.read_csv(folder / case["data_file"])
    frame.insert(0, "village", [f"v{row:03}" for row in range(len(frame))])
    frame.insert(1, "year", 2000)
    frame.to_csv(tmp_path / "disease.csv", index=False)
    return case, frame, tmp_path


def check(case, factors, interaction, ecological):
    """Compare rows of the three detectors with the case, to its tolerance."""
    expected, tolerance = case["expected"], case["tolerance"]
    for row in factors:
        of = expected["factors"][row["factor"]]
        assert row["q"] == pytest.approx(of["q"], abs=tolerance["q_abs"])
        assert row["f_statistic"] == pytest.approx(of["F"], rel=1e-9)
        assert row["p_value"] == pytest.approx(of["p"], abs=tolerance["p_abs"])
        assert row["n_strata"] == of["strata"]
    for row in interaction:
        of = expected["interaction"][f"{row['first']} & {row['second']}"]
        assert row["q"] == pytest.approx(of["q"], abs=tolerance["q_abs"])
        assert row["kind"].removeprefix("enhance_") == of["kind"].removesuffix("_enhance")
    for row in ecological:
        of = expected["ecological"][f"{row['first']} vs {row['second']}"]
        assert row["f_statistic"] == pytest.approx(of["F"], rel=1e-9)
        assert row["p_value"] == pytest.approx(of["p_left"], abs=tolerance["p_abs"])
    assert (len(factors), len(interaction), len(ecological)) == (3, 3, 3)


def test_the_villages_of_wang_come_out_in_python(wang):
    """The noncentrality takes the variance with n - 1: p = .363 and not .372."""
    case, frame, _ = wang

    found = xz.detector(
        frame, entity="village", period="year", outcome="incidence", factors=FACTORS
    )

    parts = (found.factors, found.interaction, found.ecological)
    check(case, *(part.reset_index().to_dict("records") for part in parts))


def test_the_villages_of_wang_come_out_of_the_command(wang):
    """One JSON document holds the three detectors."""
    case, _, folder = wang

    words = ("--entity", "village", "--period", "year", "--outcome", "incidence")
    done = call(
        *("analyse", "detector", folder / "disease.csv", *words),
        *("--factors", ",".join(FACTORS), "--format", "json"),
    )

    tables = json.loads(done.stdout)
    names = ("detector", "detector_interaction", "detector_ecological")
    check(case, *(tables[name]["rows"] for name in names))


def test_the_villages_of_wang_come_out_of_a_study(wang):
    """The name of the section is the outcome; both languages name the kinds."""
    case, _, folder = wang
    (folder / "study.yaml").write_text(STUDY, "utf-8")

    call("run", folder / "study.yaml", "--lang", "en")

    tables = json.loads((folder / "results" / "results.json").read_text("utf-8"))["tables"]
    names = ("incidence", "incidence_interaction", "incidence_ecological")
    check(case, *(tables[name]["rows"] for name in names))
    assert "bivariate enhancement" in (folder / "results" / "report.md").read_text("utf-8")
    assert "双因子增强" in (folder / "results" / "report.zh.md").read_text("utf-8")


def draw(n=60, seed=3):
    """An outcome and two numbers of which the first matters."""
    rng = np.random.default_rng(seed)
    x, z = rng.gamma(2.0, size=n), rng.normal(size=n)
    return x + 0.3 * rng.normal(size=n), x, z


def test_q_is_within_0_and_1_and_no_scale_matters():
    """Q = 1 - SSW/SST by its definition; another origin and unit of the outcome change nothing."""
    y, x, _ = draw()
    codes = cut(x, "quantiles", 5).codes
    within = sum(((y[codes == h] - y[codes == h].mean()) ** 2).sum() for h in range(5))

    q = q_statistic(y, codes)

    assert q == pytest.approx(1 - within / ((y - y.mean()) ** 2).sum(), rel=1e-12)
    assert 0 < q < 1
    assert q_statistic(-7 + 12 * y, codes) == pytest.approx(q, rel=1e-12)


def test_the_three_detectors_by_hand():
    """F, noncentrality and p of each factor, q of the overlay, F of each pair: from sums over the rows alone."""
    rng = np.random.default_rng(8)
    a, b = rng.integers(3, size=60), rng.integers(4, size=60)
    y = 0.6 * a + rng.normal(size=60)
    n, found = len(y), detect(y, {"a": by_values(pd.Series(a)), "b": by_values(pd.Series(b))})

    def explained(codes):
        within = sum(((y[codes == h] - y[codes == h].mean()) ** 2).sum() for h in set(codes))
        return 1 - within / ((y - y.mean()) ** 2).sum()

    for name, codes in (("a", a), ("b", b)):
        row, k, q = found.factors.loc[name], len(set(codes)), explained(codes)
        means = [(float(y[codes == h].mean()), int((codes == h).sum())) for h in set(codes)]
        apart = sum(m**2 for m, _ in means) - sum(m * c**0.5 for m, c in means) ** 2 / n
        apart /= ((y - y.mean()) ** 2).sum() / (n - 1)
        f = (n - k) / (k - 1) * q / (1 - q)
        # The noncentral F distribution is a mixture of betas with Poisson weights.
        share = (k - 1) * f / ((k - 1) * f + n - k)
        p = sum(
            stats.poisson.pmf(j, apart / 2) * stats.beta.sf(share, (k - 1) / 2 + j, (n - k) / 2)
            for j in range(400)
        )
        assert apart > 0
        wanted = {"q": q, "f_statistic": f, "noncentrality": apart, "p_value": p, "n_strata": k}
        for column, value in wanted.items():
            assert row[column] == pytest.approx(value, rel=1e-8), (name, column)
    f = (1 - explained(b)) / (1 - explained(a))
    pair = found.ecological.reset_index().iloc[0]
    assert (pair["second"], pair["first"]) == ("a", "b")
    assert pair["f_statistic"] == pytest.approx(1 / f)
    assert pair["p_value"] == pytest.approx(stats.f.cdf(1 / f, n - 1, n - 1))
    assert found.interaction["q"].iloc[0] == pytest.approx(explained(10 * a + b))


def test_overlaid_strata_never_lower_q():
    """The overlay refines both: the kinds of weakening cannot occur."""
    y, x, z = draw()
    strata = {"x": cut(x, "quantiles", 4), "z": cut(z, "quantiles", 4)}

    (row,) = detect(y, strata).interaction.to_dict("records")

    assert row["q"] >= max(row["q_first"], row["q_second"])
    assert interaction_kind(0.25, 0.25, 0.5) == "independent"


@pytest.mark.parametrize("k", [2, 3, 4])
def test_natural_breaks_leave_the_least_within(k):
    """As good as the best of all partitions into intervals, with ties among the values."""
    x = np.round(draw(n=12, seed=k)[1], 1)
    values = np.unique(x)

    def within(borders):
        codes = np.searchsorted(borders, x, side="left")
        return sum(((x[codes == h] - x[codes == h].mean()) ** 2).sum() for h in set(codes))

    every = [within(np.array(inner)) for inner in combinations(values[:-1], k - 1)]

    assert within(natural_breaks(x, k)) == pytest.approx(min(every), abs=1e-12)


def test_borders_belong_to_the_lower_stratum():
    """Quantiles by linear interpolation, closed on the right; geometric borders grow by one factor."""
    x = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 3.0])

    assert cut(x, "quantiles", 2).codes.tolist() == [0, 0, 1, 1, 1, 0]
    assert cut(x, "geometric", 4).codes.tolist() == [0, 0, 1, 2, 3, 1]


@pytest.mark.long
def test_the_best_strata_are_judged_with_the_search():
    """On noise the F test of the chosen strata rejects far too often, the permutation p does not."""
    rng = np.random.default_rng(5)
    p = []
    for _ in range(40):
        y, x = rng.normal(size=(2, 50))
        p.append(best_strata(y, x, 6, generator=rng, permutations=99).p_permutation)

    assert np.mean(np.array(p) <= 0.1) <= 0.25


FRAME = pd.DataFrame(
    {"y": [1.0, 2.0, 4.0, 7.0, 3.0, 5.0], "x": [1.0, 1, 2, 2, 3, 3], "one": [1.0, 1, 1, 1, 1, 2]},
    index=pd.MultiIndex.from_product([list("abcdef"), [1]], names=["entity", "period"]),
)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"factors": "one"}, "1 stratum of one has one row"),
        ({"factors": "x", "strata": {"geometric": 6}}, None),
        ({"factors": "y"}, "both outcome and factor"),
        ({}, "No factor is named"),
        ({"factors": "x", "strata": {"quantiles": 1}}, "too few"),
        ({"factors": "x", "permutations": 199}, "search"),
        ({"by": "x", "strata": "best"}, "there are none"),
        ({"factors": "x", "strata": {"deciles": 10}}, "strata"),
        ({"factors": "x", "date": 9}, "no period 9"),
    ],
)
def test_what_cannot_be_detected_is_refused(words, said):
    """Strata of one row, a factor that is the outcome, options without effect; empty strata are said."""
    if said is None:
        found = xz.detector(FRAME, outcome="y", **words)
        assert "3 strata and not 6" in str(found.notices[0].text)
        return
    with pytest.raises(StudyError, match=said):
        xz.detector(FRAME, outcome="y", **words)


def test_an_outcome_is_needed_and_text_may_be_a_stratum():
    """`by` takes words; a geometric rule takes no negative number."""
    words = FRAME.assign(word=["u", "u", "v", "v", "w", "w"], minus=-FRAME["x"])

    named = xz.detector(words, outcome="y", by="word").factors.loc["word", "q"]

    assert named == pytest.approx(
        xz.detector(words, outcome="y", factors="x").factors.loc["x", "q"]
    )
    with pytest.raises(SpecError, match="no outcome"):
        xz.detector(words, factors="x")
    with pytest.raises(StudyError, match="positive"):
        xz.detector(words, outcome="y", factors="minus", strata={"geometric": 2})


def test_pooled_periods_and_rows_left_out_are_said():
    """An entity in two periods is no independent row."""
    twice = pd.concat([FRAME, FRAME.rename(index={1: 2}, level=1)])
    twice.iloc[0, 0] = np.nan

    codes = {notice.code for notice in xz.detector(twice, outcome="y", factors="x").notices}

    assert codes == {"detector.pooled", "detector.left_out"}
    assert by_values(pd.Series([2.0, 1.0, 2.0])).labels == ("1", "2")
