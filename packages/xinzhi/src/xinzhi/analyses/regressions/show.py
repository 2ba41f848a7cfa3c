"""The exhibits of a table of regressions: columns side by side, the paragraph of methods.

References of the methods that tables of regressions rest on.

Effect sizes: the change of the outcome, in its own units, that goes with a change of a regressor.

Running text on regressions: the abstract's sentences, and the paragraphs of the chapter on effects.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.diagnostics.compute import Diagnoses
from xinzhi.analyses.effects import (
    Pair,
    compare_with_defaults,
    compare_with_printed,
    pair_verdicts,
    slopes,
)
from xinzhi.analyses.equation import EFFECTS, Symbols, regression_equation
from xinzhi.analyses.exhibits import AbstractSentence, Exhibits, HeadSentence
from xinzhi.analyses.implied_change import FORWARD, FactorChange, rising, shift_of_score
from xinzhi.analyses.regressions.compute import DRAWS, RegressionColumns
from xinzhi.analyses.regressions.section import (
    ESTIMATORS as ESTIMATOR_OPTIONS,
)
from xinzhi.analyses.regressions.section import (
    RegressionTable,
    column_headings,
    equations_of,
)
from xinzhi.present import numbers
from xinzhi.present.equation import NumberedEquation
from xinzhi.present.prose import Slope, associations, signed, slopes_of_interest, words_of_errors
from xinzhi.present.references import see
from xinzhi.present.regression import (
    Fitted,
    regression_table,
    with_headings,
    with_instruments,
    with_wild,
)
from xinzhi.present.regression.fitted import (
    ESTIMATORS as ESTIMATORS_IN_WORDS,
)
from xinzhi.present.regression.fitted import (
    in_columns,
    kind_of_errors,
    name_of,
    with_tests,
)
from xinzhi.present.regression.reading import reading_beside
from xinzhi.present.table import Part, Table
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Wording, enumerated, in_a_row, listed, message, sentence_of
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.inference import Inapplicable, Statistic
from xinzhi_econometrics.specification import LEAST_SQUARES

WILD = (
    "Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2008). Bootstrap-based improvements for "
    "inference with clustered errors. Review of Economics and Statistics, 90(3), 414–427. "
    "doi:10.1162/rest.90.3.414"
)
FEW_CLUSTERS = (
    (
        "Bell, R. M., & McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression with "
        "multi-stage samples. Survey Methodology, 28(2), 169–181."
    ),
    (
        "Pustejovsky, J. E., & Tipton, E. (2018). Small-sample methods for cluster-robust variance estimation and "
        "hypothesis testing in fixed effects models. Journal of Business & Economic Statistics, 36(4), 672–683. "
        "doi:10.1080/07350015.2016.1247004"
    ),
    (
        "Carter, A. V., Schnepel, K. T., & Steigerwald, D. G. (2017). Asymptotic behavior of a t-test robust to "
        "cluster heterogeneity. Review of Economics and Statistics, 99(4), 698–709. doi:10.1162/REST_a_00639"
    ),
)
"""The test that judges with few clusters, and their effective number."""
INSTRUMENTS = (
    (
        "Montiel Olea, J. L., & Pflueger, C. (2013). A robust test for weak instruments. Journal of "
        "Business & Economic Statistics, 31(3), 358–369. doi:10.1080/00401706.2013.806694"
    ),
    (
        "Kleibergen, F., & Paap, R. (2006). Generalized reduced rank tests using the singular value "
        "decomposition. Journal of Econometrics, 133(1), 97–126. doi:10.1016/j.jeconom.2005.02.011"
    ),
    (
        "Stock, J. H., & Yogo, M. (2005). Testing for weak instruments in linear IV regression. In D. "
        "W. K. Andrews & J. H. Stock (Eds.), Identification and inference for econometric models (pp. "
        "80–108). Cambridge University Press. doi:10.1017/CBO9780511614491.006"
    ),
    (
        "Anderson, T. W., & Rubin, H. (1949). Estimation of the parameters of a single equation in a "
        "complete system of stochastic equations. Annals of Mathematical Statistics, 20(1), 46–63. "
        "doi:10.1214/aoms/1177730090"
    ),
)
"""Strength of instruments and tests that hold where they are weak."""
ESTIMATORS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "fractional_logit": (
            (
                "Papke, L. E., & Wooldridge, J. M. (1996). Econometric methods for fractional response "
                "variables with an application to 401(k) plan participation rates. Journal of Applied "
                "Econometrics, 11(6), 619–632. "
                "doi:10.1002/(SICI)1099-1255(199611)11:6<619::AID-JAE418>3.0.CO;2-1"
            ),
            (
                "Papke, L. E., & Wooldridge, J. M. (2008). Panel data methods for fractional response "
                "variables with an application to test pass rates. Journal of Econometrics, 145(1–2), "
                "121–133. doi:10.1016/j.jeconom.2008.05.009"
            ),
        ),
        "random_effects": (
            (
                "Swamy, P. A. V. B., & Arora, S. S. (1972). The exact finite sample properties of the "
                "estimators of coefficients in the error components regression models. Econometrica, "
                "40(2), 261–275. doi:10.2307/1909405"
            ),
            (
                "Baltagi, B. H., & Chang, Y.-J. (1994). Incomplete panels: A comparative study of "
                "alternative estimators for the unbalanced one-way error component regression model. "
                "Journal of Econometrics, 62(2), 67–89. doi:10.1016/0304-4076(94)90017-5"
            ),
        ),
    }
)
"""Estimator other than least squares -> its sources."""
COVARIANCES: Mapping[str, str] = MappingProxyType(
    {
        "hc1": "MacKinnon, J. G., & White, H. (1985). Some heteroskedasticity-consistent covariance "
        "matrix estimators with improved finite sample properties. Journal of Econometrics, 29(3), "
        "305–325. doi:10.1016/0304-4076(85)90158-7",
        "cluster": "Cameron, A. C., & Miller, D. L. (2015). A practitioner's guide to "
        "cluster-robust inference. Journal of Human Resources, 50(2), 317–372. "
        "doi:10.3368/jhr.50.2.317",
        "two_way": "Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2011). Robust inference with "
        "multiway clustering. Journal of Business & Economic Statistics, 29(2), 238–249. "
        "doi:10.1198/jbes.2010.07136",
        "driscoll_kraay": "Driscoll, J. C., & Kraay, A. C. (1998). Consistent covariance matrix "
        "estimation with spatially dependent panel data. Review of Economics and Statistics, 80(4), "
        "549–560. doi:10.1162/003465398557825",
    }
)
"""Kind of errors -> its source."""


SHARE = 0.10
"""By what share of its mean a regressor rises."""
LARGEST = 3
"""Changes that the head of the report names."""
Kind = Literal["binary", "share", "sd"]


@dataclass(frozen=True, slots=True)
class Size:
    """The change of the outcome at its mean where one regressor moves and all else stays."""

    name: str
    before: float
    """The regressor before, in its own units: its mean, or 0 of one that is 0 or 1."""
    after: float
    outcome: float
    """Mean of the outcome, in its own units."""
    change: float
    kind: Kind
    """From 0 to 1, by a share of its mean, or by one standard deviation where a share means nothing."""


def sizes_of(
    slopes: Sequence[Slope],
    outcome: str,
    rows: pd.Index,
    shown: Shown,
    *,
    by_deviation: bool = False,
) -> tuple[Size, ...]:
    """Compute the changes for the significant slopes of a regression on these rows.

    With f and g the transforms of regressor and outcome, and means taken in their own units,

        change = g⁻¹(g(ȳ) + b [f(1.1 x̄) − f(x̄)]) − ȳ.

    A regressor without a natural zero, or of both signs, rises by one standard deviation of these rows, as 10% of
    its mean is not a share of anything. One that is a formula has no size. `by_deviation` moves all by one
    standard deviation, so that they can be compared.
    """
    outcomes = _values(outcome, rows, shown)
    if outcomes is None or outcomes.empty:
        return ()
    sizes = (
        _size(slope, float(outcomes.mean()), outcome, rows, shown, by_deviation=by_deviation)
        for slope in slopes
        if slope.is_significant
    )
    return tuple(size for size in sizes if size is not None)


def _values(variable: str, rows: pd.Index, shown: Shown) -> pd.Series | None:
    """Give the values behind a variable, in its own units; None of a formula."""
    if variable not in shown.style.labels:
        return None
    column = shown.study.origin(variable).column
    if column not in shown.panel.frame:
        return None
    return shown.panel.frame[column].reindex(rows).dropna()


def _size(
    slope: Slope,
    mean_outcome: float,
    outcome: str,
    rows: pd.Index,
    shown: Shown,
    *,
    by_deviation: bool,
) -> Size | None:
    values = _values(slope.name, rows, shown)
    if values is None or values.empty:
        return None
    own, origin = values.to_numpy(float), shown.study.origin(slope.name)
    is_binary = set(np.unique(own)) <= {0.0, 1.0}
    mean = float(values.mean())
    move = rising(FactorChange(SHARE), own, has_zero=origin.has_zero and not by_deviation)
    before, after = (0.0, 1.0) if is_binary else (mean, move.move(mean))
    if before == after:
        return None
    forward = FORWARD[origin.transform]
    if not np.isfinite(forward(before)):  # The logarithm of a binary regressor, which begins at 0.
        return None
    shift = shift_of_score(
        mean_outcome,
        float(forward(after) - forward(before)),
        slope.verdict.estimate,
        0.0,
        outcome_transform=shown.study.origin(outcome).transform,
    )
    kind: Kind = "binary" if is_binary else "sd" if move.kind == "sd" else "share"
    return Size(slope.name, before, after, mean_outcome, shift.change, kind)


def sizes_in_words(sizes: Sequence[Size], outcome: Wording, shown: Shown) -> Iterator[Wording]:
    """Word the changes: of all that rise by a share of their mean together, of a yes or no alone."""
    labels, decimals = shown.style.labels, shown.style.decimals
    for kind in ("share", "sd"):
        alike = [size for size in sizes if size.kind == kind]
        if alike:
            yield _together(alike, outcome, labels, decimals)
    for size in sizes:
        if size.kind == "binary":
            yield message(
                "Where {factor} is 1 rather than 0, {outcome} differs by {change}.",
                factor=name_of(size.name, labels),
                outcome=outcome,
                change=signed(size.change, decimals),
            )


def _together(
    sizes: Sequence[Size], outcome: Wording, labels: Mapping[str, Wording], decimals: int
) -> Wording:
    """Word the changes of regressors that rise alike: all by a share of their mean, or all by a deviation."""
    items = [
        message(
            "{change} for {factor}",
            change=signed(size.change, decimals),
            factor=name_of(size.name, labels),
        )
        for size in sizes
    ]
    one: dict[str, object] = {
        "factor": name_of(sizes[0].name, labels),
        "outcome": outcome,
        "change": signed(sizes[0].change, decimals),
    }
    share = numbers.percent(SHARE, 0)
    if sizes[0].kind == "share" and len(sizes) == 1:
        return message(
            "A {share} increase in {factor} from its mean goes with a change in {outcome} of "
            "{change}.",
            share=share,
            **one,
        )
    if sizes[0].kind == "share":
        return message(
            "A {share} increase from the mean goes with a change in {outcome} of {items}.",
            share=share,
            outcome=outcome,
            items=enumerated(items),
        )
    if len(sizes) == 1:
        return message(
            "An increase of one standard deviation in {factor} from its mean goes with a change in "
            "{outcome} of {change}.",
            **one,
        )
    return message(
        "An increase of one standard deviation from the mean goes with a change in {outcome} of "
        "{items}.",
        outcome=outcome,
        items=enumerated(items),
    )


def plain_sizes(sizes: Sequence[Size], outcome: str) -> Mapping[str, object]:
    """Give the changes for results.json."""
    return {
        "outcome": outcome,
        "factors": {
            size.name: {
                "move": size.kind,
                "before": size.before,
                "after": size.after,
                "outcome_mean": size.outcome,
                "change": size.change,
            }
            for size in sizes
        },
    }


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
    """Answer the question of the study with every factor, and say by which model."""
    main = first_of_study(result, shown)
    if main is None:
        return
    yield AbstractSentence("method", _method(main, shown))
    outcome = message("{outcome} of {sample}", outcome=main.outcome, sample=sample_in_words(shown))
    clauses = associations(main.slopes, outcome, shown.style, detail="estimates")
    if not clauses:
        return
    if not main.is_significant:
        yield from (AbstractSentence("nothing", clause) for clause in clauses)
        return
    yield AbstractSentence("lead", sentence_of(clauses))
    for sentence in left_under_clusters(result, shown):
        yield AbstractSentence("caveat", sentence)


def head(result: RegressionColumns, shown: Shown) -> Iterator[HeadSentence]:
    """Tell first which factors go with the outcome, by which errors, how much, and what that is not."""
    main = first_of_study(result, shown)
    if main is None:
        return
    clauses = associations(main.slopes, main.outcome, shown.style, detail="names")
    if not clauses:
        return
    yield HeadSentence("found", sentence_of(clauses))
    judged = message(
        "By {errors}, at {level}.",
        errors=words_of_errors(main.estimates, shown.style),
        level=numbers.level(shown.style.level),
    )
    yield HeadSentence("sure", judged)
    for sentence in _clustered(result, shown):
        yield HeadSentence("sure", sentence, 1)
    if not main.is_significant:
        none = message("No association is significant, so that none is given a size.")
        yield HeadSentence("large", none)
        not_zero = message("That associations are absent: not significant is not zero.")
        yield HeadSentence("not_shown", not_zero)
        return
    yield from _how_large(main, shown)
    yield HeadSentence("not_shown", message("That any of these associations is causal."))


def _clustered(result: RegressionColumns, shown: Shown) -> Iterator[Wording]:
    """Say in a few words what clustered errors change."""
    pairs = under_clusters(result, shown)
    if not pairs:
        return
    kept, gained = (
        enumerated([name_of(pair.effect.links[0], shown.style.labels) for pair in chosen])
        for chosen in (
            [pair for pair in pairs if pair.is_kept],
            [pair for pair in pairs if pair.is_gained],
        )
    )
    words = {"entity": shown.style.noun.one, "kept": kept, "gained": gained}
    is_lost = any(pair.is_lost for pair in pairs)
    if not is_lost and not gained:
        yield message("Clustered by {entity}, the verdicts stand.", **words)
    elif is_lost and not kept:
        yield message("Clustered by {entity}, none remains significant.", **words)
    elif is_lost:
        yield message("Clustered by {entity}, still significant: {kept}.", **words)
    if gained:
        yield message("Clustered by {entity}, also significant: {gained}.", **words)


def under_clusters(result: RegressionColumns, shown: Shown) -> tuple[Pair, ...]:
    """Judge the slopes of the first column as declared, and with errors clustered by entity where these differ."""
    judged, clustered = result.judged[0], result.clustered.get(0)
    if clustered is None or not isinstance(judged, Estimates):
        return ()
    return pair_verdicts(slopes(judged), slopes(clustered), shown.style.inference)


def _how_large(main: Main, shown: Shown) -> Iterator[HeadSentence]:
    """Set the largest changes beside each other, each for one standard deviation more."""
    rows, outcome = main.estimates.residuals.index, main.estimates.regression.outcome
    sizes = sizes_of(main.slopes, outcome, rows, shown, by_deviation=True)
    largest = sorted(sizes, key=lambda size: -abs(size.change))[:LARGEST]
    items = [_change(size, shown) for size in sizes if size in largest]
    if not items:
        return
    if len(sizes) > LARGEST:
        text = message("One standard deviation more, the largest: {items}.", items=listed(items))
    else:
        text = message("One standard deviation more: {items}.", items=listed(items))
    yield HeadSentence("large", text)


def _change(size: Size, shown: Shown) -> Wording:
    words = {
        "factor": name_of(size.name, shown.style.labels),
        "change": signed(size.change, shown.style.decimals),
    }
    if size.kind == "binary":
        return message("{factor} {change} (1 rather than 0)", **words)
    return message("{factor} {change}", **words)


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


def sample_in_words(shown: Shown) -> Wording:
    """Count the entities of the panel, with its periods."""
    panel = shown.panel
    things = shown.style.noun.count(panel.n_entities)
    if not panel.has_periods:
        return things
    first, last = panel.periods[0], panel.periods[-1]
    if first == last:
        return message("{things} in {period}", things=things, period=str(first))
    return message(
        "{things} over {first}–{last}",
        things=things,
        first=period_name(first),
        last=period_name(last),
    )


def _method(main: Main, shown: Shown) -> Wording:
    return message(
        "The associations are estimated by {model} with {errors} and judged at the {level} level.",
        model=_model(main.estimates, shown),
        errors=words_of_errors(main.estimates, shown.style),
        level=numbers.level(shown.style.level),
    )


def _model(estimates: Estimates, shown: Shown) -> Wording:
    effects = estimates.regression.effects
    if estimates.estimator != LEAST_SQUARES:
        return ESTIMATOR_OPTIONS.get(estimates.estimator, estimates.estimator)
    if not effects:
        return message("pooled least squares")
    if set(effects) == {"entity", "period"}:
        return message("two-way fixed-effects regressions")
    labels = {**shown.style.labels, "entity": shown.style.noun.one}
    names = enumerated([name_of(name, labels) for name in effects])
    return message("regressions with fixed effects of {names}", names=names)


def left_under_clusters(result: RegressionColumns, shown: Shown) -> Iterator[Wording]:
    """Say which associations of the first column remain significant where errors are clustered by entity."""
    pairs, style = under_clusters(result, shown), shown.style

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


N_IN_TEXT = 2
"""So many tables of a study stand in the text: its baseline, and what is made of it."""


def exhibits(section: RegressionTable, result: RegressionColumns, shown: Shown) -> Exhibits:
    """Set the columns side by side, and say how they were estimated."""
    first = list(shown.study.sections("tables"))[:N_IN_TEXT]
    part: Part = "text" if shown.name in first else "appendix"
    return Exhibits(
        (replace(_table(section, result, shown), part=part),),
        tuple(_methods(result, shown)),
        frozenset(_references(result)),
        blocks=blocks(result, shown),
        prose=prose(section, result, shown),
        abstract=tuple(abstract(result, shown)),
        head=tuple(head(result, shown)),
        keywords=keywords(result, shown),
        equations=tuple(_equations(section, shown)),
    )


def _equations(section: RegressionTable, shown: Shown) -> Iterator[NumberedEquation]:
    """Write the first column of a table that starts from no other one, where it is linear."""
    asked = equations_of(section, shown.study)[0].regression
    if section.base is None and asked.estimator == LEAST_SQUARES:
        symbols = Symbols(shown.style.labels, shown.panel.has_periods)
        yield regression_equation(shown.name, shown.title, asked, symbols)


def _table(section: RegressionTable, result: RegressionColumns, shown: Shown) -> Table:
    style = shown.style
    table = regression_table(shown.name, shown.title, result.fitted, style)
    table = with_headings(table, column_headings(section, shown.study, style.labels))
    table = with_instruments(table, result.instrumented, style=style)
    table = with_wild(table, result.bootstraps, style)
    # Rows of tests stand below what the instruments and the bootstrap add.
    statistics = {position: _statistics(tests) for position, tests in result.tests.items()}
    table = with_tests(table, statistics, style)
    without_bootstrap = tuple(
        message("Column {n}: no wild bootstrap: {why}", n=position + 1, why=problem.what)
        for position, unavailable in result.not_bootstrapped.items()
        for problem in unavailable.problems
    )
    reading = (*reading_beside(result.own, style), *_other_verdicts(result, shown))
    return replace(table, notes=(*table.notes, *without_bootstrap), reading=reading)


def _statistics(tests: Diagnoses) -> tuple[Statistic | Inapplicable, ...]:
    """List the statistics of the tests of a column, each once; those of a test that failed are missing."""
    by_name = {statistic.name: statistic for test in tests.found for statistic in test.statistics}
    return (*by_name.values(), *(Inapplicable(t.name, t.problems[0].what) for t in tests.failed))


def _other_verdicts(result: RegressionColumns, shown: Shown) -> Iterator[Wording]:
    """Say column by column which effects the printed errors, or the default ones, judge otherwise."""
    inference = shown.style.inference
    for position in sorted({*result.declared, *result.clustered}):
        printed, judged = result.columns[position], result.judged[position]
        declared, clustered = result.declared.get(position), result.clustered.get(position)
        sentences: list[Wording] = []
        if declared is not None and isinstance(printed, Estimates):
            pairs = pair_verdicts(slopes(declared), slopes(printed), inference)
            sentences += compare_with_printed(pairs, declared.covariance, shown)
        if clustered is not None and isinstance(judged, Estimates):
            pairs = pair_verdicts(slopes(judged), slopes(clustered), inference)
            sentences += compare_with_defaults(pairs, shown)
        yield from (in_columns([position + 1], sentence) for sentence in sentences)


def _methods(result: RegressionColumns, shown: Shown) -> Iterator[Wording]:
    """Say what is regressed on what, how errors are computed, and which tests are valid."""
    columns = result.estimated
    if columns:
        yield _regressed(shown.title, columns, shown.style.labels)
    for name, words in ESTIMATORS_IN_WORDS.items():
        numbers = [n for n, column in enumerate(result.fitted, 1) if _estimator(column) == name]
        if numbers:
            note = in_columns(numbers, words)
            yield message("{name}: {reason}", name=shown.title, reason=note)
    if any(column.estimator == LEAST_SQUARES for column in columns):
        yield message(
            "Regressions are estimated by least squares after an exact within transformation of "
            "all fixed effects; p-values use the t distribution with the degrees of freedom of "
            "the standard errors."
        )
    yield from _why(columns)
    if any("cr2" in column.judge for column in columns):
        yield message(
            "Where clusters are fewer than 40, or effectively fewer (Carter, Schnepel and Steigerwald 2017), "
            "p-values, stars and intervals are those of CR2 standard errors with Satterthwaite degrees of freedom "
            "(Bell and McCaffrey 2002; Pustejovsky and Tipton 2018); standard errors and t in the tables are those "
            "of the usual rule."
        )
    for rule in dict.fromkeys(column.covariance.rule for column in columns):
        yield message("Small-sample correction: {rule}.", rule=rule)
    if result.instrumented:
        yield message(
            "Columns with instruments are estimated by two-stage least squares after the fixed "
            "effects are partialled out. With one endogenous regressor the instruments count as "
            "strong if the effective F exceeds the simplified critical value of Montiel Olea and "
            "Pflueger at the declared τ; with two and iid errors, if the Cragg-Donald F exceeds "
            "that of Stock and Yogo for a size of 10%. Otherwise the t-tests are not used: the "
            "star of a single endogenous regressor follows the Anderson-Rubin test, which is "
            "valid however weak the instruments are."
        )
    if result.bootstraps:
        yield message(
            "With fewer than 40 clusters, p-values of the wild cluster bootstrap with the null "
            "hypothesis imposed ({draws} draws) are shown beside those that judge; its intervals "
            "contain the values that the same two-sided symmetric test does not reject.",
            draws=DRAWS,
        )


def _why(columns: Sequence[Estimates]) -> Iterator[Wording]:
    """Say what fixed effects of entities and periods take out, and what they leave."""
    if any(set(EFFECTS) <= set(column.regression.effects) for column in columns):
        yield message(
            "Entity effects take out what is constant within an entity, period effects what all entities share in a "
            "period; what changes within an entity in a way of its own may still lie behind an association."
        )


def _regressed(
    title: Wording, columns: Sequence[Estimates], labels: Mapping[str, Wording]
) -> Wording:
    """Say in one sentence what a table regresses on what."""
    regressions = [column.regression for column in columns]

    def named(names: Iterable[str]) -> Wording:
        return listed([name_of(name, labels) for name in dict.fromkeys(names)])

    controls = named(name for asked in regressions for name in asked.controls)
    effects = named(name for asked in regressions for name in asked.effects)
    kinds = dict.fromkeys(kind_of_errors(column.covariance, labels) for column in columns)
    return message(
        "{title}: {outcome} on {regressors}; controls: {controls}; fixed effects: {effects}; "
        "{errors}; columns differ as their headings and rows show.",
        title=title,
        outcome=named(asked.outcome for asked in regressions),
        regressors=named(name for asked in regressions for name in asked.regressors),
        controls=controls or message("(none)"),
        effects=effects or message("(none)"),
        errors=listed(list(kinds)),
    )


def _estimator(column: Fitted) -> str:
    return column.estimator if isinstance(column, Estimates) else ""


def _references(result: RegressionColumns) -> Iterator[str]:
    for column in result.estimated:
        yield from ESTIMATORS.get(column.estimator, ())
        if column.covariance.kind in COVARIANCES:
            yield COVARIANCES[column.covariance.kind]
    if result.instrumented:
        yield from INSTRUMENTS
    if any("cr2" in column.judge for column in result.estimated):
        yield from FEW_CLUSTERS
    if result.bootstraps:
        yield WILD
