"""Scores and spatial statistics beside other programs and exact figures, for tools/pages/generate_proof.py."""
# ruff: noqa: PLC0415 - other programs are loaded where they are asked

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from proof_common import (
    DATA,
    REFERENCE,
    Number,
    activities,
    exact,
    longest,
    pairs,
    printed,
    python,
    sbm,
    super_sbm,
    witness,
)

from xinzhi_econometrics.space.hot_spots import hot_spots, local_moran
from xinzhi_econometrics.space.inequality import dagum, theil
from xinzhi_econometrics.space.weights import moran, neighbours_of
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.options import Options
from xinzhi_frontier.productivity.index import productivity

INPUTS, GOODS, BADS = ["capital", "labour"], ["gdp"], ["co2"]


@cache
def provinces() -> pd.DataFrame:
    """Read inputs and outputs of 30 provinces in three years."""
    return pd.read_csv(DATA / "provinces" / "data.csv")


def scores(options: Options, *, bads: bool = True) -> Any:
    """Measure the provinces; their unit does not matter to a program solved by SciPy."""
    data = provinces()
    labels = tuple(zip(data["province"], map(int, data["year"]), strict=True))
    parts = [data[names].to_numpy() / data[names].mean().to_numpy() for names in (INPUTS, GOODS)]
    amounts = data[BADS].to_numpy() / data[BADS].mean().to_numpy() if bads else None
    return evaluate(activities(*parts, amounts, labels=labels), options=options).scores


def of_rows(theirs: Iterable[float], ours: Iterable[float]) -> list[Number]:
    """Label scores by province and year."""
    data = provinces()
    return pairs(data["province"] + " " + data["year"].astype(str), theirs, ours)


@witness("efficiency", "SBM with an undesirable output, yearly frontiers and a pooled one (30 provinces, 3 years)",
         "含非期望产出的 SBM，逐年前沿与合并前沿（30 个省份 3 年）", python("deapack"), "tests/unit/frontier/test_sbm_cases.py")  # fmt: skip
def sbm_deapack() -> list[Number]:
    """Constant returns by year, variable returns over all years."""
    from deapack import DEAData, UndesirableSBM

    data = provinces().assign(dmu=lambda d: d["province"] + " " + d["year"].astype(str))

    def theirs(part: pd.DataFrame, returns: str) -> pd.Series:
        given = DEAData.from_frame(
            part.reset_index(drop=True), dmu="dmu", inputs=INPUTS, outputs=GOODS, bad_outputs=BADS
        )
        result = UndesirableSBM(returns_to_scale=returns).fit(given)
        return result.summary_frame.set_index("dmu_id")["score"]

    yearly = pd.concat([theirs(part, "crs") for _, part in data.groupby("year")])[data["dmu"]]
    pooled = theirs(data, "vrs")[data["dmu"]]
    return [
        *of_rows(yearly, scores(Options("sbm", "constant", reference="contemporaneous"))),
        *of_rows(pooled, scores(Options("sbm", "variable", reference="global"))),
    ]


SCIPY = python("scipy")
PROGRAMS = "tests/unit/frontier/test_plain_programs.py"


def by_scipy(moves: Sequence[int], returns: str, **how: Any) -> list[float]:
    """Solve the program of each province with SciPy, written from the equation of the page."""
    data = provinces()[[*INPUTS, *GOODS, *BADS]]
    values = (data / data.mean()).to_numpy()
    signs = np.array([1.0, 1.0, -1.0, 1.0])
    if how.pop("without_bads", False):
        values, signs, moves = values[:, :3], signs[:3], moves[:3]
    everyone = np.arange(len(values))
    return [
        longest(values, o, everyone, signs=signs, direction=values[o] * np.array(moves), returns=returns, **how)
        for o in everyone
    ]  # fmt: skip


@witness("efficiency", "Radial measure: input and output orientation, constant and variable returns (30 provinces, 3 years)",
         "径向测度：投入导向与产出导向，规模报酬不变与可变（30 个省份 3 年）", SCIPY, PROGRAMS, quick=True)  # fmt: skip
