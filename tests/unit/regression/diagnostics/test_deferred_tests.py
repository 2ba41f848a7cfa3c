"""Tests of what the errors assume wait until they are read, and are then those of the data as they were."""

from __future__ import annotations

import copy
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from xinzhi_core.errors import StudyError
from xinzhi_econometrics.diagnostics import error_tests
from xinzhi_econometrics.diagnostics.error_tests import with_advice
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.instruments.estimate import instrument
from xinzhi_econometrics.specification import Covariance, Regression
from xinzhi_panel.columns.keys import keyed


def correlated(seed=3, n=12, t=9):
    """Draw a panel whose errors are correlated across entities and over time."""
    draw = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product([[f"e{i:02d}" for i in range(n)], range(2000, 2000 + t)])
    shock = np.cumsum(draw.normal(size=(n, t)), axis=1) + 3 * draw.normal(size=t)
    x = draw.normal(size=(n, t)) + draw.normal(size=t)
    z = x + draw.normal(size=(n, t))
    frame = pd.DataFrame({"x": x.ravel(), "z": z.ravel(), "w": 1.0}, index=index)
    frame["y"] = 0.5 * frame["x"] + shock.ravel()
    frame["half"] = (frame.index.codes[0] % 2).astype(float)
    frame["region"] = [f"r{i % 4}" for i in frame.index.codes[0]]
    return frame.rename_axis(["entity", "period"])


def unequal():
    """Leave out rows and cells, and keep one entity of one row."""
    frame = correlated(4)
    frame.iloc[[3, 30, 71], 0] = np.nan
    return frame.iloc[[i for i in range(len(frame)) if i % 7 and not 1 < i <= 8]]


SAMPLES = {
    "balanced": correlated,
    "gaps": unequal,
    "two periods": lambda: correlated().iloc[[i for i in range(108) if i % 9 < 2]],
    "one period": lambda: correlated().iloc[::9],
    "disordered": lambda: correlated().iloc[np.random.default_rng(0).permutation(108)],
    "perfect": lambda: correlated().assign(y=lambda f: 2 * f["x"]),
    "few entities": lambda: correlated(n=3),
    "numbers as keys": lambda: correlated().set_index(
        pd.MultiIndex.from_product([range(12), range(9)], names=["entity", "period"])
    ),
}
WORDS = {
    "default": {},
    "pooled": {"effects": ()},
    "iid": {"covariance": "iid", "effects": "entity"},
    "hc1": {"covariance": "hc1"},
    "control that is left out": {"controls": ("w", "half"), "effects": "entity"},
    "clusters of a column": {"cluster": "region"},
    "two ways": {"covariance": {"two_way": ["entity", "period"]}},
    "over time": {"covariance": "driscoll_kraay", "effects": "entity"},
}


def eager(frame, words):
    """Estimate, and test at once."""
    how = words.get("covariance", "default")
    clusters = {"default": (), "iid": (), "hc1": (), "driscoll_kraay": ()}
    errors = (
        Covariance("two_way", ("entity", "period"))
        if isinstance(how, dict)
        else Covariance(how, clusters[how], is_default=how == "default")
    )
    if "cluster" in words:
        errors = Covariance("cluster", (words["cluster"],))
    effects = words.get("effects", ("entity", "period"))
    effects = (effects,) if isinstance(effects, str) else effects
    regression = Regression("y", ("x",), words.get("controls", ()), effects, errors)
    frame = keyed(frame)
    return with_advice(frame, fit(frame, regression))


def why_refused(frame, words):
    """Give the error of a regression that cannot be estimated."""
    try:
        eager(frame, words)
    except StudyError as error:
        return error
    return None


@pytest.fixture
def runs(monkeypatch):
    """Count how often the errors are tested."""
    counted = []
    tests = error_tests._tests

    def counting(*given, **words):
        counted.append(None)
        return tests(*given, **words)

    monkeypatch.setattr(error_tests, "_tests", counting)
    return counted


