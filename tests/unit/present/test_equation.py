"""Equations: one tree, and the same symbols in each format."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from xinzhi.present.equation.tree import (
    Fenced,
    Fraction,
    Lines,
    NumberNode,
    Operator,
    Sum,
    Symbol,
    WordsNode,
    broken,
    letter,
    marked,
    mathml,
    omml,
    row,
    sum_of,
    tex,
    width,
)
from xinzhi_core.wording import Label

TREE = Lines(
    (
        row(
            Operator("min"),
            Fraction(row(NumberNode("1"), "+", letter("ρ", "o", "*")), Fenced(Symbol("HEE_1"))),
            "≤",
            Sum(letter("λ", "j"), row(Symbol("j"), "=", NumberNode("1")), Symbol("n")),
        ),
        row(
            WordsNode(Label("s.t.", zh="约束")),
            Symbol("x"),
            marked(Symbol("绿色"), "i,t−1"),
            "×",
            Sum(letter("z", "", "−"), Symbol("k")),
        ),
    ),
    is_flush=True,
)


def texts(xml: str) -> str:
    """The letters of an XML text in the order of reading."""
    return "".join("".join(ET.fromstring(xml).itertext()).split())  # noqa: S314 - our own


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_formats_say_the_same(language):
    """Both XML formats hold the same letters; the sign of summation is an attribute in Word."""
    page, word = mathml(TREE, language, is_block=True), omml(TREE, language)
    said = "约束" if language == "zh" else "s.t."

    assert said in texts(page)
    assert sorted(texts(page).translate(str.maketrans("", "", "∑()"))) == sorted(texts(word))
    assert word.count('m:val="∑"') == page.count("∑") == tex(TREE, language).count(r"\sum") == 2


def test_tex():
    """TeX of a program: fractions, limits, names in upright letters, words beyond Latin as text."""
    assert tex(TREE, "en") == (
        "\\begin{aligned}\n"
        r"& \min \frac{1+ \rho_{o}^{*}}{\left(\mathrm{HEE\_1}\right)} \leq "
        r"\sum_{j=1}^{n} \lambda_{j} \\"
        "\n"
        r"& \text{s.t.} x \text{绿色}_{i,t-1} \times \sum_{k} z^{-}"
        "\n\\end{aligned}"
    )


def test_names_of_users_are_letters_only():
    """A name with signs of a markup language is shown and read as nothing else."""
    hostile = row(Symbol(r"a<b>&\input{x}$%_^~"), WordsNode(r"}<i>\def"))

    assert texts(mathml(hostile, "en")) == texts(omml(hostile, "en"))
    assert not re.search(r"(?<!\\)[$&#%~]|\\(?:input|def)", tex(hostile, "en"))


def test_long_sums_are_broken():
    """Each line fits, and every term stands once, with a sign before all but the first."""
    terms = [row(letter("β", str(at)), marked(Symbol("NAME"), "it")) for at in range(1, 10)]
    found = broken(row(Symbol("y"), "="), terms, widest=40)

    assert isinstance(found, Lines)
    assert all(width(line) <= 40 for line in found.parts)
    assert tex(found, "en").count("+") == 8
    assert tex(sum_of(terms), "en") in tex(broken(Symbol("y"), terms, widest=999), "en")
