"""Equations: a regression of a study, and what is changed before it is estimated.

Regressions in symbols: variables with their indices, coefficients, effects, and what each stands for.

The option for standard errors: `hc1`, `{cluster: entity}`, `{driscoll_kraay: 2}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Annotated

import pandas as pd
from pydantic import BeforeValidator

from xinzhi.analyses.section import Member, as_list, as_written
from xinzhi.options import Refused, refused
from xinzhi.present.equation.tree import (
    Meaning,
    Node,
    NumberedEquation,
    Symbol,
    broken,
    letter,
    marked,
    row,
)
from xinzhi.present.regression.fitted import name_of
from xinzhi_core.errors import DataError, Problem, SpecError, StudyError, Where, suggestion
from xinzhi_core.formula.parse import parse
from xinzhi_core.formula.tree import Name, OperatorChain, Shift
from xinzhi_core.formula.tree import Node as Formula
from xinzhi_core.vocabulary import canonical
from xinzhi_core.wording import Wording, listed, message
from xinzhi_econometrics.instruments.estimate import TAU
from xinzhi_econometrics.least_squares import Array
from xinzhi_econometrics.specification import (
    DEFAULT,
    Covariance,
    Regression,
    Sample,
    columns_of,
    common,
    with_errors,
)
from xinzhi_econometrics.variation import Variation, changes
from xinzhi_econometrics.within import WithinProjection, within

Dropped = tuple[tuple[str, tuple[Member, ...]], ...]
Instruments = tuple[tuple[str, tuple[str, ...]], ...]
Frontier = tuple[tuple[str, object], ...]
"""Options under which scores are measured again, each with its value."""
ENTITY = "entity"


@dataclass(frozen=True, slots=True)
class Equation:
    """A regression, and what is changed before it is estimated."""

    regression: Regression
    variation: Variation = Variation()
    """Variables that take the place of others, window, percentiles."""
    drop: Dropped = ()
    """Grouping, or entity, and the members whose rows are left out."""
    instruments: Instruments = ()
    """Endogenous regressors, each with its instruments."""
    tau: float = TAU
    """Share of the worst bias above which they count as weak."""
    frontier: Frontier = ()
    declared: Covariance = DEFAULT
    """Standard errors by which the study judges its effects, whatever errors the regression has."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Variables that are read, those of instruments and replacements included."""
        asked = self.regression
        return tuple(
            dict.fromkeys(
                (
                    asked.outcome,
                    *asked.regressors,
                    *asked.controls,
                    *self.variation.replace.values(),
                    *(name for _, names in self.instruments for name in names),
                )
            )
        )

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns that are not variables: effects, clusters, groupings."""
        asked = self.regression
        clusters = (*asked.covariance.clusters, *self.declared.clusters)
        return (*asked.effects, *clusters, *(name for name, _ in self.drop))

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read."""
        return tuple(dict.fromkeys((*self.variables, *self.keys)))

    def applied(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, Regression]:
        """Change rows, columns and regression as the equation says."""
        return changes(drop_members(frame, self.drop), self.regression, self.variation)


@dataclass(frozen=True, slots=True, eq=False)
class Estimation:
    """What an analysis estimates on: a regression, the rows that it can use, and its effects.

    All of it is that of one common sample: rows without a value in a variable of the equation or in a further
    one are left out, and so are singletons of the effects.
    """

    frame: pd.DataFrame
    """The rows that are used, indexed (entity, period) and sorted; columns are the variables."""
    regression: Regression
    """The regression as it is estimated on `frame`; its errors are resolved."""
    sample: Sample
    """The same rows as arrays: outcome, design, effects and clusters."""
    raw: pd.DataFrame
    """Columns of the data in their own units on the same rows; these may hold text and empty cells."""

    @classmethod
    def of(
        cls,
        equation: Equation,
        data: pd.DataFrame,
        more: Sequence[str] = (),
        raw: pd.DataFrame | None = None,
        times: Mapping[object, int] = MappingProxyType({}),
    ) -> Estimation:
        """Change the data as the equation says, and select the common sample.

        Parameters
        ----------
        equation
            A column of a table; it may have no regressor.
        data
            What `Given.frame` gives of it.
        more
            Further variables that every row must have.
        raw
            Columns of the data, which may be empty.
        times
            Entity -> how often it was drawn, where that is not once; each time it is an entity of its own.

        Raises
        ------
        StudyError
            A column cannot be used, or no row is left.
        """
        changed, regression = equation.applied(data)
        others = (regression.outcome, *regression.regressors, *regression.controls)
        further = tuple(name for name in dict.fromkeys(more) if name not in others)
        columns = pd.DataFrame(index=data.index) if raw is None else raw
        both = [_repeated(each, times) for each in (changed, columns.reindex(changed.index))]
        frame, sample = common(both[0], regression, further, needs_regressor=False)
        # Further variables choose rows; in the equation they are not.
        names = others[1:]
        sample = replace(sample, design=sample.design[:, : len(names)], names=names)
        resolved = with_errors(frame, regression)
        return cls(frame, resolved, sample, both[1].reindex(frame.index))

    @property
    def within(self) -> WithinProjection:
        """The projection that takes the effects out; it is prepared anew at each call."""
        return within(self.sample.effects)

    def columns(self, *names: str) -> Array:
        """Give variables side by side, shape (n, number of names)."""
        return columns_of(self.frame, names)


