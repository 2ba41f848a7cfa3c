"""Decoding: strict, and never a guess."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinzhi_core.errors import DataError, Where
from xinzhi_panel.io.text.encoding import decode, find_delimiter

WHERE = Where(file="a.csv")
CHARACTERS = "城市年份地区生产总值唐山大同北京工业废水人口万元吨能源煤炭"
HANZI = st.text(st.sampled_from(CHARACTERS), min_size=2, max_size=8)


@settings(max_examples=200)
@given(st.binary(max_size=400))
def test_bytes_are_decoded_exactly_or_refused(data):
    """A decoded text encodes to the same bytes: nothing was replaced or dropped."""
    try:
        text = decode(data, WHERE)
    except DataError:
        return
    body = data
    for mark in (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"):
        body = body.removeprefix(mark) if text.by == "mark" else body
    again = text.text.encode(text.encoding)
    assert body.endswith(again) or body.rstrip(b"\x1a").endswith(again)


@settings(max_examples=100)
@given(st.lists(HANZI, min_size=2, max_size=10))
def test_chinese_is_recognised_in_utf8(words):
    """The same words come out of UTF-8."""
    text = "城市,年份\n" + "\n".join(f"{word},2008" for word in words)
    assert decode(text.encode(), WHERE).text == text


@settings(max_examples=100)
@given(st.lists(HANZI, min_size=2, max_size=10))
def test_chinese_is_recognised_in_gb18030_or_refused(words):
    """The same words come out of GB 18030; where bytes could be of both, the encoding is asked for."""
    text = "城市,年份\n" + "\n".join(f"{word},2008" for word in words)
    data = text.encode("gb18030")
    if any(_is_utf8(one.encode("gb18030")) for word in words for one in word):
        with suppress(DataError):
            assert decode(data, WHERE).text == text
    else:
        assert decode(data, WHERE).text == text


def test_words_that_could_be_damaged_utf8_are_refused():
    """业 in GB 18030 is a Cyrillic letter in UTF-8: nobody can tell, so the encoding is asked for."""
    text = "城市,年份\n" + "业业业业业业业业业业业业,2008\n"
    with pytest.raises(DataError) as caught:
        decode(text.encode("gb18030"), WHERE)
    assert caught.value.code == "encoding.bad_byte"
    assert decode(text.encode("gb18030"), WHERE, encoding="gb18030").text == text


def _is_utf8(data):
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


@settings(max_examples=100)
@given(st.lists(HANZI, min_size=3, max_size=10, unique=True))
def test_text_encoded_twice_is_refused(words):
    """UTF-8 taken for Latin and saved again is not taken at its word."""
    text = "\n".join(words).encode().decode("latin-1").encode()
    with pytest.raises(DataError) as caught:
        decode(text, WHERE)
    assert caught.value.code == "encoding.mojibake"


def test_a_rare_character_of_four_bytes_is_no_obstacle():
    """GB 18030 reaches characters that GBK does not."""
    text = "城市,年份,生产总值\n㐂山,2008,1\n唐山,2008,2\n大同,2008,3\n"
    assert decode(text.encode("gb18030"), WHERE).text == text


def test_western_names_in_utf8_are_left_alone():
    """Accents are no sign of damage."""
    text = "city,year\nMálaga,2008\nCôté d'Ivoire,2008\nKöln,2008\nÅÄÖ,2009\n"
    assert decode(text.encode(), WHERE).text == text


def test_an_encoding_can_be_stated():
    """What is stated is used, and errors of it name the byte."""
    assert decode("臺北".encode("big5"), WHERE, encoding="big5").text == "臺北"
    with pytest.raises(DataError) as wrong:
        decode(b"a,\xff\n", WHERE, encoding="utf-8")
    with pytest.raises(DataError) as unknown:
        decode(b"a", WHERE, encoding="klingon")
    assert (wrong.value.code, unknown.value.code) == ("encoding.bad_byte", "encoding.name")


def test_the_delimiter_is_the_one_that_gives_one_number_of_fields():
    """Commas inside numbers do not win against semicolons between fields."""
    assert find_delimiter("a;b;c\n1,5;2,5;x\n1;2,5;y\n") == ";"
    assert find_delimiter("a\tb\n1,000\t2\n") == "\t"
    assert find_delimiter("one column\nonly\n") == ","
