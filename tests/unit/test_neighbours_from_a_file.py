"""Neighbours from a file of outlines, in Python and on the command line, against a hand calculation."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import xinzhi as xz
from cli_runner import attempt
from xinzhi_core.errors import DataError

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
