"""The packaged yearbook is one that a statistician would believe, once its gaps are filled."""

from __future__ import annotations

import numpy as np
import pytest

import twin_sources as twin
from simulation.limits import EXEMPT
from simulation.places import read_places
from simulation.printed import FOLDER
from xinzhi_panel.columns.rules.part_above_whole import PARTS
from xinzhi_panel.columns.seen import SeenPanel, check_plausible, comparable
from xinzhi_panel.io.read import read_panel

# Rows that the print itself rules out, named in simulation/limits.py with the reason.
LEVELS = 0.005
"""Share of rows that may lie outside a band of levels; none beyond twice the bound."""


@pytest.fixture(scope="module")
def book():
    """Read the yearbook as columns of (cities, years)."""
    return twin.Yearbook()


@pytest.fixture(scope="module")
def scores():
    return twin.scores()


def change(values):
    return values[:, 1:] / values[:, :-1]


def kept(book, values, start=2008):
    """Leave out the rows that are exempt by name; `values` begin in the year `start`."""
    stay = np.ones(values.shape, dtype=bool)
    for city, (years, _) in EXEMPT.items():
        stay[book.cities.index(city), [year - start for year in years]] = False
    return values[stay]


@pytest.fixture(scope="module")
def raw():
    """Read the workbook as `xinzhi check` does, blanks and all."""
    return read_panel(FOLDER / "simulated_yearbook.xlsx", entity="城市", period="年份").panel


def test_the_rules_of_the_package_find_nothing_in_the_workbook(raw):
    """What was planted is no question of plausibility: every rule, with its own table, is content."""
    assert [(p.code, str(p.what)) for p in check_plausible(raw)] == []


def test_every_part_that_the_rules_know_is_below_its_whole(raw):
    """In every row, and not within the half percent that a rule allows; pairs are those of the rule."""
    seen = SeenPanel(raw)
    compared = []
    for part, whole in PARTS:
        one, other = seen.one(part, ""), seen.one(whole, "")
        if one is None or other is None:
            continue
        values = comparable(one, other)
        assert values is not None, (part, whole)
        assert not (values[0] >= values[1]).any(), (part, whole)
        compared.append((part, whole))
    assert ("employed in mining", "employed in secondary industry") in compared
    assert len(compared) == 9


def rank_correlation(one, other):
    ranks = [np.argsort(np.argsort(values)) for values in (one, other)]
    return np.corrcoef(ranks)[0, 1]


@pytest.mark.long
@pytest.mark.parametrize(
    ("column", "known"), [("常住人口", "residents"), ("地区生产总值", "output")]
)
def test_cities_are_as_large_as_they_are(book, column, known):
    """By rank, in 2020, of all 115; no city has five times, or a fifth, of what is known of it."""
    real = np.array([getattr(place, known) for place in read_places()])
    found = book[column][:, 2020 - 2008]
    assert rank_correlation(found, real) >= 0.9
    assert np.abs(np.log(found / real)).max() < np.log(5)


def test_pollutants_have_courses_of_their_own(book):
    """Yearly changes of the logarithms correlate below 0.8, each pair, and not below 0."""
    changes = [np.diff(np.log(book[name]), axis=1).ravel() for name in twin.POLLUTANTS]
    pairs = np.corrcoef(changes)[np.triu_indices(3, 1)]
    assert pairs.max() < 0.8
    assert pairs.min() > 0


def test_the_nation_of_the_cities_goes_where_the_nation_went(book):
    """Electricity rises; SO2 falls by more than half, and by more than the other two; output grows."""
    power = book["全社会用电量"].sum(axis=0)
    assert power[-1] > 1.3 * power[0]
    waste, sulphur, dust = (book[name].sum(axis=0) for name in twin.POLLUTANTS)
    assert sulphur[-1] < 0.5 * sulphur[0]
    assert sulphur[-1] / sulphur[0] < min(waste[-1] / waste[0], dust[-1] / dust[0])
    assert sulphur[-1] < 1.2 * sulphur[2019 - 2008]
    assert book.output().sum(axis=0)[-1] > 1.7 * book.output().sum(axis=0)[0]


def test_no_year_in_which_many_cities_fall_together(scores):
    """A score that loses more than 0.15 in a year is rare, and not the event of one year."""
    falls = (np.diff(scores, axis=1) < -0.15).sum(axis=0)
    assert falls.max() <= 5
    assert falls.sum() <= 20


