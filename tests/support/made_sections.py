"""A made panel of ten places over six years on which one section of a study file runs in half a second."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from said import said
from xinzhi.study.run import run

HEAD = """\
title: Sections
sources: {data: {file: places.csv, kind: panel, entity: place, period: year}}
panel: {from: data}
"""
COLUMNS = (*("gdp", "labour", "waste", "talent", "firms", "policy", "control", "fixed", "common"),)
"""Columns that are variables of each study."""
BASE = "tables: {base: {outcome: gdp, columns: [{x: [talent]}]}}\n"
OF_SCORE = "tables: {base: {outcome: e, columns: [{x: [talent, control]}]}}\n"
GROUPS = "groups: {region: {column: region, east: [1], other: rest}}\n"
Change = Callable[[pd.DataFrame], pd.DataFrame]


def variables(*scores: str) -> str:
    """Declare the columns as variables, and scores."""
    columns = [f"{name}: {{column: {name}}}" for name in COLUMNS]
    return f"variables: {{{', '.join([*columns, *(f'{s}: {{from: {s}}}' for s in scores)])}}}\n"


def score(options: str = "measure: radial") -> str:
    """Measure a score `e` with these options, and declare the variables."""
    body = f"inputs: [labour, capital], good_outputs: [gdp], {options}"
    return f"efficiency: {{e: {{{body}}}}}\n" + variables("e")


def panel() -> pd.DataFrame:
    """Draw the panel: `fixed` never changes within a place, `common` never between places."""
    draw = np.random.default_rng(3)
    index = pd.MultiIndex.from_product(
        [list("ABCDEFGHIJ"), range(2001, 2007)], names=["place", "year"]
    )
    n, place, year = len(index), index.codes[0], index.codes[1]
    talent = draw.normal(size=n) + 5
    firms = 0.5 * talent + 0.3 * draw.normal(size=n) + 1
    labour, capital = draw.lognormal(3, 0.3, (2, n))
    noise = 0.1 * draw.normal(size=n)
    return pd.DataFrame(
        {
            "labour": labour,
            "capital": capital,
            "gdp": np.sqrt(labour * capital) * np.exp(0.1 * firms + 0.02 * place + noise),
            "waste": labour * np.exp(0.1 * draw.normal(size=n)),
            "talent": talent,
            "firms": firms,
            "policy": 1 + draw.uniform(size=n),
            "control": draw.normal(size=n) + 3,
            "fixed": place * 1.5 + 1,
            "common": year * year + 1.0,
            "region": place % 2,
        },
        index=index,
    )


def write_sections(folder: Path, text: str, change: Change | None = None) -> Path:
    """Write the panel and a study with these sections; returns the place of the study file."""
    frame = panel() if change is None else change(panel())
    frame.to_csv(folder / "places.csv", encoding="utf-8")
    (folder / "study.yaml").write_text(HEAD + text, encoding="utf-8")
    return folder / "study.yaml"


def told(folder: Path, text: str, change: Change | None = None) -> str:
    """Run a study with these sections; everything that it says in both languages, charts too."""
    return "\n".join(said(run(write_sections(folder, text, change)), drawn=True).values())
