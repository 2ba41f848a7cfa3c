"""Records of firms and cases, counted by city and year."""

from __future__ import annotations

import importlib
import sys

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from places import ROOT
from xinzhi.prepare import records
from xinzhi.prepare.records import Cities, Counted, FrameRecords, years_in
from xinzhi.prepare.step import match_entities, prepare
from xinzhi.prepare.steps.emerging_firms import EmergingFirms, read_review
from xinzhi_core.errors import DataError, MissingColumn, SpecError
from xinzhi_core.panel.panel import panel_of

YEARS = [2008, 2009, 2010]
INDEX = pd.MultiIndex.from_product([["唐山", "大同"], YEARS], names=["entity", "period"])
PANEL = panel_of(
    pd.DataFrame({"人口": [700.0] * 3 + [300.0] * 3}, index=INDEX), units={"人口": "万人"}
)


def firms(*rows):
    columns = ["id", "date", "closed", "place", "code", "text"]
    return pd.DataFrame(list(rows), columns=columns, dtype=object)


FIRMS = firms(
    ("1", "2008-03-01", None, "唐山市", "3562", "工业机器人研发"),
    ("2", "2009-03-01", "2010-05-01", "河北省唐山市路北区建设路1号", "3562", "机器人 销售"),
    ("3", "2009-07-01", None, "大同", "6510", "软件开发"),
    ("4", "2009-07-01", None, "大同市云冈区", "6510", "餐饮服务"),
    ("5", "2009-07-01", None, "大同市", "6510", None),
    ("6", "2009-07-01", None, "大同市", "5511", "软件开发"),
    ("7", "2009-07-01", None, "北京市", "6510", "软件开发"),
    ("8", "2009-07-01", None, "某地", "6510", "软件开发"),
    ("1", "2009-01-01", None, "唐山市", "3562", "工业机器人研发"),
    ("9", "不详", None, "唐山市", "3562", "机器人"),
    ("10", "2031-01-01", None, "唐山市", "3562", "机器人"),
    ("11", "2009-01-01", None, "唐山市", "3562", "机器人玩具"),
    ("12", "2009-01-01", None, "唐山市", "C35", "机器人"),
    ("13", "2009-05-01", None, "唐山市", "3599", "其他机械"),
)
SOURCES = {
    "firms": FIRMS,
    "codes": pd.DataFrame(
        {
            "class": ["装备", "信息", "装备"],
            "code": ["3562", "6510", "3599"],
            "starred": [0.0, 0.0, 1.0],
        }
    ),
    "terms": {
        "装备": {"include": ["机器人"], "exclude": ["玩具"]},
        "信息": {"include": ["软件"]},
    },
}
EMERGING = {
    "step": "emerging_firms",
    "from": "firms",
    "codes": "codes",
    "terms": "terms",
    "classes": ["装备", "信息"],
}


def values(panel, column="y"):
    return {city: panel.frame.loc[city, column].tolist() for city in ("唐山", "大同")}


def test_new_firms_are_counted_once_at_their_city_and_year():
    """Repeats, unreadable dates, other and unknown places are left out and listed."""
    done = prepare(PANEL, [("y", {"step": "new_firms", "from": "firms"})], sources=SOURCES)
    assert values(done) == {"唐山": [1, 4, 0], "大同": [0, 4, 0]}
    said = " ".join(str(entry.why) for entry in done.ledger.entries)
    for part in (
        "14 records were read",
        "1 record repeats an identifier",
        "1 record has no readable date",
        "1 record is dated after the last period",
        "1 record lies outside the study",
        "1 record has a place that cannot be resolved",
        "北京市 1",
        "某地 1",
    ):
        assert part in said


def test_rates_of_new_firms_count_persons_in_their_unit():
    """7 million persons are 700 万: one firm is 1/700 per ten thousand."""
    step = {"step": "new_firms", "from": "firms", "population": "人口"}
    done = prepare(PANEL, [("y", step)], sources=SOURCES)
    np.testing.assert_allclose(values(done)["唐山"], [1 / 700, 4 / 700, 0])


def test_emerging_firms_are_a_stock_of_decided_firms():
    """Founded by then, not closed by then, listed code, term of the class, no exclusion."""
    done = prepare(PANEL, [("y", EMERGING)], sources=SOURCES)
    assert values(done) == {"唐山": [1, 3, 2], "大同": [0, 1, 1]}
    said = " ".join(str(entry.why) for entry in done.ledger.entries)
    assert "3 firms are undecided" in said
    assert "no industry that can be read" not in said


