"""Moves between classes, against hand counts and independent software."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cases_typology import codes, panel_of_scores
from xinzhi_core.errors import DataError, SpecError
from xinzhi_econometrics.space.transitions import long_run_interval, paths, stationary, transitions

CLOSE = 1e-12  # sums of a handful of doubles


def classes(*rows: str, start: int = 1) -> pd.Series:
    """Classes by letters, one string an entity; a dash is a missing class."""
    return panel_of_scores(
        {
            f"city{i}": {start + t: None if c == "-" else c for t, c in enumerate(row)}
            for i, row in enumerate(rows)
        }
    )


def test_matrix_mobility_and_long_run_agree_with_giddy():
    """Counts, shares, Shorrocks' index and the steady state are those of giddy 2.3.8 (PySAL)."""
    rows = ["aabbc", "abbcc", "cbbaa", "aaaab", "ccccb", "bcbcb", "abcab"]

    found = transitions(classes(*rows), ["a", "b", "c"])

    assert found.counts.to_numpy().tolist() == [[5, 5, 0], [1, 3, 5], [1, 4, 4]]
    assert found.mobility == pytest.approx(0.8611111111111112, abs=CLOSE)
    # printed to eight digits
    np.testing.assert_allclose(found.long_run, [0.18181818, 0.40909091, 0.40909091], atol=5e-9)


def test_an_empty_class_is_a_row_without_numbers():
    """A class that nobody leaves from has no shares, and then there is no long run."""
    found = transitions(classes("aab"), ["a", "b", "c"])

    assert found.probabilities.loc["c"].isna().all()
    assert found.long_run is None
    assert np.isnan(found.mobility)
    assert codes(found.notices)[:2] == ["transitions.empty_class"] * 2


def test_two_closed_sets_have_no_single_long_run():
    """Where the long run depends on the start none is given."""
    assert transitions(classes("aaa", "bbb"), ["a", "b"]).long_run is None


def test_an_absorbing_class_takes_all():
    """Where everything ends in one class its long-run share is 1."""
    found = transitions(classes("aab", "abb"), ["a", "b"])

    np.testing.assert_allclose(found.long_run, [0.0, 1.0], atol=CLOSE)


def test_a_gap_is_no_move():
    """A missing class at one end is counted as missing, and no move spans the gap."""
    found = transitions(classes("a-b", "aab"), ["a", "b"])

    assert (found.n, found.n_missing) == (2, 2)
    assert "transitions.missing" in codes(found.notices)


def test_absence_at_both_dates_is_no_missing_move():
    """An entity that is not there yet moves nowhere; only its first arrival is an open move."""
    assert transitions(classes("--b", "aab"), ["a", "b"]).n_missing == 1


def test_a_missing_year_is_not_bridged():
    """With a step of 1 no move is counted across a year that the data lack."""
    scores = classes("aabb").drop(index=[2], level="period")

    found = transitions(scores, ["a", "b"])

    assert found.pairs == ((3, 4),)


def test_given_dates_are_compared_in_turn():
    """Declared dates replace the step, in the order of time."""
    found = transitions(classes("abab"), ["a", "b"], periods=[4, 1])

    assert found.pairs == ((1, 4),)
    assert found.counts.loc["a", "b"] == 1


def test_one_class_has_no_mobility():
    """With a single class there is nothing to move to."""
    found = transitions(classes("aa"), ["a"])

    assert np.isnan(found.mobility)
    assert found.probabilities.to_numpy().tolist() == [[1.0]]


@pytest.mark.parametrize(
    ("series", "names", "options", "error", "code"),
    [
        (classes("ax"), ["a"], {}, DataError, "transitions.unknown_class"),
        (classes("a"), ["a"], {}, DataError, "transitions.no_pair"),
        (classes("aa"), ["a", "a"], {}, SpecError, "transitions.names"),
        (classes("aa"), ["a"], {"periods": [1, 9]}, DataError, "typology.no_period"),
    ],
)
def test_what_cannot_be_compared_is_named(series, names, options, error, code):
    """An unknown class, a single date, a class twice, an unknown date."""
    with pytest.raises(error) as caught:
        transitions(series, names, **options)
    assert caught.value.code == code


