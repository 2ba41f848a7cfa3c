"""What the report says of scores: tables, the paragraph of methods, references.

Running text on scores: how they were measured, their level, its change, the best and the worst.

The program behind a score, in symbols: the slacks-based measure and its super-efficiency.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.efficiency.references import references_of
from xinzhi.analyses.efficiency.section import Measurement
from xinzhi.analyses.exhibits import AbstractSentence, Exhibits, HeadSentence, main_score
from xinzhi.present import numbers
from xinzhi.present.equation.tree import (
    SPACE,
    Fenced,
    Fraction,
    Lines,
    Meaning,
    Node,
    NumberedEquation,
    NumberNode,
    Sum,
    Symbol,
    WordsNode,
    letter,
    row,
    sum_of,
)
from xinzhi.present.options import (
    EXCLUSIONS,
    REFERENCES,
    measured_as,
    options_in_words,
    reference_in_words,
)
from xinzhi.present.options import (
    MEASURES as MEASURES_IN_WORDS,
)
from xinzhi.present.references import see
from xinzhi.present.style import PLAIN, Style
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi_core.panel.group_means import group_means
from xinzhi_core.periods import period_name
from xinzhi_core.vocabulary import bounds
from xinzhi_core.wording import Wording, in_a_row, listed, message
from xinzhi_frontier.measure import MEASURES as REGISTERED_MEASURES
from xinzhi_frontier.options import Options
from xinzhi_frontier.result import WITHOUT_SCORE, EfficiencyResult
from xinzhi_frontier.technology import HULL
from xinzhi_frontier.terms import sides

ENDS = 3
"""Entities that are named at either end of the ranking."""
COMPARABLE = ("global", "rows")
"""References under which scores of different periods are measured against one frontier."""


def abstract(
    result: EfficiencyResult, means: Mapping[str, float], shown: Shown
) -> Iterator[AbstractSentence]:
    """Say how the score of the study was measured, and its level in the first and the last period."""
    if shown.name != main_score(shown.study) or not means:
        return
    score = shown.study.score_label(shown.name)
    yield AbstractSentence("method", _describe_measurement(result, score))
    yield AbstractSentence("level", _level(result, means, score, shown.style, is_brief=True))


def head(
    result: EfficiencyResult, means: Mapping[str, float], frame: pd.DataFrame, shown: Shown
) -> Iterator[HeadSentence]:
    """Tell the level, how many scores are proved, and how far apart the entities are."""
    if shown.name != main_score(shown.study) or not means:
        return
    score, style = shown.study.score_label(shown.name), shown.style
    yield HeadSentence("found", _level(result, means, score, style), 5)
    certified, n = result.count("certified"), numbers.count(result.n)
    proved = message("Each of {n} scores is certified optimal.", n=n)
    if certified < result.n:
        k = numbers.count(certified)
        proved = message(
            "{certified} of {n} scores are certified optimal.",
            one="{certified} of {n} scores is certified optimal.",
            counting="certified",
            certified=k,
            n=n,
        )
    yield HeadSentence("sure", proved, 5)
    yield HeadSentence("large", _upper_gap(frame, score, shown), 5)
    sample = message("That the best of this sample could not do better: scores compare within it.")
    yield HeadSentence("not_shown", sample, 5)


def _upper_gap(frame: pd.DataFrame, score: Wording, shown: Shown) -> Wording:
    """Say how far the upper quartile of the certified scores is from the median, in the last period."""
    proved = frame[frame["status"] == "certified"]
    if shown.panel.has_periods:
        period = proved["period"].max()
        proved = proved[proved["period"] == period]
    middle, upper = np.quantile(proved["score"].to_numpy(float), (0.5, 0.75))
    gap = numbers.number(float(upper - middle), shown.style.decimals)
    if not shown.panel.has_periods:
        return message(
            "From the median of {score} to its upper quartile: {gap}.", score=score, gap=gap
        )
    return message(
        "From the median of {score} to its upper quartile in {period}: {gap}.",
        score=score,
        gap=gap,
        period=period_name(period),
    )


def keywords(result: EfficiencyResult, shown: Shown) -> tuple[Wording, ...]:
    """Name the measure."""
    if shown.name != main_score(shown.study):
        return ()
    return (MEASURES_IN_WORDS.get(result.options.measure, result.options.measure),)


def prose(
    result: EfficiencyResult, means: Mapping[str, float], ranked: pd.DataFrame, shown: Shown
) -> tuple[Wording, ...]:
    """Write the paragraph on a score: level, years, entities at both ends.

    Parameters
    ----------
    means
        Period, or `all`, -> mean of the certified scores.
    ranked
        Entities by falling mean score, with the columns entity and mean.
    """
    if not means:
        return ()
    score, style = shown.study.score_label(shown.name), shown.style
    sentences = [
        _level(
            result, means, score, style, see(f"{shown.name}_by_period", f"{shown.name}_over_time")
        ),
        *_extreme_periods(result, means, style),
        *_first_and_last(ranked, style, see(f"{shown.name}_ranking")),
    ]
    return (in_a_row(sentences),)


def _describe_measurement(result: EfficiencyResult, score: Wording) -> Wording:
    options = result.options
    measure = MEASURES_IN_WORDS.get(options.measure, options.measure)
    if result.has_bads:
        measure = message("{measure} with undesirable outputs", measure=measure)
    certified = result.count("certified")
    words = {
        "score": score,
        "measure": measure,
        "frontier": REFERENCES.get(options.reference, message("the declared frontier")),
        "n": numbers.count(result.n),
    }
    if certified == result.n:
        return message(
            "{score} is measured by {measure} ({frontier}; each score certified optimal).",
            **words,
        )
    return message(
        "{score} is measured by {measure} ({frontier}; {certified} of {n} scores certified optimal).",
        certified=numbers.count(certified),
        **words,
    )


def _periods(means: Mapping[str, float]) -> list[str]:
    return [period for period in means if period != "all"]


def _level(
    result: EfficiencyResult,
    means: Mapping[str, float],
    score: Wording,
    style: Style,
    exhibits: Wording = "",
    *,
    is_brief: bool = False,
) -> Wording:
    """Say how the mean changed; in brief without the periods, which are those of the sample."""
    periods = _periods(means)
    if len(periods) < 2 or result.options.reference not in COMPARABLE:
        return message(
            "Mean {score} is {mean}{see}.",
            score=score,
            see=exhibits,
            mean=numbers.number(means["all"], style.decimals),
        )
    first, last = (numbers.number(means[p], style.decimals) for p in (periods[0], periods[-1]))
    words = {
        "see": exhibits,
        "score": score,
        "first": first,
        "last": last,
        "start": periods[0],
        "end": periods[-1],
    }
    if is_brief and first != last:
        if means[periods[-1]] > means[periods[0]]:
            return message("Over these periods mean {score} rose from {first} to {last}.", **words)
        return message("Over these periods mean {score} fell from {first} to {last}.", **words)
    if first == last:
        return message("Mean {score} was {first} in {start} and {last} in {end}{see}.", **words)
    if means[periods[-1]] > means[periods[0]]:
        return message(
            "Mean {score} rose from {first} in {start} to {last} in {end}{see}.", **words
        )
    return message("Mean {score} fell from {first} in {start} to {last} in {end}{see}.", **words)


def _extreme_periods(
    result: EfficiencyResult, means: Mapping[str, float], style: Style
) -> Iterator[Wording]:
    """Name the years with the lowest and the highest mean, where several can be compared."""
    periods = _periods(means)
    if len(periods) < 3 or result.options.reference not in COMPARABLE:
        return
    low, high = (pick(periods, key=lambda period: means[period]) for pick in (min, max))
    if means[low] < means[high]:
        yield message(
            "It was lowest in {low_year} ({low}) and highest in {high_year} ({high}).",
            low_year=low,
            low=numbers.number(means[low], style.decimals),
            high_year=high,
            high=numbers.number(means[high], style.decimals),
        )


def _first_and_last(ranked: pd.DataFrame, style: Style, exhibits: Wording) -> Iterator[Wording]:
    """Name the entities with the highest and the lowest mean scores."""
    if len(ranked) < 2:
        return
    shown = ENDS if len(ranked) > 2 * ENDS else 1  # no entity stands at both ends
    yield message(
        "Over all periods the highest means are those of {best}; the lowest are those of {worst}{see}.",
        one="Over all periods the highest mean is that of {best}; the lowest is that of {worst}{see}.",
        n=shown,
        see=exhibits,
        best=_entities(ranked.head(shown), style),
        worst=_entities(ranked.tail(shown)[::-1], style),
    )


def _entities(rows: pd.DataFrame, style: Style) -> Wording:
    return listed(
        [
            message(
                "{entity} ({mean})",
                entity=style.entities.get(str(entity), str(entity)),
                mean=numbers.number(float(mean), style.decimals),
            )
            for entity, mean in zip(rows["entity"], rows["mean"], strict=True)
        ]
    )


MEASURES = ("sbm", "super_sbm")
RETURNS: Mapping[str, str] = {
    "variable": "=",
    "non_increasing": "≤",
    "non_decreasing": "≥",
    HULL: "=",
}
"""Returns to scale -> how the sum of the intensities compares with 1."""
ONE = NumberNode("1")


@dataclass(frozen=True, slots=True)
class Role:
    """How inputs, good outputs or bad outputs are written."""

    amount: str
    index: str
    count: str
    mark: str
    """Of the slack."""
    relation: str
    """Of the row's amount and that of the frontier, where a row of its own is not in it."""
    worse: str
    """Sign by which a slack makes the amount of the frontier worse."""

    @property
    def slack(self) -> Node:
        """Slack of a column of the role."""
        return letter("s", self.index, self.mark)

    def of(self, row_of: str) -> Node:
        """Amount of a row."""
        return letter(self.amount, self.index + row_of)


