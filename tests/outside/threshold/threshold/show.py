"""Tests of thresholds, and the regression by regimes."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np

from threshold.compute import Threshold
from xinzhi.analyses.analysis import Shown, Study
from xinzhi.analyses.exhibits import Exhibits, whole_reading
from xinzhi.present import numbers
from xinzhi.present.frames import table_from
from xinzhi.present.regression import regression_table
from xinzhi.present.table import Cell, Row
from xinzhi_core.wording import Wording, message

HANSEN = (
    "Hansen, B. E. (1999). Threshold effects in non-dynamic panels: Estimation, testing, and inference. "
    "Journal of Econometrics, 93(2), 345–368. doi:10.1016/S0304-4076(99)00025-1"
)


def exhibits(section, result: Threshold, shown: Shown) -> Exhibits:
    """Set the tests and the slopes."""
    q, title = shown.study.label(section.threshold), shown.title
    interval, critical = message("{level} interval", level="95%"), message("Critical values")
    tests = table_from(
        result.tests,
        {
            "estimate": message("Threshold"),
            "low": (interval, message("Lower bound")),
            "high": (interval, message("Upper bound")),
            "f": message("F"),
            "p_value": message("p"),
            **{f"c{level}": (critical, f"{level}%") for level in (10, 5, 1)},
            "draws": message("Draws"),
        },
        id=f"{shown.name}_tests",
        title=message("{title}: tests", title=title),
        stub=message("Thresholds"),
        decimals=dict.fromkeys(("estimate", "low", "high"), shown.style.decimals + 1),
        notes=[message("F compares with one threshold less; p and critical values are those of the bootstrap; the interval holds all values whose likelihood ratio is below 7.35.")],
        reading=[*_reading(result, q, shown)],
        part="text",
    )  # fmt: skip
    labels = {**shown.style.labels, **regime_labels(result, q, shown.study)}
    heading = message("{title}: slopes by regime", title=title)
    slopes = regression_table(
        f"{shown.name}_slopes", heading, [result.estimates], replace(shown.style, labels=labels)
    )
    place = np.searchsorted(result.used, result.frame[result.q], side="left")
    counts = tuple(
        Row(
            message("N where {c}", c=c),
            (Cell(int((place == k).sum()), "count"),),
            key=f"n_regime{k + 1}",
        )
        for k, c in enumerate(_conditions(result.used, q))
    )
    known = message("Standard errors take the thresholds as known, as is usual.")
    slopes = replace(
        slopes, rows=(*slopes.rows, *counts), notes=(*slopes.notes, known), part="text"
    )
    method = message(
        "{title}: panel threshold regression (Hansen 1999) on {q}; the threshold is searched over all values that leave {trim} of the rows in each regime; each test draws the residuals of whole {entities} {draws} times (seed {seed}).",
        title=title, q=q, trim=f"{section.trim:.0%}", draws=section.draws, seed=shown.study.seed, entities=shown.style.noun.many,
    )  # fmt: skip
    return Exhibits((tests, slopes), (method,), frozenset({HANSEN}), prose=whole_reading(tests))


def _reading(result: Threshold, q: Wording, shown: Shown) -> Iterator[Wording]:
    first = result.tests.iloc[0]
    words = {"q": q, "f": f"{first['f']:.2f}", "p": numbers.p_equals(first["p_value"])}
    words["value"] = numbers.number(first["estimate"], shown.style.decimals + 1)
    if result.is_significant:
        yield message("The slopes change where {q} passes {value} (F = {f}, {p}).", **words)
    else:
        yield message("No threshold in {q} is found (F = {f}, {p}).", **words)


def regime_labels(result: Threshold, q: Wording, study: Study) -> Mapping[str, Wording]:
    """Name the slopes of each regime."""
    return {
        f"{x}.regime{k}": message("{name} ({unit})", name=study.label(x), unit=c)
        for x in result.regime
        for k, c in enumerate(_conditions(result.used, q), 1)
    }


def _conditions(used: tuple[float, ...], q: Wording) -> list[Wording]:
    c = [numbers.number(value, 4) for value in used]
    inner = [message("{a} < {q} ≤ {b}", a=a, b=b, q=q) for a, b in pairwise(c)]
    return [message("{q} ≤ {a}", q=q, a=c[0]), *inner, message("{q} > {a}", q=q, a=c[-1])]
