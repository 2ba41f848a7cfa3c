"""Optima as arrays: what is put, spread and read row by row."""

from __future__ import annotations

import numpy as np
import pytest

from xinzhi_frontier.result import Peer
from xinzhi_frontier.solutions import CODE, Solutions, peers_of


def certified(value, *, peers, e):
    """Make certified programs with given values and peers, one unknown each moved by 1."""
    q = len(value)
    return Solutions(
        status=np.full(q, CODE["certified"], dtype=np.uint8),
        value=np.array(value),
        positions=np.array(peers),
        intensities=np.ones((q, len(peers[0]))),
        moves=np.ones((q, e)),
        duals=np.ones((q, 2)),
        primal=np.zeros(q),
        dual=np.zeros(q),
        gap=np.zeros(q),
        basis=np.full((q, 2), -1, dtype=np.int32),
    )


def test_programs_with_other_unknowns_can_be_put():
    """What one program has more than the other is empty there: no peer, no move."""
    wide = certified([0.5, 0.6, 0.7], peers=[[0, 1], [1, 2], [2, 0]], e=4)
    narrow = certified([2.0], peers=[[1]], e=3)

    both = wide.put(np.array([1]), narrow)

    assert both.value.tolist() == [0.5, 2.0, 0.7]
    assert both.positions.tolist() == [[0, 1], [1, -1], [2, 0]]
    assert both.intensities[1].tolist() == [1.0, 0.0]
    np.testing.assert_array_equal(both.moves[1], [1.0, 1.0, 1.0, np.nan])
    assert wide.value.tolist() == [0.5, 0.6, 0.7]


def test_what_no_part_holds_is_unsolved_however_long_the_parts_are():
    """Two parts for the same row leave the other row without a number, not with any number."""
    part = Solutions.nothing(1, 2, 2, status="undefined")

    whole = Solutions.gathered(2, [(np.array([0]), part), (np.array([0]), part)])

    assert whole.status.tolist() == [CODE["undefined"], CODE["unsolved"]]
    assert np.isnan(whole.value).all()
    assert np.isnan(whole.moves).all()


def test_rows_that_are_not_defined_have_no_number():
    """A spread leaves gaps of status `undefined`, without value, move or peer."""
    spread = certified([0.5], peers=[[0]], e=2).spread(np.array([False, True]))

    assert spread.status.tolist() == [CODE["undefined"], CODE["certified"]]
    np.testing.assert_array_equal(spread.score, [np.nan, 0.5])
    assert np.isnan(spread.moves[0]).all()
    assert spread.positions[0].tolist() == [-1]


def test_a_value_without_proof_is_no_score():
    """Only certified programs get another value, and only they have a score."""
    open_ = Solutions.nothing(1, 2, 2)

    assert np.isnan(open_.scored(np.array([0.9])).score).all()


def test_peers_count_once_and_rounding_is_none():
    """A row that enters twice has both intensities; what is below 1e-12 is no peer."""
    peers = peers_of(
        np.array([3, 1]),
        np.array([[2, 0, 2], [1, -1, 0]]),
        np.array([[0.25, 1.0, 0.5], [1.0, 0.0, 1e-13]]),
        n=4,
    )

    assert list(peers) == [(), (Peer(1, 1.0),), (), (Peer(0, 1.0), Peer(2, 0.75))]
    assert peers[-1] == peers[3]
    assert peers[2:] == ((), peers[3])
    assert peers == [(), (Peer(1, 1.0),), (), (Peer(0, 1.0), Peer(2, 0.75))]
    with pytest.raises(IndexError):
        peers[4]
