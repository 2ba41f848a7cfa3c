"""What an English reader is shown of a page: its words, the words of its charts and of its data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from browser import unpacked

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
EMPTY = {"br", "img", "input", "meta", "link", "hr", "col"}


class _Words(HTMLParser):
    """Gathers the words of a page by chapter, without those of the other language."""

    def __init__(self):
        super().__init__()
        self.open: list[tuple[str, str | None]] = []
        self.chapter = ""
        self.words: list[tuple[str, str]] = []

    @property
    def is_told(self):
        names = {name for name, _ in self.open}
        is_other = any(language == "zh" for name, language in self.open if name != "html")
        return not is_other and not names & {"script", "style", "title", "button"}

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag in EMPTY:
            return
        self.open.append((tag, found.get("lang")))
        if tag == "section":
            self.chapter = ""
        if self.is_told and found.get("aria-label"):
            self.words.append((self.chapter, found["aria-label"]))

    def handle_startendtag(self, tag, attrs):
        """Nothing is open after it."""

    def handle_endtag(self, tag):
        while self.open and tag not in EMPTY and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self.is_told and data.strip():
            if any(name == "h2" for name, _ in self.open):
                self.chapter += data
            self.words.append((self.chapter, data.strip()))


def english_words(page: str) -> list[tuple[str, str]]:
    """Give (chapter, words) of all that a page shows in English; charts and data have no chapter."""
    reader = _Words()
    reader.feed(page)
    charts = json.loads(re.search(r'id="charts">(.*?)</script>', page, re.DOTALL)[1])
    words = [("", text) for one in charts["charts"].values() for text in _texts(one["en"])]
    packed = re.search(r'id="data">([^<]*)<', page)
    if packed:
        data = unpacked(packed[1])
        at = data["languages"].index("en")
        words += [("", one if isinstance(one, str) else one[at]) for one in data["words"]]
    return [*reader.words, *words]


def _texts(part) -> Iterator[str]:
    if isinstance(part, dict):
        for one in part.values():
            yield from _texts(one)
    elif isinstance(part, list):
        for one in part:
            yield from _texts(one)
    elif isinstance(part, str):
        yield part
