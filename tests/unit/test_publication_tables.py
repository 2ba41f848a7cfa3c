"""`xz.table`: fits of any program side by side; every printed cell is compared with its number."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import docx
import linearmodels
import numpy as np
import openpyxl
import pandas as pd
import pytest
import statsmodels.api as sm

import xinzhi as xz
from cli_runner import attempt, call
from xinzhi_core.errors import DataError, ReportError, SpecError


@pytest.fixture(scope="module")
def frame():
    """Thirty cities over six years."""
    rng = np.random.default_rng(4)
    index = pd.MultiIndex.from_product([[f"c{i:02}" for i in range(30)], range(2008, 2014)])
    frame = pd.DataFrame(rng.normal(size=(len(index), 3)), index=index, columns=["x", "w", "e"])
    return frame.rename_axis(index=["city", "year"]).assign(y=0.3 * frame["x"] + frame["e"])


@dataclass
class Pyfixest:
    """What a fit of pyfixest offers, with its own headings."""

    table: pd.DataFrame
    _depvar: str = "y"
    _fixef: str = "city+year"
    _N: int = 180
    _r2: float = 0.5
    _adj_r2: float = 0.4
    _r2_within: float = 0.1
    _vcov_type_detail: str = "CRV1"

    def tidy(self):
        """Give the estimates, one row a coefficient."""
        return self.table

    def coef(self):
        """Give the slopes."""
        return self.table["Estimate"]


def pyfixest(frame):
    own = xz.fit(frame, outcome="y", regressors="x", cluster="city").to_frame().iloc[:, :6]
    names = ["Estimate", "Std. Error", "t value", "Pr(>|t|)", "2.5%", "97.5%"]
    return Pyfixest(own.set_axis(names, axis="columns").rename_axis(index="Coefficient"))


def fits(frame):
    """The same slope by four programs, and from a file."""
    flat = frame.reset_index()
    own = xz.fit(frame, outcome="y", regressors="x", controls="w", cluster="city")
    panel = linearmodels.PanelOLS(
        frame["y"], frame[["x", "w"]], entity_effects=True, time_effects=True
    )
    return {
        "ours": own,
        "pyfixest": pyfixest(frame),
        "statsmodels": sm.OLS(flat["y"], sm.add_constant(flat[["x", "w"]])).fit(cov_type="HC1"),
        "linearmodels": panel.fit(cov_type="clustered", cluster_entity=True),
        "file": own.to_frame().reset_index(),
    }


PARTS = {
    "ours": lambda f: (
        f.to_frame().loc["x", ["estimate", "std_error", "p_value", "statistic"]],
        f.n,
    ),
    "pyfixest": lambda f: (f.table.loc["x"].iloc[[0, 1, 3, 2]], f._N),
    "statsmodels": lambda f: (
        (f.params["x"], f.bse["x"], f.pvalues["x"], f.tvalues["x"]),
        int(f.nobs),
    ),
    "linearmodels": lambda f: (
        (f.params["x"], f.std_errors["x"], f.pvalues["x"], f.tstats["x"]),
        int(f.nobs),
    ),
    "file": lambda f: (
        f.set_index("name").loc["x", ["estimate", "std_error", "p_value", "statistic"]],
        None,
    ),
}


def stars(p):
    return "***" if p < 0.01 else "**" if p < 0.05 else "*" if p < 0.1 else ""


def cells(text):
    """Cells of a table of Markdown by the words of their row."""
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip().replace("\\", "").replace("−", "-") for cell in row] for row in rows]


@pytest.mark.parametrize("under", ["std_error", "t", "p"])
def test_every_cell_is_the_number_of_its_program(under, frame):
    """Slope with stars, what stands under it, and N, for all five."""
    found = fits(frame)

    rows = cells(xz.table(found, under=under, labels={"x": "Talent"}).to_markdown())

    at = next(i for i, row in enumerate(rows) if row[0] == "Talent")
    observations = next(row for row in rows if row[0] == "Observations (N)")
    for column, (name, fit) in enumerate(found.items(), 1):
        (estimate, error, p, t), n = PARTS[name](fit)
        assert rows[at][column] == f"{estimate:.3f}{stars(p)}"
        beneath = f"{ {'std_error': error, 't': t, 'p': p}[under]:.3f}"
        is_tiny = under == "p" and p < 0.001
        assert rows[at + 1][column] == ("(<0.001)" if is_tiny else f"({beneath})")
        assert observations[column] == ("" if n is None else str(n))
        assert name in rows[0][column]


def test_presets_say_what_journals_ask_for(frame):
    """No stars for the AEA, t statistics in Chinese journals, intervals for the APA."""
    fit = fits(frame)["ours"]
    one = fit.to_frame().loc["x"]

    aea, zh, apa = (
        xz.table(fit, style=style, language=language).to_markdown()
        for style, language in (("aea", "en"), ("chinese_journal", "zh"), ("apa", "en"))
    )

    assert "\\*" not in aea
    assert f"({one['statistic']:.3f})" in zh.replace("−", "-")
    assert "t 统计量" in zh
    assert f"[{one['ci_low']:.2f}, {one['ci_high']:.2f}]" in apa.replace("−", "-").replace("\\", "")


def test_rows_are_chosen_and_what_is_left_out_is_named(frame):
    """Controls without rows stand in a note, under their labels."""
    table = xz.table(fits(frame)["ours"], left_out=["w"], labels={"w": "Openness"})

    text = table.to_markdown()
    assert [row[0] for row in cells(text) if row[0] in {"x", "w", "Openness"}] == ["x"]
    assert "Not shown: Openness." in text


def test_all_formats_hold_the_same_numbers(tmp_path, frame):
    """Word, Excel, LaTeX, HTML, Markdown, from `save` and from the methods."""
    fit = fits(frame)["ours"]
    table = xz.table({"OLS": fit}, title="Effects of talent")
    one = fit.to_frame().loc["x"]
    printed = f"{one['estimate']:.3f}"

    word = docx.Document(io.BytesIO(table.to_docx()))
    grid = [[cell.text for cell in row.cells] for row in word.tables[0].rows]
    slope = next(row for row in grid if row[0] == "x")[1]
    assert slope.replace("−", "-") == printed + stars(one["p_value"])
    book = openpyxl.load_workbook(io.BytesIO(table.to_xlsx()))
    numbers = [c.value for sheet in book for row in sheet.iter_rows() for c in row]
    assert any(
        isinstance(v, float) and v == pytest.approx(one["estimate"], rel=1e-12) for v in numbers
    )
    assert r"\toprule" in table.to_latex()
    for text in (table.to_latex(), table.to_html(), table.to_markdown()):
        assert printed.lstrip("-") in text.replace("\\.", ".")
    for suffix in (".docx", ".xlsx", ".tex", ".html", ".md"):
        path = table.save(tmp_path / f"table{suffix}")
        assert path.stat().st_size > 200
    assert "Effects of talent" in (tmp_path / "table.html").read_text(encoding="utf-8")


def test_a_file_that_is_there_is_not_lost(tmp_path, frame):
    """Overwriting is said; a suffix that is not a format has its nearest."""
    table = xz.table(fits(frame)["ours"])
    (tmp_path / "a.md").write_text("mine", encoding="utf-8")

    with pytest.raises(ReportError):
        table.save(tmp_path / "a.md")
    assert (tmp_path / "a.md").read_text(encoding="utf-8") == "mine"
    with pytest.raises(SpecError, match=re.escape("did you mean '.docx'")):
        table.save(tmp_path / "a.doc")


@pytest.mark.parametrize(
    ("fit", "options", "words"),
    [
        (object(), {}, "type object is not known"),
        (pd.DataFrame({"a": [1.0]}), {}, "no column 'name'"),
        (pd.DataFrame({"name": ["x"], "estimate": ["0.5*"]}), {}, "without stars"),
        ({}, {}, "No fit"),
        (None, {"style": "aer"}, "did you mean 'aea'"),
        (None, {"under": "se"}, "std_error"),
        (None, {"rows": ["talent"]}, "talent"),
    ],
)
def test_what_cannot_be_printed_is_said(fit, options, words, frame):
    """With the remedy, or the nearest word."""
    with pytest.raises((SpecError, DataError), match=re.escape(words)):
        xz.table(fits(frame)["ours"] if fit is None else fit, **options)


def test_the_command_reads_estimates_of_any_program(tmp_path, frame):
    """A tidy csv of R, several regressions told apart by a column, as Word and on the console."""
    own = fits(frame)["ours"].to_frame()[["estimate", "std_error", "p_value"]]
    tidy = own.set_axis(["estimate", "std.error", "p.value"], axis="columns").rename_axis("term")
    both = pd.concat({"one": tidy, "two": tidy * 2}, names=["column"]).reset_index()
    both.to_csv(tmp_path / "tidy.csv", index=False)

    shown = call("table", tmp_path / "tidy.csv", "--label", "x=Talent", "--lang", "en")
    call("table", tmp_path / "tidy.csv", "--output", tmp_path / "t.docx", "--lang", "zh")

    row = next(row for row in cells(shown.stdout) if row[0] == "Talent")
    assert row[1].startswith(f"{own.loc['x', 'estimate']:.3f}")
    assert row[2].startswith(f"{2 * own.loc['x', 'estimate']:.3f}")
    assert "(1) one" in shown.stdout
    assert docx.Document(str(tmp_path / "t.docx")).tables
    refused = attempt(
        "table", tmp_path / "tidy.csv", "--output", tmp_path / "t.docx", "--lang", "en"
    )
    assert refused.code != 0


def test_a_pasted_table_keeps_its_three_rules(frame):
    """Rules stand on cells, thick above the head and below the last row, thin between: also in a word processor."""
    html = xz.table(fits(frame)["ours"]).to_html()
    rows = re.findall(r"<tr>(.*?)</tr>", html)

    assert "1.5pt" in rows[0]
    assert all("border-top:1.5pt" in cell for cell in re.findall("<t[hd][^>]*>", rows[0]))
    assert all("border-bottom:1.5pt" in cell for cell in re.findall("<t[hd][^>]*>", rows[-1]))
    assert html.count("border-bottom:0.75pt") == len(re.findall("<t[hd]", rows[-1]))
