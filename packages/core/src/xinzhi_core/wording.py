"""Sentences in Chinese and English.

A `Message` keeps its English template and its values apart until the last moment, so that the
same notice can be printed in both languages. A `Label` is a name given by the user in one or two
languages. Plain strings are the user's own data and are never translated.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from shlex import quote
from string import Formatter
from types import MappingProxyType
from typing import Literal

import polib

from xinzhi_core.packages import PACKAGES
from xinzhi_core.periods import period_name

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
HAN = "\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”"
STRAY = re.compile(
    f"(?<=[{HAN}]) +(?=[{HAN}A-Za-z0-9{{%]|[+−±](?! ))|(?<=[A-Za-z0-9}}%]) +(?=[{HAN}])"
)
"""Blanks of a Chinese template beside a Chinese character or mark, before or after words, numbers and values; those
around an operator stay."""
COLONS: Mapping[Language, str] = MappingProxyType({"en": ": ", "zh": "："})
"""What stands between a word at the head of a line and what it is about."""
PLAIN_WORD = re.compile(rf"[\w.,:/=+-]*[\w./=+{re.escape(os.sep)}-]")
READ_IN_QUOTES = re.compile(r'["$`!]|%.*%|\\$')
"""What some shell reads inside double quotation marks."""
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that no document can hold: control characters but tab and line ends, half pairs."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a report says its sentences: what the study calls its entities and periods, and no stray blanks."""

    words: tuple[tuple[Language, str, str], ...] = ()
    """Language, a word of the templates, the word of the study; longer words first."""

    def put(self, template: str, language: Language) -> str:
        """Put the words of the study into a template; names of places and what goes into them stay.

        Chinese has no blank beside a Chinese character, as journals print it.

        >>> Terms((("en", "an entity", "a city"), ("en", "entity", "city"))).put("an entity: {entity}", "en")
        'a city: {entity}'
        >>> Terms().put("据 {test} 检验，p < {level}", "zh")
        '据{test}检验，p < {level}'
        """
        return _put(template, language, self.words)


@dataclass(frozen=True, slots=True)
class Message:
    """A translatable sentence: English template with named places, and what goes into them."""

    template: str
    """English text, `str.format` placeholders by name; it is the key of the catalogue."""
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """Value per placeholder; a value may itself be a `Message` or a `Label`."""
    one: str = ""
    """The English template where one thing is counted; Chinese needs none."""
    counting: str = "n"
    """The place whose number, where it is 1, chooses `one`."""
    terms: Terms | None = None
    """What the study calls its entities and periods, here and in the messages within."""

    def __str__(self) -> str:
        return say(self, "en")

    def __hash__(self) -> int:
        return hash((self.template, tuple((k, str(v)) for k, v in sorted(self.values.items()))))


@dataclass(frozen=True, slots=True)
class Label:
    """A name given by the user, in one or two languages."""

    name: str
    """The name in the study file; stands in where a language has no label."""
    zh: str | None = None
    en: str | None = None

    def __str__(self) -> str:
        return say(self, "en")


Wording = Message | Label | str


def message(
    template: str, *, one: object = "", counting: object = "n", **values: object
) -> Message:
    """Make a translatable sentence from an English template and named values.

    English says `one` where the place `counting` holds 1.

    >>> rows = [message("{n} rows were dropped.", one="{n} row was dropped.", n=n) for n in (3, 1)]
    >>> [str(words) for words in rows]
    ['3 rows were dropped.', '1 row was dropped.']
    """
    return Message(template, MappingProxyType(values), str(one), str(counting))


def said(wording: Wording) -> tuple[str, ...]:
    """Give a text in each language: two texts that say the same are the same to a reader."""
    return tuple(say(wording, language) for language in LANGUAGES)


def distinct(items: Iterable[Wording]) -> list[Wording]:
    """Keep the first of the texts that say the same in every language.

    >>> [str(words) for words in distinct([Label("a", zh="阶段", en="Stage"), Label("b", zh="阶段", en="Stage")])]
    ['Stage']
    """
    kept: dict[tuple[str, ...], Wording] = {}
    for words in items:
        kept.setdefault(said(words), words)
    return list(kept.values())


def listed(items: Sequence[Wording]) -> Wording:
    """Put words into a list: commas in English, 、 in Chinese.

    >>> str(listed(["a", "b", "c"])), say(listed(["a", "b"]), "zh")
    ('a, b, c', 'a、b')
    """
    return _fold(items, lambda first, rest: message("{first}, {rest}", first=first, rest=rest))


