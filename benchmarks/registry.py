"""Fifty million simulated firms, classified and counted by city and year.

`just bench registry` generates the Parquet file in a temporary folder, counts the firms of emerging
industries in a process of its own, and writes a section of `results.md`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from alone import RESULTS, lines, machine, needed, put_section

from xinzhi.prepare.step import Step, prepare
from xinzhi.prepare.steps.emerging_firms import EmergingFirms
from xinzhi_core.panel.panel import Panel, panel_of
from xinzhi_panel.io.read import RecordFile

GROUP = 500_000
"""Rows of a row group: what the generator holds at a time."""
CITIES = (
    *("唐山市", "大同市", "阜新市", "襄阳市", "鄂尔多斯市", "六盘水市", "攀枝花市", "克拉玛依市"),
    *("榆林市", "淮南市", "徐州市", "枣庄市", "平顶山市", "郴州市", "赣州市", "百色市"),
)
ELSEWHERE = ("北京市", "上海市", "杭州市", "苏州市", "成都市", "某某市")
FIRST, LAST = 2008, 2023
LISTED = {"3562": ("equipment", 0), "3491": ("equipment", 1), "6513": ("software", 1)}
WORDS = ("工业机器人", "机器人玩具", "软件开发", "普通货物运输", "餐饮服务", "五金加工", "日用百货")
TERMS = {
    "equipment": {"include": ["工业机器人"], "exclude": ["玩具"]},
    "software": {"include": ["软件"]},
}
ROLES = {
    "id": "编号",
    "date": "成立日期",
    "closed": "注销日期",
    "place": "地址",
    "code": "行业代码",
    "text": "经营范围",
}
STEP = {
    "step": "emerging_firms",
    "from": "firms",
    "codes": "codes",
    "terms": "terms",
    "classes": ["equipment", "software"],
}


def groups(n: int) -> Iterator[pa.Table]:
    """Simulate firms: nearly every address and scope is a text of its own; one id in 200 comes twice."""
    draw = np.random.default_rng(20250429)
    codes = np.array([*LISTED, *(f"{code:04d}" for code in range(5000, 5997))])
    for start in range(0, n, GROUP):
        size = min(GROUP, n - start)
        number = np.arange(start, start + size)
        number = np.where(draw.random(size) < 1 / 200, number // 2, number)
        founded = draw.integers(10_000, 19_700, size)
        closed = founded + draw.integers(1, 6_000, size)
        place = draw.choice(np.array([*CITIES, *ELSEWHERE]), size)
        words = draw.choice(np.array(WORDS), (3, size))
        yield pa.table(
            {
                "编号": _joined("9133", pc.utf8_lpad(_text(number), 14, "0")),
                "成立日期": pa.array(founded.astype("int32")).cast(pa.date32()),
                "注销日期": pa.array(closed.astype("int32"), mask=draw.random(size) < 0.6).cast(
                    pa.date32()
                ),
                "地址": _joined(place, "建设路", _text(number % 99_991), "号"),
                "行业代码": pa.array(codes[draw.integers(0, len(codes), size)]),
                "经营范围": _joined(*words, "；许可项目", _text(number % 9_973), sep="；"),
            }
        )


def _text(numbers: np.ndarray) -> pa.Array:
    return pc.cast(pa.array(numbers), pa.string())


def _joined(*parts: pa.Array | np.ndarray | str, sep: str = "") -> pa.Array:
    given = [pa.array(part) if isinstance(part, np.ndarray) else part for part in parts]
    return pc.binary_join_element_wise(*given, sep)


def generate(path: Path, n: int) -> None:
    """Write the simulated firms, a row group at a time."""
    with pq.ParquetWriter(path, next(groups(1)).schema, write_page_checksum=True) as writer:
        for table in groups(n):
            writer.write_table(table, row_group_size=GROUP)


def asked(path: Path, *, size: int | None = None) -> tuple[Panel, Step, dict[str, object]]:
    """Give the panel, the step and its sources; `size` sets the rows of a batch."""
    index = pd.MultiIndex.from_product([CITIES, range(FIRST, LAST + 1)], names=["entity", "period"])
    codes = [(kind, code, str(star)) for code, (kind, star) in LISTED.items()]
    file = RecordFile(path, ROLES) if size is None else RecordFile(path, ROLES, size=size)
    sources = {
        "firms": file,
        "codes": pd.DataFrame(codes, columns=["class", "code", "starred"]),
        "terms": TERMS,
    }
    return (
        panel_of(pd.DataFrame(index=index)),
        EmergingFirms(**{k: v for k, v in STEP.items() if k != "step"}),
        sources,
    )


def counted(path: Path, *, size: int | None = None) -> Panel:
    """Count the emerging firms of the file."""
    panel, _, sources = asked(path, size=size)
    return prepare(panel, [("firms", STEP)], sources=sources)


def main() -> None:
    """Generate, count in a process of its own, write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000_000)
    parser.add_argument("--count", type=Path, help="count this file and stop")
    parser.add_argument("--generate", type=Path, help="write the firms to this file and stop")
    options = parser.parse_args()
    if options.generate:
        generate(options.generate, options.rows)
        return
    if options.count:
        done = counted(options.count)
        print("\n".join(str(entry.why) for entry in done.ledger.entries))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "firms.parquet"
        needed([sys.executable, __file__, "--generate", str(path), "--rows", str(options.rows)])
        megabytes = path.stat().st_size / 2**20
        figures = needed([sys.executable, __file__, "--count", str(path)])
    print(figures.said, file=sys.stderr)
    if figures.code:
        raise SystemExit(figures.code)
    heads = ("records", "file, MB", "processor, s", "clock, s", "peak memory, MB")
    table = lines(heads, [(f"{options.rows:,}", f"{megabytes:,.0f}", *figures.cells())])
    print(table)
    if options.rows == parser.get_default("rows"):
        put_section("Registry", f"{__doc__.strip()}\n\n{table}\n\n{machine()}")
        print(RESULTS)


if __name__ == "__main__":
    main()
