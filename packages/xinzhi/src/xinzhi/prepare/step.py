"""Preparation steps: their definition, the check of their options, and their application in order.

A step is a frozen model: its fields are the options, its docstring says what it computes, and
`apply` returns another panel with the ledger written. The schema of the study file, the reference
page and the checks all read these fields.

Step inputs besides the panel, by their names in the study file: tables, series, lists of terms.

Terms that are looked for in texts: business scopes of firms, causes of penalties.

A term counts where it stands for what is done: not where it is negated (不含, 除外), not inside a phrase that
means another thing, and, if the list says so, not in a clause that is about trade alone.
"""

from __future__ import annotations

import re
import unicodedata
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from types import MappingProxyType, UnionType
from typing import Annotated, ClassVar, Literal, Self, Union, get_args, get_origin

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo

from xinzhi.options import Section
from xinzhi_core.errors import DataError, Problem, SpecError, StudyError, Where, suggestion
from xinzhi_core.panel.panel import Panel
from xinzhi_core.panel.profile import holds_numbers
from xinzhi_core.problems import MISSING_COLUMN
from xinzhi_core.register import Register
from xinzhi_core.wording import Message, Wording, listed, message
from xinzhi_panel.io.recognise.entity_names import may_be_same, stem
from xinzhi_panel.io.series import UNITS

Sources = Mapping[str, object]
"""What a step may need besides the panel, by the names of the study file: tables indexed by their
keys (`pandas.DataFrame`), records, lists of terms."""
NO_SOURCES: Sources = MappingProxyType({})
StepOptions = Mapping[str, object]
"""`step` and the options of that step, as in the section `prepare` of a study file."""
Pair = Annotated[tuple[float, float], Field(strict=False)]
"""A list of two numbers."""


@dataclass(frozen=True, slots=True)
class Supplied:
    """Marks an option that names a source of the study file, or a file beside it."""

    kind: Literal["table", "codes", "records", "terms"]


class Step(Section):
    """One declared change of the panel."""

    # A number in quotation marks is a text: nothing is converted that the user did not mean.
    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True)

    @abstractmethod
    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Return the panel with the step done under this name; never change the one given."""


class PreparedOptions(Section):
    """Options that a step shares with the analysis of the column that it makes."""

    def refusal(self) -> tuple[Wording, Wording, str] | None:
        """Say what is wrong with the options together: what, the remedy and the option; None where nothing is."""
        return None


class CheckedStep(Step, PreparedOptions):
    """A step whose options are checked together."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if found := self.refusal():
            what, remedy, key = found
            raise outside_domain(what, remedy, key=key)
        return self


class ColumnStep(Step):
    """A step that makes one column from another."""

    column: str
    """Column x; the result is called by the name of the step."""


STEPS: Register[type[Step]] = Register(
    message("preparation step"), "xinzhi.prepare.steps", entry_points="xinzhi.steps"
)


def prepare(
    panel: Panel,
    steps: Sequence[tuple[str, StepOptions]],
    *,
    sources: Sources = NO_SOURCES,
    where: Where | None = None,
) -> Panel:
    """Return the panel after all steps, in their order, with the ledger written.

    Parameters
    ----------
    panel
        The panel as read; it is not changed.
    steps
        Name of each step and its options, as in the section `prepare` of a study file.
    sources
        Further tables that steps refer to by name.
    where
        Place of the section in the study file, for messages.

    Examples
    --------
    >>> import pandas as pd
    >>> from xinzhi_core.panel.panel import panel_of
    >>> index = pd.MultiIndex.from_tuples([("a", 1), ("a", 2)], names=["entity", "period"])
    >>> panel = panel_of(pd.DataFrame({"x": [1.0, 3.0]}, index=index))
    >>> done = prepare(panel, [("growth", {"step": "expression", "expression": "diff(x)"})])
    >>> done.frame["growth"].tolist(), done.ledger.entries[0].change
    ([nan, 2.0], 'derived')
    """
    for name, step in plan_steps(steps, where=where):
        panel = step.apply(panel, name=name, sources=sources)
    return panel


def plan_steps(
    steps: Sequence[tuple[str, StepOptions]], *, where: Where | None = None
) -> tuple[tuple[str, Step], ...]:
    """Check the options of all steps without applying any; raise all problems at once.

    Parameters
    ----------
    steps
        Name of each step and its options; the option `step` says which kind it is.

    Raises
    ------
    SpecError
        An unknown kind or option (with the nearest one), a missing option, a wrong type.
    """
    planned: list[tuple[str, Step]] = []
    problems: list[Problem] = []
    base = where or Where()
    for name, options in steps:
        place = Where(file=base.file, line=base.line, key=f"prepare.{name}")
        try:
            planned.append((name, _plan(options, place)))
        except SpecError as error:
            problems += error.problems
    if problems:
        raise SpecError(problems)
    return tuple(planned)


