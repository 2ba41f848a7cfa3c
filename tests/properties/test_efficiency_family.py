"""Laws for every registered measure that claims them: traits choose what is tested."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cases_efficiency import activities
from xinzhi.efficiency import frame
from xinzhi.efficiency.evaluate import evaluate
from xinzhi.efficiency.measure import MEASURES
from xinzhi.efficiency.options import Options

EXAMPLES = int(os.environ.get("XINZHI_EXAMPLES", "8"))
"""Random cases per law and measure; set higher for a long run."""
LAW = 1e-7
"""Tolerance of a law (FRONTIER.md section 3)."""
LAW_AFTER_RESCALING = 1e-6
law = settings(max_examples=EXAMPLES, deadline=None)
names = list(MEASURES.names())


def options_of(name, draw):
    """Draw options that the measure has."""
    traits = MEASURES.get(name).traits
    return Options(
        measure=name,
        returns_to_scale=draw(
            st.sampled_from(["constant", "variable", "non_increasing", "non_decreasing"])
        ),
        orientation=draw(st.sampled_from(traits.orientations)),
        bads=draw(st.sampled_from(["outputs", "inputs"])),
        direction="own" if traits.has_direction else None,
        nonseparable=("y0", "b0") if traits.has_nonseparable else None,
    )


@st.composite
def rows(draw):
    """Draw three to six rows of whole amounts: two inputs, two goods, a bad; all columns vary."""
    line = st.lists(st.integers(1, 9), min_size=5, max_size=5)
    values = np.array(draw(st.lists(line, min_size=3, max_size=6)), dtype=float)
    assume((np.ptp(values, axis=0) > 0).all())
    return activities(values[:, :2], values[:, 2:4], values[:, 4:])


def efficiency(data, options):
    """Efficiencies: 1 is efficient, more is better; infeasible rows are NaN."""
    traits = MEASURES.get(options.measure).traits
    return traits.efficiency(evaluate(data, options=options).scores, options)


@pytest.mark.parametrize("name", names)
@law
@given(st.data())
def test_scores_are_proved_and_within_bounds(name, data):
    """Every row is certified or infeasible; 0 < efficiency <= 1, or above for super measures."""
    options = options_of(name, data.draw)
    result = evaluate(data.draw(rows()), options=options)
    traits = MEASURES.get(name).traits
    found = traits.efficiency(result.scores, options)[~np.isnan(result.scores)]

    assert set(result.statuses) <= (
        {"certified", "infeasible"} if traits.is_super else {"certified"}
    )
    assert max(result.certificate.worst().values()) <= 1e-9
    assert (found > 0).all()
    assert traits.is_super or (found <= 1 + LAW).all()


@pytest.mark.parametrize("name", names)
@law
@given(st.data())
def test_the_order_of_rows_is_irrelevant(name, data):
    """Shuffled rows have the same scores, bit for bit."""
    options, some = options_of(name, data.draw), data.draw(rows())
    order = data.draw(st.permutations(range(some.n)))

    shuffled = evaluate(some.take(list(order)), options=options).scores

    np.testing.assert_array_equal(shuffled, evaluate(some, options=options).scores[list(order)])


@pytest.mark.parametrize("name", [n for n in names if MEASURES.get(n).traits.is_units_invariant])
@law
@given(st.data())
def test_units_are_irrelevant(name, data):
    """Units times powers of ten change no score."""
    options, some = options_of(name, data.draw), data.draw(rows())
    units = 10.0 ** np.array(data.draw(st.lists(st.integers(-9, 9), min_size=5, max_size=5)))
    values = some.values * units
    scaled = activities(values[:, :2], values[:, 2:4], values[:, 4:])

    np.testing.assert_allclose(
        efficiency(scaled, options), efficiency(some, options), rtol=LAW_AFTER_RESCALING
    )


@pytest.mark.parametrize("name", [n for n in names if MEASURES.get(n).traits.is_monotone])
@law
@given(st.data())
def test_one_more_row_raises_nobody(name, data):
    """A larger reference set raises no efficiency, and makes no infeasible row worse."""
    options, some = options_of(name, data.draw), data.draw(rows())
    line = data.draw(st.lists(st.integers(1, 9), min_size=5, max_size=5))
    values = np.vstack([some.values, line])
    larger = activities(values[:, :2], values[:, 2:4], values[:, 4:])

    before, after = efficiency(some, options), efficiency(larger, options)[:-1]

    assert (np.nan_to_num(after, nan=np.inf) <= np.nan_to_num(before, nan=np.inf) + LAW).all()


@pytest.mark.parametrize("name", names)
@law
@given(st.data())
def test_a_frame_changes_nothing(name, data):
    """Scores over a frame with proved memberships are those over all rows."""
    options, some = options_of(name, data.draw), data.draw(rows())
    if MEASURES.get(name).traits.is_super:
        exclude = data.draw(st.sampled_from(["observation", "entity"]))
        options = replace(options, exclude=exclude)

    plain = evaluate(some, options=options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frame, "LARGE", 1)
        framed = evaluate(some, options=options)

    assert framed.statuses == plain.statuses
    np.testing.assert_allclose(framed.scores, plain.scores, rtol=0, atol=1e-9)


@law
@given(st.data())
def test_gap_to_a_larger_frontier_is_at_least_0(data):
    """Meta <= group and global <= contemporaneous, for the measures that are monotone."""
    name = data.draw(st.sampled_from([n for n in names if MEASURES.get(n).traits.is_monotone]))
    options, some = options_of(name, data.draw), data.draw(rows())
    groups = data.draw(st.lists(st.sampled_from("ab"), min_size=some.n, max_size=some.n))

    among = efficiency(some, options)
    traits = MEASURES.get(name).traits
    own = evaluate(some, options=replace(options, reference="group"), groups=groups).scores
    inside = traits.efficiency(own, options)

    assert (np.nan_to_num(among, nan=np.inf) <= np.nan_to_num(inside, nan=np.inf) + LAW).all()
