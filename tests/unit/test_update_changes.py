"""What differs between two deliveries of a source and between two runs, to the word and the number."""

from __future__ import annotations

import math
import re

import pandas as pd
import pytest

from xinzhi.report.run_changes import (
    KEYS,
    PARTS,
    VALUES,
    RunSnapshot,
    compare_runs,
    count_changes,
    verdicts_in,
)
from xinzhi.report.what_changed import WhatChanged, changes_in_words, data_frame, files_of_changes
from xinzhi.study.update.difference import SourceContent, difference_between, differences_in_words
from xinzhi.study.update.exchange import begin, last_exchange
from xinzhi_core.errors import ReportError
from xinzhi_core.wording import Label, say


def content(rows, columns, units=None):
    index = pd.MultiIndex.from_tuples([row[:2] for row in rows], names=["entity", "period"])
    frame = pd.DataFrame([row[2:] for row in rows], index=index, columns=columns)
    return SourceContent(frame, len(rows), units or {})


OLD = content(
    [("A", 1, 1.0, "p"), ("A", 2, 2.0, "q"), ("B", 1, 10.0, "r")], ["x", "t"], {"x": "亿元"}
)
NEW = content(
    [("A", 1, 1.0, "p"), ("A", 2, math.nan, "s"), ("C", 1, 3.0, "r")], ["x", "t"], {"x": "万元"}
)


def test_cells_rows_and_units_are_told_apart():
    """A cell that became empty differs; a row of another key is gone or new; a unit is named."""
    found = difference_between("d", OLD, NEW)
    assert found.cells[["entity", "period", "column"]].to_numpy().tolist() == [
        ["A", "2", "x"],
        ["A", "2", "t"],
    ]
    assert (found.rows_gone, found.rows_come) == ((("B", "1"),), (("C", "1"),))
    assert [str(line) for line in differences_in_words(found)] == [
        "Source 'd': 3 rows before, 3 now.",
        "2 cells differ; the largest: A 2 x 2 → —, A 2 t q → s.",
        "1 row is new: C 1.",
        "1 row is gone: B 1.",
        "The unit of 'x' was 亿元 and is 万元.",
    ]
    assert next(say(line, "zh") for line in differences_in_words(found)) == (
        "数据来源“d”：以前3行，现在3行。"
    )
    assert not found.is_empty
    assert not found.loses_most
    assert data_frame([found])["what"].tolist() == ["cell", "cell", "row gone", "new row", "unit"]


def test_columns_come_and_go():
    """Columns of one file alone are named, and their cells are not counted."""
    found = difference_between("d", OLD, content([("A", 1, 1.0, 5.0)], ["x", "new"]))
    assert (found.columns_gone, found.columns_come) == (("t",), ("new",))
    words = [str(line) for line in differences_in_words(found)]
    assert words[-3:] == [
        "1 column is new: new.",
        "1 column is gone: t.",
        "The unit of 'x' was 亿元 and is not given.",
    ]
    assert found.loses_most


@pytest.mark.parametrize(("n", "loses"), [(2, False), (1, True)])
def test_half_of_the_rows_may_go_and_more_may_not(n, loses):
    """Of four rows two may be gone, three are most of them."""
    old = content([(city, 1, 1.0) for city in "ABCD"], ["x"])
    new = content([(city, 1, 1.0) for city in "ABCD"[:n]], ["x"])
    assert difference_between("d", old, new).loses_most is loses


def test_the_same_content_differs_in_nothing():
    """Empty cells are alike."""
    found = difference_between("d", NEW, NEW)
    assert found.is_empty
    words = [str(line) for line in differences_in_words(found)]
    assert words == ["Source 'd': every figure is as before."]


def test_the_largest_relative_change_comes_first():
    """1 → 2 doubles, 100 → 150 does not; what was zero has no relative size and stands above."""
    old = content([("A", 1, 100.0), ("B", 1, 1.0), ("C", 1, 0.0)], ["x"])
    new = content([("A", 1, 150.0), ("B", 1, 2.0), ("C", 1, 1.0)], ["x"])
    cells = difference_between("d", old, new).cells
    assert cells["entity"].tolist() == ["C", "B", "A"]
    assert cells["change"].tolist() == [1.0, 1.0, 50.0]


def run_of(**rows):
    frames = {
        part: pd.DataFrame(rows.get(part, []), columns=[*KEYS[part], *VALUES[part]])
        for part in PARTS
    }
    return RunSnapshot(frames, {})


BEFORE = run_of(
    scores=[("e", "A", "1", 0.5, "certified"), ("e", "B", "1", 0.25, "certified")],
    coefficients=[
        ("base", "1", "x", 2e-10, 1.0, 0.04, "**", 9),
        ("base", "1", "z", 1, 1, 1, "", 9),
    ],
    verdicts=[("empowerment", "x", "verdict", "works")],
    pathways=[("p", "A", "supported")],
)
AFTER = run_of(
    scores=[("e", "A", "1", 0.5 + 5e-10, "certified"), ("e", "C", "1", 0.3, "certified")],
    coefficients=[("base", "1", "x", -2e-10, 1.0, 0.2, "", 9), ("base", "1", "z", 1, 1, 1, "", 9)],
    verdicts=[("empowerment", "x", "verdict", "null")],
    pathways=[("p", "A", "supported")],
)


