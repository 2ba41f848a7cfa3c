"""Groups of cities: members, labels, and what the reader must know about them."""

from __future__ import annotations

import pytest

from xinzhi.errors import SpecError
from xinzhi.places.groupings import GROUPINGS, grouping, notices
from xinzhi.places.registry import paper_115, resource_cities
from xinzhi.wording import say


def members(name, cities):
    """Divide cities into the groups of a grouping."""
    divide = grouping(name)
    return {group: [c for c in cities if divide.of(c) == group] for group in divide.groups}


@pytest.mark.parametrize("name", GROUPINGS)
def test_groups_divide_the_sample(name):
    """Each of the 115 is in exactly one group of each grouping."""
    found = [c.code for group in members(name, paper_115()).values() for c in group]

    assert sorted(found) == sorted(c.code for c in paper_115())


def test_two_phases_of_the_paper():
    """Growing and mature make 77, declining and regenerative 38 (Table 8)."""
    assert [len(group) for group in members("phase", paper_115()).values()] == [77, 38]


def test_cities_without_a_group_are_left_out():
    """A city without an income group is in none of the groups."""
    assert sum(len(group) for group in members("income", resource_cities()).values()) == 115


@pytest.mark.parametrize(("name", "n"), [("coal", 2), ("income", 1), ("stage", 0), ("region", 0)])
def test_reconstructed_groups_are_announced(name, n):
    """Groups whose members the paper does not print come with a notice, doubts with names."""
    assert len(notices(name, paper_115())) == n


def test_the_chosen_coal_city_is_named():
    """Sanmenxia, a coal city by choice, is among the cities of low confidence."""
    assert "三门峡市" in str(notices("coal", paper_115())[1].text)


@pytest.mark.parametrize("name", GROUPINGS)
def test_labels_in_both_languages(name):
    """Groupings and groups have a Chinese and an English label."""
    labels = [grouping(name).label, *grouping(name).groups.values()]

    assert all(say(label, "zh") != say(label, "en") for label in labels)


def test_an_unknown_grouping_names_the_nearest():
    """A grouping that does not exist is refused with the nearest name."""
    with pytest.raises(SpecError, match="did you mean 'income'"):
        grouping("incom")
