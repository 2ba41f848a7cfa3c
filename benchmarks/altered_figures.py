"""Printed figures and raw cells of the example altered one at a time, and who notices.

    OMP_NUM_THREADS=1 uv run python benchmarks/altered_figures.py [--results results.json] [--every 40] [--only figures]

Every part of every figure of `published.toml` is altered in each way of tests/support/altered_print.py and set beside the computed
figures of one run of the example; cells of its raw sources, drawn at random, are altered as tests/support/altered_cells.py says,
and the study is checked. `--every` takes one alteration in so many. The whole of it writes altered_figures.md; with `--only`, the part that was judged.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

import altered_cells
from altered_print import KINDS, NOTICED, UNNOTICED, Altered, Readers, alterations
from xinzhi.report.build import every_table
from xinzhi.study.file.load import load
from xinzhi.study.run import run

EXAMPLE = Path(__file__).parents[1] / "packages/xinzhi/src/xinzhi/examples/resource_cities"
OUTPUT = Path(__file__).with_name("altered_figures.md")
SEED = 34
CELLS = "\n## Raw cells\n"
"""Heading of the second part of the page."""
TEXT = """# Altered figures, and who notices

Written by `just altered-figures`. One figure at a time is altered, as a slip of the pen would.

## Printed figures

Every part of every figure of the example's `published.toml`: ten times and a tenth of it, the other sign, one unit more in its last digit, the last two
neighbouring digits that differ swapped, another number of stars. Noticed means that something is said that is not said of the unaltered file: the figure differs from the computed
one without a reason that holds, it is told as a misprint, the audit finds a contradiction with another figure, or it is refused.

{figures}

*In both* supposes that the figure had been printed so: reasons that name the published figure that they speak of (`of`) then speak of the altered one, and only bounds and the audit are left to notice.

{parts}

What nobody notices, and why:

- *agrees*: the altered figure is the computed one ({agreeing}; a reason says how near the simulation keeps each): {agrees}.
- *left open*: stars that the printed digits allow as well, or, with fewer than 40 clusters, fewer of them: {left_open}.
- *not compared*: settings, not results; nothing computed stands beside them: {not_compared}.
- *excused*: {excused}.

## Raw cells

A cell of every column of numbers of the sources, drawn at random among those of 100 or more: a hundred times and a hundredth of it, empty, all figures of its year in a unit ten thousand times larger, its first two digits that differ swapped; the figures of a whole column exchanged with those of the next one of the same unit.
Noticed means that `xinzhi check` names a problem that it does not name of the unaltered sources, or counts the empty cell in the profile of its column.

{cells}

