"""Each cell of a publication table, in each of its formats, is the number that it shows: row, column, digits, marks."""

from __future__ import annotations

import io
import json
import math
import re

import docx
import openpyxl
import pandas as pd
import pytest

import xinzhi as xz
from cli_runner import call
from printed import digits
from printed_grids import displayed
from xinzhi.api.publication import FORMATS

COLUMNS = ["name", "estimate", "std_error", "p_value", "statistic", "ci_low", "ci_high"]
FITS = {
    "First": pd.DataFrame(
        [
            ("talent", -0.5123, 0.1, 0.0004, -5.123, -0.71, -0.3),
            ("firms", 12345.678, 2000.0, 0.03, 6.17, 8000.25, 16000.0),
            ("_cons", 0.0000123, 1.0, 0.95, 0.00001, -2.0, 2.0),
        ],
        columns=COLUMNS,
    ),
    "Second": pd.DataFrame(
        [
            ("patents", -1.5, 1.0, 0.2, -1.5, -3.5, 0.5),
            ("talent", 0.7001, 0.3, 0.06, 2.33, 0.1, 1.3),
        ],
        columns=COLUMNS,
    ),
}
"""Both signs, thousands, a tiny number; rows of one fit alone, and in another order."""
ROWS = ["talent", "firms", "patents", "_cons"]
LABELS = {"talent": "Talent", "firms": "Firms"}
PRINTED = {"talent": "Talent", "firms": "Firms", "patents": "patents", "_cons": "Constant"}
STYLES = {
    "usual": ("std_error", 3, {"***": 0.01, "**": 0.05, "*": 0.10}),
    "chinese_journal": ("t", 3, {"***": 0.01, "**": 0.05, "*": 0.10}),
    "aea": ("std_error", 3, {}),
    "apa": ("interval", 2, {"***": 0.001, "**": 0.01, "*": 0.05}),
}


def beneath(row, under, places):
    if under == "interval":
        return f"[{digits(row['ci_low'], places)}, {digits(row['ci_high'], places)}]"
    if under == "p":
        least = 10.0**-places
        is_below = row["p_value"] < least
        return f"(<{least:.{places}f})" if is_below else f"({row['p_value']:.{places}f})"
    return f"({digits(row[{'std_error': 'std_error', 't': 'statistic'}[under]], places)})"


def expected(under, places, marks):
    """The rows as they must stand: label, then a cell of each fit; the line beneath without a label."""
    found = []
    for name in ROWS:
        over, below = [PRINTED[name]], [""]
        for fit in FITS.values():
            rows = fit[fit["name"] == name].to_dict("records")
            if not rows:
                over.append("")
                below.append("")
                continue
            (row,) = rows
            star = next((mark for mark, level in marks.items() if row["p_value"] < level), "")
            over.append(digits(row["estimate"], places) + star)
            below.append(beneath(row, under, places) if under != "none" else "")
        found.append(over)
        if under != "none":
            found.append(below)
    return found


def of_markdown(content):
    lines = [line for line in content.decode().splitlines() if line.startswith("|")]
    grid = [[cell.strip().replace("\\", "") for cell in line[1:-1].split("|")] for line in lines]
    return [grid[0], *grid[2:]]


def of_latex(content):
    text = content.decode().partition(r"\toprule")[2].partition(r"\bottomrule")[0]
    text = re.sub(r"\\textsuperscript\{([^}]*)\}", r"\1", text).replace("$-$", "−")
    text = text.replace(r"\textless{}", "<").replace("{[}", "[").replace("{]}", "]")
    rows = [line for line in text.replace(r"\midrule", "").split(r"\\") if line.strip()]
    return [[cell.strip() for cell in row.split("&")] for row in rows]


def of_html(content):
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", content.decode(), re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    plain = [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]
    return [[cell.replace("&lt;", "<") for cell in row] for row in plain]


def of_word(content):
    return [
        [c.text for c in row.cells] for row in docx.Document(io.BytesIO(content)).tables[0].rows
    ]


def of_excel(content):
    """Cells as a person sees them, by the number and its format."""
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[-1]
    rows = [
        [
            displayed(cell.value, cell.number_format)
            if isinstance(cell.value, (int, float))
            else cell.value or ""
            for cell in row
        ]
        for row in sheet.iter_rows()
    ]
    at = next(i for i, row in enumerate(rows) if "(1) First" in row)
    return rows[at:]


READERS = {".md": of_markdown, ".tex": of_latex, ".html": of_html, ".docx": of_word, ".xlsx": of_excel}  # fmt: skip


def test_each_format_has_a_reader():
    """A new format of a table fails until it is read here."""
    assert set(READERS) == set(FORMATS)


@pytest.mark.parametrize("style", STYLES)
def test_cells_of_each_style_in_each_format(style):
    """Every cell by its row and column: sign, digits, thousands, stars, what stands beneath in its brackets."""
    table = xz.table(FITS, labels=LABELS, style=style)
    rows = expected(*STYLES[style])

    for suffix, read in READERS.items():
        head, *found = read(table.content(suffix))
        assert head == ["", "(1) First", "(2) Second"], suffix
        assert found[: len(rows)] == rows, suffix
    frame = table.to_frame()
    assert [[label, *cells] for label, cells in zip(frame.index, frame.to_numpy().tolist(), strict=True)][: len(rows)] == rows  # fmt: skip


