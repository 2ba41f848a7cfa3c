"""Scores and indices of arrays are those of every other door, and what is wrong with arrays is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from xinzhi_core.errors import Gap, OutOfDomain, SpecError
from xinzhi_frontier import productivity_index, score

RNG = np.random.default_rng(11)
INPUTS = RNG.uniform(1, 9, (24, 2))
GOODS = RNG.uniform(1, 9, (24, 1))
BADS = RNG.uniform(1, 9, (24, 1))
CITIES = [f"c{k // 3}" for k in range(24)]
YEARS = [2008 + k % 3 for k in range(24)]


@pytest.fixture(scope="module")
def frame():
    """The arrays as a frame, under the names that `score` gives their columns."""
    values = np.hstack([INPUTS, GOODS, BADS])
    index = pd.MultiIndex.from_arrays([CITIES, YEARS], names=["city", "year"])
    return pd.DataFrame(values, index=index, columns=["x1", "x2", "y1", "b1"])


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"measure": "bcc", "reference": "contemporaneous"},
        {"measure": "directional", "disposability": "weak"},
        {"measure": "sbm", "returns_to_scale": "vrs", "bads": "inputs"},
    ],
)
def test_scores_of_arrays_are_those_of_the_frame(frame, options):
    """Equal to the last digit: the same programs in the same order."""
    bads = None if options.get("measure") == "bcc" else BADS
    named = {} if bads is None else {"bad_outputs": "b1"}
    asked = xz.evaluate(frame, inputs=["x1", "x2"], good_outputs="y1", **named, **options)

    found = score(INPUTS, GOODS, bads, entities=CITIES, periods=YEARS, **options)

    assert np.array_equal(found.scores, asked.scores, equal_nan=True)
    assert found.statuses == asked.statuses
    assert found.options == asked.options


@pytest.mark.parametrize("index", ["malmquist", "global_malmquist", "gml"])
def test_indices_of_arrays_are_those_of_the_frame(frame, index):
    bads = BADS if index == "gml" else None
    named = {} if bads is None else {"bad_outputs": "b1"}
    asked = xz.productivity(frame, inputs=["x1", "x2"], good_outputs="y1", index=index, **named)

    found = productivity_index(INPUTS, GOODS, bads, entities=CITIES, periods=YEARS, index=index)

    assert np.array_equal(found.values, asked.values, equal_nan=True)
    assert found.entities == asked.entities


def test_groups_are_groups():
    """Rows of a group are compared with their own group only."""
    found = score(
        [1.0, 2, 5], [1.0, 1, 1], groups=["a", "b", "b"], reference="group", measure="ccr"
    )
    assert found.scores.round(9).tolist() == [1.0, 1.0, 0.4]


@pytest.mark.parametrize(
    ("arrays", "options", "kind", "words"),
    [
        (([1.0, 2], [1.0]), {}, SpecError, "The arrays have 2, 1, 2 rows."),
        (([1.0, 2], [1.0, 1]), {"names": ["x"]}, SpecError, "'names' has 1 value for 2 columns"),
        (([1.0, 2], [1.0, 1]), {"entities": ["a"]}, SpecError, "'entities' has 1 value for 2 rows"),
        (([1.0, 2], [1.0, 1]), {"periods": [1]}, SpecError, "'periods' has 1 value for 2 rows"),
        (([1.0, 2], [1.0, 1]), {"periods": [1, 1.5]}, SpecError, "The period '1.5' is not a whole"),
        (([1.0, 2], [1.0, 1]), {"entities": ["a", "a"]}, SpecError, "a is in more than one row"),
        (([1.0, 2], [1.0, 1]), {"mesure": "sbm"}, SpecError, "measure"),
        (([1.0, 2], [1.0, 1]), {"measure": "sbn"}, SpecError, "sbm"),
        (([1.0, np.nan], [1.0, 1]), {}, Gap, "x1"),
        (([1.0, np.inf], [1.0, 1]), {}, OutOfDomain, "x1"),
        (([1.0, 0.0], [1.0, 1]), {"measure": "sbm"}, OutOfDomain, "x1"),
        (([], []), {}, Gap, "No rows"),
    ],
)
def test_what_is_wrong_is_said(arrays, options, kind, words):
    """With the nearest name, the column and the row; nothing is guessed."""
    with pytest.raises(kind, match=words):
        score(*arrays, **options)
