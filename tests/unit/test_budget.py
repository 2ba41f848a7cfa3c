"""The house stays within budget.toml: rooms in tokens, and counts that may only fall."""

from __future__ import annotations

import tomllib

import pytest

import house
from places import ROOT

BUDGET = tomllib.loads((ROOT / "budget.toml").read_text(encoding="utf-8"))
ROOMS = BUDGET["tokens"]
RATCHETS = BUDGET["ratchets"]
SLACK = 0.02
"""Share of a budget that may lie free: a room that has shrunk gives back what it does not need."""


@pytest.mark.parametrize("room", sorted({*ROOMS, *map(house.room, house.sources())}))
def test_a_room_stays_within_its_tokens(room):
    """Whoever needs more says why in a line of budget.toml; whoever needs less gives it back."""
    counted, _, _ = house.tokens()

    assert counted[room] <= ROOMS[room], "more tokens than the budget of the room"
    assert counted[room] >= (1 - SLACK) * ROOMS[room] - 100, "lower the budget of the room"


@pytest.mark.parametrize("name", RATCHETS)
def test_a_count_only_falls(name):
    """A better count becomes the limit in the same commit."""
    found = house.ratchets()

    assert {*found} == {*RATCHETS}
    assert found[name] <= RATCHETS[name]
    assert found[name] >= (1 - SLACK) * RATCHETS[name], "lower the limit"


def test_a_class_name_means_one_thing():
    """Search by name finds one class."""
    assert house.classes_twice() == []


def test_a_body_fits_on_a_screen():
    """C4: at most 60 lines without the docstring."""
    assert house.long_bodies(60) == []
