"""Faults drawn at random: each operator finds its places, and each fault can be put in."""

from __future__ import annotations

import ast
import contextlib
import re
import sys
from pathlib import Path
from unittest.mock import ANY

import pytest

import layout
from layout import place_of
from mutants.library import HERE, ROOT

sys.path.insert(0, str(HERE))

import operators
import random_faults
import run
import survivors

SAMPLE = """
from hashlib import sha256

def make_key(version, rows, seed):
    known = {"version": version, "rows": key_of(rows)}
    digest = sha256(f"{seed} of {version}".encode())
    digest.update(rows)
    return key_of(known), digest.hexdigest()

def key_of(rows):
    return sha256(repr((rows, rows.names, rows.units)).encode()).hexdigest()

def tell(rows, seed):
    about = {"rows": rows, "seed": seed}
    return sorted(about, reverse=seed), rows.sort_values(seed), about

def judge(b, p, level):
    if p <= level and not b == 0:
        store(b, level)
        fsync(p)
        return message("{a} rose above {b}", a=b, b=p)
    return max(b, p) if rows[0] < 1 else fit(b - p, level=level)
"""
CATALOGUE = 'msgid "{a} rose above {b}"\nmsgstr "{a}上升并高于{b}"\n'
WHERE = """
import subprocess
import sys
from pathlib import Path

import layout
import xinzhi

TREE = Path(__file__).parents[1]

def test_where():
    command = [sys.executable, "-c", "import xinzhi; print(xinzhi.__file__)"]
    started = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    for file in (layout.LOCALE, xinzhi.__file__, started):
        assert Path(file).is_relative_to(TREE), file
"""
"""A test that says from where it takes what it reads."""


