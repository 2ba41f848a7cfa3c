"""The simulated provinces: the packaged file is what the program writes, and holds what its words say."""

from __future__ import annotations

import numpy as np
import pytest

from places import EXAMPLES
from simulation.provinces import FILE, INDICATORS, content, main, provinces, simulate

PACKAGED = EXAMPLES / "provinces" / FILE


def test_the_packaged_file_is_what_the_program_writes(capsys):
    """The same seed gives the same bytes; another seed gives others."""
    assert content() == PACKAGED.read_bytes()
    assert main(["--check"]) == 0
    assert "the same" in capsys.readouterr().out
    assert content(1) != content()


def test_the_file_is_small_and_complete():
    """31 provinces in ten years, no gap, less than 60 kB; shares lie between 0 and 100."""
    frame = simulate()

    assert len(PACKAGED.read_bytes()) < 60_000
    assert frame.groupby("province").size().tolist() == [10] * 31
    assert not frame.isna().any(axis=None)
    shares = [name for name, one in INDICATORS.items() if one.is_share]
    assert ((frame[shares] > 0) & (frame[shares] < 100)).all(axis=None)
    assert (frame.drop(columns=["province", "region", "x_km", "y_km"]) > 0).all(axis=None)


def test_carbon_dioxide_is_the_product_of_its_factors():
    """Energy, in 10,000 t, times tonnes of carbon dioxide per tonne: between 1.5 and 3.5, a hundredth of it in Mt."""
    frame = simulate()
    per_energy = 100 * frame["co2"] / frame["energy"]

    assert per_energy.between(1.2, 3.5).all()


def test_provinces_lie_where_they_lie():
    """Signs of neighbours on the plane: east of, north of; Hainan is not drawn away by islands far from it."""
    at = provinces().set_index("province")

    assert len(at) == 31
    assert at.loc["上海市", "x_km"] > at.loc["四川省", "x_km"] > at.loc["新疆维吾尔自治区", "x_km"]
    assert at.loc["黑龙江省", "y_km"] > at.loc["北京市", "y_km"] > at.loc["广东省", "y_km"]
    # 109.8 E 19.2 N: 37 km a degree off the standard parallel is far less than the island is wide.
    assert np.hypot(at.loc["海南省", "x_km"] - 510, at.loc["海南省", "y_km"] + 1840) < 60


@pytest.mark.parametrize("words", [[], ["--check", "--out", "."]])
def test_one_thing_is_asked_for(words):
    """A folder, or the comparison; neither and both are refused."""
    with pytest.raises(SystemExit):
        main(words)


def test_no_file_is_overwritten(tmp_path):
    """A file that is there stays as it is."""
    main(["--out", str(tmp_path)])
    with pytest.raises(FileExistsError):
        main(["--out", str(tmp_path)])
