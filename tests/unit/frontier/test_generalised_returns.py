"""Generalised returns to scale: low <= Σλ <= high.

SAME: two certified scores of one number differ by 2e-9 at most (convention N2); linprog's vertices
on data of order 1 are exact to about 1e-12.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import oracles_linprog as oracle
import xinzhi as xz
from cases_efficiency import activities, hard, load
from xinzhi.analyses.efficiency.section import Measurement
from xinzhi.present.options import options_in_words
from xinzhi_core.errors import SpecError
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.options import Options, checked

SAME = 2e-9
FAMILY = (
    Options("sbm"),
    Options("super_sbm"),
    Options("radial", orientation="input"),
    Options("super_radial", orientation="output"),
    Options("directional", disposability="weak"),
    Options("sbm_nonseparable", nonseparable=("y0", "b0")),
)
LIMITS = {
    "1..1": "variable",
    "0..1": "non_increasing",
    "1..1000000": "non_decreasing",
    "0..1000000": "constant",
}


def drawn(seed=0, n=8):
    rng = np.random.default_rng([seed, 41])
    return [rng.uniform(1, 5, (n, size)) for size in (2, 2, 1)]


def test_scores_of_the_published_data_are_those_of_the_peer():
    """R's deaR on the data of Hua and Bian (2007), sums of intensities from 0.8 to 1.2."""
    case, rows = load("dear_undesirable_sbm_grs_huabian")

    found = evaluate(rows, options=Options("sbm", "0.8..1.2"))

    np.testing.assert_allclose(found.scores, case["expected"]["score"], rtol=0, atol=1e-9)
    assert set(found.statuses) == {"certified"}


@pytest.mark.parametrize("bounds", [(0.8, 1.2), (0.0, 1.5), (0.25, 1.0), (1.0, 3.0)])
@pytest.mark.parametrize("names", [(), ("y0", "b0")])
def test_scores_are_those_of_a_second_formulation(bounds, names):
    """The SBM with a bad, and with what moves together, solved by SciPy row by row."""
    for seed in range(3):
        x, y, b = drawn(seed)
        rows = activities(x, y, b)
        together = [name in names for name in rows.roles.names]
        expected = [
            oracle.nonseparable_free(x, y, b, o, together, returns=bounds) for o in range(len(x))
        ]

        word = f"{bounds[0]}..{bounds[1]}"
        found = evaluate(rows, options=Options("sbm_nonseparable_free", word, nonseparable=names))

        np.testing.assert_allclose(found.scores, expected, rtol=0, atol=SAME)


@pytest.mark.parametrize("options", FAMILY, ids=lambda one: one.measure)
@pytest.mark.parametrize(("word", "limit"), LIMITS.items())
def test_limits_are_the_other_returns_to_scale(options, word, limit):
    """Both bounds at 1, one of them free, both free: scores and rows without one are the same."""
    rows = activities(*drawn(7, 20))

    found, expected = (
        evaluate(rows, options=replace(options, returns_to_scale=one)) for one in (word, limit)
    )

    assert found.statuses == expected.statuses
    np.testing.assert_allclose(found.scores, expected.scores, rtol=SAME, atol=SAME)


def test_peers_keep_the_bounds():
    """The intensities of the peers of each row add up to a number between the bounds, some to each."""
    found = evaluate(activities(*drawn(3, 30)), options=Options("sbm", "0.8..1.2"))
    sums = np.array([sum(peer.intensity for peer in peers) for peers in found.peers])

    assert ((sums >= 0.8 - SAME) & (sums <= 1.2 + SAME)).all()
    assert np.isclose(sums, 0.8).any()
    assert np.isclose(sums, 1.2).any()


def test_hard_data_are_proved_under_generalised_returns():
    """Sizes over ten orders, duplicates, zero bads: every row is certified."""
    found = evaluate(hard(17, 60), options=Options("sbm", "0.5..2", zeros="drop_term"))

    assert set(found.statuses) == {"certified"}
    assert max(found.certificate.worst().values()) <= SAME / 2


@pytest.mark.parametrize("options", FAMILY, ids=lambda one: one.measure)
def test_fractions_and_highs_find_the_same_scores(options):
    """The simplex in exact arithmetic, used where nothing else is proved, has the bounds too."""
    rows = activities(*(np.round(part) for part in drawn(5, 5)))
    options = replace(options, returns_to_scale="0.8..1.2")
    expected = evaluate(rows, options=options)

    for solver in ("highs", "exact"):
        found = evaluate(rows, options=replace(options, solver=solver))

        assert found.statuses == expected.statuses
        np.testing.assert_allclose(found.scores, expected.scores, rtol=0, atol=SAME)


@pytest.mark.parametrize("word", ["1.1..2", "0.5..0.9", "2..0.5"])
def test_bounds_without_1_are_refused(word):
    """A row would not be part of its own technology."""
    with pytest.raises(SpecError, match="leave out the row itself"):
        checked(Options("sbm", word))


@pytest.mark.parametrize("word", ["grs", "generalised", "0.8-1.2", "..", "0.8.."])
def test_generalised_returns_without_two_bounds_are_refused(word):
    """A word alone does not say which returns; the remedy of the first two shows how to write them."""
    with pytest.raises(SpecError):
        checked(Options("sbm", word))


def test_every_door_takes_the_bounds():
    """Python as a pair or a word, the study file as a word; all write it in one way."""
    rows = activities(*drawn())
    table = pd.DataFrame(rows.values, columns=list(rows.roles.names))
    table["dmu"] = [name for name, _ in rows.labels]
    roles = {"inputs": ["x0", "x1"], "good_outputs": ["y0", "y1"], "bad_outputs": ["b0"]}
    expected = evaluate(rows, options=Options("sbm", "0.8..1.2")).scores.tolist()
    for given in ((0.8, 1.2), "0.80 .. 1.2"):
        found = xz.evaluate(table, measure="sbm", returns_to_scale=given, entity="dmu", **roles)

        assert found.scores.tolist() == expected
        assert found.options.returns_to_scale == "0.8..1.2"
    study = Measurement.model_validate({"returns_to_scale": "0.80..1.20", **roles})
    assert study.returns_to_scale == "0.8..1.2"


def test_tables_say_the_bounds():
    """The options in force under a table state both bounds."""
    words = [str(phrase) for phrase in options_in_words(Options("sbm", "0.8..1.2"))]

    assert "generalised returns to scale, 0.8 ≤ Σλ ≤ 1.2" in words