def test_runs_are_compared_part_by_part():
    """Scores within the precision of the programs are alike, tiny coefficients that turn are not."""
    changes = compare_runs(BEFORE, AFTER)
    assert changes["scores"]["entity"].tolist() == ["B", "C"]
    assert changes["coefficients"]["variable"].tolist() == ["x"]
    assert changes["coefficients"]["change"].tolist() == [-4e-10]
    verdict = changes["verdicts"].iloc[0]
    assert (verdict["verdict_before"], verdict["verdict_after"]) == ("works", "null")
    assert changes["pathways"].empty
    counts = count_changes(BEFORE, AFTER, changes)
    assert counts["scores"] == (0, 1, 1, 1)
    changed = WhatChanged("t", simulated=False, sources=(), runs=changes, titles={}, counts=counts)
    assert [str(line) for line in changes_in_words(changed)] == [
        "Efficiency scores: 0 of 1 changed; 1 new, 1 gone.",
        "Coefficients: 1 of 2 changed.",
        "Verdicts: 1 of 1 changed.",
        "Pathways: 0 of 1 changed.",
        "Coefficients with another sign: 1; with other stars: 1.",
    ]


def test_verdicts_are_found_with_the_names_above_them():
    """Whatever analysis gave them: the words are those of results.json."""
    machine = {
        "empowerment": [
            {"factor": "x", "grouping": "g", "group": "a", "verdict": "null", "in_force": "works"}
        ],
        "paths": {"first": {"verdict": "positive", "b": 1.0}},
    }
    assert list(verdicts_in(machine)) == [
        ("x / g / a", "verdict", "null"),
        ("x / g / a", "in_force", "works"),
        ("paths / first", "verdict", "positive"),
    ]


def test_files_of_one_name_are_kept_apart_and_a_changed_one_is_not_lost(tmp_path):
    """Undo puts each back; a file that was edited since lies beside under another name."""
    for folder in "ab":
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.csv").write_text(folder, encoding="utf-8")
    contents = {"a/x.csv": b"1", "b/x.csv": None}
    exchange = begin(tmp_path, contents).put(contents).noted("done")
    assert [change.kept for change in exchange.changes] == ["x.csv", "x-2.csv"]
    assert not (tmp_path / "b/x.csv").exists()
    (tmp_path / "a/x.csv").write_text("mine", encoding="utf-8")
    _, aside = exchange.undo()
    assert [path.read_text(encoding="utf-8") for path in aside] == ["mine"]
    assert [(tmp_path / f / "x.csv").read_text(encoding="utf-8") for f in "ab"] == ["a", "b"]
    assert last_exchange(tmp_path) is None


def test_a_kept_file_that_was_damaged_is_not_put_back(tmp_path):
    """Nothing is replaced by something that it was not; a damaged record says where the files are."""
    (tmp_path / "x.csv").write_text("old", encoding="utf-8")
    exchange = begin(tmp_path, {"x.csv": b"new"}).put({"x.csv": b"new"})
    (exchange.folder / "before/x.csv").write_text("other", encoding="utf-8")
    with pytest.raises(ReportError, match=r"'x.csv' is not what it was when it was kept"):
        exchange.undo()
    assert (tmp_path / "x.csv").read_text(encoding="utf-8") == "new"
    (exchange.folder / "update.json").write_text("{", encoding="utf-8")
    with pytest.raises(ReportError, match=r"'update.json' is damaged") as error:
        last_exchange(tmp_path)
    assert str(exchange.folder / "before") in str(error.value.problems[0].remedy)


def test_cells_of_the_page_are_those_of_the_two_runs():
    """Before stands under before and now under now, statuses and verdicts in words of the language."""
    before = run_of(
        scores=[("e", "A", "1", 0.5, "certified")],
        ranks=[("e", "A", 2)],
        verdicts=[("empowerment", "x", "verdict", "works")],
        pathways=[("p", "A", "supported")],
    )
    after = run_of(
        scores=[("e", "A", "1", 0.75, "infeasible")],
        ranks=[("e", "A", 1)],
        verdicts=[("empowerment", "x", "verdict", "null")],
        pathways=[("p", "A", "untested")],
    )
    runs = compare_runs(before, after)
    counts = count_changes(before, after, runs)
    changed = WhatChanged("t", simulated=False, sources=(), runs=runs, titles={}, counts=counts)
    for language, words in (
        ("zh", ("已证明", "无可行解", "正相关", "不显著", "有证据支持", "未估计")),
        (
            "en",
            (
                "certified",
                "infeasible",
                "positive association",
                "not statistically significant",
                "supported",
                "not estimated",
            ),
        ),
    ):
        page = files_of_changes(changed, (language,), 3)["what_changed.html"].decode("utf-8")
        rows = [
            [
                re.sub(r"<[^>]*>", "", cell)
                for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
            ]
            for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL)
        ]
        seen = [cell for row in rows for cell in row]
        places = [seen.index(word) for word in words]
        assert places == sorted(places)
        assert ["A", "1", "0.500", "0.750", words[0], words[1], "0.250"] in [
            row[1:] for row in rows
        ]
        assert ["A", "2", "1", "−1"] in [row[1:] for row in rows]


