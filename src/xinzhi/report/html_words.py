"""Words in a page of one or two languages; data are text, never markup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from xinzhi.figures.chart import Chart
from xinzhi.figures.diagram import marked
from xinzhi.wording import Language, Wording, say

__all__ = ["Drawing", "Markup", "bilingual", "drawings_of", "worded"]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing as markup of a page, and the language that it is for; none where it is for all."""

    svg: Markup
    language: Language | None


def bilingual(texts: Mapping[Language, str]) -> Markup:
    """Set a text once where all languages say the same, else once for each language.

    >>> bilingual({"zh": "是", "en": "yes"})
    Markup('<span lang="zh">是</span><span lang="en">yes</span>')
    >>> bilingual({"zh": "<b>", "en": "<b>"})
    Markup('&lt;b&gt;')
    """
    if len(set(texts.values())) == 1:
        return escape(next(iter(texts.values())))
    spans = (
        Markup('<span lang="{}">{}</span>').format(language, text)
        for language, text in texts.items()
    )
    return Markup("").join(spans)


def worded(wording: Wording, *, languages: Sequence[Language]) -> Markup:
    """Say a wording in each language of the page."""
    return bilingual({language: say(wording, language) for language in languages})


def drawings_of(
    chart: Chart, *, languages: Sequence[Language], mark: Wording = ""
) -> Iterator[Drawing]:
    """Give the drawings of a chart in each language of the page; their words are escaped."""
    for language in languages:
        drawn = marked(chart.drawings[language], say(mark, language))
        svg = Markup(drawn)  # noqa: S704 - made by figures.diagram, which escapes
        yield Drawing(svg, language if len(languages) > 1 else None)
