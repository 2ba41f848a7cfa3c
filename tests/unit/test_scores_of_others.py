"""Tables of scores from another program in which nothing can be compared: what is said, and what helps."""

from __future__ import annotations

import pandas as pd
import pytest

import xinzhi as xz
from xinzhi_core.errors import DataError
from xinzhi_core.wording import say

OURS = pd.DataFrame(
    {"city": ["A", "B", "C"], "year": 2001, "x": [2.0, 4.0, 3.0], "y": [1.0, 3.0, 2.0]}
)


@pytest.mark.parametrize(
    ("theirs", "what", "zh", "remedy", "key"),
    [
        (
            {"city": ["A", "B"], "first": [1.0, 2.0], "second": [2.0, 3.0]},
            "Several columns could be the scores: first, second.",
            "有多列可能是得分：first, second。",
            "name it: column=….",
            "column",
        ),
        (
            {"city": ["A", "B"], "first": ["high", "low"]},
            "No column of the other program holds numbers.",
            "对方软件的表中没有数值列。",
            "name it: column=….",
            "column",
        ),
        (
            {"city": ["X", "Y"], "score": [1.0, 2.0]},
            "No row of the other program is one of the data: 'X' there, 'A 2001' here.",
            "对方软件的各行都不在数据中：对方为“X”，此处为“A 2001”。",
            "use the same names, and name the columns of entity and period.",
            None,
        ),
    ],
)
def test_a_table_that_cannot_be_compared_is_refused(theirs, what, zh, remedy, key):
    """Which column, and the first name on either side."""
    with pytest.raises(DataError) as refused:
        xz.explain_scores(
            OURS,
            theirs=pd.DataFrame(theirs),
            inputs="x",
            good_outputs="y",
            entity="city",
            period="year",
            their_entity="city",
        )

    (problem,) = refused.value.problems
    assert (str(problem.what), str(problem.remedy)) == (what, remedy)
    assert say(problem.what, "zh") == zh
    assert problem.where.key == key
