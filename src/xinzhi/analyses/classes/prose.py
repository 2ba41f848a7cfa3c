"""Running text on classes: how many entities stand in which class, first and last."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.classes.compute import Classification, class_labels
from xinzhi.analyses.exhibits import AbstractSentence, main_score
from xinzhi.present.references import see
from xinzhi.wording import Wording, enumerated, in_a_row, listed, message


def abstract(result: Classification, shown: Shown) -> Iterator[AbstractSentence]:
    """Count the lowest and the highest class in the first and the last period."""
    if shown.name != main_score(shown.study) or len(result.names) < 2:
        return
    ends = (result.names[0], result.names[-1])
    for sentence in _count_classes(result, ends, shown):
        yield AbstractSentence("level", sentence)


def prose(result: Classification, shown: Shown) -> tuple[Wording, ...]:
    """Write the paragraph on classes: all of them, first and last."""
    exhibits = see(f"{shown.name}_classes", f"{shown.name}_counts")
    sentences = tuple(_count_classes(result, result.names, shown, exhibits))
    return (in_a_row(sentences),) if sentences else ()


def _count_classes(
    result: Classification, names: tuple[str, ...], shown: Shown, exhibits: Wording = ""
) -> Iterator[Wording]:
    if result.counts.empty:
        return
    words = class_labels(result)
    first, last = result.counts.iloc[0], result.counts.iloc[-1]
    if len(result.counts) == 1:
        yield message(
            "Of {things}, {counts} are in the classes {labels}{see}.",
            see=exhibits,
            things=shown.style.noun.count(int(last.sum())),
            counts=enumerated([str(last[name]) for name in names]),
            labels=enumerated([words[name] for name in names]),
        )
        return
    occupied = [name for name in names if first[name] or last[name]]
    moves = [
        message(
            "from {before} to {after} in the class {label}",
            before=int(first[name]),
            after=int(last[name]),
            label=words[name],
        )
        for name in occupied or names
    ]
    yield message(
        "Between {start} and {end}, the number of {entities} went {moves}{see}.",
        see=exhibits,
        entities=shown.style.noun.many,
        moves=listed(moves),
        start=str(result.counts.index[0]),
        end=str(result.counts.index[-1]),
    )
