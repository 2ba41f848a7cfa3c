"""A small study with steps, and all that its runs must print: written a second time from the files themselves.

The files are read here with `csv` alone. What steps did is counted from the cells of the raw files, the tables of the
screen from the scores that the run wrote; no object that prints is asked.
"""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev

from printed import digits
from screens import NAMES, Key, Pair, counted, figure, write

PER = 1000
BASE = 2011
STUDY = f"""\
title: t
sources:
  data: {{file: data.csv, entity: city, period: year, names: text}}
  cases: {{file: cases.csv, kind: records, id: id, date: date, place: city, text: reason}}
panel: {{from: [data]}}
prepare:
  - filled: {{step: interpolate, columns: [pop], ends: carry}}
  - before: {{step: lag, column: gdp}}
  - ahead: {{step: lead, column: gdp, by: 2}}
  - grown: {{step: difference, column: inv}}
  - perhead: {{step: rate, numerator: gdp, denominator: pop, per: {PER}}}
  - stock: {{step: capital_stock, investment: inv, price: price, index_kind: fixed_base, base: {BASE}, initial: 0.2, timing: start}}
  - real: {{step: real_output, nominal: gdp, index: growth, index_kind: previous_year, base: {BASE + 1}}}
  - idx: {{step: entropy_index, columns: [gdp, side]}}
  - cut: {{step: winsorise, column: inv, percentiles: [10, 90]}}
  - fines: {{step: penalty_cases, from: cases, terms: causes.yaml}}
  - firms: {{step: new_firms, from: cases, population: pop}}
efficiency: {{e: {{inputs: [stock, pop], good_outputs: [gdp]}}}}
report: {{formats: [md], languages: [en], decimals: 3}}
"""


@dataclass(frozen=True, slots=True)
class Done:
    """What a step did, as the ledger must hold it."""

    step: str
    column: str
    change: str
    n: int
    words: Pair

    @property
    def row(self) -> tuple[str, str, str, int, str, str]:
        """Step, column, change, number of cells or records, and the sentence in both languages."""
        return (self.step, self.column, self.change, self.n, *self.words)


def write_study(
    folder: Path,
    keys: Sequence[Key],
    holes: Sequence[Key],
    cases: Sequence[tuple[str, str, str]],
    growth: int,
) -> Path:
    """Write a panel with empty cells of `pop`, records (city, date, reason) and the study; `gdp` grows by so much a year."""
    empty = set(holes)
    write(
        folder / "data.csv",
        keys,
        {
            "gdp": lambda k: figure(k, 2) + growth * (k[1] - 2010 + k[1] % 2),
            "pop": lambda k: "" if k in empty else figure(k, 5) + 9 * (k[1] % 2),
            "inv": lambda k: figure(k, 3) + 7 * (k[1] % 2),
            "side": lambda k: 1000 + (7 * NAMES.index(k[0]) + 3 * k[1]) % 11,
            "price": lambda k: 60 + 40 * (k[1] - 2009),
            "growth": lambda k: 104.5 + k[1] % 3,
        },
    )
    rows = [f"{i},{city},{date},{reason}" for i, (city, date, reason) in enumerate(cases)]
    # The first record is there twice, and counts once.
    text = "\n".join(["id,city,date,reason", *rows, *rows[:1]])
    (folder / "cases.csv").write_text(text + "\n", encoding="utf-8")
    (folder / "causes.yaml").write_text("include: [waste water]\nexclude: [noise]\n")
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    return folder / "study.yaml"