def test_fiscal_spending_is_not_one_share_of_output(book):
    """Poor cities spend a larger share; shares differ by more than a few percent."""
    share = book["财政支出"] / (1e4 * book["地区生产总值"])
    assert np.log(share).std() > 0.15
    assert 0.05 < share.min() < share.max() < 0.8
    wealth = np.log(per_head(book)).mean(axis=1)
    assert np.corrcoef(wealth, np.log(share).mean(axis=1))[0, 1] < -0.3


def test_no_part_is_larger_than_its_whole(book):
    """Accounting identities hold in all 1,840 rows."""
    secondary = book["第二产业增加值"] / book["地区生产总值"]
    assert (book["年末从业人员"] <= 0.7 * book["常住人口"]).all()
    assert (book["采矿业从业人员"] <= book["年末从业人员"]).all()
    assert (book["城镇人口"] <= book["常住人口"]).all()
    assert (book["高校在校学生"] <= 0.1 * book["常住人口"]).all()
    assert ((secondary >= 0.2) & (secondary <= 0.8)).all()
    employed = book["第二产业从业人员"] / book["年末从业人员"]
    assert ((employed >= 0.08) & (employed <= 0.7)).all()
    assert (book["科学技术支出"] <= book["财政支出"]).all()
    inflation = change(book["地区生产总值"]) / (book["地区生产总值指数"][:, 1:] / 100) - 1
    assert ((inflation > -0.03) & (inflation < 0.12)).all()


# Resource-based cities, with 28% of the nation's residents, have most of its miners, and at most twice their part of others.
MINERS, TIMES, RESIDENTS_OF_2008 = 0.9, 2, 1_328_020_000


def test_the_cities_have_a_part_of_the_workers_of_the_nation(book):
    """The census counts employment in urban units, a tenth to a fifth of a city's employed; miners are the most of theirs."""
    tables = twin.sources(twin.spec())
    employment = tables["census"]["从业人员"].unstack()
    part = employment.sum() / tables["national"]["全国从业人员"]
    residents = book["常住人口"][:, 0].sum() / RESIDENTS_OF_2008
    most = {name: MINERS if name == "采矿业" else TIMES * residents for name in part.index}
    assert len(most) == 6
    assert {name: value for name, value in part.items() if value > most[name]} == {}
    units = employment.sum(axis=1)[book.cities].to_numpy() / book["年末从业人员"][:, 0]
    assert 0.1 <= units.min() < units.max() <= 0.2


def per_head(book):
    return 1e8 * book["地区生产总值"] / book["常住人口"]


BANDS = {
    "GDP a head, yuan": (per_head, 5_000, 250_000),
    "investment of GDP": (lambda b: b["固定资产投资"] / b["地区生产总值"] / 1e4, 0.2, 1.5),
    "kWh per yuan of 2008": (lambda b: b["全社会用电量"] / b.output() / 1e4, 0.02, 0.8),
    "kWh a head": (lambda b: 1e4 * b["全社会用电量"] / b["常住人口"], 0, 30_000),
    "employed of residents": (lambda b: b["年末从业人员"] / b["常住人口"], 0.2, 0.7),
}


@pytest.mark.parametrize("name", BANDS)
def test_levels_lie_in_the_bands_of_real_cities(book, name):
    """At most half a percent of rows outside, none beyond twice the bound."""
    of, low, high = BANDS[name]
    values = kept(book, of(book))
    assert ((values < low) | (values > high)).mean() <= LEVELS
    assert values.min() >= low / 2
    assert values.max() <= 2 * high


def test_cities_are_neither_alike_nor_worlds_apart(book):
    """Median GDP a head, its span within a year, and the span of each pollutant."""
    heads = per_head(book)
    assert 20_000 <= np.median(heads) <= 50_000
    assert (heads.max(axis=0) <= 50 * heads.min(axis=0)).all()
    for name in twin.POLLUTANTS:
        low, high = np.quantile(book[name], [0.01, 0.99])
        assert high / low < 500, name


