"""Which warnings about columns reach the reader of a study."""

from __future__ import annotations

import pytest

from xinzhi.errors import Problem, Where
from xinzhi.study.notices import matters
from xinzhi.study.schema.study import StudySpec

SPEC = StudySpec.model_validate(
    {
        "title": "t",
        "panel": {"from": ["data"]},
        "sources": {"data": {"file": "a.csv", "entity": "city", "period": "year"}},
        "variables": {"y": {"column": "score"}},
        "groups": {"region": {"column": "part"}},
    }
)


@pytest.mark.parametrize(
    ("code", "column", "is_told"),
    [
        ("plausible.levels", "part", True),
        ("plausible.repeated", "score", True),
        ("plausible.repeated", "raw", False),
        ("plausible.growth_rate", "raw", True),
        ("plausible.growth_rate", "other", False),
        ("plausible.common_break", "raw", True),
        ("plausible.levels", "raw", False),
        ("plausible.code", "other", True),
        ("plausible.zero", "city", True),
    ],
)
def test_a_warning_reaches_the_study_where_its_column_is_used(code, column, is_told):
    """Of variables, groups and keys; of what is behind prepared columns the disasters; codes always."""
    warning = Problem(code, "", Where(column=column), severity="warning")

    assert matters(warning, SPEC, {"raw"}) == is_told
