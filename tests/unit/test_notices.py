"""Notices that differ in one word are said as one."""

from __future__ import annotations

from xinzhi_core.errors import Where
from xinzhi_core.notices import Notice, together
from xinzhi_core.wording import Label, message, say


def sign(entity, name="x", *, at=None):
    text = message("Without {entity} the slope of '{name}' changes.", entity=entity, name=name)
    return Notice("influence.sign", text, Where(entity=at))


def test_one_word_apart_is_one_notice_in_both_languages():
    """The words stand in a list, labels among them; what differs in two words stays apart."""
    ireland = Label("IRL", zh="爱尔兰", en="Ireland")
    found = together([sign(ireland), sign("a"), sign("b", name="y"), sign("c")])

    assert [str(one.text) for one in found] == [
        "Without Ireland, a, c the slope of 'x' changes.",
        "Without b the slope of 'y' changes.",
    ]
    assert "爱尔兰、a、c" in say(found[0].text, "zh")


def test_notices_about_different_places_stay_apart():
    """Else a reader would not find the place; the year that is the word itself may go."""
    county = [
        Notice("c", message("In {year} it was a county.", year=y), Where(entity="e", period=y))
        for y in (2008, 2009)
    ]
    jumps = [
        Notice("j", message("{value} is far from the rest.", value=v), Where(entity="e", period=v))
        for v in (1, 2)
    ]
    moved = [
        Notice("j", one.text, Where(entity="e", period=2010 + at)) for at, one in enumerate(jumps)
    ]

    assert len(together([sign("a", at="p"), sign("b", at="q")])) == 2
    assert [str(one.text) for one in together(county)] == ["In 2008, 2009 it was a county."]
    assert len(together(moved)) == 2


def test_numbers_with_a_format_stay_apart():
    """A list cannot be written with the digits of a number."""
    weak = [Notice("w", message("F is {value:.1f}.", value=v)) for v in (0.91, 2.34)]

    assert [str(one.text) for one in together(weak)] == ["F is 0.9.", "F is 2.3."]


def test_what_holds_for_several_files_is_said_once_and_names_them():
    """Another column of the same file is another notice."""
    text = message("Digits of full width were read.")
    said = [Notice("n", text, Where(file=f"{at}.csv", column="x")) for at in (1, 2, 3)]
    found = together([*said, Notice("n", text, Where(file="1.csv", column="y"))])

    assert [str(one.where) for one in found] == [
        "1.csv, 2.csv, 3.csv, column 'x'",
        "1.csv, column 'y'",
    ]
