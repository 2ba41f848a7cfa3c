"""Sentences beside the tables of space and time: each is computed again from the scores."""

from __future__ import annotations

import pytest

from printed import check_sentences, digits
from score_cells import scores_of
from xinzhi.report.build import content_of

DATES = (2010, 2015)
REGIONS = ("east", "other")


@pytest.fixture
def scores(everything):
    return scores_of(everything)


@pytest.fixture
def region(everything):
    codes = everything.result.panel.frame["region"].groupby(level=0).first()
    return {place: REGIONS[int(code) != 1] for place, code in codes.items()}


def of_year(scores, year):
    return {place: s for (place, y), s in scores.items() if y == year}


def is_low(score):
    return score < 0.7


def test_classes(everything, scores):
    """How many were in each class at the end, and at the start."""
    lows = {year: sum(map(is_low, of_year(scores, year).values())) for year in DATES}
    check_sentences(
        everything,
        "green_classes",
        [
            f"low: {lows[2015]} of 12 scores in 2015, after {lows[2010]} of 12 in 2010.",
            f"high: {12 - lows[2015]} of 12 scores in 2015, after {12 - lows[2010]} of 12 in 2010.",
        ],
    )


def test_regions(everything, scores, region):
    """Where the lowest and the highest class are most common at the last date."""
    sentences = []
    for name, holds in (("low", is_low), ("high", lambda score: not is_low(score))):
        counts = {
            one: [holds(s) for p, s in of_year(scores, 2015).items() if region[p] == one]
            for one in REGIONS
        }
        most = max(REGIONS, key=lambda one: sum(counts[one]) / len(counts[one]))
        of = counts[most]
        sentences.append(f"{name}: most common in {most} in 2015, {sum(of)} of {len(of)}.")

    check_sentences(everything, "green_regions", sentences)


def test_moves(everything, scores):
    """How many moves end where they began; how many places stayed, rose and fell between the dates."""
    pairs = [(s, scores[p, y + 1]) for (p, y), s in scores.items() if (p, y + 1) in scores]
    stayed = sum(is_low(a) == is_low(b) for a, b in pairs)
    ends = [(is_low(s), is_low(of_year(scores, 2015)[p])) for p, s in of_year(scores, 2010).items()]

    check_sentences(
        everything,
        "green_transitions",
        [
            f"{stayed} of {len(pairs)} transitions from one period to the next end in the class in which they began."
        ],
    )
    check_sentences(
        everything,
        "green_paths",
        [
            (
                f"Of {len(ends)} entities {sum(a == b for a, b in ends)} stayed in their class, "
                f"{ends.count((True, False))} rose and {ends.count((False, True))} fell."
            )
        ],
    )


@pytest.mark.parametrize(
    ("name", "sign", "word"), [("green_top", -1, "highest"), ("green_bottom", 1, "lowest")]
)
def test_ends(everything, scores, region, name, sign, word):
    """Who is among the three at both dates, and where most of the last three are."""
    three = {
        year: sorted(of_year(scores, year), key=lambda p, y=year: sign * scores[p, y])[:3]
        for year in DATES
    }
    (stayer,) = set(three[2010]) & set(three[2015])
    most = max(REGIONS, key=lambda one: sum(region[p] == one for p in three[2015]))
    k = sum(region[p] == most for p in three[2015])

    check_sentences(
        everything,
        name,
        [
            f"1 entity is among the {word} scores at all dates: {stayer}.",
            f"In 2015, {k} of 3 of the {word} scores are in {most}.",
        ],
    )


def test_ranks(everything, scores):
    """The largest move between the dates, where one place alone made it."""
    ranks = {
        year: {
            p: 1 + sum(o > s for o in of_year(scores, year).values())
            for p, s in of_year(scores, year).items()
        }
        for year in DATES
    }
    moves = {p: ranks[2010][p] - ranks[2015][p] for p in ranks[2010]}
    sentences = []
    for what, best in (("climb", max(moves.values())), ("fall", min(moves.values()))):
        movers = [p for p in moves if moves[p] == best]
        if len(movers) == 1:
            (p,) = movers
            sentences.append(
                f"The largest {what}: {p}, from rank {ranks[2010][p]} in 2010 to {ranks[2015][p]} in 2015."
            )
    assert sentences

    check_sentences(everything, "green_ranks", sentences)
    assert len(everything.tables["green_ranks"].reading) == len(sentences)


def test_convergence(everything):
    """The trend of the dispersion, and the growth of those behind, with their p."""
    space = everything.result.results["convergence"]["green"]
    sigma, beta = space.sigma, space.beta
    assert sigma.slope_p > 0.05
    assert beta.p_value < 0.001
    assert beta.beta < 0

    check_sentences(
        everything,
        "green_sigma",
        [
            (
                "The trend of the dispersion is not statistically significant: the coefficient of "
                "variation changes by "
                f"{digits(sigma.slope, 4)} per period (p = {digits(sigma.slope_p)})."
            )
        ],
    )
    check_sentences(
        everything,
        "green_beta",
        [
            (
                f"Entities with lower initial scores grew faster: β = {digits(beta.beta, 4)} (p < 0.001); a gap halves in "
                f"{digits(beta.half_life, 1)} periods."
            )
        ],
    )


def test_dagum(everything):
    """The largest part of the inequality at the end, and what it was at the start."""
    frame = everything.result.results["inequality"]["green"].dagum.by_period
    words = {
        "share_within": "within the regions",
        "share_between": "between the regions",
        "share_transvariation": "where regions overlap",
    }
    largest = max(words, key=lambda part: frame[part].iloc[-1])

    check_sentences(
        everything,
        "green_dagum",
        [
            (
                f"{digits(100 * frame[largest].iloc[-1], 1)}% of the inequality in 2015 lies {words[largest]}, "
                f"after {digits(100 * frame[largest].iloc[0], 1)}% in 2010."
            )
        ],
    )


def test_moran(everything):
    """How often neighbours are more, and less, alike than chance."""
    frame = everything.result.results["moran"]["green"].by_period
    clear = frame[frame["p_permutation"] < 0.05]
    alike = int((clear["moran"] > clear["expected"]).sum())

    check_sentences(
        everything,
        "green_moran",
        [
            (
                f"Neighbours are more alike than expected by chance in {alike} of {len(frame)} periods, less alike in "
                f"{len(clear) - alike} (p < 0.05)."
            )
        ],
    )


def test_the_text_has_the_first_sentence_of_each_part(everything):
    """The paragraphs on convergence and inequality repeat what their tables say first."""
    paragraphs = [str(text) for text in content_of(everything.result).prose["space"]]

    for first, second in (("green_sigma", "green_beta"), ("green_theil", "green_dagum")):
        sentences = [str(everything.tables[key].reading[0]) for key in (first, second)]
        assert " ".join(sentences) in paragraphs
