"""`xinzhi evaluate-terms`: precision and recall on judged records."""

from __future__ import annotations

import ast
import json
import re

import pandas as pd
import pytest

from cli_runner import attempt, call
from layout import place_of
from xinzhi.cli.commands.evaluate_terms import REASONS
from xinzhi_core.wording import say

FIRMS = "编号,行业,经营范围,真值\nf1,C3973,芯片制造,1\nf2,C3973,服装加工,0\nf3,6513,网吧,1\nf4,6513,人工智能研发,0\nf5,6513,云计算研发,\n"
CAUSES = "案由,真值\n废水超标排放,是\n虚假广告,否\n"


def test_firms_are_judged_with_our_lists_and_their_errors_are_named(tmp_path):
    """One right, one missed and in the review, one wrong, one left out; one has no judgement."""
    (tmp_path / "f.csv").write_text(FIRMS, encoding="utf-8")
    found = json.loads(
        call("evaluate-terms", tmp_path / "f.csv", "--truth", "真值", "--format", "json").stdout
    )
    assert (found["right"], found["wrong"], found["missed"], found["rejected"]) == (1, 1, 1, 1)
    assert (found["unjudged"], found["missed_in_review"]) == (1, 1)
    assert found["precision"]["value"] == 0.5
    assert [row["id"] for row in found["records_missed"]] == ["f3"]
    assert [row["term"] for row in found["records_wrong"]] == ["人工智能"]
    told = call("evaluate-terms", tmp_path / "f.csv", "--truth", "真值", "--lang", "en").stdout
    assert "4 records: 1 rightly taken, 1 wrongly, 1 missed, 1 rightly left out." in told
    assert "Of the missed records 1 is undecided: it is offered for review." in told
    assert "1 record without a judgement was left out." in told


def test_penalties_are_judged_and_written_as_csv(tmp_path):
    """Records without an industry are penalties; the csv has one row a record."""
    (tmp_path / "p.csv").write_text(CAUSES, encoding="utf-8")
    out = tmp_path / "judged.csv"
    call("evaluate-terms", tmp_path / "p.csv", "--truth", "真值", "--output", out)
    header, *rows = out.read_text("utf-8-sig").splitlines()
    assert header == "truth,text,id,taken,outcome,review,reason,term"
    assert [row.split(",")[4] for row in rows] == ["right", "rejected"]


def test_lists_of_the_user_take_the_place_of_ours(tmp_path):
    """A file of terms; an unknown column is answered with the nearest."""
    (tmp_path / "p.csv").write_text(CAUSES, encoding="utf-8")
    (tmp_path / "t.yaml").write_text("include: [广告]\n", encoding="utf-8")
    given = ("evaluate-terms", tmp_path / "p.csv", "--terms", tmp_path / "t.yaml")
    found = json.loads(call(*given, "--truth", "真值", "--format", "json").stdout)
    assert (found["right"], found["wrong"], found["missed"]) == (0, 1, 1)
    assert "真值" in attempt(*given, "--truth", "真", "--lang", "en").stderr


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_lists_of_the_user_are_read_in_any_encoding(tmp_path, encoding):
    """A list saved by an editor of Windows in Chinese is a list like any other."""
    (tmp_path / "p.csv").write_text(CAUSES, encoding="utf-8")
    (tmp_path / "t.yaml").write_text("include: [虚假广告, 违法广告]\n", encoding=encoding)
    given = ("evaluate-terms", tmp_path / "p.csv", "--terms", tmp_path / "t.yaml")
    found = json.loads(call(*given, "--truth", "真值", "--format", "json").stdout)
    assert (found["right"], found["wrong"], found["missed"]) == (0, 1, 1)


def test_a_list_that_nobody_can_decode_is_refused(tmp_path):
    """The byte and the file are named; nothing is called a fault of the program."""
    (tmp_path / "p.csv").write_text(CAUSES, encoding="utf-8")
    (tmp_path / "t.yaml").write_bytes(b"include: [\xff\xff\x81]\n")
    given = ("evaluate-terms", tmp_path / "p.csv", "--terms", tmp_path / "t.yaml")
    told = attempt(*given, "--truth", "真值", "--lang", "en")
    assert told.code == 1
    assert "t.yaml" in told.stderr
    assert "fault of xinzhi" not in told.stderr


