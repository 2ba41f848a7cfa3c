"""A flag that takes NAME=VALUE: a name given twice is refused, and what is no pair says how to write it."""

from __future__ import annotations

import pytest

from cli_runner import attempt

ROWS = "city,year,a,b,g\n" + "".join(
    f"{city},{year},{(n * n + 5 * year) % 11 + 1},{3 + n},{5 + (n * year) % 7}\n"
    for n, city in enumerate("ABCDE", 1)
    for year in range(2010, 2014)
)
SCORES = "efficiency d.csv --entity city --period year --inputs a,b --good-outputs g"
ESTIMATES = "regress d.csv --entity city --period year --outcome g --regressors a --output e.csv"


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.csv").write_text(ROWS, encoding="utf-8")
    assert attempt(*ESTIMATES.split()).code == 0


@pytest.mark.parametrize(
    ("flag", "call", "first", "second", "wrong"),
    [
        ("--weights", SCORES, "a=1,b=1", "a=5", "a=x"),
        ("--label", "table e.csv", "a=X", "a=Y", "a"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_name_given_twice_and_a_pair_that_is_none(flag, call, first, second, wrong, lang):
    """Until now the last of two values counted, without a word; each refusal names the flag."""

    def run(*values):
        more = [word for value in values for word in (flag, value)]
        if flag == "--weights":
            more = [flag, ",".join(values)]
        result = attempt("--lang", lang, *call.split(), *more)
        return result.code, result.stdout + result.stderr

    assert run(first)[0] == 0
    code, twice = run(first, second)
    assert code == 1
    assert {"en": f"'a' is given twice in {flag}.", "zh": f"{flag} 中“a”给出了两次。"}[
        lang
    ] in twice
    assert {"en": "give it once.", "zh": "每个名称只给出一次。"}[lang] in twice
    code, no_pair = run(wrong)
    kind, example = ("NUMBER", "a=1,b=2") if flag == "--weights" else ("LABEL", "")
    assert code == 1
    assert {
        "en": f"is not NAME={kind}.",
        "zh": {"NUMBER": "名称=数字", "LABEL": "名称=标签"}[kind],
    }[lang] in no_pair
    assert flag in no_pair
    assert example in no_pair
