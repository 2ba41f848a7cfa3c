"""Names that do not belong among the entities: remainders, other levels, unknown names, judged alike at every door."""

from __future__ import annotations

import pandas as pd
import pytest

import xinzhi as xz
from xinzhi.study.gather.sources import read_sources
from xinzhi.study.schema.study import StudySpec
from xinzhi_panel.io.files import Files
from xinzhi_panel.places.divisions import _by_name, divisions
from xinzhi_panel.places.strangers import is_residual, judge, read_judged

CITIES = ("大同", "唐山", "包头", "邯郸", "阳泉", "石家庄", "太原", "晋城", "朔州", "忻州")
RESIDUALS = (
    *(
        "其他",
        "其它",
        "其余",
        "其他地区",
        "其他城市",
        "省直辖县级行政区划",
        "湖北省直辖县级行政区划",
    ),
    *(
        "自治区直辖县级行政区划",
        "省直管县",
        "省本级",
        "市本级",
        "不分地区",
        "未分配",
        "未分摊",
        "未列明",
    ),
    *(
        "新疆生产建设兵团",
        "生产建设兵团",
        "兵团",
        "广东省其他",
        "其他（含兵团）",
        "429000",
        "659000",
    ),
    *(
        "Other",
        "Others",
        "other cities",
        "Unallocated",
        "Rest of Hebei",
        "Rest of the world",
        "not stated",
    ),
    *("Not specified", "Unspecified", "Unknown", "Areas, nes", "Extra-Regio NUTS 2", "XPCC"),
)


@pytest.mark.parametrize("name", RESIDUALS)
def test_a_remainder_is_known_by_its_name(name):
    """In both languages, with or without the province, and by its code."""
    assert is_residual(name)


def test_no_place_is_a_remainder():
    """No division of China, no country, by name or code."""
    assert [d.name for d in divisions() if is_residual(d.name) or is_residual(d.code)] == []
    assert [name for name in _by_name() if is_residual(name)] == []


@pytest.mark.parametrize(
    "name", ["直辖市", "Otherton", "Mother", "Rest", "其他人", "兵", "4290", ""]
)
def test_names_that_begin_alike_are_no_remainders(name):
    """The whole name counts."""
    assert not is_residual(name)


@pytest.mark.parametrize(
    ("names", "register", "kinds"),
    [
        ((*CITIES, "其他"), "china_cities", {"其他": "residual"}),
        ((*CITIES, "河北省"), "china_cities", {"河北省": "level"}),
        ((*CITIES, "昆山市", "大同县"), "china_cities", {"昆山市": "level", "大同县": "level"}),
        ((*CITIES, "乌有乡"), "china_cities", {"乌有乡": "unknown"}),
        (("130200", "140200", "130100", "429000"), "china_cities", {"429000": "residual"}),
        (
            ("河北", "山西", "北京", "天津", "辽宁", "兵团", "深圳市"),
            "china_provinces",
            {"兵团": "residual", "深圳市": "level"},
        ),
        (
            (
                "Germany",
                "France",
                "Italy",
                "Japan",
                "Spain",
                "High income",
                "World",
                "Rest of world",
            ),
            None,
            {},
        ),
        (
            (
                *("Germany", "France", "Italy", "Japan", "Spain", "Canada", "Mexico"),
                "High income",
                "Other",
            ),
            "countries",
            {"High income": "level", "Other": "residual"},
        ),
    ],
)
def test_each_other_name_is_given_its_kind(names, register, kinds):
    """Where about nine in ten are in one register; where many are of another level, nothing is said."""
    judged = judge(names)

    assert (judged.register if judged else None) == register
    assert {s.name: s.kind for s in (judged.strangers if judged else ())} == kinds


@pytest.mark.parametrize(
    "names",
    [
        ("Acme", "Globex", "Initech", "Other"),
        tuple(str(i) for i in range(1, 60)),
        ("大同", "唐山", "X", "Y"),
        ("制造业", "采矿业", "其他"),
        ("大同", "其他"),
        (),
    ],
)
def test_names_of_no_register_are_not_judged(names):
    """Firms, numbers and industries have others of their own."""
    assert judge(names) is None


def write(folder, names):
    """Write a table of places."""
    lines = ["城市,年份,地区生产总值,从业人员"]
    for place, name in enumerate(names):
        lines += [
            f"{name},{year},{300 + 37.3 * place + 11.1 * (year % 7) + 0.7 * place * (year % 3):.2f},"
            f"{20 + 1.7 * place + 0.31 * (year % 5) + 0.013 * place * year:.3f}"
            for year in (2015, 2016, 2017)
        ]
    (folder / "a.csv").write_text("\n".join(lines), encoding="utf-8")


def study(**read):
    """Write the part of a study that reads the table."""
    source = {"file": "a.csv", "entity": "城市", "period": "年份", "read": read}
    return StudySpec.model_validate(
        {"title": "t", "sources": {"data": source}, "panel": {"from": "data"}}
    )


