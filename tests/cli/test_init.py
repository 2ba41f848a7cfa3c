"""`xinzhi init --from`: a first study file for anybody's data."""

from __future__ import annotations

import json
import shlex

import numpy as np
import pandas as pd
import pytest

from cli_runner import attempt, call
from parts import quick_where
from places import SHARED
from xinzhi.cli.commands.init import FLAGS
from xinzhi.study.file.load import load
from xinzhi.study.first.key_columns import find_keys
from xinzhi.study.first.roles import SCORE, propose_roles
from xinzhi_panel.io.read import read_panel

pytestmark = pytest.mark.usefixtures("english")

FIXTURES = sorted((SHARED / "data" / "fixtures").glob("*.csv"))


def guess(path):
    """Guess the keys and the roles of the columns of a file."""
    keys = find_keys(path)
    return keys, propose_roles(read_panel(path, entity=keys.entity, period=keys.period).panel)


@pytest.mark.long
@pytest.mark.parametrize(
    "path",
    quick_where(lambda path: path.stem in ("oecd_33x9", "sbm_30x2"), FIXTURES),
    ids=lambda p: p.stem,
)
def test_each_fixture_goes_from_init_to_a_report(path, tmp_path):
    """Small real panels with English and Chinese headings: a study file that runs, and a report."""
    call("init", tmp_path / "study", "--from", path)

    call("run", tmp_path / "study")

    assert (tmp_path / "study" / "results" / "report.html").stat().st_size > 0


@pytest.mark.parametrize(
    ("name", "entity", "inputs", "goods", "bads"),
    [
        (
            "power_provinces_30x11",
            "province",
            {"labour_10k", "capacity_10mw", "energy_10ktce"},
            {"electricity_10gwh"},
            {"co2_10kt"},
        ),
        ("industries_27x20", "industry", {"L", "K", "E"}, {"Y"}, {"C"}),
        ("oecd_ghg_28x6", "Country", {"HRSN", "CPNK"}, {"VALK"}, {"GHG"}),
        ("sbm_30x2", "id", {"labor", "capital", "energy"}, {"gdp"}, {"co2"}),
    ],
)
def test_roles_of_real_headings_are_proposed(shared, name, entity, inputs, goods, bads):
    """What a person would choose from these headings."""
    keys, roles = guess(shared / "data" / "fixtures" / f"{name}.csv")

    assert keys.entity == entity
    assert (set(roles.inputs), set(roles.good_outputs), set(roles.bad_outputs)) == (
        inputs,
        goods,
        bads,
    )


CHINESE = (
    "城市,年份,年末从业人员（万人）,资本存量,全社会用电量,地区生产总值（亿元）,工业废水排放量,污水处理率,人均GDP\n"
    + "".join(
        f"{city},{year}年,{i + 1},{2 * i + 3},{i + 5},{3 * i + 7},{i + 2},{90 + i},{i + 4}\n"
        for i, city in enumerate(["唐山市", "大同市", "阜新市", "鹤岗市"])
        for year in (2008, 2009)
    )
)


def test_chinese_headings_are_understood(tmp_path):
    """Units in headings are no part of the name; rates and amounts a head are no amounts."""
    data = tmp_path / "cities.csv"
    data.write_bytes(CHINESE.encode("gb18030"))

    keys, roles = guess(data)

    assert (keys.entity, keys.period) == ("城市", "年份")
    assert roles.inputs == ("年末从业人员", "资本存量", "全社会用电量")
    assert roles.good_outputs == ("地区生产总值",)
    assert roles.bad_outputs == ("工业废水排放量",)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("role", FLAGS)