def radial_scipy() -> list[Number]:
    """θ = 1 - β and φ = 1 + β, a program a row."""
    numbers: list[Number] = []
    for orientation, moves, sign in (("input", [1, 1, 0, 0], -1), ("output", [0, 0, 1, 0], 1)):
        for returns in ("constant", "variable"):
            ways = np.array(by_scipy(moves, returns, without_bads=True))
            ours = scores(Options("radial", returns, orientation), bads=False)
            numbers += of_rows(1 + sign * ways, ours)
    return numbers


@witness("efficiency", "Directional distance with strong and weak disposability (30 provinces, 3 years)",
         "方向距离函数：强可处置与弱可处置（30 个省份 3 年）", SCIPY, PROGRAMS, quick=True)  # fmt: skip
def directional_scipy() -> list[Number]:
    """Along own values; weakly disposable bad outputs are an equation."""
    numbers: list[Number] = []
    for disposability, equal in (("strong", ()), ("weak", (3,))):
        theirs = by_scipy([0, 0, 1, 1], "constant", equal=equal)
        options = Options("directional", "constant", "output", disposability=disposability)
        numbers += of_rows(theirs, scores(options))
    return numbers


@witness("efficiency", "Malmquist index with efficiency and technical change (30 provinces, 2 changes)",
         "Malmquist 指数及其效率变化与技术变化（30 个省份、2 次变化）", SCIPY,
         "tests/unit/frontier/productivity/test_index_programs.py", quick=True)  # fmt: skip
def malmquist_scipy() -> list[Number]:
    """Four distances a change, each a program (Färe, Grosskopf, Norris and Zhang 1994)."""
    data = provinces()
    values = (data[[*INPUTS, *GOODS]] / data[[*INPUTS, *GOODS]].mean()).to_numpy()
    years = data["year"].to_numpy()

    def e(s: int, o: int) -> float:
        direction = values[o] * np.array([0, 0, 1])
        reference = np.flatnonzero(years == s)
        return 1 / (1 + longest(values, o, reference, signs=[1, 1, -1], direction=direction))

    labels = tuple(zip(data["province"], map(int, years), strict=True))
    rows = activities(values[:, :2], values[:, 2:], labels=labels)
    found = productivity(rows, index="malmquist", options=Options("radial", orientation="output"))
    numbers: list[Number] = []
    for row in found.to_frame().itertuples(index=False):
        one, two = (labels.index((row.entity, year)) for year in (row[1], row[2]))
        change = e(row[2], two) / e(row[1], one)
        technical = np.sqrt(e(row[1], two) / e(row[2], two) * e(row[1], one) / e(row[2], one))
        numbers += pairs(
            [f"{row.entity} {row[2]} {name}" for name in ("tfpch", "effch", "techch")],
            [change * technical, change, technical],
            [row.value, row.efficiency_change, row.technical_change],
        )
    return numbers


@witness("efficiency", "Super-SBM with an undesirable output (example `oecd`, 288 rows)",
         "含非期望产出的超效率 SBM（示例 `oecd`，288 行）", SCIPY, "tests/docs/test_benchmark.py", quick=True)  # fmt: skip
def super_sbm_scipy() -> list[Number]:
    """Solve the programs of Tone (2002), as benchmarks/contenders/with_scipy.py writes them."""
    import with_scipy
    import with_xinzhi
    from data import oecd

    frame = oecd()
    theirs, ours = (m.super_sbm(frame)["score"] for m in (with_scipy, with_xinzhi))
    return pairs(map(str, range(len(theirs))), theirs, ours)


@witness("efficiency", "SBM and super-SBM in rational arithmetic (Tone 2001, 2002)",
         "有理数精确算术下的 SBM 与超效率 SBM（Tone，2001、2002）", printed("exact fractions, `tests/support/oracles_efficiency.py`", "精确分数，`tests/support/oracles_efficiency.py`"),
         "tests/unit/frontier/test_exact_arithmetic.py", quick=True)  # fmt: skip