def read_csv(path: Path) -> list[dict[str, str]]:
    """Read rows as texts by heading."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def cells(folder: Path) -> dict[Key, dict[str, str]]:
    """Read the cells of the panel by city and year."""
    return {(row["city"], int(row["year"])): row for row in read_csv(folder / "data.csv")}


def of_gaps(folder: Path) -> list[Done]:
    """Count the empty cells of `pop` between and beyond the figures of each city."""
    raw = cells(folder)
    inside = ends = 0
    for city in {c for c, _ in raw}:
        years = [y for c, y in raw if c == city and raw[c, y]["pop"]]
        for own in (y for c, y in raw if c == city and not raw[c, y]["pop"]):
            inside += min(years) < own < max(years)
            ends += not min(years) < own < max(years)
    told = [
        Done("filled", "pop", "filled", inside, ("gaps inside, linear", "内部缺口，线性")),
        Done("filled", "pop", "filled", ends, ("ends, carry", "两端，沿用最近的观测值")),
    ]
    return [one for one in told if one.n]


def of_formulas(folder: Path) -> list[Done]:
    """Count the cells that have the year before, the second year after, and all of them."""
    raw = cells(folder)
    before, ahead = (sum((c, y + by) in raw for c, y in raw) for by in (-1, 2))
    weights = entropy_weights([[float(row[x]) for row in raw.values()] for x in ("gdp", "side")])
    listed = ", ".join(f"{x} {w:.8f}" for x, w in zip(("gdp", "side"), weights, strict=True))
    low, high = (percentile([float(row["inv"]) for row in raw.values()], q) for q in (0.1, 0.9))
    changed = sum(not low <= float(row["inv"]) <= high for row in raw.values())
    n = len(raw)
    derived = {
        "before": (before, "gdp, 1 period before", "gdp，滞后 1 期"),
        "ahead": (ahead, "gdp, 2 periods after", "gdp，超前 2 期"),
        "grown": (before, "inv, change over 1 period", "inv，1 期差分"),
        "perhead": (
            n,
            f"(gdp) / pop, per {PER}; one pop counts 1",
            f"(gdp) / pop，每 {PER}；一个 pop 计 1",
        ),
        "stock": (
            n,
            f"perpetual inventory of inv at prices of {BASE}: depreciation 0.096, first stock 0.2, timing start",
            f"永续盘存法：inv，{BASE} 年价格；折旧率 0.096，期初存量 0.2，计入时点 年初",
        ),
        "real": (
            n,
            f"gdp of {BASE + 1}, moved by growth (previous_year)",
            f"{BASE + 1} 年的 gdp，按 growth（上年为 100）推算",
        ),
        "idx": (n, f"weights: {listed}", f"权重：{listed}"),
    }
    told = [Done(name, name, "derived", k, (en, zh)) for name, (k, en, zh) in derived.items()]
    drawn = ("drawn in to percentiles [10.0, 90.0]", "缩尾至 [10.0, 90.0] 百分位")
    return [
        *told,
        Done("cut", "cut", "copied", n - changed, ("inv, winsorised", "inv，缩尾")),
        Done("cut", "cut", "changed", changed, drawn),
    ]


def percentile(values: Sequence[float], share: float) -> float:
    """Take a percentile, linear between the two that are next."""
    order = sorted(values)
    at = share * (len(order) - 1)
    low = math.floor(at)
    return order[low] + (at - low) * (order[min(low + 1, len(order) - 1)] - order[low])


def entropy_weights(columns: Sequence[Sequence[float]], shift: float = 1e-4) -> list[float]:
    """Weigh columns, scaled to 0 … 1 and shifted, by what they tell apart."""
    spread = []
    for values in columns:
        scaled = [(v - min(values)) / (max(values) - min(values)) + shift for v in values]
        shares = [v / sum(scaled) for v in scaled]
        spread.append(1 + sum(p * math.log(p) for p in shares) / math.log(len(shares)))
    return [each / sum(spread) for each in spread]


REASONS: Mapping[str, tuple[str, str, str]] = {
    "future": (
        "records are dated after the last period",
        "record is dated after the last period",
        "条记录的日期晚于最后一期",
    ),
    "no_date": (
        "records have no readable date",
        "record has no readable date",
        "条记录的日期无法识别",
    ),
    "repeated": (
        "records repeat an identifier",
        "record repeats an identifier",
        "条记录的标识重复",
    ),
    "no_term": (
        "records hold no term of the list, or an exclusion",
        "record holds no term of the list, or an exclusion",
        "条记录不含所列词语，或含排除词",
    ),
    "unresolved": (
        "records have a place that cannot be resolved",
        "record has a place that cannot be resolved",
        "条记录的地点无法识别",
    ),
}
ORDER = ("future", "no_date", "no_term", "repeated", "unresolved")


def of_records(folder: Path, step: str, first: Pair, *, by_terms: bool) -> list[Done]:
    """Count the records of a file, each left out for the first reason that holds."""
    raw, rows = cells(folder), read_csv(folder / "cases.csv")
    last, names = max(y for _, y in raw), {c for c, _ in raw}
    years = [row["date"][:4] for row in rows]
    lost: dict[str, int] = {}
    nowhere: dict[str, int] = {}
    seen: set[str] = set()
    earliest = min(int(year) for year in years if year.isdigit())
    for row, year in zip(rows, years, strict=True):
        has_term = "waste water" in row["reason"] and "noise" not in row["reason"]
        why = (
            "repeated"
            if row["id"] in seen
            else "no_date"
            if not year.isdigit()
            else "future"
            if int(year) > last
            else "no_term"
            if by_terms and not has_term
            else "unresolved"
            if row["city"] not in names
            else ""
        )
        seen.add(row["id"])
        if why:
            lost[why] = lost.get(why, 0) + 1
        if why == "unresolved":
            nowhere[row["city"]] = nowhere.get(row["city"], 0) + 1
    n = sum(y >= earliest for _, y in raw)
    told = [Done(step, step, "derived", n, first)]
    read = (
        f"{counted(len(rows), 'records')} {'was' if len(rows) == 1 else 'were'} read",
        f"共读取 {len(rows)} 条记录",
    )
    told.append(Done(step, step, "counted", len(rows), read))
    for reason in ORDER:
        if k := lost.get(reason):
            many, one, chinese = REASONS[reason]
            english = f"{k} {one if k == 1 else many}"
            told.append(Done(step, step, "flagged", k, (english, f"{k} {chinese}")))
    if nowhere:
        order = sorted(nowhere.items(), key=lambda one: (-one[1], one[0]))
        listed = ", ".join(f"{place} {k}" for place, k in order)
        where = (f"places left out: {listed}", f"未计入的地点：{listed}")
        told.append(Done(step, step, "flagged", sum(nowhere.values()), where))
    return told


def ledger(folder: Path) -> list[Done]:
    """Say all that the steps of the study did, in the order of the study file."""
    cases = (
        "cases of 'cases' by the terms of 'causes.yaml'",
        "“cases”中按“causes.yaml”词表计数的案件",
    )
    firms = (
        "records of 'cases' founded in the year, per 10000 persons",
        "“cases”中当年成立的记录，每 10000 人",
    )
    return [
        *of_gaps(folder),
        *of_formulas(folder),
        *of_records(folder, "fines", cases, by_terms=True),
        *of_records(folder, "firms", firms, by_terms=False),
    ]


def doubts(folder: Path) -> list[Pair]:
    """Say what the screen tells of steps: their flags, those of one step in one line."""
    by_step: dict[str, list[Pair]] = {}
    for one in ledger(folder):
        if one.change == "flagged":
            by_step.setdefault(one.step, []).append(one.words)
    return [
        (
            f"! {step}: {', '.join(english for english, _ in words)}",
            f"! {step}：{'、'.join(chinese for _, chinese in words)}",
        )
        for step, words in by_step.items()
    ]


def scores(folder: Path) -> dict[Key, float]:
    """Read the scores that the run wrote."""
    rows = read_csv(folder / "results" / "scores.csv")
    return {(row["entity"], int(row["period"])): float(row["score"]) for row in rows}


def summary(values: Sequence[float]) -> list[str]:
    """Mean, standard deviation, least and largest."""
    return [digits(v) for v in (mean(values), stdev(values), min(values), max(values))]


def findings(folder: Path, path: Path, n_more: int) -> list[Pair]:
    """Say the tables and sentences of the first screen, cells apart by one space."""
    found = scores(folder)
    years = sorted({y for _, y in found})
    lines: list[Pair] = [
        ("e by period", "各时期e"),
        (
            "Period n Mean Std. dev. Min. Max. On the frontier",
            "时期 n 均值 标准差 最小值 最大值 位于前沿",
        ),
    ]
    parts = [(str(y), str(y), [found[k] for k in found if k[1] == y]) for y in years]
    for english, chinese, values in (*parts, ("All", "全部", [*found.values()])):
        on = sum(v >= 1 - 1e-9 for v in values)
        row = " ".join([str(len(values)), *summary(values), str(on)])
        lines.append((f"{english} {row}", f"{chinese} {row}"))
    lines += [
        ("e: highest and lowest means", "e：均值最高与最低的个体"),
        ("Entity Rank n Mean Min. Max.", "个体 排名 n 均值 最小值 最大值"),
    ]
    own = {city: [v for (c, _), v in found.items() if c == city] for city in {c for c, _ in found}}
    for rank, city in enumerate(sorted(own, key=lambda c: -mean(own[c])), 1):
        v = own[city]
        cells_of = [digits(x) for x in (mean(v), min(v), max(v))]
        lines.append((line := " ".join([city, str(rank), str(len(v)), *cells_of]), line))
    first, last = (
        mean([v for (_, y), v in found.items() if y == at]) for at in (years[0], years[-1])
    )
    start, end = digits(first), digits(last)
    moved = (
        (f"Mean e was {start} in {years[0]} and {end} in {years[-1]}.", "")
        if start == end
        else (
            f"Over these periods mean e {'rose' if last > first else 'fell'} from {start} to {end}.",
            f"期间e均值由{start}{'升' if last > first else '降'}至{end}。",
        )
    )
    method = (
        "e is measured by super-SBM (a pooled frontier of all periods; each score certified optimal).",
        "以超效率SBM测度e，采用合并所有时期的全局前沿，每个得分均附最优性证明。",
    )
    lines.append((f"{method[0]} {moved[0]}", f"{method[1]}{moved[1]}"))
    tables = counted(n_more, "more tables", "more table")
    lines.append(
        (
            f"{tables}: `xinzhi show --study {path}`.",
            f"另有 {n_more} 张表：`xinzhi show --study {path}`。",
        )
    )
    return lines


WHAT: Mapping[str, Pair] = {
    "tables/": ("tables in Markdown, one per file", "Markdown 格式的表，每表一个文件"),
    "report.md": ("the report in Markdown", "Markdown 格式的报告"),
    "results.json": (
        "every number of every table, machine-readable",
        "全部表格的全部数字，机器可读",
    ),
    "scores.csv": (
        "scores, status, slacks, targets and peers of each row",
        "每一行的得分、状态、松弛、目标与标杆",
    ),
    "run.json": (
        "versions, seed, hashes, options, certificates, what was computed and why",
        "版本、种子、哈希、选项、证书，以及计算了什么、为什么",
    ),
    "README.md": (
        "what these files are and how to reproduce them",
        "各文件说明与重现方法",
    ),
}


def places(results: Path) -> list[Pair]:
    """Name the files that are in the folder of the results, and what each is, in any order."""
    told = []
    tables = [*(results / "tables").iterdir()]
    for file in (*results.iterdir(), *tables[:1]):
        place, in_tables = str(file), file.parent != results
        english, chinese = WHAT.get("tables/" if in_tables else file.name, ("", ""))
        if in_tables and len(tables) > 1:
            place, n = f"{file.parent}{os.sep}", len(tables)
            english, chinese = f"{n} files: {english}", f"{n} 个文件：{chinese}"
        if english:
            told.append((f"{place} {english}", f"{place} {chinese}"))
    return told
