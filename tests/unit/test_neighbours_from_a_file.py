"""Neighbours from a file of outlines, with weights, or of pairs: in a study, in Python and on the command line, against a hand calculation."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from cli_runner import attempt
from xinzhi.analyses.association.compute import MoranSection
from xinzhi.analyses.neighbours import in_words
from xinzhi.report.build import content_of
from xinzhi_core.errors import DataError, SpecError
from xinzhi_core.wording import say

ROW = "abcd"
MORAN = 0.4
"""Of 1, 2, 3, 4 along a row: z = -1.5, -0.5, 0.5, 1.5, means of neighbours -0.5, -0.5, 0.5, 0.5, so 2 / 5."""


@pytest.fixture
def outlines(tmp_path):
    """Four squares in a row; a property that means nothing stands before their names."""
    squares = [
        {
            "type": "Feature",
            "properties": {"colour": "red", "name": name},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[x, 0], [x, 1], [x + 1, 1], [x + 1, 0], [x, 0]]],
            },
        }
        for x, name in enumerate(ROW)
    ]
    path = tmp_path / "row.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": squares}))
    return path


def scores(names=ROW):
    index = pd.MultiIndex.from_product([list(names), [2020]], names=["entity", "period"])
    return pd.DataFrame({"score": range(1, len(names) + 1)}, index=index, dtype=float)


def test_in_python(outlines):
    """Squares that share an edge are neighbours."""
    found = xz.moran(scores(), score="score", neighbours=str(outlines), permutations=99)

    assert found.by_period.loc[2020, "n"] == 4
    assert found.by_period.loc[2020, "moran"] == pytest.approx(MORAN)


def test_on_the_command_line(outlines, tmp_path):
    """The same number comes out of the shell."""
    table = tmp_path / "scores.csv"
    scores().reset_index().to_csv(table, index=False)
    done = attempt(
        *("analyse", "moran", table, "--entity", "entity", "--period", "period"),
        *("--score", "score", "--neighbours", outlines, "--permutations", "99", "--format", "json"),
    )

    assert done.code == 0, done.stderr
    assert str(MORAN) in done.stdout


def test_an_entity_without_outline_is_said(outlines):
    """What the file lacks is left out of the statistic and counted."""
    found = xz.moran(scores("abcde"), score="score", neighbours=str(outlines), permutations=99)

    assert found.by_period.loc[2020, "n"] == 4
    told = {notice.code: str(notice.text) for notice in found.notices}
    assert told["spatial.unplaced"].endswith("left out: e.")


def test_outlines_of_other_places_are_refused(outlines):
    """No property names an entity."""
    with pytest.raises(DataError) as caught:
        xz.moran(scores("wxyz"), score="score", neighbours=str(outlines), permutations=99)
    assert caught.value.code == "map.no_key_fits"


LONGITUDE = {"a": 0.5, "b": 1.5, "c": 2.5, "d": 3.5}
"""Middles of the squares, all at 0.5 north."""


def haversine_km(one, other):
    """Distance of two middles on a sphere of 6371 km."""
    half = np.radians(LONGITUDE[one] - LONGITUDE[other]) / 2
    return 2 * 6371 * np.arcsin(np.cos(np.radians(0.5)) * abs(np.sin(half)))


def by_hand(weight):
    """Moran's I of 1, 2, 3, 4 from a rule of weights, each row divided by its sum; and the mean number of neighbours."""
    given = np.array([[0.0 if a == b else weight(a, b) for b in ROW] for a in ROW])
    rows = given / given.sum(axis=1, keepdims=True)
    z = np.arange(1, 5) - 2.5
    return z @ rows @ z / (z @ z), (given > 0).sum() / 4


WEIGHTS = {
    "rook": lambda a, b: abs(LONGITUDE[a] - LONGITUDE[b]) == 1,
    "queen": lambda a, b: abs(LONGITUDE[a] - LONGITUDE[b]) == 1,
    # Both neighbours of b are as far: the first by name, a.
    "nearest 1": lambda a, b: a + b in {"ab", "ba", "cb", "dc"},
    "nearest 2": lambda a, b: a + b in {"ab", "ac", "ba", "bc", "cb", "cd", "dc", "db"},
    "within 112": lambda a, b: haversine_km(a, b) <= 112,
    "within 223 km": lambda a, b: haversine_km(a, b) <= 223,
    "inverse_distance": lambda a, b: 1 / haversine_km(a, b),
    "inverse_distance 2": lambda a, b: haversine_km(a, b) ** -2.0,
}


