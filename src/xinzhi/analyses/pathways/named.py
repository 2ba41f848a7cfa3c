"""Results under the labels of the study: what is computed holds names, and a label changes no result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.pathways.compute import PathwayResult
from xinzhi.analyses.pathways.declared import declared_pathways
from xinzhi.analyses.pathways.naming import naming_of
from xinzhi.analyses.pathways.pathways import Caution, CityPathways
from xinzhi.analyses.pathways.section import TypologySection
from xinzhi.present import labelled
from xinzhi.wording import Wording


def in_words(result: PathwayResult, section: TypologySection, shown: Shown) -> PathwayResult:
    """Put the labels of pathways, variables and groups in the place of their names."""
    study, groups = shown.study, result.groups
    declared = declared_pathways(section, study, shown.style.labels)
    members = {str(name): sorted(set(map(str, own.dropna()))) for name, own in groups.items()}
    naming = naming_of(study, members)
    pathways = {one.name: one.label for one in declared}
    words = {**naming.alone, **naming.groupings, **naming.variables}
    known: dict[Caution, Caution] = {}
    by_city = {
        name: _named(city, pathways, words, known) for name, city in result.pathways.by_city.items()
    }
    return replace(
        result,
        declared=declared,
        findings=replace(result.findings, naming=naming),
        pathways=replace(result.pathways, by_city=by_city),
    )


def _named(
    city: CityPathways,
    pathways: Mapping[str, Wording],
    words: Mapping[str, Wording],
    known: dict[Caution, Caution],
) -> CityPathways:
    def caution(one: Caution) -> Caution:
        if one not in known:
            known[one] = replace(one, text=labelled.in_words(one.text, words))
        return known[one]

    return replace(
        city,
        pathways=tuple(
            replace(one, label=pathways[one.name], cautions=tuple(map(caution, one.cautions)))
            for one in city.pathways
        ),
    )
