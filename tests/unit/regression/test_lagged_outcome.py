"""A lag of the outcome has its notice whatever it is called, and nothing else has."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from xinzhi_econometrics import lagged_outcome
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.instruments.estimate import instrument
from xinzhi_econometrics.specification import Regression
from xinzhi_econometrics.specification import draw as draw_sample

NOTICE = "reg.lagged_outcome"


def panel(seed=0, n=12, t=8, *, gap=False):
    """Draw a dynamic panel with levels of entities, a moderate lag, and other columns."""
    draw = np.random.default_rng(seed)
    years = [2000 + k + (k >= t // 2) * gap for k in range(t)]
    index = pd.MultiIndex.from_product(
        [[f"e{i:02d}" for i in range(n)], years], names=["entity", "period"]
    )
    y = np.zeros((n, t))
    for k in range(t):
        y[:, k] = 0.5 * (y[:, k - 1] if k else 0.0) + draw.normal(size=n)
    frame = pd.DataFrame({"y": (y + 20 * draw.normal(size=n)[:, None]).ravel()}, index=index)
    frame["x"], frame["z"] = draw.normal(size=(2, n * t))
    return frame


def shifted(frame, steps=1):
    """Take the row above within the entity, as a spreadsheet does."""
    return frame.groupby(level=0)["y"].shift(steps)


def codes(estimates):
    """Name the columns that have the notice."""
    return [one.where.column for one in estimates.notices if one.code == NOTICE]


COPIES = {
    "the same": lambda lag: lag,
    "scaled": lambda lag: 100.0 * lag,
    "negative": lambda lag: 3.0 - 0.5 * lag,
    "rounded": lambda lag: lag.round(2),
}


@pytest.mark.parametrize("copy", COPIES)
@pytest.mark.parametrize("gap", [False, True])
@pytest.mark.parametrize("role", ["regressors", "controls"])
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_lag_is_found_by_its_values(copy, gap, role, steps):
    """Under any name, scaled or rounded, with gaps in the years and missing cells, as regressor and as control."""
    frame = panel(gap=gap)
    frame["before"] = COPIES[copy](shifted(frame, steps))
    frame.iloc[[5, 17, 40], 0] = np.nan
    words = {"regressors": ("x",), "controls": ()}
    words[role] = (*words[role], "before")

    assert codes(fit(frame, Regression("y", **words))) == ["before"]


def test_a_lag_by_the_number_of_the_year_is_found():
    """Where years are missing, a lag by the number of the year is another column than the row above."""
    frame = panel(gap=True)
    earlier = {(entity, year + 1): y for (entity, year), y in frame["y"].items()}
    frame["before"] = [earlier.get(key, np.nan) for key in frame.index]

    assert frame["before"].isna().sum() == 2 * 12
    assert codes(fit(frame, Regression("y", ("before",)))) == ["before"]


def test_what_is_not_a_lag_has_no_notice():
    """Noise, constants, trends, the lag of another column, the lead, and a pooled regression."""
    frame = panel()
    draw = np.random.default_rng(9)
    year = frame.index.get_level_values("period").to_numpy(float)
    frame["trend"] = year * (1 + frame.index.codes[0]) + 1e-4 * draw.normal(size=len(frame))
    frame["dummy"] = (year > 2004) * (frame.index.codes[0] % 2) * 1.0
    frame["ahead"] = shifted(frame, -1)
    frame["x_before"] = frame.groupby(level=0)["x"].shift()
    frame["noisy"] = shifted(frame) + 0.2 * draw.normal(size=len(frame))
    names = ("trend", "dummy", "ahead", "x_before", "noisy")

    assert codes(fit(frame, Regression("y", names, singletons="keep"))) == []
    frame["before"] = shifted(frame)
    assert codes(fit(frame, Regression("y", ("before",), effects=("period",)))) == []


def test_two_trends_are_not_lags_of_each_other():
    """Of an exact trend each shift is a copy: the notice would say nothing."""
    frame = panel()
    year = frame.index.get_level_values("period").to_numpy(float)
    frame["y"] = 3 * year + frame.index.codes[0]
    frame["other"] = 5 * year - 7 + frame["x"] * 1e-9

    assert codes(fit(frame, Regression("y", ("x", "other"), effects=("entity",)))) == []


def test_a_nearly_constant_outcome_finds_its_lag():
    """Levels a thousand times the changes do not hide the lag, nor make one of a column of levels."""
    frame = panel()
    frame["y"] = 1e4 * frame.index.codes[0] + frame["x"] + 0.1 * frame["z"]
    frame["before"] = shifted(frame)
    frame["level"] = 1e4 * frame.index.codes[0] + np.random.default_rng(1).normal(size=len(frame))

    assert codes(fit(frame, Regression("y", ("before", "level")))) == ["before"]


def test_every_estimator_and_every_call_says_it():
    """Random effects, instruments as regressor and as instrument, `xz.fit`, `xz.regress`."""
    frame = panel()
    frame["before"] = shifted(frame)
    frame["w"] = frame["before"] + frame["x"]
    asked = Regression("y", ("before", "x"), estimator="random_effects", effects=("entity",))
    endogenous = instrument(
        frame, Regression("y", ("before",)), endogenous=("before",), instruments=("z",)
    )
    as_instrument = instrument(
        frame, Regression("y", ("w",)), endogenous=("w",), instruments=("before",)
    )
    (said,) = [one for one in as_instrument.estimates.notices if one.code == NOTICE]

    assert codes(fit(frame, asked)) == ["before"]
    assert codes(endogenous.estimates) == ["before"]
    assert "The instrument 'before' is a lag of the outcome" in str(said.text)
    found = xz.regress(frame, outcome="y", regressors="before", effects=["entity", "period"])
    assert codes(found.columns[0]) == ["before"]
    formula = xz.fit(
        frame.reset_index(), "y ~ before | entity + period", entity="entity", period="period"
    )
    assert codes(formula) == ["before"]


def test_a_column_that_only_resembles_the_lag_has_no_notice():
    """A lag with 5% of noise is another variable, and one that is the outcome itself to nine digits is not a lag."""
    frame = panel()
    draw = np.random.default_rng(2)
    frame["alike"] = shifted(frame) + 0.06 * draw.normal(size=len(frame))
    assert codes(fit(frame, Regression("y", ("alike",)))) == []

    column = draw.normal(size=40)
    entity = np.repeat(np.arange(4), 10)
    same = column + 1e-9 * draw.normal(size=40)
    assert not lagged_outcome._is_lag(column, same, column, entity)
    assert lagged_outcome._is_lag(column, draw.normal(size=40), column, entity)


def lags_row_by_row(sample):
    """Name the columns that are lags by their values, looking each earlier row up by itself."""
    entity, place = sample.index.codes[0], lagged_outcome.periods_of(sample.index)
    times = lagged_outcome.times_of(sample.index)[place]
    row_of = {pair: row for row, pair in enumerate(zip(entity, place, strict=True))}
    names = []
    for name, column in zip(sample.names, sample.design.T, strict=True):
        for steps in (1, 2, 3):
            earlier = np.full(len(place), np.nan)
            for row, (of, when) in enumerate(zip(entity, place, strict=True)):
                at = row_of.get((of, when - steps), -1)
                if at >= 0 and abs(times[row] - times[at] - steps) < 0.5:
                    earlier[row] = sample.outcome[at]
            if lagged_outcome._is_lag(column, sample.outcome, earlier, np.asarray(entity)):
                names.append(name)
                break
    return tuple(names)


@pytest.mark.parametrize("screened", [1, 4, 30, 10_000])
@pytest.mark.parametrize("seed", range(12))
def test_a_few_entities_rule_out_no_lag(seed, screened, monkeypatch):
    """Unequal panels with gaps, whatever number of entities is looked at first, give what all rows give."""
    monkeypatch.setattr(lagged_outcome, "SCREENED", screened)
    draw = np.random.default_rng(seed)
    frame = panel(seed, n=9, t=9, gap=bool(seed % 2))
    for steps in (1, 2, 3):
        noise = 10.0 ** draw.uniform(-4, 1) * draw.normal(size=len(frame))
        frame[f"near{steps}"] = shifted(frame, steps) + noise
    frame["year"] = 1e6 + frame.index.get_level_values(1).to_numpy(dtype=float)
    frame["copy"] = 1e7 - 2 * shifted(frame)
    frame["fixed"] = frame.index.codes[0].astype(float)
    if seed % 3 == 0:
        frame["y"] = frame["y"].where(frame["fixed"] > 2, frame["fixed"])
    frame = frame[draw.random(len(frame)) < draw.choice([0.3, 0.7, 1.0])]
    names = tuple(name for name in frame if name != "y")
    sample = draw_sample(frame, Regression("y", names, effects=("entity",)))
    found = lagged_outcome.lags_of_outcome(sample, "y", ("entity",))
    assert found == lags_row_by_row(sample)
