"""Groups of cities that are reconstructed: what the reader must know about them."""

from __future__ import annotations

import pytest

from xinzhi_core.wording import say
from xinzhi_panel.places.registry import RECONSTRUCTED, notices, paper_115


@pytest.mark.parametrize(("name", "n"), [("coal", 2), ("income", 1)])
def test_reconstructed_groups_are_announced(name, n):
    """Groups whose members the paper does not print come with a notice, doubts with names."""
    assert len(notices(name, paper_115())) == n


def test_the_chosen_coal_city_is_named():
    """Sanmenxia, a coal city by choice, is among the cities of low confidence."""
    assert "三门峡市" in str(notices("coal", paper_115())[1].text)


@pytest.mark.parametrize("name", RECONSTRUCTED)
def test_labels_in_both_languages(name):
    """Groups have a Chinese and an English label."""
    label, _ = RECONSTRUCTED[name]

    assert say(label, "zh") != say(label, "en")
