"""Keywords and documentation of functions, made from declared options.

An option is a field of a section of the study file. Its name, type, default and description there are
those of the keyword in Python and of the flag on the command line.

Arguments of the Python functions: panels, frames, names.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, reduce, update_wrapper
from operator import or_
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Generic,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
)

import numpy as np
import pandas as pd

from xinzhi_core.errors import Problem, SpecError, Where
from xinzhi_core.formula.parse import read_regression
from xinzhi_core.formula.tree import each_regression
from xinzhi_core.panel.calendar import YEARS, Calendar
from xinzhi_core.panel.panel import Panel, panel_of
from xinzhi_core.periods import frequency_of
from xinzhi_core.problems import unknown_choice
from xinzhi_core.vocabulary import CHOICES, in_python
from xinzhi_core.wording import message
from xinzhi_panel.columns.frames import ArrowTable, table_of
from xinzhi_panel.columns.keys import Key, calendar_of, indexed, keyed, keys_of

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from xinzhi.options import Section


Names = str | Sequence[str]
Data = Panel | pd.DataFrame | ArrowTable


def names_of(names: Names) -> tuple[str, ...]:
    """Take one name or several.

    >>> names_of("gdp"), names_of(["a", "b"])
    (('gdp',), ('a', 'b'))
    """
    return (names,) if isinstance(names, str) else tuple(names)


def panel_and_order(
    data: Data, entity: Key | None = None, period: Key | None = None
) -> tuple[Panel, list[int]]:
    """Return a panel and, for each row as given, its position in the panel."""
    table = table_of(data)
    if isinstance(table, Panel):
        keyed(table, entity, period)
        return table, list(range(len(table.frame)))
    first, second = keys_of(table, entity, period)
    frame = indexed(table, first, second).rename_axis(index=["entity", "period"])
    # A panel sorts its rows; `rows` holds where each one stood, whose inverse is the order as given.
    panel = panel_of(frame, rows=tuple(range(len(frame))), has_periods=second is not None)
    return panel, [int(i) for i in np.argsort(panel.rows)]


def calendar(data: Data, entity: Key | None, period: Key | None) -> Calendar:
    """Find how the periods of data were numbered; years where they are neither dates nor quarters of a panel."""
    table = table_of(data)
    if isinstance(table, Panel):
        is_dated = table.has_periods and table.periods
        return Calendar(frequency_of(table.periods[0])) if is_dated else YEARS
    first, second = keys_of(table, entity, period)
    if second is None or not second.is_dated:
        return YEARS
    return calendar_of(first.labels, second.labels, str(second.name))


R = TypeVar("R")
REQUIRED = inspect.Parameter.empty
DATA = inspect.Parameter("data", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Data)
ABOUT_DATA: Mapping[str, str] = {
    "data": "A panel, or a frame whose keys are its two index levels or are named by `entity` and "
    "`period`; rows keep the order in which they are given."
}
OPEN = frozenset({"measure", "index"})
"""Options to whose choices other packages may add."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """One option as a keyword of Python."""

    kind: object
    """Its type, short forms and checks left out."""
    default: Any = REQUIRED
    about: str = ""
    usual: object = None
    """What holds where the keyword is None."""
    field: FieldInfo | None = field(default=None, repr=False)
    """Its declaration; None for what a study file has no key for."""

    @property
    def is_required(self) -> bool:
        """Whether it must be given."""
        return self.default is REQUIRED


def keywords_of(section: type[Section], left_out: Iterable[str] = ()) -> dict[str, Keyword]:
    """Make the keywords of a section of the study file, by their names there."""
    return dict(_keywords_of(section, frozenset(left_out)))


# Each call looks its keywords up; they are declared once.
@cache
def _keywords_of(section: type[Section], leave: frozenset[str]) -> dict[str, Keyword]:
    return {
        in_python(declaration.alias or name): Keyword(
            python_type(declaration.annotation),
            REQUIRED
            if declaration.is_required()
            else declaration.get_default(call_default_factory=True),
            declaration.description or "",
            field=declaration,
        )
        for name, declaration in section.model_fields.items()
        if name not in leave
    }


def optional(
    keywords: Mapping[str, Keyword], usual: Mapping[str, object], depends: Iterable[str] = ()
) -> dict[str, Keyword]:
    """Make None the default, so that each measure can have usual options of its own.

    Parameters
    ----------
    keywords
        Options of a measurement, with their declared defaults.
    usual
        Other defaults of a function.
    depends
        Options without a default of their own.
    """
    open_ended = set(depends)
    return {
        name: keyword
        if keyword.is_required
        else replace(
            keyword,
            kind=with_choices(name, keyword.kind) | None,
            default=None,
            usual=None if name in open_ended else usual.get(name, keyword.default),
        )
        for name, keyword in keywords.items()
    }


def with_choices(option: str, kind: object) -> Any:
    """List the words of an option where its declaration has them.

    >>> with_choices("bads", str)
    typing.Literal['outputs', 'inputs']
    """
    if kind is not str or option not in CHOICES or option in OPEN:
        return kind
    words = Literal[tuple(CHOICES[option])]  # type: ignore[valid-type]
    # Generalised returns are the bounds of the sum of intensities: (0.8, 1.2) or "0.8..1.2".
    return words | str | tuple[float, float] if option == "returns_to_scale" else words


def python_type(kind: object) -> object:
    """Write a type of the study file as a keyword has it, its checks left out."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return python_type(inner[0])
    if kind == tuple[str, ...]:
        return Names
    if origin in {Union, UnionType}:
        return reduce(or_, map(python_type, inner))
    mapping: Any = Mapping
    return mapping[str, python_type(inner[1])] if origin is dict else kind


