"""What a reader has to know about scores: rows without one, counted and named."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from xinzhi.frontier.activities import Label
from xinzhi.frontier.kernel.library import KernelUnavailable, load
from xinzhi.frontier.options import Options
from xinzhi.frontier.result import EfficiencyResult
from xinzhi.notices import Notice
from xinzhi.wording import Message, Wording, listed, message

NAMED = 20
"""Most rows that are named in one notice; the count is always complete."""


def notices_of(result: EfficiencyResult, explained: Collection[Label] = ()) -> Iterator[Notice]:
    """Say how many rows have no score or a borrowed one, which, and why.

    Why the rows in `explained` are undefined has been said.
    """
    library, fallback = load(), result.options.fallback
    if result.options.solver == "auto" and isinstance(library, KernelUnavailable):
        text = message(
            "The compiled kernel could not be loaded ({why}), so the scores come from HiGHS, which takes "
            "longer. To build it anew: uv sync --reinstall-package xinzhi.",
            why=library.reason,
        )
        yield Notice("efficiency.kernel", text)
    if fallback != "none" and (rows := _rows_with(result, result.methods, fallback)):
        text = message(
            "{n} of {total} rows are infeasible and carry the score of the fallback {fallback}: {rows}.",
            one="{n} of {total} rows is infeasible and carries the score of the fallback {fallback}: {rows}.",
            fallback=fallback,
            **_count(result, rows),
        )
        yield Notice("efficiency.fallback", text)
    undefined = _rows_with(result, result.statuses, "undefined")
    if rows := [label for label in undefined if label not in explained]:
        yield Notice("efficiency.undefined", _why_undefined(result, rows))
    if rows := _rows_with(result, result.statuses, "infeasible"):
        text = message(
            "{n} of {total} rows have no score because their program has no solution: {rows}.",
            one="{n} of {total} rows has no score because its program has no solution: {rows}.",
            **_count(result, rows),
        )
        yield Notice("efficiency.infeasible", text)
    if rows := _rows_with(result, result.statuses, "unsolved"):
        text = message(
            "{n} of {total} rows have no score because no optimum could be proved: {rows}.",
            one="{n} of {total} rows has no score because no optimum could be proved: {rows}.",
            **_count(result, rows),
        )
        yield Notice("efficiency.unsolved", text)


def _why_undefined(result: EfficiencyResult, rows: list[Label]) -> Message:
    # Under `drop_term` a row is undefined where too many terms have left.
    if result.options.zeros == "drop_term":
        return message(
            "{n} of {total} rows have no score because all terms of a side, or all that falls with "
            "the non-separable goods, is 0; they stay in the reference set: {rows}.",
            one="{n} of {total} rows has no score because all terms of a side, or all that falls with "
            "the non-separable goods, is 0; it stays in the reference set: {rows}.",
            **_count(result, rows),
        )
    return message(
        "{n} of {total} rows have no score because nothing of them can change, but stay in the "
        "reference set: {rows}.",
        one="{n} of {total} rows has no score because nothing of it can change, but stays in the "
        "reference set: {rows}.",
        **_count(result, rows),
    )


def _rows_with(result: EfficiencyResult, words: Sequence[str], word: str) -> list[Label]:
    """List the rows with a status or a method."""
    if word not in words:
        return []
    return [label for label, own in zip(result.labels, words, strict=True) if own == word]


def _count(result: EfficiencyResult, rows: list[Label]) -> dict[str, Any]:
    return {"n": len(rows), "total": result.n, "rows": named(rows)}


def declared_weights(options: Options, names: Sequence[str]) -> Iterator[Notice]:
    """Say which weights make up a score that depends on their sum."""
    given = options.weights or dict.fromkeys(names, 1.0)
    weights = ", ".join(f"{name} {given.get(name, 1.0):g}" for name in names)
    text = message(
        "Scores are sums with these weights, not normed, and compare only with scores of the "
        "same weights: {weights}.",
        weights=weights,
    )
    yield Notice("efficiency.weights", text)


def named(labels: list[Label], shown: int = NAMED) -> Wording:
    """Name rows by entity and period, the first twenty.

    >>> str(named([("a", 2010), ("b", None)]))
    'a 2010, b'
    """
    names = listed(
        [entity if period is None else f"{entity} {period}" for entity, period in labels[:shown]]
    )
    if len(labels) <= shown:
        return names
    return message("{names} and {n} more", names=names, n=len(labels) - shown)
