"""The rows of a geodetector, the strata of its factors, and its result."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import EstimationData, Given
from xinzhi.analyses.detector.section import BEST, DetectorSection
from xinzhi.analyses.section import as_written
from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.notices import Notice
from xinzhi_core.wording import message
from xinzhi_econometrics.space.detector import (
    Array,
    CutRule,
    Detected,
    Strata,
    best_strata,
    by_values,
    cut,
    detect,
)

STREAM = 7
"""Of the seed of the study: the draws of no other analysis change those of the search."""


def data_of(section: DetectorSection, factors: tuple[str, ...]) -> EstimationData:
    """Name the variables that are read."""
    return EstimationData((str(section.outcome), *factors), keys=section.by)


def run_detector(section: DetectorSection, given: Given) -> Detected:
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
    strata |= {name: by_values(whole[name].map(as_written)) for name in section.by}
    found = detect(y, strata, interaction=section.interaction)
    notices = (
        *found.notices,
        *_row_notices(whole, len(frame) - len(whole)),
        *_fewer(section, found),
    )
    return Detected(
        found.factors, found.strata, found.interaction, found.ecological, found.n, notices
    )


def _strata(
    section: DetectorSection, name: str, y: Array, values: pd.Series, generator: np.random.Generator
) -> Strata:
    """Make the strata of a factor by the declared rule."""
    for rule, n in section.strata.items():
        x = values.to_numpy(np.float64)
        if rule == BEST:
            return best_strata(
                y, x, n, generator=generator, permutations=section.permutations, factor=name
            )
        chosen: CutRule = rule
        return cut(x, chosen, n, factor=name)
    return by_values(values)


def _row_notices(whole: pd.DataFrame, n_left_out: int) -> list[Notice]:
    """Say which rows are left out, and that an entity in several periods is no independent row."""
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


def _fewer(section: DetectorSection, found: Detected) -> list[Notice]:
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
