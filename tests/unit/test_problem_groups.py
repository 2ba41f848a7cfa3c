"""Problems by cause: root causes first, a count, three examples, nothing lost."""

from __future__ import annotations

import pytest

from xinzhi_core.errors import DataError, Problem, Where, group_problems
from xinzhi_core.wording import message


def cell(row: int, column: str = "x", *, file: str = "a.csv", text: str = "三") -> Problem:
    return Problem(
        "number.text",
        message("'{cell}' is not a number.", cell=text),
        Where(file=file, row=row, column=column),
        message("write a number."),
    )


UNMATCHED = Problem("files.matched", "12 of 14 match.", Where(key="sources"), severity="warning")
MISSING = Problem("data.missing_column", "Column 'city' is not in the data.")
UNKNOWN = Problem("names.unknown", "'芜胡' is not a city.")
OPTION = Problem("option.unknown", "'sbn' is not a choice.")
DOUBT = Problem("panel.gap", "Rows are missing.", severity="warning")


def test_root_causes_come_before_what_follows_from_them():
    """The study file, files that do not match, keys and columns, names, cells; warnings at the end."""
    found = group_problems([DOUBT, cell(3), UNKNOWN, MISSING, UNMATCHED, OPTION, cell(4)])

    assert [group.first.code for group in found] == [
        "option.unknown",
        "files.matched",
        "data.missing_column",
        "names.unknown",
        "number.text",
        "panel.gap",
    ]


def test_a_group_is_one_kind_in_one_file_and_loses_nothing():
    """Other words, another file or another severity is another group."""
    other = Problem("number.text", message("Text in a number."), Where(file="a.csv"))
    problems = [cell(2), cell(3, "y"), cell(2, file="b.csv"), other, cell(4)]

    found = group_problems(problems)

    assert [len(group.problems) for group in found] == [3, 1, 1]
    assert {p for group in found for p in group.problems} == set(problems)


def test_examples_stand_in_different_columns():
    """A thousand cells of one column do not hide those of another."""
    (group,) = group_problems([*(cell(row) for row in range(2, 1002)), cell(7, "y"), cell(8, "z")])

    assert [one.where.column for one in group.examples()] == ["x", "y", "z"]
    assert group.columns == {"x": 1000, "y": 1, "z": 1}


@pytest.mark.parametrize(
    ("language", "count"),
    [
        ("en", "1002 problems like this, in 3 columns: x (1000), y, z."),
        ("zh", "同类问题共 1002 个，涉及 3 列：x（1000）、y、z。"),
    ],
)
def test_a_large_group_is_six_lines_with_its_count(language, count):
    """What, three places, the remedy once, and how many there are."""
    cells = [*(cell(row) for row in range(2, 1002)), cell(7, "y"), cell(8, "z", text="四")]

    told = DataError(cells).in_words(language).splitlines()

    assert len(told) == 6
    assert told[-1].strip() == count
    assert any("四" in line and "8" in line for line in told)
    assert told[4].strip().startswith(("remedy", "办法"))


def test_few_problems_are_all_said():
    """Up to ten: each place is named, and each nearest name."""
    problems = [
        Problem(
            "data.missing_column", f"Column '{c}' is not in the data.", Where(column=c), f"'{c}r'?"
        )
        for c in "abcdef"
    ]

    told = str(DataError([*problems, cell(2), cell(3), cell(4), cell(5)]))

    assert all(f"'{c}r'?" in told for c in "abcdef")
    assert all(f"row {row}" in told for row in (2, 3, 4, 5))


def test_a_remedy_of_its_own_is_never_dropped():
    """Examples whose remedies differ are said whole."""
    words = [
        Problem(
            "option.unknown",
            message("'{w}' is unknown.", w=w),
            Where(column=w),
            f"did you mean {w}?",
        )
        for w in ("aa", "bb", "cc")
    ]

    told = DataError([*words, *(cell(row) for row in range(30))]).in_words()

    assert all(f"did you mean {w}?" in told for w in ("aa", "bb", "cc"))


def full_width(file: str, column: str = "k", *, severity="warning") -> Problem:
    text = message("Digits of '{column}' are of full width.", column=column)
    return Problem("number.full_width", text, Where(file=file, column=column), severity=severity)


def test_a_warning_that_several_files_share_is_one_that_names_them():
    """What is said once for each of several yearbooks takes one block."""
    (group,) = group_problems(full_width(f"{year}.csv") for year in (1, 2, 3))

    assert group.in_words() == (
        "Digits of 'k' are of full width.\n"
        "  where: 1.csv, column 'k'\n  where: 2.csv, column 'k'\n  where: 3.csv, column 'k'"
    )


def test_errors_of_several_files_stay_apart():
    """Each file is mended by itself."""
    assert len(group_problems(full_width(f"{year}.csv", severity="error") for year in (1, 2))) == 2
