"""All raw sources of a twin, written into a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from simulation import industries, penalties, registry
from simulation.blemishes import (
    science_blanks,
    with_blanks,
    with_old_names,
)
from simulation.files import (
    write_registry,
    write_terms,
    write_text_table,
    write_workbook,
)
from simulation.run import Twin
from simulation.waste import split
from simulation.yearbook import (
    UNITS,
    Activity,
    finance,
    new_firms,
    yearbook,
)

FILES = (
    "simulated_yearbook.xlsx",
    "simulated_digital_finance.xlsx",
    "simulated_new_firms.csv",
    "simulated_census_2008.csv",
    "simulated_national_2008.csv",
    "simulated_national_employment.csv",
    "simulated_robots.csv",
    "simulated_enterprises.csv",
    "simulated_firms.parquet",
    "simulated_penalty_cases.csv",
    "emerging_codes.csv",
    "emerging_terms.yaml",
    "penalty_terms.yaml",
)
FULL_WIDTH_CELL = (100, "城镇人口")
SAMPLE = "Sample for the simulated example; not checked against the official classification."


def write_sources(twin: Twin, folder: Path, seed: int) -> None:
    """Write all raw files of a twin."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed + 1)
    activity = activity_of(rng, twin)
    _write_yearbook(rng, twin, activity, folder)
    write_workbook(
        folder / "simulated_digital_finance.xlsx",
        finance(twin.places, twin.cells),
        sheet="模拟指数",
    )
    write_text_table(folder / "simulated_new_firms.csv", new_firms(twin.places, twin.counts))
    _write_industries(rng, twin, folder)
    _write_records(rng, twin, folder)


def activity_of(rng: np.random.Generator, twin: Twin) -> Activity:
    """Return what the cities use, make and emit."""
    books, world = twin.books, twin.world
    growth = books.growth_index.copy()
    growth[:, 0] = np.round(110 + rng.normal(0, 1.5, len(growth)), 1)
    return Activity(
        books.labour,
        world.investment,
        world.price_index,
        books.power,
        growth,
        books.base,
        world.given.deflator,
        split(rng, books.waste).pollutants.reshape(*books.waste.shape, 3),
    )


def _write_yearbook(rng: np.random.Generator, twin: Twin, activity: Activity, folder: Path) -> None:
    table = yearbook(rng, twin.places, twin.cells, twin.counts, activity)
    table = with_old_names(with_blanks(science_blanks(rng, table), twin.blanks))
    table = pd.concat([table, table.iloc[[len(table) // 2]]], ignore_index=True)
    write_workbook(
        folder / "simulated_yearbook.xlsx",
        table.astype(object),
        sheet="模拟年鉴",
        units=UNITS,
        full_width=FULL_WIDTH_CELL,
    )


def _write_industries(rng: np.random.Generator, twin: Twin, folder: Path) -> None:
    density = industries.yearly_density(twin.machines)
    numbers = industries.enterprises(rng, twin.cells, density)
    first, yearly, robots = industries.national_tables(twin.machines)
    write_text_table(
        folder / "simulated_census_2008.csv", industries.census_table(twin.places, twin.employment)
    )
    write_text_table(folder / "simulated_national_2008.csv", first)
    write_text_table(folder / "simulated_national_employment.csv", yearly)
    write_text_table(folder / "simulated_robots.csv", robots)
    write_text_table(
        folder / "simulated_enterprises.csv", industries.enterprise_table(twin.places, numbers)
    )


def _write_records(rng: np.random.Generator, twin: Twin, folder: Path) -> None:
    firms = registry.registry(rng, twin.places, twin.counts.emerging)
    write_registry(folder / "simulated_firms.parquet", firms)
    cases = penalties.penalties(rng, twin.places, twin.counts.cases)
    write_text_table(folder / "simulated_penalty_cases.csv", cases, encoding="gb18030")
    write_text_table(folder / "emerging_codes.csv", registry.code_table())
    write_terms(folder / "emerging_terms.yaml", registry.term_lists(), SAMPLE)
    terms = {"pollution": {"include": list(penalties.INCLUDE)}}
    write_terms(folder / "penalty_terms.yaml", terms, SAMPLE)
