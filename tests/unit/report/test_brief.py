"""The sheet of one entity: what stands on it, that it is one page, and what it is called."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import pytest

from xinzhi.analyses.exhibits import NOT_TO_CONCLUDE, Profile, ProfilePart, Profiles
from xinzhi.report.brief import (
    ROOM,
    SIZES,
    brief_docx,
    brief_names,
    brief_pdf,
    briefs_of,
    broken,
    chart_svg,
    find_brief,
    height_of,
    lay_out,
    page_svg,
)
from xinzhi.report.document import Content
from xinzhi.report.head import LINES, OpeningLine
from xinzhi_core.errors import SpecError
from xinzhi_core.wording import Label, message, say

SERIES = ((2010, 0.2), (2011, None), (2012, 0.45))


def content(*, n=2, simulated=False, tools=1):
    items = tuple(
        Profile(
            key=f"城{n}市",
            name=Label(f"城{n}市", zh=f"城{n}市", en=f"City {n}"),
            parts=(
                ProfilePart("Standing", ("Rank 3 of 12.",)),
                ProfilePart("Pathways", ("A way.", message(NOT_TO_CONCLUDE, what="That it is so."))),
                ProfilePart("Tools", tuple(f"Tool {k} is a tool. {'word ' * 30}" for k in range(tools))),
            ),
            tables=(),
            series=SERIES,
        )
        for n in range(1, n + 1)
    )  # fmt: skip
    told = (
        OpeningLine(LINES["found"], "All is found."),
        OpeningLine(LINES["sure"], "Clustered, nothing remains."),
        OpeningLine(LINES["not_shown"], "That one causes the other."),
    )
    return Content(
        title=Label("s", zh="研究", en="Study"),
        simulated=simulated,
        told=told,
        profiles=Profiles("Cities", items, ((2010, 0.3), (2012, 0.4))),
    )


def sheet(language="en", **given):
    return lay_out(briefs_of(content(**given))[0], language)


def words_of(document):
    return "\n".join(p.text for p in docx.Document(io.BytesIO(document)).paragraphs)


def test_a_sheet_says_how_sure_its_pathways_are_as_the_head_of_the_report_does():
    """The lines of the head stand above the pathways, word for word, and none of them twice."""
    parts = dict(sheet().parts)

    assert [*parts] == ["Standing", "How sure", "Not to conclude", "Pathways", "Tools"]
    assert parts["How sure"] == ("Clustered, nothing remains.",)
    assert parts["Not to conclude"] == ("That one causes the other.",)
    assert parts["Pathways"] == ("A way.",)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_both_forms_hold_all_sentences(language):
    """Every heading and sentence of the sheet stands in the Word document and in the page."""
    own = sheet(language)
    drawn = "".join(re.findall(r"<text[^>]*>([^<]*)<", page_svg(own)))
    written = words_of(brief_docx(own))
    for title, sentences in own.parts:
        for text in (title, *sentences):
            assert text in written
            assert text.replace(" ", "") in drawn.replace(" ", "")


@pytest.mark.one_in(4)
@pytest.mark.parametrize("tools", [1, 9, 12, 200])
def test_a_sheet_is_one_page(tools):
    """Letters become smaller; what even the smallest cannot hold is left to the report, which is said."""
    own = sheet(tools=tools)
    pdf = brief_pdf(own)

    assert height_of(own) <= ROOM
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == 1
    assert (own.size == SIZES[0]) == (tools < 12)
    said = sum(len(sentences) for _, sentences in own.parts)
    assert said + own.n_left_out == sum(len(part.sentences) for part in own.brief.parts)
    assert (str(own.n_left_out) in own.foot) == (own.n_left_out > 0) == (tools == 200)
    assert dict(own.parts)["How sure"] == ("Clustered, nothing remains.",)


def test_simulated_data_are_called_so():
    """Below the study, before anything is said."""
    own = sheet(simulated=True)

    assert "Simulated data" in own.head[1]
    assert own.head[1] in words_of(brief_docx(own))
    assert "Simulated data" in page_svg(own)
    assert not any("imulated" in line for line in sheet().head)


def test_the_line_of_scores_has_its_points_where_they_are():
    """Years from left to right, a larger score higher, none where there is no score; text is escaped."""
    chart = chart_svg(sheet())
    own, mean = re.findall(r'<polyline points="([^"]*)"', chart)[::-1]
    (x0, y0), (x1, y1) = (map(float, point.split(",")) for point in own.split())
    (_, m0), (_, m1) = (map(float, point.split(",")) for point in mean.split())

    assert x0 < x1
    assert (y0 - y1) / (m0 - m1) == pytest.approx(0.25 / 0.1, rel=0.01)
    assert y0 - m0 == pytest.approx((y0 - y1) / 0.25 * 0.1, rel=0.01)


@pytest.mark.parametrize("width", [40, 90, 300])
def test_broken_lines_hold_the_text_and_no_stray_mark(width):
    """Nothing is lost, no line begins with a mark that closes, and none ends with one that opens."""
    text = (
        "大同市的得分（2023年）为0.172，低于“均值”；the mean of all cities is 0.416 (see Table 1)."
    )
    lines = broken(text, width, 10)

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert len(lines) > 1
    assert not any(line[0] in "，。；：、）”,.;:)" for line in lines)
    assert not any(line[-1] in "（“(" for line in lines)
    assert len(broken("x" * 500, width, 10)) > 1


@pytest.mark.parametrize("name", ["城2市", "City 2", "city 2", " 城2 "])
def test_an_entity_is_found_by_any_of_its_names(name):
    """In either language, in letters of any case, without the word for a city."""
    assert find_brief(briefs_of(content()), name).profile.key == "城2市"


def test_an_unknown_entity_is_refused_with_the_nearest_name():
    """A name that is no entity's, one that is two entities', and a study without pages."""
    briefs = briefs_of(content(n=3))
    with pytest.raises(SpecError, match=r"no entity 'Citi 3'.*\n.*\n.*did you mean 'City 3'"):
        find_brief(briefs, "Citi 3")
    other = Profile("城1县", "城1县", (), ())
    twins = [*briefs, type(briefs[0])(other, "s", (), ())]
    with pytest.raises(SpecError, match="name of 2 entities"):
        find_brief(twins, "城1")
    with pytest.raises(SpecError, match="no pages"):
        briefs_of(Content(title="t"))


def test_a_sheet_has_one_name_whichever_are_written():
    """Names are safe, differ by language and format, and do not depend on what else is written."""
    briefs = briefs_of(content(n=2))
    every = brief_names(briefs, ("docx", "pdf"), ("zh", "en"))

    assert every["城1市", "docx", "zh"] == "briefs/城1市.docx"
    assert every["城1市", "pdf", "en"] == "briefs/城1市.en.pdf"
    assert len(set(every.values())) == len(every) == 8
    assert brief_names(briefs, ("pdf",), ("zh", "en"), ("en",)).items() <= every.items()


def test_the_same_sheet_is_the_same_file():
    """No clock in either form."""
    own = sheet()

    assert brief_docx(own) == brief_docx(own)
    assert brief_pdf(own) == brief_pdf(own)
    with zipfile.ZipFile(io.BytesIO(brief_docx(own))) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}


def test_a_name_near_none_is_refused_with_the_names_there_are():
    """All names of a small study help where no name is near."""
    with pytest.raises(SpecError) as refused:
        find_brief(briefs_of(content(n=3)), "Timbuktu")

    (problem,) = refused.value.problems
    assert str(problem.what) == "This study has no entity 'Timbuktu'."
    assert str(problem.remedy) == "the study has: 城1市, 城2市, 城3市."
    assert say(problem.remedy, "zh") == "本研究的个体有：城1市、城2市、城3市。"


def test_one_sentence_that_found_no_room_is_told_as_one():
    """The foot of the sheet says how many sentences stand in the report alone."""
    feet = {}
    for tools in range(1, 60):
        laid = sheet(tools=tools)
        if laid.n_left_out:
            feet[laid.n_left_out] = (str(laid.foot), say(sheet("zh", tools=tools).foot, "zh"))
            break

    assert feet[1] == (
        "1 more sentence on this entity stands in the report of this study.",
        "另有 1 句说明见本研究的报告。",
    )
