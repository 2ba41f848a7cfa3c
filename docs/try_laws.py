"""Tries the laws of every measure on many random cases, and writes what came out.

`uv run python docs/try_laws.py --cases 1000` writes docs/methods/laws.md.
"""
# ruff: noqa: INP001

from __future__ import annotations

import argparse
import time
from pathlib import Path

from xinzhi.frontier.laws import LAWS, Kept, try_laws
from xinzhi.frontier.measure import MEASURES

PAGE = Path(__file__).parent / "methods" / "laws.md"
MADE = "<!-- The tables are made by docs/try_laws.py. -->"
LAW_HEAD = "| law | in words | measures | cases | largest deviation | of | allowed |\n|---|---|---|---|---|---|---|"
MEASURE_HEAD = "| measure | laws it claims | cases | seconds of the processor | broken |\n|---|---|---|---|---|"


def main() -> None:
    """Try, and write the tables below the marker."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    cases = parser.parse_args().cases
    kept: list[Kept] = []
    measures = []
    for name in MEASURES.names():
        start = time.process_time()
        found = try_laws(name, cases=cases)
        seconds = time.process_time() - start
        broken = sum(one.is_broken for one in found)
        measures.append(f"| `{name}` | {len(found)} | {cases:,} | {seconds:.0f} | {broken} |")
        kept += found
    tables = [LAW_HEAD, *(_line(law, kept) for law in LAWS), "", MEASURE_HEAD, *measures]
    text = PAGE.read_text(encoding="utf-8").partition(MADE)[0]
    PAGE.write_text(f"{text}{MADE}\n\n" + "\n".join(tables) + "\n", encoding="utf-8")


def _line(law: str, kept: list[Kept]) -> str:
    of = [one for one in kept if one.law == law]
    worst = max(of, key=lambda one: one.largest)
    cases = sum(one.cases for one in of)
    return (
        f"| `{law}` | {worst.sentence} | {len(of)} | {cases:,} | {worst.largest:.0e} | "
        f"`{worst.measure}` | {worst.tolerance:.0e} |"
    )


if __name__ == "__main__":
    main()
