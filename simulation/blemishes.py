"""Blank cells that linear interpolation fills exactly, and how the raw files are disfigured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from simulation.cells import Array, Cells

N_BLANKS = {"HEE": 5, "AYS": 3}
SCALE = {"HEE": 1000.0, "AYS": 1e4}
"""Smallest unit printed, per unit of the variable."""
COLUMNS = {"HEE": "高校在校学生", "AYS": "平均受教育年限"}
N_SCIENCE = 4
OLD_NAMES = (("普洱市", "思茅市", 2008), ("毕节市", "毕节地区", 2010))
"""City, its name of old, and the last year that the yearbook prints so."""
FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")


@dataclass(frozen=True, slots=True)
class Blanks:
    """Cells (city, year position) that are left empty, per variable."""

    cells: Mapping[str, tuple[tuple[int, int], ...]]
    shape: tuple[int, int]

    def held(self) -> dict[str, npt.NDArray[np.bool_]]:
        """Return which cells must stay: the blank ones and their neighbours."""
        found = {}
        for name, places in self.cells.items():
            hold = np.zeros(self.shape, dtype=bool)
            for city, year in places:
                hold[city, year - 1 : year + 2] = True
            found[name] = hold
        return found


def choose_blanks(rng: np.random.Generator, cells: Cells) -> tuple[Cells, Blanks]:
    """Choose blank cells and set them to the mean of their whole neighbours."""
    plain, chosen = dict(cells.plain), {}
    for name, n in N_BLANKS.items():
        values = plain[name].copy()
        places = _apart(rng, n, values)
        for city, year in places:
            values[city, year - 1 : year + 2] = _straight(values[city, year - 1 : year + 2], name)
        plain[name] = values
        chosen[name] = places
    return replace(cells, plain=plain), Blanks(chosen, plain["HEE"].shape)


def _apart(rng: np.random.Generator, n: int, values: Array) -> tuple[tuple[int, int], ...]:
    """Choose inner years of different cities, away from the smallest and largest cells."""
    extreme = {int(values.argmin()) // values.shape[1], int(values.argmax()) // values.shape[1]}
    pool = [c for c in range(len(values)) if c not in extreme]
    cities = sorted(rng.choice(pool, n, replace=False).tolist())
    return tuple((c, int(rng.integers(2, values.shape[1] - 2))) for c in cities)


def _straight(three: Array, name: str) -> Array:
    """Round the outer two of three values and put the middle one between them."""
    scale = SCALE[name]
    first, _, last = np.round(np.expm1(three) * scale)
    last += (first + last) % 2
    return np.asarray(np.log1p(np.array([first, (first + last) / 2, last]) / scale))


def science_blanks(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    """Leave some science spending blank; total spending keeps the share as it was."""
    found = table.copy()
    rows = table.index[(table["年份"] > 2010) & (table["年份"] < 2021)]
    for row in sorted(rng.choice(rows, N_SCIENCE, replace=False).tolist()):
        share = table.loc[row, "科学技术支出"] / table.loc[row, "财政支出"]
        between = (table.loc[row - 1, "科学技术支出"] + table.loc[row + 1, "科学技术支出"]) / 2
        found.loc[row, "财政支出"] = round(between / share)
        found.loc[row, "科学技术支出"] = np.nan
    return found


def with_blanks(table: pd.DataFrame, blanks: Blanks) -> pd.DataFrame:
    """Empty the blank cells of the yearbook."""
    found = table.copy()
    n_years = blanks.shape[1]
    for name, places in blanks.cells.items():
        column = COLUMNS[name]
        found[column] = found[column].astype(float)
        for city, year in places:
            found.loc[city * n_years + year, column] = np.nan
    return found


def with_old_names(table: pd.DataFrame) -> pd.DataFrame:
    """Print two cities under their old names in the first years."""
    found = table.copy()
    for name, old, last in OLD_NAMES:
        found.loc[(found["城市"] == name) & (found["年份"] <= last), "城市"] = old
    return found
