"""A regressor that entities switch to at several dates has its notice at every door, and nothing else has."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from xinzhi.present.regression import regression_table
from xinzhi.present.style import Style
from xinzhi_core.wording import Label, say
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.instruments.estimate import instrument
from xinzhi_econometrics.specification import CODE, Regression, Starts, starts_of

ENGLISH = (
    "'did' switches on at 2 dates (2012 to 2014), in 12 entities. With effects of entities and periods one "
    "coefficient mixes groups that start at different dates: late starters are compared with early ones too, "
    "and where effects change over time it may be the effect of none (Goodman-Bacon 2021, "
    "doi:10.1016/j.jeconom.2021.03.014). Estimators of staggered starts are not available here."
)
CHINESE = (
    "“did”分 2 个时点启动（2012 至 2014），涉及 12 个个体。在个体与时期双向固定效应下，一个系数混合了开始时点不同的各组："
    "较晚开始的个体也与较早开始的个体相比较，若效应随时间变化，该系数可能不代表任何一组的效应"
    "（Goodman-Bacon 2021，doi:10.1016/j.jeconom.2021.03.014）。本程序不提供交错实施的估计量。"
)
BOTH = ("entity", "period")


def panel(starts=(2012, 2014), seed=0):
    """Twenty entities in eight years; six start at each date, eight never."""
    draw = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product(
        [[f"e{i:02d}" for i in range(20)], range(2010, 2018)], names=["entity", "period"]
    )
    frame = pd.DataFrame(draw.normal(size=(160, 3)), index, ["y", "x", "z"])
    when = dict(zip(index.levels[0], [*np.repeat(starts, 6), *[9999] * 8], strict=False))
    frame["did"] = [float(year >= when[name]) for name, year in index]
    return frame


def notices(frame, name="did", effects=BOTH, **options):
    """Return what is said of one regressor."""
    found = fit(frame, Regression("y", (name, "x"), effects=effects, **options))
    return [one for one in found.notices if one.code == CODE]


def test_the_notice_is_worded_with_dates_and_entities():
    """To the word, in both languages, with its column."""
    (notice,) = notices(panel())

    assert (say(notice.text, "en"), say(notice.text, "zh")) == (ENGLISH, CHINESE)
    assert notice.where.column == "did"


@pytest.mark.parametrize("effects", [BOTH, ("entity",), ("period",), ()])
@pytest.mark.parametrize(
    "scale", [lambda x: x, np.log1p, lambda x: 5 - 3 * (1 - x), lambda x: x > 0]
)
def test_it_stands_whatever_the_effects_and_the_scale(effects, scale):
    """ln(1+x) of a dummy is a dummy, and so are other two values and true or false."""
    frame = panel()
    frame["did"] = scale(frame["did"])

    assert len(notices(frame, effects=effects)) == 1


@pytest.mark.parametrize("role", ["regressors", "controls"])
@pytest.mark.parametrize("estimator", ["least_squares", "random_effects", "fractional_logit"])
def test_every_estimator_has_it_for_regressors_and_controls(role, estimator):
    """Once each."""
    frame = panel()
    frame["y"] = 1 / (1 + np.exp(-frame["y"]))
    words = {"regressors": ("x",), "controls": ()}
    words[role] += ("did",)
    effects = ("entity",) if estimator == "random_effects" else BOTH
    found = fit(frame, Regression("y", **words, effects=effects, estimator=estimator))

    assert [one.where.column for one in found.notices if one.code == CODE] == ["did"]


def test_two_stage_least_squares_names_regressors_and_not_instruments():
    """Endogenous and exogenous ones, each once."""
    frame = panel()
    frame["w"] = frame["did"] + frame["z"] + np.random.default_rng(3).normal(size=160)

    def named(endogenous, instruments, regressors):
        asked = Regression("y", regressors, effects=BOTH)
        found = instrument(frame, asked, endogenous=endogenous, instruments=instruments)
        return [one.where.column for one in found.estimates.notices if one.code == CODE]

    assert named(("w",), ("z",), ("w", "did")) == ["did"]
    assert named(("did",), ("w",), ("did", "x")) == ["did"]
    assert named(("w",), ("did",), ("w", "x")) == []


def never(frame):
    frame["did"] = [float(name < "e05") for name, _ in frame.index]


def off_again(frame):
    frame.loc[("e03", 2016), "did"] = 0.0


def at_once(frame):
    frame["did"] = [float(year >= 2013 and name < "e12") for name, year in frame.index]


def third_value(frame):
    frame.loc[("e03", 2016), "did"] = 2.0


def from_the_start(frame):
    frame["did"] = [float(year >= 2013 or name < "e06") for name, year in frame.index]


@pytest.mark.parametrize("change", [never, off_again, at_once, third_value, from_the_start])
def test_what_is_not_staggered_has_no_notice(change):
    """Never switched, off again, one date for all, a third value, on before the sample begins."""
    frame = panel()
    change(frame)

    assert notices(frame, effects=()) == []


def test_missing_rows_make_no_date_of_their_own():
    """One date for all, of which some entities lack the year; a second date is a second date still."""
    frame = panel((2012, 2012))
    assert notices(frame) == []
    assert notices(frame.drop([("e00", 2012), ("e01", 2012), ("e01", 2013), ("e02", 2011)])) == []
    frame = panel((2012, 2013))
    assert len(notices(frame)) == 1
    # Of the later ones the last year without is missing: it may have been 2012 for all.
    gone = [(f"e{i:02d}", 2012) for i in range(6, 12)]
    assert notices(frame.drop(gone)) == []


def test_dates_are_the_fewest_that_meet_every_interval():
    """Places of first periods, counted by hand."""
    column = np.array([0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0.0])
    entity, place = np.repeat(range(4), 4), np.tile(range(4), 4)

    assert starts_of(column, entity, place) == Starts((1, 2, 3), 3)
    assert starts_of(np.zeros(16), entity, place) is None
    assert starts_of(np.zeros(0), entity[:0], place[:0]) is None
    assert starts_of(np.array([0.0, 1]), np.array([0, 0]), np.array([0, 5])) == Starts((5,), 1)
    # (0, 3] and (1, 2] share a date; (3, 4] has its own, as a start after 3 is not one at 3.
    column = np.array([0.0, 1, 0, 1, 0, 1])
    entity, place = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 3, 1, 2, 3, 4])
    assert starts_of(column, entity, place) == Starts((2, 4), 3)
    # A start at the very date at which another one ends its interval is that date.
    place = np.array([0, 3, 2, 3, 1, 4])
    assert starts_of(column, entity, place) == Starts((3,), 3)


def test_tables_say_it_under_the_columns_in_which_it_stands():
    """With the label of the variable, and in the numbers for machines."""
    frame = panel()
    style = Style(labels={"did": Label("did", zh="试点", en="Pilot")})
    with_it = fit(frame, Regression("y", ("did",), effects=BOTH))
    without = fit(frame, Regression("y", ("x",), effects=BOTH))
    both = regression_table("t", "T", [with_it, without], style)
    alone = regression_table("t", "T", [with_it, with_it], style)

    (note,) = [note for note in both.notes if "switches on" in str(note)]
    assert say(note, "en") == "Column (1): " + ENGLISH.replace("did", "Pilot")
    assert say(note, "zh").endswith(CHINESE.replace("did", "试点"))
    (note,) = [note for note in alone.notes if "switches on" in str(note)]
    assert say(note, "en") == ENGLISH.replace("did", "Pilot")
    first, second = both.machine["columns"]
    assert first["staggered"] == [
        {"name": "did", "dates": 2, "first": "2012", "last": "2014", "n": 12}
    ]
    assert "staggered" not in second


def test_summary_and_table_of_fits_say_it():
    """`xz.fit` and `xinzhi table`."""
    found = xz.fit(panel(), outcome="y", regressors=["did"], effects=list(BOTH))

    assert f"note: {ENGLISH}\n" in found.summary()
    assert f"- {ENGLISH}\n" in xz.table([found]).to_markdown()
