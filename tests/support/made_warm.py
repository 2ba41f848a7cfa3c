"""Four tiny studies that together use every section of a study file, every kind of source and stored draws.

`raw` starts from files (panels, series, records, lists of terms, codes), `space` measures scores and uses
them in space, `mechanism` estimates, `draws` resamples. Each is a folder of files and a study file that is
written from a document.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd

CITIES = ["唐山市", "大同市", "阜新市", "襄阳市", "鞍山市"]
YEARS = range(2008, 2013)
TEN = [f"c{i:02d}" for i in range(10)]
RAW: Mapping[str, Any] = {
    "title": {"zh": "原始", "en": "Raw"},
    "seed": 3,
    "sources": {
        "book": {"file": "book.csv", "entity": "city", "period": "year"},
        "more": {
            "files": ["more"],
            "entity": "city",
            "period": "year",
            "names": "china_cities",
            "columns": {"price": "index", "grants": "grants"},
        },
        "census": {"file": "census.xlsx", "kind": "series", "keys": ["city", "industry"], "sheet": "one"},
        "national": {"file": "national.csv", "kind": "series", "keys": ["industry"]},
        "robots": {"file": "robots.csv", "kind": "series", "keys": ["industry", "year"]},
        "firms": {
            "file": "firms.xlsx",
            "kind": "records",
            "sheet": "one",
            "id": "number",
            "date": "opened",
            "closed": "shut",
            "place": "address",
            "text": "scope",
            "code": "code",
        },
    },
    "panel": {"from": ["book", "more"], "periods": {"from": 2008, "to": 2012}},
    "prepare": [
        {"full": {"step": "interpolate", "method": "linear", "columns": ["waste"]}},
        {"pollution": {"step": "entropy_index", "columns": ["waste", "dust"]}},
        {"robots": {"step": "exposure", "shares": "census", "national": "national", "shocks": "robots"}},
        {"new": {"step": "new_firms", "from": "firms", "population": "people"}},
        {"emerging": {"step": "emerging_firms", "from": "firms", "codes": "codes.csv", "terms": "terms.yaml", "classes": ["装备"]}},
        {"cases": {"step": "penalty_cases", "from": "firms", "terms": "causes.yaml"}},
        {"rich": {"step": "rate", "numerator": ["gdp"], "denominator": "people", "per": 1}},
        {"later": {"step": "lag", "column": "gdp", "by": 1}},
    ],
    "variables": {
        "transform": "ln1p",
        "robots": {"column": "robots"},
        "new": {"column": "new"},
        "rich": {"column": "rich"},
        "cases": {"column": "cases"},
        "emerging": {"column": "emerging"},
        "pollution": {"column": "pollution", "transform": "none"},
        "double": {"expression": "2 * robots + grants"},
    },
    "describe": {"variables": ["robots", "new", "rich", "cases", "emerging", "pollution", "double"]},
    "tables": {"base": {"outcome": "pollution", "effects": ["entity"], "columns": [{"x": ["rich"]}]}},
    "report": {"languages": ["en"], "formats": ["md"]},
}  # fmt: skip
SPACE: Mapping[str, Any] = {
    "title": "Space",
    "seed": 3,
    "sources": {"data": {"file": "data.csv", "entity": "city", "period": "year"}},
    "panel": {"from": "data"},
    "efficiency": {
        "green": {
            "measure": "radial",
            "returns_to_scale": "variable",
            "inputs": ["labour", "capital"],
            "good_outputs": ["gdp"],
            "classes": {"low": "< 0.8", "high": ">= 0.8"},
            "scale_efficiency": True,
        },
        "other": {"inputs": ["labour"], "good_outputs": ["gdp"], "bad_outputs": ["waste"]},
    },
    "productivity": {"change": {"of": "green", "index": "malmquist"}},
    "inference": {"level": 0.1, "scores": {"of": ["green"], "draws": 24, "size": 6}},
    "variables": {
        "green": {"from": "green"},
        "change": {"from": "change"},
        "slack": {"from": "other", "component": "slack_labour"},
        "talent": {"column": "talent"},
    },
    "groups": {"region": {"column": "region", "east": [1], "other": "rest"}},
    "describe": {"variables": ["green", "talent", "slack"]},
    "tables": {"base": {"outcome": "change", "columns": [{"x": ["talent"]}]}},
    "second_stage": {
        "drivers": {"score": "green", "regressors": ["talent"], "draws": 24, "bias_draws": 5}
    },
    "space_and_time": {
        "green": {
            "regions": "region",
            "dates": [2009, 2012],
            "top": 3,
            "convergence": ["sigma", "beta"],
            "inequality": ["theil", "dagum"],
            "neighbours": "squares",
            "spatial_markov": {"classes": 2},
            "permutations": 99,
        }
    },
    "maps": {
        "squares": {
            "value": "green",
            "in": [2009, 2012],
            "boundaries": "squares.topo.json",
            "key": "name",
            "areas": "near",
        },
        "regions": {
            "groups": "region",
            "boundaries": "squares.topo.json",
            "key": "name",
            "areas": "near",
        },
    },
    "report": {"languages": ["en"], "formats": ["md"]},
}
MECHANISM: Mapping[str, Any] = {
    "title": "Mechanism",
    "seed": 3,
    "sources": {"data": {"file": "data.csv", "entity": "city", "period": "year"}},
    "panel": {"from": "data"},
    "efficiency": {"green": {"inputs": ["labour"], "good_outputs": ["gdp"]}},
    "inference": {"level": 0.1},
    "variables": {
        "green": {"from": "green"},
        "talent": {"column": "talent"},
        "skill": {"column": "skill"},
        "firms": {"column": "firms"},
        "policy": {"column": "policy"},
        "control": {"column": "control"},
        "size": {"column": "capital", "transform": "ln"},
    },
    "sets": {"factors": ["talent"], "controls": ["control"]},
    "groups": {
        "region": {"column": "region", "east": [1], "other": "rest"},
        "half": {"column": "control", "split": "median"},
    },
    "diagnostics": {"of": "base/1", "tests": ["vif"]},
    "tables": {
        "base": {
            "outcome": "green",
            "covariance": {"cluster": "entity"},
            "columns": [{"x": ["factors", "controls"]}],
        },
        "second": {"from": "base/1", "columns": [{"window": [2009, 2012]}]},
        "third": {"outcome": "firms", "columns": [{"x": ["factors", "controls"]}]},
    },
    "mediation": {"mechanism": {"from": "base/1", "through": ["firms"], "draws": 49}},
    "moderation": {
        "tools": {
            "from": "base/1",
            "moderators": ["policy"],
            "paths": ["talent -> firms", "firms -> green"],
            "draws": 49,
        }
    },
    "heterogeneity": {"cities": {"from": "base/1", "by": ["region"], "draws": 10}},
    "specification_curve": {"of": "base/1", "vary": {"controls": "each"}},
    "typology": {"from": ["base", "mechanism", "tools", "cities"], "what_if": {"talent": "10%"}},
    "compare": {"published": "printed.toml", "tables": {"one": "base"}},
    "report": {"languages": ["en"], "formats": ["md"]},
}
DRAWS: Mapping[str, Any] = {
    "title": "Draws",
    "seed": 3,
    "sources": {"data": {"file": "data.csv", "entity": "city", "period": "year"}},
    "panel": {"from": "data"},
    "efficiency": {"green": {"measure": "radial", "inputs": ["labour"], "good_outputs": ["gdp"]}},
    "inference": {
        "whole_study": {"draws": 24, "size": 7, "level": 0.9},
        "leave_one_out": {},
        "placebo": {"factors": ["factors"], "draws": 29},
    },
    "variables": {
        "green": {"from": "green", "transform": "ln"},
        "talent": {"column": "talent"},
        "skill": {"column": "skill"},
        "firms": {"column": "firms"},
    },
    "sets": {"factors": ["talent"]},
    "tables": {"base": {"outcome": "green", "columns": [{"x": ["talent", "skill"]}]}},
    "mediation": {"channel": {"from": "base/1", "through": ["firms"], "tests": ["sobel"]}},
    "report": {"languages": ["en"], "formats": ["md"]},
}


INDEX: Mapping[str, Any] = {
    "title": "Index",
    "seed": 3,
    "sources": {"data": {"file": "data.csv", "entity": "city", "period": "year"}},
    "panel": {"from": "data"},
    "prepare": [
        {"index": {"step": "entropy_index", "positive": ["talent", "skill"], "negative": ["waste"], "shift": 0}},
        {"low": {"step": "expression", "expression": "1 / (1 + gdp)"}},
        {"high": {"step": "expression", "expression": "1 / (1 + waste)"}},
        {"together": {"step": "coupling", "of": ["low", "high"]}},
        {"tied": {"step": "tapio", "of": "waste", "by": "gdp"}},
        {"product": {"step": "expression", "expression": "labour * capital"}},
        {"far": {"step": "expression", "expression": "1000 * waste"}},
        {"wide": {"step": "expression", "expression": "900 * capital"}},
    ],
    "efficiency": {"green": {"measure": "radial", "inputs": ["labour"], "good_outputs": ["gdp"]}},
    "groups": {"region": {"column": "region", "east": [1], "other": "rest"}},
    "variables": {
        "green": {"from": "green"},
        "talent": {"column": "talent"},
        "firms": {"column": "firms"},
        "made": {"column": "index"},
    },
    "describe": {"variables": ["made", "firms"]},
    "decompose": {"parts": {"of": "product", "factors": ["labour", "capital"], "dates": [2009, 2012]}},
    "detector": {"strata": {"outcome": "firms", "factors": ["talent"], "by": ["region"], "strata": {"quantiles": 2}}},
    "space_and_time": {
        "green": {
            "dates": [2009, 2012],
            "density": {"dates": [2009, 2012]},
            "ellipse": {"x": "far", "y": "wide", "dates": [2009, 2012]},
            "obstacles": {"of": "index", "top": 2},
        }
    },
    "report": {"languages": ["en"], "formats": ["md"]},
}  # fmt: skip


STUDIES = {"raw": RAW, "space": SPACE, "mechanism": MECHANISM, "draws": DRAWS, "index": INDEX}


def panel() -> pd.DataFrame:
    """Draw ten cities in five years."""
    draw = np.random.default_rng(29)
    index = pd.MultiIndex.from_product([TEN, YEARS], names=["city", "year"])
    n, city = len(index), index.codes[0]
    talent = 5 + draw.normal(size=n) + draw.normal(size=10)[city]
    firms = 0.5 * talent + 0.4 * draw.normal(size=n)
    labour, capital = draw.lognormal(3, 0.3, (2, n))
    gdp = np.sqrt(labour * capital) * np.exp(0.1 * firms + 0.2 * draw.normal(size=n))
    columns = {
        "labour": labour,
        "capital": capital,
        "gdp": gdp,
        "waste": labour * np.exp(0.1 * draw.normal(size=n)),
        "talent": talent,
        "skill": 5 + draw.normal(size=n),
        "firms": firms,
        "policy": 1 + draw.uniform(size=n),
        "control": draw.normal(size=n) + 3,
        "region": city % 2,
        "part": city // 5,
    }
    return pd.DataFrame(columns, index=index)


def squares(*, gap: bool = False) -> dict[str, Any]:
    """Make two maps of ten squares: in a row, and in two rows; `gap` cuts the row in its middle."""
    arcs: dict[tuple[tuple[int, int], ...], int] = {}

    def edge(start: tuple[int, int], end: tuple[int, int]) -> int:
        # Squares that share an edge share its arc: ~n is arc n drawn backwards.
        if (end, start) in arcs:
            return ~arcs[end, start]
        return arcs.setdefault((start, end), len(arcs))

    def shapes(corners: list[tuple[int, int]]) -> dict[str, Any]:
        geometries = []
        for i, (x, y) in enumerate(corners):
            ring = [(x, y), (x, y + 1), (x + 1, y + 1), (x + 1, y), (x, y)]
            geometries.append({
                "type": "Polygon",
                "arcs": [[edge(*ends) for ends in pairwise(ring)]],
                "properties": {"name": TEN[i], "mixed": TEN[3 * i % 10]},
            })  # fmt: skip
        return {"type": "GeometryCollection", "geometries": geometries}

    objects = {
        "near": shapes([(i + 3 * (gap and i > 4), 0) for i in range(10)]),
        "rows": shapes([(20 + i % 5, 10 + i // 5) for i in range(10)]),
    }
    return {
        "type": "Topology",
        "objects": objects,
        "arcs": [[list(p) for p in arc] for arc in arcs],
    }


def write_raw(folder: Path) -> None:
    """Write the files of `raw`."""
    chance = np.random.default_rng(2)
    rows = [
        f"{city},{year},{50 + 10 * i + (7 * year + i) % 13},{100 + 7 * i + year % 3},"
        + (
            ""
            if (city, year) == ("唐山市", 2010)
            else f"{30 + (i * year) % 17}.{int(chance.integers(10, 90))}"
        )
        + f",{20 + (i + year) % 9}"
        for i, city in enumerate(CITIES)
        for year in YEARS
    ]
    head = "city,year,gdp（亿元）,people（万人）,waste,dust"
    (folder / "book.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    (folder / "more").mkdir()
    for k, name in enumerate(["a.csv", "b.csv"]):
        lines = [
            f"{city},{year},{100 + (i * year) % 7},{3 + (year + i) % 4}"
            for i, city in enumerate(CITIES)
            for year in YEARS
            if year % 2 == k and (city, year) != ("鞍山市", 2009)
        ]
        text = "\n".join(["city,year,index,grants", *lines]) + "\n"
        (folder / "more" / name).write_text(text, encoding="utf-8")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet, factor in (("one", 1), ("two", 3)):
        page = book.create_sheet(sheet)
        page.append(["city", "industry", "people"])
        for i, city in enumerate(CITIES):
            page.append([city, "make", 50 + factor * i])
            page.append([city, "mine", 90 - factor * 2 * i])
    book.save(folder / "census.xlsx")
    (folder / "national.csv").write_text("industry,people\nmake,800\nmine,1200\n", encoding="utf-8")
    robots = [
        f"{kind},{year},{10 * k + year % 6 * k}"
        for k, kind in enumerate(["make", "mine"], 1)
        for year in YEARS
    ]
    (folder / "robots.csv").write_text(
        "industry,year,robots\n" + "\n".join(robots) + "\n", encoding="utf-8"
    )
    write_firms(folder / "firms.xlsx")
    (folder / "codes.csv").write_text(
        "class,code,starred\n装备,3562,0\n装备,3563,1\n", encoding="utf-8"
    )
    terms = "装备: {include: [机器人], exclude: [维修]}\n"
    (folder / "terms.yaml").write_text(terms, encoding="utf-8")
    (folder / "causes.yaml").write_text("include: [机器人]\nexclude: [维修]\n", encoding="utf-8")


def write_firms(path: Path) -> None:
    """Write records on two sheets, with two columns of places and two of dates."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet, step in (("one", 1), ("two", 2)):
        page = book.create_sheet(sheet)
        page.append(["number", "opened", "moved", "shut", "address", "office", "scope", "code"])
        for i in range(24):
            page.append([
                f"n{i}",
                f"{2008 + i * step % 5}-05-01",
                f"{2008 + (i + 2) % 5}-06-01",
                "2011-03-01" if i % 5 == 0 and i * step % 5 < 3 else "",
                f"{CITIES[i * step % 5]}某区",
                f"{CITIES[(i + 1) % 3]}某区",
                "工业机器人" if i % 3 else "机器人维修",
                "3562" if i % 2 else "3563",
            ])  # fmt: skip
    book.save(path)


