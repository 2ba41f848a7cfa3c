"""What is said of names of places: whole sentences with what to do, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from told import printed
from xinzhi_core.wording import Language, say
from xinzhi_panel.places.names import Register, Unidentified, identify, match_all
from xinzhi_panel.places.places import Matched
from xinzhi_panel.places.reading import resolve_place

Sentences = Callable[[Language], list[str]]


def column(*names: str, year: int | None = None, province: str | None = None) -> Sentences:
    """Match a column of names; its problems as they are printed, and its notices with their places."""
    report = match_all(names, years=[year] * len(names), provinces=[province] * len(names))
    return lambda language: [
        *printed(report.problems(), language),
        *(
            f"{say(one.text, language)} [{one.where.in_words(language)}]"
            for one in report.notices()
        ),
    ]


def register(name: str, of: Register) -> Sentences:
    """Look a name up in a register that holds it not at all, or more than once."""
    (found,) = identify([(name, None, None)], of).found.values()
    assert isinstance(found, Unidentified)
    return lambda language: [f"{say(found.why, language)} {', '.join(found.candidates)}"]


def office(text: str, year: int | None = None) -> Sentences:
    """Read the name of an authority: why it is no place, or what is to be known of the place."""
    found = resolve_place(text, year=year)
    notes: Sequence = found.notes if isinstance(found, Matched) else [found.why]
    return lambda language: [say(note, language) for note in notes]


CASES: dict[str, tuple[Sentences, str, str]] = {
    "a province that is none": (
        column("大同", province="阿勒坦"),
        ("Unknown province '阿勒坦'.\n  remedy: check the name."),
        ("没有名为“阿勒坦”的省级行政区。\n  办法：请核对名称。"),
    ),
    "a place of another province": (
        column("大同", province="河北"),
        ("'大同' does not lie in 河北省.\n  remedy: did you mean 大同市 (山西省, 140200)?"),
        ("“大同”不在河北省。\n  办法：是否指 大同市 (山西省, 140200)？"),
    ),
    "a place behind another province": (
        column("河北大同市"),
        ("'大同市' does not lie in 河北省.\n  remedy: did you mean 大同市 (山西省, 140200)?"),
        ("“大同市”不在河北省。\n  办法：是否指 大同市 (山西省, 140200)？"),
    ),
    "a province and its city": (
        column("吉林"),
        (
            "'吉林' is both a province and a place of prefecture level.\n"
            "  remedy: write the full name with its province, or give the year: 吉林市 (吉林省, 220200), 吉林省 (220000)."
        ),
        (
            "“吉林”既是省级行政区，又是地级行政区的名称。\n"
            "  办法：请写出带省份的全称，或给出年份：吉林市 (吉林省, 220200), 吉林省 (220000)。"
        ),
    ),
    "a city among cities": (
        column("大同", "吉林", "伊春"),
        "'吉林' was taken for 吉林市: the list holds no province and other places of its level. [吉林]",
        "“吉林”按吉林市处理：名单中没有省级行政区，且有其他地级行政区。 [吉林]",
    ),
    "a code that was another's": (
        column("469025", year=2005),
        (
            "469025 belonged to another place before 2007.\n"
            "  remedy: check the code, or write the name of the place."
        ),
        ("2007 年以前代码 469025 属于另一地方。\n  办法：请核对代码，或写出地名。"),
    ),
    "a place that became a city": (
        column("毕节地区", year=2005),
        "毕节地区 (522400) became 毕节市 (520500) in 2011. [毕节地区, 2005]",
        "毕节地区（522400）于 2011 年改设毕节市（520500）。 [毕节地区，2005]",
    ),
    "a place after its end": (
        column("莱芜市", year=2020),
        (
            "莱芜市 was abolished and merged into 济南市 (2019-01).\n"
            "  remedy: leave out the rows of later years, or name the place that they are about: 济南市 (山东省, 370100)."
        ),
        (
            "莱芜市撤销，并入济南市（2019-01）。\n"
            "  办法：请剔除其后年份的行，或写明这些行所指的地方：济南市 (山东省, 370100)。"
        ),
    ),
    "a place after its division": (
        column("巢湖市", year=2012),
        (
            "巢湖市 was abolished and divided among 合肥市、芜湖市、马鞍山市 (2011).\n"
            "  remedy: leave out the rows of later years, or name the place that they are about: 合肥市 (安徽省, 340100), 芜湖市 (安徽省, 340200), 马鞍山市 (安徽省, 340500)."
        ),
        (
            "巢湖市撤销，辖区分别划归合肥市、芜湖市、马鞍山市（2011）。\n"
            "  办法：请剔除其后年份的行，或写明这些行所指的地方：合肥市 (安徽省, 340100), 芜湖市 (安徽省, 340200), 马鞍山市 (安徽省, 340500)。"
        ),
    ),
    "two countries of one name": (
        register("刚果", "countries"),
        "'刚果' can mean 2 countries. Congo, Dem. Rep. 刚果（金） (COD), Congo, Rep. 刚果（布） (COG)",
        "“刚果”可能指 2 个国家。 Congo, Dem. Rep. 刚果（金） (COD), Congo, Rep. 刚果（布） (COG)",
    ),
    "a slip in a country": (
        register("Frnace", "countries"),
        "'Frnace' is not a known country. France",
        "“Frnace”不是已知的国家或地区名称。 France",
    ),
    "a county of another place": (
        office("大同市丰润区环保局"),
        "'大同市丰润区环保局': 丰润区 does not lie in 大同市.",
        "“大同市丰润区环保局”：丰润区不在大同市境内。",
    ),
    "a county before its name": (
        office("大同市云冈区环保局", 2010),
        "云冈区 (140214) was not in the list of 2010 under this name.",
        "2010 年的行政区划名录中没有以此名称列出的云冈区（140214）。",
    ),
    "a word for a county": (
        office("城区环保局"),
        "'城区环保局' names no city: 城区 is a word of the language as well as a name.",
        "“城区环保局”未指明城市：“城区”既是地名，也是普通词语。",
    ),
    "a province alone": (
        office("山西省环保厅"),
        "'山西省环保厅' names the province only.",
        "“山西省环保厅”只写明省级行政区。",
    ),
    "an office of another province": (
        office("山西唐山市环保局"),
        "'唐山市' does not lie in 山西省.",
        "“唐山市”不在山西省。",
    ),
}
"""What the name is -> what says it, and the sentence in English and Chinese."""


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_with_a_name_is_said_in_both_languages(name):
    """The sentence names the place, and the remedy is one that helps here."""
    says, english, chinese = CASES[name]
    assert english in says("en")
    assert chinese in says("zh")
