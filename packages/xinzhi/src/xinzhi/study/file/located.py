"""YAML read into plain values that still know their line and column.

Built from parser events, so that tags, anchors, aliases and duplicate keys are refused where they
stand and nothing is ever constructed from the file but text, numbers, truths, lists and mappings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from xinzhi_core.errors import Problem, SpecError, Where, quoted
from xinzhi_core.wording import UNPRINTABLE, Message, message

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_DIGITS = 100
"""Characters of a number; Python itself refuses whole numbers of more than 4,300 digits."""
Path = tuple[str | int, ...]

WHOLE = re.compile(r"[-+]?[0-9]+")
DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
CONSTANTS: Mapping[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, slots=True)
class Located:
    """A plain value and the place of each of its parts."""

    value: Any
    file: str
    places: Mapping[Path, tuple[int, int]] = field(default_factory=dict)
    """Path of keys and positions -> line and column in the file, from 1."""
    given: Mapping[Path, str] = field(default_factory=dict)
    """Path of a part that is not in the file -> what gave it, such as `--set seed=2`."""

    def where(self, path: Path) -> Where:
        """Place of a part; of the nearest enclosing one when the part is not written out."""
        nearest = path
        while nearest and nearest not in self.places and nearest not in self.given:
            nearest = nearest[:-1]
        if nearest in self.given:
            is_itself = nearest == path
            return Where(file=self.given[nearest], key=None if is_itself else dotted(path))
        line, position = self.places.get(nearest, (1, 1))
        return Where(file=self.file, line=line, position=position, key=dotted(path) or None)


def dotted(path: Path) -> str:
    """Write a path as a key: `tables.baseline.columns[2]`."""
    words = "".join(
        f"[{part + 1}]" if isinstance(part, int) else f".{quoted(part)}" for part in path
    )
    return words.removeprefix(".")


def read_yaml(text: str, file: str) -> Located:
    """Read one YAML 1.2 document; every problem is an error with line and column."""
    if len(text.encode()) > MAX_BYTES:
        raise SpecError(
            Problem(
                "study.size",
                message("The study file is larger than {n} bytes.", n=MAX_BYTES),
                Where(file=file),
                message("a study file is a page of text: keep the data in files of their own."),
            )
        )
    if match := UNPRINTABLE.search(text):
        offset = match.start()
        line, position = text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
        raise SpecError(_unprintable(match[0], Where(file, line, position)))
    try:
        return _parsed(text, file)
    except MarkedYAMLError as error:
        for mended in _with_signs_taken_off(text):
            try:
                return _parsed(mended, file)
            except (YAMLError, SpecError):
                continue
        raise SpecError(_EventReader(file, text).unreadable(error)) from error
    except YAMLError as error:
        raise SpecError(Problem("study.yaml", _plain_reason(str(error)), Where(file))) from error


def _parsed(text: str, file: str) -> Located:
    """Read the events of a text.

    Raises
    ------
    YAMLError
        It is not YAML.
    SpecError
        It is, but no study file.
    """
    reader = _EventReader(file, text)
    value = reader.document(iter(YAML(typ="safe", pure=True).parse(text)))
    if reader.problems:
        raise SpecError(reader.problems)
    return Located(value, file, reader.places)


def _with_signs_taken_off(text: str) -> Iterator[str]:
    """Give a text that is not YAML with the blank that a sign `#` left behind, or took away, put right.

    Levels are two blanks wide: where a sign in front of a line went alone, or with a blank that was
    indentation, the line stands one blank too far to the right or to the left.
    """
    lines = text.split("\n")
    odd = [
        n
        for n, line in enumerate(lines)
        if _indentation(line) % 2 and not line.lstrip().startswith("#")
    ]
    if odd:
        moves: dict[int, int] = {}
        for n in odd:
            before = lines[n - 1] if n else ""
            # A run moves as its first line: to the right where it follows a block directly, else to the left.
            follows = _indentation(before) or before.rstrip().endswith(":")
            moves[n] = moves.get(n - 1, 1 if follows else -1)
        yield _moved(lines, moves)
        yield _moved(lines, dict.fromkeys(odd, -1))
        yield _moved(lines, dict.fromkeys(odd, 1))


def _moved(lines: Sequence[str], by: Mapping[int, int]) -> str:
    return "\n".join(
        line if n not in by else line[1:] if by[n] < 0 else f" {line}"
        for n, line in enumerate(lines)
    )


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" ")) if line.strip() else 0


def _unprintable(character: str, where: Where) -> Problem:
    text = message(
        "The character U+{code} is used here, which no document can show.",
        code=f"{ord(character):04X}",
    )
    remedy = message("delete it.")
    return Problem("study.control_character", text, where, remedy)


def _plain_reason(reason: str) -> Message:
    return message("The study file is not readable here: {reason}.", reason=reason)


class _EventReader:
    """Walks over the events of one document."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.lines = text.splitlines()
        self.places: dict[Path, tuple[int, int]] = {}
        self.problems: list[Problem] = []

    def document(self, events: Iterator[object]) -> object:
        started = 0
        value: object = None
        for event in events:
            if isinstance(event, DocumentStartEvent):
                started += 1
                if started > 1:
                    self._refuse(
                        event,
                        "study.documents",
                        message("A study file holds one document, not several."),
                        message("remove the line '---'."),
                    )
            elif hasattr(event, "anchor"):
                value = self._node(event, events, ())
        return value

    def _node(self, event: Any, events: Iterator[Any], path: Path) -> Any:
        self.places.setdefault(path, self._mark(event))
        if isinstance(event, AliasEvent) or event.anchor:
            self._refuse(
                event,
                "study.alias",
                message("Anchors and aliases (& and *) are not used in study files."),
                message("write the value out; for a table use `from: baseline/1`."),
            )
        if isinstance(event, AliasEvent):
            return None
        if getattr(event, "tag", None):
            self._refuse(
                event,
                "study.tag",
                message(
                    "The tag '{tag}' is not allowed: nothing in a study file is code.",
                    tag=quoted(event.tag),
                ),
                message("remove the tag and write the plain value."),
            )
        if len(path) > MAX_DEPTH:
            self._refuse(
                event,
                "study.depth",
                message("The study file is nested too deeply."),
                message("a study file has no more than {n} levels.", n=MAX_DEPTH),
            )
            raise SpecError(self.problems)  # what is nested without end is not walked through
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(events, path)
        return self._scalar(event)

    def _scalar(self, event: Any) -> Any:
        text, is_plain = str(event.value), event.style is None
        # An escape such as "\x02" in quotes is a control character only after it has been read.
        self._refuse_unprintable(text, event)
        if (
            is_plain
            and len(text) > MAX_DIGITS
            and (WHOLE.fullmatch(text) or DECIMAL.fullmatch(text))
        ):
            self._refuse(
                event,
                "study.number",
                message("The number has {n} characters.", n=len(text)),
                message("write a number of at most {n}.", n=MAX_DIGITS),
            )
            return None
        return scalar(text, plain=is_plain)

    def _refuse_unprintable(self, text: str, event: object) -> None:
        if match := UNPRINTABLE.search(text):
            line, position = self._mark(event)
            self.problems.append(_unprintable(match[0], Where(self.file, line, position)))

    def _mapping(self, events: Iterator[object], path: Path) -> dict[str, object]:
        values: dict[str, object] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._key(event, events, path)
            line, position = self._mark(event)
            if key in values:
                first = self.places[(*path, key)][0]
                self._refuse(
                    event,
                    "study.duplicate_key",
                    message(
                        "The key '{key}' is given twice here, first in line {first}.",
                        key=quoted(key),
                        first=first,
                    ),
                    message("keep one of the two."),
                )
            self.places.setdefault((*path, key), (line, position))
            values[key] = self._node(next(events), events, (*path, key))
        return values

    def _key(self, event: object, events: Iterator[object], path: Path) -> str:
        if isinstance(event, ScalarEvent):
            if event.anchor or event.tag:
                self._node(event, events, (*path, event.value))
            self._refuse_unprintable(str(event.value), event)
            return str(event.value)
        self._refuse(event, "study.key", message("A key is a word, not a list or a mapping."))
        self._node(event, events, (*path, "?"))
        return f"?{len(self.problems)}"

    def _sequence(self, events: Iterator[object], path: Path) -> list[object]:
        values: list[object] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            values.append(self._node(event, events, (*path, len(values))))
        return values

    def _mark(self, event: Any) -> tuple[int, int]:
        return event.start_mark.line + 1, event.start_mark.column + 1

    def _refuse(
        self, event: object, code: str, sentence: Message, remedy: Message | str = ""
    ) -> None:
        line, position = self._mark(event)
        self.problems.append(Problem(code, sentence, Where(self.file, line, position), remedy))

    def unreadable(self, error: MarkedYAMLError) -> Problem:
        """Explain why the text is not YAML: tabs and full-width colons are named as such."""
        mark = error.problem_mark or error.context_mark
        line, position = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        for number in (line, line - 1):
            written = self.lines[number - 1] if 0 < number <= len(self.lines) else ""
            if "\t" in written[: len(written) - len(written.lstrip())]:
                text = message("Line {line} is indented with a tab.", line=number)
                where = Where(self.file, number, written.index("\t") + 1)
                remedy = message("indent with spaces, two a level.")
                return Problem("study.tab", text, where, remedy)
            if "：" in written:
                return full_width_colon(self.file, number, written)
        said = str(error.problem or error.context or "")
        odd = next(
            (n for n, one in enumerate(self.lines[: line + 1], 1) if _indentation(one) % 2), None
        )
        if odd is not None and said.startswith(
            ("expected '<document start>'", "expected <block end>")
        ):
            line, position = odd, 1
        what = next((words for begin, words in IN_WORDS.items() if said.startswith(begin)), None)
        return Problem(
            "study.yaml",
            _plain_reason(said)
            if what is None
            else message("Line {line}: {what}.", line=line, what=what),
            Where(self.file, line, position),
            message("compare the indentation and the quotes with the lines around it."),
        )


