"""The shared reference cases of econometrics: skipped where the folder is missing."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import needs

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT.parent / "shared" / "cases" / "econ"


def case(name: str) -> dict[str, Any]:
    """Read a reference case."""
    path = CASES / f"{name}.json"
    if not path.exists():
        pytest.skip(needs.CASES)
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def frame(found: dict[str, Any]) -> pd.DataFrame:
    """Read the data of a case, indexed (entity, period)."""
    data = (
        pd.DataFrame(found["data_inline"])
        if "data_inline" in found
        else pd.read_csv(CASES / found["data_file"])
    )
    keys = found.get("panel")
    if keys is None:
        return data.set_index(
            pd.MultiIndex.from_product([range(len(data)), [0]], names=["entity", "period"])
        )
    return data.rename(columns={keys["entity"]: "entity", keys["time"]: "period"}).set_index(
        ["entity", "period"]
    )


def agrees(found: object, expected: object, of: dict[str, Any]) -> None:
    """Hold numbers against a case at the case's own tolerance."""
    tolerance = of["tolerance"]
    np.testing.assert_allclose(
        np.asarray(found, float),
        np.asarray(list(expected.values()) if isinstance(expected, dict) else expected, float),
        rtol=tolerance["rel"],
        atol=tolerance["abs"],
    )


def r_witness(data: pd.DataFrame, script: str, *packages: str) -> dict[str, Any]:
    """Run an R script on the data (`d`, keys as columns) that fills a list `out`."""
    if shutil.which("Rscript") is None:
        pytest.skip(needs.R)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        data.reset_index().to_csv(path / "d.csv", index=False, float_format="%.17g")
        libraries = "\n".join(
            f'if (!suppressMessages(require("{p}", quietly=TRUE))) quit(status=77)'
            for p in packages
        )
        write = 'for (n in names(out)) cat(n, sprintf("%.17g", out[[n]]), "\\n", sep=" ")'
        (path / "s.R").write_text(
            f'{libraries}\nd <- read.csv("d.csv")\nout <- list()\n{script}\n{write}\n'
        )
        done = subprocess.run(
            ["Rscript", "--vanilla", "s.R"], cwd=path, capture_output=True, text=True, check=False
        )
    if done.returncode == 77:
        pytest.skip(f"{needs.R} ({', '.join(packages)})")
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines() if line.strip()]
    return {line[0]: np.array([float(cell) for cell in line[1:]]) for line in lines}


def simulated_panel(
    seed: int = 1, *, n_entities: int = 12, n_periods: int = 7, keep: float = 0.8
) -> pd.DataFrame:
    """Draw a small unbalanced panel with correlated effects, provinces and an industry."""
    draw = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product(
        [range(n_entities), range(2001, 2001 + n_periods)], names=["entity", "period"]
    )
    n = len(index)
    entity, period = index.codes
    alpha, tau = draw.normal(size=n_entities), draw.normal(size=n_periods)
    x1 = draw.normal(size=n) + alpha[entity]
    x2 = draw.normal(size=n) + tau[period]
    y = 0.5 * x1 - 0.3 * x2 + 2 * alpha[entity] + tau[period] + draw.normal(size=n)
    data = pd.DataFrame(
        {
            "y": y,
            "x1": x1,
            "x2": x2,
            "province": (entity // 3).astype(float),
            "industry": draw.integers(0, 4, size=n).astype(float),
        },
        index=index,
    )
    return data[draw.uniform(size=n) < keep]