# Share of pairs inside the first band; none beyond the second but the named row.
CHANGES = {
    "GDP": (lambda b: [b.output()], (0.90, 1.25), 0.99, (0.85, 1.35)),
    "employed": (lambda b: [b["年末从业人员"]], (0.92, 1.08), 0.98, (0.85, 1.15)),
    "residents": (lambda b: [b["常住人口"]], (0.97, 1.03), 1.00, (0.97, 1.03)),
    "electricity": (lambda b: [b["全社会用电量"]], (0.75, 1.25), 0.95, (0.40, 2.50)),
    "waste": (lambda b: [b[p] for p in twin.POLLUTANTS], (0.55, 1.60), 0.95, (1 / 3, 3.0)),
    "investment": (lambda b: [b["固定资产投资"]], (0.65, 1.60), 0.99, (0.0, 9.0)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_years_follow_on_years(book, name):
    """Yearly changes stay inside what yearbooks print."""
    of, (low, high), share, (least, most) = CHANGES[name]
    for values in of(book):
        pairs = kept(book, change(values), 2009)
        assert ((pairs >= low) & (pairs <= high)).mean() >= share
        assert pairs.min() >= least
        assert pairs.max() <= most


def test_each_exemption_is_needed(book):
    """A city that is exempt by name leaves a band in one of those years, and only then is it named."""
    odd = np.zeros((len(book.cities), 16), dtype=bool)
    for of, low, high in BANDS.values():
        values = of(book)
        odd |= (values < low) | (values > high)
    for of, (low, high), *_ in CHANGES.values():
        for values in of(book):
            odd[:, 1:] |= (change(values) < low) | (change(values) > high)
    for city, (years, why) in EXEMPT.items():
        assert odd[book.cities.index(city), [year - 2008 for year in years]].all(), city
        assert why


def test_electricity_hardly_ever_doubles(book):
    """At most 0.3 % of pairs."""
    pairs = kept(book, change(book["全社会用电量"]), 2009)
    assert ((pairs > 2) | (pairs < 0.5)).mean() <= 0.003


@pytest.mark.parametrize("name", ["HEE", "UR", "MEP"])
def test_shares_do_not_jump(name):
    """Students, urban and mining share, as ln(1+x), change by less than 0.6, extremes apart."""
    values = twin.variables()[name]
    jumps = np.abs(np.diff(values, axis=1)) > 0.6
    extreme = {int(values.argmin()) // 16, int(values.argmax()) // 16}
    assert [c for c in np.flatnonzero(jumps.any(axis=1)) if c not in extreme] == []


def test_scores_rise_and_stay(scores):
    """The mean rises and hardly falls; a city's score is near that of the year before."""
    mean = scores.mean(axis=0)
    assert mean[-1] > mean[0]
    assert (np.maximum.accumulate(mean) - mean).max() <= 0.03
    logs = np.log(scores)
    assert np.diff(logs, axis=1).std() <= 0.22
    free = scores - scores.mean(axis=1, keepdims=True)
    lag = (free[:, 1:] * free[:, :-1]).sum() / (free[:, :-1] ** 2).sum()
    assert lag >= 0.85


def together(at):
    """Count the scores that have two others within 0.001, and the most that lie so near one."""
    near = (np.abs(at[:, None] - at[None, :]) < 1e-3).sum(axis=1)
    return (near > 2).sum(), near.max()


def test_no_score_is_a_ceiling(scores):
    """Scores do not pile up, neither at a bound of a class nor below the frontier."""
    _, counts = np.unique(np.round(scores, 5), return_counts=True)
    assert counts.max() <= 0.005 * scores.size
    _, exact = np.unique(np.round(scores, 6), return_counts=True)
    assert exact[exact > 1].sum() <= 0.03 * scores.size
    assert ((scores > 0.8) & (scores < 1)).sum() >= 50


# Two counts in 16 years: scores that lie as chance lays them fail one of them in 32 of so many draws.
CHANCE = 1000


@pytest.mark.parametrize("year", range(2008, 2024))
def test_scores_are_no_nearer_to_one_another_than_chance_brings(scores, year):
    """Moved by a tenth at random, the same scores lie as near to one another at least once in 1,000 times."""
    rng = np.random.default_rng(year)
    at = scores[:, year - 2008]
    moved = [together(at * np.exp(0.1 * rng.normal(size=len(at)))) for _ in range(CHANCE)]
    assert (np.array(together(at)) <= np.max(moved, axis=0)).all()


def test_the_frontier_is_spread_out(scores):
    """Many rows, years and cities; no peer stands for all."""
    efficient = scores >= 1
    assert efficient.sum() >= 30
    assert efficient.any(axis=0).sum() >= 12
    assert efficient.any(axis=1).sum() >= 12
    named, share = twin.peers()
    assert named.max() <= 0.30 * scores.size
    assert 1 / (share**2).sum() >= 8


def test_interactions_are_unevenly_strong():
    """The eleven stated interactions of Figure 3 do not cluster at one threshold."""
    p = np.sort(twin.stated_interactions())
    assert len(p) == 11
    assert p[0] < 0.002
    assert p[-1] > 0.02
    assert (p[2:] - p[:-2] >= 0.001).all()
