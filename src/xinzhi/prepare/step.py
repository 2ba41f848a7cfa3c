"""Preparation steps: their definition, the check of their options, and their application in order.

A step is a frozen model: its fields are the options, its docstring says what it computes, and
`apply` returns another panel with the ledger written. The schema of the study file, the reference
page and the checks all read these fields.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType, UnionType
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from xinzhi.errors import Problem, SpecError, StudyError, Where, suggestion
from xinzhi.options import Section
from xinzhi.panel.panel import Panel
from xinzhi.register import Register
from xinzhi.wording import Message, Wording, listed, message

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


class ColumnStep(Step):
    """A step that makes one column from another."""

    column: str
    """Column x; the result is called by the name of the step."""


STEPS: Register[type[Step]] = Register("preparation step", "xinzhi.prepare.steps")


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
    >>> from xinzhi.panel.panel import panel_of
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
        text = message("There is no option '{name}'.", name=key)
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


def _in_words(hint: Any) -> Message:
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
