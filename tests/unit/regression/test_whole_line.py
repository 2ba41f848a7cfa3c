"""Changes of sign on the whole line: where the formula of the function says, and none invented."""

from __future__ import annotations

from math import inf, nan, pi

import numpy as np
import pytest

from xinzhi_econometrics.whole_line import SignChanges, WholeLine, angles

N = 2001
LINE = WholeLine.around(-3.0, 5.0)


def test_the_grid_leaves_out_both_ends_and_has_half_of_its_points_within_the_range():
    """N - 2 points, evenly in the angle; a quarter of them on each side of the range, whose middle is one."""
    assert angles(5) == pytest.approx([-pi / 4, 0.0, pi / 4])
    points = LINE.points(N)
    assert (LINE.centre, LINE.width) == (1.0, 4.0)
    assert len(points) == N - 2
    assert points[(N - 3) // 2] == pytest.approx(1.0)
    # The range has both of its ends on the grid, up to rounding: one more or one less is half of them.
    assert abs(np.sum((points > -3.0) & (points < 5.0)) - (N - 2) / 2) <= 1.5
    assert np.sum(points < -3.0) == np.sum(points > 5.0)


def test_a_range_without_width_still_has_a_line():
    """A variable that does not vary gives no division by nothing."""
    assert WholeLine.around(2.0, 2.0) == WholeLine(2.0, 1e-300)


@pytest.mark.parametrize("roots", [(-2500.0, 0.25), (-2.0, 4.0), (1.5, 2500.0), (0.1, 0.3)])
def test_the_roots_of_a_parabola_are_found_far_beyond_the_range(roots):
    """Both of them, with their directions; upwards at the ends where it opens upwards."""
    low, high = roots
    found = LINE.sign_changes(lambda w: (w - low) * (w - high), N)
    assert found.crossings == pytest.approx(roots, rel=1e-8)
    assert [is_upward for _, is_upward in found.places] == [False, True]
    assert found.upward == pytest.approx((high,), rel=1e-8)
    assert (found.begins_below, found.ends_above) == (False, True)


def test_the_outermost_point_bounds_what_is_seen():
    """A change beyond it is not found: (n - 1) / π half ranges of n points, and so it is said."""
    outermost = float(LINE.points(N)[-1])
    assert (outermost - LINE.centre) / LINE.width == pytest.approx((N - 1) / pi, rel=1e-5)
    assert LINE.sign_changes(lambda w: w - 0.999 * outermost, N).crossings == pytest.approx(
        (0.999 * outermost,), rel=1e-6
    )
    assert LINE.sign_changes(lambda w: w - 1.001 * outermost, N).crossings == ()


def test_ends_are_open_where_the_function_has_another_sign_there():
    """`first` needs a negative left end, `last` a positive right one."""
    upward = LINE.sign_changes(lambda w: w - 2.0, N)
    downward = LINE.sign_changes(lambda w: 2.0 - w, N)
    assert (upward.first, upward.last) == pytest.approx((2.0, 2.0))
    assert (downward.first, downward.last) == (-inf, inf)
    hump = LINE.sign_changes(lambda w: 1.0 - (w - 1.0) ** 2, N)
    assert hump.first == pytest.approx(0.0, abs=1e-9)
    assert hump.last == inf
    assert SignChanges((), begins_below=True, ends_above=True).first == -inf
    assert SignChanges((), begins_below=True, ends_above=True).last == inf
    three = SignChanges(((1.0, True), (2.0, False), (3.0, True)), True, True)
    assert (three.first, three.last, three.upward) == (1.0, 3.0, (1.0, 3.0))


def test_a_function_that_keeps_its_sign_has_no_change():
    """Neither above nor below zero, nor where it only touches it from below."""
    assert LINE.sign_changes(np.ones_like, N).crossings == ()
    assert LINE.sign_changes(lambda w: -np.square(w - 1.0), N).crossings == ()


def test_an_exact_zero_on_a_point_of_the_grid_is_one_change():
    """Zero counts as negative, so that a root on the grid is found once."""
    found = LINE.sign_changes(lambda w: np.where(np.abs(w - 1.0) < 1e-9, 0.0, w - 1.0), N)
    assert len(found.places) == 1
    assert found.crossings == pytest.approx((1.0,), abs=1e-6)


def test_where_the_function_is_unknown_no_change_is_made_up():
    """Points that are not numbers have no neighbours."""
    found = LINE.sign_changes(lambda w: np.where(w < 1.5, nan, w - 2.0), N)
    assert found.crossings == pytest.approx((2.0,))
    assert LINE.sign_changes(lambda w: np.where(w < 2.0, nan, w - 2.0), N).crossings == ()


def test_values_that_are_known_are_not_computed_again():
    """The function is asked along the changes alone, on the grid of the values given."""
    asked = []

    def excess(w):
        asked.append(len(w))
        return w - 2.0

    known = LINE.points(41) - 2.0
    assert LINE.sign_changes(excess, 41, known).crossings == pytest.approx((2.0,))
    assert set(asked) == {1}
