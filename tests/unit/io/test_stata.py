"""A Stata file whose parts are shifted is refused: the format has no checksum."""

from __future__ import annotations

import struct

import pandas as pd
import pyreadstat
import pytest

from xinzhi_core.errors import DataError
from xinzhi_panel.io.stata import PARTS, refuse_shifted
from xinzhi_panel.io.statistical import read_statistical

FRAME = pd.DataFrame(
    {"city": ["唐山", "大同", "大同"], "year": [2008, 2009, 2010], "x": [1.5, 2.5, None]}
)


@pytest.fixture(params=[117, 118, "pyreadstat", "labels"])
def file(request, tmp_path):
    """A sound file of each writer."""
    path = tmp_path / "a.dta"
    if request.param == "pyreadstat":
        pyreadstat.write_dta(FRAME, path, version=15)
    elif request.param == "labels":
        labelled = FRAME.assign(kind=pd.Categorical(["a", "b", "a"]), note=["长" * 900] * 3)
        labelled.to_stata(path, write_index=False, version=118, convert_strl=["note"])
    else:
        frame = FRAME if request.param == 118 else FRAME.assign(city=["a", "b", "c"])
        frame.to_stata(path, write_index=False, version=request.param)
    return path


def test_a_sound_file_is_read(file):
    """Of each writer and version, with labels and long texts."""
    refuse_shifted(file)
    assert len(read_statistical(file, "dta").rows) == 4


@pytest.mark.parametrize("place", range(len(PARTS) + 1))
def test_a_place_that_does_not_fit_is_refused(file, place):
    """Each number of the map, one too large."""
    data = bytearray(file.read_bytes())
    at = data.index(b"<map>") + 5 + 8 * place
    order = "<" if b"LSF" in data[:80] else ">"
    (number,) = struct.unpack_from(f"{order}Q", data, at)
    struct.pack_into(f"{order}Q", data, at, number + 1)
    file.write_bytes(data)
    with pytest.raises(DataError, match="do not fit") as caught:
        read_statistical(file, "dta")
    assert caught.value.code == "format.corrupt"


@pytest.mark.parametrize("part", [b"<K>", b"<N>", b"<variable_types>"])
def test_a_count_or_a_type_that_does_not_fit_is_refused(file, part):
    """One variable or row more or less, or a text of another length, would shift all behind it."""
    data = bytearray(file.read_bytes())
    data[data.index(part) + len(part)] ^= 1
    file.write_bytes(data)
    with pytest.raises(DataError):
        read_statistical(file, "dta")


def test_bytes_that_are_missing_or_too_many_are_refused(file):
    """The file ends where its map says."""
    data = file.read_bytes()
    for changed in (data + b" ", data[:-1], data.replace(b"</data>", b"</dota>", 1)):
        file.write_bytes(changed)
        with pytest.raises(DataError):
            refuse_shifted(file)


def test_an_older_format_has_no_map(tmp_path):
    """It is read as before."""
    FRAME.assign(city=["a", "b", "c"]).to_stata(tmp_path / "a.dta", write_index=False, version=114)
    refuse_shifted(tmp_path / "a.dta")
