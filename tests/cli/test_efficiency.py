"""`xinzhi efficiency`: the contract of its JSON, and reference cases through the command."""

from __future__ import annotations

import csv
import json

import pytest

from cli_runner import attempt, call
from places import SHARED

CASES = sorted((SHARED / "cases" / "dea").glob("*.json"))
RETURNS = {"crs": "constant", "vrs": "variable"}


def write_table(path, case):
    """Write the data of a case as a user would have them; returns the columns by role."""
    parts = {"x": case["x"], "y": case["y"], "b": case["b"] or []}
    names = {k: [f"{k}{i}" for i in range(len(v[0]))] if v else [] for k, v in parts.items()}
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["dmu", "t", *names["x"], *names["y"], *names["b"]])
        for i, dmu in enumerate(case["dmu"]):
            period = case["period"][i] if case["period"] else 1
            values = [v for k in parts if parts[k] for v in parts[k][i]]
            writer.writerow([dmu, period, *values])
    return names


FAMILY = {
    "cst2007_libraries_noncontrollable": "--measure radial --returns variable --orientation input "
    "--noncontrollable x3",
    "dear_undesirable_sbm_grs_huabian": "--measure sbm --returns 0.8..1.2",
    "tone2003_nonseparable_alphamin0": "--measure sbm_ns --returns variable --nonseparable y0,b0 "
    "--alpha-min 0",
    "julia_radial_io_crs": "--measure radial --orientation input",
    "julia_radial_io_vrs": "--measure bcc --returns vrs",
    "julia_radial_oo_crs": "--measure radial --orientation output",
    "simar_wilson_bootstrap_julia": "--measure radial --returns variable --orientation input",
    "julia_russell_input_crs": "--measure russell --orientation input",
    "julia_additive_ones_crs": "--measure additive",
    "julia_additive_ones_vrs": "--measure additive --returns variable",
    "julia_additive_mip_crs": "--measure additive --direction own",
    "julia_ddf_observed_crs": "--measure directional",
    "julia_environmental_ddf_strong": "--measure ddf --orientation output",
    "cfg1997_environmental_ddf_weak": "--measure directional --orientation output --disposability weak",
    "teddf_radial_ddf_contemporaneous_crs": "--measure directional --reference contemporaneous --disposability weak",
    "teddf_nonradial_ddf_contemporaneous_crs": "--measure nddf --reference contemporaneous --disposability weak",
}
INDEX = {
    "julia_malmquist_crs": ("--measure radial --orientation input --index malmquist", "mi"),
    "julia_malmquist_luenberger_strong": ("--measure ddf --orientation output --index ml", "mi"),
    "cfg1997_malmquist_luenberger_weak": (
        "--measure ddf --orientation output --disposability weak --index ml",
        "mi",
    ),
    "gtfpch_global_malmquist_luenberger": (
        "--measure ddf --orientation output --disposability weak --index gml",
        "tfpch",
    ),
    "gtfpch_global_nonradial_luenberger": (
        "--measure nddf --orientation output --disposability weak --index global_luenberger",
        "tfpch",
    ),
}


def options_of(case):
    """Translate the model of a case into words of the command; None where it has no scores."""
    if case["name"] in FAMILY:
        return FAMILY[case["name"]].split()
    model = case["model"]
    if "sbm" not in model["kind"].lower():
        return None
    word = model["reference"].split(":")[0].split()[0].rstrip(",")
    words = ["--measure", "super_sbm" if model["super"] else "sbm"]
    words += ["--returns", RETURNS[model["rts"]], "--reference", word]
    if word == "window":
        words += ["--window", "2"]
    if "whole unit" in str(model["self_exclusion"]):
        words += ["--exclude", "entity"]
    if str(model.get("super_form", "")).startswith("form B"):
        words += ["--bads", "inputs"]
    return words


