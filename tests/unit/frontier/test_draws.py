"""Draws of rows: the scores of a draw are those of its rows alone, to the last bit."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

from cases_efficiency import activities, hard
from xinzhi_core.errors import OutOfDomain
from xinzhi_frontier.evaluate import FrontierDraws, evaluate
from xinzhi_frontier.kernel import engine
from xinzhi_frontier.measure import MEASURES
from xinzhi_frontier.options import Options

REFERENCES = [
    {"reference": "global"},
    {"reference": "contemporaneous"},
    {"reference": "sequential"},
    {"reference": "window", "window": 2},
    {"reference": "biennial"},
    {"reference": "group", "group": "kind"},
    {"reference": "base", "base_period": 2003},
    {"reference": "base", "base_period": 2001},
    {"reference": "rows"},
]
OTHERS = [
    {"exclude": "entity"},
    {"bads": "inputs", "orientation": "input"},
    {"returns_to_scale": "variable", "fallback": "two_stage"},
    {"returns_to_scale": "0.8..1.2"},
    {"returns_to_scale": "free_disposal_hull", "exclude": "entity"},
    {"measure": "radial", "orientation": "input", "returns_to_scale": "free_disposal_hull"},
    {"weights": {"x0": 1.0, "x1": 3.0, "y0": 1.0, "b0": 1.0}},
    {"measure": "directional", "direction": "mean"},
    {"measure": "directional", "disposability": "weak", "returns_to_scale": "variable"},
    {"measure": "directional", "disposability": "kuosmanen", "returns_to_scale": "variable"},
    {"measure": "radial", "orientation": "input", "nondiscretionary": ("x1",)},
    {"measure": "radial", "orientation": "output", "solver": "highs"},
]
NEEDED = {
    "range_directional": {"returns_to_scale": "variable"},
    "sbm_nonseparable": {"nonseparable": ("x1", "b0")},
    "sbm_nonseparable_free": {"nonseparable": ("x1", "b0")},
}
"""Options without which a measure is not complete."""


def panel(n=72):
    rng = np.random.default_rng(11)
    x, y, b = (np.exp(rng.normal(0, 0.5, (n, k))) for k in (2, 1, 1))
    return activities(x, y, b, labels=[(f"e{i // 6:02d}", 2000 + i % 6) for i in range(n)])


def drawn_rows(rows, seed):
    """Draw entities with replacement: their rows, as often as they were drawn, in a random order."""
    rng = np.random.default_rng(seed)
    entities = sorted({entity for entity, _ in rows.labels})
    drawn = rng.choice(entities, len(entities))
    found = [i for name in drawn for i, (entity, _) in enumerate(rows.labels) if entity == name]
    return rng.permutation(found)


def refuse_difference(rows, options, *, chosen=None, groups=None, draws=range(2)):
    """Compare a draw with `evaluate` of its rows, each once."""
    measure = FrontierDraws.of(rows, options=options, groups=groups, reference_rows=chosen)
    for seed in draws:
        drawn = drawn_rows(rows, seed)
        held = np.unique(drawn)
        again = evaluate(
            rows.take(held.tolist()),
            options=options,
            groups=None if groups is None else [groups[i] for i in held],
            reference_rows=None if chosen is None else np.flatnonzero(np.isin(held, chosen)),
            with_influence=False,
        )
        found = measure(drawn)
        place = np.searchsorted(held, drawn)
        np.testing.assert_array_equal(found.scores, again.scores[place])
        assert found.statuses == tuple(again.statuses[i] for i in place)


@pytest.mark.one_in(5)
@pytest.mark.parametrize("name", sorted(MEASURES.names()))
@pytest.mark.parametrize("reference", REFERENCES, ids=lambda one: one["reference"])
def test_a_draw_gives_the_scores_of_its_rows(name, reference):
    """For every measure and every reference."""
    rows = panel()
    groups = [f"g{int(entity[1:]) % 2}" for entity, _ in rows.labels]
    chosen = np.arange(0, rows.n, 3) if reference["reference"] == "rows" else None
    orientation = MEASURES.get(name).traits.orientations[0]
    options = Options(name, orientation=orientation, **reference, **NEEDED.get(name, {}))
    refuse_difference(rows, options, chosen=chosen, groups=groups)


@pytest.mark.parametrize("other", OTHERS, ids=lambda one: " ".join(map(str, one.values())))
def test_a_draw_keeps_the_options(other):
    """Returns, weights, disposal, directions, fallbacks, what leaves, and the solver."""
    refuse_difference(panel(), Options(**other))


@pytest.mark.parametrize("zeros", ["keep", "drop_row", "drop_term"])
@pytest.mark.parametrize("reference", ["global", "contemporaneous"])
def test_a_draw_keeps_what_becomes_of_zeros(zeros, reference):
    """On hard data: sizes over ten orders, duplicates, zeros."""
    refuse_difference(hard(3), Options(zeros=zeros, reference=reference))


def test_a_draw_may_lack_a_period():
    """A window is one of the periods that the draw holds, as in `evaluate`."""
    rows = panel()
    held = [i for i, (_, year) in enumerate(rows.labels) if year != 2002 and i % 5]
    for reference in ({"reference": "window", "window": 2}, {"reference": "biennial"}):
        options = Options(**reference)
        found = FrontierDraws.of(rows, options=options)(np.array(held))
        again = evaluate(rows.take(held), options=options)
        np.testing.assert_array_equal(found.scores, again.scores)


def test_without_a_row_of_the_frontier_nothing_is_defined():
    """A draw that holds none of the chosen rows says so; it does not stop a bootstrap."""
    rows = panel()
    measure = FrontierDraws.of(rows, options=Options(reference="rows"), reference_rows=np.arange(3))
    found = measure(np.arange(10, 20))
    assert set(found.statuses) == {"undefined"}
    assert np.isnan(found.scores).all()


def test_zeros_are_refused_once_before_any_draw():
    """As by `evaluate`, whatever a draw would hold."""
    with pytest.raises(OutOfDomain):
        FrontierDraws.of(hard(3), options=Options())


def test_another_process_finds_the_same():
    """What is prepared can be sent to a worker."""
    rows = panel()
    measure = FrontierDraws.of(rows, options=Options(reference="contemporaneous"))
    drawn = drawn_rows(rows, 5)
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        again = pool.submit(measure, drawn).result()
    np.testing.assert_array_equal(measure(drawn).scores, again.scores)


def test_draws_need_no_kernel(monkeypatch):
    """HiGHS finds the same scores where the library is missing."""
    rows = panel()
    with_kernel = FrontierDraws.of(rows, options=Options())(drawn_rows(rows, 1))
    monkeypatch.setattr(engine, "is_available", lambda: False)
    without = FrontierDraws.of(rows, options=Options())(drawn_rows(rows, 1))
    np.testing.assert_allclose(with_kernel.scores, without.scores, rtol=2e-9)
    assert with_kernel.statuses == without.statuses