@pytest.mark.parametrize("weights", WEIGHTS)
def test_weights_are_those_of_the_hand(outlines, weights):
    """Borders and distances between the middles on the sphere give Moran's I."""
    options = {"score": "score", "neighbours": str(outlines), "permutations": 99}
    found = xz.moran(scores(), weights=weights, **options)
    value, mean = by_hand(WEIGHTS[weights])

    assert found.by_period.loc[2020, "moran"] == pytest.approx(value, abs=1e-12)
    assert found.mean_neighbours == mean


def test_equal_distances_are_said(outlines):
    """Of places that are as far the first by name counts, and who was concerned is named."""
    found = xz.moran(scores(), score="score", neighbours=str(outlines), weights="nearest 1")
    told = {notice.code: notice.text for notice in found.notices}

    assert say(told["spatial.tied"], "en") == (
        "2 places have others as far as the last of their nearest neighbours; the first by name count: b, c."
    )
    assert say(told["spatial.tied"], "zh") == (
        "2 个地点有其他地点与其最后一个最近邻等距，按名称顺序取靠前者：b、c。"
    )


def test_a_place_of_inverse_distances_weighs_as_its_nearest_neighbour(outlines):
    """G* does not depend on the unit of the distances: by hand from weights in km."""
    found = xz.hot_spots(
        scores(), score="score", neighbours=str(outlines), weights="inverse_distance"
    )
    w = np.array([[0.0 if a == b else 1 / haversine_km(a, b) for b in ROW] for a in ROW])
    w += np.diag(w.max(axis=1))
    y, n, total = np.arange(1.0, 5), 4, w.sum(axis=1)
    spread = y.std() * np.sqrt((n * (w**2).sum(axis=1) - total**2) / (n - 1))

    assert found.patterns[2020].by_place["z"].to_numpy() == pytest.approx(
        (w @ y - total * y.mean()) / spread
    )


WORDS = {
    ("row", None): ("Neighbours share a border.", "邻居指有公共边界的地点。"),
    ("row", "queen"): (
        "Neighbours share a border or a point of it.",
        "邻居指有公共边界或公共点的地点。",
    ),
    ("row", "nearest 4"): (
        "Neighbours of a place: the nearest 4, by the middles of the outlines on the sphere.",
        "邻居为最近的 4 个地点，按轮廓几何中心间的球面距离。",
    ),
    ("row", "within 0.5 km"): (
        "Neighbours are at most 0.5 km apart, by the middles of the outlines on the sphere.",
        "邻居指相距不超过 0.5 千米的地点，按轮廓几何中心间的球面距离。",
    ),
    ("row", "inverse_distance 1.5"): (
        "All places are neighbours, with weight 1 / distance^1.5, by the middles of the outlines on the sphere.",
        "所有地点互为邻居，权重为 1 / 距离^1.5，按轮廓几何中心间的球面距离。",
    ),
    ("a/pairs.csv", None): (
        "Neighbours are the pairs of pairs.csv.",
        "邻居为 pairs.csv 所列的配对。",
    ),
}


@pytest.mark.parametrize(("neighbours", "weights"), WORDS)
def test_who_is_a_neighbour_is_said(neighbours, weights):
    """One sentence for each kind, in both languages."""
    section = MoranSection(score="score", neighbours=neighbours, weights=weights)
    sentence = in_words(section)

    assert (say(sentence, "en"), say(sentence, "zh")) == WORDS[neighbours, weights]


WRONG = {
    "nearest": (
        "The weights 'nearest' cannot be understood.",
        "write how many of the nearest places are neighbours: nearest 4.",
        "请写明最近的几个地点算作邻居，如 nearest 4。",
    ),
    "nearest 2.5": (
        "The weights 'nearest 2.5' cannot be understood.",
        "write how many of the nearest places are neighbours: nearest 4.",
        "请写明最近的几个地点算作邻居，如 nearest 4。",
    ),
    "within far": (
        "The weights 'within far' cannot be understood.",
        "write up to how many km places are neighbours: within 300.",
        "请写明相距多少千米以内算作邻居，如 within 300。",
    ),
    "inverse_distance 11": (
        "The weights 'inverse_distance 11' cannot be understood.",
        "write a power up to 10 after it, or nothing for 1: inverse_distance 2.",
        "请在其后写不大于 10 的幂次，省略即为 1，如 inverse_distance 2。",
    ),
    "rook 2": (
        "The weights 'rook 2' cannot be understood.",
        "write `rook` alone.",
        "请只写 `rook`。",
    ),
    "qeen": (
        "No weights of neighbours are called 'qeen'.",
        "did you mean 'queen'? Known: inverse_distance, nearest 4, queen, rook, within 300.",
        "是否指“queen”？可用：inverse_distance, nearest 4, queen, rook, within 300。",
    ),
}


