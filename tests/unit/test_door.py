"""The Python door: as a person would write it in a notebook."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from xinzhi_core.errors import MissingColumn


@pytest.fixture
def frame():
    """Twelve cities over six years, rows in a disorder that must not matter."""
    rng = np.random.default_rng(5)
    index = pd.MultiIndex.from_product([[f"c{i:02}" for i in range(12)], range(2008, 2014)])
    x, w = rng.normal(size=len(index)), rng.normal(size=len(index))
    m = 0.5 * x + rng.normal(size=len(index))
    frame = pd.DataFrame(
        {
            "labour": rng.uniform(1, 3, len(index)),
            "gdp": rng.uniform(1, 3, len(index)),
            "waste": rng.uniform(1, 3, len(index)),
            "x": x,
            "m": m,
            "w": w,
            "y": 0.3 * m + 0.2 * x + rng.normal(size=len(index)),
        },
        index=index,
    )
    frame["half"] = np.repeat(np.where(np.arange(12) < 6, "a", "b"), 6)
    return frame.sample(frac=1, random_state=1)


def test_scores_come_in_the_order_of_the_rows(frame):
    """`.to_frame()` has a column score, rows as given, whatever their order."""
    found = xz.evaluate(frame, inputs="labour", good_outputs="gdp", bad_outputs="waste").to_frame()
    again = xz.evaluate(
        frame.sort_index(), inputs="labour", good_outputs="gdp", bad_outputs="waste"
    ).to_frame()

    assert list(found.index) == list(frame.index)
    assert found["score"].sort_index().tolist() == again["score"].tolist()


def test_a_missing_column_is_named(frame):
    """The nearest column is offered."""
    with pytest.raises(MissingColumn, match="labour"):
        xz.evaluate(frame, inputs="labor", good_outputs="gdp")


@pytest.mark.parametrize(
    "call",
    [
        lambda f: xz.fit(f, outcome="y", regressors="x", controls=["w"], cluster="entity"),
        lambda f: xz.vif(f, outcome="y", regressors=["x", "w"]),
        lambda f: xz.productivity(
            f,
            index="gml",
            inputs="labour",
            good_outputs="gdp",
            bad_outputs="waste",
            measure="directional",
        ),
        lambda f: xz.evaluate(f, inputs="labour", good_outputs="gdp", measure="sbm"),
        lambda f: xz.mediate(f, outcome="y", regressors="x", through="m", draws=50),
        lambda f: xz.compare_groups(f, outcome="y", regressors="x", by="half", draws=20),
        lambda f: xz.specification_curve(
            f, outcome="y", regressors="x", vary={"effects": [["entity"], ["entity", "period"]]}
        ),
        lambda f: xz.moderate(f, outcome="y", regressors="x", moderators="w", paths="x -> y"),
        lambda f: xz.hausman(f, outcome="y", regressors="x"),
    ],
    ids=[
        "fit",
        "vif",
        "productivity",
        "evaluate",
        "mediate",
        "compare_groups",
        "curve",
        "moderate",
        "hausman",
    ],
)
def test_each_verb_takes_a_plain_frame_and_gives_one_back(frame, call):
    """Results have `.to_frame()`."""
    assert len(call(frame).to_frame())


def test_every_promised_verb_is_there():
    """The names of the door are those of the package."""
    assert all(callable(getattr(xz, name)) for name in xz.__all__)


def test_an_unknown_verb_is_an_attribute_error():
    """A misspelt name is told as Python does."""
    with pytest.raises(AttributeError, match="evalute"):
        _ = xz.evalute


def test_results_show_themselves(frame):
    """A notebook shows a table, a console a head line and a table: never a wall of fields."""
    scores = xz.evaluate(frame, inputs="labour", good_outputs="gdp", measure="sbm")
    fit = xz.fit(frame, outcome="y", regressors="x")

    assert repr(scores).startswith("sbm, 72 rows: 72 certified")
    assert repr(fit).startswith("y: N 72, Adjusted R²")
    assert all("<table" in one._repr_html_() for one in (scores, fit))


def test_a_panel_shows_itself(tmp_path):
    """Rows, entities, periods and columns in one line."""
    path = tmp_path / "data.csv"
    path.write_text("city,year,x\na,2008,1\na,2009,2\n", encoding="utf-8")

    panel = xz.read(path, entity="city", period="year")

    assert repr(panel).startswith("Panel: 2 rows, 1 entity, 2008-2009, 1 column")
    assert "<table" in panel._repr_html_()
