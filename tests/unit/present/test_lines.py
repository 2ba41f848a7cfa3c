"""Projection, simplification and cutting of the lines of a map."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinzhi.present.map.lines import RADIUS, albers, clipped, pieces_within, simplified
from xinzhi_panel.io.topology import area_of

PLACES = st.tuples(st.floats(-100, 100), st.floats(-100, 100))
LINES = st.lists(PLACES, min_size=3, max_size=40).map(np.array)


def test_albers_gives_the_printed_example():
    """Snyder (1987), Map Projections, p. 291: the numerical example on the sphere.

    Its steps are rounded to seven digits: one unit of the last.
    """
    places = np.array([[-75.0, 35.0]])
    found = albers(places, parallels=(29.5, 45.5), centre=(-96.0, 23.0), radius=1.0)

    assert found[0] == pytest.approx([0.2952720, 0.2416774], abs=1e-7)


@given(st.floats(74, 134), st.floats(4, 52))
def test_albers_keeps_areas(longitude, latitude):
    """A cell of 0.1 degrees has the area R2 dl (sin p2 - sin p1), to a millionth."""
    side = 0.1
    west, east, south, north = longitude, longitude + side, latitude, latitude + side
    edge = np.linspace(0, 1, 200)[:, None]
    corners = np.array([[west, south], [east, south], [east, north], [west, north], [west, south]])
    ring = np.concatenate([a + edge * (b - a) for a, b in pairwise(corners)])
    exact = RADIUS**2 * np.radians(side) * np.diff(np.sin(np.radians([south, north])))[0]

    assert area_of(albers(ring)) == pytest.approx(exact, rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(LINES, st.floats(0.1, 30))
def test_a_simplified_line_stays_near(line, tolerance):
    """Every point left out lies within the tolerance of the line through its kept neighbours."""
    kept = simplified(line, tolerance)

    assert (kept[[0, -1]] == line[[0, -1]]).all()
    places = [0]
    for point in kept[1:-1]:
        places.append(next(i for i in range(places[-1] + 1, len(line)) if (line[i] == point).all()))
    places.append(len(line) - 1)
    for a, b in pairwise(places):
        d = line[b] - line[a]
        if a + 1 < b and np.hypot(*d) > 0:
            off = np.abs((line[a + 1 : b] - line[a]) @ [-d[1], d[0]]) / np.hypot(*d)
            assert off.max() <= tolerance * (1 + 1e-9)


def test_a_closed_line_stays_an_area():
    """A ring is not folded into a line, however coarse the tolerance."""
    angle = np.linspace(0, 2 * np.pi, 33)
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    ring[-1] = ring[0]

    assert len(simplified(ring, 0.2)) > 4
    assert area_of(simplified(ring, 0.2)) == pytest.approx(area_of(ring), rel=0.15)


@settings(max_examples=60, deadline=None)
@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0.5, 4), st.floats(0.5, 4))
def test_a_cut_rectangle_has_the_area_of_the_overlap(x, y, width, height):
    """Rectangles cut to a window: exact arithmetic gives the area."""
    ring = np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height], [x, y]])
    across = max(0.0, min(x + width, 1.0) - max(x, -1.0))
    up = max(0.0, min(y + height, 1.0) - max(y, -1.0))

    found = clipped(ring, (-1.0, -1.0, 1.0, 1.0))

    assert (area_of(found) if len(found) else 0.0) == pytest.approx(across * up, abs=1e-12)


def test_pieces_of_a_line_within_a_window():
    """A line that leaves and returns gives two pieces; single points are none."""
    line = np.array([[0.0, 0], [0.5, 0], [5, 0], [0.2, 0], [0.1, 0], [9, 0], [0, 0]])

    assert [len(piece) for piece in pieces_within(line, (-1, -1, 1, 1))] == [2, 2]
