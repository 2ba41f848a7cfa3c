"""What remedies ask a person to state can be stated to `check FILE`, and `init` offers it as a line."""

from __future__ import annotations

import json

import pytest

from cli_runner import attempt, call

CITIES = ("大同", "唐山", "包头", "邯郸", "阳泉", "石家庄", "太原", "晋城", "朔州", "忻州")


@pytest.fixture
def file(tmp_path):
    """Write cities with a remainder and a county-level city."""
    lines = ["城市,年份,地区生产总值,从业人员"]
    for number, name in enumerate((*CITIES, "其他", "昆山市")):
        place = 5 * number % 12  # no column in order from the first row to the last
        lines += [
            f"{name},{year},{300 + 37.3 * place + 11.1 * (year % 7) + 0.7 * place * (year % 3):.2f},"
            f"{20 + 1.7 * place + 0.31 * (year % 5) + 0.013 * place * year:.3f}"
            for year in (2015, 2016, 2017)
        ]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def checked(*words):
    """Check a file, as JSON."""
    return json.loads(attempt("check", *words, "--format", "json").stdout)


def test_names_are_left_out_of_a_file_of_data(file):
    """The warnings go, the rows are counted, and the line for the study file says so."""
    before, after = checked(file), checked(file, "--set", "read.leave_out=[其他, 昆山市]")

    assert [p["code"] for p in before["problems"]] == ["names.residual", "names.level"]
    assert (after["status"], after["table"]["n_entities"]) == ("ok", len(CITIES))
    counts = {
        d["where"].rpartition(", ")[2]: d["count"]
        for d in after["decisions"]
        if d["code"] == "names.left_out"
    }
    assert counts == {"其他": 3, "昆山市": 3}
    assert after["stated"]["leave_out"] == ["其他", "昆山市"]


def test_what_is_plausible_can_be_accepted_for_one_call(file):
    """By its code, as under `read` of a source."""
    accepted = checked(file, "--set", "read.accept=[names.residual, names.level]")

    assert accepted["status"] == "ok"


def test_a_column_is_stated_to_be_text(tmp_path):
    """The remedy of the decimal mark can be taken."""
    path = tmp_path / "a.csv"
    path.write_text('city,year,list,x\na,2010,"33,65",2.02\nb,2010,"12,5",3.5\n', encoding="utf-8")

    assert checked(path)["status"] == "error"
    found = checked(path, "--set", "read.text=[list]")
    assert [p["code"] for p in found["problems"] if p["severity"] == "error"] == []
    assert found["table"]["columns"] == ["list", "x"]


@pytest.mark.parametrize(
    ("setting", "code", "says"),
    [
        ("read.tekst=[x]", "study.unknown_key", "did you mean 'text'?"),
        ("read.leave_out=[其它]", "names.no_effect", "No row of the data is called '其它'."),
        ("report.decimals=2", "option.no_effect", "what is stated of a file begins with `read.`"),
    ],
)
def test_what_cannot_be_stated_is_refused(setting, code, says, file):
    """A slip in the key or in the name, and what belongs to a study."""
    done = attempt("check", file, "--set", setting, "--lang", "en", "--format", "json")

    assert done.code != 0
    assert code in done.stdout + done.stderr
    assert says in done.stdout + done.stderr


@pytest.mark.long
def test_init_says_the_strangers_and_offers_the_line_that_leaves_them_out(file, tmp_path):
    """Behind a sign, for a person to decide; with it removed, the study has the cities alone."""
    done = call("init", tmp_path / "s", "--from", file, "--lang", "en")
    study = tmp_path / "s" / "study.yaml"
    text = study.read_text(encoding="utf-8")
    offered = "    read: {leave_out: ["

    assert "1 name is not one of the cities of China but what remains of them" in done.stdout
    assert (
        "1 name is a place of another level than the cities of China beside it: 昆山市."
        in done.stdout
    )
    (line,) = [line for line in text.splitlines() if "leave_out" in line and line.startswith("#")]
    assert "其他" in line
    assert "昆山市" in line
    assert line.endswith("a remainder, or a place of another level, is not a unit of the study")
    assert line.startswith(f"#{offered}")
    for sign in ("#", "# "):
        study.write_text(text.replace(line, line.removeprefix(sign)), encoding="utf-8")
        assert checked(study)["table"]["n_entities"] == len(CITIES)
