"""Terms that are looked for in texts: business scopes of firms, causes of penalties.

A term counts where it stands for what is done: not where it is negated (不含, 除外), not inside a phrase that
means another thing, and, if the list says so, not in a clause that is about trade alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.errors import Problem, SpecError, Where
from xinzhi.prepare.sources import encode, source
from xinzhi.prepare.step import Sources
from xinzhi.wording import message

Found = npt.NDArray[np.object_]
GAP, WIDTH = "…", 15
"""`…` in a term stands for up to so many characters of one clause."""
END = ";；。\\n"
NOT = r"不含|不包括|不包含|不得从事|不从事|不得经营|不经营|不涉及|不得涉及|未从事|禁止从事|禁止经营|严禁从事|不得生产|不生产|不开展|不再从事|停止从事|不承接|不得开展|不得提供"
INSIDE = re.compile(rf"\([^()]*?(?P<negated>(?:{NOT})[^();；。]*)")
FORWARD = re.compile(rf"(?P<negated>(?:{NOT})[^{END},()]*(?:\([^()]*\)[^{END},()]*)*)")
BACKWARD = re.compile(
    rf"(?P<negated>(?:\([^()]*\)|[^{END},()])*(?<![清去消拆解])除外)(?![排部国墙观])"
)
AROUND = re.compile(
    rf"(?<![清去消拆解删扫排免切铲])(?P<negated>除(?![尘湿霜锈臭草磷氮雪冰虫味油铁硫菌盐垢])[^{END}]{{1,60}}?(?:之外|以外|外)(?![部国贸包资观围科延销墙排]))"
)
BEHIND_IT = re.compile(rf"(?P<negated>[^{END},()、]+\((?:不含|不包括|除外|不涉及)\))")
NEGATIONS = (BEHIND_IT, INSIDE, FORWARD, BACKWARD, AROUND)
SIGNS = re.compile(rf"{NOT}|除")
CLAUSE = re.compile(r"[;；。,，\n]")
BEHIND, LONGEST_VOID = 4, 12
"""A word that voids a term stands at most so many characters behind it; so many are looked at."""
THINGS = re.compile(
    r"集成电路|加工中心|发电机|检测(?:设备|仪|系统|装置)|(?:制造|生产|加工|封装|组装)设备"
    r"|(?:制造|生产|加工|开发)(?:商|业|区|厂|企业)"
)
"""Names of things that hold a word of production: 集成电路批发 is trade alone."""
WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
"""Letters and digits of full width."""
BLANK = "\u25a1"


@dataclass(frozen=True)
class Terms:
    """Terms of one class; plain words, found anywhere in a text, whatever the case."""

    include: tuple[str, ...]
    """A text with one of these counts."""
    exclude: tuple[str, ...] = ()
    """A text with one of these does not count, whatever else it holds."""
    always: tuple[str, ...] = ()
    """A text with one of these counts even beside an exclusion."""
    ignore: tuple[str, ...] = ()
    """Phrases in which a term does not count: 人工智能主题餐厅."""
    trade: tuple[str, ...] = ()
    """Words of trade: a clause with one of these and none of `make` does not count."""
    make: tuple[str, ...] = ()
    """Words of production and service, see `trade`."""
    void: tuple[str, ...] = ()
    """Words that, directly behind a term, make it mean another thing: 培训, 主题."""

    def find_included(self, texts: pd.Series) -> Found:
        """First term that each text holds, None where it holds none."""
        return _each(texts, self._included)

    def find_excluded(self, texts: pd.Series) -> Found:
        """First forbidden term that each text holds, None where it holds none or one of `always`."""
        return _each(texts, self._excluded)

    def with_terms(self, more: Sequence[str]) -> Terms:
        """Give the list with other terms to look for, and the same rules for what does not count."""
        return replace(self, include=tuple(more), always=())

    def joined(self, other: Terms) -> Terms:
        """Give the terms of both lists."""
        return Terms(
            *(
                tuple(dict.fromkeys((*getattr(self, f.name), *getattr(other, f.name))))
                for f in fields(Terms)
            )
        )

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str] | None]:
        found = {field.name: _pattern(getattr(self, field.name)) for field in fields(Terms)}
        if void := found["void"]:
            found["void"] = re.compile(rf"[^{END},、()]{{0,{BEHIND}}}?(?:{void.pattern})")
        return found

    def _included(self, text: str) -> str | None:
        found = self._hit("include", text)
        return found if found is not None else self._hit("always", text)

    def _excluded(self, text: str) -> str | None:
        found = self._hit("exclude", text)
        return None if found is None or self._hit("always", text) is not None else found

    def _hit(self, part: str, text: str) -> str | None:
        pattern = self._patterns[part]
        # Most texts hold no term at all, and are not looked at further.
        if pattern is None or (pattern.search(text) is None and WIDE.search(text) is None):
            return None
        plain = unicodedata.normalize("NFKC", text)
        if SIGNS.search(plain):
            plain = without_negated(plain)
        ignored = self._patterns["ignore"]
        said = ignored.sub(_blanked, plain) if ignored else plain
        for match in pattern.finditer(said):
            # The words around a term are read in the text itself: a phrase may hold the word of trade.
            if part == "exclude" or self._counts(match, plain):
                return self._term(part, match.group())
        return None

    def _term(self, part: str, words: str) -> str:
        """Find the term of the list that stands in a text in these words."""
        terms: tuple[str, ...] = getattr(self, part)
        gapped = (t for t in terms if GAP in t and _pattern((t,)).fullmatch(words))  # type: ignore[union-attr]
        return words if words in terms else next(gapped, words)

    def _counts(self, match: re.Match[str], text: str) -> bool:
        """Whether a term stands for what is done."""
        if text[: match.start()].endswith("非"):
            return False
        trade, make, void = (self._patterns[part] for part in ("trade", "make", "void"))
        if void is not None and void.match(text[match.end() : match.end() + LONGEST_VOID]):
            return False
        if trade is None:
            return True
        clause = _clause(text, match)
        made = THINGS.sub(_blanked, clause)
        return trade.search(clause) is None or bool(make and make.search(made))


PARTS = tuple(field.name for field in fields(Terms))
REMOVE = "remove"
"""Key of terms that a list takes out of those before it."""


def without_negated(text: str) -> str:
    """Blank what a text denies, so that nothing in it is found.

    >>> without_negated("软件开发(不含人工智能、云计算);数据处理")
    '软件开发(□□□□□□□□□□);数据处理'
    >>> without_negated("电池制造;铅蓄电池除外"), without_negated("除人工智能外的软件开发")
    ('电池制造;□□□□□□', '□□□□□□的软件开发')
    """
    for pattern in NEGATIONS:
        text = pattern.sub(_blank_group, text)
    return text


def _blank_group(match: re.Match[str]) -> str:
    start, end = (place - match.start() for place in match.span("negated"))
    whole = match.group()
    return f"{whole[:start]}{BLANK * (end - start)}{whole[end:]}"


def _blanked(match: re.Match[str]) -> str:
    return BLANK * len(match.group())


def _clause(text: str, match: re.Match[str]) -> str:
    """Give the part of a text between two marks in which a term stands."""
    before = [place.end() for place in CLAUSE.finditer(text, 0, match.start())]
    after = CLAUSE.search(text, match.end())
    return text[before[-1] if before else 0 : after.start() if after else len(text)]


def _pattern(terms: tuple[str, ...]) -> re.Pattern[str] | None:
    """Make one pattern of all terms; `…` spans a few characters of a clause."""
    if not terms:
        return None
    # As it is written, and with the marks that a text has once it is brought to one form.
    forms = {form for term in terms for form in (term, unicodedata.normalize("NFKC", term))}
    # NFKC makes three points of the sign for a gap.
    forms = {form.replace("...", GAP) for form in forms}
    # The longest first: of two terms that begin alike, the one that says more is given as the reason.
    longest = sorted(forms, key=lambda form: (-len(form), form))
    gap = rf"[^{END}]{{0,{WIDTH}}}?"
    return re.compile(
        "|".join(_bounded(form, gap.join(map(re.escape, form.split(GAP)))) for form in longest),
        re.IGNORECASE,
    )


def _bounded(term: str, pattern: str) -> str:
    """Let an abbreviation stand alone: MES is not found in games, 5G not in 15G."""
    if not (term.isascii() and term.isalnum() and term == term.upper()):
        return pattern
    return rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])"


def _each(texts: pd.Series, find: Callable[[str], str | None]) -> Found:
    """Search each distinct text once."""
    places, distinct = encode(texts)
    # A categorical column may have categories that no cell has: they are not searched.
    used = np.zeros(len(distinct) + 1, dtype=bool)
    used[places] = True
    words = [find(t) if used[i] and isinstance(t, str) else None for i, t in enumerate(distinct)]
    # The code -1 of an empty cell picks the last element, None.
    found = np.empty(len(words) + 1, dtype=object)
    found[:-1] = words
    return found[places]


def read_terms(sources: Sources, names: Iterable[str], *, step: str) -> dict[str, Terms]:
    """Read lists of terms by the names of their sources, each added to those before it.

    A list is a mapping of classes to `include`, `exclude` and so on, one such mapping, or a table with the
    columns `term` and, as far as they are needed, `class`, `kind` and `source`. The key `remove` (or the kind)
    takes terms of the lists before out.

    Raises
    ------
    SpecError
        `prepare.terms`: another shape, an empty list, a term that is not a text.
    """
    lists: dict[str, dict[str, list[str]]] = {}
    for name in names:
        for kind, given in _parts(source(sources, name, step=step), name, step).items():
            _add(lists.setdefault(kind, {part: [] for part in PARTS}), given)
    empty = [kind for kind, parts in lists.items() if not parts["include"] and not parts["always"]]
    # Rules without a class are those of every class: they need no terms of their own.
    if not lists or empty == list(lists) or any(empty):
        raise _refused(", ".join(names), step)
    return {
        kind: Terms(**{part: tuple(dict.fromkeys(terms)) for part, terms in parts.items()})
        for kind, parts in lists.items()
    }


def all_terms(lists: Mapping[str, Terms]) -> Terms:
    """Give the terms of all classes as one list."""
    first, *rest = lists.values()
    for other in rest:
        first = first.joined(other)
    return first


def _add(parts: dict[str, list[str]], given: Mapping[str, Sequence[str]]) -> None:
    """Add the terms of one list, after those that it removes are gone."""
    gone = set(given.get(REMOVE, ()))
    for part in PARTS:
        parts[part] = [*(t for t in parts[part] if t not in gone), *given.get(part, ())]


def _parts(content: object, name: str, step: str) -> dict[str, Mapping[str, Sequence[str]]]:
    """Bring a list of any shape to classes, each with terms by their kind."""
    if isinstance(content, pd.DataFrame):
        content = _of_table(content)
    if isinstance(content, Mapping) and {*PARTS, REMOVE} & set(content):
        content = {"": content}
    if not isinstance(content, Mapping) or not content or not all(map(_fits, content.values())):
        raise _refused(name, step)
    return {str(kind): given for kind, given in content.items()}


def _of_table(table: pd.DataFrame) -> object:
    """Read a table of terms; None where it is not one."""
    if "term" not in table.columns:
        return None
    columns = {
        key: table[key].astype(str).str.strip() if key in table.columns else usual
        for key, usual in (("class", ""), ("term", ""), ("kind", "include"))
    }
    lists: dict[str, dict[str, list[str]]] = {}
    rows = pd.DataFrame(columns, index=table.index)
    for kind, term, part in zip(rows["class"], rows["term"], rows["kind"], strict=True):
        lists.setdefault(kind, {}).setdefault(part or "include", []).append(term)
    return lists


def _fits(given: object) -> bool:
    """Whether the lists of one class have a shape that can be read."""
    return (
        isinstance(given, Mapping)
        and bool(given)
        and not set(given) - {*PARTS, REMOVE}
        and all(
            isinstance(terms, list | tuple) and all(isinstance(t, str) and t for t in terms)
            for terms in given.values()
        )
    )


def _refused(name: str, step: str) -> SpecError:
    what = message("'{name}' is not a list of terms.", name=name)
    remedy = message("write for each class `include: [...]` and, if need be, `exclude: [...]`.")
    return SpecError(
        Problem("prepare.terms", what, Where(file=name, key=f"prepare.{step}"), remedy)
    )
