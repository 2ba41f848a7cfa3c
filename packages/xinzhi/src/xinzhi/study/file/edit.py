"""The text of a study file with one part changed: every other character stays as it was written.

Comments, order, quotes and alignment are the user's. The new text is read again and must hold exactly
the value that was meant; where it does not, nothing is changed and the problem says so.

Where each part of a study file begins and ends in its text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.events import (
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from xinzhi.study.file.located import Path, dotted, read_yaml
from xinzhi.study.first.yaml_text import quoted
from xinzhi_core.errors import Problem, SpecError, Where
from xinzhi_core.wording import message


@dataclass(slots=True)
class Span:
    """A part of the text: characters from `start` up to `end`, without comments behind it."""

    kind: Literal["scalar", "mapping", "sequence"]
    start: int
    end: int
    is_flow: bool = False
    """Whether it is written in brackets."""
    key: str | int = ""
    head: int = 0
    """Where its key, or its dash, begins; `start` in brackets without a key."""
    value_of: int | None = None
    """Of a value of a mapping: where its key ends."""
    children: list[Span] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written."""
        return self.kind == "scalar" and self.start == self.end

    def child(self, key: str | int) -> Span | None:
        """Find a part by its key or number."""
        return next((child for child in self.children if child.key == key), None)


def spans(text: str) -> Span:
    """Find the place of every part.

    Raises
    ------
    SpecError
        The text is not a study file: tags, anchors, depth and size are refused as everywhere.
    """
    read_yaml(text, "")
    events = iter(YAML(typ="safe", pure=True).parse(text))
    for event in events:
        if isinstance(event, (ScalarEvent, MappingStartEvent, SequenceStartEvent)):
            return _span(event, events, text)
    return Span("mapping", len(text), len(text))


def _span(event: Any, events: Iterator[Any], text: str) -> Span:
    start, end = event.start_mark.index, event.end_mark.index
    if isinstance(event, ScalarEvent):
        # A block scalar ends before the blank lines that the parser counts in.
        written = text[start:end].rstrip() if event.style in {"|", ">"} else text[start:end]
        return Span("scalar", start, start + len(written))
    is_flow = bool(event.flow_style)
    if isinstance(event, MappingStartEvent):
        return _close(Span("mapping", start, end, is_flow), _pairs(events, text))
    return _close(Span("sequence", start, end, is_flow), _items(events, text, is_flow=is_flow))


def _close(span: Span, children: Iterator[Span | Any]) -> Span:
    """Take the parts up to the end; without brackets it ends where its last part does."""
    for part in children:
        if isinstance(part, Span):
            span.children.append(part)
        elif span.is_flow:
            span.end = part.end_mark.index
    if not span.is_flow:
        span.end = max((child.end for child in span.children), default=span.start)
    return span


def _pairs(events: Iterator[Any], text: str) -> Iterator[Span | Any]:
    for event in events:
        if isinstance(event, MappingEndEvent):
            yield event
            return
        key = _span(event, events, text)
        value = _span(next(events), events, text)
        value.key, value.head, value.value_of = str(event.value), key.start, key.end
        # An empty value has no place of its own in YAML: a new one is put behind the colon.
        if value.is_empty:
            value.start = value.end = text.index(":", key.end) + 1
        yield value


def _items(events: Iterator[object], text: str, *, is_flow: bool) -> Iterator[Span | object]:
    number = 0
    behind = -1
    for event in events:
        if isinstance(event, SequenceEndEvent):
            yield event
            return
        item = _span(event, events, text)
        item.key = number
        item.head = item.start if is_flow else text.rindex("-", behind + 1, item.start)
        number, behind = number + 1, item.end
        yield item


STEP = 2
"""Spaces of one level."""
DEEP, SHORT = 3, 30
"""Levels of a new section that stand on lines of their own, unless they are short; what is below stands in brackets."""


OFFERED = re.compile(r"(#[ ]{2,}\S.*\n)+")
"""Lines behind a section that belong to it and stand behind a sign, as the first study file offers them."""


def put(text: str, path: Path, value: object, order: Sequence[str] = ()) -> str:
    """Set the value at a path; what is missing on the way is made.

    Parameters
    ----------
    order
        Keys of the file in their usual order: a new one is put behind those that come before it.
    """
    whole = spans(text)
    span, rest = _descend(whole, path)
    if not rest:
        new = _replace(text, span, value)
    elif span.kind == "mapping":
        for key in reversed(rest[1:]):
            value = {key: value}
        new = _add_key(text, span, str(rest[0]), value, order if span is whole else ())
    elif span.is_empty:
        for key in reversed(rest):
            value = {key: value}
        return put(text, path[: len(path) - len(rest)], value, order)
    else:
        raise SpecError(_refused(path))
    return new