def _repeated(frame: pd.DataFrame, times: Mapping[object, int]) -> pd.DataFrame:
    """Add the rows of entities that stand more than once, each time under a name of its own."""
    parts = [frame]
    entity = frame.index.get_level_values(0)
    for number in range(1, max(times.values(), default=1)):
        drawn = [name for name, n in times.items() if n > number]
        copy = frame.loc[entity.isin(drawn)]
        named = [(f"{name} #{number + 1}", period) for name, period in copy.index]
        parts.append(copy.set_axis(pd.MultiIndex.from_tuples(named, names=frame.index.names)))
    if len(parts) == 1:
        return frame
    written = [part.rename(index=str, level=0) for part in parts]
    return pd.concat(written).sort_index()


def drop_members(frame: pd.DataFrame, drop: Dropped) -> pd.DataFrame:
    """Leave out the rows of the members that are dropped.

    Raises
    ------
    DataError
        A member has no row: dropping it would change nothing, so it is a slip.
    """
    if not drop:
        return frame
    remains = pd.Series(True, index=frame.index)
    # Members are compared as they are written, so that 1 in the file means 1.0 in the data.
    for name, members in drop:
        values = frame.index.get_level_values(0) if name == ENTITY else frame[name]
        written = pd.Index(values).map(as_written)
        wanted = [as_written(member) for member in members]
        _refuse_unknown(name, wanted, set(written[pd.notna(values)]))
        remains &= ~written.isin(wanted)
    return frame.loc[remains.to_numpy(dtype=bool)]


def _refuse_unknown(name: str, wanted: list[str], members: set[str]) -> None:
    problems = [
        Problem(
            "study.unknown_member",
            message("'{name}' has no member '{member}' in the data.", name=name, member=member),
            Where(key=f"drop.{name}"),
            suggestion(member, sorted(members)[:30]),
        )
        for member in wanted
        if member not in members
    ]
    if problems:
        raise DataError(problems)


EFFECTS: Mapping[str, tuple[str, str]] = {"entity": ("μ", "i"), "period": ("λ", "t")}
"""Fixed effect -> its letter and its index; others are η with numbers."""
PRODUCTS = ("*", ":", "×")


@dataclass(frozen=True, slots=True)
class Symbols:
    """How the variables of a study are written: by their names, with an index for each of its keys."""

    labels: Mapping[str, Wording]
    has_periods: bool = True

    def variable(self, name: str, lag: int = 0) -> Node:
        """Write a variable of an entity in a period, its lag, or a product of such."""
        factors = [
            marked(Symbol(variable), self._index(lag + further))
            for variable, further in factors_of(name)
        ]
        # A sign stands before each factor; the first one is cut off.
        parts: list[Node | str] = [part for factor in factors for part in ("×", factor)]
        return row(*parts[1:])

    def _index(self, lag: int) -> str:
        if not self.has_periods:
            return "i"
        return f"i,t−{lag}" if lag else "it"

    def meanings(self, *names: str) -> Iterator[Meaning]:
        """Give the variables without their indices, each once with its label."""
        for factor in dict.fromkeys(factor for name in names for factor, _ in factors_of(name)):
            yield Symbol(factor), name_of(factor, self.labels)

    def sum(
        self,
        outcome: Node,
        coefficient: str,
        terms: Sequence[Node],
        asked: Regression,
        lag: int = 0,
    ) -> Node:
        """Write outcome = constant + coefficients times terms + controls + effects + error.

        Each of the terms has a coefficient of its own, with the letter `coefficient`; the regression
        `asked` has the controls, with the lag `lag`, and the effects.
        """
        parts = [letter(coefficient, "0")]
        parts += [row(letter(coefficient, str(k)), term) for k, term in enumerate(terms, start=1)]
        if asked.controls:
            parts.append(row(letter(coefficient, "c", "′"), marked(Symbol("Z"), self._index(lag))))
        parts += [effect for effect, _ in self.effects(asked)]
        parts.append(marked(Symbol("ε"), self._index(0)))
        return broken(row(outcome, "="), parts)

    def effects(self, asked: Regression) -> Iterator[Meaning]:
        """List the fixed effects: symbol and words."""
        others = [effect for effect in asked.effects if effect not in EFFECTS]
        numbered = {effect: ("η", str(k)) for k, effect in enumerate(others, start=1)}
        for effect in asked.effects:
            words = message("{name} fixed effects", name=name_of(effect, self.labels))
            yield letter(*{**EFFECTS, **numbered}[effect]), words

    def rest(self, coefficients: str, asked: Regression) -> Iterator[Meaning]:
        """Say what the coefficients, controls, effects and the error stand for."""
        if asked.controls:
            names = listed([name_of(name, self.labels) for name in asked.controls])
            yield Symbol("Z"), message("the controls ({names})", names=names)
        letters: list[Node | str] = [part for c in coefficients for part in (",", Symbol(c))]
        yield row(*letters[1:]), message("coefficients")
        yield from self.effects(asked)
        yield Symbol("ε"), message("the error")
        yield Symbol("i"), message("the entity")
        if self.has_periods:
            yield Symbol("t"), message("the period")


