"""Running text on regressions: the abstract's sentences, and the paragraphs of the chapter on effects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.effects import slopes
from xinzhi.analyses.exhibits import AbstractSentence
from xinzhi.analyses.regressions.compute import RegressionColumns
from xinzhi.analyses.regressions.equations import equations_of
from xinzhi.analyses.regressions.section import RegressionTable
from xinzhi.analyses.regressions.sizes import Size, plain_sizes, sizes_in_words, sizes_of
from xinzhi.analyses.regressions.titles import ESTIMATORS
from xinzhi.analyses.verdict_changes import Pair, pair_verdicts
from xinzhi.present import numbers
from xinzhi.present.prose import Slope, associations, slopes_of_interest, words_of_errors
from xinzhi.present.references import see
from xinzhi.present.regression.fitted import name_of
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.specification import LEAST_SQUARES
from xinzhi.wording import Wording, enumerated, in_a_row, message, sentence_of


@dataclass(frozen=True, slots=True)
class Main:
    """The regression on which a table is built: its first column."""

    estimates: Estimates
    slopes: tuple[Slope, ...]
    outcome: Wording
    sizes: tuple[Size, ...]

    @property
    def is_significant(self) -> bool:
        """Whether any association counts."""
        return any(slope.is_significant for slope in self.slopes)


def main_of(result: RegressionColumns, shown: Shown) -> Main | None:
    """Take the first column; None where it could not be estimated."""
    estimates = result.judged[0]
    if not isinstance(estimates, Estimates):
        return None
    slopes = slopes_of_interest(estimates, shown.style)
    outcome = estimates.regression.outcome
    sizes = sizes_of(slopes, outcome, estimates.residuals.index, shown)
    return Main(estimates, slopes, name_of(outcome, shown.style.labels), sizes)


def first_of_study(result: RegressionColumns, shown: Shown) -> Main | None:
    """Take the first column of the first table of the study, which answers its question."""
    is_first = (shown.study.first_column or "").partition("/")[0] == shown.name
    return main_of(result, shown) if is_first else None


def abstract(result: RegressionColumns, shown: Shown) -> Iterator[AbstractSentence]:
    """Ask the question of the study, and answer it with every factor."""
    main = first_of_study(result, shown)
    if main is None:
        return
    yield AbstractSentence("question", _question(main, shown))
    yield AbstractSentence("method", _method(main, shown))
    clauses = associations(main.slopes, main.outcome, shown.style)
    if not clauses:
        return
    if not main.is_significant:
        yield from (AbstractSentence("nothing", clause) for clause in clauses)
        return
    yield AbstractSentence("finding", sentence_of(clauses))
    for sentence in sizes_in_words(main.sizes, main.outcome, shown):
        yield AbstractSentence("finding", sentence)
    for sentence in left_under_clusters(result, shown):
        yield AbstractSentence("caveat", sentence)


def keywords(result: RegressionColumns, shown: Shown) -> tuple[Wording, ...]:
    """Name outcome and factors."""
    main = first_of_study(result, shown)
    if main is None:
        return ()
    return main.outcome, *(name_of(slope.name, shown.style.labels) for slope in main.slopes)


def blocks(result: RegressionColumns, shown: Shown) -> dict[str, object]:
    """Give the effect sizes of the first column for results.json."""
    main = first_of_study(result, shown)
    if main is None:
        return {}
    return {"effect_sizes": plain_sizes(main.sizes, main.estimates.regression.outcome)}


def _question(main: Main, shown: Shown) -> Wording:
    names = [name_of(slope.name, shown.style.labels) for slope in main.slopes]
    return message(
        "This study asks whether {factors} are associated with {outcome} in {sample}{further}.",
        one="This study asks whether {factors} is associated with {outcome} in {sample}{further}.",
        n=len(names),
        factors=enumerated(names),
        outcome=main.outcome,
        sample=sample_in_words(shown),
        further=_further(shown),
    )


def _further(shown: Shown) -> Wording:
    """Say what else the study asks of the factors."""
    channels, groups = (bool(shown.study.sections(key)) for key in ("mediation", "heterogeneity"))
    if channels and groups:
        return message(
            ", through which channels, and whether the associations differ between groups"
        )
    if channels:
        return message(", and through which channels")
    return message(", and whether the associations differ between groups") if groups else ""


def sample_in_words(shown: Shown) -> Wording:
    """Count the entities of the panel, with its periods."""
    panel = shown.panel
    things = shown.style.noun.count(panel.n_entities)
    if not panel.has_periods:
        return things
    first, last = panel.periods[0], panel.periods[-1]
    if first == last:
        return message("{things} in {period}", things=things, period=str(first))
    return message("{things} over {first}–{last}", things=things, first=str(first), last=str(last))


def _method(main: Main, shown: Shown) -> Wording:
    return message(
        "The associations are estimated by {model} ({n} observations; {errors}) and judged at the "
        "{level} level.",
        model=_model(main.estimates, shown),
        n=numbers.count(main.estimates.n),
        errors=words_of_errors(main.estimates, shown.style),
        level=numbers.level(shown.style.level),
    )


def _model(estimates: Estimates, shown: Shown) -> Wording:
    effects = estimates.regression.effects
    if estimates.estimator != LEAST_SQUARES:
        return ESTIMATORS.get(estimates.estimator, estimates.estimator)
    if not effects:
        return message("pooled least squares")
    if set(effects) == {"entity", "period"}:
        return message("two-way fixed-effects regressions")
    labels = {**shown.style.labels, "entity": shown.style.noun.one}
    names = enumerated([name_of(name, labels) for name in effects])
    return message("regressions with fixed effects of {names}", names=names)


def left_under_clusters(result: RegressionColumns, shown: Shown) -> Iterator[Wording]:
    """Say which associations of the first column remain significant where errors are clustered by entity."""
    judged, clustered, style = result.judged[0], result.clustered.get(0), shown.style
    if clustered is None or not isinstance(judged, Estimates):
        return
    pairs = pair_verdicts(slopes(judged), slopes(clustered), style.inference)

    def names(chosen: Iterable[Pair]) -> list[Wording]:
        return [name_of(pair.effect.links[0], style.labels) for pair in chosen]

    remaining = names(pair for pair in pairs if pair.is_kept)
    lost = names(pair for pair in pairs if pair.is_lost)
    gained = names(pair for pair in pairs if pair.is_gained)
    pathways = message(", on which the pathways rest,") if shown.study.sections("typology") else ""
    words: dict[str, object] = {"entity": style.noun.one, "pathways": pathways}
    if lost and remaining:
        yield message(
            "With standard errors clustered by {entity}, only {kept} remain significant.",
            one="With standard errors clustered by {entity}, only {kept} remains significant.",
            n=len(remaining),
            kept=enumerated(remaining),
            **words,
        )
    elif len(lost) == 1:
        yield message(
            "With standard errors clustered by {entity}, the association{pathways} is no longer "
            "significant.",
            **words,
        )
    elif lost:
        yield message(
            "With standard errors clustered by {entity}, none of these associations{pathways} "
            "remains significant.",
            **words,
        )
    if gained:
        yield message(
            "With standard errors clustered by {entity}, {gained} become significant.",
            one="With standard errors clustered by {entity}, {gained} becomes significant.",
            n=len(gained),
            gained=enumerated(gained),
            **words,
        )


def prose(section: RegressionTable, result: RegressionColumns, shown: Shown) -> tuple[Wording, ...]:
    """Write the paragraphs on a table: associations and sizes, then how far other columns agree.

    A table that starts from another one is told beside that one.
    """
    main = main_of(result, shown)
    if section.base is not None or main is None:
        return ()
    clauses = associations(main.slopes, main.outcome, shown.style)
    if not clauses:
        return ()
    exhibits = see(shown.name, f"{shown.name}_coefficients")
    first = [sentence_of(clauses, exhibits), *sizes_in_words(main.sizes, main.outcome, shown)]
    if any(shown.study.origin(size.name).transform == "ln1p" for size in main.sizes):
        first.append(
            message("The coefficients belong to ln(1+x), so that they are not elasticities.")
        )
    second = [*_robustness(main, shown)]
    if main.is_significant:
        second += left_under_clusters(result, shown)
    second += _with_other_errors(result, main, shown)
    return tuple(in_a_row(sentences) for sentences in (first, second) if sentences)


def _robustness(main: Main, shown: Shown) -> Iterator[Wording]:
    """Count the other specifications in which a significant association keeps its sign and significance."""
    others, _ = other_columns(main.estimates, shown)
    counted = [each for each in others if each.slopes]
    items: list[Wording] = []
    tables: dict[str, None] = {}
    for slope in main.slopes:
        directions: list[str] = []
        for other in counted:
            stand_in = other.stand_in.get(slope.name, slope.name)
            for found in other.slopes:
                if found.name == stand_in and found.verdict.direction != "not_tested":
                    directions.append(found.verdict.direction)
                    tables[other.table] = None
        if slope.is_significant and directions:
            name = name_of(slope.name, shown.style.labels)
            k = directions.count(slope.verdict.direction)
            items.append(message("{name} in {k} of {n}", name=name, k=k, n=len(directions)))
    if items:
        yield message(
            "In other specifications of the same outcome, sign and significance are confirmed for "
            "{items}{see}.",
            items=enumerated(items),
            see=see(*(name for name in tables if name != shown.name)),
        )


def _with_other_errors(result: RegressionColumns, main: Main, shown: Shown) -> Iterator[Wording]:
    """Say how other standard errors judge the first column, where a table prints it with some.

    Errors clustered by entity are passed over where `left_under_clusters` tells of them.
    """
    _, same = other_columns(main.estimates, shown)
    told = {_errors(main.estimates)}
    if main.is_significant and (clustered := result.clustered.get(0)) is not None:
        told.add(_errors(clustered))
    for other in same:
        if (errors := _errors(other.estimates)) in told:
            continue
        told.add(errors)
        pairs = pair_verdicts(
            slopes(main.estimates), slopes(other.estimates), shown.style.inference
        )
        lost = [pair.effect.links[0] for pair in pairs if pair.is_lost]
        gained = [pair.effect.links[0] for pair in pairs if pair.is_gained]
        words: dict[str, object] = {
            "errors": words_of_errors(other.estimates, shown.style),
            "see": see(*([other.table] if other.table != shown.name else [])),
        }
        if lost:
            yield message(
                "With {errors}, {names} are no longer significant{see}.",
                one="With {errors}, {names} is no longer significant{see}.",
                n=len(lost),
                names=enumerated([name_of(name, shown.style.labels) for name in lost]),
                **words,
            )
        if gained:
            yield message(
                "With {errors}, {names} become significant{see}.",
                one="With {errors}, {names} becomes significant{see}.",
                n=len(gained),
                names=enumerated([name_of(name, shown.style.labels) for name in gained]),
                **words,
            )


def _errors(estimates: Estimates) -> tuple[object, ...]:
    """Tell kinds of errors apart, stated or by default."""
    rule = estimates.covariance
    return rule.kind, rule.clusters, rule.name, rule.lag


@dataclass(frozen=True, slots=True)
class OtherColumn:
    """A column on the outcome of the first one, as it is printed."""

    table: str
    estimates: Estimates
    slopes: tuple[Slope, ...]
    """Judged by the errors of the column."""
    stand_in: Mapping[str, str]
    """Regressor -> what takes its place in the column."""


def other_columns(main: Estimates, shown: Shown) -> tuple[list[OtherColumn], list[OtherColumn]]:
    """List the columns on the same outcome: other specifications, and `main` with other standard errors.

    A specification is what was estimated: the estimator, the coefficients and the number of rows. Of columns that
    differ by their errors alone, the one with the errors that judge `main` stands for the specification, else the
    first.
    """
    others: dict[object, OtherColumn] = {}
    same: list[OtherColumn] = []
    results = shown.results.get("tables", {})
    for name, section in shown.study.sections("tables").items():
        result = results.get(name)
        if not isinstance(result, RegressionColumns):
            continue
        equations = equations_of(section, shown.study)
        for equation, column in zip(equations, result.own, strict=True):
            if (
                not isinstance(column, Estimates)
                or column.regression.outcome != main.regression.outcome
            ):
                continue
            found = slopes_of_interest(column, shown.style)
            other = OtherColumn(name, column, found, dict(equation.variation.replace))
            if (key := specification_of(column)) == specification_of(main):
                same.append(other)
            elif key not in others or _errors(others[key].estimates) != _errors(main) == _errors(
                column
            ):
                others[key] = other
    return list(others.values()), same


DIGITS = 9
"""Digits to which coefficients of one specification agree: the order of its columns costs a few of sixteen."""


def specification_of(estimates: Estimates) -> tuple[object, ...]:
    """Give what two columns have in common that differ at most by their standard errors."""
    pairs = zip(estimates.names, estimates.estimate.tolist(), strict=True)
    slopes = frozenset((name, f"{b:.{DIGITS - 1}e}") for name, b in pairs)
    return estimates.estimator, estimates.n, frozenset(estimates.regression.effects), slopes
