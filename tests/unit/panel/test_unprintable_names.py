"""Control characters in cells of text."""

from __future__ import annotations

import pandas as pd
import pytest

from xinzhi_core.panel.checks import unprintable_texts
from xinzhi_core.panel.panel import panel_of


@pytest.mark.parametrize("kind", ["object", "string", "str"])
def test_text_of_every_type_is_searched(kind):
    """Text is of type `object` in pandas 2 and of type `str` in pandas 3."""
    index = pd.MultiIndex.from_product([["a"], [1, 2]], names=["entity", "period"])
    region = pd.Series(["ea\x07st", "west"], index=index).astype(kind)

    (problem,) = unprintable_texts(panel_of(pd.DataFrame({"region": region})))

    assert problem.where.column == "region"
