"""Where each part of a study file begins and ends in its text."""

from __future__ import annotations

from collections.abc import Iterator
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

from xinzhi.study.file.located import read_yaml


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


def _items(events: Iterator[Any], text: str, *, is_flow: bool) -> Iterator[Span | Any]:
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