ROLES: Mapping[str, Role] = {
    "inputs": Role("x", "i", "m", "−", "≥", "−"),
    "goods": Role("y", "r", "s", "+", "≤", "+"),
    "bads": Role("b", "q", "k", "b", "≥", "−"),
}


def programs(
    section: Measurement, result: EfficiencyResult, shown: Shown, score: Wording
) -> Iterator[NumberedEquation]:
    """Write the programs of a slacks-based measure; other measures are described in words."""
    options = result.options
    if options.measure not in MEASURES or (result.has_bads and options.disposability != "strong"):
        return
    roles = [name for name in ROLES if name != "bads" or section.bad_outputs]
    yield NumberedEquation(
        f"{shown.name}_sbm",
        message("{score} is the solution of the slacks-based program:", score=score),
        program(options, roles),
        tuple(_where(section, options, roles, shown)),
    )
    if options.measure == "super_sbm":
        yield NumberedEquation(
            f"{shown.name}_super",
            message(
                "{score} of rows with ρ = 1 is that of the super-efficiency program:", score=score
            ),
            program(options, roles, is_super=True),
            (
                (
                    row(Symbol("j"), "≠", Symbol("o")),
                    message("that {words}", words=EXCLUSIONS[options.exclude]),
                ),
            ),
        )


