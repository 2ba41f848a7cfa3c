"""Members of groups, as the study file and the data write them."""

from __future__ import annotations

Member = str | int | float


def as_written(value: object) -> str:
    """Write a value so that 1, 1.0 and '1' are the same.

    >>> as_written(1.0), as_written(1), as_written("East")
    ('1', '1', 'East')
    """
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
