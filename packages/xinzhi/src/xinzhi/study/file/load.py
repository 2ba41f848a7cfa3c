"""Load: study.yaml -> StudySpec, or every problem of the file at once.

`--set key=value`: one value of the study file, given on the command line for one run.

The key is the path of keys into the file, such as `tables.baseline.columns[2].effects`; a part of a list
is named by its number, from 1, or by its name. The value is YAML. The result is a study file like any
other: the same schema checks it, and what is wrong with the value is said to stand at `--set`.

Formulas that a study file names where variables stand: each becomes a variable, or a set of dummies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from xinzhi.study.file.located import Located, Path, dotted, full_width_colon, read_yaml
from xinzhi.study.file.references import Sections, find_unresolved
from xinzhi.study.file.refusals import Refusal, keys_at, refusals
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.schema.variables import Variable
from xinzhi.study.view import circles, flat, formula_variable, is_formula
from xinzhi_core.errors import Problem, SpecError, StudyError, Where, quoted, suggestion
from xinzhi_core.formula import tree
from xinzhi_core.formula.levels import is_dummies
from xinzhi_core.formula.parse import parse
from xinzhi_core.formula.tree import Node, children
from xinzhi_core.formula.write import written
from xinzhi_core.notices import Notice
from xinzhi_core.problems import missing_file
from xinzhi_core.wording import Wording, listed, message, shell_word

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
    ' --set seed=2 --set "title={zh: 甲, en: A}"'
    """
    return "".join(f" {OPTION} {shell_word(setting)}" for setting in settings)


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


def _put(whole: dict[str, object], rest: list[str | int], value: object, where: Where) -> Path:
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


def _step(node: object, rest: list[str | int], path: Path, where: Where) -> Path:
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


def _item(node: Sequence[object], part: str | int, path: Path, where: Where) -> Path:
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
    sentence = message("'{name}' is not in {place}.", name=quoted(name), place=place)
    remedy = suggestion(name, tuple(dict.fromkeys(names)))
    return Problem("study.unknown_key", sentence, where, remedy)


def with_formulas(spec: StudySpec, located: Located) -> tuple[StudySpec, list[Problem]]:
    """Make a variable of each formula that stands where a variable is named.

    Returns
    -------
    The study with these variables, and what is wrong with the formulas, each with its place.
    """
    collector = _Collector(located)
    collector.variables(spec)
    collector.analyses(spec)
    named, sets = dict(spec.variables.named), dict(spec.sets)
    for name, (path, can_be_several) in collector.formulas.items():
        node = collector.parsed(name, path, can_be_several=can_be_several)
        if isinstance(node, tree.Dummies):
            sets[name] = ()
        elif node is None:
            named[name] = UNKNOWN
        else:
            # Another writing of the same formula is the same row of a table.
            plain = written(node) if can_be_several else name
            sets |= {name: (plain,)} if plain != name else {}
            if plain not in named:
                named[plain] = formula_variable(plain, spec).placed(located.where(path))
    for name, variable in spec.variables.named.items():
        if variable.expression is not None:
            path = ("variables", name, "expression")
            if collector.parsed(variable.expression, path, can_be_several=False) is None:
                named[name] = UNKNOWN
            else:
                named[name] = variable.placed(located.where(path))
    variables = spec.variables.model_copy(update={"named": named})
    whole = spec.model_copy(update={"variables": variables, "sets": flat(sets)})
    # Circles can only be seen once every formula is a variable.
    for name, way in circles(whole):
        collector.refuse_circle(name, way)
    return whole, list(dict.fromkeys(collector.wrong))


UNKNOWN = Variable(expression="0")
"""Stands for a formula whose mistake has been told: its name is known, and nothing else is said of it."""


class _Collector(Sections):
    """Collects the formulas among the names of a study file."""

    def __init__(self, located: Located) -> None:
        super().__init__(located)
        self.formulas: dict[str, tuple[Path, bool]] = {}
        """Formula -> where it stands first, and whether several variables may stand wherever it does."""
        self.wrong: list[Problem] = []

    def variable(self, name: str, spec: StudySpec, path: Path, *, sets: bool = True) -> None:
        """Note a formula; other names are checked elsewhere."""
        if name in spec.variables.named or name in spec.sets or not is_formula(name):
            return
        several = sets or path[:1] == ("sets",)
        first, before = self.formulas.get(name, (path, False))
        if not several and is_dummies(name):
            self.refuse_several(name, path)
        self.formulas[name] = (first, before or several or is_dummies(name))

    def parsed(self, text: str, path: Path, *, can_be_several: bool) -> Node | None:
        """Parse a formula; one that is refused is noted with its place."""
        try:
            node = parse(text, where=self.located.where(path)).tree
        except SpecError as error:
            self.wrong += error.problems
            return None
        inside = children(node) if can_be_several else (node,)
        if any(map(_holds_dummies, inside)):
            self.refuse_several(text, path)
            return None
        return node

    def refuse_several(self, text: str, path: Path) -> None:
        """Say that dummies stand where there is room for one variable."""
        sentence = message("'{name}' makes several variables, and one is needed here.", name=text)
        remedy = message("name one value, such as region == 'East', or put i(…) into x by itself.")
        where = self.located.where(path)
        self.wrong.append(Problem("expression.dummies", sentence, where, remedy))

    def refuse_circle(self, name: str, way: str) -> None:
        """Say that a formula leads back to the variable that it makes."""
        sentence = message(
            "The formula of '{name}' leads back to itself: {way}.", name=name, way=way
        )
        path: Path = ("variables", name, "expression")
        remedy = message(
            "make it of other variables; a column of that name needs a variable of another name."
        )
        self.wrong.append(Problem("expression.circle", sentence, self.located.where(path), remedy))