def measured(case, tmp_path, words):
    """Call the command on the data of a case and read its JSON."""
    data = tmp_path / "data.csv"
    columns = write_table(data, case)
    bads = ["--bad-outputs", ",".join(columns["b"])] if columns["b"] else []
    inputs, goods = ",".join(columns["x"]), ",".join(columns["y"])
    done = call(
        "efficiency",
        data,
        "--dmu",
        "dmu",
        "--period",
        "t",
        "--inputs",
        inputs,
        "--good",
        goods,
        *bads,
        *words,
        "--format",
        "json",
    )
    return json.loads(done.stdout)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_reference_cases_come_out_of_the_command(path, tmp_path):
    """Scores printed as JSON equal the expected ones; null where infeasible; rows as in the file."""
    case = json.loads(path.read_text(encoding="utf-8"))
    words = options_of(case)
    if words is None:
        pytest.skip("an index or a meta-frontier: see the tests below")

    document = measured(case, tmp_path, words)

    tolerance = case["tolerance"]
    tolerance = tolerance["score"] if isinstance(tolerance, dict) else tolerance
    assert [row["dmu"] for row in document["rows"]] == [str(dmu) for dmu in case["dmu"]]
    for row, expected in zip(document["rows"], case["expected"]["score"], strict=True):
        if expected is None:
            assert (row["score"], row["status"]) == (None, "infeasible")
        else:
            assert row["score"] == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize("name", INDEX)
def test_index_cases_come_out_of_the_command(shared, name, tmp_path):
    """Values of the index, with components that multiply or add up to them."""
    case = json.loads((shared / "cases" / "dea" / f"{name}.json").read_text(encoding="utf-8"))
    words, key = INDEX[name]

    found = measured(case, tmp_path, words.split())["index"]

    # The cases list pairs either by entity or by period; ours come by entity.
    rows = sorted(found, key=lambda r: r["from"]) if key == "mi" else found
    tolerance = case["tolerance"]
    for row, expected in zip(rows, case["expected"][key], strict=True):
        if expected is None:
            assert row["value"] is None
            continue
        assert row["value"] == pytest.approx(expected, abs=tolerance)
        parts = row["components"]
        change, shift = parts["efficiency_change"], parts["technical_change"]
        whole = change + shift if "nonradial" in name else change * shift
        assert whole == pytest.approx(row["value"], abs=1e-9)


def test_gap_ratios_come_out_of_the_command(shared, tmp_path):
    """Efficiency in the group, on the meta-frontier and their ratio."""
    path = shared / "cases" / "dea" / "deapack_metafrontier_radial_vrs.json"
    case = json.loads(path.read_text(encoding="utf-8"))
    data = tmp_path / "data.csv"
    columns = write_table(data, case)
    lines = data.read_text(encoding="utf-8").splitlines()
    groups = ["group", *case["model"]["groups"]]
    data.write_text(
        "\n".join(f"{a},{g}" for a, g in zip(lines, groups, strict=True)), encoding="utf-8"
    )

    done = call(
        "efficiency",
        data,
        "--dmu",
        "dmu",
        "--period",
        "t",
        "--inputs",
        ",".join(columns["x"]),
        "--good",
        ",".join(columns["y"]),
        "--measure",
        "radial",
        "--orientation",
        "output",
        "--returns",
        "variable",
        "--group",
        "group",
        "--format",
        "json",
    )

    rows = json.loads(done.stdout)["rows"]
    keys = {
        "group_efficiency": "group_efficiency",
        "meta_efficiency": "meta_efficiency",
        "gap_ratio": "tgr",
    }
    for ours, theirs in keys.items():
        assert [row[ours] for row in rows] == pytest.approx(
            case["expected"][theirs], abs=case["tolerance"]
        )


def test_explain_says_what_a_row_must_change(tmp_path):
    """Values, targets, changes and who shows how, for one row."""
    data = tmp_path / "data.csv"
    data.write_text("城市,劳动,能源,产值\n甲,1,1,1\n乙,1,2,1\n", encoding="utf-8")

    done = call(
        "efficiency",
        data,
        "--entity",
        "城市",
        "--inputs",
        "劳动,能源",
        "--good",
        "产值",
        "--explain",
        "乙",
        "--lang",
        "en",
    )

    assert "-50.0%" in done.stdout
    assert "role model: 甲, with intensity 1" in done.stdout