def program(options: Options, roles: list[str], *, is_super: bool = False) -> Node:
    """Write the program: beyond the frontier, slacks make the others' frontier worse, not the row better."""
    over, under = ([role for role in side if role in roles] for side in sides(options))
    signs = ("+", "−") if is_super else ("−", "+")
    above, below = (
        _side(sign, side, options) for sign, side in zip(signs, (over, under), strict=True)
    )
    ratio = above if below == ONE else Fraction(above, below)
    subject = row(WordsNode(message("s.t.")), SPACE)
    # Under an orientation the other side has no slack in the super-efficiency program.
    moving = [name for name in roles if not is_super or name in (*over, *under)]
    constraints = [
        _constraint(ROLES[name], is_super=is_super, moves=name in moving) for name in roles
    ]
    constraints += _intensities(options.returns_to_scale)
    slacks = [part for name in moving for part in (ROLES[name].slack, ",")]
    # The free disposal hull compares with single rows: its intensities are 0 or 1.
    is_whole = ("∈", WordsNode("{0, 1}")) if options.returns_to_scale == HULL else ()
    constraints.append(row(letter("λ", "j"), *is_whole, ",", *slacks[:-1], "≥", NumberNode("0")))
    return Lines(
        (
            row(letter("ρ", "o", "*" if is_super else ""), "=", "min", ratio),
            row(subject, constraints[0]),
            *(row(SPACE, SPACE, constraint) for constraint in constraints[1:]),
        ),
        is_flush=True,
    )


def _side(sign: str, side: list[str], options: Options) -> Node:
    """Write one less, or plus, the mean relative slack of a side."""
    if not side:
        return ONE
    shares = [_share(ROLES[name], is_weighted=bool(options.weights)) for name in side]
    whole = sum_of(shares)
    inside = Fenced(whole) if len(shares) > 1 else whole
    if options.weights:
        return row(ONE, sign, inside)
    count = sum_of([Symbol(ROLES[name].count) for name in side])
    return row(ONE, sign, Fraction(ONE, count), inside)


