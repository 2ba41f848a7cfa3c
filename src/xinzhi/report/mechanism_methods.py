"""The methods paragraphs of what goes beyond the tables of regressions, from the options in force."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.econometrics.mediation import Mediation
from xinzhi.report.naming import score_label, table_title
from xinzhi.study.groups import group_label
from xinzhi.study.result import StudyResult
from xinzhi.study.sets import expand, table_column
from xinzhi.study.variables import labels
from xinzhi.tables import numbers
from xinzhi.tables.regression.fitted import name_of
from xinzhi.tables.sentences import listed
from xinzhi.tables.what_if import move_in_words
from xinzhi.wording import Wording, message

SOBEL = (
    "Sobel, M. E. (1982). Asymptotic confidence intervals for indirect effects in structural equation "
    "models. Sociological Methodology, 13, 290–312. doi:10.2307/270723"
)
MACKINNON = (
    "MacKinnon, D. P., Lockwood, C. M., & Williams, J. (2004). Confidence limits for the indirect "
    "effect: Distribution of the product and resampling methods. Multivariate Behavioral Research, "
    "39(1), 99–128. doi:10.1207/s15327906mbr3901_4"
)
JOHNSON = (
    "Bauer, D. J., & Curran, P. J. (2005). Probing interactions in fixed and multilevel regression: "
    "Inferential and graphical techniques. Multivariate Behavioral Research, 40(3), 373–400. "
    "doi:10.1207/s15327906mbr4003_5"
)
PREACHER = (
    "Preacher, K. J., Rucker, D. D., & Hayes, A. F. (2007). Addressing moderated mediation hypotheses: "
    "Theory, methods, and prescriptions. Multivariate Behavioral Research, 42(1), 185–227. "
    "doi:10.1080/00273170701341316"
)
GELMAN = (
    "Gelman, A., & Stern, H. (2006). The difference between “significant” and “not significant” is not "
    "itself statistically significant. The American Statistician, 60(4), 328–331. "
    "doi:10.1198/000313006X152649"
)
WILD = (
    "Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2008). Bootstrap-based improvements for "
    "inference with clustered errors. Review of Economics and Statistics, 90(3), 414–427. "
    "doi:10.1162/rest.90.3.414"
)
CURVE = (
    "Simonsohn, U., Simmons, J. P., & Nelson, L. D. (2020). Specification curve analysis. Nature Human "
    "Behaviour, 4, 1208–1214. doi:10.1038/s41562-020-0912-z"
)


def mechanism_methods(result: StudyResult) -> Iterator[Wording]:
    """Say how indices, intervals, mechanisms, groups and pathways were computed."""
    yield from _scores(result)
    yield from _few_clusters(result)
    yield from _instruments(result)
    yield from _mediation(result)
    yield from _moderation(result)
    yield from _groups(result)
    yield from _curve(result)
    yield from _pathways(result)


def mechanism_references(result: StudyResult) -> tuple[str, ...]:
    """List the references of the methods in force."""
    spec = result.spec
    tests = {test for section in spec.mediation.values() for test in section.tests}
    found = {
        SOBEL: "sobel" in tests,
        MACKINNON: "bootstrap" in tests,
        JOHNSON: bool(spec.moderation),
        PREACHER: any(one.chains for one in result.mechanism.moderation.values()),
        GELMAN: spec.typology is not None or bool(spec.heterogeneity),
        WILD: bool(result.mechanism.wild),
        CURVE: spec.specification_curve is not None,
    }
    return tuple(reference for reference, is_used in found.items() if is_used)


def _variables(result: StudyResult, names: tuple[str, ...]) -> Wording:
    words = labels(result.spec)
    return listed([name_of(name, words) for name in expand(names, result.spec)])


def _start(result: StudyResult, reference: str) -> Wording:
    table, position = table_column(reference)
    title = table_title(result, table)
    return message("column {n} of {table}", n=position + 1, table=title)


def _scores(result: StudyResult) -> Iterator[Wording]:
    inference = result.spec.inference
    if inference is not None:
        asked = inference.scores
        names = [score_label(result, name) for name in asked.of or result.spec.efficiency]
        yield message(
            "Intervals of {scores}: {draws} draws of whole entities, each draw measured anew on its "
            "own frontier.",
            scores=listed(names),
            draws=numbers.count(asked.draws),
        )


def _few_clusters(result: StudyResult) -> Iterator[Wording]:
    draws = [one.n_draws for found in result.mechanism.wild.values() for one in found.values()]
    if draws:
        yield message(
            "Where clusters are fewer than 40, p-values of the wild cluster bootstrap, the null "
            "imposed, stand beside the usual ones ({draws} draws at most).",
            draws=numbers.count(max(draws)),
        )


def _instruments(result: StudyResult) -> Iterator[Wording]:
    if any(result.mechanism.instrumented.values()):
        yield message(
            "Columns with instruments are two-stage least squares with the same effects and errors; "
            "strength, exogeneity and a set that holds with weak instruments are reported."
        )


def _mediation(result: StudyResult) -> Iterator[Wording]:
    for name, section in result.spec.mediation.items():
        if not isinstance(result.mechanism.mediation.get(name), Mediation):
            continue
        yield message(
            "Mediation through {mediators}: each taken alone in the equations of {start}, all on one "
            "sample, so that the total effect is the direct one plus ab.",
            mediators=_variables(result, section.through),
            start=_start(result, section.base),
        )
        if "bootstrap" in section.tests:
            yield message(
                "Intervals of ab: percentiles of {draws} draws of whole clusters.",
                draws=numbers.count(section.draws),
            )


def _moderation(result: StudyResult) -> Iterator[Wording]:
    for section in result.spec.moderation.values():
        moderators = _variables(result, section.moderators)
        if section.lag:
            yield message(
                "Moderation by {moderators}: interactions in the equations of each path; all on the "
                "right is lagged by {lag} periods inside the entity.",
                moderators=moderators,
                lag=section.lag,
            )
        else:
            yield message(
                "Moderation by {moderators}: interactions in the equations of each path, not lagged.",
                moderators=moderators,
            )
        yield message(
            "Effects are shown at the mean of the moderator and one standard deviation around it, "
            "with the region where they are told apart from zero (Johnson and Neyman)."
        )


def _groups(result: StudyResult) -> Iterator[Wording]:
    tests = {
        "interaction": message("a Wald test in the fully interacted model"),
        "permutation": message("a permutation of entities between two groups"),
    }
    for section in result.spec.heterogeneity.values():
        yield message(
            "Groups by {groupings}: {start} is estimated in each group; whether groups differ is "
            "tested by {tests}.",
            groupings=listed([group_label(result.spec, by) for by in section.by]),
            start=_start(result, section.base),
            tests=listed([tests[test] for test in section.difference]) or message("(none)"),
        )
        if "permutation" in section.difference:
            yield message("Permutations: {draws}.", draws=numbers.count(section.draws))


def _curve(result: StudyResult) -> Iterator[Wording]:
    section = result.spec.specification_curve
    if section is not None:
        yield message(
            "The specification curve estimates {start} under every combination of the declared "
            "choices.",
            start=_start(result, section.of),
        )


def _pathways(result: StudyResult) -> Iterator[Wording]:
    section, found = result.spec.typology, result.typology
    if section is None or found is None:
        return
    limits = found.pathways.thresholds
    yield message(
        "A pathway is supported for an entity if the factor's effect and its effect through a "
        "channel are positive with p below {level}. The estimate of a group speaks for its entities "
        "only where the groups differ (p below {difference}), else that for all.",
        level=numbers.level(limits.level),
        difference=numbers.level(limits.level_of_difference),
    )
    if limits.minimum_effect:
        yield message(
            "An effect below {least} does not count.",
            least=numbers.number(limits.minimum_effect, result.spec.report.decimals),
        )
    if section.what_if:
        words = labels(result.spec)
        moves = [
            message("{factor} {move}", factor=name_of(name, words), move=move_in_words(change))
            for name, change in section.what_if.items()
        ]
        yield message(
            "What-if ({moves}): the slope that speaks for the entity times the move, taken back "
            "through the logarithms; intervals of {confidence} by the delta method.",
            moves=listed(moves),
            confidence=numbers.level(section.confidence),
        )
