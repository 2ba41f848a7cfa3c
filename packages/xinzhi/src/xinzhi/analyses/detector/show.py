"""Tables, chart and text of the geodetector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.detector.section import DetectorSection
from xinzhi.analyses.exhibits import Exhibits, first_sentences
from xinzhi.present import numbers
from xinzhi.present.frames import rows_of, table_from
from xinzhi.present.table import Table
from xinzhi_core.wording import Message, Wording, listed, message
from xinzhi_econometrics.space.detector import Detected

WANG_2010 = (
    "Wang, J.-F., Li, X.-H., Christakos, G., Liao, Y.-L., Zhang, T., Gu, X., & Zheng, X.-Y. (2010). "
    "Geographical detectors-based health risk assessment and its application in the neural tube defects "
    "study of the Heshun Region, China. International Journal of Geographical Information Science, 24(1), "
    "107–127. doi:10.1080/13658810802443457"
)
WANG_2016 = (
    "Wang, J.-F., Zhang, T.-L., & Fu, B.-J. (2016). A measure of spatial stratified heterogeneity. "
    "Ecological Indicators, 67, 250–256. doi:10.1016/j.ecolind.2016.02.052"
)
KINDS: Mapping[str, Message] = MappingProxyType(
    {
        "enhance_nonlinear": message("nonlinear enhancement"),
        "enhance_bivariate": message("bivariate enhancement"),
        "independent": message("independent"),
        "no_more_than_one": message("no more than the stronger factor"),
    }
)
RULES: Mapping[str, Message] = MappingProxyType(
    {
        "values": message("values"),
        "quantiles": message("quantiles"),
        "natural_breaks": message("natural breaks"),
        "geometric": message("geometric intervals"),
    }
)


def exhibits(section: DetectorSection, result: Detected, shown: Shown) -> Exhibits:
    """Set the factor detector, the strata, the pairs and the ecological detector."""
    words = factor_labels(section, shown)
    tables = [_factors(section, result, shown, words), _strata(result, shown, words)]
    if result.interaction is not None:
        tables.append(_interaction(result.interaction, shown, words))
    if result.ecological is not None:
        tables.append(_ecological(result.ecological, shown, words))
    return Exhibits(
        tuple(tables),
        references=frozenset({WANG_2010, WANG_2016}),
        prose=first_sentences(*tables),
    )


def factor_labels(section: DetectorSection, shown: Shown) -> dict[str, Wording]:
    """Name each factor as the study does."""
    names = shown.study.expand(section.factors)
    return {
        **{name: shown.study.label(name) for name in names},
        **{name: shown.study.group_label(name) for name in section.by},
    }


def _factors(
    section: DetectorSection, result: Detected, shown: Shown, words: Mapping[str, Wording]
) -> Table:
    frame = result.factors.assign(rule=result.factors["rule"].map(RULES))
    headings: dict[str, Wording] = {
        "q": "q",
        "f_statistic": "F",
        "p_value": message("p (noncentral F)"),
        "n_strata": message("Strata"),
        "rule": message("Rule"),
    }
    if result.factors["p_permutation"].notna().any():
        headings["p_permutation"] = message("p (permutation)")
    return table_from(
        frame,
        headings,
        id=shown.name,
        title=shown.title,
        stub=message("Factor"),
        labels=words,
        notes=(
            message(
                "q: share of the variance of {outcome} between the strata, N = {n}. The noncentrality of F "
                "takes the variance with N − 1, as GeoDetector does.",
                outcome=shown.study.label(str(section.outcome)),
                n=result.n,
            ),
        ),
        reading=tuple(_largest(result, words)),
        machine={"rows": rows_of(result.factors), "n": result.n},
    )


def _largest(result: Detected, words: Mapping[str, Wording]) -> Iterator[Wording]:
    order = result.factors.sort_values("q", ascending=False, kind="stable")
    items = [
        message(
            "{factor} {q} ({p})",
            factor=words[str(name)],
            q=numbers.number(row["q"]),
            p=numbers.p_equals(_deciding_p(row)),
        )
        for name, row in order.iterrows()
    ]
    yield message("Share of the variance between strata (q): {items}.", items=listed(items))


def _deciding_p(row: pd.Series) -> float:
    """Take the p-value that counts the search where there was one."""
    searched = row["p_permutation"]
    return float(row["p_value"] if pd.isna(searched) else searched)


def _strata(result: Detected, shown: Shown, words: Mapping[str, Wording]) -> Table:
    title = message("{title}: means by stratum", title=shown.title)
    headings = {"n": message("N"), "mean": message("Mean")}
    frame, labels = _joined(result.strata, words)
    return table_from(
        frame,
        headings,
        id=f"{shown.name}_strata",
        title=title,
        stub=message("Factor and stratum"),
        labels=labels,
        machine={"rows": rows_of(result.strata)},
    )


def _joined(
    frame: pd.DataFrame, words: Mapping[str, Wording]
) -> tuple[pd.DataFrame, dict[str, Wording]]:
    """Name each row by both levels of its index."""
    keys = [f"{first} & {second}" for first, second in frame.index]
    pairs = zip(keys, frame.index, strict=True)
    labels = {
        key: message(
            "{first} & {second}", first=words[first], second=words.get(second, str(second))
        )
        for key, (first, second) in pairs
    }
    return frame.set_axis(pd.Index(keys)), labels


def _interaction(pairs: pd.DataFrame, shown: Shown, words: Mapping[str, Wording]) -> Table:
    frame, labels = _joined(pairs.assign(kind=pairs["kind"].map(KINDS)), words)
    headings = {
        "q_first": message("q of the first"),
        "q_second": message("q of the second"),
        "q": message("q of both"),
        "kind": message("Kind"),
        "n_cells": message("Strata"),
        "n_single": message("Strata of one row"),
    }
    strongest = frame["q"].idxmax()
    reading = message(
        "The pair with the highest q is {pair}: {q} ({kind}).",
        pair=labels[str(strongest)],
        q=numbers.number(frame.loc[strongest, "q"]),
        kind=frame.loc[strongest, "kind"],
    )
    return table_from(
        frame,
        headings,
        id=f"{shown.name}_interaction",
        title=message("{title}: interaction", title=shown.title),
        stub=message("Factors"),
        labels=labels,
        notes=(
            message(
                "Strata of both factors laid over each other. Bivariate enhancement: q is above each; nonlinear: "
                "above their sum. Overlaid strata never lower q, and many of them raise it by chance."
            ),
        ),
        reading=(reading,),
        machine={"rows": rows_of(pairs)},
    )


def _ecological(pairs: pd.DataFrame, shown: Shown, words: Mapping[str, Wording]) -> Table:
    frame, labels = _joined(pairs, words)
    headings = {"f_statistic": "F", "p_value": message("p (lower tail)")}
    return table_from(
        frame,
        headings,
        id=f"{shown.name}_ecological",
        title=message("{title}: ecological detector", title=shown.title),
        stub=message("Factors"),
        labels=labels,
        notes=(
            message(
                "F: variance within the strata of the first factor over that of the second; small p: the first leaves less."
            ),
        ),
        machine={"rows": rows_of(pairs)},
    )