def test_paths_say_where_each_entity_went():
    """Each entity stayed, rose, fell, did both, or is unknown where a class is missing."""
    found = paths(classes("aaa", "aab", "cbb", "aba", "a-a"), ["a", "b", "c"], periods=[1, 2, 3])

    assert found.kinds.tolist() == ["stayed", "rose", "fell", "mixed", "unknown"]
    assert found.counts.sum() == 4
    assert found.counts["a > a > b"] == 1


def test_common_paths_come_first():
    """Paths are listed by number, then by name."""
    found = paths(classes("ab", "ba", "ab"), ["a", "b"], periods=[1, 2])

    assert found.counts.to_dict() == {"a > b": 2, "b > a": 1}
    assert list(found.counts.index) == ["a > b", "b > a"]


def nine_moves() -> pd.Series:
    """Two entities that stay high for nine moves, five that are low and never rise past middle."""
    stays = [f"{'h' * 6}", f"{'h' * 5}-"]
    return classes(*stays, "lmlmlm", "lllllm", "mlmlml", "llmmll", "mmllmh")


def test_nine_moves_are_no_certainty():
    """Nine moves that all stay: 100 % is printed with an interval down to 0.70, and a caution."""
    found = transitions(nine_moves(), ["l", "m", "h"])

    assert found.counts.loc["h"].tolist() == [0, 0, 9]
    np.testing.assert_allclose(found.long_run, [0, 0, 1], atol=CLOSE)
    assert found.low.loc["h", "h"] == pytest.approx(0.70085, abs=5e-6)
    assert found.long_run_interval.loc["h", "low"] < 0.6
    assert found.long_run_interval.loc["l", "high"] > 0.2
    told = {notice.code: str(notice.text) for notice in found.notices}
    assert "fewer than 30" in told["transitions.few_moves"]
    assert "9 transitions that start there show none" in told["transitions.one_way"]


def test_many_moves_need_no_caution():
    """With thirty moves and more from each class no caution is given."""
    found = transitions(classes(*["abab" * 10] * 3), ["a", "b"])

    assert not found.notices
    assert found.long_run_interval.loc["a", "low"] < 0.5 < found.long_run_interval.loc["a", "high"]


def test_intervals_of_probabilities_agree_with_statsmodels():
    """Wilson's interval of each cell is that of statsmodels."""
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    found = transitions(nine_moves(), ["l", "m", "h"])

    for (start, end), count in (
        found.counts.melt(ignore_index=False).set_index("to", append=True)["value"].items()
    ):
        n = found.counts.loc[start].sum()
        low, high = proportion.proportion_confint(count, n, method="wilson")
        assert found.low.loc[start, end] == pytest.approx(low, abs=CLOSE)
        assert found.high.loc[start, end] == pytest.approx(high, abs=CLOSE)


def test_elimination_agrees_with_the_linear_system():
    """The stationary distribution without subtractions is that of least squares."""
    found = transitions(classes("aabbc", "abbcc", "cbbaa", "aaaab", "ccccb"), ["a", "b", "c"])

    shares = stationary(found.probabilities.to_numpy(float))

    np.testing.assert_allclose(shares, found.long_run, atol=CLOSE)


def test_the_interval_of_the_long_run_covers():
    """In 400 panels of a known chain the interval holds each true share 93 to 98 % of the time.

    Two standard errors of a coverage of 0.95 over 400 panels are 2.2 points.
    """
    chain = np.array([[0.85, 0.14, 0.01], [0.1, 0.8, 0.1], [0.02, 0.13, 0.85]])
    truth = stationary(chain)
    draw = np.random.default_rng(4)
    hits = np.zeros(3)
    for seed in range(400):
        counts = np.stack(
            [draw.multinomial(n, row) for n, row in zip((40, 60, 30), chain, strict=True)]
        )
        bounds = long_run_interval(pd.DataFrame(counts), seed=seed, draws=999).to_numpy()
        hits += (bounds[:, 0] <= truth) & (truth <= bounds[:, 1])

    assert (hits / 400 >= 0.928).all(), hits / 400
    assert (hits / 400 <= 0.98).all(), hits / 400
