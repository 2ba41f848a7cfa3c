"""Laws that a measure keeps by what its traits claim, tried on random cases.

Ours are tried in our own tests; the author of a measure tries it in theirs:

    def test_my_measure_keeps_the_laws():
        assert [kept for kept in try_laws("my_measure") if kept.is_broken] == []
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.law_cases import Case, random_case, rows_of, with_row
from xinzhi_frontier.measure import MEASURES, Traits
from xinzhi_frontier.options import Options
from xinzhi_frontier.result import Array
from xinzhi_frontier.solve.certificate import PROVED
from xinzhi_frontier.technology import HULL

LAW = 1e-7
"""Tolerance of a law, relative where the efficiency is above 1."""
AFTER_RESCALING = 1e-6
"""Tolerance where the numbers themselves were written in other units."""


@dataclass(frozen=True, slots=True)
class Law:
    """One law: which measures claim it, and how far a case is from keeping it."""

    name: str
    sentence: str
    claimed: Callable[[Traits], bool]
    deviation: Callable[[Case], float]
    tolerance: float


@dataclass(frozen=True, slots=True)
class Kept:
    """How a measure keeps a law over random cases."""

    measure: str
    law: str
    sentence: str
    cases: int
    largest: float
    """Largest deviation."""
    case: int
    """The case that has it: `random_case(measure, case)` draws it again."""
    tolerance: float

    @property
    def is_broken(self) -> bool:
        """Whether some case is farther from the law than its tolerance."""
        return self.largest > self.tolerance


LAWS: dict[str, Law] = {}
"""Laws by name."""
Deviation = Callable[[Case], float]


def _law(
    sentence: str,
    claimed: Callable[[Traits], bool] = lambda _: True,
    *,
    tolerance: float = LAW,
) -> Callable[[Deviation], Deviation]:
    """Put a law among the laws, under the name of its function (decorator)."""

    def keep(deviation: Deviation) -> Deviation:
        name = deviation.__name__.removeprefix("_")
        LAWS[name] = Law(name, sentence, claimed, deviation, tolerance)
        return deviation

    return keep


def claimed_laws(measure: str) -> tuple[str, ...]:
    """List the laws that a measure claims by its traits."""
    traits = MEASURES.get(measure).traits
    return tuple(name for name, law in LAWS.items() if law.claimed(traits))


def try_laws(measure: str, *, cases: int = 50, seed: int = 0) -> tuple[Kept, ...]:
    """Try every law that a registered measure claims on random cases.

    Each case is measured once and shared by all laws.

    Parameters
    ----------
    measure
        Name in the register.
    cases
        Number of random cases: three to six rows of whole amounts from 1 to 9, with ties and
        duplicates, and options that the measure has.
    seed
        Of the generator; case k is the same whatever the number of cases.

    Examples
    --------
    >>> {kept.law for kept in try_laws("sbm", cases=2) if kept.is_broken}
    set()
    """
    laws = [LAWS[name] for name in claimed_laws(measure)]
    deviations = np.zeros((cases, len(laws)))
    for number in range(cases):
        case = random_case(measure, number, seed=seed)
        deviations[number] = [law.deviation(case) for law in laws]
    # A deviation that is not a number keeps no law.
    deviations[np.isnan(deviations)] = np.inf
    largest, worst = deviations.max(axis=0).tolist(), deviations.argmax(axis=0).tolist()
    return tuple(
        Kept(measure, law.name, law.sentence, cases, deviation, case, law.tolerance)
        for law, deviation, case in zip(laws, largest, worst, strict=True)
    )


@_law(
    "Every row is certified, or infeasible where the measure is a super measure; efficiency is above 0.",
    tolerance=PROVED,
)
def _proved(case: Case) -> float:
    allowed = {"certified", "infeasible"} if case.traits.is_super else {"certified"}
    if not set(case.result.statuses) <= allowed or (case.efficiency <= 0).any():
        return np.inf
    return max(case.result.certificate.worst().values())


@_law("No efficiency is above 1.", lambda traits: not traits.is_super)
def _at_most_1(case: Case) -> float:
    return max(0.0, float(case.efficiency.max()) - 1.0)


@_law("The order of the rows changes no score, bit for bit.", tolerance=0.0)
def _order(case: Case) -> float:
    order = case.rng.permutation(case.rows.n).tolist()
    return _difference(case.again(case.rows.take(order)), case.efficiency[order])


@_law(
    "Units of measure times powers of ten from 1e-9 to 1e9 change no score.",
    lambda traits: traits.is_units_invariant,
    tolerance=AFTER_RESCALING,
)
def _units(case: Case) -> float:
    powers = case.rng.integers(-9, 10, len(case.rows.roles.names))
    other = rows_of(case.rows.values * 10.0**powers, case.rows.labels, case.rows.roles)
    return _difference(case.again(other), case.efficiency)


@_law(
    "The kernel and HiGHS find the same scores and the same rows infeasible.",
    tolerance=PROVED,
)
def _solver(case: Case) -> float:
    return _difference(case.again(solver="auto"), case.again(solver="highs"))


@_law(
    "Under variable returns a constant added to each column, negative or not, changes no score.",
    lambda traits: traits.is_translation_invariant(Options(returns_to_scale="variable")),
)
def _translation(case: Case) -> float:
    constants = case.rng.integers(-20, 21, len(case.rows.roles.names)).astype(np.float64)
    other = rows_of(case.rows.values + constants, case.rows.labels, case.rows.roles)
    before = case.under("returns_to_scale", "variable")
    return _difference(case.again(other, returns_to_scale="variable"), before)


@_law("One more row in the reference set raises no score.", lambda traits: traits.is_monotone)
def _one_more_row(case: Case) -> float:
    line = case.rng.integers(1, 10, len(case.rows.roles.names)).astype(np.float64)
    return _excess(case.again(with_row(case.rows, line))[:-1], case.efficiency)


@_law(
    "A copy of a row changes no score of another entity; the row itself then scores at most 1.",
    lambda traits: traits.is_monotone,
)
def _copy(case: Case) -> float:
    after = case.again(with_row(case.rows, case.rows.values[0]))
    # The copy is in the reference set of the row: a super score falls to 1, an infeasible one too.
    expected = np.full(2, np.fmin(case.efficiency[0], 1.0))
    others = case.others()
    return max(
        _difference(after[others], case.efficiency[others]),
        _difference(after[[0, -1]], expected),
    )


@_law(
    "A convex combination of rows of others changes no variable-returns score of a row.",
    lambda traits: traits.is_monotone,
)
def _combination(case: Case) -> float:
    # Of rows of other entities: one of its own would stay when the entity leaves the set.
    middle = case.rows.values[case.others()].mean(axis=0)
    before = case.under("returns_to_scale", "variable")
    after = case.again(with_row(case.rows, middle), returns_to_scale="variable")
    return _difference(after[:1], before[:1])


@_law("Under constant returns a row times k changes no score.", lambda traits: traits.is_monotone)
def _size(case: Case) -> float:
    values = case.rows.values.copy()
    values[0] *= float(np.exp(case.rng.uniform(-4, 4)))
    other = rows_of(values, case.rows.labels, case.rows.roles)
    before = case.under("returns_to_scale", "constant")
    return _difference(case.again(other, returns_to_scale="constant"), before)


@_law(
    "More input, less good or more of a freely disposable bad raises no score of the row itself.",
    lambda traits: traits.is_monotone and not traits.has_nonseparable,
)
def _worse(case: Case) -> float:
    values, roles = case.rows.values.copy(), case.rows.roles
    column = int(case.rng.integers(len(roles.names)))
    factor = 1.0 + float(case.rng.integers(1, 6))
    values[0, column] *= 1.0 / factor if roles.names[column] in roles.good_outputs else factor
    before = case.under("disposability", "strong")
    other = rows_of(values, case.rows.labels, roles)
    return _excess(case.again(other, disposability="strong")[:1], before[:1])


@_law(
    "Constant returns give at most the score of non-increasing or non-decreasing ones, these at most variable.",
    lambda traits: traits.returns is None,
)
def _returns(case: Case) -> float:
    constant, variable = (case.under("returns_to_scale", word) for word in ("constant", "variable"))
    return max(_excess(constant, case.efficiency), _excess(case.efficiency, variable))


@_law(
    "On the free disposal hull no score is below that of variable returns.",
    lambda traits: traits.has_hull,
)
def _hull(case: Case) -> float:
    changed: dict[str, Any] = {"disposability": "strong", "solver": "auto"}
    variable, hull = (case.again(returns_to_scale=word, **changed) for word in ("variable", HULL))
    return _excess(variable, hull)


@_law(
    "Weak disposability gives at least the score of strong and of Kuosmanen's, under constant returns that of Kuosmanen's.",
    lambda traits: "weak" in traits.disposabilities,
)
def _disposal(case: Case) -> float:
    strong, between, weak = (
        case.under("disposability", word) for word in ("strong", "kuosmanen", "weak")
    )
    if case.options.returns_to_scale == "constant":
        return max(_excess(strong, weak), _difference(between, weak))
    return max(_excess(strong, weak), _excess(between, weak))


@_law(
    "The frontier of all rows gives at most the score of the own group's, or of the own period's.",
    lambda traits: traits.is_monotone,
)
def _larger_frontier(case: Case) -> float:
    groups = case.rng.choice(["a", "b"], case.rows.n).tolist()
    if case.rng.random() < 0.5:
        return _excess(case.efficiency, case.again(groups=groups, reference="group"))
    return _excess(case.efficiency, case.under("reference", "contemporaneous"))


@_law("Under strong disposability the peers of a row make its target, or better.")
def _target(case: Case) -> float:
    result = evaluate(case.rows, options=replace(case.options, disposability="strong"))
    values = case.rows.values
    goods = np.isin(case.rows.roles.names, case.rows.roles.good_outputs)
    worst = 0.0
    for target, peers in zip(result.targets, result.peers, strict=True):
        if peers and not np.isnan(target).any():
            made = sum(peer.intensity * values[peer.position] for peer in peers)
            lacks = np.where(goods, target - made, made - target) / values.max()
            worst = max(worst, float(lacks.max()))
    return worst


def _difference(scores: Array, expected: Array) -> float:
    """Largest relative difference; both infeasible is none, one alone is infinite."""
    has_score = ~np.isnan(expected)
    if (np.isnan(scores) == has_score).any():
        return np.inf
    gaps = np.abs(scores - expected)[has_score] / np.maximum(1.0, np.abs(expected[has_score]))
    return float(gaps.max(initial=0.0))


def _excess(less: Array, more: Array) -> float:
    """Largest relative amount by which `less` is above `more`; an infeasible row is beyond all."""
    below, bound = (np.nan_to_num(scores, nan=np.inf) for scores in (less, more))
    is_finite = np.isfinite(bound)
    gaps = (below[is_finite] - bound[is_finite]) / np.maximum(1.0, np.abs(bound[is_finite]))
    return float(gaps.max(initial=0.0))
