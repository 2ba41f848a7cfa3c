"""Spatial Markov chain: the case at every door, laws, and what is refused or said."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from cli_runner import attempt, call
from xinzhi_core.errors import StudyError
from xinzhi_econometrics.space.spatial_markov import homogeneity, shares_of, spatial_markov
from xinzhi_econometrics.space.transitions import transitions
from xinzhi_econometrics.space.weights import adjacent, neighbours_of

STUDY = """\
title: Incomes
sources: {states: {file: incomes.csv, kind: panel, entity: state, period: year}}
panel: {from: states}
variables: {income: {column: income}}
maps: {borders: {value: income, classes: {low: "< 9000", high: ">= 9000"}, boundaries: borders.topojson, key: name}}
space_and_time:
  income: {spatial_markov: {neighbours: borders, classes: 5, relative: true}}
report: {languages: [en, zh], formats: [html, md]}
"""


def borders_of(table):
    """Write a table of contiguity as outlines: one arc for each border; arcs enclose no area."""
    names, arcs = list(table.index), []
    of = {name: [] for name in names}
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            if table.loc[a, b]:
                of[a].append(len(arcs))
                of[b].append(~len(arcs))
                arcs.append([[i, len(arcs) / 2], [i + 1, len(arcs) / 2]])
    shapes = [
        {"type": "Polygon", "properties": {"name": name}, "arcs": [of[name]]} for name in names
    ]
    objects = {"states": {"type": "GeometryCollection", "geometries": shapes}}
    return {"type": "Topology", "objects": objects, "arcs": arcs}


@pytest.fixture
def incomes(shared, tmp_path):
    """The case of 48 states, whose borders are written as outlines."""
    folder = shared / "cases" / "chapters" / "spatial_markov"
    case = json.loads((folder / "us_income_spatial_markov.json").read_text("utf-8"))
    frame = pd.read_csv(folder / case["data_file"]).melt(
        "state", var_name="year", value_name="income"
    )
    frame = frame.astype({"year": int})
    frame.to_csv(tmp_path / "incomes.csv", index=False)
    table = pd.read_csv(folder / case["weights_file"], index_col=0)
    (tmp_path / "borders.topojson").write_text(json.dumps(borders_of(table)), "utf-8")
    return case, frame, tmp_path


def check(case, kept, tests):
    """Compare counts, probabilities, bounds and tests with the case."""
    wanted, rel = case["expected"], case["tolerance"]["rel"]
    assert kept["counts"] == wanted["counts"]
    assert kept["pooled"] == wanted["pooled_counts"]
    assert kept["bounds"] == pytest.approx(wanted["cutoffs"], rel=rel)
    assert kept["lag_bounds"] == pytest.approx(wanted["lag_cutoffs"], rel=rel)
    shares = [[row[str(k)] for k in range(1, 6)] for row in kept["rows"]]
    expected = [
        *wanted["pooled_probabilities"],
        *(row for m in wanted["probabilities"] for row in m),
    ]
    assert np.array(shares) == pytest.approx(np.array(expected), rel=rel)
    q, lr = tests["rows"]
    assert (q["statistic"], lr["statistic"]) == pytest.approx((wanted["Q"], wanted["LR"]), rel=rel)
    assert q["df"] == lr["df"] == wanted["df"]
    assert q["p_value"] == pytest.approx(wanted["p"], rel=rel)


def test_the_incomes_of_states_come_out_in_python(incomes):
    """Counts, probabilities, bounds and both tests."""
    case, frame, folder = incomes

    found = xz.spatial_markov(
        frame,
        entity="state",
        period="year",
        score="income",
        neighbours=str(folder / "borders.topojson"),
        classes=5,
        relative=True,
    )

    rows = found.to_frame().reset_index().to_dict("records")
    kept = {"rows": rows, "counts": found.counts.tolist(), "pooled": found.pooled.tolist()}
    of = found.tests
    tests = [
        {"statistic": of.q, "df": of.df, "p_value": of.p_q},
        {"statistic": of.lr, "df": of.df, "p_value": of.p_lr},
    ]
    bounds = {"bounds": list(found.bounds), "lag_bounds": list(found.lag_bounds)}
    check(case, kept | bounds, {"rows": tests})


@pytest.mark.long
def test_the_incomes_of_states_come_out_of_command_and_study(incomes):
    """JSON of the command and results.json; both reports have the tables and the figure."""
    case, _, folder = incomes
    (folder / "study.yaml").write_text(STUDY, "utf-8")

    done = call(
        *("analyse", "spatial_markov", folder / "incomes.csv", "--entity", "state"),
        *("--period", "year", "--score", "income", "--neighbours", folder / "borders.topojson"),
        *("--classes", "5", "--relative", "true", "--format", "json"),
    )
    call("run", folder / "study.yaml", "--lang", "en")

    said = json.loads(done.stdout)
    check(
        case,
        said["spatial_markov_spatial_markov"],
        said["spatial_markov_spatial_markov_tests"],
    )
    results = folder / "results"
    kept = json.loads((results / "results.json").read_text("utf-8"))["tables"]
    check(case, kept["income_spatial_markov"], kept["income_spatial_markov_tests"])
    assert "income_spatial_markov_tiles" in (results / "report.html").read_text("utf-8")
    for name, words in (
        ("report.md", "is tested by Q = 200.624"),
        ("report.zh.md", "空间马尔可夫转移矩阵"),
    ):
        assert words in (results / name).read_text("utf-8")


RING = neighbours_of({a: [b, c] for a, b, c in zip("abcdef", "bcdefa", "fabcde", strict=True)})


def made(seed=3, periods=12):
    index = pd.MultiIndex.from_product([list("abcdef"), range(periods)], names=["entity", "period"])
    values = np.random.default_rng(seed).lognormal(size=len(index))
    return pd.Series(values, index)


def test_names_and_unit_do_not_matter():
    """Other names of the entities, another order of rows, and another unit give the same transitions."""
    scores, other = made(), dict(zip("abcdef", "zyxwvu", strict=True))
    renamed = scores.rename(other, level="entity").sample(frac=1.0, random_state=1) * 7.0
    ring = neighbours_of(
        {
            other[a]: [other[b], other[c]]
            for a, b, c in zip("abcdef", "bcdefa", "fabcde", strict=True)
        }
    )

    found, again = spatial_markov(scores, RING), spatial_markov(renamed, ring)

    assert again.counts.tolist() == found.counts.tolist()
    assert again.tests.q == pytest.approx(found.tests.q)
    assert np.nansum(shares_of(found.counts), axis=2)[
        found.counts.sum(axis=2) > 0
    ] == pytest.approx(1.0)


def test_one_class_of_neighbours_is_the_plain_chain():
    """With all neighbours in one class the matrix is that of `transitions`, and nothing is tested."""
    scores = made()
    found = spatial_markov(scores, RING, classes=3, lag_bounds=[1e9])
    classes = pd.Series(np.searchsorted(found.bounds, scores).astype(str), scores.index)

    plain = transitions(classes, ["0", "1", "2"])

    assert found.pooled.tolist() == found.counts[0].tolist() == plain.counts.to_numpy().tolist()
    assert (found.tests.q, found.tests.lr, found.tests.df) == (0.0, 0.0, 0)
    assert np.isnan(found.tests.p_q)
    assert {"spatial_markov.empty_chain", "spatial_markov.no_test"} <= {
        notice.code for notice in found.notices
    }


def test_equal_chains_have_statistics_of_zero():
    """Chains of equal probabilities and unequal length; a row without a transition takes no df."""
    chain = np.array([[6, 2, 0], [1, 3, 4], [0, 0, 0]])

    found = homogeneity(np.stack([chain, 3 * chain]))

    assert (found.q, found.lr) == pytest.approx((0.0, 0.0), abs=1e-12)
    assert found.df == (2 - 1) * (2 - 1) + (2 - 1) * (3 - 1)


def test_two_chains_are_a_table_of_contingency():
    """From a single class, Q and LR are those of scipy for a table of chains by classes reached."""
    from scipy.stats import chi2_contingency

    table = np.array([[12, 5, 9], [3, 8, 10]])
    counts = np.zeros((2, 3, 3), dtype=np.int64)
    counts[:, 0] = table

    found = homogeneity(counts)

    for value, p, lambda_ in ((found.q, found.p_q, 1), (found.lr, found.p_lr, 0)):
        wanted = chi2_contingency(table, correction=False, lambda_=lambda_)
        assert (value, p, found.df) == pytest.approx(wanted[:3])


def test_islands_gaps_and_empty_classes_are_said():
    """An island and an entity without outline are left out; no pair spans a gap of periods."""
    scores = made(periods=6)
    scores = scores[scores.index.get_level_values("period") != 3]
    scores.loc[("b", 1)] = np.nan
    more = {
        "island": [],
        **{
            e: [RING.entities[i] for i in RING.weights[[n]].indices] for n, e in enumerate("abcdef")
        },
    }
    alone = pd.Series(
        1.0, pd.MultiIndex.from_product([["island", "nowhere"], [0, 1]], names=scores.index.names)
    )

    found = spatial_markov(pd.concat([scores, alone]), neighbours_of(more), bounds=[1e-9, 1.0])

    assert found.n == 3 * 6 - 2
    assert found.n_missing == 2
    told = {notice.code: str(notice.text) for notice in found.notices}
    assert told["spatial.islands"].endswith("island.")
    assert told["spatial.unplaced"].endswith("nowhere.")
    assert told["spatial_markov.gap"].startswith("The period after 2 ")
    assert "from class 1:" in told["spatial_markov.empty_class"]
    assert found.lag_bounds == found.bounds


def test_areas_that_meet_in_a_point_are_neighbours_by_queen():
    """Four squares around a point: each has two neighbours by rook, three by queen contiguity."""
    square = {"a": [0, 1], "b": [~0, 2], "c": [~1, 3], "d": [~2, ~3]}
    shapes = [{"type": "Polygon", "id": n, "arcs": [arcs]} for n, arcs in square.items()]
    # Steps after a first point, as with a transform: all four arcs end in (1, 1).
    arcs = [[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[2, 1], [-1, 0]], [[1, 2], [0, -1]]]
    transform = {"scale": [1, 1], "translate": [0, 0]}
    topology = {"objects": {"map": {"geometries": shapes}}, "arcs": arcs, "transform": transform}

    rook, queen = (
        adjacent(topology, name="map", key="id", contiguity=kind) for kind in ("rook", "queen")
    )

    assert rook.weights.sum(axis=1).tolist() == [2, 2, 2, 2]
    assert queen.weights.sum(axis=1).tolist() == [3, 3, 3, 3]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"bounds": [2.0, 1.0]}, "do not rise"),
        ({"classes": 1}, "at least 2"),
        ({"score": "losses", "relative": True}, "not positive"),
        ({"score": "once"}, "two consecutive periods"),
    ],
)
def test_what_has_no_chain_is_refused(change, said):
    """Bounds that fall, one class, a mean below zero, one period."""
    places = ["北京市", "天津市", "河北省", "山西省", "河南省", "山东省"]
    index = pd.MultiIndex.from_product([places, [1, 2]], names=["entity", "period"])
    values = np.arange(12.0)
    frame = pd.DataFrame({"score": values, "losses": -values}, index)
    frame["once"] = frame["score"].where(frame.index.get_level_values(1) == 1)

    with pytest.raises(StudyError, match=said):
        xz.spatial_markov(frame, **{"score": "score", "neighbours": "built_in", **change})


def test_a_study_without_neighbours_is_refused(tmp_path):
    """Neither the score nor the chain names neighbours."""
    study = STUDY.replace("neighbours: borders, ", "")
    (tmp_path / "study.yaml").write_text(study, "utf-8")

    done = attempt("check", tmp_path / "study.yaml")

    assert "`spatial_markov` needs to know who is next to whom." in done.stderr + done.stdout
