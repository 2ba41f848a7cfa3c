"""Which cases of a test run each time, and which are left to the long tests (docs/decisions/0039-long-tests.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import pytest

Case = TypeVar("Case")


def quick_where(is_quick: Callable[[Case], bool], cases: Iterable[Case]) -> list[object]:
    """Give all cases to a test, marked as long where they do not run each time.

    A case of several values is a tuple, as `pytest.mark.parametrize` takes it.
    """
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else (case,)),
            marks=() if is_quick(case) else pytest.mark.long,
        )
        for case in cases
    ]


def quick_among(quick: Iterable[Case], cases: Iterable[Case]) -> list[object]:
    """The same, with the cases that run each time; one that is no case is an error."""
    chosen, known = [*quick], [*cases]
    missing = [case for case in chosen if case not in known]
    if missing:
        msg = f"no case of the test: {missing}"
        raise ValueError(msg)
    return quick_where(lambda case: case in chosen, known)
