"""Weights, references, exclusion, targets and peers of an evaluation."""

from __future__ import annotations

import numpy as np
import pytest

from cases_efficiency import activities
from xinzhi_core.errors import Gap, OutOfDomain, SpecError
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.options import Options

TIGHT = 1e-12
"""Identities of one and the same program: only rounding may differ."""


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def panel(rng):
    """Ten entities over three periods, two inputs, one good, one bad."""
    labels = [(f"e{i}", 2000 + t) for i in range(10) for t in range(3)]
    x, y, b = rng.uniform(1, 3, (30, 2)), rng.uniform(1, 3, (30, 1)), rng.uniform(1, 3, (30, 1))
    return activities(x, y, b, labels=labels)


def test_targets_are_combinations_of_peers(panel):
    """Peers times intensities dominate the target of an SBM score."""
    result = evaluate(panel, options=Options(measure="sbm"))
    made = np.array(
        [sum(p.intensity * panel.values[p.position] for p in peers) for peers in result.peers]
    )

    np.testing.assert_allclose(made, result.targets, rtol=1e-9)


def test_targets_are_values_less_slacks(panel):
    """Target = input - slack, good + slack, bad - slack, and the slacks give the score back."""
    result = evaluate(panel, options=Options(measure="sbm"))
    relative = result.slacks / panel.values
    score = (1 - relative[:, :2].mean(axis=1)) / (1 + relative[:, 2:].mean(axis=1))

    np.testing.assert_allclose(score, result.scores, rtol=TIGHT)
    np.testing.assert_allclose(
        result.targets, panel.values + result.slacks * [-1, -1, 1, -1], rtol=TIGHT
    )


def test_slacks_give_a_super_score_back(panel):
    """The reported slacks of a super row give its score by the formula of form A."""
    result = evaluate(panel, options=Options())
    rows = np.array(result.methods) == "super"
    relative = (result.slacks / panel.values)[rows]
    score = (1 + relative[:, :2].mean(axis=1)) / (1 - relative[:, 2:].mean(axis=1))

    assert rows.any()
    np.testing.assert_allclose(score, result.scores[rows], rtol=TIGHT)


def test_weights_of_good_and_bad(panel):
    """With good : bad = 1 : 0.3 the weights are 2/1.3 and 0.6/1.3 (FRONTIER.md section 1)."""
    given = evaluate(panel, options=Options(measure="sbm", weights={"y0": 1, "b0": 0.3}))
    normed = evaluate(
        panel, options=Options(measure="sbm", weights={"y0": 2 / 1.3, "b0": 0.6 / 1.3})
    )

    np.testing.assert_allclose(given.scores, normed.scores, rtol=TIGHT)
    relative = given.slacks / panel.values
    score = (1 - relative[:, :2].mean(axis=1)) / (
        1 + (2 / 1.3 * relative[:, 2] + 0.6 / 1.3 * relative[:, 3]) / 2
    )
    np.testing.assert_allclose(score, given.scores, rtol=TIGHT)


@pytest.mark.parametrize("weights", [
    {"z": 1}, {"y0": 1}, {"y0": -1, "b0": 1}, {"y0": 0, "b0": 0}, {"x0": float("nan"), "x1": 1}
])  # fmt: skip
def test_weights_without_meaning_are_refused(panel, weights):
    """Unknown, negative, partial or vanishing weights are errors."""
    with pytest.raises(SpecError) as caught:
        evaluate(panel, options=Options(weights=weights))

    assert caught.value.code == "efficiency.weights"


@pytest.mark.parametrize("option", [
    {"measure": "sbmm"}, {"orientation": "sideways"}, {"disposability": "weak"},
    {"direction": "own"}, {"measure": "sbm", "fallback": "form_b"}, {"reference": "window"},
    {"reference": "rows"}, {"window": 2}, {"measure": "sbm", "exclude": "entity"}, {"reference": "group"},
])  # fmt: skip
def test_options_without_effect_are_refused(panel, option):
    """An option that is unknown, has no effect or lacks its companion is an error."""
    with pytest.raises(SpecError):
        evaluate(panel, options=Options(**option))


@pytest.mark.parametrize(("reference", "extra"), [
    ("contemporaneous", {}), ("sequential", {}), ("window", {"window": 2}), ("biennial", {}),
])  # fmt: skip
def test_global_scores_are_at_most_those_of_other_references(panel, reference, extra):
    """A larger frontier raises no score."""
    pooled = evaluate(panel, options=Options(measure="sbm"))
    own = evaluate(panel, options=Options(measure="sbm", reference=reference, **extra))

    assert (pooled.scores <= own.scores + TIGHT).all()


def test_rows_of_choice_are_a_reference(panel):
    """All rows as the chosen ones are the global frontier; a row beside them joins for itself."""
    pooled = evaluate(panel)
    chosen = evaluate(panel, options=Options(reference="rows"), reference_rows=np.arange(panel.n))
    first = evaluate(
        panel, options=Options(measure="sbm", reference="rows"), reference_rows=np.arange(5)
    )

    np.testing.assert_array_equal(chosen.scores, pooled.scores)
    assert (first.scores <= 1).all()
    assert (np.array(first.statuses) == "certified").all()


