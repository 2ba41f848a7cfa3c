"""`xinzhi update` with sources of every kind: folders, records, series, several sources of one workbook."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from cli_runner import call

pytestmark = pytest.mark.long

CITIES = ("张家口市", "承德市", "唐山市", "邯郸市", "邢台市", "大同市", "长治市", "晋城市")
YEARS = range(2015, 2020)
STUDY = """\
title: Eight cities
sources:
{sources}
panel: {{from: [{panel}]}}
{prepare}
efficiency: {{e: {{inputs: [x], good_outputs: [y]}}}}
variables: {{e: {{from: e}}, x: {{column: x}}{more}}}
tables: {{base: {{outcome: e, effects: [entity], columns: [{{x: [{regressor}]}}]}}}}
report: {{formats: [md], languages: [en]}}
"""


def panel(years=YEARS, *, columns=("x", "y"), shift=0) -> pd.DataFrame:
    """Make rows of eight cities; `shift` changes every second figure of y."""
    rows = [
        {
            "city": city,
            "year": year,
            "x": 3 + (i * year) % 7,
            "y": 2 + (i + year) % 5 + shift * (i % 2),
        }
        for i, city in enumerate(CITIES, 1)
        for year in years
    ]
    return pd.DataFrame(rows)[["city", "year", *columns]]


def study(folder: Path, sources: str, *, names="data", prepare="", more="", regressor="x") -> Path:
    """Write the study file."""
    folder.mkdir(exist_ok=True)
    text = STUDY.format(
        sources=sources, panel=names, prepare=prepare, more=more, regressor=regressor
    )
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return folder


def update(folder: Path, *words: object) -> list[str]:
    """Update in English; the lines that are printed."""
    return call("update", folder, *words, "--lang", "en", "--progress", "plain").stdout.splitlines()


def undone(folder: Path, before: dict[Path, bytes]) -> None:
    """Undo, and find every file of the study as it was, and no other."""
    call("update", folder, "--undo", "--lang", "en")
    assert files(folder) == before


def files(folder: Path) -> dict[Path, bytes]:
    """Give the files of a study that are the user's."""
    ours = {"updates", "results"}
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ours.isdisjoint(path.relative_to(folder).parts)
    }


def scored(folder: Path) -> int:
    return len(pd.read_csv(folder / "results/scores.csv"))


def test_a_file_of_a_folder_is_replaced_and_a_new_one_joins_it(tmp_path):
    """The source reads all files of the folder: the one with the same keys is replaced, a new year comes beside."""
    folder = study(tmp_path / "s", "  data: {files: [years], entity: city, period: year}")
    (folder / "years").mkdir()
    for year in YEARS:
        panel([year]).to_csv(folder / f"years/{year}.csv", index=False)
    text = (folder / "study.yaml").read_bytes()
    before = files(folder)
    came = tmp_path / "came"
    came.mkdir()
    panel([2019], shift=1).to_csv(came / "revised.csv", index=False)
    panel([2020]).to_csv(came / "2020.csv", index=False)
    said = update(folder, came)

    assert "revised.csv replaces years/2019.csv." in said
    assert (
        next(line for line in said if line.startswith("2020.csv holds further periods only"))
    ).endswith("as years/2020.csv.")
    assert "  4 cells differ; the largest: " in "\n".join(said)
    assert (folder / "years/2019.csv").read_bytes() == (came / "revised.csv").read_bytes()
    assert (folder / "years/2020.csv").read_bytes() == (came / "2020.csv").read_bytes()
    assert (folder / "study.yaml").read_bytes() == text  # the folder is named, not its files
    assert scored(folder) == len(CITIES) * 6
    undone(folder, before)


def test_a_series_is_replaced_by_its_keys(tmp_path):
    """A table by industry and year has no entities: the rows that differ are named by its own keys."""
    folder = study(
        tmp_path / "s",
        "  data: {file: data.csv, entity: city, period: year}\n"
        "  census: {file: census.csv, kind: series, keys: [city, industry]}\n"
        "  nation: {file: nation.csv, kind: series, keys: [industry]}\n"
        "  robots: {file: robots.csv, kind: series, keys: [industry, year]}",
        prepare="prepare: [{density: {step: exposure, shares: census, national: nation, shocks: robots}}]",
        more=", d: {column: density}",
        regressor="d",
    )
    panel().to_csv(folder / "data.csv", index=False)
    jobs = [(c, i, 100 + 7 * k + 11 * m) for k, c in enumerate(CITIES) for m, i in enumerate("ab")]
    pd.DataFrame(jobs, columns=["city", "industry", "jobs"]).to_csv(
        folder / "census.csv", index=False
    )
    pd.DataFrame([("a", 9000), ("b", 8000)], columns=["industry", "jobs"]).to_csv(
        folder / "nation.csv", index=False
    )
    stock = [(i, y, 5 * (y - 2014) ** (1 + m)) for m, i in enumerate("ab") for y in YEARS]
    robots = pd.DataFrame(stock, columns=["industry", "year", "robots"])
    robots.to_csv(folder / "robots.csv", index=False)
    before = files(folder)
    newer = tmp_path / "stock of robots.csv"
    robots.assign(robots=robots["robots"].where(robots["year"] != 2019, 99)).to_csv(
        newer, index=False
    )
    said = update(folder, newer)

    assert said[:3] == [
        "stock of robots.csv replaces robots.csv.",
        "  Source 'robots': 10 rows before, 10 now.",
        "  2 cells differ; the largest: a 2019 robots 25 → 99, b 2019 robots 125 → 99.",
    ]
    assert "Efficiency scores: 0 of 40 changed." in said
    assert "Coefficients: 1 of 1 changed." in said
    undone(folder, before)


