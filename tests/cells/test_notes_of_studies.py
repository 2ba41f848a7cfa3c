"""Notes and sentences beside tables that no other test writes out: each number is counted or computed again."""

from __future__ import annotations

import numpy as np
import pytest

import cr2_by_hand
from judged_sentences import sentences_of
from printed import check_sentences, digits, in_english
from score_cells import scores_of
from second_writer import holm, listed, p_equals
from xinzhi.report.build import content_of

CERTIFIED = "72 of 72 scores are certified optimal; the worst certificate:"
SPECIFICATIONS = (
    "specifications: every combination of the choices that the study file declares. They share data and are not "
    "independent tests; all of them are in results.json."
)
STARS = "* p < 0.1, ** p < 0.05, *** p < 0.01"


def said(printed, name):
    """All sentences beside and under a table."""
    table = printed.tables[name]
    return [str(one) for one in (*table.notes, *table.reading)]


def size(value):
    """A tiny number by its power of ten."""
    mantissa, power = f"{value:.0e}".split("e")
    return "0" if value == 0 else f"{mantissa}e{power.replace('-', '−')}".replace("−0", "−")


def test_scores_and_their_certificates(everything):
    """How many of how many are certified, and the worst certificate of each kind under its own name."""
    found = everything.result.results["efficiency"]["green"]
    proofs = found.certificate
    worst = [float(np.nanmax(each)) for each in (proofs.primal, proofs.dual, proofs.gap)]
    primal, dual, gap = map(size, worst)

    assert len({primal, dual, gap}) > 1
    check_sentences(
        everything,
        "green_by_period",
        [f"{CERTIFIED} constraint {primal}, dual {dual}, gap {gap}."],
    )
    check_sentences(
        everything,
        "green_ranking",
        ["The first and last 5 of 12 entities by mean score; all are in scores.csv."],
    )


def test_regions_apart(everything):
    """Which region has the higher mean at the last date, where there are two."""
    codes = everything.result.panel.frame["region"].groupby(level=0).first()
    last = {place: s for (place, year), s in scores_of(everything).items() if year == 2015}
    means = {
        name: np.mean([s for place, s in last.items() if (codes[place] == 1) == (name == "east")])
        for name in ("east", "other")
    }
    high, low = sorted(means, key=means.get, reverse=True)

    check_sentences(
        everything,
        "green_dagum",
        [f"The gap is largest in 2015 between {high} and {low}; {high} has the higher mean."],
    )


@pytest.mark.parametrize(("word", "sign"), [("highest", -1), ("lowest", 1)])
def test_who_stays_at_an_end(everything, word, sign):
    """In the chapter on space, who is among the three at both dates, at the right end."""
    scores = scores_of(everything)
    ends = [
        set(
            sorted((p for p, y in scores if y == year), key=lambda p, y=year: sign * scores[p, y])[
                :3
            ]
        )
        for year in (2010, 2015)
    ]
    names = listed(sorted(in_english(p) for p in ends[0] & ends[1]))
    verb = "is" if len(ends[0] & ends[1]) == 1 else "are"
    text = " ".join(str(one) for one in content_of(everything.result).prose["space"])

    assert names
    assert f"At all dates {names} {verb} among the 3 {word}." in text


def test_what_the_tables_of_places_say_of_themselves(everything):
    """Numbers of rows, dates, rules, names: as the study declares them."""
    for table, sentences in {
        "descriptive_correlations": ["Pearson correlations, n = 72."],
        "green_classes": ["Classes by score: low < 0.70, high >= 0.70."],
        "green_paths": ["Classes at the dates 2010, 2015."],
        "pathway_talent_firms": ["Factor: Talent. Channel: firms."],
        "plain_intervals": [
            "No interval where a frontier is made of fewer than 20 entities: 72 rows."
        ],
        "empowerment": [
            "Talent: no grouping shows a difference below 5%; the estimate for all entities is used throughout."
        ],
        "specification_curve": [f"2 {SPECIFICATIONS}"],
    }.items():
        check_sentences(everything, table, sentences)
    total = len(everything.tables["comparison"].rows)
    missed = everything.tables["comparison_missed"]
    without = sum(str(row.cells[-1].value) == "none is given" for row in missed.rows)
    check_sentences(
        everything,
        "comparison_missed",
        [f"{len(missed.rows)} of {total} published figures differ: {without} unexplained."],
    )
    check_sentences(
        everything,
        "comparison",
        [
            f"{total - len(missed.rows)} of {total} published figures {'agrees' if total - len(missed.rows) == 1 else 'agree'}."
        ],
    )


