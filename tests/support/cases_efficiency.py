"""Reference cases of efficiency measurement, and small activities for tests."""

from __future__ import annotations

import json

import numpy as np
import pytest

from needs import CASES
from places import SHARED
from xinzhi_frontier.result import Activities, ActivityRoles

FOLDER = SHARED / "cases" / "dea"


def activities(x, y, b=None, *, labels=None):
    """Make activities of plain lists; columns are called x0, y0, b0 and so on."""
    x, y = (np.array(part, dtype=float) for part in (x, y))
    b = np.empty((len(x), 0)) if b is None else np.array(b, dtype=float)
    roles = ActivityRoles(
        *(
            tuple(f"{name}{i}" for i in range(part.shape[1]))
            for name, part in zip("xyb", (x, y, b), strict=True)
        )
    )
    labels = labels or tuple((f"d{i}", None) for i in range(len(x)))
    return Activities(tuple(labels), x, y, b, roles)


def hard(seed, n=220):
    """Draw sizes over ten orders, a tenth duplicates, a tenth near-duplicates, zero bads, units."""
    rng = np.random.default_rng(seed)
    values = 10 ** rng.uniform(-5, 5, (n, 1)) * np.exp(rng.normal(0, 0.6, (n, 5)))
    some = n // 10
    values[rng.integers(0, n, some)] = values[rng.integers(0, n, some)]
    near = values[rng.integers(0, n, some)] * (1 + 1e-12 * rng.normal(size=(some, 1)))
    values[rng.integers(0, n, some)] = near
    values[rng.integers(0, n, some), 4] = 0.0
    values *= 10 ** rng.uniform(-9, 9, 5)
    labels = tuple((f"e{i % 40}", i // 40) for i in range(n))
    return activities(values[:, :3], values[:, 3:4], values[:, 4:], labels=labels)


def names(*prefixes):
    """List the cases whose names begin in one of these ways."""
    if not FOLDER.is_dir():
        return ["missing"]
    return sorted(p.stem for p in FOLDER.glob("*.json") if p.stem.startswith(prefixes))


def load(name):
    """Read a case: the whole record and its activities."""
    if not FOLDER.exists():
        pytest.skip(CASES)
    case = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    periods = case["period"] or [None] * len(case["dmu"])
    labels = tuple(
        (dmu, None if period is None else int(period))
        for dmu, period in zip(case["dmu"], periods, strict=True)
    )
    return case, activities(case["x"], case["y"], case["b"], labels=labels)


def numbers(values):
    """Turn a list with null for what is missing into an array with NaN."""
    return np.array([np.nan if v is None else v for v in values], dtype=float)


def tolerance(case, key="score"):
    """Return the tolerance of a case for one of its results."""
    given = case["tolerance"]
    return given[key] if isinstance(given, dict) else given
