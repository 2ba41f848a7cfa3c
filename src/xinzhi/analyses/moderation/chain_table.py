"""The table of moderated chains: mediated effects at low, mean and high moderator."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from xinzhi.analyses.moderation.moderated_mediation import ModeratedMediation
from xinzhi.analyses.moderation.path_table import (
    Failed,
    failed_notes,
    failed_rows,
    key,
    lag_note,
    path_in_words,
    plain_refusal,
    plain_terms,
)
from xinzhi.present import numbers
from xinzhi.present.coverage import coverage_of
from xinzhi.present.plain_effects import interval as plain_interval
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.regression.notes import errors_in_words
from xinzhi.present.style import Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.regression.resampling.cluster_bootstrap import Interval
from xinzhi.wording import Wording, message


def chains_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Sequence[ModeratedMediation],
    style: Style,
    *,
    failed: Failed = MappingProxyType({}),
    lag: int = 0,
    lagged: str = "all",
) -> Table:
    """Set the mediated effect of each chain at low, mean and high moderator, and the index."""
    rows = [row for one in found for row in _chain_rows(one, style)]
    rows += failed_rows(failed, style, 7, lag=lag, lagged=lagged)
    where = message("Mediated effect where the moderator is")
    return Table(
        id=id,
        title=title,
        stub=message("Factor → mediator | moderator"),
        columns=(
            Column("low", message("low (mean − SD)"), where),
            Column("mean", message("at its mean"), where),
            Column("high", message("high (mean + SD)"), where),
            Column("index", message("index: high less low")),
            Column("index_low", message("Lower bound"), message("95% interval of the index")),
            Column("index_high", message("Upper bound"), message("95% interval of the index")),
            Column("n", message("N")),
        ),
        rows=tuple(rows),
        notes=(
            *([_chain_note()] if found else []),
            *coverage_of("moderated_mediation", [one.first for one in found]),
            *errors_in_words([one.first for one in found], style),
            *(lag_note(*how) for how in dict.fromkeys((o.lag, o.lagged) for o in found if o.lag)),
            *failed_notes(failed, style.labels),
        ),
        reading=tuple(_read_chain(one, style) for one in found),
        machine=MappingProxyType(
            {
                "chains": [_plain_chain(one) for one in found],
                "refused": [plain_refusal(ends, why) for ends, why in failed.items()],
            }
        ),
    )


def _chain_note() -> Wording:
    return message(
        "Mediated effect: (a1 + a3 w)(b1 + b3 w), standard errors by the delta method beneath; "
        "both paths are moderated, one factor at a time. Interval of the index: percentiles of "
        "the cluster bootstrap."
    )


def _chain_rows(one: ModeratedMediation, style: Style) -> tuple[Row, Row]:
    labels, decimals = style.labels, style.decimals
    interval = one.index_interval
    bounds = (interval.low, interval.high) if isinstance(interval, Interval) else (None, None)
    ends = one.focal, one.mediator, one.moderator
    shown = one.first_terms.focal, one.mediator, one.first_terms.moderator
    top = (
        *(Cell(c.indirect, "estimate", decimals=decimals) for c in one.conditional),
        Cell(one.index, "estimate", decimals=decimals),
        *(Cell(bound, decimals=decimals) for bound in bounds),
        Cell(one.n, "count"),
    )
    beneath = (
        *(Cell(c.std_error, "std_error", decimals=decimals) for c in one.conditional),
        *((EMPTY,) * 4),
    )
    return (
        Row(path_in_words(shown, labels), top, key=key(ends)),
        Row("", beneath, key=f"{key(ends)}:std_error"),
    )


def _read_chain(one: ModeratedMediation, style: Style) -> Wording:
    labels, decimals = style.labels, style.decimals
    interval = one.index_interval
    words: dict[str, object] = {
        "x": name_of(one.first_terms.focal, labels),
        "m": name_of(one.mediator, labels),
        "w": name_of(one.first_terms.moderator, labels),
        "index": numbers.number(one.index, decimals),
    }
    if not isinstance(interval, Interval):
        return message(
            "Index of {x} through {m} along {w}: {index}; no interval: {why}",
            why=interval.reason,
            **words,
        )
    words |= {
        "low": numbers.number(interval.low, decimals),
        "high": numbers.number(interval.high, decimals),
    }
    if not style.judge(one.index, interval.p_value, "bootstrap").is_significant:
        return message(
            "A change of the mediated effect of {x} through {m} along {w} is not statistically "
            "significant: index {index}, 95% interval from {low} to {high}.",
            **words,
        )
    return message(
        "The mediated effect of {x} through {m} differs along {w}: index {index}, 95% interval from {low} "
        "to {high}.",
        **words,
    )


def _plain_chain(found: ModeratedMediation) -> dict[str, object]:
    """Give a moderated mediated effect at low, mean and high moderator, and the index."""
    return {
        "focal": found.focal,
        "mediator": found.mediator,
        "moderator": found.moderator,
        "lag": found.lag,
        "lagged": found.lagged if found.lag else "none",
        "first_terms": plain_terms(found.first_terms),
        "second_terms": plain_terms(found.second_terms),
        "n": found.n,
        "conditional": [
            {
                "place": one.place,
                "moderator": one.moderator,
                "indirect": one.indirect,
                "se": one.std_error,
                "z": one.z,
                "p": one.p_value,
                "interval": plain_interval(one.interval),
            }
            for one in found.conditional
        ],
        "index": found.index,
        "index_interval": plain_interval(found.index_interval),
        "first_stage_index": found.first_stage_index,
    }
