"""Bad input for the sections of the mechanism: each says why, the rest is done, exit 1."""

from __future__ import annotations

import json

import pytest

from cli_runner import attempt, call
from made_mechanism import STUDY, panel, write_study
from parts import quick_where


@pytest.fixture
def run(tmp_path):
    """Run a study on a changed panel; returns its exit code, its tables and its page."""

    def go(frame, text=STUDY, *, code=1):
        study = write_study(tmp_path, frame, text)
        done = call("run", study, "--lang", "en", code=code)
        results = json.loads((tmp_path / "results" / "results.json").read_text(encoding="utf-8"))
        page = (tmp_path / "results" / "report.html").read_text(encoding="utf-8")
        return done, results, page

    return go


def the_rest_is_done(tables):
    """The baseline stands whatever happened elsewhere."""
    assert tables["baseline"]["columns"][0]["n"] == 240


@pytest.mark.long
def test_the_sound_study_has_every_section(run):
    """The study that the other tests break is sound: exit 0, and every table is there."""
    _, results, page = run(panel(), code=0)

    assert {
        "baseline", "robustness", "instrumented", "mechanism", "mechanism_effects", "tools",
        "tools_chains", "cities", "cities_differences", "specification_curve", "vif", "tests", "hausman",
        "influence",
    } <= set(results["tables"])  # fmt: skip
    assert "Traceback" not in page


def equal_mediator(frame):
    """The mediator is the factor under another name."""
    return frame.assign(firms=frame["talent"])


def constant_moderator(frame):
    """No city ever changes the moderator."""
    return frame.assign(policy=frame.groupby(level=0)["policy"].transform("first"))


def group_of_one(frame):
    """The group `east` is one city."""
    return frame.assign(region=(frame.index.get_level_values(0) == "c00").astype(int))


def gap_in_years(frame):
    """Of ten years one is gone."""
    return frame.loc[frame.index.get_level_values(1) != 2011]


def unchanged(frame):
    """The study file is what is bad."""
    return frame


def sum_of_regressors(frame):
    """The outcome is a sum of its regressors."""
    return frame.assign(green=frame["talent"] + 2 * frame["patents"] - frame["control"])


def gaps_in_mediator(frame):
    """Every seventh cell of the mediator is empty."""
    frame = frame.copy()
    frame.iloc[::7, frame.columns.get_loc("firms")] = float("nan")
    return frame


def refused_mediator(tables):
    (refused,) = tables["mechanism_effects"]["refused"]
    assert refused["name"] == "firms"
    return refused["reason"]


def interaction_within_entities(tables):
    paths = tables["tools"]["paths"]
    assert len(paths) == 3
    # x·w can be told, as it compares cities; the interaction within cities cannot.
    assert all(path["interaction"]["b"] is not None for path in paths)
    (reason,) = {path["double_demeaned"]["inapplicable"] for path in paths}
    return reason


def lonely_group(tables):
    columns = {c["group"]: c for c in tables["cities"]["columns"]}
    assert columns["other"]["n"] == 230
    assert "inapplicable" in tables["cities_differences"]["differences"][0]["interaction"]
    return columns["east"]["not_estimated"][0]["what"]


def lagged_path(tables):
    # 2008 and 2012 have no predecessor: 7 of 9 years stay, and the row above is never taken.
    assert tables["tools"]["paths"][0]["n"] == 24 * 7
    return ""


def short_window(tables):
    return tables["robustness"]["columns"][1]["not_estimated"][0]["what"]


def perfect_column(tables):
    column = tables["baseline"]["columns"][0]
    patents = column["coefficients"]["patents"]
    assert abs(patents["b"] - 2) < 1e-9
    assert (patents["se"], patents["p"], patents["stars"]) == (None, None, "")
    return column["untested"]


def common_sample(tables):
    found = tables["mechanism_effects"]
    assert found["n"] + found["n_missing"] + found["n_singletons"] == 240
    assert {c["n"] for c in tables["mechanism"]["columns"]} == {found["n"]}
    assert all(abs(e["identity"]) < 1e-12 for e in found["effects"])
    return ""


NARROW = STUDY.replace("window: [2010, 2017]}\n", "window: [2010, 2010]}\n")
BAD = [
    # what is bad, study file, exit code, where the reason stands, the reason, rows of the baseline
    (equal_mediator, STUDY, 1, refused_mediator, "is a linear combination of", 240),
    (constant_moderator, STUDY, 1, interaction_within_entities, "is constant within entities", 240),
    (group_of_one, STUDY, 1, lonely_group, "has one level in the", 240),
    (gap_in_years, STUDY, 0, lagged_path, "The years have gaps: 24 rows", 216),
    (unchanged, NARROW, 1, short_window, "has one level in the", 240),
    (sum_of_regressors, STUDY, 1, perfect_column, "fits perfectly", 240),
    (gaps_in_mediator, STUDY, 0, common_sample, "Excluded from all equations: 35 rows with missing values, 0 singletons of a fixed effect.", 240),
]  # fmt: skip


