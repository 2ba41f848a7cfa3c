"""First guesses for the rows that make a frontier: winners of ratios of outputs to inputs."""

from __future__ import annotations

import itertools

import numpy as np

from xinzhi.efficiency.result import Array
from xinzhi.efficiency.technology import Technology


def seeds(technology: Technology, columns: Array) -> list[int]:
    """List columns that win one ratio good/input or good/bad; a guess that no proof rests on.

    With Σ λ as a constraint the least in each input and bad and the largest in each good join.
    """
    if not len(columns):
        return []
    winners: list[int] = []
    outputs = -columns[:, technology.goods()]
    uses = columns[:, technology.bounded]
    pairs = itertools.product(outputs.T, [*uses.T, uses.sum(axis=1)])
    for output, use in pairs:
        ratio = np.divide(output, use, out=np.zeros_like(use), where=use > 0)
        winners.append(int(np.argmax(ratio)))
    if technology.returns_to_scale != "constant":
        absolute = uses / columns[:, -1:]
        winners += [int(index) for index in np.argmin(absolute, axis=0)]
    return list(dict.fromkeys(winners))