def regression_equation(
    equation_id: str, title: Wording, asked: Regression, symbols: Symbols
) -> NumberedEquation:
    """Write a regression as it is estimated: its variables of interest one by one."""
    terms = [symbols.variable(name) for name in asked.regressors]
    tree = symbols.sum(symbols.variable(asked.outcome), "β", terms, asked)
    meanings = symbols.meanings(asked.outcome, *asked.regressors)
    lead = message("{title} is estimated by the equation:", title=title)
    return NumberedEquation(equation_id, lead, tree, (*meanings, *symbols.rest("β", asked)))


def factors_of(name: str) -> tuple[tuple[str, int], ...]:
    """Take a name apart into variables and their lags; any other formula stands as a whole.

    >>> factors_of("L1.x:w"), factors_of("x^2")
    ((('x', 1), ('w', 0)), (('x^2', 0),))
    """
    try:
        return tuple(_factors(parse(name).tree))
    except SpecError:
        return ((name, 0),)


def _factors(tree: Formula, lag: int = 0) -> Iterator[tuple[str, int]]:
    if isinstance(tree, Name):
        yield tree.name, lag
    elif isinstance(tree, Shift) and tree.function == "lag":
        yield from _factors(tree.operand, lag + tree.steps)
    elif isinstance(tree, OperatorChain) and all(sign in PRODUCTS for sign, _ in tree.rest):
        for operand in (tree.first, *(node for _, node in tree.rest)):
            yield from _factors(operand, lag)
    else:
        # Powers, logarithms and sums have no symbols of their own; `factors_of` catches this.
        raise SpecError([])


def covariance(value: object) -> object:
    """Read how errors are computed: `hc1`, `{cluster: entity}`, `{driscoll_kraay: 2}`.

    >>> covariance({"cluster": "entity"}).clusters
    ('entity',)
    """
    if isinstance(value, Covariance):
        return value
    try:
        return _covariance(value)
    except StudyError as error:
        raise refused(error) from error


def _covariance(value: object) -> Covariance:
    if isinstance(value, str):
        kind = canonical("covariance", value)
        if kind in ("cluster", "two_way"):
            raise Refused(
                message("Errors by {kind} need to know the cluster.", kind=kind),
                message("write {{{kind}: entity}}.", kind=kind),
            )
        if kind == "driscoll_kraay":
            raise Refused(
                message("Driscoll-Kraay errors need a lag."),
                message("write {{driscoll_kraay: 2}}."),
            )
        return Covariance(kind=kind)
    if not isinstance(value, dict):
        raise Refused(
            message("Standard errors are a word, or one key with its value."),
            message(
                "write iid, hc1, {{cluster: entity}}, {{two_way: [entity, period]}} or {{driscoll_kraay: 2}}."
            ),
        )
    # Apart from `as`, the rule of the small-sample correction, one key names the kind.
    rest = dict(value)
    rule = canonical("rule", str(rest.pop("as", "fixest")))
    if len(rest) != 1:
        raise Refused(
            message("One kind of errors at a time."),
            message("write {{cluster: entity}}, for example."),
        )
    word, detail = rest.popitem()
    kind = canonical("covariance", str(word))
    if kind == "driscoll_kraay":
        if not isinstance(detail, int) or isinstance(detail, bool) or detail < 0:
            raise Refused(
                message("The lag of Driscoll-Kraay errors is a whole number, 0 or more."),
                message("write {{driscoll_kraay: 2}}."),
            )
        return Covariance(kind=kind, lag=detail, rule=rule)
    names = tuple(map(str, as_list(detail)))
    wanted = {"cluster": 1, "two_way": 2}.get(kind)
    if wanted is None or len(names) != wanted:
        raise Refused(
            message("Errors by {kind} do not have these clusters.", kind=kind),
            message(
                "write {{cluster: entity}} with one name or {{two_way: [entity, period]}} with two."
            ),
        )
    return Covariance(kind=kind, clusters=names, rule=rule)


Errors = Annotated[
    Covariance, BeforeValidator(covariance, json_schema_input_type=str | dict[str, object])
]
