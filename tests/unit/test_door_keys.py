"""A frame is read by the names of its keys at every verb; what could be either is refused."""

from __future__ import annotations

import inspect

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from xinzhi_core.errors import DataError, MissingColumn, SpecError, StudyError

SAME = 1e-12
"""The same numbers in another order of rows: only rounding may differ."""
CODES = [110000, 120000, 130100, 140200, 150300, 210400, 220500, 230600, 320500, 330200]
YEARS = range(2008, 2014)
ROLES = {"inputs": "labour", "good_outputs": "gdp", "bad_outputs": "waste"}
MODEL = {"outcome": "y", "regressors": "x"}


@pytest.fixture
def plain():
    """Ten cities with codes over six years: keys are columns, rows in disorder."""
    rng = np.random.default_rng(8)
    keys = [(code, year) for code in CODES for year in YEARS]
    frame = pd.DataFrame(keys, columns=["city_code", "year"])
    for name in ("labour", "gdp", "waste", "x", "m", "w"):
        frame[name] = rng.uniform(1, 3, len(frame))
    frame["y"] = 0.5 * frame["x"] + 0.3 * frame["m"] + rng.normal(size=len(frame))
    frame["half"] = np.where(frame["city_code"] < 150000, "a", "b")
    return frame.sample(frac=1, random_state=1).reset_index(drop=True)


def positive(f):
    """Bring x and w to the range of an index, and multiply them."""
    x, w = (1 / (1 + f[name].abs()) for name in "xw")
    return f.assign(x=x, w=w, product=x * w)


VERBS = {
    "evaluate": lambda f, **k: xz.evaluate(f, **ROLES, **k),
    "prepare_panel": lambda f, **k: xz.prepare_panel(
        f, {"growth": {"step": "difference", "column": "gdp"}}, **k
    ),
    "explain_scores": lambda f, **k: xz.explain_scores(
        f,
        theirs=xz.evaluate(f, **ROLES, measure="sbm", **k).to_frame()[["score"]],
        **ROLES,
        **{"measure": "sbm", "orientation": "none", "reference": "global", **k},
    ).to_frame(),
    "productivity": lambda f, **k: xz.productivity(f, index="gml", **ROLES, **k),
    "bootstrap_scores": lambda f, **k: xz.bootstrap_scores(f, **ROLES, draws=2, seed=1, **k),
    "scale_efficiency": lambda f, **k: xz.scale_efficiency(f, **ROLES, **k),
    "second_stage": lambda f, **k: xz.second_stage(
        f, **ROLES, regressors="x", draws=40, bias_draws=3, **k
    ),
    "regress": lambda f, **k: xz.regress(f, **MODEL, **k),
    "fit": lambda f, **k: xz.fit(f, **MODEL, **k),
    "classify": lambda f, **k: xz.classify(
        f, score="y", classes={"low": "< 1.5", "high": ">= 1.5"}, **k
    ),
    "transitions": lambda f, **k: (
        xz.transitions(f, score="x", classes={"low": "< 2", "high": ">= 2"}, **k).transitions.counts
    ),
    "rank": lambda f, **k: xz.rank(f, score="x", **k),
    "convergence": lambda f, **k: xz.convergence(f, score="x", **k).sigma.by_period,
    "inequality": lambda f, **k: xz.inequality(f, score="x", regions="half", **k).theil.by_period,
    "moran": lambda f, **k: xz.moran(f, score="x", neighbours="built_in", **k),
    "hot_spots": lambda f, **k: xz.hot_spots(f, score="x", neighbours="built_in", **k),
    "local_moran": lambda f, **k: xz.local_moran(f, score="x", neighbours="built_in", **k),
    "spatial_markov": lambda f, **k: xz.spatial_markov(
        f, score="x", neighbours="built_in", classes=2, **k
    ),
    "ellipse": lambda f, **k: xz.ellipse(
        f.assign(e=1000 * f["w"], n=900 * f["m"]), score="x", x="e", y="n", **k
    ),
    "density": lambda f, **k: xz.density(f, score="x", dates=[2008], **k),
    "detector": lambda f, **k: xz.detector(
        f, outcome="y", factors="x", by="half", strata={"quantiles": 3}, **k
    ),
    "vif": lambda f, **k: xz.vif(f, outcome="y", regressors=["x", "w"], **k),
    "hausman": lambda f, **k: xz.hausman(f, **MODEL, **k),
    "diagnose": lambda f, **k: xz.diagnose(f, **MODEL, tests="effects_f", **k),
    "profile": lambda f, **k: xz.profile(f, **k).to_frame().loc[["x", "y"]],
    "describe": lambda f, **k: xz.describe(f, variables="x", **k),
    "mediate": lambda f, **k: xz.mediate(f, **MODEL, through="m", draws=40, **k),
    "moderate": lambda f, **k: xz.moderate(f, **MODEL, moderators="w", paths="x -> y", **k),
    "compare_groups": lambda f, **k: xz.compare_groups(f, **MODEL, by="half", draws=20, **k),
    "entropy_index": lambda f, **k: xz.entropy_index(f, positive="x", negative="w", **k),
    "obstacles": lambda f, **k: xz.obstacles(f, positive="x", negative="w", **k),
    "coupling": lambda f, **k: xz.coupling(positive(f), of=["x", "w"], **k),
    "tapio": lambda f, **k: xz.tapio(positive(f), of="x", by="w", **k),
    "decompose": lambda f, **k: (
        xz.decompose(positive(f), of="product", factors=["x", "w"], **k).by_entity
    ),
    "specification_curve": lambda f, **k: xz.specification_curve(
        f, **MODEL, vary={"effects": [["entity"], ["entity", "period"]]}, **k
    ),
}