Not noticed: {unnoticed}.
"""


class JudgedFigure(NamedTuple):
    """An alteration, and how it is noticed."""

    altered: Altered
    packaged: str
    in_both: str


class JudgedCell(NamedTuple):
    """An altered cell, and the codes of the problems that it makes."""

    place: altered_cells.Place
    kind: str
    codes: tuple[str, ...]


def judge_figures(tables: Mapping[str, Mapping[str, object]], every: int) -> list[JudgedFigure]:
    """Judge the alterations of the printed figures, one in `every`."""
    text = (EXAMPLE / "published.toml").read_text("utf-8")
    printed = tomllib.loads(text, parse_float=Decimal)
    readers = Readers(load(EXAMPLE / "study.yaml").compare, text, tables)
    return [
        JudgedFigure(one, readers.judge(one), readers.judge(one, reasons_follow=True))
        for one in [*alterations(text, printed)][::every]
    ]


def judge_cells(folder: Path, every: int) -> list[JudgedCell]:
    """Judge alterations of raw cells, one in `every`."""
    sources = altered_cells.Sources(EXAMPLE, folder)
    draw = np.random.default_rng(SEED)
    places = [place for book in sources.books.values() for place in book.places(draw)]
    wanted = [(place, kind) for place in places for kind in altered_cells.KINDS][::every]
    judged = ((place, kind, sources.problems(place, kind)) for place, kind in wanted)
    return [JudgedCell(place, kind, codes) for place, kind, codes in judged if codes is not None]


def computed_tables(results: Path | None) -> Mapping[str, Mapping[str, object]]:
    """Give the computed tables: of a run that was made, or of one that is made now."""
    if results is not None:
        found: Mapping[str, Mapping[str, object]] = json.loads(results.read_bytes())["tables"]
        return found
    with tempfile.TemporaryDirectory() as folder:
        result = run(EXAMPLE / "study.yaml", results=Path(folder))
        return {
            table.id: table.machine for tables in every_table(result).values() for table in tables
        }


def grid(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table of Markdown."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def by_kind(judged: Sequence[JudgedFigure]) -> str:
    """Count how alterations of each kind are noticed."""
    rows = []
    for kind in (*KINDS, ""):
        some = [one for one in judged if kind in ("", one.altered.kind)]
        found, both = Counter(one.packaged for one in some), Counter(one.in_both for one in some)
        noticed = [sum(count[how] for how in NOTICED) for count in (found, both)]
        rows.append(
            [kind or "all", len(some), noticed[0], *(found[how] for how in UNNOTICED), noticed[1]]
        )
    return grid(["altered to", "n", "noticed", *UNNOTICED, "noticed *in both*"], rows)


def by_part(judged: Sequence[JudgedFigure]) -> str:
    """Count what is noticed by the part of a figure that is altered."""
    parts = dict.fromkeys(one.altered.part for one in judged)
    rows = [
        [part, *(_share([o for o in judged if (o.altered.part, o.altered.kind) == (part, kind)]) for kind in KINDS)]
        for part in parts
    ]  # fmt: skip
    return grid(["part (noticed / n)", *KINDS], rows)


def _share(some: Sequence[JudgedFigure]) -> str:
    return f"{sum(one.packaged in NOTICED for one in some)} / {len(some)}" if some else ""


def listed(names: Iterable[str]) -> str:
    """List names, each as code."""
    return ", ".join(f"`{name}`" for name in names) or "none"


def name_of(one: JudgedFigure) -> str:
    """Name an alteration, as the lists of the page do."""
    return f"{one.altered.name} {one.altered.was} → {one.altered.now}"


def unnoticed(judged: Sequence[JudgedFigure], how: str) -> str:
    """List the alterations that are not noticed in one way."""
    return listed(name_of(one) for one in judged if one.packaged == how)


PARTS = {"se": "standard errors", "stars": "stars", "effect": "mediated effects"}
"""Parts of a figure, in words."""


def parts_in_words(judged: Sequence[JudgedFigure], how: str) -> str:
    """Count the parts that are not noticed in one way."""
    parts = Counter(one.altered.part for one in judged if one.packaged == how)
    return ", ".join(f"{PARTS.get(part, part)} {n}" for part, n in parts.most_common()) or "none"


def by_kind_of_cell(judged: Sequence[JudgedCell]) -> str:
    """Count the altered cells that are noticed, and by which rules."""
    rows = []
    for kind in altered_cells.KINDS:
        some = [one for one in judged if one.kind == kind]
        rules = Counter(code for one in some for code in one.codes)
        told = ", ".join(f"`{code}` {n}" for code, n in rules.most_common())
        rows.append([kind, len(some), sum(bool(one.codes) for one in some), told])
    return grid(["altered to", "n", "noticed", "by"], rows)


def page(judged: Sequence[JudgedFigure], cells: Sequence[JudgedCell]) -> str:
    """Write the page."""
    lost = [one for one in cells if not one.codes]
    return TEXT.format(
        figures=by_kind(judged),
        parts=by_part(judged),
        agreeing=parts_in_words(judged, "agrees"),
        **{how.replace(" ", "_"): unnoticed(judged, how) for how in UNNOTICED},
        cells=by_kind_of_cell(cells),
        unnoticed=listed(f"{one.place.heading} ({one.place.file}) {one.kind}" for one in lost),
    )


def with_other_part(text: str, only: str | None) -> str:
    """Take the part of the page that was not judged from the page as it stands."""
    if only is None:
        return text
    old, new = OUTPUT.read_text("utf-8").split(CELLS), text.split(CELLS)
    figures, cells = (old[0], new[1]) if only == "cells" else (new[0], old[1])
    return CELLS.join((figures, cells))


def main() -> None:
    """Alter, judge, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, help="results.json of a run of the example.")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--only", choices=("figures", "cells"))
    given = parser.parse_args()
    judged = (
        [] if given.only == "cells" else judge_figures(computed_tables(given.results), given.every)
    )
    with tempfile.TemporaryDirectory() as folder:
        cells = [] if given.only == "figures" else judge_cells(Path(folder), given.every)
    text = page(judged, cells)
    sys.stdout.write(text)
    if given.every == 1:
        OUTPUT.write_text(with_other_part(text, given.only), "utf-8")


if __name__ == "__main__":
    main()
