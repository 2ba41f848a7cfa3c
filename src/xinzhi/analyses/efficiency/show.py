"""What the report says of scores: tables, the paragraph of methods, references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.efficiency import prose
from xinzhi.analyses.efficiency.program import programs
from xinzhi.analyses.efficiency.references import references_of
from xinzhi.analyses.efficiency.section import Measurement
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.frontier.measure import MEASURES
from xinzhi.frontier.result import WITHOUT_SCORE, EfficiencyResult
from xinzhi.frontier.technology import HULL
from xinzhi.panel.group_means import group_means
from xinzhi.present import numbers
from xinzhi.present.options import measured_as, options_in_words
from xinzhi.present.style import PLAIN, Style
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.wording import Wording, listed, message


def by_period(shown: Shown) -> tuple[str, Wording]:
    """Give id and title of the table of scores by period."""
    score = shown.study.score_label(shown.name)
    return f"{shown.name}_by_period", message("{score} by period", score=score)


def exhibits(section: Measurement, result: EfficiencyResult, shown: Shown) -> Exhibits:
    """Set scores by period and the entities at both ends, and say how they were measured."""
    score, style = shown.study.score_label(shown.name), shown.style
    summary = efficiency_summary(*by_period(shown), result, style)
    if section.classes is None:  # else the counts by class say how scores changed
        summary = replace(summary, part="text")
    ranking = efficiency_ranking(
        f"{shown.name}_ranking",
        message("{score}: highest and lowest means", score=score),
        result,
        style,
    )
    frame = _scores(result)
    statistics, ranked = _statistics_by_period(frame), rank_entities(frame)
    means = {key: values["mean"] for key, values in statistics.items() if values["n"]}
    return Exhibits(
        (summary, ranking),
        methods=(_describe_measurement(section, result, shown, score),),
        references=references_of([result.options]),
        prose=prose.prose(result, means, ranked, shown),
        abstract=tuple(prose.abstract(result, means, shown)),
        keywords=prose.keywords(result, shown),
        equations=tuple(programs(section, result, shown, score)),
    )


def _describe_measurement(
    section: Measurement, result: EfficiencyResult, shown: Shown, score: Wording
) -> Wording:
    def columns(names: tuple[str, ...]) -> Wording:
        return listed([shown.column(name) for name in names])

    words: dict[str, Wording] = {
        "name": score,
        "inputs": columns(section.inputs),
        "goods": columns(section.good_outputs),
        "bads": columns(section.bad_outputs) or message("(none)"),
        "options": listed(options_in_words(result.options, has_bads=result.has_bads)),
    }
    if result.options.returns_to_scale == HULL:
        return message(
            "{name} was measured with the inputs {inputs}, the good outputs {goods} and the bad "
            "outputs {bads}: {options}. Every row was compared with each row of its reference set that "
            "no other one dominates; the best comparison is its score.",
            **words,
        )
    return message(
        "{name} was measured with the inputs {inputs}, the good outputs {goods} and the bad "
        "outputs {bads}: {options}. Every score was proved optimal by weak duality over all "
        "columns of its reference set.",
        **words,
    )


STATISTICS = ("mean", "sd", "min", "max")
HEADINGS: Mapping[str, Wording] = {
    "n": message("n"),
    "mean": message("Mean"),
    "sd": message("Std. dev."),
    "min": message("Min."),
    "max": message("Max."),
    "on_frontier": message("On the frontier"),
    "infeasible": message("Infeasible"),
    "unsolved": message("Unsolved"),
    "undefined": message("Undefined"),
    "dropped": message("Left out"),
}
SHOWN = 5
"""So many entities at either end are shown, all where there are not more than twice that."""
ON_FRONTIER = 1 - 1e-9
"""A score is certified to 1e-9 (N2): from this efficiency on a row lies on the frontier."""


def efficiency_summary(
    table_id: str, title: Wording, result: EfficiencyResult, style: Style = PLAIN
) -> Table:
    """Summarise certified scores by period: n, mean, standard deviation, minimum, maximum.

    Rows without a score are counted by status, never averaged as something else. The standard
    deviation divides by n - 1; it is missing for one row.
    """
    statistics = _statistics_by_period(_scores(result))
    counts = ("on_frontier", *(status for status in WITHOUT_SCORE if result.count(status)))
    return Table(
        id=table_id,
        title=title,
        stub=message("Period"),
        columns=tuple(Column(key, HEADINGS[key]) for key in ("n", *STATISTICS, *counts)),
        rows=tuple(
            _summary_row(key, values, counts, style.decimals) for key, values in statistics.items()
        ),
        notes=efficiency_notes(result),
        reading=tuple(_summary_reading(result, statistics, style.decimals)),
        machine={"periods": statistics, "certificate": result.certificate.worst()},
    )


def _scores(result: EfficiencyResult) -> pd.DataFrame:
    entities = [entity for entity, _ in result.labels]
    periods = pd.Series([period for _, period in result.labels], dtype=object)
    efficiency = MEASURES.get(result.options.measure).traits.efficiency
    return pd.DataFrame(
        {
            "entity": entities,
            "period": periods,
            "score": result.scores,
            "efficiency": efficiency(result.scores, result.options),
            "status": list(result.statuses),
        }
    )


def _statistics_by_period(frame: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Describe each period, where there are several, and all rows under `all`."""
    periods = sorted(period for period in set(frame["period"]) if period is not None)
    parts = {str(period): frame[frame["period"] == period] for period in periods}
    parts = {**(parts if len(parts) > 1 else {}), "all": frame}
    return {key: _statistics(part) for key, part in parts.items()}