def test_every_decision_has_its_reason_and_undecided_ones_come_back_from_review():
    """Reasons are counted; a person's verdict on an undecided firm is taken over."""
    step = EmergingFirms.model_validate(
        {"from": "firms", "codes": "codes", "terms": "terms", "classes": ["装备", "信息"]}
    )
    counted, decisions, _ = step.count(PANEL, SOURCES, "y")
    assert counted.total == 14
    assert decisions.reasons == {
        ("装备", "yes", "term: 机器人"): 3,
        ("装备", "no", "exclusion: 玩具"): 1,
        ("装备", "undecided", "starred code, no term"): 1,
        ("信息", "yes", "term: 软件"): 3,
        ("信息", "undecided", "whole code, no term"): 1,
        ("信息", "undecided", "no business scope"): 1,
    }
    review = decisions.to_review()
    assert review["id"].tolist() == ["13", "4", "5"]
    review["verdict"] = ["yes", "no", "yes"]
    done = prepare(PANEL, [("y", {**EMERGING, "review": "r"})], sources={**SOURCES, "r": review})
    assert values(done) == {"唐山": [1, 4, 3], "大同": [0, 2, 2]}
    with pytest.raises(DataError):
        read_review(review.assign(verdict="perhaps"), name="r")


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_the_result_does_not_depend_on_how_the_records_are_cut(size):
    """Batches of one row or of all rows give the same counts and the same ledger."""
    whole = prepare(PANEL, [("y", EMERGING)], sources=SOURCES)
    cut = prepare(
        PANEL, [("y", EMERGING)], sources={**SOURCES, "firms": FrameRecords(FIRMS, size=size)}
    )
    pd.testing.assert_frame_equal(cut.frame, whole.frame)
    assert str(cut.ledger) == str(whole.ledger)


def test_a_firm_older_than_the_study_is_in_its_first_stock_and_one_closed_before_is_not():
    """The stock of 2008 holds what was founded before and still exists."""
    old = firms(
        ("1", "1999-01-01", None, "唐山", "3562", "机器人"),
        ("2", "1999-01-01", "2005-01-01", "唐山", "3562", "机器人"),
        ("3", "1999-01-01", "2008-01-01", "唐山", "3562", "机器人"),
        ("4", "1999-01-01", "2009-01-01", "唐山", "3562", "机器人"),
    )
    done = prepare(PANEL, [("y", EMERGING)], sources={**SOURCES, "firms": old})
    assert values(done)["唐山"] == [2, 1, 1]


CASES = pd.DataFrame(
    [
        ("a1", "2009-01-02", "大同市生态环境局云冈分局", "未批先建 大气污染"),
        ("a1", "2009-01-02", "大同市生态环境局云冈分局", "大气污染"),
        ("a2", "2010年5月", "唐山市环境保护局", "超标排放废水"),
        ("a3", "2010-05-06", "唐山市市场监管局", "虚假广告"),
        ("a4", "2010-05-06", "国家环保局", "废水"),
    ],
    columns=["id", "date", "place", "text"],
    dtype=object,
)


def test_penalty_cases_are_counted_by_authority_and_cause():
    """One number counts once; 2008 lies before the first record and is missing, not 0."""
    sources = {"cases": CASES, "terms": {"include": ["污染", "废水"]}}
    step = {"step": "penalty_cases", "from": "cases", "terms": "terms"}
    done = prepare(PANEL, [("y", step)], sources=sources)
    assert np.isnan(values(done)["唐山"][0])
    assert values(done)["唐山"][1:] == [0, 1]
    assert values(done)["大同"][1:] == [1, 0]
    assert "国家环保局 1" in " ".join(str(e.why) for e in done.ledger.entries)


def test_years_are_read_from_dates_of_all_kinds():
    """Texts, numbers, dates, missing ones."""
    dates = pd.Series(["2008/1/1", "2010年", 20120131.0, pd.Timestamp("2013-05-01"), None, "x"])
    assert years_in(dates).tolist() == [2008, 2010, 2012, 2013, 0, 0]
    assert years_in(pd.to_datetime(pd.Series(["2008-01-01", None]))).tolist() == [2008, 0]


@pytest.mark.parametrize(
    ("date", "year"),
    [
        (41640, 2014),
        (41639, 2013),
        (41640.0, 2014),
        (41640.75, 2014),
        ("41640", 2014),
        ("４１６４０", 2014),
        (22000, 1960),
        (21999, 0),
        (73050, 2099),
        (73051, 0),
        (20131, 0),
        ("5/6/2012", 2012),
        ("31.12.2012", 2012),
        ("06-05-2012 08:30", 2012),
        ("5/6/12", 0),
        ("1/2/20121", 0),
        ("二〇二一年三月四日", 2021),
        ("二○○九年", 2009),
        ("二零一三年十二月", 2013),
        ("２０１２年5月", 2012),
        ("2013.7.1", 2013),
        ("20130601", 2013),
        ("2012年5月6日", 2012),
        ("不详", 0),
    ],
)
def test_each_way_of_writing_a_date_has_its_year_or_none(date, year):
    """Numbers of days of a spreadsheet, the year last, Chinese numerals, full width; else no year."""
    assert years_in(pd.Series([date], dtype=object)).tolist() == [year]


