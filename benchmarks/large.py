"""A study of thousands of entities with every section of the larger example: seconds, memory and sizes.

`just bench large` (or `uv run python benchmarks/large.py`) makes panels of 115, 3,000 and 10,000 simulated
entities over 16 years, runs `xinzhi run` on each in a process of its own, and writes a section of
`results.md`. `--folder DIR --entities 3000` only makes one panel and its study file, to be run by hand.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from alone import Needed, lines, machine, needed, put_section

SIZES = (115, 3_000, 10_000)
YEARS = tuple(range(2008, 2024))
SEED = 18
STUDY = """\
title: {zh: 模拟的大样本, en: A large simulated sample}
seed: 18
simulated: true
sources: {places: {file: places.csv, kind: panel, entity: place, period: year, read: {accept: [plausible.band]}}}
panel: {from: places}
efficiency:
  GTFP:
    measure: super_sbm
    returns_to_scale: constant
    reference: global
    exclude: observation
    inputs: [labour, capital, power]
    good_outputs: [gdp]
    bad_outputs: [waste]
    classes: {low: "< 0.30", middle: 0.30-0.60, high: "> 0.60"}
variables:
  transform: ln1p
  GTFP: {from: GTFP, label: {zh: 绿色发展效率, en: Green efficiency}}
  talent: {column: talent, label: {zh: 人才, en: Talent}}
  patents: {column: patents, label: {zh: 技术, en: Technology}}
  robots: {column: robots, label: {zh: 自动化, en: Automation}}
  firms: {column: firms, label: {zh: 产业活力, en: Industrial vitality}}
  entrants: {column: entrants, label: {zh: 产业更替, en: Industrial substitution}}
  rules: {column: rules, label: {zh: 规制政策, en: Regulation}}
  funds: {column: funds, label: {zh: 资金政策, en: Funding}}
  openness: {column: openness, label: {zh: 对外开放, en: Openness}}
  urban: {column: urban, label: {zh: 城镇化率, en: Urban share}}
sets: {factors: [talent, patents, robots], controls: [openness, urban]}
groups:
  region: {column: region, label: {zh: 地区, en: Region}}
  coal: {column: coal, coal: [1], other: rest, label: {zh: 资源类型, en: Resource}}
describe: {variables: [GTFP, factors, firms, entrants, rules, funds, controls]}
diagnostics: {of: baseline/1, tests: [vif, effects_f, hausman, mundlak]}
tables:
  baseline:
    outcome: GTFP
    covariance: {cluster: entity}
    columns:
      - x: [factors, controls]
      - x: [factors]
      - {x: [factors, controls], effects: [entity]}
mediation: {mechanism: {from: baseline/1, through: [firms, entrants], tests: [sobel, bootstrap], draws: 1000}}
moderation: {tools: {from: baseline/1, moderators: [rules, funds], lag: 1, paths: [factors -> firms, factors -> entrants, firms -> GTFP, entrants -> GTFP]}}
heterogeneity: {cities: {from: baseline/1, by: [region, coal], difference: [interaction, permutation], draws: 1000}}
typology:
  from: [baseline, mechanism, tools, cities]
  pathways:
    - {name: education, factor: talent, mediator: entrants, moderators: [rules, funds]}
    - {name: technology, factor: patents, mediator: firms, moderators: [rules, funds]}
    - {name: equipment, factor: robots, mediator: entrants, moderators: [rules]}
  what_if: {talent: 10%, patents: 10%, robots: 10%}
space_and_time: {GTFP: {regions: region, dates: [2008, 2013, 2018, 2023], top: 20}}
report: {languages: [zh, en], formats: [html, docx, xlsx, tex, md, svg, png]}
"""


def panel(entities: int) -> pd.DataFrame:
    """Draw a panel: factors move firms, both move output; a third of the places are clean."""
    draw = np.random.default_rng([SEED, entities])
    names = [f"P{number:05d}" for number in range(entities)]
    index = pd.MultiIndex.from_product([names, YEARS], names=["place", "year"])
    n, place = len(index), index.codes[0]
    level = draw.normal(size=entities)[place]
    trend = np.asarray(index.codes[1]) / len(YEARS)
    talent, patents, robots = np.exp(1 + 0.4 * level + 0.8 * trend + 0.3 * draw.normal(size=(3, n)))
    firms = np.exp(0.2 * np.log1p(talent) + 0.1 * draw.normal(size=n) + 1)
    entrants = np.exp(0.2 * np.log1p(robots) + 0.1 * draw.normal(size=n) + 1)
    labour, capital, power = draw.lognormal(4, 0.4, (3, n))
    push = 0.2 * np.log1p(firms) + 0.1 * np.log1p(patents) + 0.2 * trend + 0.1 * draw.normal(size=n)
    return pd.DataFrame(
        {
            "labour": labour,
            "capital": capital,
            "power": power,
            "gdp": (labour * capital * power) ** (1 / 3) * np.exp(push - 0.5 * np.abs(level)),
            "waste": labour * np.exp(0.2 * draw.normal(size=n) + 0.3 * (place % 3 > 0)),
            "talent": talent,
            "patents": patents,
            "robots": robots,
            "firms": firms,
            "entrants": entrants,
            "rules": draw.poisson(4, n),
            "funds": draw.uniform(0.5, 4, n),
            "openness": draw.uniform(0.0, 0.3, n),
            "urban": np.clip(30 + 8 * level + 15 * trend + draw.normal(size=n), 5, 95),
            "region": np.array(["east", "centre", "west", "northeast"])[place % 4],
            "coal": place % 2,
        },
        index=index,
    )


def write_study(folder: Path, entities: int) -> Path:
    """Write the panel and the study file; return the study file."""
    folder.mkdir(parents=True, exist_ok=True)
    panel(entities).to_csv(folder / "places.csv", encoding="utf-8", float_format="%.10g")
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    return folder / "study.yaml"


def row(entities: int, run: str, used: Needed, results: Path) -> tuple[str, ...]:
    """Write a row of the table."""
    sizes = [
        f"{(results / name).stat().st_size / 1e6:.1f}"
        for name in ("report.html", "tables.xlsx", "report.docx", "results.json")
    ]
    return (f"{entities:,}", run, *used.cells(), *sizes)


HEADS: Sequence[str] = (
    *("entities", "run", "processor, s", "clock, s", "peak, MB"),
    *("report.html, MB", "tables.xlsx, MB", "report.docx, MB", "results.json, MB"),
)


def main() -> None:
    """Measure all sizes, or only write one study."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--folder", type=Path)
    asked.add_argument("--entities", type=int, action="append")
    options = asked.parse_args()
    if options.folder:
        for entities in options.entities or SIZES[1:2]:
            print(write_study(options.folder, entities))
        return
    rows = []
    for entities in options.entities or SIZES:
        with tempfile.TemporaryDirectory() as place:
            study = write_study(Path(place), entities)
            for run in ("first", "only the report", "unchanged"):
                if run == "only the report":  # every number computed, every file made anew
                    (study.parent / "results" / "report.html").unlink()
                used = needed([sys.executable, "-m", "xinzhi.cli.main", "run", str(study)])
                assert used.code == 0, used.said
                rows.append(row(entities, run, used, study.parent / "results"))
                print(json.dumps(rows[-1]), flush=True)
    text = "\n\n".join(
        [
            "A simulated panel over 16 years with every section of the example but maps, all formats, both languages.",
            lines(HEADS, rows),
            machine(),
        ]
    )
    put_section("Large studies", text)


if __name__ == "__main__":
    main()
