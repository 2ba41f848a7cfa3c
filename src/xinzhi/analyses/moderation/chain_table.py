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
    lag_notes,
    path_in_words,
    plain_refusals,
    plain_terms,
)
from xinzhi.present import numbers
from xinzhi.present.coverage import coverage_of
from xinzhi.present.plain_effects import interval as plain_interval
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.regression.notes import errors_in_words, staggered_in_words
from xinzhi.present.style import Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.regression.resampling.cluster_bootstrap import BootstrapInterval
from xinzhi.wording import Wording, message


def chains_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    chains: Sequence[ModeratedMediation],
    style: Style,
    *,
    failed: Failed = MappingProxyType({}),
    lag: int = 0,
    lagged: str = "all",
) -> Table:
    """Set the mediated effect of each chain at low, mean and high moderator, and the index."""
    rows = [row for chain in chains for row in _chain_rows(chain, style)]
    rows += failed_rows(failed, style, 7, lag=lag, lagged=lagged)
    where = message("Mediated effect where the moderator is")
    bounds = message("{level} interval of the index", level=numbers.level(1 - style.level))
    return Table(
        id=id,
        title=title,
        stub=message("Factor → mediator | moderator"),
        columns=(
            Column("low", message("low (mean − SD)"), where),
            Column("mean", message("at its mean"), where),
            Column("high", message("high (mean + SD)"), where),
            Column("index", message("index: high less low")),
            Column("index_low", message("Lower bound"), bounds),
            Column("index_high", message("Upper bound"), bounds),
            Column("n", message("N")),
        ),
        rows=tuple(rows),
        notes=(
            *([_chain_note()] if chains else []),
            *coverage_of("moderated_mediation", [chain.first for chain in chains]),
            *errors_in_words([chain.first for chain in chains], style),
            *staggered_in_words(
                [estimates for chain in chains for estimates in (chain.first, chain.second)],
                style.labels,
            ),
            *lag_notes((chain.lag, chain.lagged) for chain in chains),
            *failed_notes(failed, style.labels),
        ),
        reading=tuple(_read_chain(chain, style) for chain in chains),
        machine=MappingProxyType(
            {
                "chains": [_plain_chain(chain) for chain in chains],
                "refused": plain_refusals(failed),
            }
        ),
    )


def _chain_note() -> Wording:
    return message(
        "Mediated effect: (a1 + a3 w)(b1 + b3 w), standard errors by the delta method beneath; "
        "both paths are moderated, one factor at a time. Interval of the index: percentiles of "
        "the cluster bootstrap."
    )


def _chain_rows(chain: ModeratedMediation, style: Style) -> tuple[Row, Row]:
    labels, decimals = style.labels, style.decimals
    interval = chain.index_interval
    bounds = (
        (interval.low, interval.high) if isinstance(interval, BootstrapInterval) else (None, None)
    )
    top = (
        *(Cell(c.indirect, "estimate", decimals=decimals) for c in chain.conditional),
        Cell(chain.index, "estimate", decimals=decimals),
        *(Cell(bound, decimals=decimals) for bound in bounds),
        Cell(chain.n, "count"),
    )
    beneath = (
        *(Cell(c.std_error, "std_error", decimals=decimals) for c in chain.conditional),
        *(EMPTY,) * 4,
    )
    name = key((chain.focal, chain.mediator, chain.moderator))
    words = path_in_words(
        (chain.first_terms.focal, chain.mediator, chain.first_terms.moderator), labels
    )
    return Row(words, top, key=name), Row("", beneath, key=f"{name}:std_error")


def _read_chain(chain: ModeratedMediation, style: Style) -> Wording:
    labels, decimals = style.labels, style.decimals
    interval = chain.index_interval
    words: dict[str, object] = {
        "x": name_of(chain.first_terms.focal, labels),
        "m": name_of(chain.mediator, labels),
        "w": name_of(chain.first_terms.moderator, labels),
        "index": numbers.number(chain.index, decimals),
    }
    if not isinstance(interval, BootstrapInterval):
        return message(
            "Index of {x} through {m} along {w}: {index}; no interval: {why}",
            why=interval.reason,
            **words,
        )
    words |= {
        "low": numbers.number(interval.low, decimals),
        "high": numbers.number(interval.high, decimals),
        "level": numbers.level(interval.level),
    }
    if not style.judge(chain.index, interval.p_value, "bootstrap").is_significant:
        return message(
            "A change of the mediated effect of {x} through {m} along {w} is not statistically "
            "significant: index {index}, {level} interval from {low} to {high}.",
            **words,
        )
    return message(
        "The mediated effect of {x} through {m} differs along {w}: index {index}, {level} interval from "
        "{low} to {high}.",
        **words,
    )


def _plain_chain(chain: ModeratedMediation) -> dict[str, object]:
    """Give a moderated mediated effect at low, mean and high moderator, and the index."""
    return {
        "focal": chain.focal,
        "mediator": chain.mediator,
        "moderator": chain.moderator,
        "lag": chain.lag,
        "lagged": chain.lagged if chain.lag else "none",
        "first_terms": plain_terms(chain.first_terms),
        "second_terms": plain_terms(chain.second_terms),
        "n": chain.n,
        "conditional": [
            {
                "place": effect.place,
                "moderator": effect.moderator,
                "indirect": effect.indirect,
                "se": effect.std_error,
                "z": effect.z,
                "p": effect.p_value,
                "interval": plain_interval(effect.interval),
            }
            for effect in chain.conditional
        ],
        "index": chain.index,
        "index_interval": plain_interval(chain.index_interval),
        "first_stage_index": chain.first_stage_index,
    }
