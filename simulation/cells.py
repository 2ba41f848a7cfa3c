"""The free cells behind the variables: all that may move to meet the printed figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulation.models import YEARS

Array = npt.NDArray[np.float64]

N_YEARS = len(YEARS)
COPIED = 3
"""DFII of 2011 stands for the years before it."""
PLAIN = (
    "GTFP",
    "HEE",
    "PGPP",
    "FDI",
    "UR",
    "MEP",
    "FI",
    "NEPP",
    "SEE",
    "AYS",
    "RDE",
    "SI_LP",
    "IRDent",
    "EPPCN",
    "RDER",
)
"""Variables whose cells are free one by one."""
VARIABLES = (*PLAIN, "DFII", "IRD", "IRDemp")
INDUSTRIES = ("agriculture", "mining", "manufacturing", "utilities", "education", "construction")
"""Those of the exposure; the share of the last is what the others leave."""
N_FREE = len(INDUSTRIES) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Robots:
    """Robots per 10,000 workers and industry, and national employment relative to manufacturing."""

    density: Array
    """Shape (years, industries)."""

    def exposure(self, shares: Array) -> Array:
        """Return Σ_j share_ij density_jt, shares of all but the last industry, (cities, years)."""
        last = self.density[:, N_FREE]
        return np.asarray(shares @ (self.density[:, :N_FREE] - last[:, None]).T + last)


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """All free cells: plain variables, digital finance, shares of employment, national sizes."""

    plain: Mapping[str, Array]
    """Per plain variable, (cities, years), as ln(1+x)."""
    finance: Array
    """Digital finance index from 2011, (cities, years - 3), as ln(1+x)."""
    shares: Array
    """Employment shares of 2008, (cities, industries - 1)."""
    sizes: Array
    """Log of national employment relative to manufacturing, (industries,)."""

    def values(self, robots: Robots) -> dict[str, Array]:
        """Return all variables as ln(1+x), shape (cities, years)."""
        found = dict(self.plain)
        first = np.repeat(self.finance[:, :1], COPIED, axis=1)
        found["DFII"] = np.concatenate([first, self.finance], axis=1)
        found["IRD"] = np.log1p(robots.exposure(self.shares))
        found["IRDemp"] = np.log1p(self._by_city(robots))
        return found

    def _by_city(self, robots: Robots) -> Array:
        return Robots(robots.density * np.exp(self.sizes)).exposure(self.shares)

    def blocks(self) -> list[Array]:
        """Return all blocks in their fixed order."""
        return [*(self.plain[name] for name in PLAIN), self.finance, self.shares, self.sizes]


def cells_of(blocks: list[Array]) -> Cells:
    """Make cells from blocks in their fixed order."""
    n = len(PLAIN)
    return Cells(dict(zip(PLAIN, blocks[:n], strict=True)), blocks[n], blocks[n + 1], blocks[n + 2])


def pull_back(gradient: Mapping[str, Array], cells: Cells, robots: Robots) -> list[Array]:
    """Carry gradients over variables, (targets, cities, years), back to the free cells."""
    free = [gradient[name] for name in PLAIN]
    finance = gradient["DFII"][:, :, COPIED:].copy()
    finance[:, :, 0] += gradient["DFII"][:, :, :COPIED].sum(axis=2)
    values = cells.values(robots)
    by_exposure = gradient["IRD"] / np.exp(values["IRD"])
    by_city = gradient["IRDemp"] / np.exp(values["IRDemp"])
    sized = robots.density * np.exp(cells.sizes)
    contrast = robots.density[:, :N_FREE] - robots.density[:, N_FREE:]
    sized_contrast = sized[:, :N_FREE] - sized[:, N_FREE:]
    shares = by_exposure @ contrast + by_city @ sized_contrast
    whole = np.concatenate([cells.shares, 1 - cells.shares.sum(axis=1, keepdims=True)], axis=1)
    sizes = np.einsum("qct,cj,tj->qj", by_city, whole, sized, optimize=True)
    return [*free, finance, shares, sizes]
