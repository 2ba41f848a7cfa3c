"""Chart of a composite index: how far ranks move under other choices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.entropy_index.compute import CompositeIndex, IndexSection
from xinzhi.analyses.entropy_index.show import choice_words
from xinzhi.analyses.of_steps import name_of
from xinzhi.present.chart import Chart
from xinzhi.present.plots import bars
from xinzhi_core.wording import message


def moves_chart(section: IndexSection, result: CompositeIndex, shown: Shown) -> Iterator[Chart]:
    """Draw the mean change of ranks under every other choice."""
    if result.moves.empty:
        return
    rows: dict[str, list[Any]] = {
        "choice": [choice_words(kind, name, shown) for kind, name in result.moves.index],
        "mean_change": result.moves["mean_change"].tolist(),
    }
    yield bars(
        pd.DataFrame(rows),
        ("choice", message("Choice")),
        ("mean_change", message("Mean change of ranks")),
        id=f"{shown.name}_weightings_chart",
        title=message("Ranks by {index} under other choices", index=name_of(section, shown)),
    )
