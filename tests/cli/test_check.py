"""`xinzhi check`: the contract of its JSON, exit codes, and the table as it was read."""

from __future__ import annotations

import json

import pytest

from cli_runner import attempt, call

SOUND = "城市,年份,用电量\n甲,2008,1.5\n甲,2009,2\n乙,2008,3\n乙,2009,4\n"
KEYS = ("--entity", "城市", "--period", "年份")


@pytest.fixture
def data(tmp_path):
    def make(text: str):
        path = tmp_path / "data.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return make


def document(*words: object) -> dict:
    return json.loads(attempt("check", *words, "--format", "json").stdout)


def test_the_json_keeps_the_contract(data):
    """Status, problems, table and decisions, and nothing else on stdout."""
    found = document(data(SOUND), *KEYS)

    assert found["status"] == "ok"
    assert found["problems"] == []
    assert found["table"]["columns"] == ["用电量"]
    assert (found["table"]["n_rows"], found["table"]["n_entities"]) == (4, 2)
    assert found["table"]["periods"] == [2008, 2009]
    assert all(set(d) == {"what", "where", "count", "code"} for d in found["decisions"])


def test_a_problem_says_what_where_and_remedy(data):
    """Row numbers are those of the file, the header is row 1."""
    (problem,) = document(data(SOUND.replace("乙,2008,3", "乙,2008,三")), *KEYS)["problems"]

    assert problem["severity"] == "error"
    assert problem["where"]["row"] == 4
    assert problem["where"]["column"] == "用电量"
    assert problem["remedy"]


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        (SOUND, (), 0),
        (SOUND.replace("甲,2009,2\n", ""), (), 0),
        (SOUND.replace("甲,2009,2\n", ""), ("--strict",), 1),
        (SOUND.replace("甲,2009", ",2009"), (), 1),
    ],
)
def test_exit_codes(data, text, words, code):
    """0 with warnings, 1 with errors; --strict lets warnings count."""
    call("check", data(text), *KEYS, *words, code=code)


def test_the_table_as_read_can_be_written_and_read_again(data, tmp_path):
    """--output writes numbers with all digits; reading it again decides nothing new about them."""
    out = tmp_path / "clean.csv"
    call("check", data("说明\n" + SOUND.replace("1.5", "１．５")), *KEYS, "--output", out)

    found = document(out, *KEYS)

    assert found["status"] == "ok"
    assert "甲,2008,1.5" in out.read_text(encoding="utf-8-sig")


def test_keys_are_guessed_and_said_where_they_are_not_named(data):
    """Without --entity the headings decide, and the decision stands in the report."""
    found = document(data(SOUND))

    assert found["table"]["n_entities"] == 2
    assert any("城市" in d["what"] for d in found["decisions"])


def test_a_period_that_is_named_counts_where_the_entity_is_guessed(data):
    """Another column of years, in which rows repeat, says nothing against the one that was named."""
    text = "城市,年份,统计年,用电量\n甲,2000,2008,1.5\n甲,2000,2009,2\n乙,2000,2008,3\n乙,2000,2009,4\n"

    found = document(data(text), "--period", "统计年")

    assert [p["code"] for p in found["problems"] if p["severity"] == "error"] == []
    assert found["table"]["periods"] == [2008, 2009]


def test_text_for_a_person_is_chinese_on_request(data):
    """--lang zh."""
    assert "未发现问题" in call("check", data(SOUND), *KEYS, "--lang", "zh").stdout


def test_wrong_words_end_with_2(data):
    """An unknown option is a misuse, not a problem of the data."""
    assert attempt("check", data(SOUND), "--entitty", "城市").code == 2


def test_columns_can_be_named_as_they_stand_in_the_file(data):
    """A heading with its unit names the column that the panel calls without it."""
    text = "城市,年份,人员（万人）,电量（万千瓦时）,产值（亿元）\n" + "".join(
        f"{c},{y},{1 + i},{2 + i},{3 + 2 * i}\n"
        for i, c in enumerate("甲乙丙")
        for y in (2008, 2009)
    )

    done = call(
        "efficiency",
        data(text),
        *KEYS,
        "--inputs",
        "人员（万人）,电量",
        "--good",
        "产值（亿元）",
        "--format",
        "json",
    )

    assert json.loads(done.stdout)["options"]["inputs"] == ["人员", "电量"]


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "Column '备注' is empty."), ("zh", "列“备注”为空")]
)
def test_an_empty_column_is_told_once(data, lang, words):
    """One cause, one line: the warning with its remedy, and not the decision of the reader too."""
    text = SOUND.replace("用电量\n", "用电量,备注\n").replace("5\n", "5,\n")
    text = "\n".join(line + "," if line.count(",") == 2 else line for line in text.splitlines())

    done = attempt("check", data(text + "\n"), *KEYS, "--lang", lang)

    (line,) = [line for line in done.stdout.splitlines() if words in line]
    assert line.startswith("!")
    assert "type.empty" in done.stdout  # what to state is still said
