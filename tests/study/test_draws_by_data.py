"""Draws are numbered by the data: other names and another order of rows change no bit of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from by_data import rank_panel
from made_resampled import STUDY, frame, renamed, write
from xinzhi.analyses.mediation.compute import resample
from xinzhi.study.run import run
from xinzhi_econometrics.resampling.cluster_bootstrap import cluster_draws, sums
from xinzhi_econometrics.resampling.permutation import permute
from xinzhi_econometrics.resampling.wild_bootstrap import wild_bootstrap
from xinzhi_econometrics.specification import Covariance, Regression
from xinzhi_frontier.inference.intervals import resample_entities, smoothed_bootstrap
from xinzhi_frontier.inference.second_stage import second_stage
from xinzhi_frontier.inference.subsampling import subsampled_intervals
from xinzhi_frontier.options import Options
from xinzhi_frontier.result import Activities, ActivityRoles

pytestmark = pytest.mark.long

RADIAL = Options("radial", "variable", "output")


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The made study, and the same data under Chinese names in another order; the names."""
    folder = tmp_path_factory.mktemp("named")
    study = STUDY.replace("  leave_one_out: {}\n", "")
    other, names = renamed(frame())
    first, second = (
        run(write(folder / name, data, study)).results
        for name, data in (("as", frame()), ("other", other))
    )
    return first, second, {new: old for old, new in names.items()}


def same(first, second):
    """Whether two arrays are equal to the bit."""
    return np.asarray(first).tobytes() == np.asarray(second).tobytes()


@pytest.mark.parametrize("key", ["whole_study", "placebo"])
def test_draws_of_the_study_and_permuted_paths(both, key):
    """Frontier, scores, regressions that are posed and those that are made again: each draw, each effect."""
    first, second, _ = both
    one, two = (results[key][key] for results in (first, second))
    assert np.isfinite(one.draws).any(axis=0).all()
    assert same(one.draws, two.draws)


def test_mediated_and_moderated_effects(both):
    first, second, _ = both
    intervals = [
        [
            *(effect.interval for effect in results["mediation"]["through"].effects),
            *(
                one
                for chain in results["moderation"]["tools"].chains
                for one in (
                    chain.found.index_interval,
                    *(c.interval for c in chain.found.conditional),
                )
            ),
        ]
        for results in (first, second)
    ]
    assert len(intervals[0]) == 6
    assert intervals[0] == intervals[1]


def test_permuted_groups(both):
    first, second, _ = both
    one, two = (
        [
            pair.permuted
            for compared in results["heterogeneity"]["groups"].groupings.values()
            for difference in compared.differences
            for pair in difference.permutations
        ]
        for results in (first, second)
    )
    assert len(one) == 2
    assert all(map(same, one, two))


def test_second_stage_and_intervals_of_scores(both):
    first, second, names = both
    one, two = (results["second_stage"]["why"] for results in (first, second))
    for name in ("estimates", "std_errors", "low", "high", "p_values"):
        assert same(getattr(one, name), getattr(two, name)), name
    table, other = (results["inference"]["e"].table for results in (first, second))
    pd.testing.assert_frame_equal(table, other.rename(index=names).sort_index(), check_exact=True)


def activities(data):
    """Take the rows of a panel as activities."""
    columns = [data[[name]].to_numpy() for name in ("labour", "gdp")]
    labels = tuple((str(city), int(year)) for city, year in data.index)
    return Activities(
        labels, *columns, np.empty((len(data), 0)), ActivityRoles(("labour",), ("gdp",))
    )


def panels():
    """The made panel twice, the second time under other names in the order of these; the names."""
    other, names = renamed(frame())
    return (
        *(data.set_index(["city", "year"]).sort_index() for data in (frame(), other)),
        {new: old for old, new in names.items()},
    )


def by_row(rows, names, values):
    """Values by the first names of the rows."""
    return {
        (names.get(entity, entity), t): v
        for (entity, t), v in zip(rows.labels, values, strict=True)
    }


@pytest.mark.parametrize("what", ["smoothed", "entities", "subsampled", "second_stage"])
def test_each_bootstrap_of_scores(what):
    """Also called by itself, with rows in another order."""
    found = []
    for data, names in zip(panels()[:2], ({}, panels()[2]), strict=True):
        rows = activities(data)
        kept = {"options": RADIAL, "draws": 8, "seed": 2}
        if what == "smoothed":
            found.append(by_row(rows, names, smoothed_bootstrap(rows, **kept).bias))
        elif what == "entities":
            scores = resample_entities(rows, **kept).scores.T
            found.append({at: v.tobytes() for at, v in by_row(rows, names, scores).items()})
        elif what == "subsampled":
            one = subsampled_intervals(rows, **kept, level=0.5, size=9)
            found.append(by_row(rows, names, zip(one.low, one.high, strict=True)))
        else:
            z = data[["wealth"]].to_numpy()
            one = second_stage(rows, variables=z, names=("z",), bias_draws=5, **kept)
            found.append((one.low.tobytes(), one.p_values.tobytes()))
    assert found[0] == found[1]


HOW = Regression(
    "gdp", ("talent", "firms"), ("wealth",), covariance=Covariance("cluster", ("entity",))
)


@pytest.mark.parametrize("effects", [("entity", "period"), ("period",), ()])
def test_wild_signs(effects):
    """p-values and intervals of the wild bootstrap, for clusters of entities and of provinces."""
    for clusters in ("entity", "province"):
        found = []
        for data, names in zip(panels()[:2], ({}, panels()[2]), strict=True):
            city = data.index.get_level_values(0).map(lambda name, n=names: n.get(name, name))
            # Provinces, too, have other names in other order.
            data["province"] = [
                f"{'pq'[bool(names)]}{(7 * int(c[1:]) if names else int(c[1:])) % 11}" for c in city
            ]
            how = replace(HOW, effects=effects, covariance=Covariance("cluster", (clusters,)))
            one = wild_bootstrap(data, how, draws=99, seed=3)
            found.append((one.p_value.tobytes(), one.intervals))
        assert found[0] == found[1], clusters


def test_permutations_by_themselves():
    one, two = (
        permute(data, HOW, "region", (0, 1), draws=40, seed=6)["talent"] for data in panels()[:2]
    )
    assert same(one.permuted, two.permuted)
    assert one.p_value == two.p_value


def test_the_numbers_of_clusters_are_those_of_a_slow_sort():
    """Draw k takes cluster g as often as the g-th entity by its data; sums for other purposes keep the names."""
    data = panels()[1]
    found, weights = resample(data, HOW, ("noise",), 5, 1)
    ranks = rank_panel(data, ("talent", "firms", "wealth", "noise"), "gdp")
    assert list(found.clusters) == sorted(ranks, key=ranks.get)
    assert np.array_equal(weights, cluster_draws(len(ranks), 5, 1))
    assert list(sums(data, HOW).clusters) == sorted(ranks)
