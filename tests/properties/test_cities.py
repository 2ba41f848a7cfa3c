"""Laws of the names of places, over random spellings, mistakes and lists."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinzhi_panel.places.divisions import divisions, fold, stem
from xinzhi_panel.places.names import match, match_all
from xinzhi_panel.places.places import (
    Ambiguous,
    Matched,
    Unknown,
    full_forms,
    nearest_places,
    place_of,
    places,
)
from xinzhi_panel.places.reading import resolve_place

LIVING = sorted(
    (p for p in places().values() if p.level == "prefecture" and p.last is None),
    key=lambda p: p.code,
)
COUNTIES = [d for d in divisions() if d.level == "county" and d.last is None]
KNOWN = {
    form
    for d in divisions()
    if d.level == "prefecture"
    for form in (*full_forms(d), stem(d.name), d.name.removesuffix("自治州"))
}
HAN = sorted({c for d in divisions() for c in d.name})
INVISIBLE = ["", " ", "　", "\u200b", "\u00a0", "\ufeff", "\t", "\u202a", "\u00ad"]
some = settings(max_examples=150, deadline=None)

names = st.sampled_from([p.name for p in LIVING])
han_texts = st.text(st.sampled_from(HAN), max_size=6)


@some
@given(st.sampled_from(LIVING), st.data())
def test_invisible_characters_never_matter(place, data):
    """Invisible characters anywhere in a name leave its match as it is."""
    marks = data.draw(
        st.lists(st.sampled_from(INVISIBLE), min_size=len(place.name), max_size=len(place.name))
    )
    text = "".join(mark + c for mark, c in zip(marks, place.name, strict=True))

    assert match(text).place == place


@some
@given(names, st.data())
def test_a_wrong_character_is_never_passed_over(name, data):
    """A name with one character exchanged is matched only if it is itself a name."""
    at = data.draw(st.integers(0, len(name) - 1))
    wrong = name[:at] + data.draw(st.sampled_from(HAN)) + name[at + 1 :]

    assert not isinstance(match(wrong), Matched) or wrong in KNOWN


@some
@given(han_texts)
def test_random_text_is_never_a_place(text):
    """Random characters are matched only if they are a name, with or without a province before."""
    found = match(text)

    assert not isinstance(found, Matched) or any(text.endswith(name) for name in KNOWN)


@pytest.mark.long
@settings(max_examples=300, deadline=None)
@given(st.text(max_size=12), st.one_of(st.none(), st.integers(1900, 2100)))
def test_no_text_breaks_anything(text, year):
    """Any text and year get an answer, never an exception, and messages that can be said."""
    for found in (match(text, year=year), resolve_place(text, year=year)):
        assert found.text == text
        said = found.notes if isinstance(found, Matched) else (found.why,)
        assert all(str(message) for message in said)
    assert len(nearest_places(fold(text))) <= 3


@some
@given(
    st.lists(st.sampled_from([*(p.short for p in LIVING), "山西", "毫州", "平定县"]), max_size=12)
)
def test_the_order_of_a_list_never_matters(column):
    """The report of a column is the same in any order."""
    first, second = match_all(column), match_all(column[::-1])

    assert dict(first.matches) == dict(second.matches)


@some
@given(st.sampled_from(COUNTIES), st.text(max_size=8))
def test_what_follows_never_moves_a_place(county, street):
    """What follows province, prefecture and county in an address never changes the prefecture."""
    place = place_of(county)
    address = f"{place.province}{'' if place.name == place.province else place.name}{county.name}"

    assert resolve_place(f"{address}第{street}", year=2023).place == place


@some
@given(st.sampled_from(COUNTIES), st.integers(2003, 2023))
def test_a_place_of_a_year_existed_in_it(county, year):
    """A county with a year is never given to a place that was abolished by then."""
    found = resolve_place(county.name, year=year)

    assert isinstance(found, (Ambiguous, Unknown)) or (found.place.last or year) >= year


@pytest.mark.parametrize("year", [None, 2000, 2003, 2010, 2023, 2050])
def test_full_names_hold_in_every_year(year):
    """The full name of a living place means that place in every year."""
    assert all(match(place.name, year=year).place == place for place in LIVING)
