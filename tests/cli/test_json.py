"""`--format json` prints one JSON document, whatever happens."""

from __future__ import annotations

import json

import pytest

from cli_runner import attempt

ROWS = [
    f"{city},{year},{10 + 3 * i + year % 7},{20 + 7 * i + year % 5}"
    for i, city in enumerate("ABCD")
    for year in (2008, 2009, 2010)
]
SOUND = "\n".join(["city,year,labour,gdp", *ROWS]) + "\n"
KEYS = ("--entity", "city", "--period", "year")
SCORE = (*KEYS, "--inputs", "labour", "--good-outputs", "gdp")
SLOPE = (*KEYS, "--outcome", "gdp", "--regressors", "labour")
BAD = {
    "empty": b"",
    "pickle": b"\x80\x04\x95 not a table",
    "nul": b"city,year,labour,gdp\nA\x00,2008,1,2\n",
    "control": SOUND.replace("A,", "A\x01,").encode(),
    "text": SOUND.replace("20,", "many,").replace(",10,", ",many,").encode(),
    "twice": (SOUND + "A,2008,1,1\n").encode(),
    "headings": b"city,year,labour,gdp\n",
    "gb": "城市,年份\n".encode("gb18030") + b"\xff\xfe\xff",
}


def document(*words):
    """Run a command and read its whole stdout as one document."""
    done = attempt(*words, "--format", "json", "--lang", "en")
    return done, json.loads(done.stdout)


@pytest.mark.parametrize("command", [("check", *KEYS), ("efficiency", *SCORE), ("regress", *SLOPE)])
@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_bad_data_give_one_document(tmp_path, command, content):
    """The document says what is wrong and where, as the text on stderr does."""
    name, *words = command
    file = tmp_path / "data.csv"
    file.write_bytes(content)

    done, found = document(name, file, *words)

    assert done.code == 1
    assert found["status"] == "error"
    assert all(one["code"] and one["what"] for one in found["problems"])


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("efficiency", "--inputs", "labour", "--good-outputs", "gdp", "--entity", "city"),
        ("regress", *SLOPE),
        ("audit",),
    ],
)
def test_a_file_that_is_not_there_gives_one_document(tmp_path, words):
    """The file is named."""
    name, *more = words

    done, found = document(name, tmp_path / "nowhere.csv", *more)

    assert done.code == 1
    assert "nowhere.csv" in json.dumps(found)


@pytest.mark.parametrize(
    "words",
    [
        ("efficiency", "data.csv"),
        ("efficiency", "data.csv", *SCORE, "--no-such-option"),
        ("regress", "data.csv", *SLOPE, "--cluster"),
        ("audit",),
        ("check", "a.csv", "b.csv"),
        ("efficiency", "data.csv", *SCORE, "--jobs", "many"),
    ],
)
def test_a_misused_command_gives_one_document(words):
    """What is wrong with the words of a call stands in the document too; exit code 2."""
    done, found = document(*words)

    assert done.code == 2
    assert found["problems"][0]["code"] == "usage"


def test_a_fault_of_the_program_gives_one_document(monkeypatch, tmp_path):
    """A crash is a document of its own."""

    def slip(*_, **__):
        msg = "slip"
        raise ZeroDivisionError(msg)

    monkeypatch.setattr("xinzhi_panel.places.strangers.read_judged", slip)
    file = tmp_path / "data.csv"
    file.write_text(SOUND, encoding="utf-8")

    done, found = document("check", file, *KEYS)

    assert done.code == 2
    assert found["problems"][0]["code"] == "internal"
    assert "slip" in found["problems"][0]["what"]


def test_sound_data_give_one_document(tmp_path):
    """Results are one document as before."""
    file = tmp_path / "data.csv"
    file.write_text(SOUND, encoding="utf-8")

    assert document("check", file, *KEYS)[1]["status"] in ("ok", "warning")
    assert document("efficiency", file, *SCORE)[1]["summary"]["n"] == 12
    assert document("regress", file, *SLOPE)[1]
