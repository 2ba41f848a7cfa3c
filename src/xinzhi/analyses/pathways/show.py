"""The exhibits of the pathways: tables, paragraphs of methods, references."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.pathways import prose
from xinzhi.analyses.pathways.city_pages import city_pages
from xinzhi.analyses.pathways.compute import PathwayResult
from xinzhi.analyses.pathways.declared import declared_pathways
from xinzhi.analyses.pathways.dose_tables import doses_table
from xinzhi.analyses.pathways.empowerment import empowerment_table
from xinzhi.analyses.pathways.naming import Naming
from xinzhi.analyses.pathways.pathway_pages import pathway_pages, pathways_by_city
from xinzhi.analyses.pathways.pathway_tables import channel_evidence, pathways_table
from xinzhi.analyses.pathways.pathways import Caution, CityPathways
from xinzhi.analyses.pathways.section import TypologySection
from xinzhi.analyses.pathways.two_rules import two_rules_table
from xinzhi.analyses.pathways.view import PathwayView, build_view, moves_of
from xinzhi.analyses.pathways.what_if_tables import distance_table, move_in_words, what_if_table
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.present import labelled, numbers
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.table import Table, not_computed_table
from xinzhi.wording import Wording, listed, message

GELMAN = (
    "Gelman, A., & Stern, H. (2006). The difference between “significant” and “not significant” is not "
    "itself statistically significant. The American Statistician, 60(4), 328–331. "
    "doi:10.1198/000313006X152649"
)

OF_DOSES = (
    (
        "Johnson, P. O., & Neyman, J. (1936). Tests of certain linear hypotheses and their application to some "
        "educational problems. Statistical Research Memoirs, 1, 57–93."
    ),
    (
        "Bauer, D. J., & Curran, P. J. (2005). Probing interactions in fixed and multilevel regression: "
        "Inferential and graphical techniques. Multivariate Behavioral Research, 40(3), 373–400. "
        "doi:10.1207/s15327906mbr4003_5"
    ),
    (
        "Fieller, E. C. (1954). Some problems in interval estimation. Journal of the Royal Statistical Society: "
        "Series B, 16(2), 175–185. doi:10.1111/j.2517-6161.1954.tb00159.x"
    ),
)


def exhibits(section: TypologySection, result: PathwayResult, shown: Shown) -> Exhibits:
    """Set all tables, a page for each pathway and one for each entity."""
    view = build_view(result, section, shown)
    return Exhibits(
        tuple(_tables(view)),
        tuple(_methods(section, result, shown)),
        frozenset({GELMAN, *(OF_DOSES if result.inputs.slopes else ())}),
        profiles=city_pages(view),
        prose=prose.prose(result, shown),
        abstract=tuple(prose.abstract(result, shown)),
    )


def apply_labels(result: PathwayResult, section: TypologySection, shown: Shown) -> PathwayResult:
    """Put the labels of pathways, variables and groups in the place of their names.

    The result holds names alone, so that a changed label computes nothing again.
    """
    study = shown.study
    declared = declared_pathways(section, study, shown.style.labels)
    members = {
        (str(grouping), group): study.member_label(str(grouping), group)
        for grouping, column in result.groups.items()
        for group in sorted(set(map(str, column.dropna())))
    }
    groupings = {name: study.group_label(name) for name in study.groupings}
    naming = Naming(shown.style.labels, groupings, members)
    labels, words = {each.name: each.label for each in declared}, naming.words()

    # The same few cautions stand at hundreds of entities: each is labelled once.
    @cache
    def label_caution(caution: Caution) -> Caution:
        return replace(caution, text=labelled.in_words(caution.text, words))

    def label_city(city: CityPathways) -> CityPathways:
        pathways = tuple(
            replace(
                pathway,
                label=labels[pathway.name],
                cautions=tuple(map(label_caution, pathway.cautions)),
            )
            for pathway in city.pathways
        )
        return replace(city, pathways=pathways)

    by_city = {name: label_city(city) for name, city in result.pathways.by_city.items()}
    return replace(
        result,
        declared=declared,
        findings=replace(result.findings, naming=naming),
        pathways=replace(result.pathways, by_city=by_city),
    )


def _tables(view: PathwayView) -> Iterator[Table]:
    result = view.result
    if not result.empowerment.empty:
        yield empowerment_table(view)
    yield pathways_table(view)
    evidence = channel_evidence(view)
    if evidence.rows:
        yield evidence
    yield from pathway_pages(view)
    yield pathways_by_city(view)
    doses = doses_table(view)
    if doses is not None:
        yield doses
    rules = two_rules_table(view)
    if rules is not None:
        yield rules
    if isinstance(result.what_if, Unavailable):
        title = message("What if a factor moved")
        yield not_computed_table("what_if", title, result.what_if.problems)
    elif result.what_if is not None:
        yield what_if_table(view, result.what_if)
    if result.distance is not None and not result.distance.by_city.empty:
        yield distance_table(view, result.distance)


def _methods(section: TypologySection, result: PathwayResult, shown: Shown) -> Iterator[Wording]:
    """Say when a pathway counts as supported, and how a what-if is computed."""
    limits = result.pathways.thresholds
    yield message(
        "A pathway is supported for an entity if the factor's effect and its effect through a "
        "channel are positive with p below {level}. The estimate of a group is used for its "
        "entities only where the groups differ (p below {level}); otherwise that for all "
        "entities is used.",
        level=numbers.level(limits.level),
    )
    if result.inputs.slopes:
        yield message(
            "The effect of a step at an entity's own level of a tool is b1 + b3 w, from the model with the "
            "interaction, w being the entity's last known value; its error is that of the delta method. It "
            "is never added to the effect in the entity's group, which is of another model."
        )
        yield message(
            "The dose of a tool is the level from which on this effect is positive and significant at the "
            "{level} level (Johnson and Neyman 1936; Bauer and Curran 2005); its interval of {confidence} inverts "
            "a test at each level (Fieller 1954). There is none where the interaction is not positive and "
            "significant, and none is read beyond the range of the data.",
            level=numbers.level(limits.level),
            confidence=numbers.level(1 - limits.level),
        )
    if limits.minimum_effect:
        yield message(
            "An effect below {least} does not count.",
            least=numbers.number(limits.minimum_effect, shown.style.decimals),
        )
    if section.what_if:
        words = shown.style.labels
        moves = [
            message("{factor} {move}", factor=name_of(name, words), move=move_in_words(change))
            for name, change in moves_of(result, section).items()
        ]
        yield message(
            "What-if ({moves}): the slope that applies to the entity times the change, converted "
            "back from logarithms; intervals of {confidence} by the delta method.",
            moves=listed(moves),
            confidence=numbers.level(shown.style.inference.coverage(section.confidence)),
        )
