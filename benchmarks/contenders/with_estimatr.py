"""R estimatr: lm_robust in a child process, timed inside R by proc.time.

Counted are the seconds of the processor of one fit, the mean of twenty after a first; not counted
are starting R, loading the package and reading the data.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import pandas as pd
from data import REGRESSORS

SCRIPT = f"""
suppressPackageStartupMessages(library(estimatr))
d <- read.csv("panel.csv")
fit <- function() lm_robust(y ~ {" + ".join(REGRESSORS)}, d, fixed_effects = ~ entity + period,
                            clusters = entity, se_type = "stata")
m <- fit()
start <- proc.time()
for (i in 1:20) m <- fit()
spent <- proc.time() - start
cat(sprintf("%.17g", c((spent[["user.self"]] + spent[["sys.self"]]) / 20, coef(m), m$std.error)))
"""


def two_way(frame: pd.DataFrame) -> dict[str, list[float] | float]:
    """Regress with effects of entity and period, errors clustered by entity."""
    with tempfile.TemporaryDirectory() as folder:
        frame.to_csv(Path(folder) / "panel.csv", float_format="%.17g")
        done = subprocess.run(  # noqa: S603 - our own script
            ["Rscript", "--vanilla", "-e", SCRIPT],  # noqa: S607
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
    seconds, *numbers = map(float, done.stdout.split())
    k = len(REGRESSORS)
    return {"seconds": seconds, "estimate": numbers[:k], "error": numbers[k:]}
