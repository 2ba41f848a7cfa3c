"""Coverage of printed intervals, in small: the committed table is what the benchmark computes.

With n samples of a share p the simulated share differs from it by more than 4 √(p(1-p)/n) in one of
16,000 cases; 0.5/n more for the lattice. The seed is fixed, so that the test is the same every time.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from importlib import import_module

import numpy as np
import pytest

from places import ROOT
from xinzhi.present.coverage import coverage_note, nearest, simulated

sys.path.insert(0, str(ROOT / "benchmarks" / "intervals"))
families = import_module("families")
designs = import_module("designs")
measured = import_module("measured")

SAMPLES = 40
SMALL = designs.Design(30, 10, "serial")


def committed(interval, design):
    """Share of the committed table."""
    (found,) = [
        one.coverage
        for one in simulated()
        if (one.interval, one.entities, one.periods, one.dependence)
        == (interval, design.entities, design.periods, design.dependence)
    ]
    return found


@pytest.mark.long
def test_the_table_is_what_the_benchmark_computes():
    """40 samples of 30 entities and 10 periods agree with the committed shares of each interval."""
    covers = defaultdict(list)
    for name, holds, _ in measured.of_panels(SMALL, range(5000, 5000 + SAMPLES), ""):
        covers[name].append(holds)

    assert len(covers) >= 15
    for name, held in covers.items():
        share = committed(name, SMALL)
        allowed = 4 * np.sqrt(max(share * (1 - share), 0.01) / SAMPLES) + 0.5 / SAMPLES
        assert np.mean(held) == pytest.approx(share, abs=allowed), name


def test_every_interval_has_every_design_and_enough_samples():
    """No cell of the table is empty; 2,000 samples make the simulation error 0.005."""
    cells = defaultdict(set)
    for one in simulated():
        cells[one.interval].add((one.entities, one.periods, one.dependence))
        assert one.samples >= 2000
    every = {(d.entities, d.periods, d.dependence) for d in designs.DESIGNS}
    assert {name: every - found for name, found in cells.items() if every - found} == {}


def test_errors_of_a_sample_depend_on_the_seed_alone():
    """The same sample is the same panel, whatever was drawn before."""
    first = designs.panel(SMALL, measured.generator(SMALL, 3, 0))
    measured.generator(SMALL, 4, 0).normal(size=10)

    assert first.equals(designs.panel(SMALL, measured.generator(SMALL, 3, 0)))


def test_a_note_speaks_of_shortfalls_and_of_nothing_else():
    """Errors of one variance fall short under serial correlation; errors clustered by entity do not."""
    (short,) = (str(note) for note in coverage_note("iid", 115, 16) if "less often" in str(note))

    share = f"{100 * committed('iid', designs.Design(115, 16, 'serial')):.1f}% with serial"
    assert share in short
    assert "independent" not in short
    assert not any("serial" in str(note) for note in coverage_note("cluster", 115, 16))
    assert list(coverage_note("unknown", 115, 16)) == []


def test_the_nearest_size_is_nearest_in_logarithms():
    """A panel of 60 x 12 is nearer to 30 x 10 than to 115 x 16 by the product of its ratios."""
    assert {one.entities for one in nearest("cluster", 50, 10)} == {30}
    assert {one.entities for one in nearest("cluster", 1000, 30)} == {115}
