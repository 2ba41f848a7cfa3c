"""Tables of space and time: what they count, and the sentences beside them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xinzhi.analyses.association.show import local_table, moran_table
from xinzhi.analyses.convergence.show import beta_table, sigma_table
from xinzhi.analyses.ranks.show import end_table, ranks_table
from xinzhi.analyses.transitions.compute import counts_by_group
from xinzhi.analyses.transitions.show import paths_table, regions_table, transitions_table
from xinzhi_econometrics.space.convergence import beta, sigma
from xinzhi_econometrics.space.hot_spots import LocalPattern, hot_spots, local_moran
from xinzhi_econometrics.space.ranks import end, rank
from xinzhi_econometrics.space.transitions import paths, transitions
from xinzhi_econometrics.space.weights import moran_by_period, neighbours_of

CLASSES = ("low", "high")


def panel(values, periods=(1, 2)):
    index = pd.MultiIndex.from_product([list(values), periods], names=["entity", "period"])
    return pd.Series([one for pair in values.values() for one in pair], index=index)


SCORES = panel({"a": (0.1, 0.9), "b": (0.2, 0.2), "c": (0.8, 0.3), "d": (0.9, 0.8)})
REGIONS = pd.Series({"a": "east", "b": "east", "c": "west", "d": None})
OF = SCORES.map(lambda score: "high" if score > 0.5 else "low")


def reading(table):
    return [str(one) for one in table.reading]


def test_regions_count_each_entity_once():
    """Entities without a region have rows of their own; the sentences name the region that leads."""
    table = regions_table("r", "R", counts_by_group(OF, REGIONS, CLASSES), labels={}, regions={})

    assert [row.key for row in table.rows] == [
        "1/east",
        "1/west",
        "1/none",
        "2/east",
        "2/west",
        "2/none",
    ]
    assert sum(row.cells[-1].value for row in table.rows) == len(SCORES)
    assert table.rows[3].rule_above
    assert reading(table) == [
        "low: most common in west in 2, 1 of 1.", "high: most common in east in 2, 1 of 2."]  # fmt: skip


def test_ends_name_members_regions_and_stayers():
    """Who stays is said; that nobody stays is said too."""
    stays = end_table("t", "T", end(SCORES, REGIONS, side="top", n=2), labels={}, regions={})
    alone = end_table("t", "T", end(SCORES, REGIONS, side="bottom", n=1), labels={}, regions={})

    assert reading(stays)[0] == "1 entity is among the highest scores at all dates: d."
    assert stays.machine["periods"] == {"1": ["d", "c"], "2": ["a", "d"]}
    assert [row.key for row in stays.rows] == [
        "1",
        "2",
        "region/east",
        "region/west",
        "region/none",
    ]
    assert reading(alone)[0] == "No entity is among the lowest scores at all dates."


def test_without_regions_nothing_is_counted_by_region():
    """The one region of a study that names none is no row."""
    everywhere = pd.Series("all", index=list("abcd"))
    table = end_table("t", "T", end(SCORES, everywhere, side="top", n=2), labels={}, regions={})

    assert [row.key for row in table.rows] == ["1", "2"]
    assert len(table.reading) == 1


def test_ranks_say_who_moved_most():
    """The largest climb is named; the largest fall is shared by three, so nobody is."""
    table = ranks_table("k", "K", rank(SCORES), (1, 2), labels={"a": "Alpha"})

    assert [row.key for row in table.rows] == ["a", "d", "c", "b"]
    assert reading(table) == ["The largest climb: Alpha, from rank 4 in 1 to 1 in 2."]


def test_moves_and_paths_are_counted():
    """Two of four keep their class; each path is a row."""
    moves = transitions_table("m", "M", transitions(OF, CLASSES), labels={})
    found = paths_table("p", "P", paths(OF, CLASSES, periods=[1, 2]), labels={"low": "Low"})

    assert reading(moves) == [
        "2 of 4 transitions from one period to the next end in the class in which they began."
    ]
    assert moves.machine["counts"] == {"low": {"low": 1, "high": 1}, "high": {"low": 1, "high": 1}}
    assert str(found.rows[1].label) in {"high → Low", "Low → high", "Low → Low", "high → high"}
    by_key = {row.key: row for row in moves.rows}
    assert [cell.value for cell in by_key["low:moves"].cells] == [1, 1, None]
    assert [cell.value for cell in by_key["low:interval"].cells] == ["[0.09, 0.91]"] * 2 + [None]
    assert "transitions.few_moves" in {n.code for n in transitions(OF, CLASSES).notices}
    assert reading(found) == ["Of 4 entities 2 stayed in their class, 1 rose and 1 fell."]


def test_an_empty_class_has_no_probabilities():
    """Nobody left from it: dashes, not zeros."""
    moves = transitions_table("m", "M", transitions(OF, ("low", "middle", "high")), labels={})

    assert [cell.value for cell in moves.rows[1].cells] == [None, None, None, 0]


@pytest.mark.parametrize(
    ("spread", "told"),
    [
        ((1.0, 0.8, 0.6, 0.4), "shrinks"),
        ((0.4, 0.6, 0.8, 1.0), "grows"),
        ((1.0, 0.4, 1.0, 0.4), "trend of the dispersion is not statistically significant"),
    ],
)
def test_sigma_says_which_way(spread, told):
    """Scores spread around 2 by a known width that falls, rises, or does neither."""
    generator = np.random.default_rng(2)
    values = {
        n: tuple(2 + z * s for s in spread)
        for n, z in zip("abcdef", (-1, -0.5, -0.2, 0.2, 0.5, 1), strict=True)
    }
    values = {n: tuple(v + 1e-4 * generator.random() for v in row) for n, row in values.items()}

    assert told in reading(sigma_table("s", "S", sigma(panel(values, (1, 2, 3, 4)))))[0]


def test_beta_says_how_long_a_gap_takes():
    """Logs whose gaps halve in one period: the half-life is 1; a random walk shows nothing."""
    generator = np.random.default_rng(4)
    start = np.linspace(-3, -0.1, 12)
    halved = {
        str(i): (np.exp(a), np.exp(a / 2 + 0.01 * z))
        for i, (a, z) in enumerate(zip(start, generator.normal(size=12), strict=True))
    }
    walk = {
        str(i): (np.exp(a), np.exp(a + z))
        for i, (a, z) in enumerate(zip(start, generator.normal(size=12), strict=True))
    }

    assert reading(beta_table("b", "B", beta(panel(halved))))[0].endswith(
        "a gap halves in 1.0 periods."
    )
    assert reading(beta_table("b", "B", beta(panel(walk))))[0].startswith(
        "The association of growth with the initial score is not statistically significant"
    )


def test_association_says_in_how_many_periods():
    """A line of eight places, low to high: neighbours are alike; hot spots are counted."""
    names = list("abcdefgh")
    line = neighbours_of(
        {n: [*names[max(i - 1, 0) : i], *names[i + 1 : i + 2]] for i, n in enumerate(names)}
    )
    scores = panel({n: (float(i), float(i)) for i, n in enumerate(names)})
    frame, _ = moran_by_period(scores, line, generator=np.random.default_rng(1))
    spots = hot_spots(
        scores.xs(1, level="period"),
        line,
        generator=np.random.default_rng(1),
        correction="none",
        level=0.1,
    )
    table = local_table("h", "H", {1: spots}, labels={})

    assert reading(moran_table("i", "I", frame)) == [
        "Neighbours are more alike than expected by chance in 2 of 2 periods, less alike in 0 (p < 0.05)."]  # fmt: skip
    counted = {row.key: row.cells[0].value for row in table.rows if row.key.startswith("count/")}
    assert sum(counted.values()) == 8
    assert counted["count/hot"] == (spots.by_place["kind"] == "hot").sum() > 0


def test_local_tables_say_their_test():
    """Statistic, sides and source of the p-values stand under the table and in its machine part."""
    names = list("abcdefgh")
    line = neighbours_of(
        {n: [*names[max(i - 1, 0) : i], *names[i + 1 : i + 2]] for i, n in enumerate(names)}
    )
    values = pd.Series({n: float(i) for i, n in enumerate(names)})
    said = {}
    for compute in (local_moran, hot_spots):
        for test in ("two_sided", "one_sided"):
            found = compute(
                values, line, generator=np.random.default_rng(1), permutations=999, test=test
            )
            table = local_table("h", "H", {1: found}, labels={})
            said[compute.__name__, test] = str(table.notes[0])
            assert table.machine["test"] == test
            assert table.machine["permutations"] == 999

    assert said["local_moran", "two_sided"] == (
        "Local Moran's I: two-sided test, twice the smaller tail of 999 conditional permutations."
    )
    assert (
        "one-sided test on the side of the value, as in GeoDa and esda, 999"
        in (said["local_moran", "one_sided"])
    )
    assert said["hot_spots", "two_sided"].endswith("two-sided test, normal distribution.")
    assert "one-sided test" in said["hot_spots", "one_sided"]


def test_every_cell_of_local_patterns():
    """Each place has the word of its own pattern at each date, and the foot counts them."""
    words = {
        "hot": "Hot spot",
        "cold": "Cold spot",
        "high_high": "High among high",
        "low_low": "Low among low",
        "high_low": "High among low",
        "low_high": "Low among high",
        "not_significant": "Not significant",
    }
    kinds = {
        1: dict(zip("abcdefgh", ["not_significant", *words], strict=True)),
        2: {"a": "not_significant", "b": "cold", "c": None, "d": "cold", "e": "hot"},
    }
    found = {
        date: LocalPattern(
            pd.DataFrame({"kind": pd.Series(of, dtype=object)}),
            0.05,
            "none",
            99,
            "g_star",
            "two_sided",
        )
        for date, of in kinds.items()
    }

    table = local_table("h", "H", found, labels={"b": "Bee"})

    assert [str(column.heading) for column in table.columns] == ["1", "2"]
    places = {row.key: row for row in table.rows if not row.key.startswith("count/")}
    # a and h have no pattern at any date
    assert set(places) == set("bcdefg")
    assert str(places["b"].label) == "Bee"
    shown = {
        (place, date): "" if cell.value is None else str(cell.value)
        for place, row in places.items()
        for date, cell in zip(kinds, row.cells, strict=True)
    }
    assert shown == {
        (place, date): words.get(kinds[date].get(place), "") for place in places for date in kinds
    }
    counts = {row.key: [cell.value for cell in row.cells] for row in table.rows[len(places) :]}
    assert counts == {
        f"count/{kind}": [list(of.values()).count(kind) for of in kinds.values()] for kind in words
    }
    labels = {row.key: str(row.label) for row in table.rows[len(places) :]}
    assert labels == {f"count/{kind}": f"Number: {word}" for kind, word in words.items()}
    assert reading(table) == ["Hot spot in 2: 1 place.", "Cold spot in 2: 2 places."]
