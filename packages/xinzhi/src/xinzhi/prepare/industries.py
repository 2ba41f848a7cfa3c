"""Industries as registries write them: codes of one to four places, letters before them, names in full or in part.

Algorithm: a cell is brought to one form (NFKC), its code and its name are taken apart and looked up in the
table of GB/T 4754-2017 that comes with the package. What is read is a set of beginnings of codes: one of four
digits is an industry, a shorter one all industries that begin with it.

Reference: GB/T 4754-2017, Industrial classification for national economic activities (sections, divisions,
groups, classes), with the first amendment of 2019.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

EDITION = "GB/T 4754-2017"
STATED = re.compile(
    r"GB/?T?\s*4754[-—–]?\s*(20\d\d)?|国民经济行业(分类|代码)?|行业(代码|编码|类别|小类)"
)
CODE = re.compile(r"(?<![0-9A-Za-z])(?:([A-T])\s*)?(\d{1,4})(?:\.0+)?\s*[*★☆※]?(?![0-9A-Za-z.])")
"""A code inside a cell: the letter of a section, one to four digits, a star."""
LETTER = re.compile(r"(?<![0-9A-Za-z])([A-T])(?![0-9A-Za-z])")
NUMBER = re.compile(r"(\d{1,4})(?:\.0+)?")
PARTS = re.compile(r"[/\\|>→＞;]|—+|–|(?<=[\dA-T])-(?=[\dA-T])|-(?=\D)|(?<=\D)-")
"""What separates the levels of a path such as 制造业/电子器件制造/集成电路制造."""
NOISE = re.compile(r"[\s、，,。．.；;：:（）()\[\]【】《》“”\"'‘’·*★☆※_-]+")
JOINTS = re.compile(r"[和及与]")
TAILS = ("制造业", "加工业", "服务业", "制造", "加工", "服务", "活动", "行业", "产业", "业")
"""Endings without which a name is still told from all others."""
VAGUE = frozenset(("其他", "其它", "不详", "未知", "无", "暂无", "综合", "一般", "类"))
"""Words that say no industry."""
SHORTEST, MOST = 2, 24
"""A part of a name has so many characters at least, and fits so many industries at most."""


@dataclass(frozen=True, slots=True)
class Industry:
    """What was read in a cell: beginnings of codes, of which the industry has one."""

    codes: tuple[str, ...]
    """Beginnings of codes of GB/T 4754-2017; one of four digits is an industry itself."""
    written: str = ""
    """The four digits as they stand in the cell, if they do: a table of codes may know them, even where
    the standard of 2017 does not."""
    differs: bool = False
    """Whether name and code in the cell are those of different industries; the name was taken."""

    def holds(self, code: str) -> bool:
        """Whether a code of four digits lies under what was read."""
        return code.startswith(self.codes)


@dataclass(frozen=True, slots=True)
class IndustryTable:
    """The packaged table of industries."""

    names: Mapping[str, str]
    """Code (a letter, or two to four digits) -> name."""
    by_name: Mapping[str, tuple[str, ...]]
    """Name in one form -> codes; names of older editions stand for their successors."""
    sections: Mapping[str, tuple[str, ...]]
    """Letter of a section -> its divisions."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Codes of four digits."""
        return tuple(code for code in self.names if len(code) == 4)

    def expand(self, code: str) -> tuple[str, ...]:
        """Give the divisions of a section; any other code as it is."""
        return self.sections.get(code, (code,))


@cache
def industries() -> IndustryTable:
    """Read the packaged table.

    >>> table = industries()
    >>> table.names["3973"], table.sections["I"]
    ('集成电路制造', ('63', '64', '65'))
    """
    path = files("xinzhi.prepare").joinpath("data/industries.csv")
    with path.open(encoding="utf-8") as file:
        rows = [(row["code"], row["name"], row["source"]) for row in csv.DictReader(file)]
    names = {code: name for code, name, source in rows if source.startswith(EDITION)}
    sections: dict[str, list[str]] = {}
    letter = ""
    for code in names:
        letter = code if code.isalpha() else letter
        if len(code) == 2:
            sections.setdefault(letter, []).append(code)
    by_name: dict[str, list[str]] = {}
    for code, name, _ in rows:
        by_name.setdefault(_plain(name), []).append(code)
    return IndustryTable(
        MappingProxyType(names),
        MappingProxyType({name: _coarsest(codes) for name, codes in by_name.items()}),
        MappingProxyType({letter: tuple(divisions) for letter, divisions in sections.items()}),
    )


def read_industry(cell: object) -> Industry | None:
    """Read the industry of a cell; None where it does not say one.

    Examples
    --------
    >>> [read_industry(cell).codes for cell in ("C3973 集成电路制造", "6513.0", "６５１３", "I65软件业", 111.0)]
    [('3973',), ('6513',), ('6513',), ('65',), ('0111',)]
    >>> read_industry("计算机、通信和其他电子设备制造业").codes, read_industry("集成电路").codes
    (('39',), ('3973',))
    >>> read_industry("不详") is None
    True
    """
    if isinstance(cell, bool) or cell is None or cell != cell:  # noqa: PLR0124
        return None
    if isinstance(cell, int | float):
        return _number(cell)
    text = unicodedata.normalize("NFKC", str(cell)).strip().upper()
    if number := NUMBER.fullmatch(text):
        return _number(float(text)) if "." in text else _digits(number[1])
    text = STATED.sub(" ", text)
    read = [found for part in (text, *PARTS.split(text)) if (found := _part(part.strip()))]
    if not read:
        return None
    # Of the levels of a path the lowest says most, and those above hold it.
    return max(read, key=lambda found: (min(map(len, found.codes)), -len(found.codes)))