def test_places_are_resolved_through_names_counties_and_former_names():
    """Short and full names, counties, addresses and former names of the year find their city."""
    cities = Cities(("襄阳", "大同"))
    assert [
        cities.find(p, 2008) for p in ("襄樊市", "大同市云冈区生态环境局", "大同", "北京", "？")
    ] == [
        0,
        1,
        1,
        -1,
        -2,
    ]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"firms": FIRMS.drop(columns="closed")}, MissingColumn),
        ({"firms": 3}, SpecError),
        ({"codes": SOURCES["codes"].drop(columns="starred")}, DataError),
        ({"codes": SOURCES["codes"].assign(code=["35", "6510", "3599"])}, DataError),
        ({"codes": SOURCES["codes"].iloc[:1]}, DataError),
        ({"terms": {"装备": {"include": []}}}, SpecError),
        ({"terms": {"装备": {"include": ["a"], "excluded": ["b"]}}}, SpecError),
        ({"terms": ["a"]}, SpecError),
    ],
)
def test_sources_of_another_shape_are_refused(change, error):
    """Missing roles, codes that are not four digits, empty lists: each an error with a remedy."""
    with pytest.raises(error) as caught:
        prepare(PANEL, [("y", EMERGING)], sources={**SOURCES, **change})
    assert all(str(problem.remedy) for problem in caught.value.problems)


@pytest.mark.long
def test_a_registry_of_two_hundred_thousand_is_counted_the_same_in_any_chunking(tmp_path):
    """The file of the benchmark, in batches of three sizes, against counting firm by firm."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        registry = importlib.import_module("registry")
    finally:
        sys.path.pop(0)
    path = tmp_path / "firms.parquet"
    registry.generate(path, 200_000)

    done = [registry.counted(path, size=size) for size in (None, 70_001, 9_973)]

    for other in done[1:]:
        pd.testing.assert_frame_equal(other.frame, done[0].frame)
        assert str(other.ledger) == str(done[0].ledger)
    slow = counted_one_by_one(path, registry)
    assert slow.to_numpy().sum() > 500
    assert done[0].frame["firms"].tolist() == [slow.loc[key] for key in done[0].frame.index]


def counted_one_by_one(path, registry):
    """Stock of each city at the end of each year, a firm at a time in plain Python."""
    years = range(registry.FIRST, registry.LAST + 1)
    stock = pd.DataFrame(0, index=list(registry.CITIES), columns=years)
    seen = set()
    for firm in pq.read_table(path).to_pylist():
        kind, _ = registry.LISTED.get(firm["行业代码"], (None, 0))
        city = firm["地址"].partition("建设路")[0]
        if firm["编号"] in seen or kind is None or city not in stock.index:
            seen.add(firm["编号"])
            continue
        seen.add(firm["编号"])
        terms, text = registry.TERMS[kind], firm["经营范围"]
        if any(t in text for t in terms.get("exclude", [])):
            continue
        if any(t in text for t in terms["include"]):
            end = firm["注销日期"].year if firm["注销日期"] else 9999
            for year in years:
                stock.loc[city, year] += firm["成立日期"].year <= year < end
    return stock


def test_places_are_listed_without_their_streets_and_memory_stays_bounded(monkeypatch):
    """Addresses of one city are one line of the list, and no more lines are kept than allowed."""
    monkeypatch.setattr(records, "REMEMBERED", 2)
    counted = Counted(("唐山",), 2008, 2010)
    places = [f"北京市建设路{i}号" for i in range(50)] + ["某地", None, "别处", "某地"]
    counted.list_places(pd.Series(places, dtype=object))
    assert counted.places == {"北京市": 50, "某地": 2}


@pytest.mark.parametrize(
    ("place", "found"),
    [
        *(("吉林市", 0), ("吉林省吉林市船营区", 0), ("吉林省长春市朝阳区", -1)),
        *(("吉林省", -2), ("吉林", -2), ("朝阳区", -2), ("北京市朝阳区", -1), ("朝阳县", 1)),
    ],
)
def test_a_province_or_a_namesake_is_not_counted_at_the_city(place, found):
    """吉林省 is not 吉林市, 朝阳区 alone is no city: such records are listed as unresolved."""
    assert Cities(("吉林市", "朝阳市")).find(place, 2015) == found


def test_the_row_of_a_province_is_not_that_of_its_city():
    """A table that has 吉林省 has nothing for 吉林市."""
    panel = panel_of(pd.DataFrame({"x": 1.0}, INDEX.set_levels(["吉林市", "大同"], level=0)))
    with pytest.raises(DataError) as caught:
        match_entities(panel, pd.Index(["吉林省", "大同市"]), source="census", step="y")
    assert [p.where.entity for p in caught.value.problems] == ["吉林市"]


def test_only_firms_of_the_study_are_given_to_review():
    """An undecided firm of 北京 is nobody's work here."""
    far = firms(
        ("1", "2009-01-01", None, "北京市", "6510", "餐饮"),
        ("2", "2009-01-01", None, "大同市", "6510", "餐饮"),
    )
    done = prepare(PANEL, [("y", EMERGING)], sources={**SOURCES, "firms": far})
    (entry,) = [entry for entry in done.ledger.entries if entry.records]
    header, *rows = entry.records
    assert header[:3] == ("id", "date", "place")
    assert [row[0] for row in rows] == ["2"]
    assert entry.n == 1
