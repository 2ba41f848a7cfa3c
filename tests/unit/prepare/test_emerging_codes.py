"""Tables of codes of strategic emerging industries: read, held against the classification, refused."""

from __future__ import annotations

import pandas as pd
import pytest

from xinzhi.prepare.emerging_classes import classification
from xinzhi.prepare.emerging_codes import CodeTable, terms_of
from xinzhi.prepare.records import FrameRecords
from xinzhi.prepare.step import prepare
from xinzhi_core.errors import DataError, SpecError
from xinzhi_core.panel.panel import panel_of
from xinzhi_core.wording import say


def table_of(rows, columns=("class", "code", "starred")):
    return pd.DataFrame(rows, columns=list(columns), dtype=str)


def read(rows, chosen=("a",), columns=("class", "code", "starred")):
    return CodeTable.of(table_of(rows, columns), tuple(chosen), name="codes.csv")


def problems_of(call):
    with pytest.raises((DataError, SpecError)) as caught:
        call()
    return caught.value.problems


def test_the_classification_has_the_classes_and_groups_that_its_order_states():
    assert len(classification()) == 9
    assert sum(len(found.groups) for found in classification().values()) == 40
    for number, found in enumerate(classification().values(), start=1):
        assert [group.split(".") for group in found.groups] == [
            [str(number), str(i)] for i in range(1, len(found.groups) + 1)
        ]


def test_a_class_is_found_by_its_official_name_or_its_key():
    rows = [("新能源汽车产业", "3612", "0"), ("新材料", "2651", "1")]
    found = read(rows, ("new_energy_vehicles", "新材料产业"))
    assert found.classes == {
        "new_energy_vehicles": {"3612": False},
        "新材料产业": {"2651": True},
    }


def test_a_code_that_two_classes_list_counts_for_both():
    found = read([("a", "3562", "0"), ("b", "3562", "1")], ("a", "b"))
    assert found.classes == {"a": {"3562": False}, "b": {"3562": True}}


def test_what_belongs_wholly_to_one_group_belongs_wholly_to_the_class():
    rows = [("a", "3562", "1"), ("a", "3562", "0"), ("a", "3963", "1"), ("a", "3963", "1")]
    assert read(rows).classes == {"a": {"3562": False, "3963": True}}


def test_a_star_behind_the_code_is_a_star():
    assert read([("a", "C3562*", "")]).classes == {"a": {"3562": True}}


@pytest.mark.parametrize(
    ("rows", "chosen", "words", "row"),
    [
        ([("a", "356", "0")], ("a",), "'356' is not an industry of four digits", 2),
        ([("a", "3562", "0"), ("a", "9811", "0")], ("a",), "'9811' is not an industry", 3),
        ([("a", "3562", "maybe")], ("a",), "'maybe' is neither 0 nor 1", 2),
        ([("装备", "3562", "0")], ("装配",), "has no class '装配'", None),
    ],
)
def test_each_wrong_row_is_named(rows, chosen, words, row):
    (problem,) = problems_of(lambda: read(rows, chosen))
    assert words in str(problem.what)
    assert problem.where.row == row
    assert problem.code == "prepare.codes"


def test_a_class_that_is_nearly_right_is_answered_with_the_nearest():
    (problem,) = problems_of(
        lambda: read([("high_end_equipment", "3562", "0")], ("high_end_equip",))
    )
    assert "high_end_equipment" in str(problem.remedy)


def test_a_table_without_groups_cannot_be_held_against_the_classification():
    (gap,) = read([("高端装备制造产业", "3491", "0")], ("高端装备制造产业",)).gaps()
    assert "no column `group`" in str(gap)
    assert "the 5 groups" in str(gap)
    assert "高端装备制造产业" in say(gap, "zh")


def test_groups_without_a_code_are_named():
    columns = ("class", "code", "starred", "group")
    rows = [
        ("high_end_equipment", "3491", "0", "2.1.1"),
        ("high_end_equipment", "3741", "0", "2.2"),
        ("high_end_equipment", "3714", "0", "2.4"),
    ]
    (gap,) = read(rows, ("high_end_equipment",), columns).gaps()
    assert "2.3 卫星及应用产业, 2.5 海洋工程装备产业" in str(gap)
    assert "of the 5 groups of High-end equipment, 2 have no code" in str(gap)


def test_a_class_of_ones_own_is_not_held_against_the_classification():
    assert list(read([("mine", "3491", "0")], ("mine",)).gaps()) == []


def test_a_class_without_terms_is_refused_with_the_nearest():
    sources = {"terms": {"新能源汽车产业": {"include": ["动力电池"]}}}
    found = terms_of(sources, "terms", ("new_energy_vehicles",), step="s")
    assert found["new_energy_vehicles"].include == ("动力电池",)
    (problem,) = problems_of(lambda: terms_of(sources, "terms", ("新能源产业",), step="s"))
    assert "no terms of the class '新能源产业'" in str(problem.what)


def test_one_list_of_terms_is_that_of_every_class():
    found = terms_of({"terms": {"include": ["电池"]}}, "terms", ("a", "b"), step="s")
    assert found["a"] == found["b"]
    assert found["a"].include == ("电池",)


def test_a_firm_of_two_classes_counts_once_and_is_reviewed_only_if_neither_decides():
    firms = pd.DataFrame(
        {
            "id": ["1", "2", "3"],
            "date": ["2020-01-01"] * 3,
            "closed": [None] * 3,
            "place": ["唐山市"] * 3,
            "code": ["3562"] * 3,
            "text": ["光刻机", "机床 光刻机", "餐饮"],
        }
    )
    sources = {
        "firms": FrameRecords(firms),
        "codes": table_of([("a", "3562", "0"), ("b", "3562", "0")]),
        "terms": {"a": {"include": ["机床"]}, "b": {"include": ["光刻机"]}},
    }
    index = pd.MultiIndex.from_product([["唐山市"], [2020, 2021]], names=["entity", "period"])
    panel = panel_of(pd.DataFrame({"x": [1.0, 1.0]}, index=index))
    asked = {"step": "emerging_firms", "from": "firms", "codes": "codes", "terms": "terms"}
    made = prepare(panel, [("see", {**asked, "classes": ["a", "b"]})], sources=sources)
    assert made.frame["see"].tolist() == [2.0, 2.0]
    (review,) = [entry.records for entry in made.ledger.entries if entry.records]
    assert [row[0] for row in review[1:]] == ["3"]