def _holds_dummies(node: Node) -> bool:
    return isinstance(node, tree.Dummies) or any(map(_holds_dummies, children(node)))


def load(path: FilePath, settings: Sequence[str] = ()) -> StudySpec:
    """Load a study file.

    Parameters
    ----------
    path
        The study file, YAML 1.2 in UTF-8.
    settings
        Values that replace those of the file for this run: `report.decimals=2`.

    Raises
    ------
    SpecError
        With all problems of the file, each with line, column and remedy.
    """
    return spec_of(read_text(path), str(path.name), settings)


def load_sources(path: FilePath, settings: Sequence[str] = ()) -> StudySpec:
    """Load what a study file says of its data, whatever is wrong with its other sections.

    Raises
    ------
    StudyError
        The file cannot be read, or what it says of its data is wrong.
    """
    located = with_settings(read_yaml(read_text(path), path.name), settings)
    value = located.value if isinstance(located.value, dict) else {}
    of_data = {key: value.get(key) for key in ("sources", "panel")}
    try:
        return StudySpec.model_validate({"title": path.name, **of_data})
    except ValidationError as error:
        raise SpecError(
            _problem(refusal, located, []) for refusal in refusals(error, StudySpec)
        ) from error


def read_text(path: FilePath) -> str:
    """Read the text of a study file; a file that is not there or not UTF-8 is an error."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = message("The study file is not UTF-8: byte {n} cannot be read.", n=error.start + 1)
        remedy = message("save it as UTF-8.")
        raise SpecError(Problem("study.encoding", text, Where(file=path.name), remedy)) from error
    except FileNotFoundError as error:
        problem = replace(missing_file(path, "study.unreadable"), where=Where(file=str(path)))
        if "near" not in getattr(problem.remedy, "values", {}):
            remedy = message("name a study file, or write one with `xinzhi demo`.")
            problem = replace(problem, remedy=remedy)
        raise SpecError(problem) from error
    except OSError as error:
        text = message(
            "The study file cannot be read: {reason}.",
            reason=error.strerror or "unknown reason",
        )
        remedy = message("name a study file, or write one with `xinzhi demo`.")
        raise SpecError(Problem("study.unreadable", text, Where(file=str(path)), remedy)) from error


def spec_of(text: str, file: str, settings: Sequence[str] = ()) -> StudySpec:
    """Turn the text of a study file into a StudySpec."""
    located = read_yaml(text, file)
    # A text without sections is often one whose colons are all full-width.
    if not isinstance(located.value, dict):
        raise SpecError(_not_a_mapping(text, file))
    located = with_settings(located, settings)
    try:
        spec = StudySpec.model_validate(located.value)
    except ValidationError as error:
        lines = text.splitlines()
        raise SpecError(
            _problem(refusal, located, lines) for refusal in refusals(error, StudySpec)
        ) from error
    spec, mistakes = with_formulas(spec, located)
    if problems := (*mistakes, *find_unresolved(spec, located)):
        raise SpecError(problems)
    return spec


def _not_a_mapping(text: str, file: str) -> Problem:
    for number, line in enumerate(text.splitlines(), 1):
        if "：" in line:
            return full_width_colon(file, number, line)
    return Problem(
        "study.empty",
        message("The study file holds no sections."),
        Where(file=file),
        message("start from an example: `xinzhi demo`."),
    )


def _problem(refusal: Refusal, located: Located, lines: list[str]) -> Problem:
    where = located.where(refusal.path)
    is_in_file = where.line is not None
    # "key： value" is one plain scalar of YAML: what it is refused for is not what is wrong with it.
    if is_in_file and not refusal.is_ours and (number := _full_width(refusal.given, where, lines)):
        return full_width_colon(located.file, number, lines[number - 1])
    return Problem(refusal.code, refusal.what, where, refusal.remedy)


def _full_width(text: object, where: Where, lines: list[str]) -> int | None:
    """Find the line of a full-width colon in the key or the text that cannot be used."""
    first = (where.line or 1) - 1
    nearby = range(first, len(lines)) if isinstance(text, str) and "：" in text else [first]
    return next((n + 1 for n in nearby if n < len(lines) and "：" in lines[n]), None)
