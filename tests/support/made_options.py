"""Small studies in which every option can change something, with the files that they read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd

from made_everything import PLACES, YEARS, places

SOURCE = (
    "sources: {c: {file: places.csv, kind: panel, entity: place, period: year}}\npanel: {from: c}"
)
HEAD = f"title: {{zh: 选项, en: Options}}\nseed: 1\n{SOURCE}\n"
VARIABLES = """\
variables:
  gdp: {column: gdp, unit: 亿元}
  firms: {column: firms}
  talent: {column: talent, label: {zh: 人才, en: Talent}}
  policy: {column: policy}
  other: {column: other}
  skill: {column: skill}
  outside: {column: outside}
  share: {column: share}
  control: {column: control}
  second: {column: second}
sets: {factors: [talent], controls: [control, second]}
groups: {region: {column: region, east: [1], other: rest}, size: {column: sized, one: [0], two: [1], three: [2]}}
"""
SCORES = """\
efficiency:
  green: {measure: sbm, inputs: [labour, capital], good_outputs: [gdp], bad_outputs: [waste], classes: {low: "< 0.70", high: ">= 0.70"}}
  plain: {measure: radial, inputs: [labour, capital], good_outputs: [gdp]}
"""
STUDIES = {
    "scores": HEAD
    + SCORES
    + """\
productivity: {gml: {of: plain, index: malmquist}, green_index: {of: green, index: luenberger}}
variables: {gml: {from: gml}, plain: {from: plain}, talent: {column: talent}}
groups: {region: {column: region, east: [1], other: rest}}
describe: {variables: [gml, plain]}
""",
    "space": HEAD
    + """\
efficiency: {plain: {measure: radial, inputs: [labour, capital], good_outputs: [gdp], classes: {low: "< 0.70", high: ">= 0.70"}}}
groups: {region: {column: region, east: [1], other: rest}}
space_and_time: {plain: {regions: region, dates: [2010, 2015], top: 3, convergence: [sigma, beta], inequality: [theil, dagum], neighbours: built_in, association: [moran, hot_spots, local_moran], permutations: 99}}
""",
    "maps": HEAD
    + """\
efficiency: {plain: {measure: radial, inputs: [labour, capital], good_outputs: [gdp], classes: {low: "< 0.70", high: ">= 0.70"}}}
groups: {region: {column: region, east: [1], other: rest}}
maps:
  known: {value: plain, in: [2010, 2015], boundaries: built_in}
  own: {value: plain, in: [2010, 2015], boundaries: areas.topo.json, key: name, areas: first, land: back, approval: "GS(2020)1"}
""",
    "regressions": HEAD
    + """\
efficiency: {plain: {measure: radial, inputs: [labour, capital], good_outputs: [gdp]}}
"""
    + VARIABLES.replace("variables:\n", "variables:\n  plain: {from: plain}\n")
    + """\
describe: {variables: [firms, talent]}
diagnostics: {of: baseline/1, tests: [vif]}
tables:
  baseline: {outcome: firms, effects: [entity, period], covariance: {cluster: entity}, columns: [{x: [factors, controls]}]}
  scored: {outcome: plain, columns: [{x: [factors]}]}
  shares: {outcome: share, columns: [{x: [factors], effects: [period]}]}
  follows: {from: baseline/1, columns: [{}, {}]}
specification_curve: {of: baseline/1, vary: {controls: each}}
compare: {published: printed.toml, tables: {table5: baseline}}
report: {languages: [en, zh], formats: [md], decimals: 3}
""",
    "mechanism": HEAD
    + """\
efficiency: {plain: {measure: radial, inputs: [labour, capital], good_outputs: [strong]}}
"""
    + VARIABLES.replace(
        "variables:\n", "variables:\n  plain: {from: plain}\n  works: {column: works}\n"
    )
    + """\
inference: {level: 0.05}
tables:
  baseline: {outcome: plain, effects: [entity, period], columns: [{x: [factors, controls]}]}
  second: {outcome: firms, columns: [{x: [factors]}]}
mediation: {mechanism: {from: baseline/1, through: [works], draws: 199}}
moderation: {tools: {from: baseline/1, moderators: [policy], paths: [talent -> works, works -> plain], draws: 199}}
heterogeneity: {cities: {from: baseline/1, by: [region, size], draws: 199}}
typology:
  from: [baseline, mechanism, tools, cities]
  pathways: [{name: one, factor: talent, mediator: works, moderators: [policy], cautions: [{note: {zh: 小心, en: Take care}, groups: {region: [east]}}]}]
  what_if: {talent: 10%}