def _statistics(part: pd.DataFrame) -> dict[str, Any]:
    """Describe the certified scores of some rows; None where a statistic does not exist."""
    certified = part[part["status"] == "certified"]
    scores = certified["score"].to_numpy(dtype=float)
    n = len(scores)
    return {
        "n": n,
        "mean": float(scores.mean()) if n else None,
        "sd": float(scores.std(ddof=1)) if n > 1 else None,
        "min": float(scores.min()) if n else None,
        "max": float(scores.max()) if n else None,
        "on_frontier": int((certified["efficiency"] >= ON_FRONTIER).sum()),
        **{status: int((part["status"] == status).sum()) for status in WITHOUT_SCORE},
    }


def _summary_row(key: str, values: Mapping[str, Any], counts: Sequence[str], decimals: int) -> Row:
    cells = (
        Cell(values["n"], "count"),
        *(Cell(values[name], "number", decimals=decimals) for name in STATISTICS),
        *(Cell(values[name], "count") for name in counts),
    )
    is_total = key == "all"
    return Row(message("All") if is_total else key, cells, key=key, rule_above=is_total)


def efficiency_notes(result: EfficiencyResult) -> tuple[Wording, ...]:
    """Say the options in force, what has no score and why, and how well scores are certified."""
    worst = result.certificate.worst()
    return (
        measured_as(result.options, has_bads=result.has_bads),
        *_absent_notes(result),
        *_dropped_notes(result),
        message(
            "{n} of {total} scores are certified optimal; the worst certificate: constraint "
            "{primal}, dual {dual}, gap {gap}.",
            n=numbers.count(result.count("certified")),
            total=numbers.count(result.n),
            primal=_size(worst["primal"]),
            dual=_size(worst["dual"]),
            gap=_size(worst["gap"]),
        ),
    )


def _size(value: float) -> str:
    """Write the size of an error; only its order matters."""
    return f"{value:.0e}".replace("e-", f"e{numbers.MINUS}") if value else "0"


def _absent_notes(result: EfficiencyResult) -> Iterator[Wording]:
    infeasible, unsolved, undefined, dropped = (result.count(status) for status in WITHOUT_SCORE)
    if infeasible:
        yield message(
            "Rows without a score because their super-efficiency program is infeasible: {n}; they "
            "are missing here and in every model.",
            n=numbers.count(infeasible),
        )
    if unsolved:
        yield message(
            "Rows without a score because no solver could prove an optimum: {n}.",
            n=numbers.count(unsolved),
        )
    if undefined:
        yield message(
            "Rows without a score because a zero makes a term of the measure meaningless: {n}.",
            n=numbers.count(undefined),
        )
    if dropped:
        yield message(
            "Rows left out of the scores and of the frontier because of a zero: {n}.",
            n=numbers.count(dropped),
        )


def _dropped_notes(result: EfficiencyResult) -> Iterator[Wording]:
    """Count the scores that are means over fewer terms, and say where they are marked."""
    lacking = [names for names in result.dropped_terms if names]
    if lacking:
        yield message(
            "Scores without the term of a column that is 0 in their row ({names}): {n}; the column "
            "dropped_terms of scores.csv marks them.",
            names=", ".join(dict.fromkeys(name for names in lacking for name in names)),
            n=numbers.count(len(lacking)),
        )