def test_the_json_keeps_the_contract(tmp_path):
    """Every option with its default, the summary, and score, status, slacks, targets, peers."""
    data = tmp_path / "data.csv"
    data.write_text("城市,劳动,能源,产值\n甲,1,1,1\n乙,1,2,1\n", encoding="utf-8")

    document = json.loads(
        call(
            "efficiency",
            data,
            "--entity",
            "城市",
            "--inputs",
            "劳动，能源",
            "--good",
            "产值",
            "--format",
            "json",
        ).stdout
    )

    assert document["options"]["measure"] == "super_sbm"
    assert document["options"]["exclude"] == "observation"
    assert set(document["summary"]) >= {
        "n",
        "certified",
        "infeasible",
        "unsolved",
        "worst_certificate",
    }
    assert set(document["summary"]["worst_certificate"]) == {"primal", "dual", "gap"}
    row = document["rows"][1]
    assert (row["dmu"], row["period"], row["status"]) == ("乙", None, "certified")
    assert row["score"] == pytest.approx(0.75, abs=1e-12)
    # Unique here: labour binds, so only energy can be saved.
    assert row["slacks"] == pytest.approx({"劳动": 0, "能源": 1, "产值": 0}, abs=1e-12)
    assert row["targets"] == pytest.approx({"劳动": 1, "能源": 1, "产值": 1})
    assert row["peers"] == [{"dmu": "甲", "period": None, "intensity": pytest.approx(1)}]


def test_an_infeasible_row_has_no_number(tmp_path):
    """FRONTIER.md section 1: x = 1, 1, 1; y = 1, 1.2, 1.1; b = 1, 6, 7 under variable returns."""
    data = tmp_path / "data.csv"
    data.write_text("dmu,x,y,b\n1,1,1,1\n2,1,1.2,6\n3,1,1.1,7\n", encoding="utf-8")

    done = call(
        "efficiency",
        data,
        "--dmu",
        "dmu",
        "--inputs",
        "x",
        "--good",
        "y",
        "--bad",
        "b",
        "--returns",
        "variable",
        "--format",
        "json",
    )

    document = json.loads(done.stdout)
    assert (document["rows"][0]["score"], document["rows"][0]["status"]) == (None, "infeasible")
    assert document["summary"]["infeasible"] == 1
    assert "efficiency.infeasible" in {w["code"] for w in document["warnings"]}


def test_the_output_goes_to_a_file(tmp_path):
    """--output writes the document whole and leaves stdout empty."""
    data, out = tmp_path / "data.csv", tmp_path / "scores.csv"
    data.write_text("dmu,x,y\nb,1,1\na,2,1\n", encoding="utf-8")

    done = call(
        "efficiency",
        data,
        "--dmu",
        "dmu",
        "--inputs",
        "x",
        "--good",
        "y",
        "--format",
        "csv",
        "--output",
        out,
    )

    assert done.stdout == ""
    assert [line.split(",")[0] for line in out.read_text(encoding="utf-8-sig").splitlines()] == [
        "entity",
        "b",
        "a",
    ]


def resampled(tmp_path, *words):
    """Score 24 rows of one input and one output, with few draws; the document of the command."""
    data = tmp_path / "data.csv"
    rows = [f"d{i:02d},{2 + i % 5},{3 + (i * 7) % 4}" for i in range(24)]
    data.write_text("\n".join(["dmu,x,y", *rows]), encoding="utf-8")
    columns = ["--dmu", "dmu", "--inputs", "x", "--good", "y"]
    kept = ["--bootstrap", "6", "--seed", "3", "--format", "json"]
    return json.loads(call("efficiency", data, *columns, *kept, *words).stdout)


@pytest.mark.long
def test_a_bootstrap_gives_intervals_that_a_seed_repeats(tmp_path):
    """--bootstrap adds bounds at or below each score; a seed gives the same, whatever --jobs."""
    once, again = (resampled(tmp_path, "--measure", "radial", "--jobs", n) for n in (1, 2))

    assert once["rows"] == again["rows"]
    assert once["resampling"] == {
        "method": "subsampling",
        "draws": 6,
        "seed": 3,
        "level": 0.95,
        "scale": "distance",
        "rate_of_convergence": 1.0,
        "no_interval": None,
    }
    for row in once["rows"]:
        found = row["bootstrap"]
        assert found["low"] <= found["high"] <= row["score"] + 1e-7
        assert found["n_entities"] == 24
        assert 9 <= found["m_entities"] <= 17
        assert found["status"] == "interval"


