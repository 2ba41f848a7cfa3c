"""Tables of inequality within and between regions, after Theil and after Dagum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import Exhibits, first_sentences
from xinzhi.analyses.inequality.compute import Inequality
from xinzhi.analyses.inequality.section import InequalitySection
from xinzhi.analyses.space_and_time import part_table, region_labels, region_words
from xinzhi.present import numbers
from xinzhi.present.frames import frame_table, nested, records
from xinzhi.present.table import Table
from xinzhi.space.inequality import Dagum, Theil
from xinzhi.wording import Wording, message

PARTS: Mapping[str, Wording] = {
    "within": message("within the regions"),
    "between": message("between the regions"),
    "transvariation": message("where regions overlap"),
}


def exhibits(section: InequalitySection, result: Inequality, shown: Shown) -> Exhibits:
    """Set both indices by period."""
    name, score = shown.name, shown.study.score_label(section.score)
    title = message("Inequality of {score} within and between regions (Theil)", score=score)
    first = part_table(f"{name}_theil", title, result.theil, theil_table)
    title = message("Inequality of {score} within and between regions (Dagum)", score=score)
    regions = region_labels(section.regions, result.regions, shown.study)
    second = part_table(f"{name}_dagum", title, result.dagum, dagum_table, regions=regions)
    return Exhibits((*first, *second), prose=first_sentences(*first, *second))


def theil_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Theil,
) -> Table:
    """Set Theil's index by period, within and between the regions."""
    return frame_table(
        id,
        title,
        found.by_period,
        [
            ("n", message("n"), "count"),
            ("total", message("Theil {index}", index=found.index), "number"),
            ("within", message("Within regions"), "number"),
            ("between", message("Between regions"), "number"),
            ("share_between", message("Share between"), "percent"),
        ],
        stub=message("Period"),
        reading=tuple(_share(found.by_period, "between")),
        machine={"periods": records(found.by_period), "regions": nested(found.by_group)},
    )


def dagum_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Dagum,
    *,
    regions: Mapping[str, Wording],
) -> Table:
    """Set the Gini ratio by period in Dagum's three parts."""
    return frame_table(
        id,
        title,
        found.by_period,
        [
            ("n", message("n"), "count"),
            ("gini", message("Gini ratio"), "number"),
            ("share_within", message("Share within regions"), "percent"),
            ("share_between", message("Share between regions (net)"), "percent"),
            ("share_transvariation", message("Share of overlap"), "percent"),
        ],
        stub=message("Period"),
        notes=(
            message("Overlap: entities of the poorer region that are ahead of some of the richer."),
        ),
        reading=(*_largest(found.by_period), *_pair(found, regions)),
        machine={
            "periods": records(found.by_period),
            "regions": nested(found.by_group),
            "pairs": _pairs(found.by_pair),
        },
    )


def _share(frame: pd.DataFrame, part: str) -> Iterator[Wording]:
    known = frame[f"share_{part}"].dropna()
    if len(known):
        yield message(
            "{share}% of the inequality in {period} lies {part}, after {before}% in {first}.",
            share=numbers.number(100 * known.iloc[-1], 1),
            period=str(known.index[-1]),
            part=PARTS[part],
            before=numbers.number(100 * known.iloc[0], 1),
            first=str(known.index[0]),
        )


def _largest(frame: pd.DataFrame) -> Iterator[Wording]:
    shares = frame[[f"share_{part}" for part in PARTS]].dropna()
    if len(shares):
        part = str(shares.iloc[-1].idxmax()).removeprefix("share_")
        yield from _share(frame, part)


def _pair(found: Dagum, regions: Mapping[str, Wording]) -> Iterator[Wording]:
    """Say which two regions are furthest apart in the last period."""
    if not len(found.by_pair):
        return
    last = found.by_pair.xs(found.by_period.index[-1], level="period")
    if len(last):
        high, low = last.index[int(last["gini"].to_numpy().argmax())]
        yield message(
            "Furthest apart in {period}: {high} before {low}.",
            period=str(found.by_period.index[-1]),
            high=region_words(high, regions),
            low=region_words(low, regions),
        )


def _pairs(frame: pd.DataFrame) -> list[dict[str, object]]:
    flat = frame.reset_index()
    return [
        {
            "period": int(p),
            "region": str(a),
            "other": str(b),
            "gini": float(g),
            "affluence": float(d),
        }
        for p, a, b, g, d in flat[["period", "group", "other", "gini", "affluence"]].to_numpy()
    ]