def _share(role: Role, *, is_weighted: bool) -> Node:
    """Add up the slacks of a role, each relative to the row's own amount."""
    relative = Fraction(role.slack, role.of("o"))
    first = row(Symbol(role.index), "=", ONE)
    inside = row(letter("w", role.index), relative) if is_weighted else relative
    return Sum(inside, first, Symbol(role.count))


def _constraint(role: Role, *, is_super: bool, moves: bool) -> Node:
    """Compare the row with the frontier: with its slack equal to it, or no better than the others."""
    among = row(Symbol("j"), "≠", Symbol("o")) if is_super else Symbol("j")
    frontier = Sum(row(letter("λ", "j"), role.of("j")), among)
    if is_super:
        slack = (role.worse, role.slack) if moves else ()
        return row(role.of("o"), role.relation, frontier, *slack)
    sign = "−" if role.worse == "+" else "+"
    return row(role.of("o"), "=", frontier, sign, role.slack)


def _intensities(returns: str) -> list[Node]:
    """Bound the sum of the intensities by the returns to scale."""
    total = Sum(letter("λ", "j"), Symbol("j"))
    if (interval := bounds(returns)) is not None:
        low, high = (NumberNode(f"{bound:g}") for bound in interval)
        return [row(low, "≤", total, "≤", high)]
    return [row(total, RETURNS[returns], ONE)] if returns in RETURNS else []


def _where(
    section: Measurement, options: Options, roles: list[str], shown: Shown
) -> Iterator[Meaning]:
    def columns(names: tuple[str, ...]) -> Wording:
        return listed([shown.column(name) for name in names])

    words: Mapping[str, Wording] = {
        "inputs": message("the inputs ({names})", names=columns(section.inputs)),
        "goods": message("the good outputs ({names})", names=columns(section.good_outputs)),
        "bads": message("the bad outputs ({names})", names=columns(section.bad_outputs)),
    }
    for name in roles:
        role = ROLES[name]
        yield (
            row(Symbol(role.amount), ",", Symbol(role.count)),
            message("{role} and their number", role=words[name]),
        )
    yield Symbol("s"), message("the slacks")
    yield Symbol("λ"), message("the intensities")
    if options.weights:
        yield Symbol("w"), message("the declared weights, which add up to 1 on each side")
    yield Symbol("o"), message("the row that is evaluated")
    yield (
        Symbol("j"),
        message(
            "the rows of the reference set: {reference}", reference=reference_in_words(options)
        ),
    )


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
        methods=(
            *_why(result),
            _show_describe_measurement(section, result, shown, score),
        ),
        references=references_of([result.options]),
        prose=prose(result, means, ranked, shown),
        abstract=tuple(abstract(result, means, shown)),
        head=tuple(head(result, means, frame, shown)),
        keywords=keywords(result, shown),
        equations=tuple(programs(section, result, shown, score)),
    )


def _why(result: EfficiencyResult) -> Iterator[Wording]:
    """Say why a measure of slacks is taken, and why super-efficiency; other measures are the author's to defend."""
    if result.options.measure not in MEASURES or result.options.returns_to_scale == HULL:
        return
    yield message(
        "A slacks-based measure counts every excess of an input and every shortfall of an output, which a "
        "radial measure leaves out (Tone 2001)."
    )
    if result.options.measure == "super_sbm":
        yield message(
            "Rows on the frontier would all score 1; super-efficiency ranks them against the others (Tone 2002)."
        )


def _show_describe_measurement(
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
    efficiency = REGISTERED_MEASURES.get(result.options.measure).traits.efficiency
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
    parts = {period_name(period): frame[frame["period"] == period] for period in periods}
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
    """Say what has no score and why, how well scores are certified, and the options in force."""
    worst = result.certificate.worst()
    return (
        *_absent_notes(result),
        *_dropped_notes(result),
        message(
            "{n} of {total} scores are certified optimal; the worst certificate: constraint "
            "{primal}, dual {dual}, gap {gap}.",
            one="{n} of {total} scores is certified optimal; the worst certificate: constraint {primal}, dual {dual}, gap {gap}.",
            n=numbers.count(result.count("certified")),
            total=numbers.count(result.n),
            primal=_size(worst["primal"]),
            dual=_size(worst["dual"]),
            gap=_size(worst["gap"]),
        ),
        measured_as(result.options, has_bads=result.has_bads),
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
    traits = REGISTERED_MEASURES.get(result.options.measure).traits
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
    if not REGISTERED_MEASURES.get(result.options.measure).traits.larger_is_better(result.options):
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
    yield measured_as(result.options, has_bads=result.has_bads)