def test_where_no_interval_is_known_none_is_printed_and_the_reason_is(tmp_path):
    """A slacks-based measure: exit 0, scores as ever, no bounds, and why in JSON and on the console."""
    found = resampled(tmp_path, "--measure", "super_sbm")

    assert all(row["bootstrap"] == {"low": None, "high": None} for row in found["rows"])
    assert found["resampling"]["no_interval"].startswith("No confidence interval is known")
    assert "inference.no_interval" in [one["code"] for one in found["warnings"]]
    columns = ["--dmu", "dmu", "--inputs", "x", "--good", "y", "--bootstrap", "6"]
    printed = call("efficiency", tmp_path / "data.csv", *columns, "--lang", "en").stdout
    assert "No confidence interval is known for this measure" in printed
    assert "bound" not in printed.lower()


def test_bias_and_sensitivity_are_called_by_their_names(tmp_path):
    """Neither the smoothed bootstrap nor draws of entities give anything named as a bound."""
    smoothed = resampled(tmp_path, "--measure", "radial", "--resampling", "smoothed")
    drawn = resampled(tmp_path, "--measure", "sbm", "--resampling", "sensitivity")

    assert set(smoothed["rows"][0]["bootstrap"]) == {"efficiency", "bias", "corrected", "variance"}
    assert set(drawn["rows"][0]["sensitivity_to_the_sample"]) == {
        *("n_draws", "mean", "sd", "min", "max")
    }
    assert drawn["resampling"] == {"method": "sensitivity", "draws": 6, "seed": 3}


def test_an_index_chooses_its_own_frontiers(tmp_path):
    """A score with a window frontier has an index all the same: the index says which frontiers."""
    data = tmp_path / "data.csv"
    rows = [f"d{i},{t},{2 + i % 3},{1 + (i + t) % 4}" for i in range(5) for t in (1, 2, 3)]
    data.write_text("\n".join(["dmu,t,x,y", *rows]), encoding="utf-8")
    words = [
        "efficiency",
        data,
        "--dmu",
        "dmu",
        "--period",
        "t",
        "--inputs",
        "x",
        "--good",
        "y",
        "--measure",
        "radial",
        "--index",
        "malmquist",
        "--format",
        "json",
    ]

    window = json.loads(call(*words, "--reference", "window", "--window", "2").stdout)["index"]

    assert window == json.loads(call(*words).stdout)["index"]


SHOPS = "shop,staff,sales,waste\nA,1,1,1\nB,1,1.2,6\nC,1,1.1,7\n"
SHOP_WORDS = "--dmu shop --inputs staff --good sales --bad waste --returns variable".split()  # noqa: SIM905


def test_a_fallback_is_marked_row_by_row(tmp_path):
    """Only the row that had no solution carries the name of the fallback, in table, CSV and JSON."""
    data = tmp_path / "shops.csv"
    data.write_text(SHOPS, encoding="utf-8")
    words = ("efficiency", data, *SHOP_WORDS, "--fallback", "two_stage", "--lang", "en")

    lines = call(*words).stdout.splitlines()
    table = call(*words, "--format", "csv").stdout.splitlines()
    rows = json.loads(call(*words, "--format", "json").stdout)["rows"]

    assert [line.split()[0] for line in lines if "by the fallback two_stage" in line] == ["A"]
    assert [line.split(",")[4] for line in table] == ["fallback", "two_stage", "", ""]
    assert [row["method"] for row in rows] == ["two_stage", "super", "sbm"]


def test_the_explanation_of_an_efficient_row_says_so(tmp_path):
    """A target that is worse than the row needs a word; amounts are written in full."""
    data = tmp_path / "shops.csv"
    data.write_text(SHOPS.replace("1.2", "1200000.5"), encoding="utf-8")
    done = call("efficiency", data, *SHOP_WORDS, "--explain", "B", "--lang", "en")

    assert "B is efficient: the target is what the others reach without it." in done.stdout
    assert "1,200,000" in done.stdout
    assert "e+0" not in done.stdout


