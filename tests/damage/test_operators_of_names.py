"""Each damage to names, periods and units, written by each kind of file, is refused or warned of by its name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from damage.operators_of_names import CITY, EXPECTED, GDP, YEAR
from xinzhi_core.errors import StudyError
from xinzhi_panel.columns.seen import with_plausible
from xinzhi_panel.io.raw import LIMITS, ReadOptions
from xinzhi_panel.io.series import read_panel_here
from xinzhi_panel.places.strangers import doubt_strangers, read_judged

CITIES = (
    "大同",
    "唐山",
    "包头",
    "邯郸",
    "阳泉",
    "太原",
    "晋城",
    "朔州",
    "忻州",
    "长治",
    "吕梁",
    "临汾",
)
YEARS = range(2015, 2021)


def right_table():
    """Twelve cities over six years, no two figures alike."""
    random = np.random.default_rng(7)
    keys = pd.MultiIndex.from_product([CITIES, YEARS], names=[CITY, YEAR])
    frame = pd.DataFrame(index=keys).reset_index()
    level = np.repeat(random.uniform(300, 900, len(CITIES)), len(YEARS))
    growth = np.tile(1.06 ** np.arange(len(YEARS)), len(CITIES))
    noise = random.uniform(0.97, 1.03, (2, len(frame)))
    frame[GDP] = (level * growth * noise[0]).round(2)
    frame["用电"] = (level * 3 * growth * noise[1]).round(2)
    return frame


def to_csv(table, path):
    """Write text."""
    table.to_csv(path, index=False)


def to_xlsx(table, path):
    """Write a workbook."""
    table.to_excel(path, index=False)


def to_dta(table, path):
    """Write a file of Stata, whose variables have short names and carry these as labels."""
    names = {CITY: "city", YEAR: "year", GDP: "gdp", "用电": "power"}
    labels = {short: name for name, short in names.items()}
    table.rename(columns=names).to_stata(
        path, write_index=False, version=118, variable_labels=labels
    )


def to_parquet(table, path):
    """Write a file of columns."""
    table.to_parquet(path, index=False)


WRITERS = {"csv": to_csv, "xlsx": to_xlsx, "dta": to_dta, "parquet": to_parquet}


def read(table, kind, folder, **stated):
    """Write and read a table; give the panel, and the codes of what is said."""
    path = folder / f"table.{kind}"
    WRITERS[kind](table, path)
    try:
        # In this process: the child that guards foreign parsers reads by the same function.
        result = read_panel_here(
            path,
            entity=CITY,
            period=YEAR,
            sheet=None,
            units={},
            reading=ReadOptions(**stated),
            limits=LIMITS,
        )
    except StudyError as error:
        return None, {problem.code for problem in error.problems}
    said = (*result.warnings, *doubt_strangers(result.panel, result.warnings))
    return result, {problem.code for problem in with_plausible(result.panel, said)}


@pytest.mark.parametrize("kind", WRITERS)
def test_the_right_table_is_read_without_a_warning(kind, tmp_path):
    """What is damaged below is right before."""
    table = right_table()

    result, codes = read(table, kind, tmp_path)

    assert codes == set()
    panel = result.panel.frame.iloc[:, 0]
    right = table.set_index([CITY, YEAR])[GDP]
    assert panel.to_dict() == right.to_dict()


@pytest.mark.one_in(4)
@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("operator", EXPECTED, ids=lambda operator: operator.__name__)
def test_damage_is_named_whatever_the_file(operator, kind, tmp_path):
    """By the code of its kind; it is never read as if nothing were wrong."""
    _, codes = read(operator(right_table()), kind, tmp_path)

    assert EXPECTED[operator] in codes


@pytest.mark.parametrize("kind", WRITERS)
def test_rows_that_are_stated_to_be_left_out_are_gone_and_listed(kind, tmp_path):
    """The rest is the right table, and the reading log counts the rows of each name."""
    operator = next(one for one in EXPECTED if one.__name__ == "residual_rows")
    names = ("其他", "新疆生产建设兵团")

    result, codes = read(operator(right_table()), kind, tmp_path, leave_out=names)

    assert codes == set()
    assert result.panel.entities == tuple(sorted(CITIES))
    listed = [d for d in result.decisions if d.code == "names.left_out"]
    assert [(d.where.entity, d.count) for d in listed] == [(name, len(YEARS)) for name in names]
    assert "leave_out" in result.stated


def test_a_name_to_be_left_out_that_is_not_there_is_refused(tmp_path):
    """A line without effect is a slip; the nearest name is offered."""
    table = right_table()
    table.to_csv(tmp_path / "table.csv", index=False)

    with pytest.raises(StudyError) as caught:
        read_judged(
            tmp_path / "table.csv",
            entity=CITY,
            period=YEAR,
            reading=ReadOptions(leave_out=("大同市",)),
        )

    assert caught.value.code == "names.no_effect"
    assert str(caught.value) == (
        "No row of the data is called '大同市'.\n  where: read.leave_out\n  remedy: did you mean '大同'?"
    )
