"""The size of the test that judges few clusters: quoted from the table of the benchmark, only where it is too large."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from places import ROOT
from xinzhi.present.coverage import size_note


def measured() -> list[tuple[float, float]]:
    """Read (effective clusters, size of CR2) of each design from the page that the benchmark wrote."""
    text = (ROOT / "benchmarks" / "verdict_size.md").read_text(encoding="utf-8")
    rows = [
        line.strip("| ").split(" | ") for line in text.splitlines() if re.match(r"\| \d+ x", line)
    ]
    return [(float(row[3]), float(row[6])) for row in rows]


@pytest.mark.parametrize("effective", [3.0, 3.5, 5.0, 5.8, 8.0, 12.0, 25.0, 90.0])
def test_the_largest_size_of_alike_designs_is_quoted(effective):
    """Designs within a factor of 1.25 count as alike; up to 7 % nothing is said."""
    near = [s for n, s in measured() if 1 / 1.25 < effective / n < 1.25]
    worst = max(near, default=0.0)

    said = [str(note) for note in size_note(effective)]

    if worst <= 7.0:
        assert said == []
    else:
        (sentence,) = said
        assert f"about {effective:.0f} effective clusters" in sentence
        assert f"at the 5% level in up to {worst:.1f}% of samples" in sentence


def test_a_table_with_very_few_effective_clusters_says_it():
    """A panel whose slope rests on three entities of twelve: the note stands under the table of the fit."""
    rng = np.random.default_rng(4)
    index = pd.MultiIndex.from_product([range(12), range(6)], names=["city", "year"])
    size = np.repeat(np.array([9.0, 8.0, 7.0] + [0.5] * 9), 6)
    frame = pd.DataFrame({"x": size * rng.normal(size=72), "y": size * rng.normal(size=72)}, index)

    fit = xz.fit(frame, outcome="y", regressors="x", effects=["city", "year"], cluster="city")

    effective = float(fit.effective_clusters[0])
    (note,) = size_note(effective)
    assert effective < 6
    assert str(note).rstrip(".") in str(xz.table([fit])).replace("\\", "")
