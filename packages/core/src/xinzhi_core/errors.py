"""Errors, all of one form: what, where, remedy, code.

Problems of one input are collected and raised once. Somebody who handles errors differs between
the classes; somebody who reads them sees the same four parts.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Literal, Self

from xinzhi_core.periods import period_name
from xinzhi_core.wording import (
    COLONS,
    Language,
    Message,
    Wording,
    listed,
    message,
    say,
    visible,
)

Severity = Literal["error", "warning"]
SHOWN = 10
EXAMPLES = 3
"""Problems of a kind that are shown where there are more than `SHOWN` in all."""
QUOTED = 40
"""Characters that an error shows of one thing in a file."""
LONGEST, KEPT = 1000, 80
"""Characters of a text that a message still quotes whole, and those that it keeps of a longer one."""


PLACES: Mapping[str, Message] = MappingProxyType(
    {
        "line": message("line {value}", value=""),
        "position": message("column {value}", value=""),
        "sheet": message("sheet {value}", value=""),
        "row": message("row {value}", value=""),
        "column": message("column '{value}'", value=""),
        "cell": message("cell {value}", value=""),
    }
)
"""Parts of a place in words; the others are said as they are."""


@dataclass(frozen=True, slots=True)
class Where:
    """A place that a person can look up; only the fields that apply are set."""

    file: str | None = None
    line: int | None = None
    """Line of a text file such as the study file, from 1."""
    position: int | None = None
    """Character in that line, from 1."""
    key: str | None = None
    """Dotted key of the study file."""
    sheet: str | None = None
    row: int | None = None
    """Row of the data file; the header is row 1."""
    column: str | None = None
    """Name of the data column."""
    cell: str | None = None
    """Spreadsheet address such as D7."""
    entity: str | None = None
    period: int | str | None = None

    def __str__(self) -> str:
        return self.in_words()

    def in_words(self, language: Language = "en") -> str:
        """Write the place: `study.yaml, line 3, column 5`."""
        named = period_name(self.period) if isinstance(self.period, int) else self.period
        values = ((f.name, getattr(self, f.name)) for f in fields(self))
        given = ((name, named if name == "period" else value) for name, value in values)
        parts = (
            say(message(PLACES[name].template, value=shorten(str(value))), language)
            if name in PLACES
            else visible(str(shorten(str(value))))
            for name, value in given
            if value is not None
        )
        return ("，" if language == "zh" else ", ").join(parts)


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: what is wrong, where, and the remedy."""

    code: str
    """Stable dotted code such as `panel.duplicate`."""
    what: Wording
    where: Where = Where()
    remedy: Wording = ""
    severity: Severity = "error"
    beside: tuple[str, ...] = ()
    """Further columns that it is about, beside that of its place."""
    trace: str = field(default="", compare=False, repr=False)
    """Where the program failed, of a fault of xinzhi itself; empty of everything else."""

    def in_words(self, language: Language = "en") -> str:
        """Write the problem on up to three lines."""
        lines = [say(shorten(self.what), language), *_placed(self, "", language)]
        if self.remedy:
            lines.append(_remedied(self, language))
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.in_words()


def shorten(wording: Wording) -> Wording:
    """Cut what a message quotes to a length that a person reads: a cell can hold a whole book.

    >>> len(str(shorten(message("'{cell}' is not a number.", cell="9" * 5000)))) < 150
    True
    """
    if isinstance(wording, Message):
        values = {
            key: shorten(value) if isinstance(value, (str, Message)) else value
            for key, value in wording.values.items()
        }
        return replace(wording, values=MappingProxyType(values))
    if isinstance(wording, str) and len(wording) > LONGEST:
        return f"{wording[:KEPT]}… ({len(wording)})"
    return wording


