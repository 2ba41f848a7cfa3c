"""The studies whose tables are compared cell by cell, each run once."""

from __future__ import annotations

import pytest

import made_cells


@pytest.fixture(scope="session")
def mechanism(tmp_path_factory):
    return made_cells.mechanism(tmp_path_factory.mktemp("mechanism"))


@pytest.fixture(scope="session")
def everything(tmp_path_factory):
    return made_cells.everything(tmp_path_factory.mktemp("everything"))


@pytest.fixture(scope="session")
def scored(tmp_path_factory):
    return made_cells.scores(tmp_path_factory.mktemp("scores"))


@pytest.fixture(scope="session")
def resampled(tmp_path_factory):
    return made_cells.resampled(tmp_path_factory.mktemp("resampled"))
