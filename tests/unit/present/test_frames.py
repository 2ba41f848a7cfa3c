"""A frame as a table: kinds of cells by the names of columns, words of rows, what results.json keeps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xinzhi.present.frames import kind_of, rows_of, table_from
from xinzhi.present.table import EMPTY, Cell, Column
from xinzhi_core.wording import Label, message


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("year", "year"),
        ("period", "year"),
        ("n", "count"),
        ("n_draws", "count"),
        ("count", "count"),
        ("draws", "count"),
        ("p", "p_value"),
        ("p_value", "p_value"),
        ("p_permutation", "p_value"),
        ("t", "statistic"),
        ("z", "statistic"),
        ("f", "statistic"),
        ("chi2", "statistic"),
        ("statistic", "statistic"),
        ("wald_statistic", "statistic"),
        ("share", "percent"),
        ("share_between", "percent"),
        ("n_", "number"),
        ("pre", "number"),
        ("estimate", "number"),
        ("std_error", "number"),
        ("low", "number"),
        ("shares", "number"),
    ],
)
def test_the_name_of_a_column_tells_how_its_cells_are_written(name, kind):
    """The whole name counts, and what no rule knows is a number."""
    assert kind_of(name) == kind


def made():
    return pd.DataFrame(
        {"estimate": [0.5, np.nan], "n": [4, 2], "word": ["yes", None], "level": [0.1, 0.2]},
        index=pd.Index(["a", "b"], name="of"),
    )


def test_a_frame_becomes_a_table():
    """One row each of the index, columns in the order of the headings, and no other column."""
    both = message("Estimates")
    table = table_from(
        made(),
        {"n": "N", "estimate": (both, "b"), "word": "Word"},
        id="t",
        title="T",
        stub="Of",
        labels={"a": Label("a", zh="甲", en="A")},
        kinds={"word": "text"},
        decimals={"estimate": 4},
        notes=["note"],
        reading=["read"],
        part="text",
    )

    assert (table.id, table.title, table.stub, table.part) == ("t", "T", "Of", "text")
    assert (table.notes, table.reading) == (("note",), ("read",))
    assert table.columns == (
        Column("n", "N"), Column("estimate", "b", both), Column("word", "Word"),
    )  # fmt: skip
    assert [(row.label, row.key) for row in table.rows] == [
        (Label("a", zh="甲", en="A"), "a"), ("b", "b"),
    ]  # fmt: skip
    assert table.rows[0].cells == (
        Cell(4, "count"), Cell(0.5, "number", decimals=4), Cell("yes", "text"),
    )  # fmt: skip
    assert table.rows[1].cells == (Cell(2, "count"), Cell(None, "number", decimals=4), EMPTY)


def test_words_in_both_languages_stay_words():
    """A cell may hold a message: the format says it in its language."""
    frame = pd.DataFrame({"what": [message("n")]})

    assert table_from(frame, {"what": "What"}, id="t", title="T").rows[0].cells == (
        Cell(message("n"), "text"),
    )


def test_all_columns_are_kept_for_machines():
    """Those that no heading names too, and the levels of the index; a missing number is nothing."""
    assert table_from(made(), {"n": "N"}, id="t", title="T").machine == {
        "rows": [
            {"of": "a", "estimate": 0.5, "n": 4, "word": "yes", "level": 0.1},
            {"of": "b", "estimate": None, "n": 2, "word": None, "level": 0.2},
        ]
    }
    assert table_from(made(), {"n": "N"}, id="t", title="T", machine={"k": 1}).machine == {"k": 1}


def test_numbers_of_numpy_become_numbers_that_json_has():
    """Whole numbers stay whole."""
    ((first, *_),) = [rows_of(made())]

    assert type(first["n"]) is int
    assert type(first["estimate"]) is float


def test_a_heading_without_a_column_is_an_error():
    """Nothing is left out silently."""
    with pytest.raises(KeyError, match="nobody"):
        table_from(made(), {"nobody": "N"}, id="t", title="T")
