"""How often the test of placebo factors rejects a factor without effect, by its correlation with a control.

Panels of 50 entities in 8 years, two-way effects, 400 samples of 199 permutations each:

    OMP_NUM_THREADS=1 uv run python benchmarks/placebo_size.py
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from size import sized

from xinzhi_econometrics.resampling.permutation import permutation_p

ENTITIES, YEARS, LEVEL = 50, 8, 0.05
SAMPLES, PERMUTATIONS = sized((400, 199), (2, 19))
Array = npt.NDArray[np.float64]


def within(values: Array) -> Array:
    """Partial out effects of entities and years of a balanced panel."""
    left = values - values.mean(axis=1, keepdims=True)
    return np.asarray(left - left.mean(axis=0, keepdims=True))


def slope(x: Array, z: Array, y: Array) -> float:
    """Slope of x beside the control z."""
    others = float((x * z).sum() / (z * z).sum())
    alone = x - others * z
    return float((alone * y).sum() / (alone * alone).sum())


def rejections(correlation: float) -> float:
    """Share of samples in which a factor without effect has a p-value of 5 % or less."""
    rng, rejected = np.random.default_rng(1), 0
    for _ in range(SAMPLES):
        z = rng.normal(size=(ENTITIES, YEARS))
        x = correlation * z + (1 - correlation**2) ** 0.5 * rng.normal(size=z.shape)
        y = within(0.5 * z + rng.normal(size=z.shape))
        x, z = within(x), within(z)
        permuted = [slope(x[rng.permutation(ENTITIES)], z, y) for _ in range(PERMUTATIONS)]
        rejected += permutation_p(slope(x, z, y), np.array(permuted)) <= LEVEL
    return rejected / SAMPLES


if __name__ == "__main__":
    for correlation in (0.0, 0.3, 0.5, 0.7, 0.9):
        print(f"{correlation:.1f}  {rejections(correlation):.1%}")