def tone_exact() -> list[Number]:
    """Measure by a second implementation, written from the papers in fractions."""
    numbers: list[Number] = []
    for table, names in (("tone_2001", ["sbm"]), ("tone_2002", ["sbm", "super_sbm"])):
        typed = tomllib.loads((REFERENCE / f"{table}.toml").read_text(encoding="utf-8"))
        x, y, n = exact(typed["inputs"]), exact(typed["outputs"]), len(typed["units"])
        rows = activities(typed["inputs"], typed["outputs"])
        for measure in names:
            theirs = [sbm(x, y, [[]] * n, o, range(n)) for o in range(n)]
            if measure == "super_sbm":
                theirs = [super_sbm(x, y, [[]] * n, o, range(n)) if t == 1 else t for o, t in enumerate(theirs)]  # fmt: skip
            labels = [f"{table} {measure} {unit}" for unit in typed["units"]]
            numbers += pairs(labels, theirs, evaluate(rows, options=Options(measure)).scores)
    return numbers


@cache
def columbus() -> dict[str, Any]:
    """Crime in 49 neighbourhoods, and the figures of other programs."""
    return tomllib.loads((REFERENCE / "columbus_1988.toml").read_text(encoding="utf-8"))


def crime() -> tuple[pd.Series, Any]:
    """Crime, and neighbours."""
    places = columbus()["places"]
    values = pd.Series({name: place["crime"] for name, place in places.items()})
    return values, neighbours_of({name: place["neighbours"] for name, place in places.items()})


SPDEP = printed("R 4.5.0 spdep 1.3-5; esda 2.9.0")


@witness("space", "Moran's I, its variances and p-values (Columbus, 49 neighbourhoods)",
         "Moran 指数及其方差与 p 值（哥伦布市 49 个社区）", SPDEP, "tests/unit/space/test_moran.py", quick=True)  # fmt: skip
def moran_spdep() -> list[Number]:
    """Under randomisation and normality."""
    found = moran(*crime(), generator=np.random.default_rng(1))
    names = ["expected", "variance_randomisation", "variance_normality", "p_randomisation", "p_normality"]  # fmt: skip
    told = columbus()["global"]
    ours = [found.value, *(getattr(found, name) for name in names)]
    return pairs(["moran", *names], [told["moran"], *(told[name] for name in names)], ours)


@witness("space", "Local Moran and G* of each neighbourhood (Columbus)", "各社区的局部 Moran 指数与 G* 统计量（哥伦布市）",
         SPDEP, "tests/unit/space/test_moran.py", quick=True)  # fmt: skip
def local_spdep() -> list[Number]:
    """49 values of each."""
    places, how = columbus()["places"], {"generator": np.random.default_rng(1), "permutations": 99}
    one = local_moran(*crime(), **how).by_place["local_moran"]
    star = hot_spots(*crime(), **how).by_place["z"]
    labels = [f"{kind} {name}" for kind in ("local", "g_star") for name in places]
    theirs = [place[kind] for kind in ("local", "g_star") for place in places.values()]
    return pairs(labels, theirs, [*one[list(places)], *star[list(places)]])


@witness("space", "Theil index and its parts, Gini ratio (Columbus)", "Theil 指数及其分解、基尼系数（哥伦布市）",
         printed("inequality 1.1.2 (PySAL)"), "tests/unit/space/test_inequality.py", quick=True,
         note=("The witness prints the parts of the index to eight digits.", "对照程序将指数的各组成部分输出到八位小数。"))  # fmt: skip
def inequality_pysal() -> list[Number]:
    """Compare indices of groups: the numbers of the neighbourhoods modulo 3."""
    values, _ = crime()
    panel = values.rename_axis("entity").to_frame("score").assign(period=2023)
    panel = panel.set_index("period", append=True)["score"]
    groups = pd.Series({name: str(int(name) % 3) for name in values.index})
    parts, ratio, told = theil(panel, groups).by_period.loc[2023], dagum(panel, groups), columbus()["theil"]  # fmt: skip
    names = ["total", "between", "within"]
    ginis = told["gini_of_group"]
    return pairs(
        [*names, "gini", *(f"gini {group}" for group in ginis)],
        [*(told[name] for name in names), told["gini"], *ginis.values()],
        [*(parts[name] for name in names), ratio.by_period.loc[2023, "gini"],
         *(ratio.by_group.loc[(2023, group), "gini"] for group in ginis)],
    )  # fmt: skip