def _fold(items: Sequence[Wording], join: Callable[[Wording, Wording], Message]) -> Wording:
    """Join words from the last to the first: a message in a message, as each language has marks of its own."""
    words: Wording = items[-1] if items else ""
    for item in reversed(items[:-1]):
        words = join(item, words)
    return words


def in_a_row(sentences: Sequence[Wording]) -> Wording:
    """Put sentences behind each other: a space between them in English, none in Chinese.

    A note that ends without a full stop gets one.

    >>> str(in_a_row(["One.", "* p < 0.1", "Three."]))
    'One. * p < 0.1. Three.'
    """
    ended = [
        message("{sentence}.", sentence=sentence) if _is_open(sentence) else sentence
        for sentence in sentences
    ]
    return _fold(ended, lambda first, rest: message("{first} {second}", first=first, second=rest))


def _is_open(sentence: Wording) -> bool:
    return say(sentence, "en").rstrip()[-1:] not in {*".:!?。：！？…", ""}


def enumerated(items: Sequence[Wording]) -> Wording:
    """Put words into a list of running text, the last one after "and".

    >>> str(enumerated(["a", "b", "c"])), say(enumerated(["a", "b", "c"]), "zh")
    ('a, b and c', 'a、b和c')
    """
    if len(items) < 2:
        return listed(items)
    return message("{first} and {last}", first=listed(items[:-1]), last=items[-1])


def in_series(items: Sequence[Wording]) -> Wording:
    """Put clauses, or items that hold commas, one after the other.

    >>> str(in_series(["a, b", "c"])), say(in_series(["甲、乙", "丙"]), "zh")
    ('a, b; c', '甲、乙；丙')
    """
    return _fold(items, lambda first, rest: message("{first}; {rest}", first=first, rest=rest))


def sentence_of(clauses: Sequence[Wording], see: Wording = "") -> Wording:
    """Make a sentence of clauses; `see` refers to exhibits before the full stop.

    >>> str(sentence_of(["a rises", "b falls"])), say(sentence_of(["甲上升", "乙下降"]), "zh")
    ('a rises; b falls.', '甲上升；乙下降。')
    """
    return message("{clauses}{see}.", clauses=in_series(clauses), see=see)


def say(wording: Wording, language: Language) -> str:
    """Say a wording in a language; templates without a translation stay English.

    >>> say(Label("gdp", zh="地区生产总值"), "zh"), say(Label("gdp", zh="地区生产总值"), "en")
    ('地区生产总值', 'gdp')
    """
    # After the values are put in, as characters of this kind come from files.
    return visible(_say(wording, language))


def shell_word(text: object) -> str:
    """Write a word of a command as cmd, PowerShell and sh read it alike; what none of them agree on, as sh reads it.

    >>> print(shell_word("结果/study.yaml"), shell_word("{share: 20%}"), shell_word('a "b"'))
    结果/study.yaml "{share: 20%}" 'a "b"'
    """
    word = str(text)
    if PLAIN_WORD.fullmatch(word):
        return word
    return quote(word) if READ_IN_QUOTES.search(word) else f'"{word}"'


def visible(text: str) -> str:
    """Show characters that no document can hold by their codes.

    >>> print(visible("Tang" + chr(1) + "shan").replace(chr(92), "/"))
    Tang/x01shan
    """
    if text.isprintable():  # true of nearly every text, and ten times as fast as what follows
        return text
    return UNPRINTABLE.sub(lambda match: ascii(match[0])[1:-1], text)


def _say(wording: Wording, language: Language, terms: Terms | None = None) -> str:
    if isinstance(wording, str):
        return wording
    if isinstance(wording, Label):
        given = wording.zh if language == "zh" else wording.en
        return given or wording.name
    terms = wording.terms or terms
    template = _template(wording, language, terms)
    values = {
        key: _say(value, language, terms)
        if isinstance(value, (Message, Label))
        else named_period(value)
        if key in PERIODS
        else value
        for key, value in wording.values.items()
    }
    return _without_year_behind(template.format(**values), language)


def _template(wording: Message, language: Language, terms: Terms | None) -> str:
    """Choose the template of a message in a language, in the words of the study."""
    template = wording.template
    # Chinese has one form, which is translated from that of many. Printed numbers are texts.
    if wording.one and language == "en" and wording.values.get(wording.counting) in (1, "1"):
        template = wording.one
    if language != "en":
        template = catalogue(language).get(template, template)
    return template if terms is None else terms.put(template, language)


