"""pandas: read_csv, which rounds numbers correctly from version 3.1 on."""

from __future__ import annotations

import pandas as pd
from data import KEYS, NumberFile


def read(file: NumberFile) -> dict[str, list[float]]:
    """Read, sort by the keys, and return every 97th number."""
    frame = pd.read_csv(file.path).set_index(list(KEYS)).sort_index()
    return {"number": frame.to_numpy().ravel()[::97].tolist()}
