"""Replicates: replicate k draws from its own stream, whatever computes it.

Which scores have a known rate of convergence, and what it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xinzhi_core.errors import Problem, SpecError, Where
from xinzhi_core.processes import each
from xinzhi_core.wording import Message, message
from xinzhi_frontier.options import Options, checked
from xinzhi_frontier.result import ActivityRoles, Array
from xinzhi_frontier.technology import HULL

Replicate = Callable[[np.random.Generator], Array]


def stream(seed: int, k: int, *, stage: int = 0) -> np.random.Generator:
    """Make the generator of replicate k: one stream each, whatever the order or the workers.

    >>> float(stream(1, 2).random()) == float(stream(1, 2).random())
    True
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(stage, k)))


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A replicate with its seed, so that a process can compute it by number."""

    replicate: Replicate
    seed: int
    stage: int

    def __call__(self, k: int) -> Array:
        return self.replicate(stream(self.seed, k, stage=self.stage))


def replicates(
    replicate: Replicate, *, draws: int, seed: int, stage: int = 0, jobs: int = 1
) -> Array:
    """Compute all replicates, shape (draws, ...); the result does not depend on `jobs`.

    Raises
    ------
    SpecError
        Fewer than two draws.
    """
    enough_draws(draws)
    numbered = _Numbered(replicate, seed, stage)
    return np.array(each(numbered, range(draws), jobs))


def enough_draws(draws: int) -> None:
    """Refuse fewer than two draws.

    Raises
    ------
    SpecError
        Nothing can be inferred from so few.
    """
    if draws < 2:
        text = message(
            "{n} draws are too few to infer from.",
            one="{n} draw is too few to infer from.",
            n=draws,
        )
        remedy = message("1000 or more are usual.")
        raise SpecError(Problem("inference.draws", text, Where(key="draws"), remedy))


MEASURES = ("radial", "directional")
"""Measures whose limiting distribution is known (Kneip, Simar and Wilson 2008; Simar, Vanhems and
Wilson 2012)."""
OTHER_RETURNS = {
    "non_increasing": message("non-increasing returns to scale"),
    "non_decreasing": message("non-decreasing returns to scale"),
}
WITHOUT_INTERVAL = {
    "base": message(
        "No confidence interval is known for a frontier of a base period: rows of other periods join it for "
        "their own score."
    ),
    "rows": message(
        "No confidence interval is known for a frontier of chosen rows: they are not a sample."
    ),
}
"""Reference -> why its scores have no interval."""


def convergence_rate(options: Options, roles: ActivityRoles) -> float:
    """Return r, where the error of a score falls as n^(-r).

    2 / (p + q + 1) under variable returns, 2 / (p + q) under constant returns, with p inputs and
    q outputs; bad outputs count like the others.

    References
    ----------
    Kneip, A., Simar, L., Wilson, P. W. (2008), doi 10.1017/S0266466608080651 (variable returns).
    Park, B. U., Jeong, S.-O., Simar, L. (2010), doi 10.1214/09-AOS746 (constant returns).
    Simar, L., Vanhems, A., Wilson, P. W. (2012), doi 10.1016/j.ejor.2012.02.030 (directional).

    Examples
    --------
    >>> roles = ActivityRoles(("labour", "capital"), ("gdp",), ("co2",))
    >>> convergence_rate(Options("radial", "variable", "input"), roles)
    0.4
    >>> convergence_rate(Options("radial", "constant", "input"), roles)
    0.5
    """
    is_variable = checked(options).returns_to_scale == "variable"
    return 2.0 / (len(roles.names) + (1 if is_variable else 0))


def why_no_interval(options: Options) -> Message | None:
    """Say why no valid interval is known for the scores of these options; None where one is."""
    options = checked(options)
    if options.measure not in MEASURES:
        return message(
            "No confidence interval is known for this measure: the limiting distribution is known "
            "for radial and directional scores only, not for measures of slacks or super-efficiency."
        )
    if options.returns_to_scale == HULL:
        return message(
            "No confidence interval is given on the free disposal hull: its scores converge at the rate "
            "1 / (inputs + outputs) only, and how often subsampling holds the truth there is not measured."
        )
    if options.returns_to_scale not in {"constant", "variable"}:
        return message(
            "No confidence interval is known under {returns}: the rate of convergence is known for "
            "constant and variable returns only.",
            returns=OTHER_RETURNS.get(
                options.returns_to_scale, message("generalised returns to scale")
            ),
        )
    if options.disposability != "strong":
        return message(
            "No confidence interval is known for weakly disposable bad outputs: the limiting "
            "distribution is known under strong disposability only."
        )
    return WITHOUT_INTERVAL.get(options.reference)


def no_interval(options: Options, reason: Message) -> Problem:
    """Word the refusal of an interval that nobody can give, at the option for which there is none."""
    options = checked(options)
    if options.measure not in MEASURES:
        key, instead = "measure", message("measure radial or directional")
    elif options.returns_to_scale not in {"constant", "variable"}:
        key, instead = "returns_to_scale", message("constant or variable returns to scale")
    elif options.disposability != "strong":
        key, instead = "disposability", message("strong disposability")
    else:
        key, instead = "reference", message("another reference")
    remedy = message("use {instead}, or ask for the sensitivity to the sample.", instead=instead)
    return Problem("inference.no_interval", reason, Where(key=key), remedy)
