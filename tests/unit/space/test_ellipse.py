"""Standard deviational ellipse: the case at every door, laws, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from cli_runner import call
from places import EXAMPLES
from xinzhi_core.errors import StudyError
from xinzhi_core.wording import say
from xinzhi_econometrics.space.ellipse import ellipse

RADIUS = 6371.0088
COLUMNS = ["major", "minor", "angle", "area"]
STUDY = """\
title: Output
sources: {states: {file: output.csv, kind: panel, entity: state, period: year}}
panel: {from: states}
variables: {gsp: {column: gsp}}
space_and_time: {gsp: {ellipse: {x: east, y: north, dates: [1970, 1986]}}}
report: {languages: [en, zh], formats: [html, md]}
"""


@pytest.fixture
def states(shared, tmp_path):
    """The case of 48 states, on the plane that it names."""
    folder = shared / "cases" / "chapters" / "standard_ellipse"
    case = json.loads((folder / "us48_output_ellipse.json").read_text("utf-8"))
    places = pd.read_csv(folder / case["data_file"])
    frame = pd.read_csv(folder / case["weights_file"]).melt(
        "state", var_name="year", value_name="gsp"
    )
    frame = frame.merge(places, on="state").astype({"year": int})
    frame["east"] = RADIUS * np.cos(np.radians(38)) * np.radians(frame["lon"])
    frame["north"] = RADIUS * np.radians(frame["lat"])
    frame.to_csv(tmp_path / "output.csv", index=False)
    return case, frame, tmp_path


def check(case, rows):
    """Compare axes, angle, area and centre with the case, and the shift along a great circle."""
    rel, centres = case["tolerance"]["rel"], []
    for row in rows:
        of = case["expected"]["years"][str(row["period"])]
        wanted = [of["major"], of["minor"], of["angle_clockwise_from_north"], of["area"]]
        assert [row[name] for name in COLUMNS] == pytest.approx(wanted, rel=rel)
        lon = np.degrees(row["east"] / RADIUS / np.cos(np.radians(38)))
        lat = np.degrees(row["north"] / RADIUS)
        assert (lon, lat) == pytest.approx((of["centre_lon"], of["centre_lat"]), rel=rel)
        centres.append(np.radians([lon, lat]))
    (l0, p0), (l1, p1) = centres
    chord = np.sin((p1 - p0) / 2) ** 2 + np.cos(p0) * np.cos(p1) * np.sin((l1 - l0) / 2) ** 2
    shift = 2 * RADIUS * np.arcsin(np.sqrt(chord))
    assert shift == pytest.approx(case["expected"]["shift_km"], rel=rel)
    assert rows[1]["shift"] == pytest.approx(shift, rel=0.02)  # on the plane
    assert 180 < rows[1]["bearing"] < 270


def test_the_output_of_states_comes_out_in_python(states):
    """Axes are standard deviations, without the square root of 2 of ArcGIS."""
    case, frame, _ = states

    found = xz.ellipse(
        frame, entity="state", period="year", score="gsp", x="east", y="north", dates=[1970, 1986]
    )

    check(case, found.to_frame().reset_index().to_dict("records"))


@pytest.mark.long
def test_the_output_of_states_comes_out_of_command_and_study(states):
    """JSON of the command and results.json; both reports have the table and the figure."""
    case, _, folder = states
    (folder / "study.yaml").write_text(STUDY, "utf-8")

    done = call(
        *("analyse", "ellipse", folder / "output.csv", "--entity", "state", "--period", "year"),
        *("--score", "gsp", "--x", "east", "--y", "north", "--dates", "1970,1986"),
        *("--format", "json"),
    )
    call("run", folder / "study.yaml", "--lang", "en")

    results = folder / "results"
    kept = json.loads((results / "results.json").read_text("utf-8"))["tables"]["gsp_ellipse"]
    check(case, json.loads(done.stdout)["ellipse_ellipse"]["rows"])
    check(case, kept["rows"])
    assert "gsp_ellipse_outlines" in (results / "report.html").read_text("utf-8")
    for name, words in (("report.md", "Long half axis"), ("report.zh.md", "长半轴")):
        assert words in (results / name).read_text("utf-8")


def test_an_ellipse_moves_turns_and_grows_with_its_places():
    """A turn of the plane turns the angle, a doubled unit doubles the axes, a doubled weight nothing."""
    rng = np.random.default_rng(4)
    places, weights = 1000 + rng.normal(size=(30, 2)) * [300, 100], rng.uniform(1, 2, 30)
    turn = np.radians(25.0)
    clockwise = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])

    found, turned = ellipse(places, weights), ellipse(places @ clockwise.T, weights)

    assert turned.angle == pytest.approx((found.angle + 25.0) % 180.0)
    assert turned.area == pytest.approx(found.area)
    assert ellipse(2 * places, 5 * weights).major == pytest.approx(2 * found.major)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"x": "lon", "y": "lat"}, "degrees"),
        ({"weights": "loss"}, "negative"),
        ({"weights": "two"}, "needs three places"),
    ],
)
def test_degrees_and_wrong_weights_are_refused(change, said):
    """Degrees have no length; an ellipse of two places is a line."""
    index = pd.MultiIndex.from_product([list("abcd"), [1]], names=["entity", "period"])
    frame = pd.DataFrame(
        {
            "score": 1.0,
            "x": [0.0, 500, 900, 100],
            "y": [0.0, 300, 100, 800],
            "lon": [100.0, 101, 120, 110],
            "lat": [30.0, 31, 40, 35],
            "loss": [1.0, -1, 2, 2],
            "two": [1.0, 1, 0, 0],
        },
        index,
    )

    with pytest.raises(StudyError, match=said):
        xz.ellipse(frame, **{"score": "score", "x": "x", "y": "y", **change})
    gaps = frame.assign(x=frame["x"].where(frame["x"] != 500))
    assert {n.code for n in xz.ellipse(gaps, score="score", x="x", y="y").notices} == {
        "ellipse.left_out"
    }


PROVINCES = EXAMPLES / "provinces" / "simulated_provinces.csv"


def provinces():
    """Read the example, whose file has the middles of the outlines, to the whole km."""
    return pd.read_csv(PROVINCES).set_index(["province", "year"])


def test_places_are_the_middles_of_the_outlines_where_none_are_named():
    """As with the coordinates of the example; in Python, by the command and in a study."""
    frame = provinces()
    keys = {"score": "gdp", "dates": [2014, 2023]}
    found = xz.ellipse(frame, **keys).to_frame()
    stated = xz.ellipse(frame, x="x_km", y="y_km", **keys).to_frame()
    np.testing.assert_allclose(found[["east", "north"]], stated[["east", "north"]], atol=0.5)
    np.testing.assert_allclose(found[["major", "minor"]], stated[["major", "minor"]], atol=0.5)
    done = call(
        *("analyse", "ellipse", PROVINCES, "--entity", "province", "--period", "year"),
        *("--score", "gdp", "--dates", "2014,2023", "--format", "json"),
    )
    rows = json.loads(done.stdout)["ellipse_ellipse"]["rows"]
    assert [row["east"] for row in rows] == pytest.approx(found["east"].tolist(), rel=1e-9)


def test_a_study_says_that_the_places_are_those_of_the_outlines(tmp_path):
    """In both languages, and with the weights of another column."""
    provinces().reset_index().to_csv(tmp_path / "data.csv", index=False)
    (tmp_path / "study.yaml").write_text(
        "title: Output\n"
        "sources: {data: {file: data.csv, kind: panel, entity: province, period: year}}\n"
        "panel: {from: data}\n"
        "variables: {gdp: {column: gdp}, residents: {column: residents}}\n"
        "space_and_time: {gdp: {dates: [2014, 2023], ellipse: {weights: residents}}}\n"
        "report: {languages: [en, zh], formats: [md]}\n",
        encoding="utf-8",
    )
    call("run", tmp_path / "study.yaml", "--out", tmp_path / "out")
    kept = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))["tables"]
    wanted = xz.ellipse(provinces(), score="residents", x="x_km", y="y_km").to_frame()
    rows = kept["gdp_ellipse"]["rows"]
    assert [row["east"] for row in rows] == pytest.approx(wanted.loc[[2014, 2023], "east"], abs=0.5)
    for name, words in (
        ("report.md", "Places: the middles of the built-in outlines, km east and north of 105° E 36° N"),
        ("report.zh.md", "地点：内置轮廓的几何中心"),
    ):  # fmt: skip
        assert words in (tmp_path / "out" / name).read_text("utf-8")


def test_one_coordinate_alone_is_refused_and_who_has_no_outline_is_said():
    """In both languages; the province with another name is left out at each date."""
    frame = provinces()
    with pytest.raises(StudyError) as caught:
        xz.ellipse(frame, score="gdp", x="x_km")
    (problem,) = caught.value.problems
    assert say(problem.what, "en") == "The coordinates of a place are two: `x` and `y`."
    assert say(problem.what, "zh") == "地点的坐标须有两个：`x` 与 `y`。"
    assert say(problem.remedy, "en") == "name both, or leave out both."
    frame = frame.rename(index={"北京市": "甲"}, level="province")
    (notice,) = xz.ellipse(frame, score="gdp", dates=[2014, 2023]).notices
    assert str(notice.text).startswith("2 rows without coordinates or a weight are left out")
