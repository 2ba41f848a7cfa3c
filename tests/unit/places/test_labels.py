"""Names of entities for readers of both languages."""

from __future__ import annotations

from collections import Counter

from xinzhi_panel.places.names import labels_of
from xinzhi_panel.places.registry import selection


def test_every_resource_based_city_has_an_english_name_of_its_own():
    names = [city.name for city in selection("resource_based")]
    english = [label.en for label in labels_of(names).values()]
    assert len(english) == len(names)
    assert all(name and name[0].isascii() for name in english)
    assert max(Counter(english).values()) == 1


def test_a_name_stays_as_it_is_written_in_its_own_language():
    found = labels_of(["Tangshan", "大同", "太原市", "长治"])
    assert (found["Tangshan"].zh, found["Tangshan"].en) == ("唐山市", "Tangshan")
    assert (found["大同"].zh, found["大同"].en) == ("大同", "Datong")


def test_codes_are_no_names():
    found = labels_of(["130200", "140200", "140100"])
    assert (found["130200"].zh, found["130200"].en) == ("唐山市", "Tangshan")
    assert labels_of(["DEU", "CHN"])["CHN"].zh == "中国"


def test_firms_have_no_labels():
    assert labels_of(["Alpha", "Beta", "Gamma"]) == {}
    assert labels_of([]) == {}
    assert labels_of([f"firm {n}" for n in range(3000)]) == {}
