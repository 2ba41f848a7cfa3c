"""Geodetector: how much of the variance of an outcome lies between the strata of factors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field, model_validator

import xinzhi_econometrics.space.detector as geo
from xinzhi.analyses.analysis import (
    ANALYSES,
    Analysis,
    EstimationData,
    Given,
    PlacedProblem,
    Reads,
    RequiredDraws,
    Shown,
    Study,
)
from xinzhi.analyses.exhibits import Exhibits, Place, first_sentences
from xinzhi.analyses.section import Names, Refers, TitledSection, as_written
from xinzhi.options import PeriodNumber, Refused
from xinzhi.present import numbers
from xinzhi.present.chart import Chart
from xinzhi.present.frames import rows_of, table_from
from xinzhi.present.table import Table
from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.notices import Notice
from xinzhi_core.wording import Message, Wording, listed, message

StrataRule = Literal["quantiles", "natural_breaks", "geometric", "best"]
VALUES, BEST = "values", "best"
MOST_CLASSES = 8
"""Strata up to which the best are searched where the study file names no number."""
FEWEST: Mapping[str, int] = {"quantiles": 2, "natural_breaks": 2, "geometric": 2, BEST: 3}


def _by_rule(value: object) -> object:
    """Let `values` stand for no rule, and `best` for a search up to the usual number."""
    return (
        {VALUES: {}, BEST: {BEST: MOST_CLASSES}}.get(value, value)
        if isinstance(value, str)
        else value
    )


class DetectorSection(TitledSection):
    """How much of the variance of an outcome lies between the strata of factors."""

    outcome: Annotated[str | None, Refers("variable")] = Field(default=None, examples=["green"])
    """Variable whose variance is explained; the name of the section where left out."""
    factors: Annotated[Names, Refers("variables")] = Field(default=(), examples=[["talent"]])
    """Variables that make strata, or sets of them."""
    strata: Annotated[
        dict[StrataRule, int],
        BeforeValidator(
            _by_rule, json_schema_input_type=dict[StrataRule, int] | Literal["values", "best"]
        ),
    ] = Field(default_factory=dict, max_length=1)
    """How `factors` are cut: {quantiles: 5}, {natural_breaks: 5}, {geometric: 5}, or best, the rule and the
    number, up to 8 or that of {best: 6}, with the highest q; each value is a stratum where left out (values)."""
    by: Annotated[Names, Refers("grouping")] = ()
    """Groupings under `groups`, or columns, whose members are strata as they are."""
    interaction: bool = True
    """Whether pairs of factors are laid over each other."""
    date: PeriodNumber | None = None
    """Period whose rows are used; all where left out."""
    permutations: int = Field(default=999, ge=99)
    """Random orders behind the p-value of best strata."""

    @model_validator(mode="after")
    def _options_have_effect(self) -> DetectorSection:
        if not (self.factors or self.by):
            raise Refused(message("No factor is named."), message("name `factors` or `by`."))
        if self.strata and not self.factors:
            raise Refused(
                message("`strata` cuts `factors`, and there are none."), message("remove it.")
            )
        if "permutations" in self.model_fields_set and BEST not in self.strata:
            raise Refused(
                message("`permutations` judge the search for the best strata."),
                message("write `strata: best`, or leave it out."),
            )
        for rule, n in self.strata.items():
            if n < FEWEST[rule]:
                raise Refused(
                    message(
                        "{n} strata are too few for {rule}.",
                        one="{n} stratum is too few for {rule}.",
                        n=n,
                        rule=rule,
                    ),
                    message("write {fewest} or more.", fewest=FEWEST[rule]),
                )
        return self


STREAM = 7
"""Of the seed of the study: the draws of no other analysis change those of the search."""


def data_of(section: DetectorSection, factors: tuple[str, ...]) -> EstimationData:
    """Name the variables that are read."""
    return EstimationData((str(section.outcome), *factors), keys=section.by)


def run_detector(section: DetectorSection, given: Given) -> geo.Detected:
    """Cut the factors on the rows that have all values, and compute the detectors."""
    factors = given.study.expand(section.factors)
    frame = given.frame(data_of(section, factors))[[str(section.outcome), *factors, *section.by]]
    if section.date is not None:
        frame = frame[frame.index.get_level_values(1) == section.date]
        if frame.empty:
            text = message("The data have no period {period}.", period=section.date)
            raise DataError(
                Problem(
                    "detector.no_period",
                    text,
                    Where(period=section.date),
                    message("name another period."),
                )
            )
    # Rows in one order, so that the permutations do not depend on that of the file.
    whole = frame.dropna().sort_index()
    if whole.empty:
        text = message("No row has a value of the outcome and of every factor.")
        raise DataError(Problem("detector.no_rows", text, remedy=message("name another column.")))
    y = whole[str(section.outcome)].to_numpy(np.float64)
    generator = np.random.default_rng(np.random.SeedSequence(given.study.seed, spawn_key=(STREAM,)))
    strata = {name: _strata(section, name, y, whole[name], generator) for name in factors}
    strata |= {name: geo.by_values(whole[name].map(as_written)) for name in section.by}
    found = geo.detect(y, strata, interaction=section.interaction)
    notices = (
        *found.notices,
        *_row_notices(whole, len(frame) - len(whole)),
        *_fewer(section, found),
    )
    return geo.Detected(
        found.factors, found.strata, found.interaction, found.ecological, found.n, notices
    )


def _strata(
    section: DetectorSection,
    name: str,
    y: geo.Array,
    values: pd.Series,
    generator: np.random.Generator,
) -> geo.Strata:
    """Make the strata of a factor by the declared rule."""
    for rule, n in section.strata.items():
        x = values.to_numpy(np.float64)
        if rule == "best":
            return geo.best_strata(
                y, x, n, generator=generator, permutations=section.permutations, factor=name
            )
        return geo.cut(x, rule, n, factor=name)
    return geo.by_values(values)


def _row_notices(whole: pd.DataFrame, n_left_out: int) -> list[Notice]:
    """Say which rows are left out, and that an entity in several periods is not an independent row."""
    notices = []
    if n_left_out:
        text = message(
            "{n} rows without a value of the outcome or of a factor are left out.",
            one="{n} row without a value of the outcome or of a factor is left out.",
            n=n_left_out,
        )
        notices.append(Notice("detector.left_out", text))
    if whole.index.get_level_values(0).has_duplicates:
        text = message(
            "Rows of several periods are pooled: the p-values take the rows of an entity to be "
            "independent; name a `date` for one cross-section."
        )
        notices.append(Notice("detector.pooled", text))
    return notices


def _fewer(section: DetectorSection, found: geo.Detected) -> list[Notice]:
    """Say where strata that nobody is in were left out."""
    asked = next((n for rule, n in section.strata.items() if rule != BEST), 0)
    counts = found.factors.loc[found.factors["rule"] != "values", "n_strata"]
    return [
        Notice(
            "detector.empty_strata",
            message(
                "{factor} has {n} strata and not {asked}: strata that no row belongs to are left out.",
                factor=str(name),
                n=int(n),
                asked=asked,
            ),
        )
        for name, n in counts.items()
        if n < asked
    ]


WANG_2010 = (
    "Wang, J.-F., Li, X.-H., Christakos, G., Liao, Y.-L., Zhang, T., Gu, X., & Zheng, X.-Y. (2010). "
    "Geographical detectors-based health risk assessment and its application in the neural tube defects "
    "study of the Heshun Region, China. International Journal of Geographical Information Science, 24(1), "
    "107–127. doi:10.1080/13658810802443457"
)
WANG_2016 = (
    "Wang, J.-F., Zhang, T.-L., & Fu, B.-J. (2016). A measure of spatial stratified heterogeneity. "
    "Ecological Indicators, 67, 250–256. doi:10.1016/j.ecolind.2016.02.052"
)
KINDS: Mapping[str, Message] = {
    "enhance_nonlinear": message("nonlinear enhancement"),
    "enhance_bivariate": message("bivariate enhancement"),
    "independent": message("independent"),
    "no_more_than_one": message("no more than the stronger factor"),
}
RULES: Mapping[str, Message] = {
    "values": message("values"),
    "quantiles": message("quantiles"),
    "natural_breaks": message("natural breaks"),
    "geometric": message("geometric intervals"),
}


def exhibits(section: DetectorSection, result: geo.Detected, shown: Shown) -> Exhibits:
    """Set the factor detector, the strata, the pairs and the ecological detector."""
    words = factor_labels(section, shown)
    tables = [_factors(section, result, shown, words), _strata_table(result, shown, words)]
    if result.interaction is not None:
        tables.append(_interaction(result.interaction, shown, words))
    if result.ecological is not None:
        tables.append(_ecological(result.ecological, shown, words))
    return Exhibits(
        tuple(tables),
        references=frozenset({WANG_2010, WANG_2016}),
        prose=first_sentences(*tables),
    )


def factor_labels(section: DetectorSection, shown: Shown) -> dict[str, Wording]:
    """Name each factor as the study does."""
    names = shown.study.expand(section.factors)
    return {
        **{name: shown.study.label(name) for name in names},
        **{name: shown.study.group_label(name) for name in section.by},
    }


def _factors(
    section: DetectorSection, result: geo.Detected, shown: Shown, words: Mapping[str, Wording]
) -> Table:
    frame = result.factors.assign(rule=result.factors["rule"].map(RULES))
    headings: dict[str, Wording] = {
        "q": "q",
        "f_statistic": "F",
        "p_value": message("p (noncentral F)"),
        "n_strata": message("Strata"),
        "rule": message("Rule"),
    }
    if result.factors["p_permutation"].notna().any():
        headings["p_permutation"] = message("p (permutation)")
    return table_from(
        frame,
        headings,
        id=shown.name,
        title=shown.title,
        stub=message("Factor"),
        labels=words,
        notes=(
            message(
                "q: share of the variance of {outcome} between the strata, N = {n}. The noncentrality of F "
                "takes the variance with N − 1, as GeoDetector does.",
                outcome=shown.study.label(str(section.outcome)),
                n=result.n,
            ),
        ),
        reading=tuple(_largest(result, words)),
        machine={"rows": rows_of(result.factors), "n": result.n},
    )


def _largest(result: geo.Detected, words: Mapping[str, Wording]) -> Iterator[Wording]:
    # The p-value that counts the search judges where there was one.
    deciding = result.factors["p_permutation"].fillna(result.factors["p_value"])
    order = result.factors.assign(p=deciding).sort_values("q", ascending=False, kind="stable")
    items = [
        message(
            "{factor} {q} ({p})",
            factor=words[str(name)],
            q=numbers.number(row["q"]),
            p=numbers.p_equals(row["p"]),
        )
        for name, row in order.iterrows()
    ]
    yield message("Share of the variance between strata (q): {items}.", items=listed(items))


def _strata_table(result: geo.Detected, shown: Shown, words: Mapping[str, Wording]) -> Table:
    title = message("{title}: means by stratum", title=shown.title)
    headings = {"n": message("N"), "mean": message("Mean")}
    frame, labels = _joined(result.strata, words)
    return table_from(
        frame,
        headings,
        id=f"{shown.name}_strata",
        title=title,
        stub=message("Factor and stratum"),
        labels=labels,
        machine={"rows": rows_of(result.strata)},
    )


def _joined(
    frame: pd.DataFrame, words: Mapping[str, Wording]
) -> tuple[pd.DataFrame, dict[str, Wording]]:
    """Name each row by both levels of its index."""
    keys = [f"{first} & {second}" for first, second in frame.index]
    pairs = zip(keys, frame.index, strict=True)
    labels: dict[str, Wording] = {
        key: message(
            "{first} & {second}", first=words[first], second=words.get(second, str(second))
        )
        for key, (first, second) in pairs
    }
    return frame.set_axis(pd.Index(keys)), labels


def _interaction(pairs: pd.DataFrame, shown: Shown, words: Mapping[str, Wording]) -> Table:
    frame, labels = _joined(pairs.assign(kind=pairs["kind"].map(KINDS)), words)
    headings = {
        "q_first": message("q of the first"),
        "q_second": message("q of the second"),
        "q": message("q of both"),
        "kind": message("Kind"),
        "n_cells": message("Strata"),
        "n_single": message("Strata of one row"),
    }
    strongest = int(frame["q"].to_numpy().argmax())
    reading = message(
        "The pair with the highest q is {pair}: {q} ({kind}).",
        pair=labels[str(frame.index[strongest])],
        q=numbers.number(float(frame["q"].iloc[strongest])),
        kind=frame["kind"].iloc[strongest],
    )
    return table_from(
        frame,
        headings,
        id=f"{shown.name}_interaction",
        title=message("{title}: interaction", title=shown.title),
        stub=message("Factors"),
        labels=labels,
        notes=(
            message(
                "Strata of both factors laid over each other. Bivariate enhancement: q is above each; nonlinear: "
                "above their sum."
            ),
            message(
                "q of overlaid strata is never below either, and with many of them it may be high by chance."
            ),
        ),
        reading=(reading,),
        machine={"rows": rows_of(pairs)},
    )


def _ecological(pairs: pd.DataFrame, shown: Shown, words: Mapping[str, Wording]) -> Table:
    frame, labels = _joined(pairs, words)
    headings: dict[str, Wording] = {"f_statistic": "F", "p_value": message("p (lower tail)")}
    return table_from(
        frame,
        headings,
        id=f"{shown.name}_ecological",
        title=message("{title}: ecological detector", title=shown.title),
        stub=message("Factors"),
        labels=labels,
        notes=(
            message(
                "F: variance within the strata of the first factor over that of the second; small p: the first leaves less."
            ),
        ),
        machine={"rows": rows_of(pairs)},
    )


class DetectorAnalysis(Analysis[DetectorSection, geo.Detected]):
    """Measure by the geodetector how much of the variance of an outcome lies between strata.

        q = 1 - sum_h N_h s_h^2 / (N s^2)

    Variances divide by N_h and N. Its p-value is that of the noncentral F distribution. A pair of factors
    is laid over each other, and q of both is compared with that of each and with their sum.

    Returns
    -------
    Detected
        `factors` (q, F, p-value, number of strata), `strata` (means, in the unit of the outcome),
        `interaction` and `ecological`, None where there are no pairs; q has no unit.

    Raises
    ------
    DataError, MethodError
        A column is not there or not a number, a stratum has one row, a factor or the outcome does not vary.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([list("abcd"), [1]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"y": [1.0, 2.0, 5.0, 6.0], "soil": [1, 1, 2, 2]}, index=index)
    >>> round(float(xz.detector(frame, outcome="y", factors="soil").to_frame().loc["soil", "q"]), 4)
    0.9412

    References
    ----------
    Wang et al. (2010), doi 10.1080/13658810802443457; Wang, Zhang and Fu (2016), doi
    10.1016/j.ecolind.2016.02.052.
    """

    section = DetectorSection
    verb = "detector"
    description = "Outcome -> how much of its variance lies between strata (geodetector)."
    title = message("Geodetector")
    place = Place("detector", title, 47, chapter="effects")

    def sections(self, key: str, options: object) -> Mapping[str, DetectorSection]:
        """Take the name of a section for its outcome where it names none."""
        return {
            name: section
            if section.outcome is not None
            else section.model_copy(update={"outcome": name})
            for name, section in super().sections(key, options).items()
        }

    def problems(self, section: DetectorSection, study: Study) -> Iterator[PlacedProblem]:
        """Refuse a call without an outcome, and one that explains itself."""
        if section.outcome is None:
            text = message("The geodetector has no outcome.")
            yield ("outcome",), Problem("detector.no_outcome", text, remedy=message("name it."))
        elif section.outcome in (*study.expand(section.factors), *section.by):
            text = message("{name} is both outcome and factor.", name=section.outcome)
            yield ("factors",), Problem("detector.own_factor", text, remedy=message("remove it."))
        counts = Counter((*section.factors, *section.by))
        for name in (name for name, n in counts.items() if n > 1):
            text = message("'{name}' is named more than once.", name=name)
            yield ("factors",), Problem("detector.twice", text, remedy=message("name it once."))

    def drawn(self, section: DetectorSection, study: Study) -> Iterator[RequiredDraws]:
        """List the random orders behind the best strata."""
        if BEST in section.strata:
            yield RequiredDraws("permutations", section.permutations, study.inference.level, 1)

    def reads(self, section: DetectorSection, study: Study) -> Reads:
        """Read the outcome, the factors and the groupings."""
        factors = study.expand(section.factors)
        data = (data_of(section, factors),) if section.outcome is not None else ()
        return Reads(data, methods=("space",))

    def compute(self, section: DetectorSection, given: Given) -> geo.Detected:
        """Cut the factors and compute the detectors."""
        return run_detector(section, given)

    def show(self, section: DetectorSection, result: geo.Detected, shown: Shown) -> Exhibits:
        """Set the factors, their strata and their pairs."""
        return exhibits(section, result, shown)

    def draw(self, section: DetectorSection, result: geo.Detected, shown: Shown) -> Iterator[Chart]:
        """Draw q of each factor."""
        from xinzhi.present.plots import bars  # the chart engine loads when a chart is drawn

        words, q = factor_labels(section, shown), result.factors["q"]
        frame = q.sort_values(ascending=False, kind="stable").to_frame().rename_axis("label")
        frame.index = frame.index.map(words)
        title = message("{title}: q by factor", title=shown.title)
        x = ("label", message("Factor"))
        yield bars(frame.rename_axis("label"), x, ("q", "q"), id=f"{shown.name}_q", title=title)


ANALYSES.add("detector")(DetectorAnalysis())
