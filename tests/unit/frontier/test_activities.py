"""What is refused before anything is measured."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from cases_efficiency import activities
from xinzhi_core.errors import Gap, NotNumeric
from xinzhi_core.panel.panel import panel_of
from xinzhi_frontier.result import ActivityRoles, activities_of


def test_an_empty_column_is_one_sentence():
    """Of a column without any value only its name is said, not each of its cells."""
    with pytest.raises(Gap) as gaps:
        activities([[1, np.nan], [2, np.nan], [np.nan, np.nan]], [[1], [1], [1]])

    assert [(p.where.entity, p.where.column) for p in gaps.value.problems] == [
        (None, "x1"), ("d2", "x0"),
    ]  # fmt: skip


@pytest.mark.parametrize("cells", [["a", "b"], [date(2019, 1, 1), None]])
def test_a_column_that_is_no_number_is_refused_by_name(cells):
    """Text and dates end with a sentence, not with a crash."""
    index = pd.MultiIndex.from_tuples([("a", 1), ("b", 1)], names=["entity", "period"])
    panel = panel_of(pd.DataFrame({"x": [1.0, 2.0], "y": cells}, index=index))

    with pytest.raises(NotNumeric) as caught:
        activities_of(panel, ActivityRoles(inputs=("x",), good_outputs=("y",)))

    assert caught.value.problems[0].where.column == "y"
