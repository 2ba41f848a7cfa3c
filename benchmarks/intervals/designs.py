"""Simulated panels whose parameters are known, for measuring the coverage of intervals.

A panel has N entities and T periods, entity and period effects, and disturbances of one of three
kinds, each with variance 1:

    independent   e_it
    serial        u_it = 0.6 u_i,t-1 + e_it, in regressors and disturbances alike, stationary
    common        u_it = (l_i f_t + e_it) / sqrt(3), l_i ~ N(1, 1): regressors and disturbances react
                  to different shocks f_t, but the same entities react strongly to both

Every number is drawn from a generator that is passed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]

PERSISTENCE = 0.6
SLOPE = 0.5
DIRECT, FIRST, SECOND = 0.3, 0.4, 0.5
INTERACTION = 0.3
FIRST_INTERACTION, SECOND_INTERACTION = 0.2, 0.1
INSTRUMENT = 0.7
CATCHING_UP = 0.1
"""Share of its gap that an entity closes in a period."""


@dataclass(frozen=True, slots=True)
class Design:
    """How many entities and periods, and how disturbances depend on each other."""

    entities: int
    periods: int
    dependence: str
    """independent | serial | common"""

    @property
    def name(self) -> str:
        """Name in the table: `115 x 16 serial`."""
        return f"{self.entities} x {self.periods} {self.dependence}"


DESIGNS = tuple(
    Design(entities, periods, dependence)
    for entities, periods in ((115, 16), (30, 10))
    for dependence in ("independent", "serial", "common")
)


@dataclass(frozen=True, slots=True, eq=False)
class Disturbances:
    """Draws processes of one design; all of them share the loadings of their entities."""

    design: Design
    rng: np.random.Generator
    loadings: Array

    @classmethod
    def of(cls, design: Design, rng: np.random.Generator) -> Disturbances:
        """Draw the loadings of a sample."""
        return cls(design, rng, rng.normal(1.0, 1.0, design.entities))

    def process(self) -> Array:
        """Draw one process, shape (entities, periods)."""
        n, periods = self.design.entities, self.design.periods
        noise = self.rng.normal(size=(n, periods))
        if self.design.dependence == "common":
            shocks = self.rng.normal(size=periods)
            return np.asarray((np.outer(self.loadings, shocks) + noise) / np.sqrt(3.0))
        if self.design.dependence == "serial":
            scale = np.sqrt(1.0 - PERSISTENCE**2)
            for period in range(1, periods):
                noise[:, period] = PERSISTENCE * noise[:, period - 1] + scale * noise[:, period]
        return noise

    def effects(self) -> Array:
        """Draw entity and period effects, shape (entities, periods)."""
        entity = self.rng.normal(size=(self.design.entities, 1))
        return np.asarray(entity + self.rng.normal(size=(1, self.design.periods)))


def panel(design: Design, rng: np.random.Generator) -> pd.DataFrame:
    """Draw a panel, indexed (entity, period), with all columns that the intervals need.

    Columns
    -------
    x, w, z
        Regressor, moderator, instrument.
    slope, null
        Outcomes with slope 0.5 and 0 of x.
    mediator, mediated
        First and second equation of a mediation.
    moderated
        Outcome with an interaction of x and w.
    moderated_mediator, moderated_mediated
        The equations of a moderated mediation, the moderator on both paths.
    endogenous, instrumented
        Regressor that depends on the disturbance of its outcome, and that outcome.
    log_score
        Logarithm of a score that closes a tenth of its gap in each period: its first value and what
        moves it later are different processes.
    group
        Two groups of entities with the same slopes.
    """
    draw = Disturbances.of(design, rng)
    x, w, z, u, e = (draw.process() for _ in range(5))
    effect = draw.effects
    mediator = FIRST * x + effect() + e
    xw = x * w
    chain = FIRST * x + 0.1 * w + FIRST_INTERACTION * xw + effect() + e
    endogenous = INSTRUMENT * z + 0.5 * u + effect() + 0.7 * e
    columns = {
        "x": x,
        "w": w,
        "z": z,
        "slope": SLOPE * x + effect() + u,
        "null": effect() + u,
        "mediator": mediator,
        "mediated": DIRECT * x + SECOND * mediator + effect() + u,
        "moderated": SLOPE * x + 0.2 * w + INTERACTION * xw + effect() + u,
        "moderated_mediator": chain,
        "moderated_mediated": DIRECT * x
        + SECOND * chain
        + 0.1 * w
        + SECOND_INTERACTION * chain * w
        + effect()
        + u,
        "endogenous": endogenous,
        "instrumented": SLOPE * endogenous + effect() + u,
        "log_score": _converging(draw),
    }
    frame = _frame(design, columns)
    return frame.assign(group=np.repeat(np.arange(design.entities) % 2, design.periods))


def _converging(draw: Disturbances) -> Array:
    """Draw logarithms of scores that converge: l_t = (1 - 0.1) l_t-1 + 0.3 u_t."""
    logs, shocks = draw.process(), draw.process()
    for period in range(1, draw.design.periods):
        logs[:, period] = (1 - CATCHING_UP) * logs[:, period - 1] + 0.3 * shocks[:, period]
    return logs


TECHNOLOGY = np.array(
    # labour, capital, energy, waste for one unit of output, of the efficient ways to make it
    [
        [0.6, 1.6, 1.1, 1.2],
        [0.8, 1.2, 1.0, 1.0],
        [1.0, 1.0, 1.0, 0.9],
        [1.2, 0.8, 0.9, 1.0],
        [1.6, 0.6, 1.1, 1.3],
        [1.0, 1.3, 0.6, 0.8],
        [1.4, 1.1, 0.8, 0.6],
    ]
)


def production(design: Design, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw inputs and outputs whose frontier is known, with a factor that moves efficiency.

    Each row mixes the efficient ways of TECHNOLOGY and then uses exp(d) times as much of
    everything, d = |0.5 - 0.1 x + effects + u| with x and u of the design's kind, so that some rows
    lie near the frontier and most do not.

    Returns
    -------
    tuple
        The panel, and the same panel with the rows of the true frontier added in every period.
    """
    draw = Disturbances.of(design, rng)
    x, u = draw.process(), draw.process()
    distance = np.abs(0.5 - 0.1 * x + 0.1 * draw.effects() + 0.15 * u).ravel()
    n = design.entities * design.periods
    mix = rng.dirichlet(np.ones(len(TECHNOLOGY)), size=n)
    size = np.repeat(np.exp(rng.normal(size=design.entities)), design.periods)
    used = (mix @ TECHNOLOGY) * (size * np.exp(distance))[:, None]
    names = ("labour", "capital", "energy", "waste")
    columns: Mapping[str, Array] = {
        "x": x.ravel(),
        "output": size,
        **{name: used[:, j] for j, name in enumerate(names)},
    }
    frame = _frame(design, columns)
    true = pd.DataFrame(TECHNOLOGY, columns=list(names)).assign(output=1.0, x=0.0)
    true.index = pd.MultiIndex.from_product(
        [[f"true{k}" for k in range(len(true))], [0]], names=["entity", "period"]
    )
    return frame, pd.concat([frame, true])


def _frame(design: Design, columns: Mapping[str, Array]) -> pd.DataFrame:
    keys = pd.MultiIndex.from_product(
        [[f"e{i:03d}" for i in range(design.entities)], range(1, design.periods + 1)],
        names=["entity", "period"],
    )
    return pd.DataFrame({name: np.ravel(values) for name, values in columns.items()}, index=keys)
