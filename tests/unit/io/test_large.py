"""Files that are larger than memory are read as every file: same frame, same decisions, same problems."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from made_files import HEADER, KEYS, ROWS, changed, lines_of, text_of
from parts import quick_among
from places import SHARED
from read_twice import in_small_batches, twice
from xinzhi_core.errors import DataError
from xinzhi_panel.io import guard
from xinzhi_panel.io.raw import ReadOptions
from xinzhi_panel.io.read import ReadResult, read_panel

TABLE = text_of()
NOTES = "来源：统计年鉴\n注：2010年为初步数\n"
TEXTS: dict[str, str | bytes] = {
    "plain": TABLE,
    "carriage returns": text_of(end="\r"),
    "both ends": text_of(end="\r\n"),
    "no last end": TABLE.rstrip("\n"),
    "semicolons": text_of(mark=";"),
    "full-width commas": text_of(mark="，"),
    "a mark of bytes": TABLE.encode("utf-8-sig"),
    "GB 18030": TABLE.encode("gb18030"),
    "UTF-16": TABLE.encode("utf-16"),
    "marks of the end": TABLE + "\x1a\x1a",
    "a byte that means nothing": TABLE.encode().replace("大同".encode(), b"\xe5\xa4\xff\xe5\x90\x8c", 1),
    "a byte of the last row": TABLE.encode()[:-2] + b"\xff\n",
    "neither encoding": b"\xff\xfe\xfd,\x81\n" + TABLE.encode("gb18030"),
    "a zero byte": TABLE.replace("2009", "20\x0009", 1),
    "lost characters": TABLE.replace("大同", "大\ufffd"),
    "lost twice": TABLE.replace("大同", "锟斤拷", 2).replace("唐山", "唐\ufffd", 1),
    "encoded twice": TABLE.encode().decode("latin-1").encode(),
    "a line for spreadsheets": "sep=,\n" + TABLE,
    "texts in formulas": TABLE.replace("2008", '="2008"'),
    "a title and notes": "各市经济\n单位：万人\n" + TABLE + NOTES,
    "blank lines": TABLE.replace("\n", "\n\n"),
    "blank rows": TABLE.replace("2009,318.25,596.5", "2009,318.25,596.5\n,,,"),
    "empty fields behind": TABLE.replace("\n", ",,\n"),
    "a row that is longer": TABLE + "太原,2008,1,2,3\n",
    "a row that is much longer": TABLE + "太原,2008,1,2" + ",x" * 9 + "\n",
    "a row that is shorter": TABLE + "太原,2008\n",
    "quoted cells": TABLE.replace("唐山", '"唐山"').replace("729.5", '"1,729.5"'),
    "a cell of two lines": TABLE.replace("产值", '"产值\n（亿元）"', 1),
    "an open quotation": TABLE + '太原,2008,"1,2\n',
    "totals": TABLE + "合计,2008,1046.0,4131.0\n",
    "a repeated heading": TABLE + ",".join(HEADER) + "\n太原,2008,1,2\n",
    "identical rows": TABLE + "大同,2010,331.75,694.25\n",
    "one key twice": TABLE + "大同,2010,331.75,694.5\n",
    "rows in another order": "\n".join([*TABLE.splitlines()[:1], *sorted(TABLE.splitlines()[1:])[::-1]]),
    "marks for missing": TABLE.replace("316.5", "—").replace("596.5", "n/a").replace("331.75", ""),
    "units in cells": text_of(lines_of(lambda row: [row[0], row[1] + "年", row[2] + "万人", row[3]])),
    "percents": text_of(lines_of(lambda row: [*row[:3], row[3] + "%"])),
    "a decimal comma": text_of(lines_of(lambda r: [*r[:2], r[2].replace(".", ","), r[3]]), mark=";"),
    "two decimal marks": text_of(changed(3, 2, "1.234,75"), mark=";"),
    "a word among numbers": text_of(changed(4, 3, "约4469")),
    "an infinity": text_of(changed(4, 3, "inf")),
    "an error of a spreadsheet": text_of(changed(4, 3, "#DIV/0!")),
    "footnotes and brackets": text_of(changed(4, 3, "(4469.0)①")),
    "codes": text_of(lines_of(lambda row: [*row[:3], "00" + row[1]])),
    "texts": text_of(lines_of(lambda row: [*row[:3], "东部" if row[0] == "唐山" else "-"])),
    "years across": "城市,2008,2009\n唐山,1,2\n大同,3,4\n",
    "indicators in rows": "城市,年份,指标,数值\n唐山,2008,人口,1\n唐山,2008,产值,2\n大同,2008,人口,3\n大同,2008,产值,4\n",
    "no heading": "\n".join(TABLE.splitlines()[1:]),
    "a heading alone": ",".join(HEADER) + "\n",
    "a name twice": TABLE.replace("产值", "人口", 1),
    "a column without a name": TABLE.replace("产值", "", 1),
    "a sum of all": TABLE + "".join(f"北方,{y},{a},{b}\n" for y, a, b in (
        (2008, 1046.0, 4131.0), (2009, 1049.25, 4378.0), (2010, 1067.0, 5163.25))),
    "spaces in names": TABLE.replace("大同", " 大 同\u200b"),
    "empty": "",
    "one line": "城市",
}  # fmt: skip
"""What it is -> text of a file, or its bytes."""


@pytest.mark.one_in(5)
@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("period", ["年份", None])
def test_every_text_is_read_alike(tmp_path, name, period):
    """Batches of three rows and blocks of 37 bytes give what the whole file gives."""
    content = TEXTS[name]
    path = tmp_path / "data.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    twice(path, entity="城市", period=period)


@pytest.mark.parametrize(
    "reading",
    [
        ReadOptions(encoding="gb18030"),
        ReadOptions(encoding="big5"),
        ReadOptions(encoding="no such"),
        ReadOptions(delimiter=";"),
        ReadOptions(decimal=","),
        ReadOptions(header=1, missing=("569.75",), text=("产值",)),
        ReadOptions(columns=("人口",)),
        ReadOptions(entities=("大同",), accept=("layout.totals",)),
    ],
)
def test_what_is_stated_holds(tmp_path, reading):
    """Options of the reader mean the same."""
    path = tmp_path / "data.csv"
    path.write_bytes(TABLE.encode("gb18030" if reading.encoding else "utf-8"))
    twice(path, reading=reading, **KEYS)


POOL = (
    *("1", "2.5", "-3", "1,234", "1.234,5", "1e5", "12%", "３", "—", "", "n/a", "约5", "(4)", "7①"),
    *(
        "東",
        "中部",
        "2008",
        "合计",
        "inf",
        "0012",
        "12345678901234567890",
        "=1+1",
        "2010-01-02",
        "true",
    ),
)
"""Cells of random files."""


@pytest.mark.one_in(4)
@pytest.mark.parametrize("seed", range(60))
def test_random_files_are_read_alike(tmp_path, seed):
    """Files of random cells, ends, widths and orders are read or refused alike."""
    draw = np.random.default_rng(seed)
    few = draw.choice(np.array(POOL), int(draw.integers(1, 6)))
    numbers = [f"{x:.{int(draw.integers(0, 5))}f}" for x in draw.lognormal(3, 2, 40)]
    cells = [*few, *numbers] if draw.random() < 0.7 else [*POOL, *numbers]
    rows = [["城市", "年份", *(f"x{i}" for i in range(draw.integers(1, 6)))]]
    for entity in ("唐山", "大同", "太原", "阳泉")[: draw.integers(1, 5)]:
        for year in range(2008, 2008 + int(draw.integers(1, 6))):
            rows.append([entity, str(year), *map(str, draw.choice(cells, len(rows[0]) - 2))])
    if draw.random() < 0.3:
        rows.append(rows[int(draw.integers(0, len(rows)))])
    if draw.random() < 0.2:
        rows[-1] = rows[-1][: int(draw.integers(0, len(rows[-1]) + 1))]
    body = [rows[i] for i in draw.permutation(np.arange(1, len(rows)))]
    path = tmp_path / "data.csv"
    end = str(draw.choice(["\n", "\r\n", "\r"]))
    path.write_bytes(
        text_of([rows[0], *body], mark=str(draw.choice([",", ";", "\t"])), end=end).encode()
    )
    twice(path, **KEYS)


def columns() -> dict[str, pa.Array]:
    """Give columns of all kinds, six rows each."""
    day = dt.date(2008, 1, 2)
    return {
        "城市": pa.array([row[0] for row in ROWS]),
        "年份": pa.array([int(row[1]) for row in ROWS]),
        "floats": pa.array([1.5, None, float("nan"), -2.0, 1e300, 0.0]),
        "single": pa.array([1.5, 2.5, None, 0.1, 3.0, 4.0], pa.float32()),
        "infinite": pa.array([1.5, float("inf"), 2.0, 3.0, 4.0, 5.0]),
        "whole": pa.array([1, 2, None, 4, 5, 6], pa.int32()),
        "codes": pa.array([2**53, 2**53 + 1, 3, 4, 5, 6]),
        "unsigned": pa.array([1, 2, 3, 4, 5, 2**64 - 1], pa.uint64()),
        "exact": pa.array([Decimal("1.25")] * 5 + [None]),
        "flags": pa.array([True, False, None, True, True, False]),
        "days": pa.array([day, None, day, day, day, day]),
        "times": pa.array(
            [dt.datetime(2008, 1, 2, 3, tzinfo=dt.UTC).replace(tzinfo=None)] * 6, pa.timestamp("ms")
        ),
        "texts": pa.array(["东", None, "", "西", "东", "东"]),
        "numbers": pa.array(["1", "2,000", "—", None, "5", "6"]),
        "few": pa.array(["a", "b", "a", "b", None, "a"]).dictionary_encode(),
        "bytes": pa.array([b"a", b"\xff", None, b"c", b"d", b"e"]),
        "empty": pa.array([None] * 6),
        "no numbers": pa.array([float("nan")] * 6),
    }


@pytest.mark.long
@pytest.mark.parametrize(
    "name", quick_among([None, "infinite", "bytes"], [None, *list(columns())[2:]])
)
def test_every_kind_of_column_is_read_alike(tmp_path, name):
    """Each type of a Parquet file becomes the same cells; row groups of two rows change nothing."""
    chosen = {
        key: column
        for key, column in columns().items()
        if name in {None, key} or key in KEYS.values()
    }
    if name is None:
        chosen.pop("infinite")
    path = tmp_path / "data.parquet"
    pq.write_table(pa.table(chosen), path, row_group_size=2, write_page_checksum=True)
    found = twice(path, **KEYS)
    assert isinstance(found, ReadResult) == (name != "infinite")


@pytest.mark.long
def test_nested_and_damaged_files_are_refused_alike(tmp_path):
    """Lists, a flipped byte, and keys that are not there."""
    path = tmp_path / "data.parquet"
    pq.write_table(pa.table({**columns(), "lists": pa.array([[1]] * 6)}), path)
    twice(path, **KEYS)
    pq.write_table(pa.table({"城市": ["唐山"], "x": [1.0]}), path)
    twice(path, **KEYS)
    pq.write_table(pa.table({"城市": ["a", "b"], "年份": [1, 2], "x": [1.25, 2.5]}), path,
        compression="none", use_dictionary=False, write_page_checksum=True)  # fmt: skip
    whole = path.read_bytes()
    place = whole.find(np.float64(2.5).tobytes())
    path.write_bytes(whole[:place] + b"\x01" + whole[place + 1 :])
    twice(path, **KEYS)


def corpus() -> list[str]:
    """List the hostile files that are text or Parquet."""
    folder = SHARED / "cases" / "badinput"
    names = sorted(path.name for path in folder.glob("*")) if folder.is_dir() else []
    return [name for name in names if name.endswith((".csv", ".parquet"))]


@pytest.mark.one_in(6)
@pytest.mark.parametrize("name", corpus())
@pytest.mark.parametrize(
    "keys",
    [
        ("城市", "年份"),
        pytest.param(("城市", None), marks=pytest.mark.long),
        pytest.param(("city", "year"), marks=pytest.mark.long),
    ],
)
def test_hostile_files_are_read_or_refused_alike(name, keys):
    """Every hostile file gives the same frame, decisions and problems."""
    twice(SHARED / "cases" / "badinput" / name, entity=keys[0], period=keys[1])


@pytest.mark.long
def test_a_child_process_opens_parquet(tmp_path, monkeypatch):
    """What is foreign is taken apart under limits, and its cells are read from the store."""
    path = tmp_path / "data.parquet"
    pq.write_table(pa.table(columns()).drop_columns(["infinite"]), path)
    whole = read_panel(path, **KEYS)
    monkeypatch.setattr(guard, "LARGE", {"parquet": 0})
    found = read_panel(path, **KEYS)
    pd.testing.assert_frame_equal(found.panel.frame, whole.panel.frame, check_exact=True)
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(DataError) as caught:
        read_panel(path, **KEYS)
    assert caught.value.code == "format.corrupt"


def lies_on_disk(values) -> bool:
    """Whether an array, or what it is a view of, is a map of a file."""
    while values is not None and not isinstance(values, np.memmap):
        values = values.base if isinstance(values, np.ndarray) else None
    return values is not None


def test_numbers_lie_on_disk_and_leave_nothing_behind(tmp_path, monkeypatch):
    """Columns of numbers are maps of files that have no name any more."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    path = tmp_path / "data.csv"
    path.write_text(TABLE, encoding="utf-8")
    with in_small_batches():
        frame = read_panel(path, **KEYS).panel.frame
    assert all(lies_on_disk(frame[name].to_numpy()) for name in frame)
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_full_disk_is_named(tmp_path, monkeypatch):
    """Where the temporary folder has no room, the error names the folder and the remedy."""
    path = tmp_path / "data.csv"
    path.write_text(TABLE, encoding="utf-8")

    def full(*_words, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "memmap", full)
    with in_small_batches(), pytest.raises(DataError) as caught:
        read_panel(path, **KEYS)
    assert caught.value.code == "limit.disk"
    assert "No space left" in str(caught.value)


