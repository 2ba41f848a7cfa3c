"""The printed figures of the paper, with the digits they were printed with."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

FOLDER = (
    Path(__file__).resolve().parent.parent / "packages/xinzhi/src/xinzhi/examples/resource_cities"
)
"""The example whose sources are simulated."""
FACTORS = ("HEE", "PGPP", "IRD")
CONTROLS = ("DFII", "FDI", "UR", "MEP", "FI")


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed number and half a unit of its last digit."""

    value: float
    half: float


def figure(number: Decimal | int) -> Figure:
    """Read a number with its digits.

    >>> figure(Decimal("0.030"))
    Figure(value=0.03, half=0.0005)
    """
    exponent = Decimal(number).as_tuple().exponent
    return Figure(float(number), 0.5 * 10.0 ** int(exponent))


def published(path: Path = FOLDER / "published.toml") -> dict[str, object]:
    """Read the printed tables; numbers stay decimals, so that 0.030 is not 0.03."""
    return tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
