"""What a reader has to know about scores: rows without one, counted and named."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from xinzhi.frontier.kernel.library import Unavailable, load
from xinzhi.frontier.options import Options
from xinzhi.frontier.result import EfficiencyResult
from xinzhi.notices import Notice
from xinzhi.wording import Message, Wording, listed, message

NAMED = 20
"""Most rows that are named in one notice; the count is always complete."""


def notices_of(
    result: EfficiencyResult, told: Collection[tuple[str, int | None]] = ()
) -> Iterator[Notice]:
    """Say how many rows have no score or a borrowed one, which, and why.

    Why the rows in `told` are undefined has been said.
    """
    yield from _missing_kernel(result)
    yield from _fallbacks(result)
    infeasible, unsolved = (_with_status(result, one) for one in ("infeasible", "unsolved"))
    if without_term := [label for label in _with_status(result, "undefined") if label not in told]:
        yield Notice("efficiency.undefined", _undefined(result, without_term))
    if infeasible:
        text = message(
            "{n} of {total} rows have no score because their program has no solution: {rows}.",
            n=len(infeasible),
            total=result.n,
            rows=named(infeasible),
        )
        yield Notice("efficiency.infeasible", text)
    if unsolved:
        text = message(
            "{n} of {total} rows have no score because no optimum could be proved: {rows}.",
            n=len(unsolved),
            total=result.n,
            rows=named(unsolved),
        )
        yield Notice("efficiency.unsolved", text)


def _missing_kernel(result: EfficiencyResult) -> Iterator[Notice]:
    """Say that the compiled kernel could not be loaded, why, and what helps."""
    library = load()
    if result.options.solver == "auto" and isinstance(library, Unavailable):
        text = message(
            "The compiled kernel could not be loaded ({why}), so the scores come from HiGHS, which takes "
            "longer. To build it anew: uv sync --reinstall-package xinzhi.",
            why=library.reason,
        )
        yield Notice("efficiency.kernel", text)


def _undefined(result: EfficiencyResult, rows: list[tuple[str, int | None]]) -> Message:
    """Say why rows are undefined: under `drop_term`, that too many terms have left."""
    if result.options.zeros == "drop_term":
        return message(
            "{n} of {total} rows have no score because all terms of a side, or all that falls with "
            "the non-separable goods, is 0; they stay in the reference set: {rows}.",
            n=len(rows),
            total=result.n,
            rows=named(rows),
        )
    return message(
        "{n} of {total} rows have no score because nothing of them can change, but stay in the "
        "reference set: {rows}.",
        n=len(rows),
        total=result.n,
        rows=named(rows),
    )


def _with_status(result: EfficiencyResult, status: str) -> list[tuple[str, int | None]]:
    if status not in result.statuses:
        return []
    pairs = zip(result.labels, result.statuses, strict=True)
    return [label for label, own in pairs if own == status]


def declared_weights(options: Options, names: Sequence[str]) -> Iterator[Notice]:
    """Say which weights make up a score that depends on their sum."""
    given = options.weights or dict.fromkeys(names, 1.0)
    listed = ", ".join(f"{name} {given.get(name, 1.0):g}" for name in names)
    yield Notice(
        "efficiency.weights",
        message(
            "Scores are sums with these weights, not normed, and compare only with scores of the "
            "same weights: {weights}.",
            weights=listed,
        ),
    )


def _fallbacks(result: EfficiencyResult) -> Iterator[Notice]:
    """Say which rows carry a score of another program than the measure's own."""
    chosen = result.options.fallback
    if chosen == "none":
        return
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


def named(labels: list[tuple[str, int | None]], shown: int = NAMED) -> Wording:
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