@pytest.mark.parametrize("name", ["nowhere", SCORE])
def test_each_role_takes_columns_of_the_data_alone(tmp_path, role, name):
    """A name that no table has is refused under its flag; the score is to be computed, and an outcome of nothing else."""
    data = tmp_path / "cities.csv"
    data.write_text(CHINESE, encoding="utf-8")
    columns = {
        "inputs": "年末从业人员",
        "good_outputs": "地区生产总值",
        "outcome": "人均GDP",
        "regressors": "污水处理率",
    } | {role: name}
    words = [word for one, column in columns.items() for word in (FLAGS[one][0], column)]

    done = attempt("init", tmp_path / "new", "--from", data, *words, "--lang", "en")

    if (role, name) == ("outcome", SCORE):
        assert done.code == 0, done.stderr
    else:
        assert done.code == 1
        assert FLAGS[role][0] in done.stderr
        assert name in done.stderr
        assert not (tmp_path / "new" / "study.yaml").exists()


@pytest.mark.long
def test_the_file_says_why_and_can_be_loaded(tmp_path):
    """Each proposal carries its reason as a comment; the schema lies beside the file."""
    data = tmp_path / "cities.csv"
    data.write_text(CHINESE, encoding="utf-8")

    call("init", tmp_path / "new", "--from", data)

    text = (tmp_path / "new" / "study.yaml").read_text(encoding="utf-8")
    assert "# labour: the heading says '从业'" in text
    assert load(tmp_path / "new" / "study.yaml").efficiency["efficiency"].good_outputs == (
        "地区生产总值",
    )
    assert "properties" in json.loads(
        (tmp_path / "new" / "study.schema.json").read_text(encoding="utf-8")
    )


@pytest.mark.long
def test_a_map_is_proposed_for_places_of_china_only(tmp_path):
    """Cities of China get a map in the first study file; names without outlines get none."""
    towns = CHINESE.replace("市,", "镇,").replace("城镇,", "城市,", 1)
    for folder, text in (("there", CHINESE), ("nowhere", towns)):
        data = tmp_path / f"{folder}.csv"
        data.write_text(text, encoding="utf-8")
        call("init", tmp_path / folder, "--from", data)

    maps = [load(tmp_path / folder / "study.yaml").maps for folder in ("there", "nowhere")]

    assert (list(maps[0]), list(maps[1])) == (["efficiency"], [])


def test_an_existing_study_is_not_overwritten(tmp_path):
    """What somebody wrote is safe."""
    (tmp_path / "study.yaml").write_text("mine", encoding="utf-8")

    done = attempt("init", tmp_path, "--from", tmp_path / "x.csv", "--lang", "en")

    assert done.code == 1
    assert "already there" in done.stderr
    assert (tmp_path / "study.yaml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1,2\n", "looks like the name"),
        ("", "empty"),
        ("城市,年份\n甲,2008\n甲,2008,3\n", "fields"),
    ],
)
def test_a_file_that_cannot_start_a_study_says_why(tmp_path, content, words):
    """No entity, nothing in it, ragged rows: an error with its remedy, and nothing written."""
    data = tmp_path / "data.csv"
    data.write_text(content, encoding="utf-8")

    done = attempt("init", tmp_path / "new", "--from", data, "--lang", "en")

    assert done.code == 1
    assert words in done.stderr
    assert not (tmp_path / "new" / "study.yaml").exists()


def test_nothing_to_start_from_is_said(tmp_path):
    """Without --from the way out is named."""
    assert "--from FILE" in attempt("init", tmp_path, "--lang", "en").stderr


def test_rows_with_empty_cells_get_no_score_and_are_named(tmp_path):
    """Init chooses `missing: leave_out`, says how many rows, and the run names them."""
    data = tmp_path / "cities.csv"
    data.write_text(CHINESE.replace("唐山市,2008年,1,3,", "唐山市,2008年,1,,"), encoding="utf-8")
    call("init", tmp_path / "new", "--from", data)

    done = call("run", tmp_path / "new", "--lang", "en")

    assert "missing: leave_out" in (tmp_path / "new" / "study.yaml").read_text(encoding="utf-8")
    assert "1 row with an empty cell has no score" in done.stderr
    assert "唐山市 2008" in done.stderr