QUICK = (gap_in_years, sum_of_regressors, gaps_in_mediator)
"""What could print a wrong number is tried each time; what leaves a table empty, with the long tests."""


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("spoil", "text", "code", "place", "reason", "rows"),
    quick_where(lambda case: case[0] in QUICK, BAD),
)
def test_bad_input_says_why_and_the_rest_is_done(run, spoil, text, code, place, reason, rows):
    """A model that cannot be estimated or tested: reason in its table, the rest done, exit 1 (E1)."""
    _, results, page = run(spoil(panel()), text, code=code)

    tables = results["tables"]
    said = place(tables)
    assert reason in said or not said
    assert reason in page
    assert tables["baseline"]["columns"][0]["n"] == rows
    assert {"mechanism_effects", "tools", "cities", "specification_curve", "vif"} <= set(tables)
    assert len(tables["robustness"]["columns"]) == 5


@pytest.mark.long
def test_the_factor_named_as_its_own_mediator(run):
    """The same variable on both sides: said, and the other mediator is still done."""
    text = STUDY.replace("through: [firms]", "through: [talent, firms]")

    _, results, _ = run(panel(), text)

    found = results["tables"]["mechanism_effects"]
    assert "is in the equation" in found["refused"][0]["reason"]
    assert {e["mediator"] for e in found["effects"]} == {"firms"}


@pytest.mark.long
def test_a_moderator_with_one_value(run):
    """A moderator that never changes: its paths are refused with the reason."""
    frame = panel()
    frame["policy"] = 1.0

    _, results, _ = run(frame)

    tools = results["tables"]["tools"]
    assert tools["paths"] == []
    assert len(tools["refused"]) == 3
    assert all(one["reason"] for one in tools["refused"])
    the_rest_is_done(results["tables"])


@pytest.mark.long
def test_a_mediator_that_is_empty(run):
    """No row is left for the mediation: it says why, the rest is done."""
    frame = panel()
    frame["firms"] = float("nan")
    frame.loc[frame.index[0], "firms"] = 1.0

    _, results, page = run(frame)

    assert results["tables"]["mechanism"]["not_computed"][0]["what"]
    assert "Not computed" in page
    the_rest_is_done(results["tables"])


@pytest.mark.long
def test_a_grouping_that_cities_change(run):
    """A city in two groups: the grouping is refused, the other one is done."""
    frame = panel()
    frame["region"] = frame.index.get_level_values(1) % 2

    _, results, _ = run(frame)

    assert results["tables"]["cities_region"]["not_computed"][0]["code"] == "groups.change"
    assert {c["grouping"] for c in results["tables"]["cities"]["columns"]} == {"size"}


@pytest.mark.long
def test_weak_instruments_lose_their_stars(run):
    """An instrument that moves nothing: the star is that of Anderson and Rubin, the rest have none."""
    frame = panel()
    frame["distance"] = [((i * 7919) % 241) / 241 for i in range(len(frame))]

    _, results, page = run(frame, code=0)

    column = results["tables"]["instrumented"]["columns"][0]
    assert column["instruments"]["is_weak"]
    tests = column["instruments"]
    assert tests["stars_by"] == "anderson_rubin"
    assert tests["effective_f"]["value"] < tests["critical_value"]
    p = tests["anderson_rubin"]["p_at_zero"]
    expected = next((mark for mark, level in MARKS if p < level), "")
    assert {name: c["stars"] for name, c in column["coefficients"].items()} == {
        name: expected if name == "talent" else "" for name in column["coefficients"]
    }
    assert "follows the Anderson-Rubin test" in page


MARKS = (("***", 0.01), ("**", 0.05), ("*", 0.10))
UNKNOWN = [
    ("from: baseline/1\n    columns:", "from: basline/1\n    columns:", "basline", "baseline"),
    ("{replace: {talent: students}}", "{replace: {talnt: students}}", "talnt", "talent"),
    ("{replace: {talent: students}}", "{replace: {talent: studens}}", "studens", "students"),
    ("{drop: {region: east}}\n  instr", "{drop: {region: eas}}\n  instr", "eas", "east"),
    ("{drop: {region: east}}\n  instr", "{drop: {regon: east}}\n  instr", "regon", "region"),
    ("instruments: {talent: [distance]}", "instruments: {talent: [distanc]}", "distanc", "distance"),
    ("through: [firms]", "through: [firm]", "firm", "firms"),
    ("moderators: [policy]", "moderators: [polcy]", "polcy", "policy"),
    ("factors -> firms", "factor -> firms", "factor", "factors"),
    ("by: [region, size]", "by: [regions, size]", "regions", "region"),
    ("of: baseline/1, vary", "of: baselin/1, vary", "baselin", "baseline"),
    ("window: [2010, 2017]}", "windw: [2010, 2017]}", "windw", "window"),
    ("lag: 1,", "lags: 1,", "lags", "lag"),
    ("vary: {controls: each", "vary: {control: each", "control", "controls"),
    ("draws: 200}}\nmoderation", "drws: 200}}\nmoderation", "drws", "draws"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "name", "near"), UNKNOWN)
