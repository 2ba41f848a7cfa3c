"""Measures speed and memory of xinzhi beside its peers.

`uv run --group bench python benchmarks/run.py` prints the table and writes `results.md` beside
this file; `--only WORD` measures the cases that name the word and writes nothing, and
`--only frontier` goes on with benchmarks/frontier.py. esda is no dependency: `uv run --group bench
--with esda python benchmarks/run.py` measures the spatial statistics beside it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from case import Case
from cases import CASES
from measure import measure
from table import document, markdown

RESULTS = Path(__file__).with_name("results.md")
FRONTIER = Path(__file__).with_name("frontier.py")


def main() -> None:
    """Measure all cases, or some."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only",
        default="",
        help="a word of the case: oecd, super, scipy …; frontier: growth, other shapes, resampling too",
    )
    word = parser.parse_args().only
    rows = []
    chosen = [case for case in CASES if word in _words(case)]
    if not chosen:
        parser.error(
            f"no case names '{word}': try frontier, econometrics, space, oecd, cities, scipy, deapack"
        )
    for case in chosen:
        print(f"{case.work}, {case.data}, beside {case.versus} …", file=sys.stderr, flush=True)
        rows.append(measure(case))
    print(markdown(rows))
    if word == "frontier":
        subprocess.run([sys.executable, str(FRONTIER)], check=True)  # noqa: S603 - our own script
    if not word:
        sections = RESULTS.read_text(encoding="utf-8").partition("\n## ")[1:]
        RESULTS.write_text(document(rows) + "".join(sections), encoding="utf-8")


def _words(case: Case) -> str:
    return f"{case.area} {case.work} {case.data} {case.task} {case.peer} {case.versus}"


if __name__ == "__main__":
    main()
