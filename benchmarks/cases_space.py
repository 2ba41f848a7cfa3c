"""What is measured of the spatial statistics: permutations, beside esda where it is installed."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec

from case import Case

DATA = {"lattice": "data:lattice:20", "large_lattice": "data:lattice:56"}
_Case = partial(Case, peer="esda", area="space")

SPACE = (
    (
        _Case("Moran's I, 999 permutations", "lattice", "moran_999", versus="esda Moran"),
        _Case("Moran's I, 999 permutations", "large_lattice", "moran_999", versus="esda Moran"),
        _Case(
            "local Moran's I, 999 permutations",
            "lattice",
            "local_999",
            versus="esda Moran_Local with numba",
        ),
        _Case(
            "local Moran's I, 9,999 permutations",
            "lattice",
            "local_9999",
            versus="esda Moran_Local with numba",
        ),
        _Case(
            "local Moran's I, 9,999 permutations",
            "large_lattice",
            "local_9999",
            versus="esda Moran_Local with numba",
        ),
        _Case(
            "hot spots, 999 permutations",
            "large_lattice",
            "hot_999",
            versus="esda G_Local with numba",
        ),
    )
    if find_spec("esda")
    else ()
)
"""esda brings 18 packages along, so that it is no dependency: `--with esda` adds it for a run."""