SAID = {
    "names.residual": (
        "2 names are not cities of China but what remains of them, or what was given to none: 兵团, 其他.",
        (
            "leave them out: `leave_out: [兵团, 其他]` under `read` of the source. A remainder is not a unit that can "
            "be compared with the others."
        ),
    ),
    "names.level": (
        "1 name is a place of another level than the cities of China beside it: 昆山市.",
        "study one level only: `leave_out: [昆山市]` under `read` of the source.",
    ),
    "names.unknown": (
        "1 name is not known as one of the cities of China and stays as it is written: 唐三.",
        (
            "if one is misspelt, state under `spellings` which place is meant; if one is not an entity, leave it out: "
            "`leave_out: [唐三]` under `read` of the source."
        ),
    ),
}


def told(warnings):
    """Give the sentences about strangers."""
    return {w.code: (str(w.what), str(w.remedy)) for w in warnings if w.code in SAID}


def test_a_file_and_a_study_say_the_same(tmp_path):
    """To the word."""
    write(tmp_path, (*CITIES, "其他", "兵团", "昆山市", "唐三"))

    alone = read_judged(tmp_path / "a.csv", entity="城市", period="年份")
    with Files(tmp_path) as files:
        gathered = read_sources(study(), files)

    assert told(alone.warnings) == SAID
    assert {code: said for code, (said, _) in told(gathered.warnings).items()} == {
        code: said for code, (said, _) in SAID.items()
    }


def test_a_study_that_leaves_them_out_says_nothing_of_them_but_in_its_log(tmp_path):
    """Each with its rows."""
    write(tmp_path, (*CITIES, "其他", "昆山市"))

    with Files(tmp_path) as files:
        reading = read_sources(study(leave_out=["其他", "昆山市"]), files)

    assert told(reading.warnings) == {}
    assert reading.panel.n_entities == len(CITIES)
    log = [(str(d.what), d.count) for d in reading.decisions if d.code == "names.left_out"]
    assert log == [
        ("其他 is left out, as stated: rows 32, 33, 34.", 3),
        ("昆山市 is left out, as stated: rows 35, 36, 37.", 3),
    ]


def test_a_study_that_leaves_out_what_is_not_there_is_refused(tmp_path):
    """With the place of the line and the nearest name."""
    write(tmp_path, (*CITIES, "其他"))

    with Files(tmp_path) as files, pytest.raises(Exception, match="No row of the data") as caught:
        read_sources(study(leave_out=["其它"]), files)

    assert caught.value.code == "names.no_effect"
    assert caught.value.problems[0].where.key == "sources.data.read.leave_out"


def test_what_is_accepted_is_not_said(tmp_path):
    """A study of a remainder may be meant."""
    write(tmp_path, (*CITIES, "其他"))

    with Files(tmp_path) as files:
        reading = read_sources(study(accept=["names.residual"]), files)

    assert told(reading.warnings) == {}


def test_a_level_that_the_reader_named_is_not_named_twice(tmp_path):
    """A province among cities has a warning of its own."""
    write(tmp_path, (*CITIES, "河北省", "大同县"))

    result = read_judged(tmp_path / "a.csv", entity="城市", period="年份")

    codes = [
        w.code for w in result.warnings if w.code in {*SAID, "panel.mixed_level", "names.county"}
    ]
    assert sorted(codes) == ["names.county", "panel.mixed_level"]


@pytest.mark.parametrize(
    ("names", "register", "stays"),
    [
        (("襄樊", "襄阳"), "china_cities", False),
        (("襄樊", "襄阳"), "text", True),
        (("130300", "秦皇岛"), "china_cities", False),
        (("130300", "秦皇岛"), "text", True),
    ],
)
def test_a_study_that_joined_two_names_does_not_say_that_they_are_apart(
    names, register, stays, tmp_path
):
    """What one file says of its names holds only as long as they are two."""
    old, new = names
    lines = ["城市,年份,地区生产总值"]
    lines += [
        f"{city},{year},{300 + 7.1 * n + year % 9}"
        for n, city in enumerate(CITIES)
        for year in (2009, 2010, 2011)
    ]
    lines += [f"{old},2009,41.5", f"{new},2010,43.5", f"{new},2011,44.5"]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    source = {"file": "a.csv", "entity": "城市", "period": "年份", "names": register}
    spec = StudySpec.model_validate(
        {"title": "t", "sources": {"data": source}, "panel": {"from": "data"}}
    )

    with Files(tmp_path) as files:
        reading = read_sources(spec, files)

    codes = {w.code for w in reading.warnings}
    assert bool(codes & {"panel.renamed_city", "panel.code_among_names"}) is stays
    assert reading.panel.n_entities == len(CITIES) + (2 if stays else 1)


def test_scores_of_a_frame_say_that_a_remainder_is_among_them():
    """Python is a door, too; names that no register knows have no remainders."""
    names = [*CITIES, "其他"]
    frame = pd.DataFrame({"labour": range(1, 12), "gdp": range(2, 13)}, index=names, dtype=float)
    roles = {"inputs": "labour", "good_outputs": "gdp", "measure": "radial"}

    notices = xz.evaluate(frame, **roles).notices
    others = xz.evaluate(
        frame.set_axis([f"firm {n}" for n in range(10)] + ["Other"]), **roles
    ).notices

    assert [(n.code, str(n.text)) for n in notices if n.code.startswith("names.")] == [
        (
            "names.residual",
            "1 name is not one of the cities of China but what remains of them, or what was given to none: 其他.",
        )
    ]
    assert [n.code for n in others if n.code.startswith("names.")] == []
