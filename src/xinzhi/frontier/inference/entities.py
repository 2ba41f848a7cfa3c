"""Sensitivity of scores to the sample: the frontier estimated again in draws of entities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.frontier.activities import Activities, Label, number_by_data
from xinzhi.frontier.draws import FrontierDraws
from xinzhi.frontier.evaluate import evaluate
from xinzhi.frontier.inference.replicates import replicates, stream
from xinzhi.frontier.options import Options
from xinzhi.frontier.result import Array


@dataclass(frozen=True, slots=True, eq=False)
class EntityDraws:
    """Scores of n rows in each of B draws of entities."""

    labels: tuple[Label, ...]
    entities: tuple[str, ...]
    """The entities in the order of their numbers, which their data give."""
    drawn: npt.NDArray[np.intp]
    """Shape (B, number of entities): indices of the drawn ones, with repetition."""
    scores: Array
    """Shape (B, n): NaN where the entity of the row was not drawn, or the score does not exist."""
    seed: int

    def to_frame(self) -> pd.DataFrame:
        """Describe each row's scores over the draws that hold it.

        These are not bounds of the true score: against fewer rows a score can only be better.
        """
        index = pd.MultiIndex.from_tuples(self.labels, names=["entity", "period"])
        scores = pd.DataFrame(self.scores.T, index=index)
        return pd.DataFrame(
            {
                "n_draws": scores.notna().sum(axis=1),
                "mean": scores.mean(axis=1),
                "sd": scores.std(axis=1),
                "min": scores.min(axis=1),
                "max": scores.max(axis=1),
            }
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Draw:
    """One replicate: scores of the drawn entities against the frontier that they make."""

    measure: FrontierDraws
    n: int

    def __call__(self, rng: np.random.Generator) -> Array:
        codes = self.measure.entities
        rows = np.flatnonzero(np.isin(codes, draw_entities(self.n, rng)))
        scores = np.full(len(codes), np.nan)
        scores[rows] = self.measure(rows).scores
        return scores


def draw_entities(n: int, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """Draw entities with replacement; the first thing that a replicate does with its stream."""
    return np.asarray(rng.integers(0, n, size=n), dtype=np.intp)


def resample_entities(
    activities: Activities,
    *,
    options: Options,
    draws: int = 2000,
    seed: int,
    groups: Sequence[str] | None = None,
    jobs: int = 1,
) -> EntityDraws:
    """Draw whole entities with replacement and measure each draw on its own frontier.

    That shows how much scores depend on who was observed. It gives no confidence interval: a draw
    holds fewer entities than the sample, which moves every score to the same side. An entity that
    is drawn twice stands once in the reference set: a copy of itself would turn its super score
    into 1.

    Parameters
    ----------
    activities, options
        n rows and any measure.
    draws, seed
        Number of draws; draw k uses SeedSequence(seed, spawn_key=(0, k)).
    groups
        Group of each row, for group frontiers.
    jobs
        Processes; the result does not depend on it.
    """
    evaluate(activities, options=options, groups=groups, jobs=jobs)  # refuses by names
    numbered = replace(activities, labels=number_by_data(activities))
    pairs = zip(numbered.labels, activities.labels, strict=True)
    names = {number: entity for (number, _), (entity, _) in pairs}
    entities = tuple(names[number] for number in sorted(names))
    draw = _Draw(FrontierDraws.of(numbered, options=options, groups=groups), len(entities))
    scores = replicates(draw, draws=draws, seed=seed, jobs=jobs)
    # The same streams give the same draws again, without their being sent between processes.
    drawn = np.array([draw_entities(len(entities), stream(seed, k)) for k in range(draws)])
    return EntityDraws(activities.labels, entities, drawn, scores, seed)