""",
    "draws": HEAD.replace("places.csv", "many.csv")
    + SCORES
    + """\
inference: {level: 0.05, scores: {of: [plain], draws: 49}}
variables:
  plain: {from: plain}
  firms: {column: firms}
  talent: {column: talent}
  control: {column: control}
sets: {factors: [talent], controls: [control]}
tables: {baseline: {outcome: plain, columns: [{x: [factors, controls]}]}}
second_stage: {why: {score: plain, regressors: [talent], draws: 49, bias_draws: 5}}
""",
    "steps": HEAD.replace("places.csv", "long.csv")
    + """\
prepare:
  - capital_stock: {step: capital_stock, investment: labour, price: index, index_kind: fixed_base, base: 2010}
  - carry_back: {step: carry_back, column: late, from: 2012, to: [2010, 2011]}
  - difference: {step: difference, column: gdp}
  - entropy_index: {step: entropy_index, columns: [labour, waste]}
  - expression: {step: expression, expression: gdp / labour}
  - extrapolate: {step: extrapolate, column: short, to: 2021, method: growth}
  - interpolate: {step: interpolate, columns: [gap]}
  - lag: {step: lag, column: gdp}
  - lead: {step: lead, column: gdp}
  - log: {step: log, column: gdp}
  - log1p: {step: log1p, column: gdp}
  - rate: {step: rate, numerator: [waste], denominator: labour, per: 100}
  - real_output: {step: real_output, nominal: gdp, index: index, index_kind: fixed_base, base: 2010}
  - standardise: {step: standardise, column: gdp}
  - winsorise: {step: winsorise, column: gdp, percentiles: [5, 95]}
variables: {made: {column: rate}, formula: {column: expression}}
describe: {variables: [made, formula]}
""",
    "index": HEAD
    + """\
prepare:
  - entropy_index: {step: entropy_index, positive: [firms, talent], negative: [waste], dimensions: {people: [talent]}, shift: 0}
  - low: {step: expression, expression: 1 / (1 + gdp)}
  - high: {step: expression, expression: 1 / (1 + waste)}
  - share_of_firms: {step: expression, expression: 1 / (1 + firms)}
  - coupling: {step: coupling, of: [low, high]}
  - tapio: {step: tapio, of: waste, by: gdp}
  - product: {step: expression, expression: labour * capital}
  - other_product: {step: expression, expression: labour * waste}
efficiency: {plain: {measure: radial, inputs: [labour, capital], good_outputs: [gdp]}}
space_and_time: {plain: {dates: [2010, 2015], top: 3, obstacles: {of: entropy_index, top: 2}}}
decompose: {parts: {of: product, factors: [labour, capital], dates: [2010, 2015]}}
variables: {made: {column: entropy_index}, coupled: {column: coupling}, decoupled: {column: tapio}}
describe: {variables: [made, coupled, decoupled]}
""",
    "distribution": HEAD
    + """\
prepare:
  - far: {step: expression, expression: 1000 * waste}
  - wide: {step: expression, expression: 900 * capital}
efficiency: {plain: {measure: radial, inputs: [labour, capital], good_outputs: [gdp]}}
groups: {region: {column: region, east: [1], other: rest}, size: {column: sized, one: [0], two: [1], three: [2]}}
variables: {firms: {column: firms}, works: {column: works}, talent: {column: talent}, control: {column: control}}
space_and_time: {plain: {dates: [2010, 2015], density: {dates: [2010, 2015], by: region}, ellipse: {x: far, y: wide, dates: [2010, 2015]}, spatial_markov: {neighbours: built_in, classes: 2}}}
detector: {parts: {outcome: firms, factors: [talent], by: [region], strata: {quantiles: 2}}}
""",
    "reading": """\
title: {zh: 读, en: Reading}
sources:
  book: {file: book.xlsx, sheet: a, entity: city, period: year, names: china_cities}
  more: {file: more.csv, entity: city, period: year, names: china_cities, columns: {u: u}}
panel: {from: [book, more]}
variables: {x: {column: x}, u: {column: u}}
describe: {variables: [x, u]}
""",
    "one": """\
title: {zh: 读, en: Reading}
sources: {more: {file: more.csv, entity: city, period: year, names: text}}
panel: {from: [more]}
efficiency: {e: {measure: radial, inputs: [x], good_outputs: [y]}}
variables: {x: {column: x}}
describe: {variables: [x]}
""",
    "records": """\
