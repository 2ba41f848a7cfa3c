"""The arithmetic of the simulated twin, each against a second way to the same number."""

from __future__ import annotations

import shutil
from decimal import Decimal

import numpy as np
import pytest

from simulation import waste
from simulation.cells import PLAIN, Cells, Robots, cells_of
from simulation.counts import ROBOT_YEARS, Machines, whole
from simulation.frontier import elasticities, evaluated
from simulation.industries import IN_UNITS, in_urban_units
from simulation.jacobian import Setting, jacobian, measure
from simulation.levels import Given, Levels, Mix, Sizes, evenly, settle
from simulation.models import GROUPS
from simulation.places import groups, read_places
from simulation.printed import FOLDER, published
from simulation.sets import draw_sets
from simulation.simulate import differing, main
from simulation.sources import FILES
from simulation.targets import Errors, draw_strengths, targets
from xinzhi.prepare.steps.entropy_index import entropy_index

# Central differences with step 1e-6 of functions of order 1 are exact to about 1e-9; the figures
# that are compared are of order 1e-2 and more.
GRADIENT = 1e-5


def random_cells(rng, n):
    plain = {name: rng.normal(2, 1, (n, 16)) for name in PLAIN}
    shares = rng.uniform(0, 0.2, (n, 5))
    return Cells(plain, rng.normal(5, 0.3, (n, 13)), shares, rng.normal(-1, 0.3, 6))


def test_gradients_are_those_of_finite_differences():
    """Each target moves along a random direction as its gradient says."""
    rng = np.random.default_rng(7)
    cells = random_cells(rng, 40)
    robots = Robots(rng.uniform(0, 1, (16, 6)) * np.linspace(1, 10, 16)[:, None])
    strength = draw_strengths(rng, published())
    aims = targets(published(), errors=Errors(wanted=True, reach=0.2), strength=strength)
    members = {g: (np.arange(40) % (2 + i % 3) == 0) * 1.0 for i, g in enumerate(GROUPS)}
    setting = Setting(robots, members | {"all": np.ones(40)}, aims)
    direction = [rng.normal(size=block.shape) for block in cells.blocks()]

    def at(step):
        moved = [b + step * d for b, d in zip(cells.blocks(), direction, strict=True)]
        return measure(cells_of(moved), setting)

    slope = sum(
        (g * d).reshape(len(setting.targets), -1).sum(axis=1)
        for g, d in zip(jacobian(cells, setting), direction, strict=True)
    )
    assert slope == pytest.approx((at(1e-6) - at(-1e-6)) / 2e-6, rel=GRADIENT, abs=1e-8)


def random_rows(rng, n):
    rows = np.exp(rng.normal(0, 0.6, (n, 5)))
    rows[:, 3] = 1
    return rows


def test_elasticities_of_scores_are_those_of_finite_differences():
    """Below 1 and above: what the duals and slacks say is what a slightly larger quantity does."""
    rows = random_rows(np.random.default_rng(3), 80)
    found = evaluated(rows)
    assert 0 < (found.scores > 1).sum() < 40
    slope, step = elasticities(found, rows), 1e-6
    for row in (*np.flatnonzero(found.scores > 1)[:4], *np.flatnonzero(found.scores < 1)[:4]):
        for k in range(5):
            more = rows.copy()
            more[row, k] *= 1 + step
            moved = np.log(evaluated(more).scores[row] / found.scores[row]) / step
            assert moved == pytest.approx(slope[row, k], abs=GRADIENT)


def test_levels_have_the_wanted_scores_and_usual_changes():
    """Against the own mix of each city the scores are as wanted, and growth is that of a yearbook."""
    rng = np.random.default_rng(2)
    shape = 6, 16
    capital = 3000 * np.exp(0.04 * np.arange(16)) * np.exp(rng.normal(0, 0.3, (6, 1)))
    mixes = np.broadcast_to(np.array([300.0, 1.6, 520.0, 0.5]), (*shape, 4))
    labour = np.log(150 * capital).mean(axis=1)
    sizes = Sizes(np.log(capital / 4).mean(axis=1), labour, labour + np.log(2.5))
    given = Given(capital, capital / 8, np.ones(shape), mixes, sizes)
    score = 0.4 + 0.1 * np.sin(np.arange(16) / 4) * np.ones((6, 1))
    logs = np.log(np.stack([capital / 4, 150 * capital, 300 * capital, capital]))
    start = Levels(logs, np.zeros((4, *shape), dtype=bool))
    rule = Mix(mixes).rule(given)
    for soft in (1e-2, 1e-5):
        start = settle(start, np.log(score), given, evenly(mixes, score), rule, soft=soft)
    assert rule(start.logs, np.arange(6))[0] == pytest.approx(np.log(score), abs=1e-6)
    growth = np.diff(start.logs, axis=2)
    assert np.abs(growth[0]).max() < 0.2
    assert np.abs(growth[1]).max() < 0.07


def test_pollutants_give_back_the_index():
    """The step of the study computes from the pollutants what they were split from."""
    rng = np.random.default_rng(1)
    wanted = rng.lognormal(7, 0.8, (40, 12))
    made = waste.split(rng, wanted)
    ratio = entropy_index(made.pollutants).index / wanted.ravel()
    assert ratio == pytest.approx(ratio[0], rel=1e-5)  # pollutants carry four decimals
    assert entropy_index(made.pollutants).index == pytest.approx(made.index, rel=1e-12)