@pytest.mark.parametrize("weights", WRONG)
@pytest.mark.parametrize("verb", ["moran", "spatial_markov"])
def test_weights_that_mean_nothing_are_refused(outlines, weights, verb):
    """What is wrong and how it is written instead, in both languages."""
    with pytest.raises(SpecError) as caught:
        getattr(xz, verb)(scores(), score="score", neighbours=str(outlines), weights=weights)
    (problem,) = caught.value.problems

    assert (say(problem.what, "en"), say(problem.remedy, "en")) == WRONG[weights][:2]
    assert say(problem.remedy, "zh") == WRONG[weights][2]
    assert problem.where.key == "weights"


def test_two_places_in_one_have_no_inverse_distance(tmp_path):
    """Rings of one middle: their distance is 0."""
    rings = [[[1.0, 1], [1, 3], [3, 3], [3, 1], [1, 1]], [[0.0, 0], [0, 4], [4, 4], [4, 0], [0, 0]]]
    shapes = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for name, ring in zip("ab", rings, strict=True)
    ]
    path = tmp_path / "in_one.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": shapes}))
    with pytest.raises(DataError) as caught:
        xz.moran(scores("ab"), score="score", neighbours=str(path), weights="inverse_distance")
    (problem,) = caught.value.problems

    assert say(problem.what, "en") == "a and b lie in one place: their distance has no inverse."
    assert say(problem.what, "zh") == "a 与 b 位于同一点：距离为 0，无法取倒数。"


def test_more_nearest_places_than_there_are(outlines):
    """Four places have three others each."""
    with pytest.raises(DataError) as caught:
        xz.moran(scores(), score="score", neighbours=str(outlines), weights="nearest 4")
    assert say(caught.value.problems[0].what, "en") == (
        "`nearest 4` asks for more others than there are: 4 places."
    )
    assert say(caught.value.problems[0].what, "zh") == (
        "`nearest 4` 要求的邻居数超过其他地点的总数：共 4 个地点。"
    )


PAIRS = "entity,neighbour\na,b\nb,a\nb,c\nc,b\nc,d\nd,c\n"


def pairs(tmp_path, text, name="pairs.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PAIRS, MORAN),
        (PAIRS.replace(",", ";"), MORAN),
        ("邻居,个体\nb,a\na,b\nb,c\nc,b\nc,d\nd,c\n", MORAN),
        # Of the means of neighbours that of b alone is another: (3 * 1 + 3) / 4 = 1.5 for 2.
        (
            "entity,neighbour,weight\na,b,1\nb,a,3\nb,c,1\nc,b,1\nc,d,1\nd,c,1\n",
            (0.75 + 0.5 + 0.25 + 0.75) / 5,
        ),
    ],
)
def test_pairs_in_python(tmp_path, text, expected):
    """Pairs of the row of squares give the I of their borders; weights count."""
    found = xz.moran(scores(), score="score", neighbours=pairs(tmp_path, text), permutations=99)

    assert found.by_period.loc[2020, "moran"] == pytest.approx(expected)
    assert found.mean_neighbours == 1.5


def test_pairs_and_weights_on_the_command_line(outlines, tmp_path):
    """The same numbers come out of the shell, with what was weighed, in both languages."""
    table = tmp_path / "scores.csv"
    scores().reset_index().to_csv(table, index=False)
    data = (table, "--entity", "entity", "--period", "period", "--score", "score")
    of_pairs = attempt(
        *("analyse", "moran", *data, "--neighbours", pairs(tmp_path, PAIRS)),
        *("--permutations", "99", "--format", "json"),
    )
    nearest = attempt(
        *("analyse", "moran", *data, "--neighbours", outlines, "--weights", "nearest 1"),
        *("--permutations", "99", "--lang", "zh"),
    )

    assert of_pairs.code == nearest.code == 0, of_pairs.stderr + nearest.stderr
    assert str(MORAN) in of_pairs.stdout
    assert "邻居为最近的 1 个地点，按轮廓几何中心间的球面距离。" in nearest.stdout
    assert "平均邻居数：1.0；权重矩阵按行标准化。" in nearest.stdout


