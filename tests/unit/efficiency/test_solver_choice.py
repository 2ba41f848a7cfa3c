"""Which solver does the work: the result says it, and is the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("numba")

from cases_efficiency import activities
from xinzhi.efficiency import fast
from xinzhi.efficiency.evaluate import evaluate
from xinzhi.efficiency.inference.entities import resample_entities
from xinzhi.efficiency.inference.smoothed import smoothed_bootstrap
from xinzhi.efficiency.kernel import engine
from xinzhi.efficiency.options import Options
from xinzhi.efficiency.technology import RETURNS
from xinzhi.errors import MissingExtra

TOLERANCE = 1e-9
"""Both solvers prove their scores to this (convention N2)."""


def test_large_work_goes_to_the_kernel(monkeypatch):
    """`auto` is HiGHS for a study and the kernel from WORK rows on; the result says which it was."""
    rng = np.random.default_rng(3)
    rows = activities(*(rng.uniform(1, 2, (12, k)) for k in (2, 1, 1)))
    small = evaluate(rows, options=Options())
    monkeypatch.setattr(fast, "WORK", 12)

    large = evaluate(rows, options=Options())
    weak = evaluate(rows, options=Options("radial", orientation="input", disposability="weak"))

    assert [one.options.solver for one in (small, large, weak)] == ["highs", "kernel", "highs"]
    np.testing.assert_allclose(large.scores, small.scores, rtol=TOLERANCE)


@pytest.mark.parametrize("exclude", ["observation", "entity"])
def test_draws_of_entities_do_not_depend_on_the_solver(exclude):
    """Each draw makes its own frontier: the scores are those of HiGHS, the gaps too."""
    rng = np.random.default_rng(4)
    x, y, b = (np.exp(rng.normal(0, 0.5, (120, k))) for k in (3, 1, 1))
    labels = [(f"e{i // 6:02d}", i % 6) for i in range(120)]
    rows = activities(x, y, b, labels=labels)

    found, other = (
        resample_entities(rows, options=Options(exclude=exclude, solver=one), draws=4, seed=5)
        for one in ("kernel", "highs")
    )

    np.testing.assert_allclose(found.scores, other.scores, rtol=TOLERANCE)


def test_pseudo_frontiers_do_not_depend_on_the_solver():
    """The smoothed bootstrap measures rows against a frontier that they are not part of."""
    rng = np.random.default_rng(6)
    x, y, b = (np.exp(rng.normal(0, 0.5, (40, k))) for k in (2, 1, 1))
    rows = activities(x, y, b)
    for returns in RETURNS:
        found, other = (
            smoothed_bootstrap(
                rows,
                options=Options("radial", returns, "input", solver=one),
                draws=4,
                seed=7,
            )
            for one in ("kernel", "highs")
        )
        np.testing.assert_allclose(found.corrected, other.corrected, rtol=1e-8)
        np.testing.assert_allclose(found.bias, other.bias, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("solver", ["highs", "kernel"])
def test_a_period_without_an_efficient_row_has_no_super_program(solver):
    """Against all years the second year is behind in every row: nothing is left to tell apart."""
    rows = activities(
        np.array([[1.0], [1.0], [2.0], [2.0]]),
        np.ones((4, 1)),
        np.ones((4, 1)),
        labels=[("a", 1), ("b", 1), ("a", 2), ("b", 2)],
    )
    found = evaluate(rows, options=Options(reference="sequential", solver=solver))

    np.testing.assert_allclose(found.scores, [1.0, 1.0, 0.5, 0.5], rtol=TOLERANCE)


def test_a_frame_that_lacks_a_row_costs_time_and_no_score(monkeypatch):
    """Every column is priced directly, so that a fault in the frame cannot hide in its own proof."""
    rng = np.random.default_rng(2)
    rows = activities(*(np.exp(rng.normal(0, 0.6, (80, k))) for k in (2, 1, 1)))
    right = evaluate(rows, options=Options("sbm", solver="highs"))
    complete = engine.extremes_of

    def lacking(*words):
        found = complete(*words)
        return replace(found, frame=found.frame[1:])

    monkeypatch.setattr(engine, "extremes_of", lacking)
    monkeypatch.setattr(engine, "unproved", lambda *_: np.empty(0, dtype=np.intp))
    bound = engine.dual_bound
    monkeypatch.setattr(engine, "dual_bound", lambda *words, **more: 0.0 * bound(*words, **more))

    found = evaluate(rows, options=Options("sbm", solver="kernel"))

    np.testing.assert_allclose(found.scores, right.scores, rtol=TOLERANCE)
    assert found.certificate.worst()["dual"] <= TOLERANCE


@pytest.mark.parametrize("why", ["No module named 'numba'", "Numba needs NumPy 2.3 or less"])
def test_a_numba_that_cannot_be_loaded_is_named_with_the_way_out(monkeypatch, why):
    """Missing, or at odds with another library: what it says, and that HiGHS needs none of it."""

    def refused(_):
        raise ImportError(why)

    monkeypatch.setattr(fast, "import_module", refused)
    rows = activities(np.ones((2, 1)), np.ones((2, 1)), np.ones((2, 1)))

    with pytest.raises(MissingExtra, match=why) as caught:
        evaluate(rows, options=Options(solver="kernel"))
    assert "solver: highs" in str(caught.value)
