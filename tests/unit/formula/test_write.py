"""Names of formulas, and how the headings of tables say them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinzhi_core.errors import StudyError
from xinzhi_core.formula.parse import parse
from xinzhi_core.formula.write import in_words, written
from xinzhi_core.wording import Label, say

LABELS = {
    "hee": Label("hee", zh="高素质人才", en="Talent"),
    "r": Label("r", zh="地区", en="Region"),
}


@pytest.mark.parametrize(
    ("text", "name", "en", "zh"),
    [
        ("hee**2", "hee^2", "Talent²", "高素质人才²"),
        ("hee:gdp", "hee × gdp", "Talent × gdp", "高素质人才×gdp"),
        ("lag(hee)", "L1.hee", "Talent (lag 1)", "高素质人才（滞后1期）"),
        ("F2.hee", "F2.hee", "Talent (lead 2)", "高素质人才（超前2期）"),
        ("diff(hee)", "D1.hee", "ΔTalent", "Δ高素质人才"),
        (
            "L1.hee × L1.gdp",
            "L1.hee × L1.gdp",
            "Talent (lag 1) × gdp (lag 1)",
            "高素质人才（滞后1期）×gdp（滞后1期）",
        ),
        ("hee/gdp", "hee / gdp", "Talent / gdp", "高素质人才 / gdp"),
        ("gdp>=2", "gdp >= 2", "gdp ≥ 2", "gdp ≥ 2"),
        ("r=='东部'", "r == '东部'", "Region: 东部", "地区：东部"),
        ("r in ('a','b')", "r in ('a', 'b')", "Region: a, b", "地区：a、b"),
        (
            "hee>1 and gdp<2",
            "hee > 1 and gdp < 2",
            "Talent > 1 and gdp < 2",
            "高素质人才 > 1 且 gdp < 2",
        ),
        (
            "(hee+gdp)*r",
            "(hee + gdp) × r",
            "(Talent + gdp) × Region",
            "（高素质人才 + gdp）×地区",
        ),
        ("ln(hee)", "ln(hee)", "ln(Talent)", "ln(高素质人才)"),
        ("`人口（万人）`^2", "`人口（万人）`^2", "人口（万人）²", "人口（万人）²"),
    ],
)
def test_a_formula_is_named_in_one_way_and_said_as_a_person_would(text, name, en, zh):
    """Equal formulas have equal names; headings speak in labels."""
    tree = parse(text).tree
    words = in_words(tree, lambda column: LABELS.get(column, column))

    assert (written(tree), say(words, "en"), say(words, "zh")) == (name, en, zh)


@settings(max_examples=300)
@given(st.text(alphabet="xy L1.F2.D()+-*/^:<>=! andornot0'`", max_size=30))
def test_a_name_is_read_as_the_formula_that_it_names(text):
    """Writing and reading again changes nothing."""
    try:
        tree = parse(text).tree
    except StudyError:
        return
    assert written(parse(written(tree)).tree) == written(tree)