@pytest.mark.one_in(5)
@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("sample", SAMPLES)
def test_what_is_read_is_what_was_computed_at_once(sample, words):
    """Notices, tests, summary and the columns of a table, to the last byte."""
    frame = SAMPLES[sample]()
    refused = why_refused(frame, WORDS[words])
    if refused is not None:
        with pytest.raises(type(refused), match=re.escape(str(refused))):
            xz.fit(frame, outcome="y", regressors="x", **WORDS[words])
        return
    wanted = eager(frame, WORDS[words])
    found = xz.fit(frame, outcome="y", regressors="x", **WORDS[words])
    assert found.notices == wanted.notices
    assert found.error_tests == wanted.error_tests
    assert xz.fit(frame, outcome="y", regressors="x", **WORDS[words]).summary() == wanted.summary()
    wanted = replace(wanted, regression=found.regression)
    assert all(
        getattr(found, part.name) is getattr(wanted, part.name)
        or np.array_equal(getattr(found, part.name), getattr(wanted, part.name), equal_nan=True)
        for part in fields(Estimates)
        if isinstance(getattr(wanted, part.name), np.ndarray)
    )


def test_nothing_is_tested_before_it_is_read(runs):
    """Slopes, errors, intervals and predictions need no test; notices and tests share one run."""
    found = xz.fit(correlated(), outcome="y", regressors="x", effects="entity")
    assert (found.to_frame().shape, found.predict().shape, found.conf_int().shape) == (
        (1, 8),
        (108,),
        (1, 2),
    )
    assert str(found).startswith("y: N 108")
    assert len(runs) == 0
    assert [notice.code for notice in found.notices][-1].startswith("advice.")
    assert found.error_tests
    assert found.summary().count("Standard errors: ") == 1
    assert len(runs) == 1


@pytest.mark.parametrize(
    "same",
    [
        copy.copy,
        copy.deepcopy,
        replace,
    ],
    ids=["copy", "deep copy", "replace"],
)
def test_a_copy_has_the_tests_too(same):
    """Whether or not they were read before."""
    frame = correlated()
    for is_read in (False, True):
        found = xz.fit(frame, outcome="y", regressors="x")
        if is_read:
            assert found.notices
        assert same(found).notices == eager(frame, {}).notices
        assert same(found) == found


def test_tests_are_those_of_the_data_as_they_were():
    """What happens to the frame after the call changes nothing."""
    frame = correlated()
    wanted = eager(frame.copy(), {})
    numbers = frame[["x", "z", "y"]].to_numpy(copy=True)
    tables = [frame, pd.DataFrame(numbers, frame.index, ["x", "z", "y"], copy=False)]
    found = [xz.fit(table, outcome="y", regressors="x") for table in tables]
    fitted = found[0].predict()
    frame["y"] = 0.0
    frame.loc[frame.index[:50], "x"] = 7.0
    numbers[:] = 1.0
    for one in found:
        assert one.notices == wanted.notices
        assert one.error_tests == wanted.error_tests
    assert found[1].predict().equals(fitted)


def test_threads_read_the_same():
    """Several may read at once."""
    found = xz.fit(correlated(), outcome="y", regressors="x")
    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(lambda _: (found.notices, found.error_tests), range(32)))
    assert all(one == read[0] for one in read)


def test_an_unknown_attribute_stays_unknown():
    """A slip in a name is no test of the errors."""
    with pytest.raises(AttributeError, match="'RegressionFit' object has no attribute 'notice'"):
        _ = xz.fit(correlated(), outcome="y", regressors="x").notice


def test_two_stages_wait_too(runs):
    """With instruments the scores are those of the second stage."""
    frame = correlated()
    words = {"outcome": "y", "regressors": "x", "instruments": {"x": ["z"]}, "effects": "entity"}
    found = xz.fit(frame, **words)
    assert len(runs) == 0
    regression = Regression("y", ("x",), effects=("entity",))
    at_once = instrument(frame, regression, endogenous=("x",), instruments=("z",))
    wanted = with_advice(frame, at_once)
    assert found.second_stage.notices == wanted.notices
    assert found.second_stage.error_tests == wanted.error_tests
    judged = replace(at_once, estimates=wanted).judged
    assert found.judged.summary() == judged.summary()


def test_every_verb_prints_what_fit_finds():
    """`regress`, which tests at once, and a table of `fit` have the same notes and tests."""
    frame = correlated()
    found = xz.fit(frame, outcome="y", regressors="x")
    column = xz.regress(frame, outcome="y", regressors="x").columns[0]
    assert found.notices == column.notices
    assert found.error_tests == column.error_tests
    assert xz.table([xz.fit(frame, outcome="y", regressors="x")]) == xz.table([column])
