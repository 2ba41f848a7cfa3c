"""`--set key=value`: one value of the study file, given on the command line for one run.

The key is the path of keys into the file, such as `tables.baseline.columns[2].effects`; a part of a list
is named by its number, from 1, or by its name. The value is YAML. The result is a study file like any
other: the same schema checks it, and what is wrong with the value is said to stand at `--set`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from shlex import quote
from typing import Any

from xinzhi.errors import Problem, SpecError, StudyError, Where, quoted, suggestion
from xinzhi.notices import Notice
from xinzhi.study.file.located import Located, Path, dotted, read_yaml
from xinzhi.study.file.refusals import keys_at
from xinzhi.study.schema.study import StudySpec
from xinzhi.wording import Wording, listed, message

OPTION = "--set"
PART = re.compile(r"(?P<name>.*?)(?P<numbers>(?:\[\d+\])*)")


def with_settings(located: Located, settings: Sequence[str]) -> Located:
    """Put values from the command line into a study file; of two for one key the last counts.

    Raises
    ------
    SpecError
        With every setting that names nothing, each with the nearest key.
    """
    problems: list[Problem] = []
    for text in settings:
        try:
            located = _apply(located, text)
        except StudyError as error:
            problems += error.problems
    if problems:
        raise SpecError(problems)
    return located


def settings_notice(settings: Sequence[str]) -> tuple[Notice, ...]:
    """Say in the results that they are not those of the file alone."""
    if not settings:
        return ()
    text = message(
        "Set for this run, in place of what the study file says: {settings}.",
        settings=listed(settings),
    )
    return (Notice("study.set", text),)


def as_words(settings: Sequence[str]) -> str:
    """Write the settings as a shell takes them.

    >>> as_words(["seed=2", "title={zh: 甲, en: A}"])
    " --set seed=2 --set 'title={zh: 甲, en: A}'"
    """
    return "".join(f" {OPTION} {quote(setting)}" for setting in settings)


def _apply(located: Located, text: str) -> Located:
    key, sign, written = text.replace("＝", "=", "=" not in text).partition("=")
    where = Where(file=f"{OPTION} {text}")
    if not sign or not key.strip():
        raise SpecError(
            Problem(
                "option.set",
                message("'{text}' in {option} is not KEY=VALUE.", text=quoted(text), option=OPTION),
                where,
                message("write {option} report.decimals=2.", option=OPTION),
            )
        )
    value = read_yaml(written, str(where.file)).value
    whole = deepcopy(located.value)  # a setting that is refused half-way leaves no trace
    path = _put(whole, [*_parts(key.strip())], value, where)
    places = {part: place for part, place in located.places.items() if part[: len(path)] != path}
    given = {part: place for part, place in located.given.items() if part[: len(path)] != path}
    return replace(located, value=whole, places=places, given={**given, path: str(where.file)})


def _parts(key: str) -> Iterator[str | int]:
    """Split a key at its dots; `[2]` is a number.

    >>> [*_parts("tables.baseline.columns[2].effects")]
    ['tables', 'baseline', 'columns', 2, 'effects']
    """
    for word in key.split("."):
        match = PART.fullmatch(word)
        if match is None or (not match["name"] and match["numbers"]):
            yield word
            continue
        yield match["name"]
        yield from (int(number) for number in re.findall(r"\d+", match["numbers"]))


def _put(whole: dict[str, Any], rest: list[str | int], value: Any, where: Where) -> Path:
    """Put a value in its place; return the path to the first part that was not in the file."""
    node: Any = whole
    path: Path = ()
    made: Path = ()
    while True:
        step = _step(node, rest, path, where)
        for key in step[:-1]:
            node = node[key]
        path += step
        if not rest:
            node[step[-1]] = value
            return made or path
        if isinstance(node, dict) and node.get(str(step[-1])) is None:
            node[str(step[-1])] = {}
            made = made or path
        node = node[step[-1]]


def _step(node: Any, rest: list[str | int], path: Path, where: Where) -> Path:
    """Take the next key, or the next few where a name holds dots; return the way to it."""
    if isinstance(node, list):
        return _item(node, rest.pop(0), path, where)
    if not isinstance(node, dict):
        sentence = message(
            "{place} is a value, which has no key '{key}'.", place=dotted(path), key=rest[0]
        )
        raise SpecError(Problem("option.set", sentence, where, message("set the value itself.")))
    # The longest name first: `a.b` that is a key of the file is meant before the key `b` of `a`.
    for n in range(len(rest), 0, -1):
        name = ".".join(map(str, rest[:n]))
        if name in node:
            del rest[:n]
            return (name,)
    name = str(rest.pop(0))
    keys = (*keys_at(path, StudySpec), *node)
    if rest and name not in keys:
        # A new part is given whole, so that a slip in a name does not make one.
        raise SpecError(_unknown(name, path, keys, where))
    return (name,)


def _item(node: Sequence[Any], part: str | int, path: Path, where: Where) -> Path:
    """Find an item of a list by its number, its `name`, or the one key that it has."""
    if str(part).isdecimal():
        if not 1 <= int(part) <= len(node):
            sentence = message(
                "{place} has {n} items, and no item {k}.",
                one="{place} has {n} item, and no item {k}.",
                place=dotted(path),
                n=len(node),
                k=part,
            )
            remedy = message("count from 1; give the whole list to make it longer.")
            raise SpecError(Problem("option.set", sentence, where, remedy))
        return (int(part) - 1,)
    names: dict[str, Path] = {}
    for number, item in enumerate(node):
        if isinstance(item, Mapping) and "name" in item:
            names.setdefault(str(item["name"]), (number,))
        elif isinstance(item, Mapping) and len(item) == 1:
            names.setdefault(str(*item), (number, str(*item)))
        elif not isinstance(item, (Mapping, list)):
            names.setdefault(str(item), (number,))
    if part not in names:
        raise SpecError(_unknown(str(part), path, tuple(names), where))
    return names[str(part)]


def _unknown(name: str, path: Path, names: Sequence[str], where: Where) -> Problem:
    place: Wording = dotted(path) or message("the study file")
    sentence = message("There is no '{name}' in {place}.", name=quoted(name), place=place)
    remedy = suggestion(name, tuple(dict.fromkeys(names)))
    return Problem("study.unknown_key", sentence, where, remedy)
