"""How many entities the pathways are left for under the default errors, tests and families."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, Given
from xinzhi.analyses.pathways.declared import declared_pathways
from xinzhi.analyses.pathways.evidence import Thresholds
from xinzhi.analyses.pathways.find import find_pathways
from xinzhi.analyses.pathways.inputs import gather_inputs
from xinzhi.analyses.pathways.pathways import Pathways
from xinzhi.analyses.pathways.section import TypologySection
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.analyses.verdict_changes import (
    declares_defaults,
    defaults_in_words,
    under_defaults,
)
from xinzhi.regression.verdict import Inference
from xinzhi.wording import Wording, listed, message


def supported_by_default(
    section: TypologySection, given: Given, groups: pd.DataFrame
) -> Mapping[str, int] | None:
    """Count the entities for which each pathway, and any, is supported by default.

    None where the study declares the defaults: all that is read was judged by them.
    """
    study = given.study
    if declares_defaults(study.inference):
        return None
    defaults = under_defaults(study.inference)
    results = {
        (key, name): result
        if isinstance(result, Unavailable)
        else ANALYSES.get(key).under_defaults(result)
        for (key, name), result in given.results.items()
    }
    inputs = gather_inputs(section, study, results, defaults)
    # Levels are left out: the status of a pathway does not depend on the own level of a tool.
    pathways = find_pathways(
        inputs.estimates,
        groups,
        declared_pathways(section, study),
        outcome=inputs.outcome,
        differences=inputs.differences,
        thresholds=Thresholds(defaults.level, section.minimum_effect),
    )
    return count_supported(pathways)


def count_supported(pathways: Pathways) -> Mapping[str, int]:
    """Count the entities for which each pathway is supported; under the empty name, for which any is."""
    cities = pathways.by_city.values()
    counts = Counter(pathway.name for city in cities for pathway in city.supported)
    return {**counts, "": sum(bool(city.supported) for city in cities)}


def describe_defaults(
    pathways: Pathways, by_default: Mapping[str, int] | None, declared: Inference
) -> Iterator[Wording]:
    """Say for how many entities the default errors, tests and families leave a pathway."""
    as_declared = count_supported(pathways)
    if by_default is None or by_default == as_declared:
        return
    words: dict[str, object] = {
        "how": defaults_in_words(declared, mediated=True, differences=True),
        "k": as_declared[""],
        "n": len(pathways.by_city),
        "left": by_default[""],
    }
    if not by_default[""]:
        yield message(
            "With {how}, no pathway is supported for any of {n} entities; as declared, one is for {k}.",
            **words,
        )
        return
    cities = pathways.by_city.values()
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
