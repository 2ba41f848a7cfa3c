"""Which solver does the work: the result says it, and is the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cases_efficiency import activities
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.inference.intervals import resample_entities, smoothed_bootstrap
from xinzhi_frontier.kernel import engine, library
from xinzhi_frontier.options import Options
from xinzhi_frontier.technology import RETURNS

TOLERANCE = 1e-9
"""Both solvers prove their scores to this (convention N2)."""


@pytest.mark.parametrize("exclude", ["observation", "entity"])
def test_draws_of_entities_do_not_depend_on_the_solver(exclude):
    """Each draw makes its own frontier: the scores are those of HiGHS, the gaps too."""
    rng = np.random.default_rng(4)
    x, y, b = (np.exp(rng.normal(0, 0.5, (120, k))) for k in (3, 1, 1))
    labels = [(f"e{i // 6:02d}", i % 6) for i in range(120)]
    rows = activities(x, y, b, labels=labels)

    found, other = (
        resample_entities(rows, options=Options(exclude=exclude, solver=one), draws=4, seed=5)
        for one in ("auto", "highs")
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
            for one in ("auto", "highs")
        )
        np.testing.assert_allclose(found.corrected, other.corrected, rtol=1e-8)
        np.testing.assert_allclose(found.bias, other.bias, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("solver", ["highs", "auto"])
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
        return replace(found, rows=found.rows[1:])

    monkeypatch.setattr(engine, "extremes_of", lacking)
    monkeypatch.setattr(engine, "unproved", lambda *_: np.empty(0, dtype=np.intp))
    bound = engine.dual_bound
    monkeypatch.setattr(engine, "dual_bound", lambda *words, **more: 0.0 * bound(*words, **more))

    found = evaluate(rows, options=Options("sbm", solver="auto"))

    np.testing.assert_allclose(found.scores, right.scores, rtol=TOLERANCE)
    assert found.certificate.worst()["dual"] <= TOLERANCE


@pytest.fixture
def broken_library(monkeypatch, tmp_path):
    """A library that cannot be loaded."""
    broken = tmp_path / "broken.so"
    broken.write_bytes(b"nothing that can be loaded")
    monkeypatch.setenv(library.OVERRIDE, str(broken))
    library.load.cache_clear()
    yield broken
    library.load.cache_clear()


def test_without_the_library_highs_does_the_work_and_a_notice_says_so(broken_library, monkeypatch):
    """The same scores; the reason, and the way to build the library."""
    rng = np.random.default_rng(3)
    rows = activities(*(rng.uniform(1, 2, (12, k)) for k in (2, 1, 1)))
    found = evaluate(rows)
    assert not library.is_available()
    monkeypatch.delenv(library.OVERRIDE)
    library.load.cache_clear()
    right = evaluate(rows)

    np.testing.assert_allclose(found.scores, right.scores, rtol=TOLERANCE)
    (notice,) = [one for one in found.notices if one.code == "efficiency.kernel"]
    assert broken_library.name in str(notice.text)
    assert "uv sync --reinstall-package xinzhi" in str(notice.text)
    assert not right.notices


def test_a_library_of_another_version_is_not_used(monkeypatch):
    """What lies about from an older build must not be called."""
    monkeypatch.setattr(library, "INTERFACE", library.INTERFACE + 1)
    library.load.cache_clear()
    assert not library.is_available()
    library.load.cache_clear()


def test_programs_too_large_for_the_kernel_go_to_highs():
    """More constraints than the kernel takes: HiGHS, without a word."""
    rng = np.random.default_rng(5)
    rows = activities(*(rng.uniform(1, 2, (6, k)) for k in (library.LARGEST_R, 1, 1)))

    assert set(evaluate(rows, options=Options("sbm")).statuses) == {"certified"}


def test_arrays_that_the_kernel_does_not_read_are_refused():
    """A wrong type or order would be read as other numbers."""
    for array in (np.zeros(3, dtype=np.float32), np.zeros((4, 4)).T[1:]):
        with pytest.raises(TypeError, match="C order"):
            library.place(array, np.float64)