def test_which_columns_lack_rows(mechanism):
    """Rows without a control are missing in the columns that have it, and in no other."""
    lacking = int(mechanism.result.panel.frame["control"].isna().sum())
    assert lacking > 0

    notes = [s for s in said(mechanism, "baseline") if "because of missing values" in s]
    columns = mechanism.result.results["tables"]["baseline"].columns
    told = [
        f"({n})" for n, column in enumerate(columns, 1) if "control" in column.regression.controls
    ]
    assert told == ["(1)"]
    assert notes == [f"Column (1): rows excluded because of missing values: {lacking}."]


def test_which_columns_have_which_errors(mechanism):
    """Each kind of errors stands with the column that has it."""
    notes = said(mechanism, "baseline")
    kinds = (
        "Standard errors clustered by Entity",
        "Heteroskedasticity-robust standard errors (HC1)",
        "Standard errors clustered two ways, by Entity, Period",
    )
    for n, kind in enumerate(kinds, 1):
        assert [
            s for s in notes if f"{kind} in parentheses" in s and s.startswith(f"Column ({n}): ")
        ]


def test_the_worst_factor_of_inflation(mechanism):
    """Which regressor has the largest VIF, computed from the rows of the regression."""
    names = ["talent", "patents", "control"]
    column = mechanism.result.results["tables"]["baseline"].columns[0]
    rows = mechanism.result.panel.frame.loc[column.residuals.index, names].astype(float)
    vif = dict(zip(names, np.diag(np.linalg.inv(np.corrcoef(rows.T))), strict=True))
    worst = max(vif, key=vif.get)
    label = {"talent": "Talent"}.get(worst, worst)
    told = f"The largest VIF, of {label}, is {vif[worst]:.2f}, below the customary bound of 10."

    check_sentences(mechanism, "vif", [told])
    text = " ".join(
        str(one) for many in content_of(mechanism.result).prose.values() for one in many
    )
    assert f"Diagnostics of column 1 of Green: regressions: {told}" in text


def test_the_draws_of_mediation(mechanism, resampled):
    """How many were drawn and how many failed; which test has the stars; which pairs have opposite signs."""
    found = mechanism.result.results["mediation"]["mechanism"]
    lost = max(one.interval.n_lost for one in found.effects)
    assert {one.interval.n_draws + one.interval.n_lost for one in found.effects} == {60}
    names = {"talent": "Talent", "firms": "Firms", "rivals": "Rivals"}
    opposed = [
        f"{names.get(e.factor, e.factor)} → {names[e.mediator]}"
        for e in found.effects
        if e.direct * e.indirect < 0
    ]

    check_sentences(
        mechanism,
        "mechanism_effects",
        [
            f"Interval: percentiles of 60 draws of the cluster bootstrap; {lost} failed.",
            f"Stars of ab by the cluster bootstrap: {STARS}.",
        ],
    )
    check_sentences(
        resampled,
        "channel_effects",
        [f"Stars of ab by Sobel's test: {STARS}; the text calls effects significant at p < 0.05."],
    )
    told = [
        s.partition(": ")[0] for s in said(mechanism, "mechanism_effects") if "opposite signs" in s
    ]
    assert opposed
    assert set(told) >= set(opposed)


@pytest.mark.parametrize("name", ["tools", "later"])
def test_where_an_effect_begins_to_count(mechanism, name):
    """At the level of the moderator that is told, p is the declared level."""
    names = {"talent": "Talent", "firms": "Firms", "rivals": "Rivals", "green": "Green"}
    told = [s for s in said(mechanism, name) if "effect crosses" in s]
    expected = []
    for path in mechanism.result.results["moderation"][name].paths:
        one = path.found
        for w in one.region.bounds:
            e = one.estimates
            rows = cr2_by_hand.rows_of(mechanism.result.panel.frame, e)
            contrast = np.zeros(len(e.names))
            contrast[[e.position(one.terms.focal), e.position(one.interaction)]] = 1, w
            b, p = cr2_by_hand.p_of(rows, list(e.names), contrast, path.outcome)
            assert b == pytest.approx(contrast @ e.estimate)
            assert p == pytest.approx(0.1, abs=1e-6)
        seen = mechanism.result.panel.frame["policy"]
        inside = [digits(w) for w in one.region.bounds if seen.min() <= w <= seen.max()]
        if inside:
            expected.append((names.get(path.focal, path.focal), names[path.outcome], inside))

    assert len(told) == len(expected)
    for sentence, (x, y, bounds) in zip(told, expected, strict=True):
        assert sentence.startswith(x)
        assert f"→ {y} | Policy" in sentence
        assert "the effect crosses the 10% line where the moderator is" in sentence
        assert sentence.endswith(f"is {listed(bounds)}.")


def test_what_is_lagged(mechanism):
    """The lag of the second moderation, of everything on the right; controls are named."""
    check_sentences(
        mechanism,
        "later_regressions",
        [
            "Lag of 1 inside the entity for everything on the right; a period without its predecessor is left out."
        ],
    )
    check_sentences(mechanism, "tools_regressions", ["Controls: control."])
    check_sentences(mechanism, "specification_curve", [f"4 {SPECIFICATIONS}"])


