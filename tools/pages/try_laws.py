"""Tries the laws of every measure on many random cases, and writes what came out.

`uv run python tools/pages/try_laws.py --cases 1000` writes docs/methods/laws.md and its Chinese twin.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from xinzhi_frontier.laws import LAWS, Kept, try_laws
from xinzhi_frontier.measure import MEASURES

DOCS = Path(__file__).parents[2] / "docs"
PAGE = "methods/laws.md"
MADE = "<!-- The tables are made by tools/pages/try_laws.py. -->"


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
    for folder in (DOCS, DOCS / "zh"):
        write(folder / PAGE, [_line(law, kept) for law in LAWS], measures)


def write(page: Path, laws: list[str], measures: list[str]) -> None:
    """Write the figures of laws and measures into a page; headings and words of the laws stay."""
    text, _, tables = page.read_text(encoding="utf-8").partition(MADE)
    lines = tables.strip().splitlines()
    heads = [
        lines[i : i + 2]
        for i in range(len(lines))
        if lines[i + 1 : i + 2] and "---" in lines[i + 1]
    ]
    words = {line.split("|")[1]: line.split("|")[2] for line in lines if line.startswith("| `")}
    told = [line.replace("| WORDS |", f"|{words[line.split('|')[1]]}|") for line in laws]
    rows = [*heads[0], *told, "", *heads[1], *measures]
    page.write_text(f"{text}{MADE}\n\n" + "\n".join(rows) + "\n", encoding="utf-8")


def _line(law: str, kept: list[Kept]) -> str:
    of = [one for one in kept if one.law == law]
    worst = max(of, key=lambda one: one.largest)
    cases = sum(one.cases for one in of)
    return (
        f"| `{law}` | WORDS | {len(of)} | {cases:,} | {worst.largest:.0e} | "
        f"`{worst.measure}` | {worst.tolerance:.0e} |"
    )


if __name__ == "__main__":
    main()
