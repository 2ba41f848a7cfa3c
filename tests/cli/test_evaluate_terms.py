"""`xinzhi evaluate-terms`: precision and recall on judged records."""

from __future__ import annotations

import json

from cli_runner import attempt, call

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