def test_rows_on_the_frontier_are_left_out_of_the_second_stage(scored):
    """How many of the scores are 1."""
    found = scored.result.results["efficiency"]["green"]
    k = int(np.sum(np.isclose(found.scores, 1, atol=1e-9)))
    notices = [str(one.text) for one in content_of(scored.result).notices]

    assert k > 0
    assert (
        f"{k} of 48 rows lie on the estimated frontier; the truncated regression and its bootstrap leave them out."
    ) in notices


def test_scores_without_an_interval_are_counted(everything):
    """Each of the 72 scores has too few entities on its frontier for an interval."""
    notices = [str(one.text) for one in content_of(everything.result).notices]

    assert (
        "72 scores have no confidence interval: their frontiers are made of fewer than 20 entities."
    ) in notices


def everything_said(printed):
    """All sentences of a report, beside tables, under charts and in the text."""
    return {str(words) for _, words in sentences_of(content_of(printed.result))}


def test_few_clusters_say_what_judges_them(mechanism):
    """How many clusters, between which effective numbers, and that the wild test stands beside."""
    column = mechanism.result.results["tables"]["baseline"].columns[0]
    low, high = (digits(end(column.effective_clusters), 1) for end in (min, max))
    judged = (
        f"24 clusters (effective number {low}–{high}): p-values, stars and intervals by CR2 with Satterthwaite degrees "
        "of freedom; standard errors, t and F by the rule of the clusters."
    )
    wild = (
        "few clusters: p-values and intervals of the wild cluster bootstrap are given under the table (two-sided and "
        "symmetric, with the null hypothesis imposed, at most 1999 draws; the intervals invert the test), as a second "
        "test beside the one that judges."
    )

    assert low != high
    notes = said(mechanism, "baseline")
    for sentence in (judged, wild):
        assert [one for one in notes if one.endswith(sentence)], (sentence, notes)


def test_lines_have_the_level_of_their_study(mechanism, everything, resampled):
    """Each chart and table names the coverage that the study declares, and the test that its lines belong to."""
    of_level = {
        (
            "Lines: {} percentile intervals of the cluster bootstrap, which judges the effects; hollow: not statistically "
            "significant."
        ),
        "Lines: {} intervals; hollow: not statistically significant (p ≥ 0.1).",
        (
            "Points: coefficients, with the column of the table in parentheses; lines: {} intervals; hollow: not "
            "statistically significant (p ≥ 0.1)."
        ),
        "One point per specification, in ascending order; lines: {} intervals; filled: p < 0.1.",
    }
    told = everything_said(mechanism)

    assert {one.format("90%") for one in of_level} <= told
    assert not {one.format("95%") for one in of_level} & told
    by_sobel = "Lines: 95% intervals of Sobel's test, which judges the effects; hollow: not statistically significant."
    assert by_sobel in everything_said(resampled)
    assert everything_said(everything) >= {
        (
            "Channels are judged by draws of whole clusters: p and the bounds, of 95%, are those of the percentile "
            "interval."
        ),
        (
            "Shares of the transitions that start from a class; beneath, their number and Wilson's 95% interval. "
            "Shares add up to 1; transitions are taken as independent given their class."
        ),
    }


def test_pairs_of_groups_are_permuted_together(mechanism):
    """How many pairs, the smallest p of them, that times their number, and the same by Holm."""
    level, told = 0.1, []
    groupings = mechanism.result.results["heterogeneity"]["cities"].groupings
    smallest = {
        (by, one.regressor): [pair.p_value for pair in one.permutations]
        for by, found in groupings.items()
        for one in found.differences
    }
    together = {key: min(1.0, len(pairs) * min(pairs)) for key, pairs in smallest.items()}
    for name, label in (("talent", "Talent"), ("patents", "patents")):
        keys = ["region", "third"]
        by_holm = dict(zip(keys, holm([together[by, name] for by in keys]), strict=True))
        interaction = [
            one.interaction.p_value
            for by in keys
            for one in groupings[by].differences
            if one.regressor == name
        ]
        judged = holm(interaction)[1] < level
        if judged != (by_holm["third"] < level):
            pairs = smallest["third", name]
            words = (
                f"of {len(pairs)} pairs the smallest {p_equals(min(pairs))}; for all together "
                f"{p_equals(together['third', name])}, by Holm {digits(by_holm['third'])}"
            )
            told.append(
                f"third, {label}: judged by the interaction; the permutation test ({words}) leads to another verdict."
            )
    found = [
        one for one in everything_said(mechanism) if "of 3 pairs" in one and one.startswith("third")
    ]

    assert told
    assert sorted(found) == sorted(told)