title: {zh: 记录, en: Records}
sources:
  data: {file: base.csv, entity: city, period: year, names: text}
  firms: {file: firms.csv, kind: records, id: id, date: date, closed: closed, place: city, code: code, text: words}
  census: {file: census.csv, kind: series, keys: [city, industry]}
  national: {file: national.csv, kind: series, keys: [industry]}
  national_by_year: {file: national_by_year.csv, kind: series, keys: [industry, year]}
  robots: {file: robots.csv, kind: series, keys: [industry, year]}
  output: {file: output.csv, kind: series, keys: [industry, year]}
  enterprises: {file: enterprises.csv, kind: series, keys: [city, industry, year]}
panel: {from: data}
prepare:
  - emerging_firms: {step: emerging_firms, from: firms, codes: codes.csv, terms: terms.yaml, classes: [new]}
  - new_firms: {step: new_firms, from: firms}
  - penalty_cases: {step: penalty_cases, from: firms, terms: causes.yaml}
  - exposure: {step: exposure, shares: census, shocks: robots, national: national, column: n}
  - again: {step: exposure, shares: census, shocks: output, variant: in_city_shares, column: n}
  - dynamic_exposure: {step: dynamic_exposure, enterprises: enterprises, shocks: robots, national: national_by_year}
variables: {x: {column: x}}
describe: {variables: [x]}
""",
}
"""Name -> study file."""
CITIES = ["唐山市", "大同市", "延边朝鲜族自治州"]
PERIODS = (2008, 2009, 2010)


def _table(*names: str, start: int = 0, cities: Sequence[str] = CITIES) -> str:
    """Write a csv of cities and years, with a number of its own in each cell."""
    lines = [",".join(("city", "year", *names))]
    for i, city in enumerate(cities):
        for t, year in enumerate(PERIODS):
            cells = [
                str(start + 10 + 7 * i + 3 * k * (i + 1) + t * (k + 2) + (i * t) % 3)
                for k in range(len(names))
            ]
            lines.append(",".join((city, str(year), *cells)))
    return "\n".join(lines) + "\n"


def _crossed(names: str, *keys: Sequence[object], start: float = 40) -> str:
    """Write a csv of keys crossed with each other."""
    lines = [names]
    for at, combination in enumerate(product(*keys)):
        worth = [
            str(start + at * (k + 3) + at * at) for k in range(names.count(",") + 1 - len(keys))
        ]
        lines.append(",".join((*map(str, combination), *worth)))
    return "\n".join(lines) + "\n"


def long_frame() -> pd.DataFrame:
    """Make three places over twelve years, with gaps inside and at the ends."""
    draw = np.random.default_rng(6)
    index = pd.MultiIndex.from_product([PLACES[:3], range(2010, 2022)], names=["place", "year"])
    year = index.get_level_values("year")
    names = ["labour", "capital", "gdp", "waste", "other"]
    made = pd.DataFrame(draw.uniform(1, 4, (len(index), 5)), index=index, columns=names)
    growing = made.mul(1.15 ** (year - 2010), axis=0)
    growing["index"] = 100 + 2.0 * (year - 2010) + 5 * index.codes[0]
    for name, empty in (("late", year < 2012), ("short", year > 2019), ("gap", year == 2015)):
        growing[name] = growing["labour"].where(~empty)
    growing["early"] = growing["capital"].where(year >= 2012)
    growing["end"] = growing["gap"].where(year < 2021)
    return growing.round(9)


def write_readings(folder: Path) -> None:
    """Write the files of the studies `reading` and `records`."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet, start in (("a", 0), ("b", 50)):
        page = book.create_sheet(sheet)
        for line in _table("x", "y", start=start).splitlines():
            page.append([float(c) if c.isdigit() else c for c in line.split(",")])
    book.save(folder / "book.xlsx")
    industries, years = ["steel", "coal"], [2008, 2009]
    firms = "id,city,town,date,other,closed,code,kind,words,notes,label\n" + "".join(
        f"{n}{year}{k},{city},{CITIES[(n + 1) % 3]},{year}-05-01,{2008 + (year + n) % 3}-03-01,"
        f"{f'{year + 1}-02-01' if k == 1 else ''},{('3990', '0110', '3990')[(n + k) % 3]},"
        f"{('0110', '3990')[(n + year) % 2]},{('solar cells', 'solar old', 'none of it')[(n + k + year) % 3]},"
        f"{('solar', 'bare')[n % 2]},L{n % 2}{k}\n"
        for n, city in enumerate(CITIES)
        for year in PERIODS
        for k in range(4)
    )
    texts = {
        "base.csv": _table("x", "people"),
        "more.csv": _table("x", "y", "u", start=5, cities=["唐山", *CITIES[1:]]).replace(
            "city,year", "city,year"
        ),
        "firms.csv": firms,
        "codes.csv": "class,code,starred\nnew,3990,0\nold,0110,0\n",
        "codes_again.csv": "class,code,starred\nnew,0110,0\nold,3990,0\n",
        "terms.yaml": "new: {include: [solar], exclude: [old]}\nold: {include: [cells]}\n",
        "terms_again.yaml": "new: {include: [cells]}\nold: {include: [solar]}\n",
        "review.csv": "id,verdict\n120092,yes\n120101,yes\n",
        "causes.yaml": "include: [solar]\n",
        "causes_again.yaml": "include: [none]\n",
        "census.csv": _crossed("city,industry,n,m", CITIES, industries),
        "national.csv": _crossed("industry,n", industries, start=800),
        "national_again.csv": _crossed("industry,n", industries, start=900),
        "national_by_year.csv": _crossed("industry,year,n", industries, PERIODS, start=800),
        "robots.csv": _crossed("industry,year,n", industries, PERIODS),
        "few_robots.csv": _crossed("industry,year,n", industries, years),
        "output.csv": _crossed("industry,year,n", industries, PERIODS, start=70),
        "enterprises.csv": _crossed("city,industry,year,n", CITIES, industries, PERIODS, start=9),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    more = texts["more.csv"].splitlines()
    (folder / "semicolons.csv").write_text("\n".join(more).replace(",", ";"), encoding="utf-8")
    (folder / "gb.csv").write_bytes("\n".join(more).encode("gb18030"))
    halves = [line.split(",") for line in more[1:]]
    columns = list(zip(*halves, strict=True))
    extra = {
        "town": (*columns[0][3:], *columns[0][:3]),
        "other": tuple(str(4017 - int(year)) for year in columns[1]),
        "zh": tuple(f"城{name}" for name in columns[0]),
        "en": tuple(f"City {name}" for name in columns[0]),
        "marked": tuple("-9" if at == 4 else cell for at, cell in enumerate(columns[2])),
        "comma": tuple(f'"1,{cell}5"' for cell in columns[3]),
        "coded": tuple(f"0{cell}" for cell in columns[2]),
    }
    heads = [more[0], *extra]
    body = [
        ",".join((*line, *(extra[name][at] for name in extra))) for at, line in enumerate(halves)
    ]
    (folder / "wide_of_columns.csv").write_text(
        "\n".join([",".join(heads), *body]) + "\n", encoding="utf-8"
    )
    titled = ["city,year,x,y,u", *more]
    (folder / "titled.csv").write_text("\n".join(titled) + "\n", encoding="utf-8")
    for year in PERIODS[:2]:
        lines = [line.replace(f",{year},", ",") for line in more[1:] if f",{year}," in line]
        (folder / f"{year}.csv").write_text(
            "\n".join(["city,x,y,u", *lines]) + "\n", encoding="utf-8"
        )
    (folder / "part.csv").write_text(
        "\n".join(["city,year,v", *(",".join((*one[:2], "3")) for one in halves[:5])]) + "\n",
        encoding="utf-8",
    )
    (folder / "rest.csv").write_text(
        "\n".join(["city,year,w", *(",".join((*one[:2], "4")) for one in halves[3:])]) + "\n",
        encoding="utf-8",
    )
    across = "\n".join(
        [
            "city," + ",".join(map(str, PERIODS)),
            *(f"{c},{i}1,{i}2,{i}3" for i, c in enumerate(CITIES, 1)),
        ]
    )
    (folder / "across.csv").write_text(across + "\n", encoding="utf-8")
    names = [
        ("襄樊市", 2008),
        ("襄樊市", 2009),
        ("襄阳市", 2010),
        ("唐山市", 2008),
        ("唐山市", 2009),
        ("唐山市", 2010),
    ]
    renamed = "\n".join(
        ["city,year,x,y", *(f"{c},{y},{k + 1},{k + 4}" for k, (c, y) in enumerate(names))]
    )
    (folder / "renamed.csv").write_text(renamed + "\n", encoding="utf-8")
    totals = "\n".join([*_table("x", "y").splitlines(), *(f"合计,{y},100,100" for y in PERIODS)])
    (folder / "totals.csv").write_text(totals + "\n", encoding="utf-8")


PRINTED = """\
[table5.col1]
N = 72
talent = { b = 0.1, se = 0.1, stars = 0 }

[table6.col1]
N = 71
"""


def frame() -> pd.DataFrame:
    """Make the panel of `made_everything` with an instrument, a share, gaps and zeros."""
    made = places()
    draw = np.random.default_rng(5)
    n = len(made)
    place = made.index.codes[0]
    made["outside"] = made["talent"] + 0.5 * draw.normal(size=n)
    made["skill"] = made["talent"] + 0.3 * draw.normal(size=n)
    made["other"] = 1 + draw.uniform(size=n)
    made["share"] = 1 / (1 + np.exp(-(0.4 * (made["talent"] - 5) + 0.3 * draw.normal(size=n))))
    made["second"] = draw.normal(size=n) + 2
    made["sized"] = place % 3
    made["works"] = 0.4 * made["talent"] * made["policy"] + 0.1 * draw.normal(size=n)
    made["strong"] = np.sqrt(made["labour"] * made["capital"]) * np.exp(
        0.3 * made["works"] + 0.03 * place + 0.05 * draw.normal(size=n)
    )
    made["alone"] = (np.arange(n) == 4).astype(int)
    made["empty"] = made["labour"].where(np.arange(n) != 7)
    made["zero"] = made["labour"].where(np.arange(n) != 7, 0.0)
    return made.round(9)


def many() -> pd.DataFrame:
    """Make twice the places, as subsamples give no interval where there are fewer than twenty."""
    made = frame()
    again = made.rename(index=lambda name: f"{name}乙", level="place")
    draw = np.random.default_rng(8)
    names = ["labour", "capital", "gdp", "waste", "firms", "zero", "empty"]
    again[names] = again[names] * draw.uniform(0.8, 1.25, (len(again), len(names)))
    return pd.concat([made, again]).round(9)


def areas(height: int = 0) -> dict[str, object]:
    """Make a TopoJSON of squares with two objects of outlines and two of backdrops."""
    arcs = [
        [[x, height], [x, 1], [x + 1, 1], [x + 1, height], [x, height]] for x in range(len(PLACES))
    ]
    arcs += [[[x, 2], [x, 3], [x + 1, 3], [x + 1, 2], [x, 2]] for x in range(len(PLACES))]
    arcs += [
        [[0, -5], [0, -4], [1, -4], [1, -5], [0, -5]],
        [[4, -5], [4, -4], [9, -4], [9, -5], [4, -5]],
    ]

    def of(numbers):
        return {
            "type": "GeometryCollection",
            "geometries": [
                {
                    "type": "Polygon",
                    "arcs": [[number]],
                    "properties": {
                        "name": PLACES[number % len(PLACES)],
                        "turned": PLACES[(number + 1) % len(PLACES)],
                    },
                }
                for number in numbers
            ],
        }

    n = len(PLACES)
    objects = {
        "first": of(range(n)),
        "moved": of(range(n, 2 * n)),
        "back": of([2 * n]),
        "land": of([2 * n + 1]),
    }
    return {"type": "Topology", "objects": objects, "arcs": arcs}


def write_studies(folder: Path) -> Path:
    """Write data and study files, `NAME.yaml`."""
    made = frame()
    made.to_csv(folder / "places.csv", encoding="utf-8", float_format="%.17g")
    many().to_csv(folder / "many.csv", encoding="utf-8", float_format="%.17g")
    long_frame().to_csv(folder / "long.csv", encoding="utf-8", float_format="%.17g")
    (folder / "printed.toml").write_text(PRINTED, encoding="utf-8")
    other = PRINTED.replace("N = 72", "N = 71")
    (folder / "printed_otherwise.toml").write_text(other, encoding="utf-8")
    for name, height in (("areas", 0), ("areas_again", -1)):
        text = json.dumps(areas(height), ensure_ascii=False)
        (folder / f"{name}.topo.json").write_text(text, encoding="utf-8")
    write_readings(folder)
    for name, text in STUDIES.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


__all__ = ["PLACES", "STUDIES", "YEARS", "areas", "frame", "many", "write_studies"]
