"""One HTML file that works offline: tables, charts and pages of entities, nothing from outside.

The pages of all entities are data of the page, in which every text stands once in each language.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from functools import partial
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart
from xinzhi.present.numbers import write
from xinzhi.present.render import viewer_script
from xinzhi.present.table import Cell, Table
from xinzhi.report.document import Document, Profile, Profiles
from xinzhi.report.font import FAMILY, font_for
from xinzhi.report.format import FORMATS, Format, Setting
from xinzhi.report.formats.html_equation import equation_views
from xinzhi.report.formats.html_table import (
    WIDEST,
    closed_script,
    drawings_of,
    embedded_json,
    policy,
    view_of,
    worded,
)
from xinzhi.report.numbering import APPENDIX, NumberedSection, numbered
from xinzhi.wording import Language, Wording, message, say

UI: Mapping[str, Wording] = {
    "simulated": message("(simulated data)"),
    "simulated_long": message("Simulated data: nothing on this page describes a real place."),
    "appendix": APPENDIX,
    "city": message("Entity"),
    "previous": message("Previous"),
    "next": message("Next"),
    "profiles": message("These pages need JavaScript; tables.xlsx holds them too."),
    "noscript": message("Charts and sorting need JavaScript; tables and text do not."),
}
WITHOUT_MIDDLE_DOT = "unicode-range:U+0-B6,U+B8-10FFFF"
"""The font draws the sign of a product as wide as a Chinese character; others do not."""
Sections = Sequence[NumberedSection]


def write_html(document: Document, setting: Setting) -> Mapping[str, bytes]:
    """Write report.html: self-contained, under a content security policy that lets nothing in."""
    return {
        "report.html": page(
            document, languages=setting.languages, decimals=setting.decimals
        ).encode()
    }


FORMATS.add("html")(Format(write_html))


def page(document: Document, *, languages: Sequence[Language], decimals: int) -> str:
    """Set the whole page."""
    sections = list(numbered(document))
    body = _body(document, sections, languages, decimals)
    data = chart_data(sections, languages, _mark(document))
    charts = embedded_json(data)
    pages = profile_data(document, languages, decimals)
    profiles = embedded_json(pages) if pages["items"] else ""
    viewer = [viewer_script()] if data["charts"] else []
    scripts = [closed_script(script) for script in (*viewer, _resource("report.js"))]
    title = say(document.title, languages[0])
    style = _style(body + charts + profiles + title)
    return (
        _environment()
        .from_string(_resource("page.html.j2"))
        .render(
            language=languages[0],
            title=title,
            body=Markup(body),  # noqa: S704 - rendered by the escaping environment
            charts=Markup(charts),  # noqa: S704 - escaped by embedded_json
            profiles=Markup(profiles),  # noqa: S704 - escaped by embedded_json
            scripts=[Markup(script) for script in scripts],  # noqa: S704 - our own
            style=Markup(style),  # noqa: S704 - our own
            policy=policy(scripts, style),
        )
    )


def _environment() -> Environment:
    return Environment(autoescape=True, undefined=StrictUndefined)


def _resource(name: str) -> str:
    return files("xinzhi").joinpath("report", "page", name).read_text(encoding="utf-8")


def _body(
    document: Document, sections: Sections, languages: Sequence[Language], decimals: int
) -> str:
    return (
        _environment()
        .from_string(_resource("body.html.j2"))
        .render(
            document=document,
            sections=sections,
            languages=languages,
            ui=UI,
            words=partial(worded, languages=languages),
            drawings_of=partial(drawings_of, languages=languages, mark=_mark(document)),
            equation_views=partial(equation_views, languages=languages),
            view_of=partial(view_of, languages=languages, decimals=decimals),
            kind_of=lambda block: type(block).__name__,
        )
    )


def _mark(document: Document) -> Wording:
    return UI["simulated"] if document.simulated else ""


def chart_data(
    sections: Sections, languages: Sequence[Language], mark: Wording = ""
) -> dict[str, object]:
    """Gather the specifications by number; data that several charts share stand once."""
    charts: dict[str, dict[str, object]] = {}
    datasets: dict[str, object] = {}
    for one in (one for chapter in sections for one in chapter.blocks):
        if isinstance(one.block, Chart) and not one.block.drawings:
            charts[one.number] = {
                language: _lean(
                    style.marked(one.block.specifications[language], say(mark, language)), datasets
                )
                for language in languages
            }
    return {"charts": charts, "datasets": datasets}


def _lean(specification: Mapping[str, object], datasets: dict[str, object]) -> dict[str, object]:
    """Move the data out of a specification; their names are hashes, so equal means the same."""
    own = specification.get("datasets", {})
    assert isinstance(own, Mapping)
    datasets |= own
    kept = {key: value for key, value in specification.items() if key != "$schema"}
    return kept | {"datasets": sorted(own)}


def _style(text: str) -> str:
    """Set the style sheet, with the font cut down to the characters of the page."""
    font = base64.b64encode(font_for(text + _resource("report.css"))).decode()
    widths = "".join(f".w{n}{{min-width:{n}ch}}" for n in range(1, WIDEST + 1))
    face = (
        f'@font-face{{font-family:"{FAMILY}";font-weight:400;'
        f'src:url(data:font/woff;base64,{font}) format("woff");{WITHOUT_MIDDLE_DOT}}}'
    )
    return f"{face}\n{_resource('report.css')}{widths}"


def profile_data(
    document: Document, languages: Sequence[Language], decimals: int
) -> dict[str, object]:
    """Gather the pages; texts are numbers into `words`, where each stands once.

    A text is a string where all languages say the same, else a list in the order of `languages`.
    """
    pool = _Pool(languages, decimals)
    blocks = (block for section in document.sections for block in section.blocks)
    found = [block for block in blocks if isinstance(block, Profiles)]
    items = [pool.profile(item) for block in found for item in block.items]
    return {
        "languages": list(languages),
        "items": items,
        "mean_of_all": pool.say(message("mean of all")),
        "mean": [[period, round(score, 6)] for block in found for period, score in block.mean],
        "words": list(pool.words),
    }


class _Pool:
    """Keeps each text once."""

    def __init__(self, languages: Sequence[Language], decimals: int) -> None:
        self.languages = languages
        self.decimals = decimals
        self.places: dict[tuple[str, ...], int] = {}

    @property
    def words(self) -> list[str | list[str]]:
        """Texts in their order."""
        return [list(texts) if len(texts) > 1 else texts[0] for texts in self.places]

    def place(self, texts: Sequence[str]) -> int:
        """Give the place of a text among the words."""
        key = tuple(texts) if len(set(texts)) > 1 else (texts[0],)
        return self.places.setdefault(key, len(self.places))

    def say(self, wording: Wording) -> int:
        return self.place([say(wording, language) for language in self.languages])

    def cell(self, cell: Cell) -> int:
        texts = [str(write(cell, language, self.decimals)) for language in self.languages]
        return self.place(texts)

    def profile(self, item: Profile) -> dict[str, object]:
        return {
            "key": item.key,
            "name": self.say(item.name),
            "sentences": [self.say(sentence) for sentence in item.sentences],
            "series": [
                [period, None if score is None else round(score, 6)]
                for period, score in item.series
            ],
            "tables": [self.table(table) for table in item.tables],
        }

    def table(self, table: Table) -> dict[str, object]:
        return {
            "title": self.say(table.title),
            "head": [self.say(table.stub), *(self.say(c.heading) for c in table.columns)],
            "rows": [
                [self.say(row.label), *(self.cell(cell) for cell in row.cells)]
                for row in table.rows
            ],
            "notes": [self.say(note) for note in table.notes],
        }