CHILD = """
import re, resource, sys
from pathlib import Path
import xinzhi.analyses.efficiency.compute, xinzhi.api, xinzhi_panel.columns.seen, xinzhi_core.panel.profile
from xinzhi.cli.main import main
from xinzhi_panel.io import guard
import pyarrow.csv, pyarrow.parquet, pyarrow.compute
megabytes, is_large, path, command = int(sys.argv[1]), sys.argv[2] == "large", sys.argv[3], sys.argv[4:]
guard.LARGE = {"text": 0, "parquet": 0} if is_large else {"text": 1 << 60}
held = int(re.search(r"VmData:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) << 10
resource.setrlimit(resource.RLIMIT_DATA, (held + (megabytes << 20),) * 2)
sys.argv = ["xinzhi", command[0], path, *command[1:]]
main()
"""
MEGABYTES = 150
"""What the process may hold beside its libraries."""
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}


def written(path, kind: str) -> None:
    """Write a table of 20,000 rows: 152 MB of floats, or text whose cells take several times that."""
    draw = np.random.default_rng(3)
    n, width = 20_000, {"parquet": 950, "csv": 300}[kind]
    size = draw.lognormal(0, 0.3, n)
    values = {f"x{i}": np.round(size * draw.lognormal(0, 0.2, n), 6) for i in range(width)}
    frame = pd.DataFrame(
        {"city": [f"P{i // 10:05d}" for i in range(n)], "year": np.arange(n) % 10 + 2010, **values}
    )
    if kind == "parquet":
        frame.to_parquet(path, row_group_size=1_000, index=False)
    else:
        frame.to_csv(path, index=False)


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="the limit of data is one of Linux")
@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_memory_is_bounded(tmp_path, kind):
    """Check and efficiency of a table larger than what the process may hold; read whole, it does not fit."""
    path = tmp_path / f"data.{kind}"
    written(path, kind)

    def run(how: str, *command: str) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-c", CHILD, str(MEGABYTES), how, str(path), *command]
        return subprocess.run(
            words, capture_output=True, text=True, check=False, env={**os.environ, **ONE_THREAD}
        )

    keys = ("--entity", "city", "--period", "year")
    checked = run("large", "check", *keys, "--format", "json")
    assert checked.returncode == 0, checked.stderr
    assert json.loads(checked.stdout)["table"]["n_rows"] == 20_000
    if kind == "csv":
        assert run("whole", "check", *keys).returncode != 0
        return
    roles = ("--inputs", "x0,x1", "--good", "x2", "--measure", "sbm", "--format", "csv")
    measured = run("large", "efficiency", *keys, *roles)
    assert measured.returncode == 0, measured.stderr
    assert measured.stdout.count("\n") == 20_001