IN_WORDS: Mapping[str, Message] = {
    "expected '<document start>'": message(
        "the indentation does not fit the lines above; a section begins at the left edge"
    ),
    "expected <block end>": message("the indentation does not fit the lines above"),
    "could not find expected ':'": message("a key has no colon behind it"),
    "mapping values are not allowed here": message(
        "a colon stands where none belongs: put a text with a colon into quotes"
    ),
    "found unexpected end of stream": message("a quote is opened and never closed"),
    "found character": message(
        "a text begins with a sign that means something: put it into quotes"
    ),
    "expected ',' or": message("a bracket is not closed, or a comma is missing"),
    "while scanning a quoted scalar": message("a quote is opened and never closed"),
}
"""How the parser's words begin -> what is wrong, in ours."""


def full_width_colon(file: str, line: int, text: str) -> Problem:
    """Name a full-width colon where a plain one belongs."""
    return Problem(
        "study.full_width_colon",
        message("Line {line} has a full-width colon '：' where YAML wants ': '.", line=line),
        Where(file, line, text.index("：") + 1),
        message("replace '：' by a plain colon and a space."),
    )


def scalar(text: str, *, plain: bool) -> object:
    """Read a scalar by the YAML 1.2 core schema; quoted text stays text.

    >>> scalar("2008", plain=True), scalar("2008", plain=False), scalar("no", plain=True)
    (2008, '2008', 'no')
    """
    if not plain:
        return text
    if text in CONSTANTS:
        return CONSTANTS[text]
    if WHOLE.fullmatch(text):
        return int(text)
    if DECIMAL.fullmatch(text):
        return float(text)
    return text
