"""Writes the figures as a plain table."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from importlib.metadata import version

from measure import Measured

HEADS = (
    "work",
    "rows",
    "beside",
    "ours, s",
    "theirs, s",
    "theirs / ours (smallest to largest)",
    "first run, s: ours, theirs",
    "largest difference",
    "peak memory, MB: ours, theirs",
)
PACKAGES = (
    "xinzhi",
    "numpy",
    "pandas",
    "scipy",
    "highspy",
    "deapack",
    "linearmodels",
    "pyfixest",
)
PREFACE = """# Speed and memory, beside the peers

Made by `benchmarks/run.py`. Every contender works in a fresh process of its own, on one thread, from the same frame
to its result; ours holds slacks, targets, peers and a proof of each score, that of SciPy the scores only.

- **Seconds** are those of the processor, so that other work on the machine counts little. After a first run the two take
  turns, three times where a run lasts longer than five seconds and seven times otherwise; work of less than a tenth of a second is
  done twenty times in a turn. The table shows medians.
- **theirs / ours** is taken turn by turn: median, smallest and largest. Above 1, xinzhi is faster.
- **First run** counts the import and what a library compiles.
- **Largest difference** is absolute, over all scores, or all slopes and all standard errors. The small-sample rule of
  clustered errors differs between packages; ours is set to that of the peer (`rule="areg"` beside linearmodels,
  `rule="fixest"` beside pyfixest).
- Where a peer does a part of the work (a few of 1,000 draws, a few of 2,048 specifications), its seconds are multiplied
  as the table says. Linearmodels has to fit each draw again; putting the draw together counts, as it has to be done.
- **estimatr** runs in a child process of R and is timed there (`proc.time`, mean of twenty fits after a first): starting R,
  loading the package and reading the data are not counted, and its memory and first run are those of the child's parent.
- **Reading** is of a csv file with five numbers a row. Pandas parses it and sorts the rows; ours also finds encoding,
  separator, heading and decimal mark, keeps the row of every cell, and looks for totals, notes, spellings of one
  name, doubled keys and changes of unit. That is the reason why pandas is faster; the two rows beside one another
  show that the length of the numbers is not. The numbers of both are the same to the last bit.
- **esda** is given numbers in the order of its weights; ours also matches the names of values and weights, which is what
  is left of a ratio below 1 where permutations are few. The statistics are compared, not the p-values, which are drawn.
- **Peak memory** is that of the whole process; {data_mb:.0f} MB or more of it are Python, pandas and the data.
- The 288 rows are real figures of OECD countries; the rest is simulated with a fixed seed (`data.py`).
"""


def document(rows: Sequence[Measured]) -> str:
    """Write the page."""
    data_mb = min(figures.data_mb for row in rows for figures in (row.ours, row.theirs))
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    machine = f"{platform.python_implementation()} {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"{PREFACE.format(data_mb=data_mb)}\n{markdown(rows)}\n\n{machine}. {versions}.\n"


def markdown(rows: Sequence[Measured]) -> str:
    """Write the table, columns padded so that it also reads well as plain text."""
    cells = [HEADS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADS))]
    lines = [_line(line, widths) for line in cells]
    rule = "|".join("-" * (width + 2) for width in widths)
    return "\n".join([lines[0], f"|{rule}|", *lines[1:]])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"


def _cells(row: Measured) -> tuple[str, ...]:
    ratios = sorted(row.ratios)
    middle = statistics.median(ratios)
    differences = (f"{kind} {value:.0e}" for kind, value in row.differences.items())
    return (
        row.case.work,
        f"{row.rows:,}",
        row.case.versus,
        _short(row.ours.median),
        _short(row.theirs.median),
        f"{_short(middle)} ({_short(ratios[0])} to {_short(ratios[-1])})",
        f"{_short(row.ours.first)}, {_short(row.theirs.first)}",
        ", ".join(differences),
        f"{row.ours.peak_mb:.0f}, {row.theirs.peak_mb:.0f}",
    )


def _short(number: float) -> str:
    """Write two or three figures, without exponent."""
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2g}"