def _number(number: float) -> Industry | None:
    """Read a number of a spreadsheet, which has lost the zeros before it.

    >>> _number(39).codes, _number(6513.0).codes, _number(0.5)
    (('39',), ('6513',), None)
    """
    if number != int(number) or not 0 < number < 10_000:
        return None
    digits = str(int(number))
    # 111 is 0111: a whole column of codes of four digits is what becomes numbers.
    return _digits(digits.zfill(4 if len(digits) == 3 else 2))


def _digits(digits: str) -> Industry | None:
    """Read a code of two to four digits; zeros behind a division or a group fill it up.

    >>> _digits("3900").codes, _digits("3970").codes, _digits("3940").codes, _digits("397").codes
    (('39',), ('397',), ('3940',), ('397',))
    """
    table = industries()
    if len(digits) == 1:
        digits = f"0{digits}"
    shorter = [digits.removesuffix("0"), digits.removesuffix("00")] if len(digits) == 4 else []
    for code in (digits, *shorter):
        if code in table.names or (len(code) == 3 and f"{code}0" in table.names):
            return Industry((code,), digits if len(digits) == 4 else "")
    # A class that the edition of 2017 does not have may be one of an older table of the user.
    if len(digits) == 4 and digits[:2] in table.names:
        return Industry((digits,), digits)
    return None


def _part(text: str) -> Industry | None:
    """Read one level: a code, a name, or both."""
    found = list(CODE.finditer(text))
    rest = CODE.sub(" ", text)
    coded = _together([_coded(one) for one in found])
    if not found and (letter := LETTER.search(text)):
        coded = Industry(industries().sections[letter[1]])
        rest = LETTER.sub(" ", text)
    named = _named(rest)
    if coded is None or named is None:
        return coded or named
    if any(code.startswith(named.codes) for code in coded.codes):
        return coded
    if all(code.startswith(coded.codes) for code in named.codes):
        # `C39 集成电路制造`: the name says more than the code.
        return named
    # Only a full name is held against a code: part of a name may be that of many.
    if _plain(rest) not in industries().by_name:
        return coded
    return Industry(named.codes, differs=True)


def _coded(found: re.Match[str]) -> Industry | None:
    """Read a code with its letter; a letter of another section makes it unreadable."""
    letter, digits = found.groups()
    coded = _digits(digits)
    if coded and letter and coded.codes[0][:2] not in industries().sections[letter]:
        return None
    return coded


def _together(read: list[Industry | None]) -> Industry | None:
    """Join several codes of one cell; one that cannot be read makes the cell unreadable."""
    known = [one for one in read if one is not None]
    if not known or len(known) < len(read):
        return None
    finest = max(len(one.codes[0]) for one in known)
    codes = tuple(dict.fromkeys(c for one in known for c in one.codes if len(c) == finest))
    return Industry(codes, known[-1].written if len(codes) == 1 else "")


def _named(text: str) -> Industry | None:
    """Find an industry by its name: in full, or by a part that few names hold."""
    table, name = industries(), _plain(text)
    if not name:
        return None
    if exact := table.by_name.get(name):
        return Industry(tuple(code for one in exact for code in table.expand(one)))
    core = _core(name)
    if core in VAGUE:
        return None
    by_core = [
        code for full, codes in table.by_name.items() if _core(full) == core for code in codes
    ]
    if by_core:
        return Industry(tuple(code for one in _coarsest(by_core) for code in table.expand(one)))
    if len(core) < SHORTEST:
        return None
    parts = [code for full, codes in table.by_name.items() if core in full for code in codes]
    held = _coarsest([code for code in parts if not code.isalpha()])
    return Industry(held) if 0 < len(held) <= MOST else None


@cache
def _plain(name: str) -> str:
    """Bring a name to one form: no marks, no words between.

    >>> _plain("电气机械及器材制造业"), _plain("软件和信息技术服务业 ")
    ('电气机械器材制造业', '软件信息技术服务业')
    """
    return JOINTS.sub("", NOISE.sub("", unicodedata.normalize("NFKC", name)))


@cache
def _core(name: str) -> str:
    """Take the ending off a name.

    >>> _core("软件信息技术服务业"), _core("集成电路制造")
    ('软件信息技术', '集成电路')
    """
    for tail in TAILS:
        if name.endswith(tail) and len(name) > len(tail):
            return name.removesuffix(tail)
    return name


def _coarsest(codes: list[str]) -> tuple[str, ...]:
    """Leave out codes under another of the list; a group of one class is the same as its class.

    >>> _coarsest(["3973", "397", "65", "652"])
    ('397', '65')
    """
    # 12 and 1200 are one industry under two numbers: the shorter holds the other.
    distinct = dict.fromkeys(codes)
    return tuple(
        code
        for code in distinct
        if not any(code != other and code.startswith(other) for other in distinct)
    )
