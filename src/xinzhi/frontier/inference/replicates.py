"""Replicates: replicate k draws from its own stream, whatever computes it."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np

from xinzhi.errors import Problem, SpecError, Where
from xinzhi.frontier.result import Array
from xinzhi.wording import message

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
    if jobs == 1:
        return np.array([numbered(k) for k in range(draws)])
    with concurrent.futures.ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        return np.array(list(pool.map(numbered, range(draws), chunksize=max(1, draws // 64))))


def enough_draws(draws: int) -> None:
    """Refuse fewer than two draws.

    Raises
    ------
    SpecError
        Nothing can be inferred from so few.
    """
    if draws < 2:
        raise SpecError(
            Problem(
                "inference.draws",
                message(
                    "{n} draws are too few to infer from.",
                    one="{n} draw is too few to infer from.",
                    n=draws,
                ),
                Where(key="draws"),
                message("1000 or more are usual."),
            )
        )
