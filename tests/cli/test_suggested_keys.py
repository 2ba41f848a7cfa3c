"""Keys that are not named: `efficiency`, `regress`, `analyse` and `explain-scores` take them as `check` does."""

from __future__ import annotations

import pytest

from cli_runner import call

ROWS = [
    f"{city},{year},{10 + 3 * i + (i * year) % 7},{20 + 7 * i + (i + 2) * year % 5}"
    for i, city in enumerate(("大同市", "唐山市", "包头市", "阜新市", "淮南市"))
    for year in (2018, 2019, 2020, 2021)
]
KEYS = ("--entity", "城市", "--period", "年份")
SCORE = ("--inputs", "劳动", "--good-outputs", "产出", "--measure", "radial")
CALLS = {
    "efficiency": SCORE,
    "regress": ("--outcome", "产出", "--regressors", "劳动"),
    "analyse describe": ("--variables", "劳动,产出"),
    "explain-scores": (*SCORE, "--theirs", "theirs.csv", "--orientation", "input", "--reference", "global"),
}  # fmt: skip
TOLD = {"en": "Column '{}' was taken as the key: ", "zh": "列“{}”"}


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    (tmp_path / "data.csv").write_text("\n".join(["城市,年份,劳动,产出", *ROWS]) + "\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    call("efficiency", "data.csv", *KEYS, *SCORE, "--output", "theirs.csv")
    return tmp_path


@pytest.mark.parametrize("command", CALLS)
@pytest.mark.parametrize("language", TOLD)
def test_keys_that_are_not_named_are_found_and_told(command, language):
    """The answer is that of the call that names them; which columns were taken is said."""
    words = (*command.split(), "data.csv", *CALLS[command], "--lang", language)
    named, found = call(*words, *KEYS), call(*words)

    assert found.stdout == named.stdout
    for name in ("城市", "年份"):
        assert TOLD[language].format(name) in found.stderr
        assert TOLD[language].format(name) not in named.stderr


@pytest.mark.parametrize("command", CALLS)
def test_a_table_without_a_name_is_refused(place, command):
    """With what to name."""
    (place / "bare.csv").write_text("劳动,产出\n1.5,2\n2.5,3\n", "utf-8")
    done = call(*command.split(), "bare.csv", *CALLS[command], "--lang", "en", code=1)
    assert "name" in done.stderr
    assert "--entity" in done.stderr or "entity" in done.stderr


@pytest.mark.parametrize("language", TOLD)
def test_an_empty_cell_is_told_with_the_way_out(place, language):
    """The option is named, and does it."""
    (place / "hole.csv").write_text(
        "\n".join(["城市,年份,劳动,产出", "甲,2018,,3", *ROWS]) + "\n", "utf-8"
    )
    words = ("efficiency", "hole.csv", *SCORE, "--lang", language)
    assert "--missing leave_out" in call(*words, code=1).stderr
    call(*words, "--missing", "leave_out")
