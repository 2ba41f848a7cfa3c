"""What is missing is named with what is there: files like it, and columns that are no variables yet."""

from __future__ import annotations

import pytest

from cli_runner import call
from made_small import STUDY, write_small

LANGUAGES = {
    "en": "did you mean '{}', which is in that folder?",
    "zh": "是否应为该文件夹中的“{}”？",
}


@pytest.fixture
def place(tmp_path):
    write_small(tmp_path)
    (tmp_path / "data.csv").rename(tmp_path / "经济与环境.csv")
    (tmp_path / "printed_tables.toml").write_text("", "utf-8")
    (tmp_path / "journal.docx").write_bytes(b"PK")
    for name in ("s", "t"):  # one letter that differs is no likeness, whatever the suffix
        (tmp_path / f"{name}.csv").write_text("", "utf-8")
    return tmp_path


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("words", "near"),
    [
        (["check", "经济环境.csv"], "经济与环境.csv"),
        (["check", "经济环境.xlsx"], "经济与环境.csv"),
        (["check", "studdy.yaml"], "study.yaml"),
        (["run", "stud.yaml"], "study.yaml"),
        (["audit", "printed_table.toml"], "printed_tables.toml"),
        (["table", "经济环境.csv"], "经济与环境.csv"),
        (["check", "u.csv"], None),
        (["check", "no/data.csv"], None),
    ],
)
def test_a_missing_file_is_told_with_one_like_it(place, language, words, near):
    """By the name without its suffix, in the folder that is named."""
    command, file = words
    done = call(command, place / file, "--lang", language, code=1)
    said = done.stdout + done.stderr

    if near is None:
        assert LANGUAGES[language].split("{}")[0] not in said
    else:
        assert LANGUAGES[language].format(near) in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_of_a_study(place, language):
    """Its source, its template, and the newer file of an update."""
    text = STUDY.replace("data.csv", "经济与环境.csv")
    text = text.replace("formats: [md]", "formats: [docx], template: journl.docx")
    (place / "study.yaml").write_text(text, "utf-8")
    study, wanted = place / "study.yaml", LANGUAGES[language]
    done = call("run", study, "--lang", language, code=1)
    assert wanted.format("journal.docx") in done.stderr
    done = call("update", study, place / "经济环境.csv", "--lang", language, code=1)
    assert wanted.format("经济与环境.csv") in done.stderr
    study.write_text(STUDY.replace("data.csv", "经济环境.csv"), "utf-8")
    assert (
        wanted.format("经济与环境.csv") in call("check", study, "--lang", language, code=1).stdout
    )


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "it is a column of the data: add it under `variables` as `'y': {column: 'y'}`."),
        ("zh", "数据中有此列：请在 `variables` 下添加 `'y': {column: 'y'}`。"),
    ],
)
def test_a_column_that_is_no_variable_is_told_its_line(tmp_path, language, told):
    """The line to write; a name that is in neither keeps the known ones; and the line is right."""
    write_small(tmp_path)
    study = tmp_path / "study.yaml"
    study.write_text(STUDY.replace("{x: [x]}", "{x: [x, y, nowhere]}"), "utf-8")
    said = call("check", study, "--lang", language, code=1).stdout
    assert said.count(told) == 1
    assert "nowhere" in said

    right = STUDY.replace("{x: [x]}", "{x: [x, y]}").replace(
        "x: {column: x}", "x: {column: x}, 'y': {column: 'y'}"
    )
    study.write_text(right, "utf-8")
    call("check", study)
