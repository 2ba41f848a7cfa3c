"""Which warnings about columns reach the reader of a study: those of every column on which a result can rest."""

from __future__ import annotations

import pytest

from xinzhi.columns.plausible import RULES
from xinzhi.errors import Problem, Where
from xinzhi.study.notices import matters, used_columns
from xinzhi.study.schema.study import StudySpec

SPEC = StudySpec.model_validate(
    {
        "title": "t",
        "panel": {"from": ["data"]},
        "sources": {"data": {"file": "a.csv", "entity": "city", "period": "year"}},
        "prepare": [
            {"filled": {"step": "interpolate", "column": "raw"}},
            {"waste": {"step": "entropy_index", "columns": ["dust", "water"]}},
            {"rich": {"step": "expression", "expression": "ln(gdp / people) + lag(filled)"}},
            {
                "stock": {
                    "step": "capital_stock",
                    "investment": "invested",
                    "price": "prices",
                    "depreciation": 0.096,
                    "initial": {"rule": "ratio", "denominator": 0.1},
                }
            },
        ],
        "variables": {"y": {"column": "score"}},
        "groups": {"region": {"column": "part"}},
    }
)
BY_STEPS = ("raw", "dust", "water", "gdp", "people", "filled", "invested", "prices")
CODES = [f"plausible.{name}" for name in RULES.names()]


@pytest.mark.parametrize("code", [*CODES, "type.text", "unit.jump"])
@pytest.mark.parametrize("column", ["score", "part", "city", *BY_STEPS])
def test_a_warning_reaches_the_study_where_its_column_is_used(code, column):
    """Of variables, groups, keys and of all that a step reads, whatever rule doubts it."""
    assert matters(Problem(code, "", Where(column=column), severity="warning"), SPEC)


@pytest.mark.parametrize("code", CODES)
def test_a_column_that_nothing_reads_is_left_alone(code):
    """Only a code that does not tell cities apart matters whatever is used."""
    warning = Problem(code, "", Where(column="other"), severity="warning")
    assert matters(warning, SPEC) == (code == "plausible.code")


def test_a_warning_about_several_columns_reaches_the_study_by_any():
    """Miners above the employed doubt both, though only one of them is used."""
    where = Where(column="other")
    for beside, is_told in ((("raw",), True), (("another",), False), (("another", "score"), True)):
        warning = Problem("plausible.part_above_whole", "", where, "", "warning", beside)
        assert matters(warning, SPEC) == is_told


def test_the_columns_on_which_results_rest():
    """Names of expressions and of lists, not the words of other options."""
    assert used_columns(SPEC) >= {"score", "part", "city", "year", *BY_STEPS}
    assert not used_columns(SPEC) & {"other", "ln", "lag"}