@pytest.fixture
def book(tmp_path):
    """Firms under headings that no list of names knows, on the second sheet of a workbook."""
    rows = [
        ["n", "what", "does", "right"],
        ["a", "C3973", "光刻芯片制造", "yes"],
        ["b", "3491", "工业机器人制造", "yes"],
        ["c", "6513", "虚假广告", "no"],
    ]
    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path) as writer:
        pd.DataFrame([["other"], ["x"]]).to_excel(
            writer, sheet_name="one", index=False, header=False
        )
        pd.DataFrame(rows).to_excel(writer, sheet_name="two", index=False, header=False)
    return path


def test_columns_sheets_and_lists_are_those_that_are_named(book, tmp_path):
    """--text, --code, --id, --sheet, --codes, --terms and --classes, each seen in what is found."""
    words = ["evaluate-terms", book, "--sheet", "two", "--truth", "right", "--text", "does"]
    firms = [*words, "--code", "what", "--id", "n", "--format", "json"]
    (tmp_path / "c.csv").write_text(
        "class,code,starred\nmine,3973,0\nyours,3491,0\n", encoding="utf-8"
    )
    (tmp_path / "t.yaml").write_text(
        "mine: {include: [芯片]}\nyours: {include: [机器人]}\n", encoding="utf-8"
    )
    own = [*firms, "--codes", tmp_path / "c.csv", "--terms", tmp_path / "t.yaml"]

    def missed(*given):
        return [row["id"] for row in json.loads(call(*given).stdout)["records_missed"]]

    assert missed(*firms) == []
    assert missed(*own) == []
    assert missed(*own, "--classes", "mine") == ["b"]
    assert missed(*firms, "--classes", "new_materials") == ["a", "b"]
    # Without an industry the records are penalties, and without an identifier the row is one.
    assert missed(*words, "--format", "json") == ["2", "3"]
    assert missed(*words, "--format", "json", "--terms", "environmental_penalties") == ["2", "3"]
    assert attempt("evaluate-terms", book, "--truth", "right", "--text", "does").code != 0


def test_the_text_must_be_known(tmp_path):
    """No heading is one of a scope or a cause."""
    (tmp_path / "p.csv").write_text("a,真值\nx,1\n", encoding="utf-8")
    told = attempt("evaluate-terms", tmp_path / "p.csv", "--truth", "真值", "--lang", "en")
    assert told.code != 0
    assert "It is not clear which column holds the scope or the cause." in told.stderr
    assert "name it with --text." in told.stderr


def test_what_is_said_on_the_console_is_said_in_chinese_too(tmp_path):
    """Both languages, to the word."""
    rows = "案由,编号,真值\n废水超标排放,甲,1\n虚假广告,乙,1\n废水直排,丙,0\n未缴罚款,丁,0\n"
    (tmp_path / "p.csv").write_text(rows, encoding="utf-8")
    words = ("evaluate-terms", tmp_path / "p.csv", "--truth", "真值")
    english = call(*words, "--lang", "en").stdout
    chinese = call(*words, "--lang", "zh").stdout
    for line in (
        "4 records: 1 rightly taken, 1 wrongly, 1 missed, 1 rightly left out.",
        "Precision 0.50 [0.09, 0.91], recall 0.50 [0.09, 0.91] (in brackets the interval of 95 %).",
        "missed: 1",
        "wrongly taken: 1",
        "Terms on which records were taken (2)",
    ):
        assert line in english
    for line in (
        "共 4 条记录：正确计入 1 条，误计 1 条，漏计 1 条，正确排除 1 条。",
        "精确率 0.50 [0.09, 0.91]，召回率 0.50 [0.09, 0.91]（方括号内为 95% 区间）。",
        "漏计：1",
        "误计：1",
        "据以计入的词（2 个）",
    ):
        assert line in chinese