def signature_of(
    keywords: Mapping[str, Keyword],
    returns: object = REQUIRED,
    subject: inspect.Parameter = DATA,
) -> inspect.Signature:
    """Make a signature: the data or the study, then the keywords, the required ones first."""
    ordered = sorted(keywords.items(), key=lambda named: not named[1].is_required)
    parameters = (
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=keyword.default, annotation=keyword.kind
        )
        for name, keyword in ordered
    )
    return inspect.Signature([subject, *parameters], return_annotation=returns)


def insert_keywords(
    text: str, keywords: Mapping[str, Keyword], subject: Mapping[str, str] = ABOUT_DATA
) -> str:
    """Insert the keywords into a docstring, before the section Returns."""
    about = dict(subject)
    for name, keyword in keywords.items():
        words, usual = " ".join(keyword.about.split()), keyword.usual
        about[name] = words if usual is None else f"{words} Default: {_write(usual)}."
    lines = [line for name, words in about.items() for line in (name, f"    {words}")]
    head, heading, rest = text.partition("\n\nReturns\n")
    parameters = "\n".join(["Parameters", "----------", *lines])
    return f"{head}\n\n{parameters}{heading}{rest}"


class DeclaredFunction(Generic[R]):
    """A function written by hand, whose keywords and their documentation are declared elsewhere.

    Declarations load when the function is called or inspected, not when it is imported.
    """

    def __init__(
        self,
        compute: Callable[[Mapping[str, object]], R],
        declare: Callable[[], Mapping[str, Keyword]],
        together: Callable[[tuple[object, ...], tuple[str, ...]], object] | None = None,
    ) -> None:
        """Take the function of all arguments by name, what lists the keywords, what joins several results."""
        update_wrapper(
            self,
            compute,
            assigned=("__module__", "__name__", "__qualname__", "__annotations__"),
            updated=(),
        )
        self._declare, self._together = declare, together

    @cached_property
    def keywords(self) -> Mapping[str, Keyword]:
        """The keywords, in the order of the declaration."""
        return self._declare()

    @cached_property
    def __signature__(self) -> inspect.Signature:
        """Data, then the keywords."""
        returns = inspect.get_annotations(self._compute, eval_str=True).get("return", REQUIRED)
        return signature_of(self.keywords, returns)

    @property
    def _compute(self) -> Callable[[Mapping[str, object]], R]:
        compute: Callable[[Mapping[str, object]], R] = vars(self)["__wrapped__"]
        return compute

    def __call__(self, data: Data, *formula: str, **words: object) -> Any:
        """Bind the keywords, and compute.

        A verb of one regression takes it as a formula too: `y ~ x + w | effects | endogenous ~ instruments`.
        """
        if not formula:
            return self._bind(data, words)
        if len(formula) > 1 or self._together is None:
            msg = f"{vars(self)['__name__']}() takes {1 + (self._together is not None)} positional arguments"
            raise TypeError(msg)
        texts = each_regression(formula[0])
        results = tuple(self._bind(data, _with_formula(text, words)) for text in texts)
        return results[0] if len(texts) == 1 else self._together(results, texts)

    def _bind(self, data: Data, words: Mapping[str, object]) -> R:
        """Check the keywords, and compute."""
        try:
            bound = self.__signature__.bind(data, **words)
        except TypeError as error:
            msg = f"{vars(self)['__name__']}() {error}"
            raise TypeError(msg) from None
        # Words of options are checked by their declaration, before a computation that may be long.
        problems = [
            unknown_choice(value, name, get_args(keyword.field.annotation))
            for name, keyword in self.keywords.items()
            if keyword.field is not None
            and get_origin(keyword.field.annotation) is Literal
            and (value := bound.arguments.get(name)) is not None
            and value not in get_args(keyword.field.annotation)
        ]
        if problems:
            raise SpecError(problems)
        bound.apply_defaults()
        return self._compute(bound.arguments)

    def __reduce__(self) -> str:
        """Pickle by name, as functions are."""
        name: str = vars(self)["__qualname__"]
        return name

    def documentation(self) -> str:
        """Write the docstring: that of the function, with the keywords."""
        return insert_keywords(inspect.getdoc(self._compute) or "", self.keywords)

    __doc__ = property(documentation)


def _with_formula(formula: str, words: Mapping[str, object]) -> dict[str, object]:
    """Take outcome, regressors, effects and instruments from a formula."""
    read = read_regression(formula)
    if twice := [name for name in read if name in words]:
        text = message("The formula and the keywords both give {names}.", names=", ".join(twice))
        remedy = message("leave the keyword out, or write no formula.")
        raise SpecError(Problem("option.twice", text, Where(key=twice[0]), remedy))
    return {**words, **read}


def declared(
    declare: Callable[[], Mapping[str, Keyword]],
    together: Callable[[tuple[Any, ...], tuple[str, ...]], object] | None = None,
) -> Callable[[Callable[[Mapping[str, object]], R]], DeclaredFunction[R]]:
    """Give a function that takes its arguments by name the declared keywords (decorator).

    With `together`, which takes the results and their formulas, it takes formulas too.
    """

    def make(compute: Callable[[Mapping[str, object]], R]) -> DeclaredFunction[R]:
        return DeclaredFunction(compute, declare, together)

    return make


def _write(value: object) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)
