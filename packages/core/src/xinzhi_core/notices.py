"""Notices: facts that a reader of the results has to know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from xinzhi_core.errors import Where
from xinzhi_core.wording import Label, Message, Wording, listed


@dataclass(frozen=True, slots=True)
class Notice:
    """A fact about the results that is printed in the report and in results.json."""

    code: str
    """Stable dotted code such as `efficiency.infeasible`."""
    text: Wording
    where: Where = Where()
    remedy: Wording = ""
    """What to do about what could not be computed."""


def together(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Merge notices that differ in one word into one, with the words in a list.

    Notices about different entities stay apart, and so do those of different periods, unless the
    period is the word.

    Examples
    --------
    >>> from xinzhi_core.wording import message
    >>> two = [Notice("few", message("{n} clusters are few.", n=n)) for n in (30, 12)]
    >>> [str(one.text) for one in together(two)]
    ['30, 12 clusters are few.']
    """
    merged: list[_Merged] = []
    for notice in dict.fromkeys(notices):
        if not any(group.takes(notice) for group in merged):
            merged.append(_Merged(notice))
    return tuple(group.notice() for group in merged)


@dataclass(slots=True)
class _Merged:
    """A notice, and those that differ from it in one word."""

    first: Notice
    key: str = ""
    more: list[Wording] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    """Further files of which the same is said."""

    def takes(self, other: Notice) -> bool:
        """Add a notice if it differs in one word, the same one as before, or in its file alone."""
        a, b = self.first.text, other.text
        if not (isinstance(a, Message) and isinstance(b, Message)):
            return False
        if (a.template, self.first.code, self.first.where.entity) != (
            *(b.template, other.code, other.where.entity),
        ):
            return False
        keys = [key for key in a.values if str(a.values[key]) != str(b.values[key])]
        if len(keys) != 1 or self.key not in ("", keys[0]):
            return not keys and self._takes_file(other.where)
        if f"{{{keys[0]}}}" not in a.template:
            return False  # a number with a format of its own is not a word of a list
        word = b.values[keys[0]]
        periods = self.first.where.period, other.where.period
        if periods[0] != periods[1] and periods != (a.values[keys[0]], word):
            return False
        self.key = keys[0]
        self.more.append(word if isinstance(word, (Label, Message)) else str(word))
        return True

    def _takes_file(self, where: Where) -> bool:
        """Add the file of a place that is the same in all else."""
        is_same = replace(where, file=None) == replace(self.first.where, file=None)
        self.files += [where.file] if is_same and where.file else []
        return is_same

    def notice(self) -> Notice:
        """Put the words into a list; what holds for one of several places names none."""
        text = self.first.text
        if not self.more or not isinstance(text, Message):
            files = [self.first.where.file or "", *self.files]
            where = replace(
                self.first.where, file=", ".join(dict.fromkeys(filter(None, files))) or None
            )
            return replace(self.first, where=where)
        word = text.values[self.key]
        first = word if isinstance(word, (Label, Message)) else str(word)
        values = MappingProxyType({**text.values, self.key: listed([first, *self.more])})
        where = Where(entity=self.first.where.entity)
        # What counts the words of the list, and is not said, counts those of the first notice only.
        one = text.one if f"{{{text.counting}" in text.template else ""
        return replace(self.first, text=replace(text, values=values, one=one), where=where)
