"""From files to a printed report by `init` and `run` alone: twelve studies as strangers bring them, in twenty points.

    OMP_NUM_THREADS=1 uv run python benchmarks/first_studies.py [--out FOLDER] [--only provinces firms] [--entities 22 --years 9]

The files are made by tests/support/made_studies.py (simulated figures, habits of real sources) and judged by
tests/support/judged_studies.py. The page's builder gets the same files; its bytes are compared with those of `init`.
Without `--only` the table is written to first_studies.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from judged_studies import POINTS, go
from made_studies import STUDIES, Size

OUTPUT = Path(__file__).with_name("first_studies.md")
HEAD = """# First studies from strangers' files

Twelve studies, written by `just first-studies`; 1 a point, · none. What each point asks stands in tests/support/judged_studies.py.

"""
REASONS = {
    (
        "provinces",
        "english",
    ): "columns without an English label keep their Chinese headings in the reading log",
    ("counties", "figures"): "no boundaries of counties are packaged, so there is no map",
    (
        "counties",
        "english",
    ): "columns without an English label keep their Chinese headings in the reading log",
    (
        "firms",
        "english",
    ): "names of firms are proper names; without a column of English names they are printed as in the data",
}
"""Study and point -> why the point is not reached, where it is not."""


def table(found: dict[str, dict[str, bool]]) -> str:
    """Write the points, a row for each study."""
    head = f"| study | {' | '.join(POINTS)} | points |\n| --- |{' :-: |' * len(POINTS)} ---: |\n"
    rows = (
        f"| {name} | {' | '.join('1' if got else '·' for got in points.values())} | {sum(points.values())} |\n"
        for name, points in found.items()
    )
    lost = [
        f"- {name}, {point}: {REASONS.get((name, point), 'not explained')}.\n"
        for name, points in found.items()
        for point, got in points.items()
        if not got
    ]
    return HEAD + head + "".join(rows) + "".join(["\nNot reached:\n\n", *lost] if lost else [])


def main() -> None:
    """Run the studies and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--only", nargs="*", choices=tuple(STUDIES), default=())
    parser.add_argument("--entities", type=int, default=30)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--no-run", action="store_true", help="Build the studies only.")
    given = parser.parse_args()
    out = given.out or Path(tempfile.mkdtemp())
    out.mkdir(parents=True, exist_ok=True)
    found: dict[str, dict[str, bool]] = {}
    for name in given.only or STUDIES:
        sys.stdout.write(f"== {name}\n")
        ran = go(name, out, Size(given.entities, given.years), runs=not given.no_run)
        found[name] = {point: judge(ran) for point, judge in POINTS.items()}
        lost = [point for point, got in found[name].items() if not got]
        sys.stdout.write(f"{sum(found[name].values())} of {len(POINTS)}; lost: {', '.join(lost)}\n")
        sys.stdout.flush()
    if not given.only and not given.no_run:
        OUTPUT.write_text(table(found), "utf-8")


if __name__ == "__main__":
    main()
