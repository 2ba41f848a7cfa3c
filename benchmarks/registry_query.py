"""The same registry counted by duckdb: the same counts and reasons, in its time and memory.

`just bench registry-query` simulates ten million firms, counts those of emerging industries as `registry.py`
does and by one query, each in a process of its own on one thread, compares all counts and reasons, and
writes a section of `results.md`. The query knows what the step finds out by itself: that dates are dates,
that codes are text of four digits, and which terms there are.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import registry
from alone import lines, machine, needed, put_section

QUERY = """
with firsts as (
    select min(file_row_number) as first from read_parquet('{path}', file_row_number = true)
    where 编号 is not null group by 编号
    union all
    select file_row_number from read_parquet('{path}', file_row_number = true) where 编号 is null
),
kept as (
    select year(成立日期) as founded, year(注销日期) as closed, 行业代码 as code,
        coalesce(nullif(regexp_extract(地址, '^[^0-9]*[省市县区旗州盟]'), ''), 地址) as head,
        经营范围 as scope
    from read_parquet('{path}', file_row_number = true) r join firsts on r.file_row_number = firsts.first
),
judged as (
    select founded, closed, head,
        case when founded is null then 'no_date' when founded > {last} then 'future'
            when not regexp_full_match(code, '[0-9]{{4}}') then 'no_code' else '' end as left_out,
        case {reasons} else '' end as reason
    from kept
)
select left_out, founded, closed, head, reason, count(*) from judged group by all
"""


def reasons() -> Iterator[str]:
    """Write the verdict and its reason for each class, in the order of the step."""
    for kind, terms in registry.TERMS.items():
        codes = {c: star for c, (of, star) in registry.LISTED.items() if of == kind}
        listed = f"code in ({', '.join(map(repr, codes))})"
        words = (
            ("no", "exclusion: ", terms.get("exclude", [])),
            ("yes", "term: ", terms["include"]),
        )
        for verdict, why, of in words:
            for word in of:
                yield f"when {listed} and contains(scope, '{word}') then '{kind}|{verdict}|{why}{word}'"
        for code, star in codes.items():
            said = "starred code, no term" if star else "whole code, no term"
            yield f"when code = '{code}' then '{kind}|undecided|{said}'"


def by_query(path: Path) -> dict[str, Any]:
    """Count by one query; places are resolved by ours, each once."""
    import duckdb  # noqa: PLC0415

    from xinzhi.prepare.records import Cities  # noqa: PLC0415

    query = QUERY.format(path=path, last=registry.LAST, reasons=" ".join(reasons()))
    with duckdb.connect(config={"threads": 1}) as base:
        found = base.execute(query).fetchall()
        total = base.execute(f"select count(*) from read_parquet('{path}')").fetchall()[0][0]  # noqa: S608
    cities = Cities(tuple(sorted(registry.CITIES)))
    first, last = registry.FIRST, registry.LAST
    n = np.zeros((len(registry.CITIES), last - first + 1), dtype=np.int64)
    left: dict[str, int] = {"repeated": total - sum(row[-1] for row in found)}
    told: dict[str, int] = {}
    for out, founded, closed, head, reason, count in found:
        if out:
            left[out] = left.get(out, 0) + count
        if out in {"no_date", "future"}:
            continue
        if reason:
            told[reason] = told.get(reason, 0) + count
        if "|yes|" not in reason:
            continue
        city = cities.find(head, founded)
        if city < 0:
            why = "outside" if city == -1 else "unresolved"
            left[why] = left.get(why, 0) + count
            continue
        enters = max(founded, first)
        n[city, enters - first] += count
        if closed is not None and closed <= last:
            n[city, max(closed, first, enters) - first] -= count
    return {"n": n.tolist(), "left_out": left, "reasons": told}


def by_step(path: Path) -> dict[str, Any]:
    """Count by the step, and take what its ledger is made of."""
    panel, step, sources = registry.asked(path)
    counted, decisions, _ = step.count(panel, sources, "firms")
    return {
        "n": counted.n.tolist(),
        "left_out": dict(counted.left_out),
        "reasons": {"|".join(key): n for key, n in decisions.reasons.items()},
    }


def main() -> None:
    """Simulate, count in both ways, compare, write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--way", choices=("step", "query"))
    parser.add_argument("--file", type=Path)
    options = parser.parse_args()
    if options.way:
        found = {"step": by_step, "query": by_query}[options.way](options.file)
        print(json.dumps({**found, "left_out": {k: v for k, v in found["left_out"].items() if v}}))
        return
    rows, said = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "firms.parquet"
        registry.generate(path, options.rows)
        for way, name in (("step", "xinzhi"), ("query", "duckdb, one query")):
            used = needed([sys.executable, __file__, "--way", way, "--file", str(path)])
            assert used.code == 0, used.said
            found = json.loads(used.said.splitlines()[-1])
            found["reasons"] = {k: n for k, n in found["reasons"].items() if n}
            said.append(found)
            rows.append((f"{options.rows:,}", name, *used.cells()))
            print(rows[-1], flush=True)
    same = {key: said[0][key] == said[1][key] for key in said[0]}
    print(same)
    if not all(same.values()):
        print(
            json.dumps(
                [{k: v for k, v in one.items() if k != "n"} for one in said],
                indent=1,
                ensure_ascii=False,
            )
        )
        raise SystemExit(1)
    table = lines(("records", "counted by", "processor, s", "clock, s", "peak memory, MB"), rows)
    text = f"Counts by city and year, records left out by reason, and verdicts by class and reason are the same.\n\n{table}\n\n{machine()}"
    print(text)
    if options.rows == parser.get_default("rows"):
        put_section("Registry beside duckdb", text)


if __name__ == "__main__":
    main()