def say_around(wording: Wording, language: Language, mark: str) -> list[Message | str]:
    """Say a wording, but leave the messages in it whole that have a value called `mark`.

    >>> see = message("Table {n}", n=3, anchor="Table3")
    >>> words = message("It rose ({see}) in {n:.1f}%.", see=see, n=2)
    >>> [str(piece) for piece in say_around(words, "en", "anchor")]
    ['It rose (', 'Table 3', ') in 2.0%.']
    """
    pieces: list[Message | str] = []
    for piece in _around(wording, language, mark):
        if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    said = (_without_year_behind(p, language) if isinstance(p, str) else p for p in pieces)
    return [visible(piece) if isinstance(piece, str) else piece for piece in said if piece]


def _around(
    wording: Wording, language: Language, mark: str, terms: Terms | None = None
) -> Iterator[Message | str]:
    if not isinstance(wording, Message):
        yield _say(wording, language, terms)
        return
    if mark in wording.values:
        yield wording
        return
    terms = wording.terms or terms
    template = _template(wording, language, terms)
    for literal, name, form, conversion in Formatter().parse(template):
        yield literal
        if name is None:
            continue
        value = wording.values[name]
        if isinstance(value, Message):
            yield from _around(value, language, mark, terms)
        else:
            how = (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
            yield _say(
                Message(f"{{{name}{how}}}", MappingProxyType({name: value})), language, terms
            )


def _without_year_behind(text: str, language: Language) -> str:
    """Drop 年 behind a quarter, which is its own name."""
    return YEAR_BEHIND.sub(r"\1", text) if language == "zh" and "Q" in text else text


@cache
def _put(template: str, language: Language, words: tuple[tuple[Language, str, str], ...]) -> str:
    if language == "zh":
        template = STRAY.sub("", template)
    own = {word: term for tongue, word, term in words if tongue == language}
    if not own:
        return template
    edge = r"\b" if language == "en" else ""
    pattern = f"{{[^{{}}]*}}|{edge}(?:{'|'.join(map(re.escape, own))}){edge}"
    return re.sub(pattern, lambda match: own.get(match[0], match[0]), template)


PERIODS = frozenset(("period", "year", "low_year", "high_year", "peer_period"))
"""Places of templates that hold periods, which are said by their names."""
YEAR_BEHIND = re.compile(r"(\d{4}Q[1-4]) ?年")


def named_period(value: object) -> object:
    """Name a quarter that stands as a number in a message; everything else is formatted as it is.

    >>> named_period(2008), named_period(8064), named_period("8064"), named_period("Q")
    (2008, '2016Q1', '2016Q1', 'Q')
    """
    name = period_name(value)
    return value if name == str(value) else name


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """Read the gettext catalogue of a language: English template -> translation."""
    return _translations(f"{language}.po")


@cache
def descriptions() -> Mapping[str, str]:
    """Read what options are in Chinese: English text as it is declared -> translation."""
    return _translations("zh_help.po")


def declared(text: str) -> Label:
    """Give a text as an option, a section or a part declares it: its first paragraph, in both languages."""
    plain = " ".join(text.strip().partition("\n\n")[0].split())
    return Label(plain, zh=descriptions().get(plain), en=plain)


def _translations(name: str) -> Mapping[str, str]:
    text = files("xinzhi_core").joinpath("locale", name).read_text(encoding="utf-8")
    own = {entry.msgid: entry.msgstr for entry in polib.pofile(text) if entry.msgstr}
    others = (_translations_of(file) for file in catalogues_of_others(name))
    # Later ones win: no other package changes a word of this one, nor of one before it.
    return {k: v for each in (*reversed([*others]), own) for k, v in each.items()}


def catalogues_of_others(name: str) -> tuple[Path, ...]:
    """Find the catalogues of packages that add parts: `locale/zh.po` beside the module of an entry point.

    Entry points of all groups `xinzhi.…` count. The packages are found and not imported: they import this one.
    """
    found = entry_points()
    modules = {
        point.module.partition(".")[0]
        for group in found.groups
        if group.startswith("xinzhi.")
        for point in found.select(group=group)
    }
    specs = (find_spec(module) for module in sorted(modules - {*PACKAGES}))
    folders = (folder for spec in specs if spec for folder in spec.submodule_search_locations or ())
    files_of = (Path(folder, "locale", name) for folder in folders)
    return tuple(file for file in files_of if file.is_file())


def _translations_of(file: Path) -> Mapping[str, str]:
    """Read the catalogue of another package.

    Raises
    ------
    ValueError
        A translation has other places for values than its sentence: it could not be printed.
    """
    translated = {}
    for entry in polib.pofile(file.read_text(encoding="utf-8")):
        if entry.msgstr:
            if _places(entry.msgid) != _places(entry.msgstr):
                msg = f"{file}: {entry.msgid!r} and its translation have other places for values"
                raise ValueError(msg)
            translated[entry.msgid] = entry.msgstr
    return translated


def _places(template: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)
