"""What is said of a panel as a whole: sentences with their remedies, in both languages."""

from __future__ import annotations

import pandas as pd
import pytest

from told import printed
from xinzhi_core.errors import DataError
from xinzhi_core.panel.checks import SHOWN, check_panel
from xinzhi_core.panel.panel import Panel, panel_of

INDEX = pd.MultiIndex.from_product([list("abcd"), [1, 2, 3]], names=["entity", "period"])


def test_an_index_of_other_names_is_refused_with_what_to_write():
    """A panel is built from the keys by name; the frame is not changed on the way."""
    frame = pd.DataFrame({"x": 1.0}, INDEX.set_names(["city", "year"]))
    with pytest.raises(DataError) as caught:
        Panel(frame)
    assert printed(caught.value.problems) == [
        (
            "A panel is indexed by entity and period, not by ['city', 'year'].\n"
            "  remedy: use frame.set_index([entity, period])."
        )
    ]
    assert printed(caught.value.problems, "zh") == [
        "面板以个体和时期为索引，而不是 ['city', 'year']。\n  办法：请使用 frame.set_index([entity, period])。"
    ]
    assert frame.index.names == ["city", "year"]


def test_a_table_without_rows_is_said_alone():
    """Nothing else is to be said of it."""
    problems = check_panel(panel_of(pd.DataFrame({"x": []}, INDEX[:0], dtype=float)))
    assert (printed(problems), printed(problems, "zh")) == (
        ["The table has no rows."],
        ["表格没有数据行。"],
    )


def test_of_many_constant_columns_the_rest_is_counted():
    """The first are named one by one, and the number of the others is that of their names."""
    frame = pd.DataFrame({f"c{i:02}": 1.0 for i in range(SHOWN + 5)}, INDEX)
    problems = check_panel(panel_of(frame))
    rest = [problem for problem in problems if problem.beside]
    assert len(problems) == SHOWN + 1
    assert printed(rest) == ["5 more columns are constant or empty.\n  remedy: leave them out."]
    assert printed(rest, "zh") == ["另有 5 列为常数或空列。\n  办法：请剔除这些列。"]
    assert rest[0].beside == tuple(f"c{SHOWN + i:02}" for i in range(5))