def test_an_unknown_name_is_refused_where_it_stands(tmp_path, old, new, name, near):
    """A name that points to nothing: line and column, and the nearest name."""
    assert old in STUDY
    text = STUDY.replace(old, new)
    line = text[: text.index(new) + new.index(name)].count("\n") + 1

    done = attempt("run", write_study(tmp_path, panel(), text), "--lang", "en")

    assert done.code == 1
    assert f"'{name}'" in done.stderr
    assert f"'{near}'" in done.stderr
    assert f"line {line}, column" in done.stderr
    assert not (tmp_path / "results" / "report.html").exists()


MEANINGLESS = [
    ("window: [2010, 2017]}", "window: [2017, 2010]}", "ends before it begins"),
    ("winsorise: [1, 99]", "winsorise: [99, 1]", "bound nothing"),
    ("draws: 200}}\nmoderation", "tests: sobel, draws: 200}}\nmoderation", "no effect"),
    ("factors -> firms", "factors firms", "not a path"),
    ("firms -> green", "firms -> talent", "among its regressors"),
    ("moderators: [policy]", "moderators: [firms]", "that it is part of"),
    ("{covariance: hc1}", "{efficiency.returns_to_scale: variable}", "is a score"),
    ("region: {column: region,", "talent: {column: region,", "name of a variable"),
    ("size: {column: control, split: median}", "size: {column: control, split: median, a: [1]}", "split"),
    ("column: region, east: [1]", "column: region, east: [9]", "never holds"),
    ("column: region, east: [1]", "column: region, east: 1", "list of values"),
    ("from: baseline/1, instruments", "from: instrumented/1, instruments", "starts from itself"),
    ("factors -> firms, firms -> green]", "factors -> firms]", "form no chain"),
    ("lag: 1, paths", "lag: 0, lagged: all, paths", "without a lag"),
    ("split: median}", "split: median, labels: {hihg: H}}", "'hihg'"),
    ("{from: baseline/1, through", "{from: instrumented/1, through", "has instruments"),
    ("curve: {of: baseline/1", "curve: {of: instrumented/1", "has instruments"),
    ("from: baseline/1, instruments", "from: baseline/7, instruments", "not a column of a table"),
    ("    outcome: green\n", "    outcome: green\n    tau: 0.2\n", "`tau` concerns instruments"),
    ("  robustness:\n", "  robustness:\n    tau: 0.2\n", "`tau` concerns instruments"),
    ("from: baseline/1, instruments", "from: baseline/1, tau: 1.5, instruments", "less than 1"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), MEANINGLESS)
def test_what_has_no_meaning_is_refused(tmp_path, old, new, words):
    """A choice without effect or meaning is an error, never ignored."""
    assert old in STUDY

    done = attempt("run", write_study(tmp_path, panel(), STUDY.replace(old, new)), "--lang", "en")

    assert done.code == 1
    assert words in done.stderr
    assert not (tmp_path / "results" / "report.html").exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{drop: {region: east}}\n  instr", "{drop: {entity: c99}}\n  instr"),
        pytest.param(
            "size: {column: control, split: median}",
            "size: {column: region}",
            marks=pytest.mark.long,
        ),
    ],
)
def test_dropping_what_is_not_there_is_no_change_but_a_slip(run, old, new):
    """A member without a row: its column says so with the nearest one, the others are done."""
    text = STUDY.replace(old, new)
    if "entity" not in new:
        text = text.replace("{drop: {region: east}}\n  instr", "{drop: {size: 7}}\n  instr")

    _, results, page = run(panel(), text)

    column = results["tables"]["robustness"]["columns"][4]
    assert column["not_estimated"][0]["code"] == "study.unknown_member"
    assert "has no member" in page
    the_rest_is_done(results["tables"])


@pytest.mark.long
def test_a_curve_that_drops_what_is_not_there_says_so(run):
    """The same slip among the choices of the curve: the curve is refused, the rest is done."""
    text = STUDY.replace("drop: [null, {region: east}]", "drop: [null, {entity: c99}]")

    _, results, _ = run(panel(), text)

    refused = results["tables"]["specification_curve"]["not_computed"][0]
    assert refused["code"] == "study.unknown_member"
    the_rest_is_done(results["tables"])
