"""deapack: SBM with undesirable outputs (it has no super-SBM with a bad output)."""

from __future__ import annotations

import pandas as pd
from data import BAD, GOOD, INPUTS
from deapack import DEAData, UndesirableSBM


def sbm(frame: pd.DataFrame) -> dict[str, list[float]]:
    """Score by SBM."""
    table = frame.reset_index(drop=True).rename_axis("dmu").reset_index()
    data = DEAData.from_frame(
        table, dmu="dmu", inputs=list(INPUTS), outputs=[GOOD], bad_outputs=[BAD]
    )
    result = UndesirableSBM(returns_to_scale="crs").fit(data)
    summary = result.summary_frame.set_index("dmu_id")
    return {"score": summary["score"].loc[table["dmu"]].tolist()}
