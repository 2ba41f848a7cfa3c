"""Hostile and ordinary files through the command line, as the manifest of cases wants them."""

from __future__ import annotations

import json

import pytest

from cli_runner import attempt
from places import SHARED

FOLDER = SHARED / "cases" / "badinput"
MANIFEST = FOLDER / "manifest.jsonl"
NOTHING_LEFT = {"f09_near_collinear.csv"}
"""Every column of this file is a city mean plus a common trend: no two-way model exists, so the
named warning comes with errors."""
KEYS = ("--entity", "城市", "--period", "年份")


def lines():
    if not MANIFEST.is_file():
        return []
    found = [json.loads(line) for line in MANIFEST.read_text(encoding="utf-8").splitlines()]
    return [
        m
        for m in found
        if m.get("stored", True)
        and "upload_name" not in m
        and not m.get("command", "").startswith("run")
    ]


def words_of(line):
    command = line.get("command")
    if command is None:
        return ["check", FOLDER / line["file"], *([] if line["file"].endswith(".yaml") else KEYS)]
    return [FOLDER / line["file"] if w == "FILE" else w for w in command.split()]


def named(error):
    """What the message has to name: the places of the manifest, not its codes."""
    keys = ("row", "rows", "column", "columns", "sheet", "cells", "key", "year", "group", "names")
    for key in keys:
        value = error.get(key)
        for one in value if isinstance(value, list) else [value]:
            if one is not None and one != "named":
                yield from str(one).split()


@pytest.mark.one_in(8)
@pytest.mark.parametrize("line", lines(), ids=lambda m: m["file"])
def test_each_file_is_handled_as_wanted(line, tmp_path, monkeypatch):
    """Exit code by what is wanted; the places are named; no traceback; nothing is executed."""
    monkeypatch.chdir(tmp_path)

    done = attempt(*words_of(line), "--lang", "en")

    told = done.stdout + done.stderr
    wants = {line["want"], line.get("alt")}
    assert "Traceback" not in told
    assert not list(tmp_path.rglob("PWNED*"))
    if line["file"] not in NOTHING_LEFT:
        assert done.code in ({0} if wants <= {"truth", "read", "warn", None} else {0, 1})
    if line["want"] == "refuse" and "alt" not in line:
        assert done.code == 1
        assert "remedy" in told
    if line["want"] in ("refuse", "warn") and done.code == (line["want"] == "refuse"):
        missing = [word for word in named(line.get("error", {})) if word not in told]
        assert missing == []


@pytest.mark.parametrize(("heading", "key"), [("city", "城市"), ("城市", "city")])
def test_a_key_is_found_by_its_translation_and_said(tmp_path, heading, key):
    """`--entity 城市` finds `city`, as a decision; two candidates or another column are no match."""
    data = tmp_path / "data.csv"
    data.write_text(f"{heading},year,x\na,2008,1\nb,2008,2\n", encoding="utf-8")

    done = attempt("check", data, "--entity", key, "--period", "year", "--lang", "en")

    assert done.code == 0
    assert "has the same meaning and was used" in done.stdout


def test_a_key_without_translation_is_missing(tmp_path):
    """Nothing is guessed beyond the words that mean the same."""
    data = tmp_path / "data.csv"
    data.write_text("town,year,x\na,2008,1\n", encoding="utf-8")

    done = attempt("check", data, "--entity", "城市", "--period", "year", "--lang", "en")

    assert done.code == 1
    assert "town" in done.stdout
