"""Engines compute draws by their numbers: the same bytes, whoever computes them."""

from __future__ import annotations

import numpy as np
import pytest

from xinzhi.work.engine import Serial


def squares(numbers: range) -> np.ndarray:
    """Give a number and its square."""
    return np.array([[k, k * k] for k in numbers], dtype=float)


@pytest.mark.parametrize("n", [1, 64, 65, 200])
def test_draws_stand_in_the_order_of_their_numbers(n):
    found = Serial().draws(squares, n, key="squares", name="squares")
    assert found.tolist() == squares(range(n)).tolist()


def test_a_task_gives_one_row_a_draw():
    with pytest.raises(ValueError, match=r"64 draws have the shape \(63, 2\)"):
        Serial().draws(lambda numbers: squares(numbers[1:]), 64, key="short", name="short")
