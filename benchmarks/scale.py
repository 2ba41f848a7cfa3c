"""How the stages of a run grow with the number of entities: seconds of the processor, and exponents.

`just bench scale` (or `uv run python benchmarks/scale.py`) makes panels of 300, 1,000, 3,000 and 10,000 simulated
entities over 16 years with every section of a study file, runs each study in a process of its own, which
takes the time of each stage and of each analysis without those that it waits for, and writes `scale.md`.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import large
from alone import lines, machine, needed

PAGE = Path(__file__).with_name("scale.md")
SIZES = (300, 1_000, 3_000, 10_000)
LEAST = 0.5
"""Seconds in the largest study below which a stage says nothing about growth."""
MOST = 1.3
"""Exponent above which a stage is named."""
PAIRS: Mapping[str, str] = {
    "analyse: diagnostics": "the test of cross-section dependence correlates all pairs of entities",
    "analyse: local_moran.GTFP": (
        "its permutations alone take 0.014, 0.048, 0.13 and 0.43 s for 3,000, 10,000, 30,000 and 100,000 places of one "
        "period, an exponent of 1.0: half a second says little"
    ),
}
"""Stage that may grow faster -> which pairs of entities it goes through, or what else was found."""


def study_text() -> str:
    """Add to the study of `large.py` the sections that it leaves out."""
    text = large.STUDY.replace(
        "variables:\n",
        "  TE: {measure: radial, orientation: output, returns_to_scale: variable, "
        "inputs: [labour, capital, power], good_outputs: [gdp], scale_efficiency: true}\n"
        "productivity: {index: {index: global_malmquist, of: TE}}\n"
        "inference: {scores: {draws: 40, of: TE}}\n"
        "second_stage: {distances: {score: TE, regressors: [talent, openness], draws: 40, bias_draws: 2}}\n"
        "maps: {grid: {value: GTFP, boundaries: grid.geojson, key: name, in: [2008, 2023]}}\n"
        "specification_curve: {of: baseline/1, vary: {controls: each, effects: [[entity], [entity, period]], "
        "efficiency: {returns_to_scale: [constant, variable]}}}\n"
        "variables:\n",
        1,
    )
    text = text.replace(
        "tests: [vif, effects_f, hausman, mundlak]",
        "tests: [vif, effects_f, hausman, mundlak, lm, serial_correlation, cross_section_dependence, influence]",
    )
    return text.replace(
        "top: 20}",
        "top: 20, convergence: [sigma, beta], inequality: [theil, dagum], neighbours: grid, "
        "association: [moran, hot_spots, local_moran], permutations: 99}",
    )


def write_study(folder: Path, entities: int) -> Path:
    """Write panel, outlines and study file; return the study file."""
    large.write_study(folder, entities)
    wide = math.ceil(math.sqrt(entities))
    step = 100.0 / wide
    cells = []
    for number in range(entities):
        x, y = -50 + step * (number % wide), -50 + step * (number // wide)
        ring = [[x, y], [x + step, y], [x + step, y + step], [x, y + step], [x, y]]
        cells.append(
            {
                "type": "Feature",
                "properties": {"name": f"P{number:05d}"},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    whole = {"type": "FeatureCollection", "features": cells}
    (folder / "grid.geojson").write_text(json.dumps(whole), encoding="utf-8")
    (folder / "study.yaml").write_text(study_text(), encoding="utf-8")
    return folder / "study.yaml"


class Stopwatch:
    """Seconds of the processor by name; what is taken inside another one counts there no more."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._open: list[list[float]] = []

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Count what is done here."""
        self._open.append([time.process_time(), 0.0])
        try:
            yield
        finally:
            start, inside = self._open.pop()
            whole = time.process_time() - start
            self.seconds[name] = self.seconds.get(name, 0.0) + whole - inside
            if self._open:
                self._open[-1][1] += whole

    def over(self, holder: Any, method: str, name: Callable[..., str]) -> None:
        """Count every call of a function or method."""
        work = getattr(holder, method)

        @wraps(work)
        def timed(*given: Any, **named: Any) -> Any:
            with self.of(name(*given, **named)):
                return work(*given, **named)

        setattr(holder, method, timed)


def measure(study: Path) -> None:
    """Run a study in this process, and print the seconds of its stages."""
    from xinzhi.present.pictures import Pictures  # noqa: PLC0415
    from xinzhi.report import build, deliver  # noqa: PLC0415
    from xinzhi.report import format as formats  # noqa: PLC0415
    from xinzhi.study import run  # noqa: PLC0415
    from xinzhi.study.analyses import Analyses  # noqa: PLC0415
    from xinzhi.study.result import place_of  # noqa: PLC0415
    from xinzhi.work.results import claim  # noqa: PLC0415

    watch = Stopwatch()
    watch.over(run.Stepper, "__call__", lambda _self, stage, _work: stage)
    watch.over(
        Analyses,
        "_get_or_compute",
        lambda _self, key, name, _: f"analyse: {'.'.join(place_of(key, name))}",
    )
    with claim(study.parent / "results") as place:
        with watch.of("other"):
            found = run.run(study, results=place)
        with watch.of("report: tables and text"):
            text = build.text_of(found)
        with watch.of("report: charts"):
            whole = build.with_charts(text, found)
        chosen = found.spec.report.formats
        with watch.of("report: composed"):
            document = deliver.compose(whole)
        # All formats know of each other: a long list that the workbook holds is not printed in Word.
        setting = formats.Setting(pictures=Pictures(place.store), formats=tuple(chosen))
        for kind in chosen:
            with watch.of(f"report: {kind}"):
                formats.FORMATS.get(kind).write(document, setting)
        with watch.of("report: results.json, scores.csv and scripts"):
            deliver.files_of(found, whole, (), Pictures(place.store), lambda _: None, ())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    notes = [str(one) for one in found.not_computed] if found.not_computed else []
    print(json.dumps({"seconds": watch.seconds, "peak": peak, "not": notes}))


def exponent(first: tuple[int, float], last: tuple[int, float]) -> float:
    """Give the power of the number of entities with which a stage grows."""
    return math.log(last[1] / first[1]) / math.log(last[0] / first[0])


def table(found: Mapping[int, Mapping[str, float]]) -> tuple[str, list[str]]:
    """Write the table, and list the stages above the bound."""
    sizes = sorted(found)
    names = sorted(found[sizes[-1]], key=lambda name: -found[sizes[-1]][name])
    rows, above = [], []
    for name in names:
        seconds = [found[n].get(name, 0.0) for n in sizes]
        cells = [f"{one:.2f}" for one in seconds]
        told = ["", ""]
        if seconds[-1] >= LEAST and min(seconds[1:]) > 0:
            powers = [exponent((sizes[i], seconds[i]), (sizes[-1], seconds[-1])) for i in (1, -2)]
            told = [f"{one:.2f}" for one in powers]
            if max(powers) > MOST:
                above.append(name)
        rows.append((name, *cells, *told))
    total = [sum(found[n].values()) for n in sizes]
    powers = [exponent((sizes[i], total[i]), (sizes[-1], total[-1])) for i in (1, -2)]
    rows.append(("all", *(f"{one:.2f}" for one in total), *(f"{one:.2f}" for one in powers)))
    heads = (
        "stage",
        *(f"{n:,}, s" for n in sizes),
        f"exponent from {sizes[1]:,}",
        f"exponent from {sizes[-2]:,}",
    )
    return lines(heads, rows), above


def main() -> None:
    """Measure all sizes and write the page, or measure one study."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--measure", type=Path)
    asked.add_argument("--entities", type=int, action="append")
    asked.add_argument("--kept", type=Path, help="file of what was measured, to be added to")
    asked.add_argument("--only-page", action="store_true", help="write the page of what is kept")
    options = asked.parse_args()
    if options.measure:
        measure(options.measure)
        return
    found: dict[int, Any] = {}
    if options.kept and options.kept.exists():
        found = {int(n): one for n, one in json.loads(options.kept.read_text()).items()}
    wanted = options.entities or [n for n in SIZES if n not in found]
    for entities in () if options.only_page else wanted:
        with tempfile.TemporaryDirectory() as folder:
            study = write_study(Path(folder), entities)
            used = needed([sys.executable, __file__, "--measure", str(study)])
        assert used.code == 0, used.said
        found[entities] = json.loads(used.said.splitlines()[-1])
        print(entities, used.cells(), found[entities], flush=True)
        if options.kept:
            options.kept.write_text(json.dumps(found), encoding="utf-8")
    text, above = table({n: one["seconds"] for n, one in found.items()})
    peaks = "; ".join(f"{n:,} entities {found[n]['peak']:,.0f} MB" for n in sorted(found))
    named = [f"- {name}: {PAIRS.get(name, 'not explained')}." for name in above]
    PAGE.write_text(
        "\n\n".join(
            [
                "# Growth of a run",
                __doc__.split("\n\n", 1)[1].strip(),
                (
                    "Seconds of the processor; pictures are drawn in the same process. Exponents are between two sizes, of stages "
                    f"that take {LEAST} s or more in the largest study."
                ),
                text,
                f"Stages with an exponent above {MOST}:"
                if named
                else f"No stage has an exponent above {MOST}.",
                *(["\n".join(named)] if named else []),
                f"Peak memory: {peaks}.",
                machine(),
            ]
        )
        + "\n",
        encoding="utf-8",
    )
    print(PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
