"""A measurement as JSON, CSV and text, with the rows in the order of the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from math import isfinite
from typing import TYPE_CHECKING, Any

import typer

from xinzhi.cli.console import language, names, print_table
from xinzhi.present import numbers
from xinzhi_core.periods import period_key, period_name, period_number
from xinzhi_core.wording import message, say

if TYPE_CHECKING:
    import pandas as pd

    from xinzhi.analyses.efficiency.compute import MeasuredScores
    from xinzhi_core.panel.panel import Panel
    from xinzhi_frontier.inference.intervals import ResampledScores
    from xinzhi_frontier.options import Options
    from xinzhi_frontier.productivity.index import ProductivityResult
    from xinzhi_frontier.result import EfficiencyResult, Label, ScoreExplanation, Status


KEYS = {
    "subsampling": "bootstrap",
    "smoothed": "bootstrap",
    "sensitivity": "sensitivity_to_the_sample",
}
"""Method of resampling -> key of its results for a row."""
STATUSES: tuple[Status, ...] = ("certified", "infeasible", "unsolved", "undefined", "dropped")


def measured_json(
    measured: MeasuredScores, *, explain: str | None, inference: ResampledScores | None
) -> dict[str, object]:
    """Write a measurement as the contract of the command says."""
    result, roles = measured.result, measured.activities.roles
    document: dict[str, Any] = {
        "options": {
            **_options(result.options),
            "inputs": list(roles.inputs),
            "good_outputs": list(roles.good_outputs),
            "bad_outputs": list(roles.bad_outputs),
        },
        "summary": {
            "n": result.n,
            **{status: result.count(status) for status in STATUSES},
            "worst_certificate": result.certificate.worst(),
        },
        "rows": [_row(result, position) for position in range(result.n)],
    }
    if measured.gap is not None:
        gap = measured.gap.to_frame()
        for position, row in enumerate(document["rows"]):
            row |= {name: gap[name].iloc[position] for name in gap.columns}
    if inference is not None:
        document["resampling"] = _resampling(inference)
        records = inference.table.to_dict("records")
        for row, record in zip(document["rows"], records, strict=True):
            row[KEYS[inference.plan.method]] = {str(k): v for k, v in record.items()}
    if measured.productivity is not None:
        document["index"] = _index(measured.productivity)
    if explain is not None:
        document["explain"] = [asdict(explanation) for explanation in _explain(measured, explain)]
    return document


def measured_frame(
    measured: MeasuredScores, inference: ResampledScores | None, data: Panel | None = None
) -> pd.DataFrame:
    """Give the scores, or the values of the index, as a table; with `data`, behind the columns of the data."""
    from xinzhi_core.panel.calendar import with_names
    from xinzhi_panel.columns.keys import beside

    index = measured.productivity
    if data is not None:
        joined = (
            index.join(data)
            if index is not None
            else beside(data, measured.result.labels, _scores(measured, inference))
        )
        # A panel is sorted by its keys; a person lays the results beside the file as it is.
        in_file = sorted(range(len(joined)), key=lambda position: data.rows[position])
        return with_names(joined.iloc[in_file])
    if index is not None:
        return with_names(index.to_frame())
    return with_names(_scores(measured, inference))


def _scores(measured: MeasuredScores, inference: ResampledScores | None) -> pd.DataFrame:
    result = measured.result
    frame = result.to_frame()
    if result.options.fallback != "none":
        asked = result.options.fallback
        frame.insert(
            2, "fallback", [method if method == asked else "" for method in result.methods]
        )
    if inference is not None:
        prefix = f"{KEYS[inference.plan.method]}_"
        frame = frame.join(inference.table.add_prefix(prefix).set_axis(frame.index))
    return frame


def _resampling(inference: ResampledScores) -> dict[str, Any]:
    """Describe how scores were resampled, and why there is no interval where there is none."""
    plan = inference.plan
    document: dict[str, object] = {"method": plan.method, "draws": plan.draws, "seed": plan.seed}
    if plan.method == "sensitivity":
        return document
    document["scale"] = plan.scale_in_force
    if plan.method == "smoothed":
        return document
    return document | {
        "level": plan.level,
        "rate_of_convergence": inference.rate,
        "no_interval": None if inference.reason is None else str(inference.reason),
    }


def _options(options: Options) -> dict[str, object]:
    values = {f.name: getattr(options, f.name) for f in fields(options)}
    return {k: dict(v) if isinstance(v, Mapping) else v for k, v in values.items()}


def _key(period: int | None) -> int | str | None:
    return None if period is None else period_key(period)


def _row(result: EfficiencyResult, position: int) -> dict[str, object]:
    dmu, period = result.labels[position]
    return {
        "dmu": dmu,
        "period": _key(period),
        "score": result.scores[position],
        "status": result.statuses[position],
        **({"dropped_terms": list(result.dropped_terms[position])} if result.dropped_terms else {}),
        "method": result.methods[position],
        "slacks": dict(zip(result.variables, result.slacks[position], strict=True)),
        "targets": dict(zip(result.variables, result.targets[position], strict=True)),
        "peers": [
            {
                "dmu": result.labels[peer.position][0],
                "period": _key(result.labels[peer.position][1]),
                "intensity": peer.intensity,
            }
            for peer in result.peers[position]
        ],
    }


def _index(productivity: ProductivityResult) -> list[dict[str, object]]:
    return [
        {
            "dmu": row["entity"],
            "from": period_key(row["from"]),
            "to": period_key(row["to"]),
            "value": row["value"],
            "components": {name: row[name] for name in productivity.components},
        }
        for row in productivity.to_frame().to_dict("records")
    ]


def _explain(measured: MeasuredScores, explain: str) -> tuple[ScoreExplanation, ...]:
    from xinzhi_frontier.result import explain as explained

    entity, *period = names(explain)
    when = None
    if period:
        when = int(period[0]) if period[0].isdecimal() else period_number(period[0])
    return explained(measured.activities, measured.result, entity, when)


def print_measured(
    measured: MeasuredScores,
    lang: str | None,
    *,
    explain: str | None,
    inference: ResampledScores | None,
) -> None:
    """Print scores, the index where there is one, or the explanation of an entity."""
    if explain is not None:
        for explanation in _explain(measured, explain):
            method = measured.result.methods[measured.result.labels.index(explanation.label)]
            _print_explanation(explanation, method, lang)
        _print_options(measured.result, lang)
        return
    _print_scores(measured, lang, inference)
    if measured.productivity is not None:
        _print_index(measured.productivity, lang)


def _print_scores(
    measured: MeasuredScores, lang: str | None, inference: ResampledScores | None
) -> None:
    result, word = measured.result, translator(lang)
    headings, columns, notes = _inference_columns(inference, lang)
    rows = [
        (
            result.labels[i][0],
            "" if result.labels[i][1] is None else period_name(result.labels[i][1]),
            _number(result.scores[i]),
            _status(result, i, word),
            *(_number(column[i]) for column in columns),
        )
        for i in range(result.n)
    ]
    headings = [*map(word, ("entity", "period", "score", "status")), *headings]
    print_table(word("Efficiency"), headings, rows, text_columns=2)
    for note in notes:
        typer.echo(note)
    typer.echo(
        word(
            "{certified} of {n} scores certified, {infeasible} infeasible, {unsolved} unsolved, "
            "{undefined} undefined, {dropped} left out; worst certificate: primal {primal:.1e}, "
            "dual {dual:.1e}, gap {gap:.1e}.",
            n=result.n,
            **{status: result.count(status) for status in STATUSES},
            **result.certificate.worst(),
        )
    )
    _print_options(result, lang)


def _print_options(result: EfficiencyResult, lang: str | None) -> None:
    from xinzhi.present.options import measured_as

    typer.echo(say(measured_as(result.options, has_bads=result.has_bads), language(lang)))


def _inference_columns(
    inference: ResampledScores | None, lang: str | None
) -> tuple[list[str], list[list[float]], list[str]]:
    """Return headings, columns and notes of the resampling."""
    from xinzhi.analyses.inference.show import COLUMNS, inference_notes

    if inference is None:
        return [], [], []
    spoken = language(lang)
    notes = [say(note, spoken) for note in inference_notes(inference)]
    if inference.reason is not None:
        return [], [], notes
    shown = COLUMNS[inference.plan.method]
    headings = [say(heading, spoken) for heading in shown.values()]
    return headings, [inference.table[key].tolist() for key in shown], notes


def _status(result: EfficiencyResult, position: int, word: Callable[..., str]) -> str:
    """Write the status, and the fallback that gave the score."""
    status, method = word(result.statuses[position]), result.methods[position]
    if result.dropped_terms and result.dropped_terms[position]:
        names = ", ".join(result.dropped_terms[position])
        status = word("{status}, without the term of {names}", status=status, names=names)
    if method != result.options.fallback:
        return status
    return word("{status}, by the fallback {fallback}", status=status, fallback=method)


def _print_index(productivity: ProductivityResult, lang: str | None) -> None:
    from xinzhi.analyses.productivity.show import COMPONENTS
    from xinzhi.present.options import measured_as

    word, components = translator(lang), productivity.components
    values = ("value", *components)
    rows = [
        (
            row["entity"],
            "-".join(map(period_name, (row["from"], row["to"]))),
            *(_number(row[name]) for name in values),
        )
        for row in productivity.to_frame().to_dict("records")
    ]
    labels = (say(COMPONENTS.get(name, name), language(lang)) for name in components)
    headings = [*map(word, ("entity", "period", "index")), *labels]
    print_table(productivity.index, headings, rows, text_columns=2)
    method = measured_as(productivity.options, has_bads=productivity.has_bads, of_index=True)
    typer.echo(say(method, language(lang)))


def _print_explanation(explanation: ScoreExplanation, method: str, lang: str | None) -> None:
    word = translator(lang)
    who = _who(explanation.label)
    title = word("{who}: score {score}", who=who, score=_number(explanation.score))
    rows = [
        (
            c.name,
            numbers.amount(c.value),
            numbers.amount(c.target),
            numbers.amount(c.change, "+"),
            f"{100 * c.relative:+.1f}%" if isfinite(c.relative) else "—",
        )
        for c in explanation.changes
    ]
    headings = [word(h) for h in ("variable", "value", "target", "change", "in percent")]
    print_table(title, headings, rows)
    if method == "super":
        typer.echo(
            word("{who} is efficient: the target is what the others reach without it.", who=who)
        )
    for example in explanation.examples:
        typer.echo(
            word(
                "role model: {who}, with intensity {intensity:.4g}",
                who=_who(example.label),
                intensity=example.intensity,
            )
        )


def _who(label: Label) -> str:
    entity, period = label
    return entity if period is None else f"{entity} {period_name(period)}"


def _number(value: float) -> str:
    return f"{value:.6f}" if isfinite(value) else "—"


def translator(lang: str | None) -> Callable[..., str]:
    """Make the function that words a text in the language of the console."""
    spoken = language(lang)

    def word(text: str, **values: object) -> str:
        return say(message(text, **values), spoken)

    return word
