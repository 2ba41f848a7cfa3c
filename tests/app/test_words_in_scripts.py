"""The words of the page against the scripts that say them: no word without a script, no script without its word.

The browser puts these sentences together, so no test on the server hears them. What a script names is read here a
second time: each key that it asks for exists, each place of its template is filled, and each word is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from string import Formatter

import pytest

from xinzhi_app.words import WORDS, every_word

STATIC = files("xinzhi_app") / "static"
SCRIPTS = {
    path.name: path.read_text(encoding="utf-8")
    for path in STATIC.iterdir()
    if path.name.endswith((".js", ".html"))
}
CALL = re.compile(r"(?<![\w.$])t\(")
TEXT = re.compile(r"\"([^\"]*)\"|`([^`]*)`")
KEY = re.compile(r"[\"'`]([a-z_]+(?:\.[a-z_]+)*)[\"'`]")
FORMED = re.compile(r"`([a-z_]+\.[a-z_.]*(?:\$\{[^}`]+\}\.?)+)`")
FROM_SERVER = frozenset({"error.error", "error.warning"})
"""Formed from the severity of a problem, which no script writes."""
PAIRS = {"(": ")", "[": "]", "{": "}"}


def arguments(text: str, start: int) -> list[str]:
    """Split the arguments of a call that opens before `start`; what stands in quotation marks or brackets stays whole."""
    found, depth, begin, quote = [], 0, start, ""
    for place in range(start, len(text)):
        mark = text[place]
        if quote:
            quote = "" if mark == quote and text[place - 1] != "\\" else quote
        elif mark in "\"'`":
            quote = mark
        elif mark in PAIRS:
            depth += 1
        elif mark in PAIRS.values() and depth:
            depth -= 1
        elif not depth and mark in ",)":
            found.append(text[begin:place].strip())
            begin = place + 1
            if mark == ")":
                return [one for one in found if one]
    raise AssertionError(text[start : start + 60])


def calls() -> Iterator[tuple[str, list[str], list[str] | None]]:
    """List the calls of t: the file, the keys that are written out, and the names of the values; None where these are made elsewhere."""
    for name, text in SCRIPTS.items():
        for match in CALL.finditer(text):
            first, *others = arguments(text, match.end())
            keys = [one for one, _ in TEXT.findall(first) if one in WORDS or "." in one]
            values: list[str] | None = []
            if others:
                inside = others[0]
                values = None
                if inside.startswith("{") and "..." not in inside:
                    parts = arguments(inside[1:-1] + ")", 0)
                    values = [
                        re.split(r"[:\s]", part, maxsplit=1)[0].strip("\"'") for part in parts
                    ]
            yield name, keys, values


def places(key: str, language: str) -> set[str]:
    """Name the places of a word that are to be filled."""
    return {
        name
        for template in every_word()[language][key]
        for _, name, _, _ in Formatter().parse(template)
        if name
    }


def test_each_word_that_a_script_asks_for_exists_and_has_its_values():
    """In both languages: a place without a value would show as {name} to the user."""
    asked = list(calls())
    assert len(asked) > 200
    wrong = []
    for file, keys, values in asked:
        for key in keys:
            if key not in WORDS:
                wrong.append((file, key))
            elif values is not None:
                lacking = (places(key, "en") | places(key, "zh")) - set(values)
                wrong += [(file, key, name) for name in lacking]
    assert wrong == []


def is_formed(key: str) -> bool:
    """Tell whether a script forms a name such as this from a word that stands in it or comes from the server."""
    for text in SCRIPTS.values():
        for one in FORMED.findall(text):
            pattern = re.sub(r"\\\$\\\{[^}`]+\\\}", r"[a-z_]+", re.escape(one))
            if not re.fullmatch(pattern, key):
                continue
            # Behind a page's own name anything would do: the last word stands in the script itself.
            last = re.escape(key.rpartition(".")[2])
            is_bare = re.fullmatch(r"[a-z]+\.\$\{[^}]+\}", one)
            if not is_bare or re.search(rf"[\"'`]{last}[\"'`]|\b{last}:", text):
                return True
    return False


@pytest.mark.parametrize("key", WORDS)
def test_each_word_is_asked_for_by_a_script(key):
    """By its name, or by one that is formed from a state, a stage or a choice."""
    is_known = key in FROM_SERVER or is_formed(key)
    assert is_known or any(key in KEY.findall(text) for text in SCRIPTS.values())
