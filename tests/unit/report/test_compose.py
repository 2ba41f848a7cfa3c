from __future__ import annotations

import io

import pytest
from fontTools.ttLib import TTFont

from xinzhi.analyses.analysis import in_order
from xinzhi.analyses.exhibits import MethodPart
from xinzhi.present.references import see
from xinzhi.present.table import Part, Table
from xinzhi.report.document import Content, Paragraph, Warned, compose, number_chapters
from xinzhi.report.font import font_for
from xinzhi.report.format import write_report
from xinzhi_core.errors import SpecError, Where
from xinzhi_core.notices import Notice
from xinzhi_core.wording import message, say


def _empty(place: str, part: Part = "text") -> Table:
    return Table(f"{place}_{part}", place, (), (), part=part)


def _study(**more: object) -> Content:
    """Make a study with a table for the text and one for the appendix in each place."""
    places = dict.fromkeys(analysis.place.key for _, analysis in in_order())
    tables = {place: (_empty(place), _empty(place, "appendix")) for place in places}
    given = {"abstract": ("F",), "sample": ("S",), "methods": (MethodPart("", (), ("M",)),)}
    words = {"references": frozenset({"R"}), "data_summary": ("D",), "provenance": ("P",)}
    more.setdefault("notices", (Notice("iv.weak", "Weak."), Notice("panel.x", "Else.")))
    return Content("T", tables=tables, **given, **words, **more)  # type: ignore[arg-type]


def test_chapters_stand_in_the_order_of_a_paper():
    """The text goes from the abstract to the references; the appendix follows, counted by itself."""
    found = list(number_chapters(compose(_study())))

    text = [(one.number, one.section.id) for one in found if one.section.part == "text"]
    rest = [(one.number, one.section.id) for one in found if one.section.part == "appendix"]
    assert text == [
        ("", "abstract"),
        ("1", "data"),
        ("2", "method"),
        ("3", "efficiency"),
        ("4", "effects"),
        ("5", "mechanism"),
        ("6", "heterogeneity"),
        ("7", "pathways"),
        ("8", "comparison"),
        ("9", "robustness"),
        ("10", "limits"),
        ("", "references"),
    ]
    assert rest == [
        ("A", "reading"),
        ("B", "tests"),
        ("C", "further"),
        ("D", "comparison"),
        ("E", "notices"),
        ("F", "provenance"),
    ]
    assert [one.begins_appendix for one in found] == [one.number == "A" for one in found]


def test_each_exhibit_stands_once_where_it_was_put():
    """Exhibits of the text are numbered 1, 2, …, those of the appendix A1, A2, …."""
    chapters = number_chapters(compose(_study()))
    found = [
        (one.number, one.block.part, chapter.section.part)
        for chapter in chapters
        for one in chapter.blocks
        if isinstance(one.block, Table)
    ]

    n = len(_study().tables)
    assert found[:n] == [(str(k), "text", "text") for k in range(1, n + 1)]
    assert found[n:] == [(f"A{k}", "appendix", "appendix") for k in range(1, n + 1)]


def test_the_full_profile_puts_everything_into_the_text():
    """No exhibit stands in an appendix, and none is lost."""
    document = compose(_study(profile="full"))

    assert {section.part for section in document.sections} == {"text"}
    tables = [block for section in document.sections for block in section.blocks]
    assert sum(isinstance(block, Table) for block in tables) == 2 * len(_study().tables)


def test_prose_stands_before_the_exhibits_of_its_place_and_knows_their_numbers():
    """A reference to an exhibit prints its number; one to what is not there prints nothing."""
    rose = message("Efficiency rose{see}.", see=see("efficiency_text", "classes_appendix"))
    fell = message("Efficiency fell{see}.", see=see("nowhere"))
    found = list(number_chapters(compose(_study(prose={"efficiency": (rose, fell)}))))

    (chapter,) = (one for one in found if one.section.id == "efficiency")
    first, second, table = (one.block for one in chapter.blocks[:3])
    assert isinstance(first, Paragraph)
    assert isinstance(second, Paragraph)
    assert isinstance(table, Table)
    numbers = {
        one.block.id: one.number
        for chapter in found
        for one in chapter.blocks
        if isinstance(one.block, Table)
    }
    own, other = numbers["efficiency_text"], numbers["classes_appendix"]
    assert say(first.text, "en") == f"Efficiency rose (Table {own}, Table {other})."
    assert say(second.text, "en") == "Efficiency fell."


def test_limits_are_the_notices_that_weigh_most():
    """What identifies an effect comes before what its error rests on; the appendix holds all."""
    few = [Notice("reg.few_clusters", message("{n} clusters are few.", n=n)) for n in (30, 12)]
    notices = (Notice("panel.renamed_city", "Renamed."), *few, Notice("iv.weak", "Weak."))
    found = compose(_study(notices=notices)).sections

    texts = {
        one.id: [str(b.text) for b in one.blocks if isinstance(b, (Paragraph, Warned))]
        for one in found
    }
    assert texts["limits"] == [
        "Weak.",
        "30, 12 clusters are few.",
        "The appendix lists all notices.",
    ]
    assert set(texts["notices"]) == {"Renamed.", "30, 12 clusters are few.", "Weak."}


def test_chapters_with_nothing_to_say_are_left_out():
    """A study with nothing still says that there is nothing to note."""
    found = compose(Content("T"))

    assert [section.id for section in found.sections] == ["notices"]
    assert found.sections[0].blocks == (Paragraph(found.sections[0].blocks[0].text),)


def test_the_keywords_stand_under_the_abstract():
    """One paragraph each."""
    found = compose(Content("T", abstract=("We ask.",), keywords=("talent", "efficiency")))

    blocks = found.sections[0].blocks
    assert [str(block.text) for block in blocks] == ["We ask.", "Keywords: talent; efficiency"]


def test_a_notice_is_said_once_with_its_place():
    """Equal notices stand once; the entity and the period are named."""
    notice = Notice("x", "Infeasible.", Where(entity="甲", period=2008))
    found = compose(Content("T", notices=(notice, notice)))

    (block,) = found.sections[0].blocks
    assert isinstance(block, Warned)
    assert str(block.text) == "Infeasible. (甲 2008)"


def test_an_unknown_format_is_refused():
    """A format that does not exist is named, with what is known."""
    with pytest.raises(SpecError, match="html"):
        write_report(compose(Content("T")), formats=["pdfx"])


def test_the_font_holds_the_characters_of_the_page():
    """The font that goes along holds each character of the text that it can, and not the others."""
    font = TTFont(io.BytesIO(font_for("绿色发展 GTFP −0.5")))

    assert {chr(code) for code in font.getBestCmap()} == set("绿色发展 GTFP −0.5")