def table(result):
    """The numbers of a result, in an order of their own."""
    frame = result if isinstance(result, pd.DataFrame) else result.to_frame()
    frame = frame.reset_index()
    numbers = frame.select_dtypes("number")
    return numbers.sort_values(list(numbers.columns)).reset_index(drop=True)


def test_every_verb_that_takes_a_frame_has_keys():
    """`entity=` and `period=` belong to each."""
    taking = {
        name
        for name in dir(xz)
        if callable(getattr(xz, name)) and "data" in inspect.signature(getattr(xz, name)).parameters
    }

    assert taking == set(VERBS)
    for name in taking:
        assert {"entity", "period"} <= set(inspect.signature(getattr(xz, name)).parameters)


@pytest.mark.one_in(5)
@pytest.mark.parametrize("verb", VERBS)
def test_names_count_and_not_places(verb, plain):
    """(year, city code) is (city code, year): scores and slopes changed without a word before."""
    run = VERBS[verb]
    usual = run(plain.set_index(["city_code", "year"]))

    swapped = run(plain.set_index(["year", "city_code"]))
    told = run(plain, entity="city_code", period="year")
    levels = run(plain.set_index(["year", "city_code"]), entity="city_code")

    for other in (swapped, told, levels):
        pd.testing.assert_frame_equal(table(usual), table(other), rtol=SAME, atol=SAME)


@pytest.mark.parametrize("verb", VERBS)
def test_what_could_be_either_is_refused(verb, plain):
    """Unnamed levels of whole numbers, and a frame without keys: the remedy is said."""
    unnamed = plain.set_index(["year", "city_code"]).rename_axis(index=[None, None])

    for frame in (unnamed, plain):
        with pytest.raises(StudyError) as caught:
            VERBS[verb](frame)
        assert caught.value.code == "panel.index"
        assert "entity=" in str(caught.value.problems[0].remedy)
        assert "period=" in str(caught.value.problems[0].remedy)


def keys(frame, **told):
    """Keys as `evaluate` understands them."""
    return xz.evaluate(frame, inputs="x", good_outputs="y", measure="sbm", **told).labels


def small(first, second, names):
    index = pd.MultiIndex.from_arrays([first, second], names=names)
    return pd.DataFrame({"x": [1.0, 2, 3, 4], "y": [1.0, 1, 2, 2]}, index=index)


WORDS, NUMBERS, CODED = ["a", "a", "b", "b"], [2008, 2009, 2008, 2009], [11, 11, 12, 12]
UNDERSTOOD = {
    "names in Chinese": (NUMBERS, WORDS, ["年份", "城市"]),
    "only the year is named": (NUMBERS, WORDS, ["year", None]),
    "only the year has a known name": (NUMBERS, CODED, ["year", "sheng"]),
    "only the city has a known name": ([1, 2, 1, 2], CODED, ["wave", "city"]),
    "words beside whole numbers": (NUMBERS, WORDS, [None, None]),
    "words beside small numbers": ([1, 2, 1, 2], WORDS, ["wave", "who"]),
    "years as text": (["2008", "2009", "2008", "2009"], WORDS, [None, None]),
    "keys by their own names": (NUMBERS, CODED, ["period", "entity"]),
}


