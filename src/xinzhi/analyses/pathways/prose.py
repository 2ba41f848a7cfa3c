"""Running text on pathways: for how many entities the evidence supports which one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import AbstractSentence
from xinzhi.analyses.pathways.compute import PathwayResult
from xinzhi.analyses.verdict_changes import defaults_in_prose, defaults_in_words
from xinzhi.regression.verdict import JudgementRule
from xinzhi.wording import Wording, in_a_row, listed, message


def abstract(result: PathwayResult, shown: Shown) -> Iterator[AbstractSentence]:
    """Count the entities for which the evidence supports a pathway."""
    counts = _counts(result, "supported")
    if counts:
        yield AbstractSentence("conclusion", _supported(result, counts, shown))
        for sentence in _under_defaults(result, shown):
            yield AbstractSentence("caveat", sentence)
    else:
        yield AbstractSentence("conclusion", _none(shown))


def prose(result: PathwayResult, shown: Shown) -> tuple[Wording, ...]:
    """Write the paragraph on pathways."""
    supported, contested = (_counts(result, status) for status in ("supported", "contested"))
    if not supported and not contested:
        return (_none(shown),)
    sentences = [_supported(result, supported, shown)] if supported else []
    if contested:
        sentences.append(
            message(
                "Estimates for the groups of a {entity} contradict one another: {items}.",
                entity=shown.style.noun.one,
                items=_items(result, contested),
            )
        )
    return (in_a_row([*sentences, *_under_defaults(result, shown)]),)


def _none(shown: Shown) -> Wording:
    return message(
        "The estimates support no pathway for any {entity}.", entity=shown.style.noun.one
    )


def _under_defaults(result: PathwayResult, shown: Shown) -> Iterator[Wording]:
    """Say for how many entities the default errors, tests and families leave a pathway."""
    by_default = result.supported_by_default
    if by_default is None or by_default == result.pathways.n_supported:
        return
    noun, how = shown.style.noun, defaults_in_prose(shown)
    if not by_default[""]:
        yield message(
            "With {how} together, no pathway is supported for any {entity}.",
            how=how,
            entity=noun.one,
        )
    else:
        yield message(
            "With {how} together, a pathway is supported for {k} of {things}.",
            how=how,
            k=by_default[""],
            things=noun.count(len(result.pathways.by_city)),
        )


def _counts(result: PathwayResult, status: str) -> Mapping[str, int]:
    cities = result.pathways.by_city.values()
    return Counter(p.name for city in cities for p in city.pathways if p.status == status)


def _supported(result: PathwayResult, counts: Mapping[str, int], shown: Shown) -> Wording:
    cities = result.pathways.by_city.values()
    words = {"things": shown.style.noun.count(len(cities)), "items": _items(result, counts)}
    k = sum(bool(city.supported) for city in cities)
    if k == len(cities) > 1:
        return message(
            "The estimates support at least one pathway for all {things} (several may apply): {items}.",
            **words,
        )
    return message(
        "The estimates support at least one pathway for {k} of {things} (several may apply): {items}.",
        k=k,
        **words,
    )


def _items(result: PathwayResult, counts: Mapping[str, int]) -> Wording:
    cities = result.pathways.by_city.values()
    labels = {pathway.name: pathway.label for city in cities for pathway in city.pathways}
    return listed(
        [
            message("{pathway} for {k}", pathway=label, k=counts[name])
            for name, label in labels.items()
            if counts.get(name)
        ]
    )


def describe_defaults(result: PathwayResult, declared: JudgementRule) -> Iterator[Wording]:
    """Say below the table for how many entities the default errors, tests and families leave a pathway."""
    by_default, as_declared = result.supported_by_default, result.pathways.n_supported
    if by_default is None or by_default == as_declared:
        return
    cities = result.pathways.by_city.values()
    words: dict[str, object] = {
        "how": defaults_in_words(declared, mediated=True, differences=True),
        "k": as_declared[""],
        "n": len(cities),
        "left": by_default[""],
    }
    if not by_default[""]:
        yield message(
            "With {how}, no pathway is supported for any of {n} entities; as declared, one is for {k}.",
            **words,
        )
        return
    labels = {pathway.name: pathway.label for city in cities for pathway in city.pathways}
    items = [
        message(
            "{pathway} {left} instead of {k}",
            pathway=label,
            left=by_default.get(name, 0),
            k=as_declared.get(name, 0),
        )
        for name, label in labels.items()
        if by_default.get(name, 0) != as_declared.get(name, 0)
    ]
    yield message(
        "With {how}, a pathway is supported for {left} of {n} entities; as declared, for {k}: {items}.",
        items=listed(items),
        **words,
    )
