"""Replicates: replicate k draws from its own stream, whatever computes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xinzhi.errors import Problem, SpecError, Where
from xinzhi.frontier.result import Array
from xinzhi.wording import message
from xinzhi.work.draws.processes import each

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