def _summary_reading(
    result: EfficiencyResult, statistics: Mapping[str, Mapping[str, Any]], decimals: int
) -> Iterator[Wording]:
    whole, periods = statistics["all"], [key for key in statistics if key != "all"]
    if not whole["n"]:
        yield message("No row has a certified score.")
        return
    traits = MEASURES.get(result.options.measure).traits
    if traits.larger_is_better(result.options):
        frontier = message("score of 1 or more")
    elif traits.is_inefficiency:
        frontier = message("score of 0")
    else:
        frontier = message("score of 1 or less")
    yield message(
        "The mean score is {mean} (n = {n}), from {low} to {high}; rows on the frontier "
        "({frontier}): {k}.",
        frontier=frontier,
        mean=numbers.number(whole["mean"], decimals),
        n=numbers.count(whole["n"]),
        low=numbers.number(whole["min"], decimals),
        high=numbers.number(whole["max"], decimals),
        k=numbers.count(whole["on_frontier"]),
    )
    if not periods:
        return
    start, end = periods[0], periods[-1]
    first, last = statistics[start]["mean"], statistics[end]["mean"]
    if first is not None and last is not None:
        yield message(
            "The mean was {first} in {start} and {last} in {end}.",
            first=numbers.number(first, decimals),
            last=numbers.number(last, decimals),
            start=start,
            end=end,
        )
    if result.options.reference == "contemporaneous":
        yield message(
            "Each period has its own frontier: scores can be compared within a period, not between periods."
        )


def efficiency_ranking(
    table_id: str,
    title: Wording,
    result: EfficiencyResult,
    style: Style = PLAIN,
    *,
    shown: int = SHOWN,
) -> Table:
    """Rank entities by their mean certified score: those on top and those at the bottom.

    Entities without any certified score have no rank; a note counts them.
    """
    ranked = rank_entities(_scores(result))
    n = len(ranked)
    is_cut = n > 2 * shown
    positions = [*range(shown), *range(n - shown, n)] if is_cut else range(n)
    return Table(
        id=table_id,
        title=title,
        stub=message("Entity"),
        columns=(
            Column("rank", message("Rank")),
            Column("n", message("n")),
            Column("mean", message("Mean")),
            Column("min", message("Min.")),
            Column("max", message("Max.")),
        ),
        rows=tuple(
            _ranking_row(ranked.iloc[position], style, rule_above=is_cut and position == n - shown)
            for position in positions
        ),
        notes=tuple(_ranking_notes(result, n, shown)),
        machine={"entities": ranked.set_index("entity").to_dict("index")},
    )


def rank_entities(frame: pd.DataFrame) -> pd.DataFrame:
    """Entities by falling mean score; equal means share a rank and stand in order of name."""
    certified = frame[frame["status"] == "certified"]
    scores = certified.groupby("entity")["score"]
    table = scores.agg(["size", "min", "max"]).rename(columns={"size": "n"}).reset_index()
    # Not pandas' mean: its last digit, and with it who is first, depends on the version of pandas.
    means = group_means(certified["score"].to_numpy(np.float64), scores.ngroup().to_numpy())
    table.insert(2, "mean", means)
    ordered = table.iloc[np.lexsort((table["entity"].astype(str), -table["mean"].to_numpy()))]
    rank = ordered["mean"].rank(method="min", ascending=False).astype(int)
    return ordered.assign(rank=rank).reset_index(drop=True)


def _ranking_row(ranked: pd.Series, style: Style, *, rule_above: bool) -> Row:
    entity, statistics = str(ranked["entity"]), ranked[["mean", "min", "max"]]
    cells = (
        *(Cell(int(ranked[name]), "count") for name in ("rank", "n")),
        *(Cell(float(value), "number", decimals=style.decimals) for value in statistics),
    )
    return Row(style.entities.get(entity, entity), cells, key=entity, rule_above=rule_above)


def _ranking_notes(result: EfficiencyResult, n: int, shown: int) -> Iterator[Wording]:
    yield measured_as(result.options, has_bads=result.has_bads)
    if not MEASURES.get(result.options.measure).traits.larger_is_better(result.options):
        yield message("A lower score is better: the entities with the lowest means do best.")
    if n > 2 * shown:
        yield message(
            "The first and last {shown} of {n} entities by mean score; all are in scores.csv.",
            shown=shown,
            n=numbers.count(n),
        )
    without = len({entity for entity, _ in result.labels}) - n
    if without:
        yield message(
            "Entities without a certified score, and so without a rank: {n}.",
            n=numbers.count(without),
        )
