"""Files of R are refused with lines for R that write a file which is read."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import shutil
import subprocess

import pytest

from needs import R
from xinzhi_core.errors import DataError
from xinzhi_panel.io.raw import sniff
from xinzhi_panel.io.read import read_panel

RDS = b"X\n\x00\x00\x00\x03\x00\x04\x01\x02" + bytes(100)
RDA = b"RDX3\n" + RDS
PACKERS = (gzip.compress, bz2.compress, lzma.compress, bytes)


@pytest.mark.parametrize("pack", PACKERS)
@pytest.mark.parametrize(
    ("name", "data", "how"), [("甲.rds", RDS, "readRDS"), ("a b.RData", RDA, "load")]
)
def test_files_of_r_are_told_however_they_are_packed(name, data, how, pack, tmp_path):
    """R packs its files by gzip, bzip2, xz or not at all; unpacking them helps nobody."""
    path = tmp_path / name
    path.write_bytes(pack(data))
    with pytest.raises(DataError) as caught:
        sniff(path)
    remedy = str(caught.value.problems[0].remedy)
    assert f'{how}("{name}")' in remedy
    assert 'fileEncoding = "UTF-8"' in remedy
    assert "haven::write_dta" in remedy


def test_other_packed_files_are_unpacked_first(tmp_path):
    """A packed csv is no file of R, and a damaged archive neither."""
    for data in (gzip.compress(b"a,b\n1,2\n"), b"\x1f\x8b" + b"damage" * 20):
        path = tmp_path / "a.gz"
        path.write_bytes(data)
        with pytest.raises(DataError) as caught:
            sniff(path)
        assert "unpack" in str(caught.value.problems[0].remedy)


@pytest.mark.skipif(not shutil.which("Rscript"), reason=R)
@pytest.mark.parametrize("name", ["cities.rds", "cities.RData"])
def test_the_lines_work_in_r(name, tmp_path):
    """R runs what the remedy says, and what it writes is read."""
    made = 'x <- data.frame(city = c("\\u5510\\u5c71", "b"), year = 2008:2009, gdp = c(1/3, 2))'
    save = f'saveRDS(x, "{name}")' if name.endswith("rds") else f'save(x, file = "{name}")'
    _run(f"{made}; {save}", tmp_path)
    with pytest.raises(DataError) as caught:
        sniff(tmp_path / name)
    lines = re.search(r": (x <- .*?\)) \(or", str(caught.value.problems[0].remedy))
    assert lines is not None
    _run(lines.group(1), tmp_path)
    panel = read_panel(tmp_path / "cities.csv", entity="city", period="year").panel
    assert panel.frame.loc[("唐山", 2008), "gdp"] == pytest.approx(1 / 3, rel=1e-14)


def _run(lines, folder):
    subprocess.run(["Rscript", "-e", lines], cwd=folder, check=True, capture_output=True)
