"""The rules of a page find what breaks them, and a page of tables, charts and long lists breaks none."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from browser import needs_browser
from made_report import estimates, four_scores
from page_rules import cut_tables, faults_of
from xinzhi.analyses.classes.charts import class_counts
from xinzhi.analyses.efficiency.charts import scores_over_time
from xinzhi.analyses.exhibits import Profile, ProfilePart, Profiles
from xinzhi.present.regression import regression_table
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.report.document import Document, DocumentSection, Paragraph
from xinzhi.report.format import write_report
from xinzhi_core.wording import Label

pytestmark = [needs_browser, pytest.mark.long]


def wide(columns, *, rows=40, words=""):
    """A list of numbers, and of words where there are some."""
    cells = tuple(
        Cell(Label("w", zh="高于平均", en=words), "text")
        if words and at % 3 == 0
        else Cell(0.12345 + at)
        for at in range(columns)
    )
    return Table(
        id=f"wide{columns}",
        title=Label("wide", zh="宽表", en="A wide table"),
        stub=Label("e", zh="个体", en="Entity"),
        columns=tuple(
            Column(str(at), Label("h", zh="绿色发展效率", en="Green efficiency"))
            for at in range(columns)
        ),
        rows=tuple(Row(f"P{at}", cells) for at in range(rows)),
        notes=("A note.",),
    )


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    counts = pd.DataFrame({"low": [1, 2]}, index=[2008, 2009])
    table = regression_table("t", "T", [estimates({"x": (1, 1, 0.5)})])
    series = ((2008, 0.5), (2009, 0.7))
    pages = Profiles(
        "Cities",
        (Profile("a", "A", (ProfilePart("Part", ("One.",)),), (wide(3, rows=3),), series),),
    )
    blocks = (
        Paragraph("Text."),
        scores_over_time("o", "O", four_scores(), score="Score"),
        class_counts("c", "C", counts, labels={}),
        table,
        wide(8),
        wide(14),
        wide(9, words="would help at a higher level"),
        wide(5, rows=400),
        pages,
    )
    document = Document("Title", (DocumentSection("s", "Section", blocks),), simulated=True)
    folder = tmp_path_factory.mktemp("rules")
    written = write_report(document, formats=["html"], languages=("en", "zh"))
    (folder / "report.html").write_bytes(written["report.html"])
    return folder / "report.html"


def test_a_page_breaks_no_rule(page, tmp_path):
    """On a screen and on a phone, in both languages."""
    assert faults_of(page, tmp_path) == []


def test_no_table_is_cut_on_a_screen(page, tmp_path):
    """Fifteen columns of numbers, ten with words in every third: all of them are seen at once."""
    assert cut_tables(page, tmp_path) == []


BREAKS = {
    "a heading of a table is empty": ('<th scope="col">', '<th scope="col"></th><th scope="col">'),
    "a heading of a table has no scope": ('<th scope="col">', "<th>"),
    "a control has no label": ("<label>", "<p>"),
    "letters are too pale": ("--muted: #52606d", "--muted: #9aa5b1"),
    "a picture has no words": ("svg.setAttribute", "svg.hasAttribute"),
    "what scrolls cannot be reached with the keyboard": ('tabindex="0"', ""),
    "the page is wider than its window": (".sheet { overflow-x: auto; }", ""),
    "two elements are called": ('id="table-2"', 'id="table-1"'),
    "heading of level": ("<h2>", "<h4>"),
}


@pytest.mark.parametrize("rule", BREAKS)
def test_a_broken_page_is_noticed(page, tmp_path, rule):
    """Each rule can fail: a test that cannot would say nothing."""
    old, new = BREAKS[rule]
    text = page.read_text(encoding="utf-8")
    assert old in text
    broken = tmp_path / "broken.html"
    broken.write_text(text.replace(old, new), encoding="utf-8")

    assert any(re.search(rule, fault) for fault in faults_of(broken, tmp_path, ("en",)))