def comment_behind(text: str, path: Path) -> str:
    """Give the comment behind an item that has a line of its own, with the space before it."""
    span, rest = _descend(spans(text), path)
    comment = text[span.end : _line_end(text, span.end)].rstrip("\n")
    return comment if not rest and comment.strip().startswith("#") else ""


def insert(
    text: str,
    path: Path,
    position: int,
    value: object,
    order: Sequence[str] = (),
    comment: str = "",
) -> str:
    """Put a value into a list; one word becomes a list of two.

    Parameters
    ----------
    comment
        What `comment_behind` gave of an item; it is written where the item has a line of its own again.
    """
    span, rest = _descend(spans(text), path)
    if rest or span.is_empty:
        return put(text, path, [value], order)
    if span.kind == "scalar":
        old = read_yaml(text, "").value
        for key in path:
            old = old[key]
        return put(text, path, [value, old] if position == 0 else [old, value], order)
    if span.kind != "sequence":
        raise SpecError(_refused(path))
    return _add_item(text, span, position, value, comment)


def remove(text: str, path: Path) -> str:
    """Take a part out; a mapping that would be left empty goes with it."""
    whole = spans(text)
    span, rest = _descend(whole, path)
    if rest or not path:
        raise SpecError(_refused(path))
    around, _ = _descend(whole, path[:-1])
    if len(around.children) == 1:
        if around.kind == "mapping" and len(path) > 1 and isinstance(path[-2], str):
            return remove(text, path[:-1])
        return _replace(text, around, {} if around.kind == "mapping" else [])
    if around.is_flow:
        return _remove_item(text, around, span)
    start, end = _line_start(text, span.head), _line_end(text, span.end)
    if text[start : span.head].strip():  # behind the dash of an item: the next key takes the place
        after = around.children[1].head
        return text[: span.head] + text[after:]
    return text[:start] + text[end:]


def verify_edit(text: str, new: str, path: Path, meant: object) -> str:
    """Hold that a changed text says what was meant; the text as it was is never half changed."""
    if read_yaml(new, "").value != meant:
        raise SpecError(_refused(path))
    return new if new.endswith("\n") or not text.endswith("\n") else new + "\n"


def apply_edits(text: str, edits: Sequence[Mapping[str, Any]], order: Sequence[str] = ()) -> str:
    """Make changes one after the other; each is `put`, `insert` or `remove` with its path.

    Raises
    ------
    SpecError
        `study.edit`: the text has no such place, or what was meant is not what it would say.
    """
    for edit in edits:
        path: Path = tuple(edit["path"])
        try:
            new, meant = _edited(text, path, edit, order)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise SpecError(_refused(path)) from error
        text = verify_edit(text, new, path, meant)
    return text


def is_path(path: object) -> bool:
    """Tell whether something is a path: keys and positions, as requests bring them.

    >>> is_path(["tables", "main", 0]), is_path([{"tables": 1}]), is_path("tables"), is_path([True])
    (True, False, False, False)
    """
    return isinstance(path, (list, tuple)) and all(type(key) in {str, int} for key in path)


def _edited(
    text: str, path: Path, edit: Mapping[str, Any], order: Sequence[str]
) -> tuple[str, object]:
    """Make one change; give the text, and the value that it is meant to have."""
    meant = deepcopy(read_yaml(text, "").value)
    if edit["do"] == "remove":
        return remove(text, path), _remove_value(meant, path)
    if edit["do"] == "insert":
        position = max(int(edit["at"]), 0)
        new = insert(text, path, position, edit["value"], order, edit.get("comment", ""))
        listed = _listed(_value_at(meant, path))
        listed.insert(min(position, len(listed)), edit["value"])
        return new, _put_value(meant, path, listed)
    return put(text, path, edit["value"], order), _put_value(meant, path, edit["value"])


def flow(value: object) -> str:
    """Write a value on one line.

    >>> flow({"x": ["a", "b c"], "lag": 2, "done": True, "low": "< 0.3"})
    "{x: [a, b c], lag: 2, done: true, low: '< 0.3'}"
    """
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{flow(key)}: {flow(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(flow, value))}]"
    if isinstance(value, str) and not re.search(r"[\n\t\\]", value):
        return quoted(value)
    return json.dumps(value, ensure_ascii=False)


