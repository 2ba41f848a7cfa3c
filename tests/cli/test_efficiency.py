"""`xinzhi efficiency`: the contract of its JSON, and reference cases through the command."""

from __future__ import annotations

import csv
import json

import pytest

from cli_runner import call
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


def options_of(case):
    """Translate the model of a case into words of the command; None where not covered here."""
    model = case["model"]
    kind, reference = model["kind"].lower(), model["reference"]
    if "sbm" not in kind or "index" in kind or "luenberger" in kind:
        return None
    word = reference.split(":")[0].split()[0].rstrip(",")
    words = ["--measure", "super_sbm" if model["super"] else "sbm"]
    words += ["--returns", RETURNS[model["rts"]], "--reference", word]
    if word == "window":
        words += ["--window", "2"]
    if "whole unit" in str(model["self_exclusion"]):
        words += ["--exclude", "entity"]
    if str(model.get("super_form", "")).startswith("form B"):
        words += ["--bads", "inputs"]
    return words


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_reference_cases_come_out_of_the_command(path, tmp_path):
    """Scores printed as JSON equal the expected ones; null where infeasible; rows as in the file."""
    case = json.loads(path.read_text(encoding="utf-8"))
    words = options_of(case)
    if words is None:
        pytest.skip("another measure")
    data = tmp_path / "data.csv"
    names = write_table(data, case)
    bads = ["--bad-outputs", ",".join(names["b"])] if names["b"] else []

    document = json.loads(
        call(
            "efficiency",
            data,
            "--dmu",
            "dmu",
            "--period",
            "t",
            "--inputs",
            ",".join(names["x"]),
            "--good",
            ",".join(names["y"]),
            *bads,
            *words,
            "--format",
            "json",
        ).stdout
    )

    tolerance = case["tolerance"]
    tolerance = tolerance["score"] if isinstance(tolerance, dict) else tolerance
    assert [row["dmu"] for row in document["rows"]] == [str(dmu) for dmu in case["dmu"]]
    for row, expected in zip(document["rows"], case["expected"]["score"], strict=True):
        if expected is None:
            assert (row["score"], row["status"]) == (None, "infeasible")
        else:
            assert row["score"] == pytest.approx(expected, abs=tolerance)


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
    assert [line.split(",")[0] for line in out.read_text(encoding="utf-8").splitlines()] == [
        "entity",
        "b",
        "a",
    ]