def test_groups_are_frontiers_of_their_own(panel):
    """A group frontier is the global frontier of the group's rows alone."""
    groups = ["a"] * 12 + ["b"] * 18
    together = evaluate(panel, options=Options(reference="group"), groups=groups)
    alone = evaluate(panel.take(list(range(12))))

    np.testing.assert_allclose(together.scores[:12], alone.scores, rtol=TIGHT)


def test_excluding_the_entity_raises_super_scores(panel):
    """Without its own other years a row stands farther from the rest, never nearer."""
    observation = evaluate(panel)
    entity = evaluate(panel, options=Options(exclude="entity"))

    assert (entity.scores >= observation.scores - TIGHT).all()
    assert (entity.scores > observation.scores + 1e-6).any()


def test_the_order_of_rows_changes_nothing(panel, rng):
    """Scores of shuffled rows are the same numbers, bit for bit (convention D5)."""
    order = rng.permutation(panel.n).tolist()

    shuffled = evaluate(panel.take(order))

    np.testing.assert_array_equal(shuffled.scores, evaluate(panel).scores[order])


def test_the_number_of_workers_changes_nothing(panel):
    """Scores of two processes are those of one, bit for bit (convention D5)."""
    options = Options(reference="contemporaneous")

    np.testing.assert_array_equal(
        evaluate(panel, options=options, jobs=2).scores, evaluate(panel, options=options).scores
    )


def test_a_dropped_term_leaves_the_mean():
    """Tone (2001, section 6.1): with x2 = 0 the score is that of the first input alone."""
    rows = activities([[2, 0], [1, 0], [1, 1]], [[1], [1], [2]])

    result = evaluate(rows, options=Options(measure="sbm", zeros="drop_term"))

    assert result.scores[0] == pytest.approx(0.5, abs=TIGHT)


def test_nothing_to_move_is_undefined():
    """A row without any good output has no φ: the status says so instead of a number."""
    rows = activities([[1], [1], [2]], [[1], [0], [1]])

    result = evaluate(rows, options=Options("radial", orientation="output"))

    assert result.statuses == ("certified", "undefined", "certified")


def test_every_bad_cell_is_named():
    """Empty and infinite cells are refused together, each with entity and column."""
    with pytest.raises(Gap) as gaps:
        activities([[1], [np.nan], [np.nan]], [[1], [1], [np.nan]])
    with pytest.raises(OutOfDomain) as outside:
        activities([[1], [-np.inf], [np.inf]], [[1], [1], [1]])

    assert [(p.where.entity, p.where.column) for p in gaps.value.problems] == [
        ("d1", "x0"), ("d2", "x0"), ("d2", "y0"),
    ]  # fmt: skip
    assert outside.value.code == "dea.infinite"
    assert len(outside.value.problems) == 2


@pytest.mark.parametrize("returns", ["constant", "variable", "non_increasing", "non_decreasing"])
def test_a_single_row(returns):
    """One row is efficient; without others form A compares with nothing, or is infeasible."""
    rows = activities([[2.0]], [[3.0]], [[1.0]])

    result = evaluate(rows, options=Options(returns_to_scale=returns))

    if returns in {"constant", "non_increasing"}:
        assert result.scores[0] == pytest.approx(2.0, abs=TIGHT)
    else:
        assert result.statuses == ("infeasible",)
    assert evaluate(rows, options=Options(measure="sbm", returns_to_scale=returns)).scores == [1]


def test_returns_lie_between_constant_and_variable(panel):
    """Fewer combinations raise scores: constant <= non-increasing, non-decreasing <= variable."""
    score = {
        returns: evaluate(panel, options=Options(measure="sbm", returns_to_scale=returns)).scores
        for returns in ("constant", "variable", "non_increasing", "non_decreasing")
    }

    for middle in ("non_increasing", "non_decreasing"):
        assert (score["constant"] <= score[middle] + TIGHT).all()
        assert (score[middle] <= score["variable"] + TIGHT).all()


@pytest.mark.parametrize("returns", ["constant", "variable"])
def test_hard_sizes_are_all_proved(returns):
    """Sizes over ten orders, duplicates, near-duplicates and zero bads: every row is certified."""
    rng = np.random.default_rng(1)
    n = 300
    size = 10.0 ** rng.uniform(-5, 5, (n, 1))
    values = size * np.exp(rng.normal(0, 0.5, (n, 5)))
    copies = rng.random(n) < 0.1
    values[copies] = values[rng.integers(0, n, copies.sum())]
    near = rng.random(n) < 0.1
    values[near] = values[rng.integers(0, n, near.sum())] * (
        1 + 1e-9 * rng.normal(size=(near.sum(), 5))
    )
    values[rng.random(n) < 0.1, 4] = 0
    units = np.array([1e9, 1e-9, 1, 1e9, 1e-9])
    options = Options(returns_to_scale=returns, zeros="drop_term")

    plain = evaluate(activities(values[:, :3], values[:, 3:4], values[:, 4:]), options=options)
    values = values * units
    scaled = evaluate(activities(values[:, :3], values[:, 3:4], values[:, 4:]), options=options)

    assert plain.statuses == scaled.statuses
    assert plain.count("unsolved") == 0
    np.testing.assert_allclose(plain.scores, scaled.scores, rtol=1e-7)
