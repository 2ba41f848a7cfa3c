"""The same work for every contender: seeded panels, and the real one that xinzhi brings along."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd

INPUTS = ("labour", "capital", "energy")
GOOD = "gdp"
BAD = "waste"
REGRESSORS = tuple(f"x{number}" for number in range(1, 9))
KEYS = ("entity", "period")
FACTORS, CONTROLS = REGRESSORS[:3], REGRESSORS[3:]
WINDOWS = tuple((2000 + late, 2015 - early) for late in (0, 1) for early in (0, 1, 2, 3))


def cities() -> pd.DataFrame:
    """Simulate 115 cities in 16 years: three inputs, one good and one bad output.

    Sizes spread over two orders; output is a Cobb-Douglas mean of the inputs less a half-normal loss;
    waste follows the energy that is used.
    """
    draw = np.random.default_rng(20250429)
    index = _keys(115, range(2008, 2024))
    size = np.repeat(np.exp(draw.normal(0, 1, 115)), 16)
    inputs = size[:, None] * np.exp(draw.normal(0, 0.3, (len(index), 3)))
    gdp = np.exp(np.log(inputs).mean(axis=1) - np.abs(draw.normal(0, 0.3, len(index))))
    waste = inputs[:, 2] * np.exp(draw.normal(0, 0.5, len(index)))
    frame = pd.DataFrame(inputs, columns=list(INPUTS), index=index)
    return frame.assign(**{GOOD: gdp, BAD: waste})


def oecd() -> pd.DataFrame:
    """Return 32 OECD countries in 9 years: the rows of the packaged study, real figures."""
    path = files("xinzhi") / "examples" / "oecd" / "oecd_panel.csv"
    table = pd.read_csv(str(path))
    table = table[table["in_study"] == 1]
    names = {
        "labour_m": INPUTS[0],
        "capital_musd2015": INPUTS[1],
        "energy_quad": INPUTS[2],
        "gdp_musd2015": GOOD,
        "co2_mt": BAD,
    }
    index = pd.MultiIndex.from_frame(table[["country", "year"]], names=KEYS)
    return table[list(names)].rename(columns=names).set_index(index).astype(float)


def regression_panel(n_entities: int, n_periods: int, *, kept: float = 1.0) -> pd.DataFrame:
    """Simulate y on eight regressors that go along with the effects of entities and periods.

    `kept` is the share of rows that stay, drawn at random: below 1 the panel is unbalanced.
    """
    draw = np.random.default_rng(20250429)
    n = n_entities * n_periods
    of_entity = np.repeat(draw.normal(size=n_entities), n_periods)
    of_period = np.tile(draw.normal(size=n_periods), n_entities)
    x = draw.normal(size=(n, len(REGRESSORS))) + 0.5 * (of_entity + of_period)[:, None]
    y = 0.1 * x.sum(axis=1) + of_entity + of_period + draw.normal(size=n)
    index = _keys(n_entities, range(2000, 2000 + n_periods))
    frame = pd.DataFrame(x, columns=list(REGRESSORS), index=index).assign(y=y)
    return frame if kept == 1.0 else frame[draw.random(n) < kept]


def three_way_panel(n_entities: int, n_periods: int) -> pd.DataFrame:
    """Simulate the same with a third effect of 1,000 levels, in no order."""
    frame = regression_panel(n_entities, n_periods)
    return frame.assign(group=np.random.default_rng(1).integers(0, 1000, len(frame)))


def with_mediator(frame: pd.DataFrame) -> pd.DataFrame:
    """Add a mediator of the first factor."""
    noise = np.random.default_rng(20250430).normal(size=len(frame))
    return frame.assign(m=0.5 * frame["x1"] + noise)


@dataclass(frozen=True, slots=True)
class NumberFile:
    """A csv file of simulated numbers; its folder goes with it."""

    rows: int
    path: Path
    folder: tempfile.TemporaryDirectory[str] = field(repr=False)

    def __len__(self) -> int:
        return self.rows


def numbers_as_text(digits: int, columns: int = 5, dress: str = "plain") -> NumberFile:
    """Write columns of 200,000 numbers with so many significant digits.

    `dress`: `plain`; `heading` or `text`, of which the names are quoted; `blank`, with blank lines.
    """
    n = 200_000
    values = np.random.default_rng(20250429).uniform(1, 1000, (n, columns))
    names = [*KEYS, *(f"x{number}" for number in range(1, columns + 1))]
    quote = '"' if dress == "text" else ""
    folder = tempfile.TemporaryDirectory()
    path = Path(folder.name) / "numbers.csv"
    with path.open("w", encoding="utf-8") as stream:
        heading = names if dress in {"plain", "blank"} else [f'"{name}"' for name in names]
        stream.write(f"{','.join(heading)}\n")
        for i, row in enumerate(values.tolist()):
            cells = ",".join(f"{value:.{digits}g}" for value in row)
            end = "\n\n" if dress == "blank" and i % 5000 == 0 else "\n"
            stream.write(f"{quote}c{i // 16}{quote},{2007 + i % 16},{cells}{end}")
    return NumberFile(n, path, folder)


def wide_numbers(dress: str) -> NumberFile:
    """Write eighteen columns of 200,000 numbers with 17 digits; see `numbers_as_text`."""
    return numbers_as_text(17, 18, dress)


def lattice(side: int) -> pd.Series:
    """Simulate independent values on a square of places."""
    values = np.random.default_rng(20250429).normal(size=side * side)
    return pd.Series(values, list(lattice_neighbours(side * side)))


def lattice_neighbours(n: int) -> dict[str, list[str]]:
    """Name the places of a square that share an edge with each place."""
    side = round(n**0.5)
    inside = range(side)
    return {
        f"p{row:03d}{column:03d}": [
            f"p{a:03d}{b:03d}"
            for a, b in ((row - 1, column), (row, column - 1), (row, column + 1), (row + 1, column))
            if a in inside and b in inside
        ]
        for row in inside
        for column in inside
    }


def _keys(n_entities: int, periods: range) -> pd.MultiIndex:
    names = [f"c{number:05d}" for number in range(n_entities)]
    return pd.MultiIndex.from_product([names, periods], names=KEYS)
