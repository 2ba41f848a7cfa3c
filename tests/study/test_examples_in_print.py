"""Both examples as they are printed: notes of two lines, figures whose text can be read, in both languages."""

from __future__ import annotations

import re

import pytest

from drawn_text import overlaps_in, size_of, texts_of
from places import EXAMPLES
from xinzhi.present.chart import Chart
from xinzhi.present.table import Table
from xinzhi.report.build import content_of
from xinzhi.report.document import Paragraph, compose, number_chapters
from xinzhi.report.format import charts_of, drawing_of, write_report
from xinzhi.report.notes import CHAPTER, lines_of
from xinzhi.study.run import run
from xinzhi_core.wording import LANGUAGES, in_a_row, say

pytestmark = pytest.mark.long

PAGE = 160.0 / 25.4 * 72.0
"""Width of the page between the margins of a figure, in points."""
TALLEST = 190.0 / 25.4 * 72.0
DRAWN = 2.6 * 72 / 300
"""Points of a pixel in a picture of its own size."""
SMALLEST, LARGEST = 6.5, 9.0
"""Points of the letters of a figure."""
POINTING = {
    "en": re.compile(r"\b(click|hover|point at|pointer|mouse|slider|drag)", re.IGNORECASE),
    "zh": re.compile("点击|悬停|鼠标|滑块|拖动|指向细线"),
}
"""Words that a reader of paper can do nothing with."""


@pytest.fixture(scope="module", params=("oecd", "resource_cities", "provinces"))
def report(request):
    return compose(content_of(run(EXAMPLES / request.param / "study.yaml")))


@pytest.fixture(scope="module")
def pictures(report):
    return [
        (chart.id, language, drawing_of(chart, language, report).pictures(("svg",))["svg"].decode())
        for chart in charts_of(report)
        for language in LANGUAGES
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_notes_have_two_lines_and_nothing_is_lost(report, language):
    """A note has at most two lines; each sentence beyond stands in the appendix with the exhibit's number."""
    chapters = list(number_chapters(report))
    (appendix,) = (c for c in chapters if c.section.id == CHAPTER)
    beyond = [
        say(n.block.text, language) for n in appendix.blocks if isinstance(n.block, Paragraph)
    ]
    exhibits = [n for c in chapters for n in c.blocks if isinstance(n.block, (Table, Chart))]
    assert any(n.block.further for n in exhibits)
    for numbered in exhibits:
        block = numbered.block
        if isinstance(block, Table) and not block.rows:
            continue
        assert lines_of(say(in_a_row(block.notes), language)) <= 2.0, block.id
        name = say(numbered.caption, language)
        held = [text for text in beyond if re.search(rf"{name}(?!\d)", text)]
        for note in block.further:
            assert any(say(note, language) in text for text in held), (
                block.id,
                say(note, language),
            )
        if block.further:
            assert say(appendix.name, language) in say(block.notes[-1], language)


def test_what_the_numbers_are_stands_under_the_exhibit(report):
    """No exhibit of the examples sends all of its notes away: the first sentence says what is shown."""
    exhibits = [b for s in report.sections for b in s.blocks if isinstance(b, (Table, Chart))]
    first = {
        exhibit.id: [str(note) for note in exhibit.notes] for exhibit in exhibits if exhibit.further
    }
    bare = [name for name, notes in first.items() if {*notes[:-1]} <= {"Simulated data."}]
    assert not bare


def test_text_of_figures_can_be_read_in_print(pictures):
    """At the width of the page all text of a figure has 6.5 to 9 points."""
    for name, language, svg in pictures:
        width, height = size_of(svg)
        scale = min(DRAWN, PAGE / width, TALLEST / height)
        sizes = sorted(scale * text.size for text in texts_of(svg))
        assert sizes[0] >= SMALLEST, (name, language, sizes[0])
        assert sizes[-1] <= LARGEST, (name, language, sizes[-1])


def test_labels_of_figures_do_not_overlap(pictures):
    """No line of words runs into another one, and none over the edge of the picture."""
    for name, language, svg in pictures:
        assert overlaps_in(svg) == [], (name, language)
        width, _ = size_of(svg)
        outside = [text.words for text in texts_of(svg) if text.left < -1 or text.right > width + 1]
        assert outside == [], (name, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_print_asks_for_no_pointer(report, language):
    """What only a reader of the page can do is a hint, which no printed note repeats."""
    exhibits = [b for s in report.sections for b in s.blocks if isinstance(b, (Table, Chart))]
    for exhibit in exhibits:
        for note in (*exhibit.notes, *exhibit.further):
            assert not POINTING[language].search(say(note, language)), exhibit.id
    hints = [hint for exhibit in exhibits if isinstance(exhibit, Chart) for hint in exhibit.hints]
    assert all(POINTING[language].search(say(hint, language)) for hint in hints)


@pytest.fixture(scope="module")
def printed(report):
    files = write_report(report, formats=("md",))
    return {"zh": files["report.md"].decode(), "en": files["report.en.md"].decode()}


def test_a_report_says_city_and_year_where_the_study_has_them(printed):
    """No sentence, heading or cell speaks of entities and periods where the study has cities and years."""
    generic = {"en": re.compile(r"(?i)\b(entity|entities)\b"), "zh": re.compile("个体|时期")}
    for language, text in printed.items():
        left = [line for line in text.splitlines() if generic[language].search(line)]
        assert left == [], (language, left[:3])


def test_chinese_has_no_stray_blank(printed):
    """No blank stands beside a Chinese character in the main text, and no line begins with a mark that cannot.

    The appendix quotes files of the study, whose words are printed as they are.
    """
    han = "\u3001-\u303f\u3400-\u9fff\uff00-\uffef"
    stray = re.compile(f"[{han}] +(?=[{han}A-Za-z])|[A-Za-z%] +(?=[{han}])")
    # Names of the study, of files and of entities with their years are printed as they are.
    names = re.compile(
        r"2015 年价|\d{4} ?年（|[一-鿿]+ \d{4}年|\*\*[^*]+\*\*|tables\.xlsx|report\.html"
    )
    prose = [
        line
        for line in printed["zh"].partition("\n## A  ")[0].splitlines()
        if line and line[0] not in "|#$&!\\" and "$" not in line
    ]
    for line in prose:
        assert not stray.search(names.sub("", line)), line
        assert line.lstrip("-*> ")[:1] not in set("、，。；：）”"), line
