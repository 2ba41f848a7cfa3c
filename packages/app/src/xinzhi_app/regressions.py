"""Regression tables of the results, with the columns and in the style that a reader chooses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from xinzhi.api.publication import FORMATS, PublicationTable
from xinzhi.present.numbers import write
from xinzhi.present.publication import PRESETS, Preset, PrintedFit, publication_table
from xinzhi.present.publication.fits import UNDER_WORDS, judges_in_words
from xinzhi.present.regression.fitted import kind_of_errors, name_of
from xinzhi.report.formats.html_table import spanners_of
from xinzhi_core.errors import Problem, SpecError
from xinzhi_core.problems import unknown_choice
from xinzhi_core.wording import Label, Language, message, say
from xinzhi_econometrics.estimates import CovarianceRule

Regressions = Sequence[Mapping[str, Any]]
HEADINGS: Mapping[str, str] = {
    "b": "estimate",
    "se": "std_error",
    "t": "statistic",
    "p": "p_value",
    "ci_low": "ci_low",
    "ci_high": "ci_high",
}
"""Key of a coefficient in results.json -> column of a frame of estimates."""
MOST_DECIMALS = 10


def choices() -> dict[str, list[str]]:
    """List what a reader can choose for a table."""
    return {"style": [*PRESETS], "under": [*UNDER_WORDS, "none"], "format": [*FORMATS]}


def regressions_in(numbers: Path) -> list[dict[str, object]]:
    """List the tables of results.json whose columns are regressions, with their coefficients."""
    return [
        {
            "id": name,
            "columns": [
                {key: column.get(key) for key in ("label", "outcome", "n")} for column in columns
            ],
            "coefficients": [
                *dict.fromkeys(key for column in columns for key in column["coefficients"])
            ],
        }
        for name, columns in _regression_tables(numbers).items()
    ]


def table_of(numbers: Path, wanted: Mapping[str, object], language: Language) -> dict[str, object]:
    """Set chosen columns of a table, in the style of a journal.

    Parameters
    ----------
    wanted
        table, columns (numbers from 1), headings (one each), title, labels (name -> words), style, under,
        decimals, left_out; with `format`, such as .docx, the file comes in hexadecimal digits.

    Raises
    ------
    SpecError
        The table, the column or the word does not exist.
    """
    every = _regression_tables(numbers)
    name = _choice(wanted, "table", tuple(every))
    mark = say(message(" (simulated data)"), language) if is_simulated(numbers) else ""
    chosen = _select(every[name], wanted.get("columns"))
    headings = _words(wanted, "headings") or [""] * len(chosen)
    labels = _labels(chosen, wanted.get("labels"), language)
    preset = _preset(wanted)
    table = publication_table(
        [
            (heading, _fit(column, labels))
            for heading, column in zip(headings, chosen, strict=False)
        ],
        title=f"{wanted.get('title') or name}{mark}",
        preset=preset,
        labels=labels,
        left_out=_words(wanted, "left_out"),
    )
    printed = PublicationTable(table, language, preset.decimals)
    if wanted.get("format") is None:
        return _as_texts(printed)
    return {"file": printed.content(_choice(wanted, "format", tuple(FORMATS))).hex()}


def is_simulated(numbers: Path) -> bool:
    """Tell whether the results describe no real place."""
    return bool(json.loads(numbers.read_bytes())["simulated"])


def _regression_tables(numbers: Path) -> dict[str, Regressions]:
    """Find the tables whose columns hold coefficients, whatever analysis made them."""
    tables = json.loads(numbers.read_bytes())["tables"]
    return {
        name: table["columns"]
        for name, table in tables.items()
        if isinstance(table.get("columns"), list)
        and table["columns"]
        and all("coefficients" in column for column in table["columns"])
    }


def _choice(wanted: Mapping[str, object], key: str, choices: Sequence[str]) -> str:
    word = str(wanted.get(key, ""))
    if word not in choices:
        raise SpecError(unknown_choice(word, key, choices))
    return word


def _words(wanted: Mapping[str, object], key: str) -> list[str]:
    """Read a list of words; anything else is none."""
    words = wanted.get(key)
    return [str(word) for word in words] if isinstance(words, list) else []


def _select(columns: Regressions, wanted: object) -> Regressions:
    """Take columns by their numbers, in the order of the reader."""
    every = [*range(1, len(columns) + 1)]
    numbers = every if wanted is None else wanted if isinstance(wanted, list) else []
    valid = [number for number in numbers if isinstance(number, int) and 0 < number <= len(columns)]
    if not valid or len(valid) < len(numbers):
        text = message(
            "Choose at least one of the {n} columns.",
            one="Choose a column: there is {n}.",
            n=len(columns),
        )
        raise SpecError(Problem("app.columns", text))
    return [columns[number - 1] for number in valid]


def _preset(wanted: Mapping[str, object]) -> Preset:
    preset = PRESETS[_choice({"style": "usual", **wanted}, "style", tuple(PRESETS))]
    if wanted.get("under"):
        under = _choice(wanted, "under", (*UNDER_WORDS, "none"))
        preset = replace(preset, under=under)  # type: ignore[arg-type]  # one of the choices
    decimals = wanted.get("decimals")
    if type(decimals) is int and 0 <= decimals <= MOST_DECIMALS:
        preset = replace(preset, decimals=decimals)
    return preset


def _labels(columns: Regressions, given: object, language: Language) -> dict[str, Label]:
    """Name every variable, effect and cluster of the columns in the language of the reader."""
    words = {str(k): str(v) for k, v in given.items()} if isinstance(given, dict) else {}
    names = (name for column in columns for name in _names(column))
    return {name: Label(say(name_of(name, words), language)) for name in names}


def _names(column: Mapping[str, Any]) -> Iterable[str]:
    clusters = column.get("covariance", {}).get("clusters", {})
    return (column["outcome"], *column["effects"], *clusters, *column["coefficients"])


def _fit(column: Mapping[str, Any], labels: Mapping[str, Label]) -> PrintedFit:
    rows = column["coefficients"]
    frame = pd.DataFrame(
        {heading: [slope.get(key) for slope in rows.values()] for key, heading in HEADINGS.items()},
        index=pd.Index([*rows], name="name"),
        dtype=float,
    )
    judged: dict[str, list[str]] = {}
    for name, slope in rows.items():
        judged.setdefault(str(slope.get("judge", "t")), []).append(name)
    sets = {
        name: tuple((float(low), float(high)) for low, high in slope["set"])
        for name, slope in rows.items()
        if "set" in slope
    }
    values = {"n": column.get("n"), **column.get("fit", {})}
    statistics = {key: float(value) for key, value in values.items() if value is not None}
    return PrintedFit(
        frame,
        column["outcome"],
        statistics,
        tuple(column["effects"]),
        _errors(column.get("covariance"), labels) if rows else "",
        tuple(judges_in_words(judged, sets, labels)),
        sets,
    )


def _errors(rule: Any, labels: Mapping[str, Label]) -> Any:
    clusters = tuple((str(key), int(n)) for key, n in rule["clusters"].items())
    in_force = CovarianceRule(
        rule["kind"], clusters, "", rule["df"], is_default=rule.get("default", False)
    )
    return kind_of_errors(in_force, labels)


def _as_texts(printed: PublicationTable) -> dict[str, object]:
    """Give a table as texts, as the page shows the tables of the report."""
    table, language = printed.table, printed.language

    def words(cells: Iterable[Any]) -> list[dict[str, str]]:
        return [{"text": str(write(cell, language, printed.decimals))} for cell in cells]

    spanners = [[say(over.text, language), over.width] for over in spanners_of(table)]
    return {
        "title": say(table.title, language),
        "spanners": [["", 1], *spanners] if spanners else [],
        "head": ["", *(say(column.heading, language) for column in table.columns)],
        "rows": [
            {"label": say(row.label, language), "cells": words(row.cells), "rule": row.rule_above}
            for row in table.rows
        ],
        "notes": [say(note, language) for note in table.notes],
    }
