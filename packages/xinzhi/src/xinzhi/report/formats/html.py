"""One HTML file that works offline: tables, charts and pages of entities, nothing from outside.

Pages of entities and rows of long lists are data of the page, which its script shows when they are asked for.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape

from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart
from xinzhi.present.equation import NumberedEquation
from xinzhi.present.equation.tree import mathml
from xinzhi.present.render import viewer_script
from xinzhi.present.table import Table
from xinzhi.report.document import (
    NUMBERING_APPENDIX,
    Document,
    NumberedSection,
    Profiles,
    number_chapters,
)
from xinzhi.report.file_names import meanings
from xinzhi.report.font import FAMILY, font_for
from xinzhi.report.format import FORMATS, Format, Setting, captions_in
from xinzhi.report.formats.html_data import packed, page_data
from xinzhi.report.formats.html_table import (
    WIDEST,
    closed_script,
    drawings_of,
    embedded_json,
    is_long,
    policy,
    view_of,
    worded,
)
from xinzhi.report.terms import in_terms
from xinzhi.work.parts import ReportParts
from xinzhi_core.wording import Language, Terms, Wording, message, say

UI: Mapping[str, Wording] = {
    "simulated": message("(simulated data)"),
    "simulated_long": message("Simulated data: nothing on this page describes a real place."),
    "appendix": NUMBERING_APPENDIX,
    "city": message("Entity"),
    "find_city": message("Find an entity"),
    "order": message("Order"),
    "previous": message("Previous"),
    "next": message("Next"),
    "profiles": message("These pages need JavaScript; tables.xlsx holds them too."),
    "noscript": message("Charts and sorting need JavaScript; tables and text do not."),
    "search": message("Search"),
    "trace": message("Where does a number come from?"),
    "trace_row": message("Row"),
    "trace_column": message("Column"),
    "trace_model": message("Model: equation"),
    "trace_how": message(
        "In the folder of the study, this leads it back to rows, files and cells:"
    ),
    "more": message("Show more rows"),
    "rest": message("The other rows need JavaScript; tables.xlsx holds them too."),
}
WITHOUT_MIDDLE_DOT = "unicode-range:U+0-B6,U+B8-10FFFF"
"""The font draws the sign of a product as wide as a Chinese character; others do not."""
Sections = Sequence[NumberedSection]


def write_html(document: Document, setting: Setting) -> Mapping[str, bytes]:
    """Write report.html: self-contained, under a content security policy that lets nothing in."""
    return {
        "report.html": page(
            document,
            languages=setting.languages,
            decimals=setting.decimals,
            parts=setting.pictures,
        ).encode()
    }


FORMATS.add("html")(Format(write_html, is_first=True))


def page(
    document: Document,
    *,
    languages: Sequence[Language],
    decimals: int,
    parts: ReportParts | None = None,
) -> str:
    """Set the whole page; `parts` keeps its font and the script of its charts for the next one."""
    parts = parts or ReportParts()
    sections = list(number_chapters(document))
    body = _body(document, sections, languages, decimals)
    data = chart_data(sections, languages, _mark(document))
    charts = embedded_json(data)
    blocks = (numbered for chapter in sections for numbered in chapter.blocks)
    long = (n for n in blocks if isinstance(n.block, Table) and is_long(n.block))
    pages = page_data(document, long, languages, decimals)
    viewer = [kept_viewer(parts)] if data["charts"] else []
    scripts = [closed_script(script) for script in (*viewer, _resource("report.js"))]
    title = say(document.title, languages[0])
    style = _style("".join((body, charts, str(pages.get("words", "")), title)), parts)
    return _template("page.html.j2").render(
        language=languages[0],
        title=title,
        body=Markup(body),  # noqa: S704 - rendered by the escaping environment
        charts=Markup(charts),  # noqa: S704 - escaped by embedded_json
        data=packed(pages) if pages else "",
        scripts=[Markup(script) for script in scripts],  # noqa: S704 - our own
        style=Markup(style),  # noqa: S704 - our own
        policy=policy(scripts, style),
    )


def kept_viewer(parts: ReportParts) -> str:
    """Give the script that draws the charts: its version is one of the libraries of the program."""
    return parts.part("viewer", "", lambda: viewer_script().encode()).decode()


def _template(name: str) -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string(_resource(name))


def _resource(name: str) -> str:
    return files("xinzhi").joinpath("report", "page", name).read_text(encoding="utf-8")


def _body(
    document: Document, sections: Sections, languages: Sequence[Language], decimals: int
) -> str:
    in_both = captions_in(document, languages[0])
    profiles = [
        n.block for chapter in sections for n in chapter.blocks if isinstance(n.block, Profiles)
    ]
    terms = profiles[0].terms if profiles else Terms()
    return _template("body.html.j2").render(
        document=document,
        sections=sections,
        languages=languages,
        ui={key: in_terms(text, terms) for key, text in UI.items()},
        words=partial(worded, languages=languages),
        say_in=lambda wording, chosen: worded(wording, languages=chosen),
        # One line that changes with the language of the page, or a line in each language.
        caption_languages=[(each,) for each in in_both] if len(in_both) > 1 else [languages],
        drawings_of=partial(drawings_of, languages=languages, mark=_mark(document)),
        equation_views=partial(equation_views, languages=languages),
        view_of=partial(view_of, languages=languages, decimals=decimals),
        kind_of=lambda block: type(block).__name__,
        has_profiles=bool(profiles),
    )


@dataclass(frozen=True, slots=True)
class EquationView:
    """An equation and the words under it, in one language of the page."""

    language: Language
    math: Markup
    where: Markup


def equation_views(
    equation: NumberedEquation, *, languages: Sequence[Language]
) -> Iterator[EquationView]:
    """Write an equation in each language of the page."""
    for language in languages:
        words = (
            escape(part) if isinstance(part, str) else Markup(mathml(part, language))  # noqa: S704 - escaped by its writer
            for part in meanings(equation, language)
        )
        math = mathml(equation.tree, language, is_block=True)
        yield EquationView(
            language,
            Markup(math),  # noqa: S704 - escaped by its writer
            Markup("").join(words),
        )


def _mark(document: Document) -> Wording:
    return UI["simulated"] if document.simulated else ""


def chart_data(
    sections: Sections, languages: Sequence[Language], mark: Wording = ""
) -> dict[str, object]:
    """Gather the specifications by number; data that several charts share stand once."""
    charts: dict[str, dict[str, object]] = {}
    datasets: dict[str, object] = {}
    for numbered in (numbered for chapter in sections for numbered in chapter.blocks):
        chart = numbered.block
        if isinstance(chart, Chart) and not chart.drawings:
            charts[numbered.number] = {
                language: _lean(
                    style.marked(chart.specifications[language], say(mark, language))
                    | {"description": chart.alternative(language)},
                    datasets,
                )
                for language in languages
            }
    return {"charts": charts, "datasets": datasets}


def _lean(specification: Mapping[str, object], datasets: dict[str, object]) -> dict[str, object]:
    """Move the data out of a specification; their names are hashes, so equal means the same."""
    data = specification.get("datasets", {})
    assert isinstance(data, Mapping)
    datasets |= data
    rest = {key: value for key, value in specification.items() if key != "$schema"}
    return rest | {"datasets": sorted(data)}


def _style(text: str, parts: ReportParts) -> str:
    """Set the style sheet, with the font cut down to the characters of the page."""
    font = base64.b64encode(font_for(text + _resource("report.css"), parts)).decode()
    widths = "".join(f".w{n}{{min-width:{n}ch}}" for n in range(1, WIDEST + 1))
    face = (
        f'@font-face{{font-family:"{FAMILY}";font-weight:400;'
        f'src:url(data:font/woff;base64,{font}) format("woff");{WITHOUT_MIDDLE_DOT}}}'
    )
    return f"{face}\n{_resource('report.css')}{widths}"