def write_data(folder: Path) -> None:
    """Write the data of `places` and of `draws`."""
    panel().to_csv(folder / "data.csv", float_format="%.17g")
    (folder / "squares.topo.json").write_text(json.dumps(squares()), encoding="utf-8")
    printed = "[one.col1]\nN = 50\ntalent = { b = 0.1, se = 0.1, stars = 0 }\n"
    (folder / "printed.toml").write_text(printed, encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Made:
    """One of the studies in a folder."""

    folder: Path
    document: Mapping[str, Any]
    files: Mapping[str, bytes]
    """The files beside the study file, as they were at first; workbooks carry the time of their making."""

    @property
    def study(self) -> Path:
        """The study file."""
        return self.folder / "study.yaml"

    def put(self, document: Mapping[str, Any]) -> None:
        """Write the study file; JSON is YAML."""
        self.study.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")

    def base(self) -> dict[str, Any]:
        """Give a copy of the document, to be changed."""
        return copy.deepcopy(dict(self.document))

    def restore(self) -> None:
        """Write every file as it was at first, and remove others."""
        for name in _files_in(self.folder):
            if name not in self.files:
                (self.folder / name).unlink()
        for name, content in self.files.items():
            (self.folder / name).write_bytes(content)
        self.put(self.document)


def _files_in(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]


def make(name: str, folder: Path) -> Made:
    """Make one of the studies in an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (write_raw if name == "raw" else write_data)(folder)
    files = {each: (folder / each).read_bytes() for each in _files_in(folder)}
    made = Made(folder, STUDIES[name], files)
    made.restore()
    return made