def block(value: object, indent: int, depth: int) -> str:
    """Write a value behind a key: mappings on lines of their own down to a depth.

    >>> print("key:" + block({"a": {"b": 1}, "c": {"long": "words", "longer": "sentences"}}, 2, 2))
    key:
      a: {b: 1}
      c:
        long: words
        longer: sentences
    """
    written = flow(value)
    is_short = indent > STEP and len(written) <= SHORT
    if not isinstance(value, Mapping) or is_short or not value or depth == 0:
        return f" {written}"
    lines = (
        f"\n{' ' * indent}{flow(key)}:{block(inner, indent + STEP, depth - 1)}"
        for key, inner in value.items()
    )
    return "".join(lines)


def _descend(whole: Span, path: Path) -> tuple[Span, Path]:
    """Go down as far as the text does; return the last part and what is missing."""
    span = whole
    for number, key in enumerate(path):
        child = span.child(key)
        if child is None:
            return span, path[number:]
        span = child
    return span, ()


def _replace(text: str, span: Span, value: object) -> str:
    if span.is_flow or span.kind == "scalar":
        lead = " " if span.is_empty and text[span.start - 1 : span.start] in {":", "-"} else ""
        return text[: span.start] + lead + flow(value) + text[span.end :]
    behind = text.rfind("\n", 0, span.start) + 1
    opens = span.value_of is None or text[span.value_of : behind].strip(" \n") not in {"", ":"}
    if span.value_of is None or opens:  # the whole file, an item, or a comment behind the key
        return text[: span.start] + flow(value) + text[span.end :]
    return text[: span.value_of] + ": " + flow(value) + text[span.end :]


def _add_key(text: str, span: Span, key: str, value: object, order: Sequence[str]) -> str:
    if span.is_flow:
        entry = f"{flow(key)}: {flow(value)}"
        if not span.children:
            return text[: span.start] + f"{{{entry}}}" + text[span.end :]
        here = span.children[-1].end
        return f"{text[:here]}, {entry}{text[here:]}"
    if not span.children:
        return f"{text.rstrip()}\n{flow(key)}:{block(value, STEP, DEEP)}\n".lstrip()
    indent = _column(text, span.children[0].head)
    depth = max(DEEP - indent // STEP, 0)
    entry = f"{' ' * indent}{flow(key)}:{block(value, indent + STEP, depth)}\n"
    before = set(order[: order.index(key)]) if key in order else set()
    earlier = [child for child in span.children if child.key in before] or span.children
    end = earlier[-1].end
    if indent == 0 and (behind := OFFERED.match(text, _line_end(text, end))):
        end = behind.end() - 1
    return _after_line(text, end, entry)


def _add_item(text: str, span: Span, position: int, value: object, comment: str) -> str:
    """Put an item into a list, on a line of its own where the others have one."""
    written, items = flow(value), span.children
    if not items:
        return text[: span.start] + f"[{written}]" + text[span.end :]
    last = position >= len(items)
    if span.is_flow:
        here = items[-1].end if last else items[position].start
        return text[:here] + (f", {written}" if last else f"{written}, ") + text[here:]
    dash = " " * _column(text, items[0].head) + f"- {written}{comment}\n"
    if last:
        return _after_line(text, items[-1].end, dash)
    here = _line_start(text, items[position].head)
    return text[:here] + dash + text[here:]


def _remove_item(text: str, around: Span, item: Span) -> str:
    """Take an item out of brackets, with the comma that parted it."""
    items = around.children
    if item is items[-1]:
        return text[: items[-2].end] + text[item.end :]
    after = next(other for other in items if other.head > item.head)
    return text[: item.head] + text[after.head :]


def _line_start(text: str, position: int) -> int:
    return text.rfind("\n", 0, position) + 1


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end + 1


def _after_line(text: str, position: int, entry: str) -> str:
    here = _line_end(text, position)
    lead = "" if text[:here].endswith("\n") else "\n"
    return text[:here] + lead + entry + text[here:]


def _column(text: str, position: int) -> int:
    return position - _line_start(text, position)


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def _value_at(value: Any, path: Path) -> Any:
    for key in path:
        if isinstance(value, dict):
            value = value.get(str(key))
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value


def _put_value(whole: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    key, *rest = path
    if isinstance(whole, list):
        whole[int(key)] = _put_value(whole[int(key)], tuple(rest), value)
        return whole
    whole = whole or {}
    whole[key] = _put_value(whole.get(key), tuple(rest), value)
    return whole


def _remove_value(whole: object, path: Path) -> object:
    around = _value_at(whole, path[:-1])
    del around[path[-1]]
    if not around and isinstance(around, dict) and len(path) > 1 and isinstance(path[-2], str):
        return _remove_value(whole, path[:-1])
    return whole


def _refused(path: Path) -> Problem:
    text = message(
        "{place} cannot be changed from here without changing other text.", place=dotted(path)
    )
    remedy = message("change it in the text of the study file.")
    return Problem("study.edit", text, Where(key=dotted(path) or None), remedy)