def list_inputs(options: StepOptions) -> dict[str, str]:
    """List the sources and files that a step names, and what each must be.

    >>> list_inputs({"step": "penalty_cases", "from": "cases", "terms": "terms.yaml"})
    {'cases': 'records', 'terms.yaml': 'terms'}
    """
    try:
        kind = STEPS.get(str(options.get("step")))
    except StudyError:
        return {}
    return {
        name: mark.kind
        for key, field in keys_of(kind)
        for mark in field.metadata
        if isinstance(mark, Supplied)
        for name in _names(options.get(key))
    }


def _names(given: object) -> Iterator[str]:
    """List the names that an option holds, of one or of several sources."""
    for name in given if isinstance(given, list | tuple) else (given,):
        if isinstance(name, str):
            yield name


def outside_domain(what: Wording, remedy: Wording, *, key: str) -> SpecError:
    """Make the error of an option whose value does not lie where the step is defined."""
    return SpecError(Problem("option.domain", what, Where(key=key), remedy))


def keys_of(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    """List the options of a model by their keys in the study file."""
    return ((field.alias or name, field) for name, field in model.model_fields.items())


def _plan(options: StepOptions, where: Where) -> Step:
    kind = options.get("step")
    if not isinstance(kind, str):
        what = message("The option '{name}' is needed.", name="step")
        remedy = message("known: {known}.", known=listed(STEPS.names()))
        raise SpecError(Problem("option.missing", what, where, remedy))
    model = STEPS.get(kind, where=where)
    rest = {key: value for key, value in options.items() if key != "step"}
    try:
        return model.model_validate(rest)
    except SpecError as error:
        # Of a check of the step, which knows its options but not their place in the file.
        raise SpecError(
            replace(
                problem,
                where=replace(
                    problem.where,
                    file=where.file,
                    line=where.line,
                    key=f"{where.key}.{problem.where.key}",
                ),
            )
            for problem in error.problems
        ) from error
    except ValidationError as error:
        # Pydantic says the same of an option once for each type that it may have.
        kinds = {str(report["loc"][0]): report["type"] for report in error.errors()}
        raise SpecError(
            _refusal(model, key, kind, rest.get(key), where) for key, kind in kinds.items()
        ) from error


def _refusal(model: type[Step], key: str, kind: str, value: object, where: Where) -> Problem:
    """Describe what is wrong with one option."""
    fields = dict(keys_of(model))
    place = replace(where, key=f"{where.key}.{key}")
    if key not in fields:
        text = message("Unknown option '{name}'.", name=key)
        remedy = suggestion(key, ("step", *fields))
        return Problem("option.unknown", text, place, remedy)
    if kind == "missing" and value is None:
        remedy = message("add it.")
        text = message("The option '{name}' is needed.", name=key)
        return Problem("option.missing", text, place, remedy)
    expected = _in_words(fields[key].annotation)
    what = message(
        "The option '{name}' is {expected}, not {value}.",
        name=key,
        expected=expected,
        value=repr(value)[:60],
    )
    return Problem("option.type", what, place, message("write {expected}.", expected=expected))


def _in_words(hint: object) -> Message:
    """Describe the type of an option; of several types the first."""
    origin = get_origin(hint)
    if origin is Literal:
        return message("one of: {choices}", choices=listed([*map(str, get_args(hint))]))
    if origin is tuple:
        return message("a list")
    if origin is Annotated:
        return _in_words(get_args(hint)[0])
    if origin in {Union, UnionType}:
        parts = [part for part in get_args(hint) if part is not type(None)]
        return _in_words(parts[0])
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        keys = [
            message("{key}: {expected}", key=key, expected=_in_words(field.annotation))
            for key, field in keys_of(hint)
        ]
        return message("a mapping of {{{keys}}}", keys=listed(keys))
    return WORDS.get(hint, message("a mapping"))


WORDS: Mapping[object, Message] = MappingProxyType(
    {
        str: message("a text"),
        float: message("a number"),
        int: message("a whole number"),
        bool: message("true or false"),
    }
)


def table(sources: Sources, name: str, *, step: str) -> pd.DataFrame:
    """Take a table by the name of its source.

    Raises
    ------
    SpecError
        `prepare.source`: there is no such source, or it is not a table.
    """
    content = source(sources, name, step=step)
    if not isinstance(content, pd.DataFrame):
        raise SpecError(wrong_kind(name, "table", step))
    return content


def source(sources: Sources, name: str, *, step: str) -> object:
    """Take a source by name; an unknown one is answered with the nearest."""
    if name not in sources:
        text = message("Unknown source '{name}'.", name=name)
        remedy = suggestion(name, tuple(sources))
        raise SpecError(Problem("prepare.source", text, Where(key=f"prepare.{step}"), remedy))
    return sources[name]


def wrong_kind(name: str, kind: str, step: str) -> Problem:
    """Say that a source is of another kind than a step needs."""
    what = message("The source '{name}' is not a {kind}.", name=name, kind=kind)
    remedy = message("declare its kind under `sources`.")
    return Problem("prepare.source", what, Where(key=f"prepare.{step}"), remedy)


def series(sources: Sources, name: str, *, n_keys: int, column: str | None, step: str) -> pd.Series:
    """Take one column of numbers of a table with so many keys.

    Raises
    ------
    DataError
        `prepare.keys`: other keys than needed, a key twice, or a column that is not clear.
    """
    content = table(sources, name, step=step)
    where = Where(file=name, key=f"prepare.{step}")
    if content.index.nlevels != n_keys or not content.index.is_unique:
        twice = sorted({str(key) for key in content.index[content.index.duplicated()]})
        what = message(
            "The source '{name}' must have {n} keys, each combination once ({twice}).",
            one="The source '{name}' must have {n} key, each of its values once ({twice}).",
            name=name,
            n=n_keys,
            twice=", ".join(twice[:5]) or content.index.nlevels,
        )
        remedy = message("state its `keys` under `sources`.")
        raise DataError(Problem("prepare.keys", what, where, remedy))
    numeric = [str(c) for c in content.columns if holds_numbers(content[c])]
    if not numeric:
        text = message("No column of '{name}' holds numbers.", name=name)
        columns = ", ".join(map(str, content.columns)) or "-"
        remedy = message(
            "correct the cells that are not numbers; its columns: {columns}.", columns=columns
        )
        raise DataError(Problem(MISSING_COLUMN, text, where, remedy))
    chosen = column or (numeric[0] if len(numeric) == 1 else None)
    if chosen not in numeric:
        text = message("It is not clear which column of '{name}' is meant.", name=name)
        remedy = message("name one of: {columns}.", columns=", ".join(numeric))
        raise DataError(Problem(MISSING_COLUMN, text, where, remedy))
    values = content[chosen].to_numpy(dtype=np.float64, na_value=np.nan)
    return pd.Series(values, index=content.index, name=chosen)


def unit_of(sources: Sources, name: str, values: pd.Series, *, step: str) -> str | None:
    """Return the unit of a column of a table, if its file states it."""
    units = table(sources, name, step=step).attrs.get(UNITS, {})
    unit = units.get(values.name) if isinstance(units, dict) else None
    return unit if isinstance(unit, str) else None


def spread(values: pd.Series) -> pd.DataFrame:
    """Spread a series with two keys: the first down, the second across, sorted."""
    first, second = (values.index.get_level_values(i) for i in (0, 1))
    frame = pd.DataFrame({"row": first, "column": second, "value": values.to_numpy()})
    return frame.pivot_table(
        index="row", columns="column", values="value", aggfunc="first", dropna=False
    )


def match_entities(
    panel: Panel, names: Mapping[str, object] | pd.Index, *, source: str, step: str
) -> dict[str, str]:
    """Find the name that each entity of the panel has in another table.

    Names that differ by 市 or 省 only are the same; anything else is an error.

    Raises
    ------
    DataError
        `prepare.entity`: entities without a row in the table, with the nearest names.
    """
    exact = dict.fromkeys(str(name) for name in names)
    by_stem: dict[str, list[str]] = {}
    for name in exact:
        by_stem.setdefault(stem(name), []).append(name)
    matches: dict[str, str] = {}
    problems: list[Problem] = []
    for entity in panel.entities:
        alike = [name for name in by_stem.get(stem(entity), []) if may_be_same(name, entity)]
        if entity in exact:
            matches[entity] = entity
        # Two names of one stem, such as a city and a county, are not told apart by a guess.
        elif len(alike) == 1:
            matches[entity] = alike[0]
        else:
            problems.append(
                Problem(
                    "prepare.entity",
                    message("{entity} is not in '{source}'.", entity=entity, source=source),
                    Where(file=source, key=f"prepare.{step}", entity=entity),
                    suggestion(entity, tuple(exact)),
                )
            )
    if problems:
        raise DataError(problems)
    return matches


def encode(column: pd.Series) -> tuple[npt.NDArray[np.int64], list[object]]:
    """Give the number of its distinct value for each cell, -1 for none, and the values.

    >>> encode(pd.Series(["b", None, "a", "b"], dtype=object))
    (array([ 0, -1,  1,  0]), ['b', 'a'])
    """
    places, distinct = pd.factorize(column, use_na_sentinel=True)
    return np.asarray(places, dtype=np.int64), list(distinct)


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
class TermList:
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

    def with_terms(self, more: Sequence[str]) -> TermList:
        """Give the list with other terms to look for, and the same rules for what does not count."""
        return replace(self, include=tuple(more), always=())

    def joined(self, other: TermList) -> TermList:
        """Give the terms of both lists."""
        return TermList(
            *(
                tuple(dict.fromkeys((*getattr(self, f.name), *getattr(other, f.name))))
                for f in fields(TermList)
            )
        )

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str] | None]:
        found = {field.name: _pattern(getattr(self, field.name)) for field in fields(TermList)}
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


PARTS = tuple(field.name for field in fields(TermList))
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


def read_terms(sources: Sources, names: Iterable[str], *, step: str) -> dict[str, TermList]:
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
        kind: TermList(**{part: tuple(dict.fromkeys(terms)) for part, terms in parts.items()})
        for kind, parts in lists.items()
    }


def all_terms(lists: Mapping[str, TermList]) -> TermList:
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