@pytest.mark.one_in(4)
@pytest.mark.parametrize("under", ["std_error", "t", "p", "interval", "none"])
@pytest.mark.parametrize("places", [1, 4])
def test_what_stands_beneath(under, places):
    """Error, t, p, interval or nothing, with the digits that were asked for."""
    table = xz.table(FITS, labels=LABELS, under=under, decimals=places)

    found = of_markdown(table.content(".md"))[1:]
    assert found == expected(under, places, STYLES["usual"][2])
    assert of_word(table.content(".docx"))[1:] == found


def test_no_end_of_an_interval_reads_as_zero():
    """A small effect keeps two digits of both ends, as its estimate does: [0.00, 0.00] would say nothing."""
    fit = pd.DataFrame([("x", 2e-4, 5e-5, 0.001, 4.0, 1.02e-4, -2.98e-4)], columns=COLUMNS)
    table = xz.table({"A": fit}, style="apa")

    assert of_markdown(table.content(".md"))[1:] == [
        ["x", "0.00020**"],
        ["", "[0.00010, −0.00030]"],
    ]


def test_the_workbook_holds_the_numbers_themselves():
    """Unrounded, with their signs, in the row and column of what they show."""
    table = xz.table(FITS, labels=LABELS)
    sheet = openpyxl.load_workbook(io.BytesIO(table.content(".xlsx"))).worksheets[-1]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    for column, fit in enumerate(FITS.values(), 1):
        for row in fit.to_dict("records"):
            (at,) = [i for i, cells in enumerate(rows) if cells[0] == PRINTED[row["name"]]]
            assert math.isclose(rows[at][column], row["estimate"], rel_tol=1e-12)
            assert math.isclose(rows[at + 1][column], row["std_error"], rel_tol=1e-12)


def test_statistics_stand_under_their_columns():
    """N and each R² of each fit in its own column, under the name of the measure."""
    draw = pd.Series(range(240), dtype=float)
    index = pd.MultiIndex.from_product([[f"c{i}" for i in range(40)], range(2010, 2016)], names=["city", "year"])  # fmt: skip
    frame = pd.DataFrame({"x": ((draw * 37) % 101).to_numpy(), "w": ((draw * 53) % 89).to_numpy()}, index=index)  # fmt: skip
    frame["y"] = 0.2 * frame["x"] - 0.1 * frame["w"] + ((draw * 71) % 97).to_numpy()
    one = xz.fit(frame, outcome="y", regressors="x")
    two = xz.fit(frame.iloc[:180], outcome="y", regressors=("x", "w"), effects=("entity",))
    rows = {row[0]: row[1:] for row in of_markdown(xz.table([one, two]).content(".md"))}

    assert rows["Observations (N)"] == ["240", "180"]
    for word, key in (("R²", "r2"), ("Adjusted R²", "r2_adj"), ("Within R²", "r2_within")):
        assert rows[word] == [digits(fit.fit.to_dict()[key]) for fit in (one, two)], word
    assert len({*rows["R²"], *rows["Adjusted R²"], *rows["Within R²"]}) == 6


def test_the_command_sets_the_same_table(tmp_path):
    """`xinzhi table` of two files: the cells of `xz.table`, in the order of the files."""
    for name, fit in FITS.items():
        fit.to_csv(tmp_path / f"{name}.csv", index=False)
    files = [tmp_path / f"{name}.csv" for name in FITS]
    words = [word for key, label in LABELS.items() for word in ("--label", f"{key}={label}")]

    for style, (under, places, marks) in STYLES.items():
        shown = call("table", *files, *words, "--style", style, "--lang", "en").stdout
        assert of_markdown(shown.encode())[1:] == expected(under, places, marks), style


def test_the_summary_of_a_fit_holds_its_numbers():
    """`print(fit)` and its frame: each number under the heading of its own, as the JSON of the same."""
    index = pd.MultiIndex.from_product([[f"c{i}" for i in range(45)], range(2010, 2014)], names=["city", "year"])  # fmt: skip
    draw = pd.Series(range(len(index)), dtype=float).to_numpy()
    frame = pd.DataFrame({"x": (draw * 37) % 101, "w": (draw * 53) % 89}, index=index)
    frame["y"] = 0.2 * frame["x"] - 0.3 * frame["w"] + (draw * 71) % 97
    fit = xz.fit(frame, outcome="y", regressors=("x", "w"))
    text = repr(fit).splitlines()

    assert text[0].startswith(f"y: N {fit.n}, ")
    assert f"{fit.fit.to_dict()['r2_within']:.4f}" in text[0] or (
        f"{fit.fit.to_dict()['r2_adj']:.4f}" in text[0]
    )
    frame = fit.to_frame()
    heading = ["estimate", "std_error", "statistic", "p_value", "ci_low", "ci_high", "df"]
    assert [*frame.columns] == [*heading, "judge"]
    assert text[1:] == str(frame).splitlines()
    with pd.option_context("display.width", 200, "display.max_columns", 20):
        text = repr(fit).splitlines()
    assert text[1].split() == [*frame.columns]
    for name, line in zip(fit.names, text[-2:], strict=True):
        word, *cells, judge = line.split()
        assert (word, judge) == (name, fit.judge[fit.position(name)])
        own = [getattr(fit, key)[fit.position(name)] for key in heading]
        assert [float(cell) for cell in cells] == pytest.approx(own, rel=1e-4, abs=1e-6)
    assert json.loads(fit.to_frame().to_json())["estimate"]["w"] < 0