CAUSES = (
    ("study.", "option.", "usage"),
    ("file.", "files.", "format.", "encoding.", "security.", "limit."),
    ("data.missing_column", "layout.", "join.", "units."),
    ("panel.", "names.", "cities.", "map."),
)
"""Beginnings of codes in the order of causes: what comes later may follow from what comes before. Cells,
which no beginning names, come last."""
UNMATCHED = "files.matched"
"""Code of the warning that names do not match between files, from which errors in cells follow."""


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """Problems of one kind, errors in one file, which have one cause and one remedy."""

    problems: tuple[Problem, ...]

    @property
    def first(self) -> Problem:
        """The problem that stands for all."""
        return self.problems[0]

    @property
    def columns(self) -> Mapping[str, int]:
        """Columns with their number of problems, most frequent first."""
        return dict(Counter(p.where.column for p in self.problems if p.where.column).most_common())

    def examples(self, n: int = EXAMPLES) -> tuple[Problem, ...]:
        """Choose problems in different columns first, in their order; one is not left out alone."""
        if len(self.problems) <= n + 1:
            return self.problems
        first: dict[str | None, int] = {}
        for position, problem in enumerate(self.problems):
            first.setdefault(problem.where.column, position)
        # The first problem of each column, then, where columns are fewer than examples, the first ones.
        chosen = tuple(dict.fromkeys((*first.values(), *range(n))))[:n]
        return tuple(self.problems[position] for position in sorted(chosen))

    def in_words(self, language: Language = "en", n_examples: int = EXAMPLES) -> str:
        """Say the first problem, where others are, how many there are, and the remedy.

        An example with a remedy of its own, such as the nearest name, is said whole.
        """
        first, *others = self.examples(n_examples)
        text = say(shorten(first.what), language)
        lines = [text, *_placed(first, "", language)]
        apart = [other for other in others if other.remedy != first.remedy]
        for other in others:
            if other not in apart:
                words = say(shorten(other.what), language)
                lines += _placed(other, words if words != text else "", language)
        if first.remedy:
            lines.append(_remedied(first, language))
        also = say(message("also"), language) + COLONS[language]
        lines += [f"  {also}{other.in_words(language)}" for other in apart]
        if len(self.problems) > len(others) + 1:
            lines.append(f"  {say(self._counted(), language)}")
        return "\n".join(lines)

    def _counted(self) -> Message:
        n, columns = len(self.problems), self.columns
        if len(columns) < 2:
            return message("{n} problems like this.", n=n)
        shown: list[Wording] = [
            message("{text} ({place})", text=name, place=count) if count > 1 else name
            for name, count in tuple(columns.items())[:EXAMPLES]
        ]
        more = ["…"] if len(columns) > EXAMPLES else []
        return message(
            "{n} problems like this, in {k} columns: {columns}.",
            n=n,
            k=len(columns),
            columns=listed([*shown, *more]),
        )


def group_problems(problems: Iterable[Problem]) -> tuple[ProblemGroup, ...]:
    """Group errors by kind and file, warnings by kind: errors first, root causes first.

    >>> cells = [Problem("number.text", message("'{x}' is not a number.", x=x)) for x in "ab"]
    >>> key = Problem("data.missing_column", "Column 'city' is not in the data.")
    >>> [(one.first.code, len(one.problems)) for one in group_problems([*cells, key])]
    [('data.missing_column', 1), ('number.text', 2)]
    """
    groups: dict[tuple[object, ...], list[Problem]] = {}
    for problem in problems:
        sentence = problem.what
        kind = sentence.template if isinstance(sentence, Message) else str(sentence)
        # An error is mended file by file; a warning about many files is one thing to know.
        file = problem.where.file if problem.severity == "error" else None
        groups.setdefault((problem.severity, problem.code, kind, file), []).append(problem)
    collected = [ProblemGroup(tuple(dict.fromkeys(group))) for group in groups.values()]
    return tuple(sorted(collected, key=lambda group: _rank(group.first)))


def _rank(problem: Problem) -> tuple[bool, int]:
    is_follower = problem.severity == "warning" and problem.code != UNMATCHED
    cause = (n for n, starts in enumerate(CAUSES) if problem.code.startswith(starts))
    return is_follower, next(cause, len(CAUSES))