def test_the_file_is_written_as_its_ending_says_and_not_over_another(tmp_path):
    """--output, --format, --overwrite and --dry-run; json from a pipe is the same document."""
    (tmp_path / "p.csv").write_text(CAUSES, encoding="utf-8")
    words = ("evaluate-terms", tmp_path / "p.csv", "--truth", "真值")
    out = tmp_path / "judged.json"
    planned = call(*words, "--output", out, "--dry-run", "--lang", "en").stdout
    assert "precision and recall on 2 records" in planned
    assert not out.exists()
    call(*words, "--output", out)
    document = json.loads(out.read_text(encoding="utf-8"))
    assert document == json.loads(call(*words, "--format", "json").stdout)
    assert list(document) == [
        *("n", "unjudged", "right", "wrong", "missed", "rejected", "missed_in_review"),
        *("precision", "recall", "terms", "records_missed", "records_wrong"),
    ]
    assert document["n"] == 2
    assert document["recall"] == {"value": 1.0, "low": pytest.approx(0.2065, abs=1e-4), "high": 1.0}
    assert attempt(*words, "--output", out).code != 0
    call(*words, "--output", out, "--overwrite")
    assert call(*words, "--format", "csv").stdout.splitlines()[0].endswith("reason,term")


def test_parquet_and_the_table_of_the_order_are_read(tmp_path):
    """Firms in Parquet; a pasted order decides on the codes."""
    frame = pd.DataFrame(
        {"code": ["3921", "3973"], "scope": ["光模块制造", "芯片制造"], "t": [1, 1]}
    )
    frame.to_parquet(tmp_path / "f.parquet")
    (tmp_path / "order.txt").write_text(
        "1 新一代信息技术产业\n1.1 下一代信息网络产业 3921＊ 通信系统设备制造\n", encoding="utf-8"
    )
    words = ("evaluate-terms", tmp_path / "f.parquet", "--truth", "t", "--format", "json")
    found = json.loads(call(*words, "--codes", tmp_path / "order.txt").stdout)
    assert (found["right"], found["missed"]) == (1, 1)
    assert found["records_missed"][0]["code"] == "3973"


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_texts_of_records_keep_every_mark(tmp_path, form):
    """芯片设计* and 光刻机¹ come out as they went in; a mark behind a heading is taken off."""
    rows = [["编号*", "行业", "经营范围¹", "真值"]]
    rows += [["f1*", "集成电路制造", "芯片设计*", "是"], ["f2", "服装制造", "服装加工[1]", "否"]]
    rows += [["f3", "集成电路制造", "光刻机¹", "是"]]
    path, out = tmp_path / f"f.{form}", tmp_path / "judged.csv"
    frame = pd.DataFrame(rows[1:], columns=rows[0])
    if form == "csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_excel(path, index=False)
    call("evaluate-terms", path, "--truth", "真值", "--output", out)
    written = pd.read_csv(out, dtype=str)
    assert written["text"].tolist() == ["芯片设计*", "服装加工[1]", "光刻机¹"]
    assert written["id"].tolist() == ["f1*", "f2", "f3"]
    assert written["code"].tolist() == ["集成电路制造", "服装制造", "集成电路制造"]


def test_every_reason_has_words_in_both_languages():
    """What the lists decide by is printed in words: each reason that the judging files give is known here."""
    given = set()
    for name in ("emerging_codes.py", "judged_terms.py"):
        tree = ast.parse((place_of("xinzhi/prepare") / name).read_text(encoding="utf-8"))
        texts = {
            n.value
            for n in ast.walk(tree)
            if isinstance(n, ast.Constant) and isinstance(n.value, str)
        }
        shape = re.compile(r"(no |starred |whole |broad |product or |exclusion|term)[a-z, ]*(: )?")
        given |= {text.removesuffix(": ") for text in texts if shape.fullmatch(text)}
    # One of them counts terms without an industry for the notes of a step, where it is followed by the term.
    known = set(REASONS) | {"no readable industry, term", "term column", "terms"}
    assert given - known == set()
    for words in REASONS.values():
        assert not re.search("[A-Za-z]", say(words, "zh"))


def test_reasons_are_printed_in_chinese(tmp_path):
    """A missed firm whose industry belongs as a whole: the reason stands in the language of the screen."""
    (tmp_path / "f.csv").write_text(FIRMS, encoding="utf-8")
    told = call("evaluate-terms", tmp_path / "f.csv", "--truth", "真值", "--lang", "zh").stdout
    assert "列入整类代码" in told or "带星号代码" in told
    assert "no term" not in told