@pytest.mark.parametrize("case", UNDERSTOOD)
def test_what_leaves_no_doubt_is_understood(case):
    """In either order of the levels."""
    first, second, names = UNDERSTOOD[case]
    expected = tuple((str(e), int(p)) for e, p in zip(second, first, strict=True))

    assert keys(small(first, second, names)) == expected
    assert keys(small(second, first, names[::-1])) == expected


REFUSED = {
    "two numbers without names": (NUMBERS, CODED, [None, None]),
    "codes that look like years": ([1001, 1001, 1002, 1002], [1, 2, 1, 2], [None, None]),
    "names that say nothing": (NUMBERS, CODED, ["t1", "t2"]),
    "two places": (["p", "p", "q", "q"], ["a", "b", "c", "d"], ["province", "city"]),
    "a code and a place": (CODED, ["a", "b", "c", "d"], ["code", "region"]),
    "two times": (NUMBERS, [1, 1, 2, 2], ["year", "date"]),
    "two texts": (["p", "p", "q", "q"], ["a", "b", "c", "d"], [None, None]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_leaves_a_doubt_is_refused(case):
    """Nothing is decided by the place of a level."""
    frame = small(*REFUSED[case])

    with pytest.raises(SpecError, match="entity="):
        keys(frame)


def test_positions_of_unnamed_levels_and_text_codes_can_be_told():
    """A number names a level by its position; an entity is text without decimals (D1)."""
    frame = small(NUMBERS, [11.0, 11.0, 12.0, 12.0], [None, None])

    assert keys(frame, entity=1, period=0)[0] == ("11", 2008)
    assert keys(frame, entity=1)[0] == ("11", 2008)


def test_a_cross_section_needs_its_entity_only():
    """One column of names: no periods."""
    frame = small(NUMBERS, WORDS, ["year", "city"]).reset_index()
    frame["city"] = list("abcd")

    assert keys(frame, entity="city") == (("a", None), ("b", None), ("c", None), ("d", None))


@pytest.mark.parametrize(
    ("told", "error", "said"),
    [
        ({"entity": "town"}, MissingColumn, "town"),
        ({"entity": "year", "period": "year"}, SpecError, "both"),
        ({"entity": "year", "period": "city"}, DataError, "not a whole number"),
    ],
)
def test_wrong_keys_are_refused(told, error, said):
    """A name that is not there, one key twice, words as periods."""
    frame = small(NUMBERS, WORDS, ["year", "city"]).reset_index()

    with pytest.raises(error, match=said):
        keys(frame, **told)


def test_an_empty_key_is_refused():
    """A row without its city would be a city called 'nan'."""
    frame = small(NUMBERS, WORDS, ["year", "city"]).reset_index()
    frame.loc[2, "city"] = None

    with pytest.raises(DataError, match="empty"):
        keys(frame, entity="city", period="year")


def test_dates_are_periods_and_their_text_is_none():
    """A timestamp a year is a year; text that looks like a date is not read, and the remedy says how."""
    dates = pd.to_datetime([f"{year}-12-31" for year in NUMBERS])

    assert keys(small(dates, WORDS, ["year", "city"])) == tuple(zip(WORDS, NUMBERS, strict=True))
    with pytest.raises(DataError, match=r"to_datetime"):
        keys(small(dates.astype(str), WORDS, ["year", "city"]))


def test_a_panel_knows_its_keys(tmp_path):
    """Its own names are accepted, others are refused."""
    path = tmp_path / "data.csv"
    path.write_text("city,year,x,y\na,2008,1,1\na,2009,2,1\nb,2008,1,2\n", encoding="utf-8")
    panel = xz.read(path, entity="city", period="year")

    assert len(keys(panel, entity="city", period="year")) == 3
    with pytest.raises(SpecError, match="city"):
        keys(panel, entity="year")


def test_effects_and_clusters_are_named_as_in_the_frame(plain):
    """`effects=["city_code", "year"]` are the keys, in whatever order they stand."""
    frame = plain.set_index(["year", "city_code"])

    named = xz.fit(frame, **MODEL, effects=["city_code", "year"], cluster="city_code")
    usual = xz.fit(frame, **MODEL, effects=["entity", "period"], cluster="entity")

    pd.testing.assert_frame_equal(table(named), table(usual), rtol=SAME, atol=SAME)