def test_an_error_speaks_the_language_that_was_asked_for(tmp_path):
    """`--lang zh` holds for errors and for the places in them."""
    data = tmp_path / "shops.csv"
    data.write_text(SHOPS.replace("A,1", "A,x"), encoding="utf-8")
    done = call("efficiency", data, *SHOP_WORDS, "--lang", "zh", code=1)

    assert "第 2 行" in done.stderr
    assert "row" not in done.stderr


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("level", "0.5"),
        ("level", "0.9"),
        ("resampling", "sensitivity"),
        ("scale", "efficiency"),
        ("size", "3"),
    ],
)
def test_flags_of_draws_without_draws_are_refused(tmp_path, flag, value):
    """Nothing that is asked for is passed over; with draws the same flag is taken."""
    table = tmp_path / "d.csv"
    table.write_text("city,year,x,y\nA,2001,1,2\nB,2001,2,2\nC,2001,3,4\n", encoding="utf-8")
    asked = ("efficiency", table, "--inputs", "x", "--good", "y", f"--{flag}", value)

    told = {language: call(*asked, "--lang", language, code=1).stderr for language in ("en", "zh")}

    assert f"Without draws, `{flag}: {value}` has no effect.\n  where: {flag}\n" in told["en"]
    assert f"  remedy: name `draws`, or leave `{flag}` out." in told["en"]
    assert f"没有抽样，`{flag}: {value}` 不起作用。" in told["zh"]
    assert f"请写明 `draws`，或删去 `{flag}`。" in told["zh"]


def test_an_index_without_a_measure_is_that_of_its_authors(shared, tmp_path):
    """`--index gml` alone is the index of Oh (2010), and the JSON states the options in force."""
    name = "gtfpch_global_malmquist_luenberger"
    case = json.loads((shared / "cases" / "dea" / f"{name}.json").read_text(encoding="utf-8"))

    document = measured(case, tmp_path, ["--index", "gml"])

    values = [row["value"] for row in document["index"]]
    assert values == pytest.approx(case["expected"]["tfpch"], abs=case["tolerance"])
    said = document["options"]
    assert (said["measure"], said["orientation"], said["disposability"]) == (
        "directional",
        "output",
        "weak",
    )


def test_a_radial_score_makes_no_malmquist_luenberger_index(tmp_path):
    """Refused with the remedy."""
    data = tmp_path / "data.csv"
    rows = [f"d{i},{t},{2 + i % 3},{1 + (i + t) % 4},{1 + i % 2}" for i in range(5) for t in (1, 2)]
    data.write_text("\n".join(["dmu,t,x,y,b", *rows]), encoding="utf-8")
    words = "--dmu dmu --period t --inputs x --good y --bad b --measure radial --index gml".split()  # noqa: SIM905

    done = attempt("efficiency", data, *words, "--lang", "en")

    assert done.code == 1
    assert "directional" in done.stderr


@pytest.mark.parametrize(
    ("choice", "status", "told"),
    [
        ("keep", "undefined", "other scores"),
        ("drop_row", "dropped", "left out of the scores"),
        ("drop_term", "certified", "leaves the mean"),
    ],
)
def test_zeros_are_treated_as_asked(tmp_path, choice, status, told):
    """`--zeros` as in a study file; without it the command refuses."""
    data = tmp_path / "data.csv"
    data.write_text("dmu,x,e,y\na,1,2,1\nb,0,2,1\nc,2,1,1\nd,2,3,1\n", encoding="utf-8")
    words = (
        "efficiency",
        data,
        *["--dmu", "dmu", "--inputs", "x,e", "--good", "y", "--measure", "sbm", "--lang", "en"],
    )

    refused = attempt(*words)
    done = call(*words, "--zeros", choice, "--format", "json")

    document = json.loads(done.stdout)
    assert refused.code == 1
    assert "'x' is 0 in 1 row, and sbm divides by it: b." in refused.stderr
    assert document["rows"][1]["status"] == status
    terms = [row.get("dropped_terms") for row in document["rows"]]
    assert terms == ([[], ["x"], [], []] if choice == "drop_term" else [None] * 4)
    assert document["summary"]["dropped"] == (choice == "drop_row")
    assert any(told in str(warning) for warning in document["warnings"])
