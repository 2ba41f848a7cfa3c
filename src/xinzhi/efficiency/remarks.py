"""What a reader has to know about scores: rows without one, counted and named."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.efficiency.result import EfficiencyResult, Status
from xinzhi.notices import Notice
from xinzhi.wording import Message, message

NAMED = 20
"""Most rows that are named in one notice; the count is always complete."""

SENTENCES: dict[Status, str] = {
    "infeasible": "{n} of {total} rows have no score because their program has no solution: {rows}.",
    "unsolved": "{n} of {total} rows have no score because no optimum could be proved: {rows}.",
}


def remarks(result: EfficiencyResult) -> Iterator[Notice]:
    """Say how many rows have no score or a borrowed one, which, and why."""
    yield from _fallbacks(result)
    for status, sentence in SENTENCES.items():
        found = [
            label
            for label, own in zip(result.labels, result.statuses, strict=True)
            if own == status
        ]
        if found:
            yield Notice(
                f"efficiency.{status}",
                message(sentence, n=len(found), total=result.n, rows=named(found)),
            )


def _fallbacks(result: EfficiencyResult) -> Iterator[Notice]:
    """Say which rows carry a score of another program than the measure's own."""
    chosen = result.options.fallback
    found = [
        label
        for label, method in zip(result.labels, result.methods, strict=True)
        if method == chosen
    ]
    if found:
        yield Notice(
            "efficiency.fallback",
            message(
                "{n} of {total} rows are infeasible and carry the score of the fallback "
                "{fallback}: {rows}.",
                n=len(found),
                total=result.n,
                fallback=chosen,
                rows=named(found),
            ),
        )


def named(labels: list[tuple[str, int | None]]) -> Message | str:
    """Name rows by entity and period, the first twenty.

    >>> named([("a", 2010), ("b", None)])
    'a 2010, b'
    """
    names = ", ".join(
        entity if period is None else f"{entity} {period}" for entity, period in labels[:NAMED]
    )
    if len(labels) <= NAMED:
        return names
    return message("{names} and {n} more", names=names, n=len(labels) - NAMED)