def without_signs(text):
    """Remove one sign from each line, as an editor does; the first line is for the editor itself."""
    first, *lines = text.splitlines()
    return "\n".join(
        [
            first,
            *(
                line.removeprefix("#").removeprefix(" ") if line.startswith("#") else line
                for line in lines
            ),
        ]
    )


def cities(columns, n=12, years=range(2010, 2016), seed=4):
    """Make a panel of positive numbers."""
    draw = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product([[f"p{i:02d}" for i in range(n)], years])
    frame = pd.DataFrame(
        np.exp(draw.normal(size=(len(index), len(columns)))),
        index=index.set_names(["city", "year"]),
        columns=columns,
    )
    frame["g"] = np.where(index.codes[0] < n / 2, "coast", "inland")
    return frame


@pytest.mark.long
def test_the_sections_that_are_offered_run_as_they_stand(tmp_path):
    """Without their # signs the sections of the mechanism are a study that runs, nothing refused."""
    columns = ["labour", "capital", "gdp", "patents", "fdi", "firms", "penalties", "population"]
    cities(columns).to_csv(tmp_path / "cities.csv")
    call("init", tmp_path, "--from", tmp_path / "cities.csv")
    text = (tmp_path / "study.yaml").read_text(encoding="utf-8")

    (tmp_path / "study.yaml").write_text(without_signs(text), encoding="utf-8")
    call("run", tmp_path)

    results = json.loads((tmp_path / "results" / "results.json").read_text(encoding="utf-8"))
    assert {"baseline", "robustness", "mechanism_effects", "tools", "places", "specification_curve"} <= (
        set(results["tables"])
    )  # fmt: skip
    spec = load(tmp_path / "study.yaml")
    assert spec.sets["factors"] == ("PAT",)
    assert spec.mediation["mechanism"].through == ("firms",)
    assert spec.moderation["tools"].moderators == ("ER",)
    assert spec.groups["g"].column == "g"


@pytest.mark.one_in(4)
@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.long)])
@pytest.mark.parametrize("path", FIXTURES, ids=lambda p: p.stem)
def test_what_is_offered_for_each_fixture_is_valid(path, tmp_path, lang):
    """Without the # signs every first study file is one that `check` accepts, in both languages."""
    call("init", tmp_path, "--from", path, "--lang", lang)
    text = (tmp_path / "study.yaml").read_text(encoding="utf-8")

    (tmp_path / "study.yaml").write_text(without_signs(text), encoding="utf-8")

    call("check", tmp_path / "study.yaml")
    assert all(
        line.isascii() or lang == "zh" or "zh:" in line
        for line in text.splitlines()
        if line.startswith("##")
    )


def test_areas_and_shares_are_no_inputs(tmp_path):
    """Land of the administrative area is there anyway; a share is no amount."""
    path = tmp_path / "cities.csv"
    rows = "".join(
        f"城{i},{year},{i + 1},{9 + i},{i + 20},{i + 3}\n"
        for i in range(5)
        for year in (2019, 2020)
    )
    path.write_text(
        f"城市,年份,从业人员,行政区域土地面积,城镇化水平,地区生产总值\n{rows}", encoding="utf-8"
    )

    assert guess(path)[1].inputs == ("从业人员",)


def test_the_last_line_of_init_runs_in_every_shell(tmp_path, monkeypatch):
    """A name with a blank stands in double quotation marks; the command is run as it stands."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.csv").write_text("city,year,x,y\n" + ROWS, encoding="utf-8")
    done = call("init", "my study", "--from", "data.csv", "--lang", "en")
    command = done.stderr.strip().splitlines()[-1].partition("then: ")[2]

    assert command == 'xinzhi run "my study/study.yaml"'
    call("check", *shlex.split(command)[2:])


ROWS = "".join(
    f"{city},{year},{n + year % 7},{2 * n + year % 5}\n"
    for n, city in enumerate("ABCDEF", 1)
    for year in range(2010, 2014)
)