def test_pollutants_move_together_where_waste_moves_far():
    """Works that close take all three with them; elsewhere each has a course of its own."""
    wanted = np.exp(np.random.default_rng(4).normal(7, 0.05, (40, 12)))
    wanted[3, 6:] *= np.exp(-1.1)
    wanted[5, 2:] *= np.exp(1.1)
    made = waste.split(np.random.default_rng(1), wanted).pollutants.reshape(40, 12, 3)
    changes = np.diff(np.log(made), axis=1)

    def apart(city, year):
        return float(np.ptp(changes[city, year - 1]))

    assert apart(3, 6) < 1e-5  # four decimals
    assert apart(5, 2) < 1e-5
    assert np.median(np.ptp(changes, axis=2)) > 0.1


def test_shares_move_the_less_the_farther_waste_moves():
    """All of a step up to 0.5, half of it at 0.7, none from 0.9 on; a city's mean stays."""
    logs = np.array([[0.0, 0.4, 0.4], [0.0, 0.4, 0.4], [0.0, 0.4, 0.4]])
    moved = np.array([[0.0, -0.5, -0.5], [0.0, 0.7, 0.7], [0.0, -0.9, -0.9]])

    found = waste.steadied(logs, np.exp(moved))

    assert np.diff(found, axis=1) == pytest.approx(np.array([[0.4, 0], [0.2, 0], [0, 0]]))
    assert found.mean(axis=1) == pytest.approx(logs.mean(axis=1))


def test_employment_in_urban_units_keeps_the_exposures():
    """Robots per worker and robots by shares within the city move by less than 1e-5; people in millions, and an industry without any."""
    rng = np.random.default_rng(6)
    employed = np.round(rng.dirichlet(np.ones(6), 5) * rng.uniform(3e5, 3e6, (5, 1))).astype(int)
    employed[0, 3] = 0
    robots = rng.uniform(10, 5000, (6, 1)) * np.arange(len(ROBOT_YEARS))
    machines = Machines(np.full(6, 50_000_000), np.round(robots).astype(int))

    found = in_urban_units(employed, machines)

    part = found.sum(axis=1) / employed.sum(axis=1)
    assert IN_UNITS[0] * 0.999 <= part.min() <= part.max() <= IN_UNITS[1] * 1.001
    density = machines.density().density
    shares = [table / table.sum(axis=1, keepdims=True) for table in (found, employed)]
    assert found[0, 3] == 0
    assert np.abs(shares[0] - shares[1]).max() > 0
    for shocks in (density, density * machines.workers / 1e8):
        one, other = (np.log1p(share @ shocks.T) for share in shares)
        assert one == pytest.approx(other, abs=1e-5)


def test_whole_numbers_keep_mean_and_spread():
    """Counts have mean and SD of ln(1+n) of the cells they were rounded from."""
    logs = np.random.default_rng(5).gamma(1.2, 1.7, (60, 16))
    found = np.log1p(whole(logs))
    assert found.mean() == pytest.approx(logs.mean(), abs=5e-4)
    assert found.std() == pytest.approx(logs.std(), abs=5e-4)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_story_has_the_printed_counts(seed):
    """Classes, regions and provinces are as printed; exactly six cities stay at the bottom."""
    places, gtfp = read_places(), published()["gtfp"]
    sets = draw_sets(np.random.default_rng(seed), places, gtfp)

    def count(cities, *, region=None, provinces=()):
        return sum(places[i].region == region or places[i].province in provinces for i in cities)

    assert [len(places) - len(sets.high[d]) - len(sets.middle[d]) for d in (2008, 2023)] == [89, 40]
    assert [len(sets.middle[d]) for d in (2008, 2023)] == [9, 57]
    first, last = sets.top[2008], sets.top[2023]
    assert [count(first, region=r) for r in ("East", "Central", "West", "Northeast")] == [
        10,
        4,
        2,
        4,
    ]
    assert [count(last, region=r) for r in ("Central", "West", "Northeast")] == [5, 7, 0]
    assert count(first, provinces=("山东省", "河北省")) == 8
    assert count(last, provinces=("山东省", "四川省")) == 6
    assert count(sets.bottom[2023], region="Northeast") == gtfp["bottom20_2023"]["northeast"]
    assert set(sets.bottom[2008]) & set(sets.bottom[2023]) == set(sets.stayers)
    assert len(sets.stayers) == 6


def test_groups_have_the_printed_sizes():
    """Cities of each group times 16 years are the observations of Table 8."""
    members = groups(read_places())
    for name, n in published()["groups"].items():
        assert members[name].sum() * 16 == n, name


def test_sources_made_anew_are_compared_byte_by_byte(tmp_path):
    """A single byte that is other makes a file differ; nothing else does."""
    for name in FILES:
        shutil.copy(FOLDER / name, tmp_path)
    assert differing(tmp_path, FOLDER) == ()
    body = bytearray((tmp_path / FILES[3]).read_bytes())
    body[-2] ^= 1
    (tmp_path / FILES[3]).write_bytes(bytes(body))

    assert differing(tmp_path, FOLDER) == (FILES[3],)


@pytest.mark.parametrize("words", [[], ["--check", "--small"], ["--check", "--out", "x"]])
def test_what_to_do_with_the_sources_is_said_once(words):
    """They are written to a folder, or compared with the packaged ones."""
    with pytest.raises(SystemExit):
        main(words)


def test_digits_are_those_printed():
    """0.030 is not 0.03."""
    found = published()["table5"]["col1"]["UR"]
    assert found["se"] == Decimal("0.03")
    assert published()["table6"]["col1"]["PGPP"]["b"].as_tuple().exponent == -3
