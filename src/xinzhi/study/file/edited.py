"""The text of a study file with one part changed: every other character stays as it was written.

Comments, order, quotes and alignment are the user's. The new text is read again and must hold exactly
the value that was meant; where it does not, nothing is changed and the problem says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from xinzhi.errors import Problem, SpecError, Where
from xinzhi.study.file.located import Path, dotted, read_yaml
from xinzhi.study.file.spans import Span, spans
from xinzhi.study.first.yaml_text import quoted
from xinzhi.wording import message

STEP = 2
"""Spaces of one level."""
DEEP, SHORT = 3, 30
"""Levels of a new section that stand on lines of their own, unless they are short; what is below stands in brackets."""


OFFERED = re.compile(r"(#[ ]{2,}\S.*\n)+")
"""Lines behind a section that belong to it and stand behind a sign, as the first study file offers them."""


def put(text: str, path: Path, value: Any, order: Sequence[str] = ()) -> str:
    """Set the value at a path; what is missing on the way is made.

    Parameters
    ----------
    order
        Keys of the file in their usual order: a new one is put behind those that come before it.
    """
    whole = spans(text)
    at, rest = _deepest(whole, path)
    if not rest:
        new = _replaced(text, at, value)
    elif at.kind == "mapping":
        for key in reversed(rest[1:]):
            value = {key: value}
        new = _with_key(text, at, str(rest[0]), value, order if at is whole else ())
    elif at.is_empty:
        for key in reversed(rest):
            value = {key: value}
        return put(text, path[: len(path) - len(rest)], value, order)
    else:
        raise SpecError(_refused(path))
    return new


def beside(text: str, path: Path) -> str:
    """Give the comment behind an item that has a line of its own, with the space before it."""
    at, rest = _deepest(spans(text), path)
    said = text[at.end : _line_end(text, at.end)].rstrip("\n")
    return said if not rest and said.strip().startswith("#") else ""


def insert(
    text: str,
    path: Path,
    position: int,
    value: Any,
    order: Sequence[str] = (),
    comment: str = "",
) -> str:
    """Put a value into a list; one word becomes a list of two.

    Parameters
    ----------
    comment
        What `beside` gave of an item; it is written where the item has a line of its own again.
    """
    at, rest = _deepest(spans(text), path)
    if rest or at.is_empty:
        return put(text, path, [value], order)
    if at.kind == "scalar":
        old = read_yaml(text, "").value
        for key in path:
            old = old[key]
        return put(text, path, [value, old] if position == 0 else [old, value], order)
    if at.kind != "sequence":
        raise SpecError(_refused(path))
    return _with_item(text, at, position, value, comment)


def remove(text: str, path: Path) -> str:
    """Take a part out; a mapping that would be left empty goes with it."""
    whole = spans(text)
    at, rest = _deepest(whole, path)
    if rest or not path:
        raise SpecError(_refused(path))
    around, _ = _deepest(whole, path[:-1])
    if len(around.children) == 1:
        if around.kind == "mapping" and len(path) > 1 and isinstance(path[-2], str):
            return remove(text, path[:-1])
        return _replaced(text, around, {} if around.kind == "mapping" else [])
    if around.is_flow:
        return _without_item(text, around, at)
    start, end = _line_start(text, at.head), _line_end(text, at.end)
    if text[start : at.head].strip():  # behind the dash of an item: the next key takes the place
        after = around.children[1].head
        return text[: at.head] + text[after:]
    return text[:start] + text[end:]


def checked(text: str, new: str, path: Path, meant: Any) -> str:
    """Hold that a changed text says what was meant; the text as it was is never half changed."""
    if read_yaml(new, "").value != meant:
        raise SpecError(_refused(path))
    return new if new.endswith("\n") or not text.endswith("\n") else new + "\n"


def changed(text: str, edits: Sequence[Mapping[str, Any]], order: Sequence[str] = ()) -> str:
    """Make changes one after the other; each is `put`, `insert` or `remove` with its path."""
    for edit in edits:
        path: Path = tuple(edit["path"])
        meant = deepcopy(read_yaml(text, "").value)
        if edit["do"] == "remove":
            new, meant = remove(text, path), _plainly_removed(meant, path)
        elif edit["do"] == "insert":
            at = max(int(edit["at"]), 0)
            new = insert(text, path, at, edit["value"], order, edit.get("comment", ""))
            listed = _listed(_found(meant, path))
            listed.insert(min(at, len(listed)), edit["value"])
            meant = _plainly_put(meant, path, listed)
        else:
            new = put(text, path, edit["value"], order)
            meant = _plainly_put(meant, path, edit["value"])
        text = checked(text, new, path, meant)
    return text


def flow(value: Any) -> str:
    """Write a value on one line.

    >>> flow({"x": ["a", "b c"], "lag": 2, "done": True, "low": "< 0.3"})
    "{x: [a, b c], lag: 2, done: true, low: '< 0.3'}"
    """
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{flow(key)}: {flow(one)}' for key, one in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(flow, value))}]"
    if isinstance(value, str) and not re.search(r"[\n\t\\]", value):
        return quoted(value)
    return json.dumps(value, ensure_ascii=False)


def block(value: Any, indent: int, depth: int) -> str:
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
        f"\n{' ' * indent}{flow(key)}:{block(one, indent + STEP, depth - 1)}"
        for key, one in value.items()
    )
    return "".join(lines)


def _deepest(whole: Span, path: Path) -> tuple[Span, Path]:
    """Go down as far as the text does; return the last part and what is missing."""
    at = whole
    for number, key in enumerate(path):
        found = at.child(key)
        if found is None:
            return at, path[number:]
        at = found
    return at, ()


def _replaced(text: str, at: Span, value: Any) -> str:
    if at.is_flow or at.kind == "scalar":
        lead = " " if at.is_empty and text[at.start - 1 : at.start] in {":", "-"} else ""
        return text[: at.start] + lead + flow(value) + text[at.end :]
    behind = text.rfind("\n", 0, at.start) + 1
    opens = at.value_of is None or text[at.value_of : behind].strip(" \n") not in {"", ":"}
    if at.value_of is None or opens:  # the whole file, an item, or a comment behind the key
        return text[: at.start] + flow(value) + text[at.end :]
    return text[: at.value_of] + ": " + flow(value) + text[at.end :]


def _with_key(text: str, at: Span, key: str, value: Any, order: Sequence[str]) -> str:
    if at.is_flow:
        entry = f"{flow(key)}: {flow(value)}"
        if not at.children:
            return text[: at.start] + f"{{{entry}}}" + text[at.end :]
        here = at.children[-1].end
        return f"{text[:here]}, {entry}{text[here:]}"
    if not at.children:
        return f"{text.rstrip()}\n{flow(key)}:{block(value, STEP, DEEP)}\n".lstrip()
    indent = _column(text, at.children[0].head)
    depth = max(DEEP - indent // STEP, 0)
    entry = f"{' ' * indent}{flow(key)}:{block(value, indent + STEP, depth)}\n"
    before = set(order[: order.index(key)]) if key in order else set()
    earlier = [one for one in at.children if one.key in before] or at.children
    end = earlier[-1].end
    if indent == 0 and (behind := OFFERED.match(text, _line_end(text, end))):
        end = behind.end() - 1
    return _after_line(text, end, entry)


def _with_item(text: str, at: Span, position: int, value: Any, comment: str) -> str:
    """Put an item into a list, on a line of its own where the others have one."""
    written, items = flow(value), at.children
    if not items:
        return text[: at.start] + f"[{written}]" + text[at.end :]
    last = position >= len(items)
    if at.is_flow:
        here = items[-1].end if last else items[position].start
        return text[:here] + (f", {written}" if last else f"{written}, ") + text[here:]
    dash = " " * _column(text, items[0].head) + f"- {written}{comment}\n"
    if last:
        return _after_line(text, items[-1].end, dash)
    here = _line_start(text, items[position].head)
    return text[:here] + dash + text[here:]


def _without_item(text: str, around: Span, at: Span) -> str:
    """Take an item out of brackets, with the comma that parted it."""
    items = around.children
    if at is items[-1]:
        return text[: items[-2].end] + text[at.end :]
    after = next(one for one in items if one.head > at.head)
    return text[: at.head] + text[after.head :]


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _after_line(text: str, at: int, entry: str) -> str:
    here = _line_end(text, at)
    lead = "" if text[:here].endswith("\n") else "\n"
    return text[:here] + lead + entry + text[here:]


def _column(text: str, at: int) -> int:
    return at - _line_start(text, at)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def _found(value: Any, path: Path) -> Any:
    for key in path:
        if isinstance(value, dict):
            value = value.get(str(key))
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value


def _plainly_put(whole: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    key, *rest = path
    if isinstance(whole, list):
        whole[int(key)] = _plainly_put(whole[int(key)], tuple(rest), value)
        return whole
    whole = whole or {}
    whole[key] = _plainly_put(whole.get(key), tuple(rest), value)
    return whole


def _plainly_removed(whole: Any, path: Path) -> Any:
    around = _found(whole, path[:-1])
    del around[path[-1]]
    if not around and isinstance(around, dict) and len(path) > 1 and isinstance(path[-2], str):
        return _plainly_removed(whole, path[:-1])
    return whole


def _refused(path: Path) -> Problem:
    return Problem(
        "study.edit",
        message(
            "{place} cannot be changed from here without changing other text.", place=dotted(path)
        ),
        Where(key=dotted(path) or None),
        message("change it in the text of the study file."),
    )
