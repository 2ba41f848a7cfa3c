"""How often what people read calls a true zero found: a star in a table, a sentence of the abstract, a pathway.

    OMP_NUM_THREADS=1 uv run python benchmarks/verdict_doors.py [--samples 400]

Whole studies from a file, of the designs of verdict_size.py: y, x and m have true slopes of zero on each other; and
one with an instrument that is weak for x, which moves y only through an error that both share. Each study is run as
`xinzhi run` runs it, default errors and level, and the doors are read as printed: stars of the coefficient in the table
of the report and in `xz.table`, "associated" in the abstract, the status of the pathway x -> m -> y. Written to
verdict_doors.md and to the table that the report quotes.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from size import sized
from verdict_size import Design

import xinzhi as xz
from xinzhi.report.build import text_of
from xinzhi.study.run import run
from xinzhi_core.wording import say

OUTPUT = Path(__file__).with_name("verdict_doors.md")
SAMPLES = sized(400, 2)
NOMINAL = 0.05
DRAWS = 199
STUDY = f"""\
title: A true zero
seed: 1
simulated: true
sources: {{data: {{file: data.csv, kind: panel, entity: city, period: year, read: {{accept: [plausible.band]}}}}}}
panel: {{from: data}}
variables: {{y: {{column: y}}, x: {{column: x}}, m: {{column: m}}}}
tables: {{baseline: {{outcome: y, columns: [{{x: [x]}}]}}}}
mediation: {{mechanism: {{from: baseline/1, through: [m], draws: {DRAWS}}}}}
typology: {{from: [baseline, mechanism], pathways: [{{name: way, factor: x, mediator: m}}]}}
report: {{languages: [en], formats: []}}
"""
DOORS = ("xz.table", "table of the report", "abstract", "pathway")
HEAD = """# How often a true zero is called found, by design and door

{samples} studies a row, written by `just verdict-doors`; per cent of studies at a level of 5 %; the standard error of a rate near
5 % is {error:.1f}. Two stars in `xz.table` and in the table of the report, "is positively (negatively) associated" in the abstract, a pathway
x -> m -> y supported. The pathway needs an effect and a channel, both truly zero. A weak instrument (effective F about 3) stands beside an
error that x and y share: least squares would always find something.

| panel | entities | errors | {doors} |
| --- | --- | --- |{rule}
""".replace("{doors}", " | ".join(DOORS)).replace("{rule}", " ---: |" * len(DOORS))
WEAK = 0.12
"""Slope of x on its instrument: an effective F of about 3 with 31 entities in 10 years."""


@dataclass(frozen=True)
class Case:
    """A design, with or without an instrument."""

    design: Design
    is_instrumented: bool = False

    @property
    def name(self) -> tuple[str, ...]:
        """Give what the row says of the design."""
        size = "unequal" if self.design.is_unequal else "equal"
        kind = "weak instrument" if self.is_instrumented else self.design.kind
        return f"{self.design.entities} x {self.design.periods}", size, kind

    def sample(self, seed: int) -> pd.DataFrame:
        """Draw y, x and m with slopes of zero on each other, and an instrument z of x where there is one."""
        rng = np.random.default_rng([self.design.entities, self.design.is_unequal, seed])
        frame, other = self.design.sample(rng), self.design.sample(rng)
        frame = frame.assign(m=other["y"].to_numpy(), z=rng.normal(size=len(frame)))
        if self.is_instrumented:
            # The error of y moves x too, so that least squares finds an effect where there is none.
            frame["x"] = WEAK * frame["z"] + 0.8 * frame["y"] + 0.6 * frame["x"]
        # Positive numbers around 100, as nothing here is about signs.
        names = frame.index.set_names(["city", "year"])
        cities = [f"c{number:03d}" for number in names.get_level_values(0)]
        years = names.get_level_values(1) + 2001
        return frame.set_index(pd.MultiIndex.from_arrays([cities, years], names=["city", "year"]))


def cases() -> Iterator[Case]:
    """List the designs in the order of the table."""
    for entities, periods in ((10, 6), (20, 8), (31, 10), (115, 16)):
        for is_unequal, kind in (
            (False, "heteroskedastic"),
            (True, "heteroskedastic"),
            (True, "serial"),
        ):
            yield Case(Design(entities, periods, is_unequal, kind))
    for entities, periods in ((31, 10), (115, 16)):
        yield Case(
            Design(entities, periods, is_unequal=False, kind="heteroskedastic"),
            is_instrumented=True,
        )


def doors(case: Case, seed: int) -> dict[str, bool]:
    """Run one study and read whether each door calls the slope of x significant at 5 %."""
    frame = case.sample(seed)
    given = {"instruments": {"x": ["z"]}} if case.is_instrumented else {}
    fit = xz.fit(
        frame, outcome="y", regressors="x", effects=["city", "year"], cluster="city", **given
    )
    with tempfile.TemporaryDirectory() as folder:
        frame.to_csv(Path(folder) / "data.csv", float_format="%.12g")
        (Path(folder) / "study.yaml").write_text(study(case), encoding="utf-8")
        result = run(Path(folder) / "study.yaml")
    text = text_of(result)
    abstract = " ".join(say(paragraph, "en") for paragraph in text.abstract)
    tables = {table.id: table for group in text.tables.values() for table in group}
    baseline = next(row for row in tables["baseline"].rows if row.key == "x")
    found = {
        # Two stars stand for 5 %.
        "xz.table": "**" in _line(str(xz.table([fit])), "x"),
        "table of the report": any("**" in cell.stars for cell in baseline.cells),
        "abstract": "positively associated" in abstract or "negatively associated" in abstract,
    }
    if not case.is_instrumented:
        status = tables["pathways"].machine["pathways"]
        found["pathway"] = "supported" in status["way"]  # type: ignore[index]
    return found


def study(case: Case) -> str:
    """Write the study file of a case."""
    if not case.is_instrumented:
        return STUDY
    lines = [line for line in STUDY.splitlines() if not line.startswith(("mediation", "typology"))]
    text = "\n".join(lines) + "\n"
    text = text.replace("columns: [{x: [x]}]", "instruments: {x: [z]}, columns: [{x: [x]}]")
    return text.replace("m: {column: m}}", "m: {column: m}, z: {column: z}}")


def _line(printed: str, name: str) -> str:
    """Find the printed row of a variable; the legend of the stars is left aside."""
    return next(line for line in printed.splitlines() if line.startswith(f"| {name} |")).replace(
        "\\", ""
    )


def rates(case: Case, samples: int) -> dict[str, float]:
    """Share of samples in which a door calls the true zero found."""
    found = pd.DataFrame([doors(case, seed) for seed in range(samples)])
    return {str(name): float(share) for name, share in found.mean().items()}


def main() -> None:
    """Simulate, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=SAMPLES)
    samples = parser.parse_args().samples
    error = 100 * (NOMINAL * (1 - NOMINAL) / samples) ** 0.5
    lines = [HEAD.format(samples=samples, error=error)]
    for case in cases():
        found = rates(case, samples)
        cells = [*case.name, *(f"{100 * found[d]:.1f}" if d in found else "" for d in DOORS)]
        lines.append(f"| {' | '.join(cells)} |\n")
        print(lines[-1].strip(), flush=True)
    OUTPUT.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
