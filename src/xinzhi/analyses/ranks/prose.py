"""Running text on ranks: who is among the first, and who among the last, at all dates."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.ranks.compute import Ranking
from xinzhi.present.references import see
from xinzhi.space.ranks import End
from xinzhi.wording import Wording, enumerated, in_a_row, message


def prose(result: Ranking, shown: Shown) -> tuple[Wording, ...]:
    """Name those that stay at either end, where several dates are compared."""
    sentences = [one for end in (result.top, result.bottom) for one in _stayers(end, shown)]
    return (in_a_row(sentences),) if sentences else ()


def _stayers(end: End, shown: Shown) -> Iterator[Wording]:
    if len(end.members) < 2 or not end.stayers:
        return
    labels = shown.style.entities
    words: dict[str, object] = {
        "names": enumerated([labels.get(name, name) for name in end.stayers]),
        "k": end.n,
        "n": len(end.stayers),
        "see": see(f"{shown.name}_{end.side}"),
    }
    yield (
        message(
            "At all dates {names} are among the {k} highest{see}.",
            one="At all dates {names} is among the {k} highest{see}.",
            **words,
        )
        if end.side == "top"
        else message(
            "At all dates {names} are among the {k} lowest{see}.",
            one="At all dates {names} is among the {k} lowest{see}.",
            **words,
        )
    )
