"""The study of the provinces, run once for all tests about it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from cli_runner import call
from needs import CASES
from places import SHARED

STUDY = Path(__file__).parent / "provinces.yaml"


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    data = SHARED / "data" / "province_panel.csv"
    if not data.is_file():
        pytest.skip(CASES)
    folder = tmp_path_factory.mktemp("provinces")
    shutil.copy(STUDY, folder / "study.yaml")
    shutil.copy(data, folder)
    call("run", folder)
    return folder


@pytest.fixture(scope="session")
def raw(folder) -> pd.DataFrame:
    return pd.read_csv(folder / "province_panel.csv").set_index(["province_zh", "year"])


@pytest.fixture(scope="session")
def scores(folder) -> pd.DataFrame:
    table = pd.read_csv(folder / "results" / "scores.csv", encoding="utf-8-sig")
    return table.pivot_table(index=["entity", "period"], columns="measurement", values="score")