def test_records_are_counted_and_replaced(tmp_path):
    """Records have no keys: they are counted, and what they make is computed again."""
    folder = study(
        tmp_path / "s",
        "  data: {file: data.csv, entity: city, period: year}\n"
        "  firms: {file: firms.csv, kind: records, id: id, date: founded, place: address}",
        prepare="prepare: [{entries: {step: new_firms, from: firms, per: 1}}]",
        more=", f: {column: entries}",
        regressor="f",
    )
    panel().to_csv(folder / "data.csv", index=False)
    rows = [
        (f"{k}-{year}-{n}", f"{year}-05-0{n + 1}", f"{city}开发区")
        for k, city in enumerate(CITIES)
        for year in YEARS
        for n in range(1 + (k * year) % 4)
    ]
    firms = pd.DataFrame(rows, columns=["id", "founded", "address"])
    firms.to_csv(folder / "firms.csv", index=False)
    before = files(folder)
    more = pd.concat([firms, firms.assign(id=firms["id"] + "x").head(9)])
    more.to_csv(tmp_path / "firms.csv", index=False)
    said = update(folder, tmp_path / "firms.csv")

    assert said[:2] == [
        "firms.csv replaces firms.csv.",
        f"  Source 'firms': {len(firms)} rows before, {len(more)} now.",
    ]
    assert "Coefficients: 1 of 1 changed." in said
    assert (folder / "firms.csv").read_bytes() == (tmp_path / "firms.csv").read_bytes()
    undone(folder, before)
    few = tmp_path / "few" / "firms.csv"
    few.parent.mkdir()
    firms.head(5).to_csv(few, index=False)
    refused = call("update", folder, few, "--lang", "en", code=1).stderr
    assert (
        f"With firms.csv, {len(firms) - 5} of the {len(firms)} rows of 'firms' would be gone."
        in refused
    )
    assert files(folder) == before


def test_one_workbook_of_two_sources_is_replaced_once(tmp_path):
    """Both sheets are compared, each as its source reads it; the book lies in one place."""
    folder = study(
        tmp_path / "s",
        "  inputs: {file: book.xlsx, sheet: one, entity: city, period: year}\n"
        "  outputs: {file: book.xlsx, sheet: two, entity: city, period: year}",
        names="inputs, outputs",
    )

    def write(path: Path, shift: int) -> None:
        with pd.ExcelWriter(path) as book:
            panel(columns=["x"]).to_excel(book, sheet_name="one", index=False)
            panel(columns=["y"], shift=shift).to_excel(book, sheet_name="two", index=False)

    write(folder / "book.xlsx", 0)
    before = files(folder)
    write(tmp_path / "delivered.xlsx", 1)
    said = update(folder, tmp_path / "delivered.xlsx")

    assert said[0] == "delivered.xlsx replaces book.xlsx."
    assert "  Source 'inputs': every figure is as before." in said
    assert "  Source 'outputs': 40 rows before, 40 now." in said
    record = json.loads((folder / "updates/1/update.json").read_bytes())
    assert [file["place"] for file in record["files"]] == ["book.xlsx"]
    assert (folder / "book.xlsx").read_bytes() == (tmp_path / "delivered.xlsx").read_bytes()
    undone(folder, before)


def test_expectations_hold_for_the_files_as_they_will_be(tmp_path):
    """A new year beside the old file counts with it: too few rows, or a figure out of range, is said before."""
    folder = study(tmp_path / "s", "  data: {file: data.csv, entity: city, period: year}")
    panel().to_csv(folder / "data.csv", index=False)
    expected = """\
sources:
  data:
    primaryKey: [city, year]
    rows: {minimum: 48}
    fields: [{name: y, type: number, constraints: {maximum: 20}}]
"""
    (folder / "expectations.yaml").write_text(expected, encoding="utf-8")
    before = files(folder)
    year = tmp_path / "2020.csv"
    wrong = panel([2020])
    wrong.loc[0, "y"] = 999
    wrong.to_csv(year, index=False)
    refused = call("update", folder, year, "--lang", "en", code=1).stderr
    assert "1 figure of 'y' of 'data' is outside at most 20: 张家口市 2020 999." in refused
    assert "has 40 rows" not in refused
    assert files(folder) == before
    assert not (folder / "results").exists()

    panel([2020]).to_csv(year, index=False)
    update(folder, year)
    assert scored(folder) == 48