def exchanges(suffix: str, text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for fault in operators.faults(f"present/x{suffix}", text):
        changed = fault.applied(text)
        assert changed != text
        if suffix == ".py":
            ast.parse(changed)
        new = fault.new.strip() or "(left out)"
        found.setdefault(fault.operator, set()).add(
            f"{text[fault.start : fault.end].strip()} -> {new}"
        )
    return found


def test_every_operator_of_python_finds_its_places():
    """Each exchange that the sample was written for is found, and each result is Python."""
    found = exchanges(".py", SAMPLE)

    assert "<= -> <" in found["flip a comparison"]
    assert "and -> or" in found["flip a sign"]
    assert {"max -> min", "0 -> -1"} <= found["exchange ends"]
    assert "1 -> 2" in found["change a number"]
    assert "level=level -> (left out)" in found["ignore an option"]
    assert "b, p -> p, b" in found["exchange two fields"]
    assert "b=b, a=a" not in found["exchange two values"]
    assert "b, b=p -> p, b=b" in found["exchange two values"]
    assert {" -> [::-1]", " -> .iloc[::-1]", "seed -> (not seed)"} == found["turn an order"]
    assert "fsync(p) -> pass" in found["drop a statement"]
    assert "not b == 0 -> (b == 0)" in found["drop a not"]
    assert {"rose -> fell", "above -> below"} <= found["turn a sentence"]
    assert found.keys() == operators.OPERATORS[".py"].keys()


def test_parts_of_keys_are_what_a_hash_is_made_of():
    """From a hash back to names, functions and statements; what is not hashed is no part of a key."""
    found = exchanges(".py", SAMPLE)["drop a part of a key"]

    assert {
        '"version": version, -> (left out)',
        '"rows": key_of(rows) -> (left out)',
        "{seed} -> (left out)",
        "{version} -> (left out)",
        "digest.update(rows) -> pass",
        "rows, -> (left out)",
        "rows.names, -> (left out)",
        "rows.units -> (left out)",
    } == found


def test_tuples_without_an_order_are_not_turned():
    """Exceptions, types and members of a set mean the same in any order: their exchange is no fault."""
    code = """
try:
    with contextlib.suppress(KeyError, TypeError):
        isinstance(b, (int, float)) and b in (p, q) and b.startswith((p, q))
except (OSError, ValueError):
    found = (OSError, ValueError)
"""
    assert exchanges(".py", code)["exchange two fields"] == {
        "OSError, ValueError -> ValueError, OSError"
    }
    turned = [
        one for one in operators.faults("x.py", code) if one.operator == "exchange two fields"
    ]
    assert [code.count("\n", 0, one.start) for one in turned] == [5]


def test_translations_cpp_and_javascript_have_faults_too():
    """Words of a catalogue are exchanged, and so are its placeholders; C++ and JavaScript are read as text."""
    turned = exchanges(".po", CATALOGUE)["turn a translation"]

    assert {"上升 -> 下降", "高于 -> 低于", "{a}上升并高于{b} -> {b}上升并高于{a}"} <= turned
    code = "if (low <= high) { x = a - b; } // a < b\n"
    assert exchanges(".cpp", code)["flip C++"] == {"<= -> <", "- -> +"}
    assert exchanges(".js", "y = Math.min(a * b);\n")["flip JavaScript"] == {"min -> max", "* -> /"}


@pytest.mark.long
def test_a_draw_is_spread_over_the_kinds_and_repeats():
    """The same seed draws the same faults of each kind, and another seed others."""
    kinds = ("cache keys", "safety")

    first, again, other = (random_faults.drawn(6, seed, kinds) for seed in (1, 1, 2))

    assert first == again != other
    assert [fault.kind for fault in first] == ["cache keys"] * 3 + ["safety"] * 3
    for fault in first:
        text = place_of(fault.file).read_text(encoding="utf-8")
        assert fault.applied(text) != text


def test_an_unknown_kind_is_refused():
    """A kind that does not exist would draw nothing, and nothing would be said."""
    with pytest.raises(ValueError, match="unknown kind: holm"):
        random_faults.drawn(6, 1, ("holm",))


def test_the_report_counts_by_kind_and_lists_survivors():
    """Rates are shares of the faults of a kind; a survivor stands with its file, line and exchange."""
    first, second = random_faults.drawn(2, 3, ("safety",))

    text = random_faults.report({first: random_faults.STAGES[1], second: ""}, 2, 3)

    assert "--seed 3 --kind 'safety'`\n\n2 faults" in text
    assert "| safety | 2 | 0 | 1 | 0 | 0 | 0 | 1 | 50 % |" in text
    places = [fault.file.replace("/", ": ", 1) for fault in (first, second)]
    assert f"- safety: {places[1]}:" in text
    assert f"{places[0]}:" not in text.partition("Survivors")[2] or first.file == second.file


def test_earlier_draws_stay_published():
    """Rates of a draw before its survivors were mended stand beside those of later ones; the same draw is written once."""
    one, two = "## `--seed 1`\n\nold\n", "## `--seed 2`\n\nnew\n"
    both = random_faults.published(random_faults.published("", one), two)

    assert both == random_faults.HEAD + two + "\n" + one
    again = random_faults.published(both, one.replace("old", "again"))
    assert again == random_faults.HEAD + one.replace("old", "again") + "\n" + two


def test_survivors_have_reasons_and_still_exist():
    """A survivor that was looked at is named with its reason; one whose place has changed is looked at again."""
    known = survivors.REASONS
    exchanges = set()
    for file in {file for file, _ in known}:
        text = place_of(file).read_text(encoding="utf-8")
        exchanges |= {(file, fault.exchange(text)) for fault in operators.faults(file, text)}

    assert all(
        reason.startswith(("equivalent: ", "noticed by ", "open: ")) for reason in known.values()
    )
    assert set(known) <= exchanges


def test_the_tests_nearest_to_a_module_are_those_that_import_it():
    """A module has the tests that name it; one that no test names has those of its room."""
    near = random_faults.nearest("econometrics/verdict.py", ROOT)

    assert near
    for path in near:
        assert "xinzhi_econometrics.verdict" in (ROOT / path).read_text(encoding="utf-8")


def test_examples_in_docstrings_are_tests_of_their_module():
    """A module that shows how it is used is tried by its own examples; one that shows nothing is no file of tests."""
    assert random_faults.examples("xinzhi/cli/long_runs.py", ROOT) == (
        "packages/xinzhi/src/xinzhi/cli/long_runs.py",
    )
    assert random_faults.examples("core/locale/zh.po", ROOT) == ()
    assert random_faults.examples("xinzhi/cli/commands/run.py", ROOT) == ()


def test_the_nearest_long_tests_say_what_a_file_is_about():
    """An analysis and a command have studies of their own; a module has those that import it."""
    assert "tests/study/test_placebo.py" in random_faults.nearest_long(
        "xinzhi/analyses/placebo/compute.py", ROOT
    )
    for file in ("xinzhi/analyses/pathways/pathways.py", "econometrics/verdict.py"):
        for path in random_faults.nearest_long(file, ROOT):
            assert "mark.long" in (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.long
def test_tests_read_the_tree_with_the_fault_and_no_other(tmp_path):
    """What tests share, and the commands that they start, are of the tree that is tested: a text read elsewhere is sound."""
    for package in layout.IMPORTED.values():
        folder = tmp_path / "packages" / package.removeprefix("xinzhi_") / "src" / package
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text("", encoding="utf-8")
    shared = tmp_path / "tests" / "support"
    shared.mkdir(parents=True)
    for name in ("layout", "places"):
        text = Path(getattr(layout, "__file__", "")).with_stem(name).read_text("utf-8")
        (shared / f"{name}.py").write_text(text, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\npythonpath = ["tests/support"]\n', encoding="utf-8"
    )
    (tmp_path / "tests" / "test_where.py").write_text(WHERE, encoding="utf-8")

    assert run._tested(("tests/test_where.py",), tmp_path) == (run.PASSED, ANY)


def test_a_fault_is_noticed_only_by_tests_that_run_without_it(monkeypatch):
    """Tests that cannot run at all would notice every fault: they are run without it, and then nothing is known."""
    fault = random_faults.drawn(1, 3, ("safety",))[0]
    monkeypatch.setattr(random_faults, "put", lambda *_: contextlib.nullcontext(True))
    codes = [3, 3, 3, run.PASSED, None, run.PASSED]
    monkeypatch.setattr(random_faults, "_tested", lambda *_: (codes.pop(0), "INTERNALERROR"))

    with pytest.raises(RuntimeError, match="cannot run without a fault"):
        random_faults._failed(("tests/a.py",), "long", fault, ROOT, {})

    assert random_faults._failed(("tests/a.py",), "long", fault, ROOT, {}) == "no test could run"
    assert random_faults._failed(("tests/a.py",), "long", fault, ROOT, {}) == "tests never end"


def test_every_room_has_a_kind_and_every_kind_its_tests():
    """Only studies, their options, the doors and the app are of no kind; folders that move take their kind along."""
    addresses = [layout.address_of(path) for path in layout.files(*random_faults.SUFFIXES)]
    without = {
        address.rpartition("/")[0] for address in addresses if operators.kind_of(address) == "other"
    }

    assert without <= {"core", "app"} | {
        folder for folder in without if re.match("xinzhi(/(study|api|examples)|$)", folder)
    }
    assert set(random_faults.OF_KIND) == set(operators.KINDS)
    for pattern, kind in operators.ROOMS:
        for part in re.split(r"\|(?![^(]*\))", pattern):
            assert any(re.search(part, address) for address in addresses), (kind, part)
    for beginning, tests in random_faults.OF_ROOM:
        assert any(address.startswith(beginning) for address in addresses), beginning
        assert (ROOT / tests).is_dir()
    for tests in random_faults.OF_KIND.values():
        assert all((ROOT / test).exists() for test in tests)
