"""An option that would have no effect is refused: nobody must believe it was used."""

from __future__ import annotations

import pandas as pd
import pytest

import xinzhi as xz
from cli_runner import call
from xinzhi_core.errors import SpecError

SHOPS = pd.DataFrame(
    {
        "entity": list("abcdabcd"),
        "period": [1, 1, 1, 1, 2, 2, 2, 2],
        "x": [1.0, 2.0, 3.0, 2.0, 1.0, 3.0, 2.0, 4.0],
        "y": [2.0, 3.0, 3.0, 1.0, 4.0, 2.0, 3.0, 5.0],
        "region": list("uuvvuuvv"),
    }
)
ROLES = {"inputs": "x", "good_outputs": "y"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"group": "region"}, "The reference global has no groups"),
        ({"group": "region", "reference": "contemporaneous"}, "contemporaneous has no groups"),
        (
            {"measure": "directional", "orientation": "output", "direction": {"y": 1.0}},
            "the orientation 'output' would have no effect",
        ),
    ],
)
def test_an_option_without_effect_is_refused(options, said):
    """Groups beside another reference, an orientation beside a direction in numbers, and so on."""
    panel = SHOPS.set_index(["entity", "period"])

    with pytest.raises(SpecError, match=said):
        xz.evaluate(panel, **ROLES, **options)


def test_groups_do_not_displace_the_reference_that_was_asked_for(tmp_path):
    """`--reference contemporaneous --group region` once measured against the groups of all years."""
    SHOPS.to_csv(tmp_path / "shops.csv", index=False)
    words = ("--entity", "entity", "--period", "period", "--inputs", "x", "--good-outputs", "y")
    found = call(
        "efficiency", tmp_path / "shops.csv", *words,
        "--reference", "contemporaneous", "--group", "region", "--lang", "en",
        code=1,
    )  # fmt: skip

    assert "The reference contemporaneous has no groups." in found.stderr
