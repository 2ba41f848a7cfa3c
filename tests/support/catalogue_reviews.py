"""What a person has read of the Chinese catalogue, so that nothing in it changes unread.

Three files lie in `tests/reference`: of each pair of texts its digest, the order of its places between braces
where Chinese has another one than English, and the sentences that say an opposite in words of their own.
`uv run python tools/review_catalogue.py` shows what is new, and writes the three files with `--write`.
"""

from __future__ import annotations

import hashlib
import re
import string

import polib

from layout import LOCALE
from opposites import OPPOSITES, denials
from places import ROOT

REFERENCE = ROOT / "tests" / "reference"
READ, ORDERS, EXCEPTIONS = (
    REFERENCE / f"catalogue_{name}.txt" for name in ("read", "places", "exceptions")
)


def pairs():
    """Every pair of an English and a Chinese text: sentences, and help."""
    return [
        (entry.msgid, entry.msgstr)
        for name in ("zh.po", "zh_help.po")
        for entry in polib.pofile(str(LOCALE / name))
    ]


def places(template):
    """Names between braces, in their order."""
    try:
        parsed = list(string.Formatter().parse(template))
    except ValueError:  # A text of the help, which is never filled in.
        return []
    return [name for _, name, _, _ in parsed if name]


def digest(english, chinese):
    """Identify a pair of texts."""
    return hashlib.sha256(f"{english}\0{chinese}".encode()).hexdigest()[:16]


def read_lines(found):
    """Write a line for each pair: its digest, and the English by which it is found again."""
    return sorted(f"{digest(english, chinese)} {flat(english)[:60]}" for english, chinese in found)


def order_lines(found):
    """Write a line for each pair whose places stand in another order in Chinese: that order."""
    return sorted(
        f"{' '.join(places(chinese))} | {flat(english)}"
        for english, chinese in found
        if places(chinese) != places(english)
    )


def exception_lines(found):
    """Write a line for each opposite that Chinese words otherwise."""
    lines = []
    for english, chinese in found:
        kinds = {kind: rule.faults(english, chinese) for kind, rule in OPPOSITES.items()}
        kinds["denial"] = denials(english, chinese)
        kinds["number"] = numerals(english, chinese)
        lines += [
            f"{kind}: {'+'.join(sorted(f))} | {flat(english)}" for kind, f in kinds.items() if f
        ]
    return sorted(lines)


WORDS = {"half": "½", "twice": "2"}


def numerals(english, chinese):
    """Say which numerals one language alone has; those of code and links count as all others."""
    there, here = (
        sorted(re.findall(r"\d+(?:\.\d+)?", re.sub(r"\{[^}]*\}", " ", text)))
        for text in (english, chinese)
    )
    return set() if there == here else {"other"}


def flat(text):
    """Put a text into one line."""
    return " ".join(text.split())


FILES = {READ: read_lines, ORDERS: order_lines, EXCEPTIONS: exception_lines}
"""File -> what writes its lines."""