def cells_of(page):
    """Read the cells of all tables of a page, row by row, without the marks of the language."""
    return [
        [
            re.sub(r"<[^>]*>", "", cell)
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL)
    ]


def test_names_and_kinds_stand_in_the_words_of_the_report():
    """Tables by their titles, variables, groups and pathways by their labels, verdicts by what they rest on."""
    before = run_of(
        coefficients=[("base", "2: factors on the mediator", "L1.hc", 1.0, 1, 1, "", 9)],
        verdicts=[
            ("gaps", "hc -> y / zone / north", kind, "works")
            for kind in ("verdict", "in_force", "judgement")
        ],
        pathways=[("train", "A", "supported")],
        classes=[("e", "A", "1", "low")],
    )
    after = run_of(
        coefficients=[("base", "2: factors on the mediator", "L1.hc", 2.0, 1, 1, "", 9)],
        verdicts=[
            ("gaps", "hc -> y / zone / north", kind, "null")
            for kind in ("verdict", "in_force", "judgement")
        ],
        pathways=[("train", "A", "untested")],
        classes=[("e", "A", "1", "high")],
    )
    runs = compare_runs(before, after)
    changed = WhatChanged(
        title="t",
        simulated=False,
        sources=(),
        runs=runs,
        titles={
            "base": Label("b", zh="中介效应：各方程", en="Mediation: equations"),
            "gaps": Label("gaps", zh="差距", en="Gaps"),
        },
        counts=count_changes(before, after, runs),
        labels={
            "hc": Label("hc", zh="人才", en="Talent"),
            "y": Label("y", zh="产出", en="Output"),
            "zone": Label("zone", zh="地区", en="Region"),
            "north": Label("north", zh="北方", en="the north"),
            "train": Label("train", zh="教育", en="Education"),
            "e": Label("e", zh="效率", en="Efficiency"),
            "A": Label("A", zh="甲市", en="Jia"),
        },
    )
    wanted = {
        "en": [
            ["Mediation: equations", "2: factors on the mediator", "Talent (lag 1)"],
            ["Gaps", "Talent → Output / Region / the north", "by the estimate"],
            ["Gaps", "Talent → Output / Region / the north", "by the test of the difference"],
            ["Gaps", "Talent → Output / Region / the north", "by all groups together"],
            ["Education", "Jia"],
            ["Efficiency", "Jia", "1", "low", "high"],
        ],
        "zh": [
            ["中介效应：各方程", "2：要素对中介变量", "人才（滞后1期）"],
            ["差距", "人才 → 产出 / 地区 / 北方", "按估计值"],
            ["差距", "人才 → 产出 / 地区 / 北方", "按差异检验"],
            ["差距", "人才 → 产出 / 地区 / 北方", "综合各组"],
            ["教育", "甲市"],
            ["效率", "甲市", "1", "低", "高"],
        ],
    }
    for language, rows in wanted.items():
        found = cells_of(files_of_changes(changed, (language,), 3)["what_changed.html"].decode())
        for row in rows:
            assert row in [cells[: len(row)] for cells in found], (row, found)


OTHER = content([("A", 1, 1.5, 7), ("A", 2, 2.0, 8), ("C", 1, 1.0, 9)], ["x", "new"])
MANY = content([(f"C{n}", 1, 1.0, "p") for n in range(400)], ["x", "t"])


def page_of(after, language):
    """Set on a page what differs in the data alone."""
    nothing = run_of()
    runs = compare_runs(nothing, nothing)
    counts = count_changes(nothing, nothing, runs)
    found = difference_between("d", OLD, after)
    changed = WhatChanged("t", False, (found,), runs, {}, counts)
    return files_of_changes(changed, (language,), 3)["what_changed.html"].decode("utf-8")


@pytest.mark.parametrize(
    ("language", "heading", "words"),
    [
        ("en", "What", ["cell", "row gone", "new row", "column gone", "new column", "unit"]),
        ("zh", "内容", ["单元格", "减少的行", "新增的行", "减少的列", "新增的列", "单位"]),
    ],
)
def test_every_kind_of_difference_in_the_data_has_its_word(language, heading, words):
    """Cells, rows, columns and units that differ, each in its row of the table."""
    rows = [cells for cells in cells_of(page_of(OTHER, language)) if len(cells) > 1]

    assert heading in rows[0]
    assert {cells[1] for cells in rows[1:]} == {*words}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "The first 30 of 404; all are in tables.xlsx."),
        ("zh", "此处为404项中的前30项；全部见tables.xlsx。"),
    ],
)
def test_of_many_differences_the_page_says_where_the_others_are(language, words):
    """Rows that are new or gone have no size: the page has the first of them, the workbook all."""
    assert words in re.sub(r"<[^>]*>", "", page_of(MANY, language))
