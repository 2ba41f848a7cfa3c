"""Random cases on which the laws of a measure are tried."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.measure import MEASURES, Traits
from xinzhi_frontier.options import Options
from xinzhi_frontier.result import Activities, ActivityRoles, Array, EfficiencyResult, Label
from xinzhi_frontier.technology import RETURNS


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """Some rows and options, and what was found for them."""

    rows: Activities
    options: Options
    traits: Traits
    rng: np.random.Generator
    result: EfficiencyResult
    efficiency: Array
    """Shape (n,): 1 is efficient, more is better; NaN where infeasible."""

    _cache: dict[tuple[str, str], Array] = field(default_factory=dict)

    def again(
        self, rows: Activities | None = None, *, groups: list[str] | None = None, **changed: Any
    ) -> Array:
        """Return the efficiencies of other rows, or under other options."""
        options = replace(self.options, **changed)
        result = evaluate(self.rows if rows is None else rows, options=options, groups=groups)
        return self.traits.efficiency(result.scores, options)

    def under(self, key: str, word: str) -> Array:
        """Return the efficiencies of the same rows with one option changed, measured once."""
        if getattr(self.options, key) == word:
            return self.efficiency
        if (key, word) not in self._cache:
            changed: dict[str, Any] = {key: word}
            self._cache[key, word] = self.again(**changed)
        return self._cache[key, word]

    def others(self) -> list[int]:
        """List the rows of other entities than that of the first row."""
        labels = self.rows.labels
        return [i for i in range(self.rows.n) if labels[i][0] != labels[0][0]]


def random_case(measure: str, number: int, *, seed: int = 0) -> Case:
    """Draw one case for a measure and measure it.

    >>> random_case("sbm", 3).rows.labels[:2]
    (('e0', 0), ('e0', 1))
    """
    traits = MEASURES.get(measure).traits
    # A stream a case: the same rows are drawn again by number, whichever cases came before.
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number,)))
    rows = _random_rows(rng, traits)
    options = _random_options(rng, measure, traits, rows.roles)
    result = evaluate(rows, options=options)
    return Case(rows, options, traits, rng, result, traits.efficiency(result.scores, options))


def _random_rows(rng: np.random.Generator, traits: Traits) -> Activities:
    """Draw whole amounts; every column varies, as some measures divide by ranges."""
    # A separable good beside the non-separable one, and a bad that falls with it.
    least = (1, 1 + traits.has_alpha_min, int(traits.has_nonseparable))
    sizes = [int(rng.integers(low, 3)) for low in least]
    n = int(rng.integers(3, 7))
    values = np.ones((n, sum(sizes)))
    while not (np.ptp(values, axis=0) > 0).all():
        values = rng.integers(1, 10, values.shape).astype(np.float64)
        # Small whole amounts tie often, and one case in five has a duplicate.
        if rng.random() < 0.2:
            values[1] = values[0]
    names = [
        tuple(f"{role}{i}" for i in range(size)) for role, size in zip("xyb", sizes, strict=True)
    ]
    labels = tuple((f"e{i // 2}", i % 2) for i in range(n))
    return rows_of(values, labels, ActivityRoles(*names))


def _random_options(
    rng: np.random.Generator, measure: str, traits: Traits, roles: ActivityRoles
) -> Options:
    def one_of(*words: str) -> str:
        return str(rng.choice(words))

    weighted = traits.has_weights and rng.random() < 0.3
    has_bads = bool(roles.bad_outputs)
    return Options(
        measure=measure,
        returns_to_scale=one_of(*(word for word in traits.returns or RETURNS if word in RETURNS)),
        orientation=one_of(*traits.orientations),
        # Drawn in any case, so that the draws after it are the same; refused where no column is bad.
        bads=one_of("outputs", "inputs" if has_bads else "outputs"),
        disposability=one_of(*traits.disposabilities),
        exclude=one_of("observation", "entity") if traits.is_super else "observation",
        weights={name: float(rng.integers(1, 4)) for name in roles.names} if weighted else None,
        direction="own" if traits.has_direction else None,
        nonseparable=("y0", "b0") if traits.has_nonseparable else None,
        alpha_min=rng.integers(0, 10) / 10 if traits.has_alpha_min else None,
        solver=one_of("auto", "auto", "highs"),
    )


def rows_of(values: Array, labels: tuple[Label, ...], roles: ActivityRoles) -> Activities:
    """Make activities of a table of values, inputs first, then goods, then bads."""
    m, s1 = len(roles.inputs), len(roles.good_outputs)
    return Activities(labels, values[:, :m], values[:, m : m + s1], values[:, m + s1 :], roles)


def with_row(rows: Activities, line: Array) -> Activities:
    """Add a row of an entity of its own."""
    return rows_of(np.vstack([rows.values, line]), (*rows.labels, ("new", 0)), rows.roles)
