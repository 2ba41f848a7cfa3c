"""Write unbalanced.csv: a simulated panel with gaps, missing cells and three singletons; `python unbalanced.py`."""

from pathlib import Path

import numpy as np
import pandas as pd

rng = np.random.default_rng(20261130)
rows = []
for city in range(1, 61):
    level, years = rng.normal(), range(2010, 2018)
    drawn = [2010 + city % 8] if city <= 3 else [t for t in years if rng.random() > 0.2]
    for year in drawn:
        x = 0.5 * level + rng.normal() + 0.1 * (year - 2010)
        c1 = rng.normal() - 0.2 * x
        y = level + 0.4 * x + 0.15 * c1 + 0.3 * np.sin(year) + rng.normal() * (0.5 + 0.2 * abs(x))
        # Cities 1 to 3 have one row each, which stays.
        gone = city > 3 and rng.random() < 0.05
        rows.append((city, 1 + city % 12, year, None if gone else x, y, c1))
frame = pd.DataFrame(rows, columns=["city", "prov", "year", "x", "y", "c1"])
frame.to_csv(Path(__file__).parent / "unbalanced.csv", index=False, float_format="%.7g")
