"""References in the style that a report asks for: APA, or GB/T 7714 of Chinese journals.

Analyses name their literature in APA style; here a text is taken apart into authors, year, title and the
rest, and put together again. One that has another form stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Style = Literal["apa", "gbt_7714"]
Name = tuple[str, str]
"""Family name and initials."""
HEAD = r"(?P<authors>.+?) \((?P<year>\d{4})\)\. "
TAIL = r"\.(?: doi:(?P<doi>\S+))?"
JOURNAL = re.compile(
    HEAD + r"(?P<title>.+)\. (?P<inside>[^.]+?), (?P<volume>\d+)"
    r"(?:\((?P<issue>[^)]+)\))?, (?P<pages>[\d–]+)" + TAIL
)
CHAPTER = re.compile(
    HEAD
    + r"(?P<title>.+)\. In (?P<editors>.+) \(Eds\.\), (?P<inside>.+) \(pp\. (?P<pages>[\d–]+)\)\. "
    r"(?P<publisher>[^.]+)" + TAIL
)
BOOK = re.compile(
    HEAD
    + r"(?P<title>.+?)(?: \((?P<detail>[^()]*(?:ed\.|Series)[^()]*)\))?\. (?P<publisher>[^.]+)"
    + TAIL
)
Kind = Literal["J", "M", "C", "R"]
PATTERNS: Mapping[Kind, re.Pattern[str]] = {"J": JOURNAL, "C": CHAPTER, "M": BOOK}
NAME = re.compile(r"([^,&]+), ((?:\w\.(?:-\w\.)? ?)+)(?:, & |, |$)")
EDITOR = re.compile(r"((?:\w\. )+)([^&]+?)(?: & |$)")
NAMED = 3
"""Authors that GB/T 7714 names before "et al."."""


@dataclass(frozen=True, slots=True)
class Work:
    """A work of the literature, in parts."""

    kind: Kind
    """Article, book, chapter of a book, report: the letters of GB/T 7714."""
    authors: tuple[Name, ...]
    year: str
    title: str
    inside: str = ""
    """Journal, or the book of a chapter."""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    editors: tuple[Name, ...] = ()
    publisher: str = ""
    detail: str = ""
    """Edition, chapter or series."""
    doi: str = ""


def references(texts: Iterable[str], style: Style) -> tuple[str, ...]:
    """Write references in a style: APA by author, GB/T 7714 with numbers.

    >>> references(["Holm, S. (1979). A test. Scandinavian Journal of Statistics, 6(2), 65–70."], "gbt_7714")
    ('[1] HOLM S. A test[J]. Scandinavian Journal of Statistics, 1979, 6(2): 65-70.',)
    """
    works = [(work_of(text), text) for text in sorted(texts)]
    written = [text if work is None else STYLES[style](work) for work, text in works]
    if style == "apa":
        return tuple(written)
    return tuple(f"[{n}] {text}" for n, text in enumerate(written, 1))


def work_of(text: str) -> Work | None:
    """Take a reference in APA style apart; None where it has another form."""
    # A chapter reads as a book too, so that the narrower patterns come first.
    matches = ((kind, pattern.fullmatch(text)) for kind, pattern in PATTERNS.items())
    kind, match = next((pair for pair in matches if pair[1]), ("M", None))
    if match is None:
        return None
    parts = {name: part or "" for name, part in match.groupdict().items()}
    names = NAME.findall(parts.pop("authors"))
    authors = tuple((family, initials.strip()) for family, initials in names)
    names = EDITOR.findall(parts.pop("editors", ""))
    editors = tuple((family, initials.strip()) for initials, family in names)
    is_report = "Series" in parts.get("detail", "")
    return Work("R" if is_report else kind, authors, editors=editors, **parts) if authors else None


def _apa(work: Work) -> str:
    names = [f"{family}, {initials}" for family, initials in work.authors]
    authors = names[0] if len(names) == 1 else f"{', '.join(names[:-1])}, & {names[-1]}"
    head = f"{authors} ({work.year}). {work.title}"
    doi = f" doi:{work.doi}" if work.doi else ""
    if work.kind == "J":
        issue = f"({work.issue})" if work.issue else ""
        return f"{head}. {work.inside}, {work.volume}{issue}, {work.pages}.{doi}"
    if work.kind == "C":
        editors = " & ".join(f"{initials} {family}" for family, initials in work.editors)
        return (
            f"{head}. In {editors} (Eds.), {work.inside} (pp. {work.pages}). {work.publisher}.{doi}"
        )
    detail = f" ({work.detail})" if work.detail else ""
    return f"{head}{detail}. {work.publisher}.{doi}"


def _gbt(work: Work) -> str:
    head = f"{_capitals(work.authors)}. {work.title}"
    doi = f" DOI: {work.doi}." if work.doi else ""
    pages = work.pages.replace("–", "-")
    if work.kind == "J":
        issue = f"({work.issue.replace('–', '-')})" if work.issue else ""
        return f"{head}[J]. {work.inside}, {work.year}, {work.volume}{issue}: {pages}.{doi}"
    if work.kind == "C":
        book = f"{_capitals(work.editors)}. {work.inside}"
        return f"{head}[M]//{book}. {work.publisher}, {work.year}: {pages}.{doi}"
    detail = f". {work.detail}" if work.detail else ""
    return f"{head}[{work.kind}]{detail}. {work.publisher}, {work.year}.{doi}"


def _capitals(names: tuple[Name, ...]) -> str:
    """Write family names in capitals, initials without points, three names at most."""
    written = [
        " ".join((family.upper(), *re.sub(r"[.-]", " ", initials).split()))
        for family, initials in names
    ]
    return ", ".join(written[:NAMED] + (["et al"] if len(written) > NAMED else []))


STYLES: Mapping[Style, Callable[[Work], str]] = {"apa": _apa, "gbt_7714": _gbt}
"""Style -> how a work is written."""