FAULTS = {
    "unknown name": (
        PAIRS + "Aa,b\n",
        "spatial.unknown_name",
        8,
        "'Aa' is not in the data.",
        "数据中没有“Aa”。",
    ),
    "own neighbour": (
        PAIRS + "d,d\n",
        "spatial.own_neighbour",
        8,
        "d is listed as its own neighbour.",
        "d 被列为自己的邻居。",
    ),
    "twice": (
        PAIRS + "a,b\n",
        "spatial.pair_twice",
        8,
        "The neighbours a and b are listed twice.",
        "邻居对 a 与 b 重复列出。",
    ),
    "no neighbour": (
        PAIRS + "a,\n",
        "spatial.pair",
        8,
        "The line is not a pair of places: a, .",
        "该行不是一对地点：a, 。",
    ),
    "no number": (
        "entity,neighbour,weight\na,b,much\n",
        "spatial.pair",
        2,
        "The weight 'much' is not a number.",
        "权重“much”不是数字。",
    ),
    "no headings": (
        "a,b\nb,a\n",
        "spatial.pairs",
        1,
        "The headings of a file of pairs are entity, neighbour and, if wanted, weight; this file has: a, b.",
        "配对文件的列名须为 entity、neighbour，可另加 weight；此文件的列名为：a、b。",
    ),
    "open quotation": (
        'entity,neighbour\na,b\nb,"a\na,c\n',
        "layout.quote",
        None,
        "A quotation mark is not closed, or a field is too long, at or after this row (unexpected end of data).",
        "从该行起有未闭合的引号或过长的字段（unexpected end of data）。",
    ),
    "nothing": (
        "entity,neighbour\n",
        "spatial.no_pairs",
        None,
        "The file lists no pair.",
        "文件中没有任何配对。",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_pairs_that_cannot_be_used(tmp_path, fault):
    """File, line, what is wrong, in both languages."""
    text, code, line, en, zh = FAULTS[fault]
    with pytest.raises(DataError) as caught:
        xz.moran(scores(), score="score", neighbours=pairs(tmp_path, text))
    (problem,) = caught.value.problems

    assert (problem.code, problem.where.file, problem.where.line) == (code, "pairs.csv", line)
    assert (say(problem.what, "en"), say(problem.what, "zh")) == (en, zh)


def test_what_is_not_the_same_in_both_directions_is_said(tmp_path):
    """One-sided pairs and unequal weights are taken as they stand, and named; an entity in no pair too."""
    text = "entity,neighbour,weight\na,b,1\nb,a,2\nb,c,1\nc,b,1\nc,d,1\nd,c,1\na,d,1\n"
    found = xz.moran(scores("abcde"), score="score", neighbours=pairs(tmp_path, text))
    told = {
        notice.code: (say(notice.text, "en"), say(notice.text, "zh")) for notice in found.notices
    }

    assert told == {
        "spatial.one_sided": (
            "1 pair of pairs.csv is listed in one direction only, and counts in that direction alone: a → d.",
            "有 1 对（pairs.csv）只列了一个方向，只按该方向计入：a → d。",
        ),
        "spatial.unequal": (
            "1 pair of pairs.csv has another weight in the other direction: a – b.",
            "有 1 对（pairs.csv）两个方向的权重不同：a – b。",
        ),
        "spatial.unplaced": (
            "1 entity is not in the neighbour structure and is left out: e.",
            "1 个个体不在邻接结构中，已剔除：e。",
        ),
    }


def test_weights_beside_pairs_are_refused(tmp_path):
    """The file has the weights."""
    with pytest.raises(SpecError) as caught:
        xz.moran(scores(), score="score", neighbours=pairs(tmp_path, PAIRS), weights="rook")
    (problem,) = caught.value.problems

    assert say(problem.what, "en") == "`weights` has no effect on a file of pairs."
    assert say(problem.what, "zh") == "相邻关系取自配对文件时，`weights` 不起作用。"


STUDY = """
title: Row
sources: {{rows: {{file: rows.csv, kind: panel, entity: entity, period: year}}}}
panel: {{from: rows}}
efficiency: {{plain: {{measure: radial, inputs: [x], good_outputs: [y], classes: {{low: "< 0.5", high: ">= 0.5"}}}}}}
maps: {{row: {{value: plain, boundaries: row.geojson, key: name}}}}
space_and_time:
  plain: {{{shared}, spatial_markov: {{{own}classes: 2}}}}
"""


@pytest.fixture
def study(outlines, tmp_path):
    assert outlines.parent == tmp_path
    rows = [
        (a, t, 1 + (i * 7 + t * 3) % 5, 2 + i) for i, a in enumerate(ROW) for t in range(2020, 2024)
    ]
    frame = pd.DataFrame(rows, columns=["entity", "year", "x", "y"])
    frame.to_csv(tmp_path / "rows.csv", index=False)

    def write(shared, own=""):
        path = tmp_path / "study.yaml"
        path.write_text(STUDY.format(shared=shared, own=own), encoding="utf-8")
        return path

    return write


def tables_of(result):
    """Tables that say who is a neighbour, by the end of their names."""
    every = (table for group in content_of(result).tables.values() for table in group)
    return {
        table.id.removeprefix("plain_"): table
        for table in every
        if "mean_neighbours" in table.machine
    }


def said_of(result):
    """What these tables say in results.json."""
    keys = ("neighbours", "weights", "row_standardised", "mean_neighbours")
    return {
        name: tuple(table.machine[key] for key in keys) for name, table in tables_of(result).items()
    }


@pytest.mark.long
def test_a_study_weighs_as_it_says(study, tmp_path):
    """The options of the score hold for all, unless the chain has neighbours of its own."""
    pairs(tmp_path, PAIRS)
    one = xz.run(study("neighbours: row, weights: nearest 1, permutations: 99"))
    two = xz.run(
        study(
            "neighbours: pairs.csv, permutations: 99",
            "neighbours: row, weights: inverse_distance 2, ",
        )
    )

    nearest = ("row", "nearest 1", True, 1.0)
    assert said_of(one) == {
        "moran": nearest,
        "hot_spots": (*nearest[:2], False, 1.0),
        "local_moran": nearest,
        "spatial_markov": nearest,
    }
    first, second = (say(note, "en") for note in tables_of(one)["hot_spots"].notes[:2])
    assert (
        first
        == "Neighbours of a place: the nearest 1, by the middles of the outlines on the sphere."
    )
    assert second == (
        "Mean number of neighbours: 1.0; weights are not divided by their sum, and a place weighs as much "
        "as its heaviest neighbour."
    )
    assert say(tables_of(one)["hot_spots"].notes[1], "zh") == (
        "平均邻居数：1.0；权重不按行标准化，地点自身的权重等于其邻居权重的最大值。"
    )
    second = say(tables_of(two)["spatial_markov"].notes[1], "en")
    assert second == "Mean number of neighbours: 3.0; weights of a row add up to 1."
    assert said_of(two)["moran"] == ("pairs.csv", "pairs", True, 1.5)
    assert said_of(two)["spatial_markov"] == ("row", "inverse_distance 2", True, 3.0)


REFUSED = {
    "weights: nearest 1": ("`weights` are those of neighbours, and none are named.", "", ""),
    "neighbours: pairs.csv, weights: queen": (
        "`weights` has no effect on a file of pairs.",
        "",
        "",
    ),
    "neighbours: pairs.csv": (
        "`weights` has no effect on a file of pairs.",
        "weights: queen, ",
        "相邻关系取自配对文件时，`weights` 不起作用。",
    ),
}


@pytest.mark.parametrize("shared", REFUSED)
def test_weights_without_effect_in_a_study_are_refused(study, tmp_path, shared):
    """Where no neighbours are named, or pairs have weights of their own."""
    pairs(tmp_path, PAIRS)
    what, own, zh = REFUSED[shared]
    with pytest.raises(SpecError) as caught:
        xz.run(study(shared, own))

    assert what in [say(problem.what, "en") for problem in caught.value.problems]
    assert not zh or zh in [say(problem.what, "zh") for problem in caught.value.problems]


def test_check_finds_what_is_wrong_with_pairs(study, tmp_path):
    """A name of the pairs that is not in the data is told with its line before anything is computed."""
    pairs(tmp_path, PAIRS.replace("d,c", "x,c"))
    done = attempt("check", study("neighbours: pairs.csv, permutations: 99"))

    assert done.code == 1
    assert "✗ 'x' is not in the data.\n  where: pairs.csv, line 7" in done.stdout


@pytest.mark.parametrize(
    ("shared", "own"), [(", weights: nearest 4", ""), ("", "weights: nearest 4, ")]
)
def test_check_finds_more_nearest_places_than_there_are(study, shared, own):
    """Four entities have three others each, whatever has a score: no draw is made before that is said."""
    named = "neighbours: row, permutations: 99"
    done = attempt("check", study(f"{named}{shared}", own))
    fine = attempt("check", study(named))

    assert (done.code, fine.code) == (1, 0)
    assert "`nearest 4` asks for more others than there are: 4 places." in done.stdout
    assert "weights" in done.stdout.partition("more others")[2]