def _placed(problem: Problem, sentence: str, language: Language) -> list[str]:
    place = problem.where.in_words(language)
    if sentence:
        also = say(message("also"), language) + COLONS[language]
        placed = message("{text} ({place})", text=sentence, place=place) if place else sentence
        return [f"  {also}{say(placed, language)}"]
    where = say(message("where"), language) + COLONS[language]
    return [f"  {where}{place}"] if place else []


def _remedied(problem: Problem, language: Language) -> str:
    remedy = say(message("remedy"), language) + COLONS[language]
    return f"  {remedy}{say(shorten(problem.remedy), language)}"


class StudyError(Exception):
    """Base of all errors of xinzhi: one or more problems, raised together."""

    exit_code = 1

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__(self.in_words())

    @classmethod
    def of(cls, what: Wording, where: Where = Where(), remedy: Wording = "", *, code: str) -> Self:
        """Make an error of one problem."""
        return cls(Problem(code, what, where, remedy))

    def __reduce__(self) -> tuple[type[StudyError], tuple[tuple[Problem, ...]]]:
        """Travel from a process to another with the problems, not with their words."""
        return type(self), (self.problems,)

    def in_words(self, language: Language = "en") -> str:
        """Say the problems of the first ten causes, root causes first, and how many more there are."""
        groups = group_problems(self.problems)
        n_examples = SHOWN if len(self.problems) <= SHOWN else EXAMPLES
        shown = [group.in_words(language, n_examples) for group in groups[:SHOWN]]
        more = sum(len(group.problems) for group in groups[SHOWN:])
        if more > 0:
            shown.append(
                say(
                    message("… and {n} more problems.", one="… and {n} more problem.", n=more),
                    language,
                )
            )
        return "\n".join(shown)

    @property
    def code(self) -> str:
        """Code of the first problem."""
        return self.problems[0].code


class SpecError(StudyError):
    """The study file, or an option, is not meaningful."""


class DataError(StudyError):
    """The data cannot be used as they are."""


class MissingColumn(DataError):
    """A column that was named is not in the data."""


class DuplicateKey(DataError):
    """Two rows carry the same entity and period."""


class NotNumeric(DataError):
    """A column of numbers holds something else."""


class Gap(DataError):
    """Cells that are needed are empty."""


class OutOfDomain(DataError):
    """A value lies where the method is not defined."""


class MethodError(StudyError):
    """The method has no answer for these data."""


class NotIdentified(MethodError):
    """A coefficient of interest is not identified."""


class SolverFailure(MethodError):
    """No solver could prove an answer."""


class ReportError(StudyError):
    """A result cannot be written."""


class MissingExtra(StudyError):
    """A part needs a package that is not installed."""


class Halt(Exception):
    """The run ends here: it is not the failure of one analysis, and none may take it for its own.

    It is not a `StudyError`: an analysis keeps its place with the reason of its own failure.
    """


class Stopped(Halt):
    """The engine cannot go on: a full disk, lost workers."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem

    def __reduce__(self) -> tuple[type[Stopped], tuple[Problem]]:
        """Travel from a worker with the problem, not with its words."""
        return type(self), (self.problem,)


class Cancelled(KeyboardInterrupt):
    """Somebody asked the engine to stop; what is finished is kept."""


def quoted(text: object) -> str:
    """Cut what is quoted from a file: at most `QUOTED` characters of it are shown.

    >>> quoted("short"), len(quoted("long" * 100))
    ('short', 41)
    """
    words = str(text)
    return words if len(words) <= QUOTED else f"{words[:QUOTED]}…"


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Find the known name that is spelled most like this one, or None.

    >>> nearest("capitl", ["capital", "labour"])
    'capital'
    """
    # `difflib` counts a letter of another case as another letter; a person does not.
    by_fold = {candidate.casefold(): candidate for candidate in names}
    matches = difflib.get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[matches[0]] if matches else None


def suggestion(name: str, known: Sequence[str]) -> Wording:
    """Word the remedy for an unknown name: the near miss and what is known; none where nothing is."""
    if not known:
        return ""
    listed = ", ".join(sorted({*known}))
    near = nearest(name, known)
    if near is None:
        return message("known: {known}.", known=listed)
    return message("did you mean '{near}'? Known: {known}.", near=near, known=listed)
