"""A first study file for somebody's data: roles proposed, each with its reason in a comment."""

from __future__ import annotations

from collections.abc import Sequence

from xinzhi.errors import DataError
from xinzhi.panel.panel import Panel
from xinzhi.places.boundaries import place
from xinzhi.study.first.guess import Guess

HEADER = """\
# yaml-language-server: $schema=./study.schema.json
# A first study file, written by `xinzhi init`. What stands behind # is for people.
# The roles of the columns are guesses from their headings: check each one, then `xinzhi run`.

title: {title}
seed: 1

sources:
  data: {{file: {file}, kind: panel, entity: {entity}{period}{sheet}}}
"""
MEASURE = """
# Green efficiency: super-SBM{bads_note}, one frontier over all periods.
# Other measures: `xinzhi parts`. All options: study.schema.json.
efficiency:
  efficiency:
    measure: super_sbm
    returns_to_scale: constant     # or variable
    reference: global              # or contemporaneous: a frontier for each period
    inputs:
{inputs}
    good_outputs:
{goods}
    bad_outputs:{bads}
    missing: {missing}{missing_note}
    classes: {{low: "< 0.30", middle: 0.30-0.60, high: "> 0.60"}}
"""
UNKNOWN = """
# No efficiency is measured yet: {lacking}
# Name the columns and remove the # signs. The columns of numbers are: {columns}.
# efficiency:
#   efficiency:
#     measure: super_sbm
#     inputs: [{inputs}]
#     good_outputs: [{goods}]
#     bad_outputs: [{bads}]
"""
VARIABLES = """
variables:
{variables}
describe: {{variables: [{names}]}}
"""
TABLES = """
# Explain the efficiency: choose among the other columns, add them under `variables` as the ones
# above, and remove the # signs section by section. What stays behind # is not done.
# Other columns of numbers: {others}.
#
# What you ask about, and what else may move the efficiency:
# sets: {{factors: [x1], controls: [x2, x3]}}
# tables:
#   baseline:
#     title: {{zh: 基准回归, en: Baseline regressions}}
#     outcome: efficiency
#     effects: [entity, period]
#     covariance: {{cluster: entity}}
#     columns: [{{x: [factors, controls]}}, {{x: [factors]}}]
#   robustness: {{from: baseline/1, columns: [{{winsorise: [1, 99]}}, {{covariance: hc1}}]}}
#
# Through what: m, which the factors may move and which may move the efficiency.
# mediation: {{mechanism: {{from: baseline/1, through: [m], tests: [sobel, bootstrap], draws: 1000}}}}
#
# What strengthens or weakens a path: w, such as a policy; everything on the right a year earlier.
# moderation: {{tools: {{from: baseline/1, moderators: [w], lag: 1, paths: [factors -> m, m -> efficiency]}}}}
#
# Whether kinds of places differ: g, a column that a place keeps, or a variable cut at its median.
# groups: {{kind: {{column: g}}, size: {{column: x2, split: median}}}}
# heterogeneity: {{places: {{from: baseline/1, by: [kind, size], difference: [interaction, permutation], draws: 1000}}}}
#
# Whether the answer hangs on a choice: all combinations.
# specification_curve: {{of: baseline/1, vary: {{controls: each, effects: [[entity], [entity, period]]}}}}
"""
NO_OTHERS = "none; bring them in by a second file under `sources`"
MAP = """
# {n} of {all} entities are {places} of China: a map of the efficiency.
# Pictures show four periods side by side; `in: [2008, 2013]` chooses them.
maps:
  efficiency: {{value: efficiency, boundaries: built_in}}
"""
PLACES = {"province": "provinces", "prefecture": "places of prefecture level"}
MOSTLY = 0.9
"""Share of the entities that must have an outline for a map to be proposed."""
REPORT = "\nreport: {languages: [zh, en], formats: [html, xlsx]}\n"


def starter(guess: Guess, file: str) -> str:
    """Write the study file for a guess."""
    measured = bool(guess.inputs and guess.good_outputs)
    text = HEADER.format(
        title=quoted(file),
        file=quoted(file),
        entity=quoted(guess.entity),
        period=f", period: {quoted(guess.period)}" if guess.period else "",
        sheet=f", sheet: {quoted(guess.sheet)}" if guess.sheet else "",
    )
    for name in (guess.entity, guess.period):
        if name:
            text += f"  # {quoted(name)}: {guess.reasons.get(name, 'a guess')}.\n"
    text += "panel: {from: data}\n"
    text += _measure(guess) if measured else _unknown(guess)
    text += _variables(guess, measured=measured)
    if measured and (guess.others or guess.period):
        text += TABLES.format(others=_listed(guess.others) or NO_OTHERS)
    return text + (_map(guess.panel) if measured else "") + REPORT


def _map(panel: Panel) -> str:
    """Propose a map where nearly all entities have an outline in the package."""
    try:
        placed = place(panel.entities)
    except DataError:
        return ""
    if len(placed.of) < MOSTLY * len(panel.entities):
        return ""
    return MAP.format(n=len(placed.of), all=len(panel.entities), places=PLACES[placed.level])


def _measure(guess: Guess) -> str:
    roles = (*guess.inputs, *guess.good_outputs, *guess.bad_outputs)
    n_empty = int(guess.panel.frame[list(roles)].isna().any(axis=1).sum())
    return MEASURE.format(
        bads_note=" with bad outputs" if guess.bad_outputs else "",
        inputs=_with_reasons(guess.inputs, guess),
        goods=_with_reasons(guess.good_outputs, guess),
        bads="\n" + _with_reasons(guess.bad_outputs, guess)
        if guess.bad_outputs
        else " []                # no heading speaks of pollution",
        missing="leave_out" if n_empty else "refuse",
        missing_note=f"             # {n_empty} rows have an empty cell: they get no score"
        if n_empty
        else "                # or leave_out: rows with an empty cell get no score",
    )


def _unknown(guess: Guess) -> str:
    lacking = [
        words
        for words, names in (
            ("no heading speaks of an input (labour, capital, energy).", guess.inputs),
            ("no heading speaks of a good output (GDP, value added).", guess.good_outputs),
        )
        if not names
    ]
    return UNKNOWN.format(
        lacking=" ".join(lacking),
        columns=_listed((*guess.inputs, *guess.good_outputs, *guess.bad_outputs, *guess.others)),
        inputs=_listed(guess.inputs),
        goods=_listed(guess.good_outputs),
        bads=_listed(guess.bad_outputs),
    )


def _variables(guess: Guess, *, measured: bool) -> str:
    roles = (*guess.inputs, *guess.good_outputs, *guess.bad_outputs)
    columns = roles if measured else (*roles, *guess.others)
    lines = (
        ["  efficiency: {from: efficiency, label: {zh: 绿色效率, en: Efficiency}}"]
        if measured
        else []
    )
    lines += [
        f"  {quoted(name)}: {{column: {quoted(name)}}}" for name in columns if name != "efficiency"
    ]
    names = [*(["efficiency"] if measured else []), *(n for n in columns if n != "efficiency")]
    if not names:
        return ""
    return VARIABLES.format(variables="\n".join(lines), names=_listed(names))


def _with_reasons(names: Sequence[str], guess: Guess) -> str:
    return "\n".join(
        f"      - {quoted(name)}   # {guess.reasons.get(name, 'a guess')}" for name in names
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(quoted, names))


def quoted(text: str | None) -> str:
    """Write a text as YAML: in quotes where it could be read as something else.

    >>> quoted("用电量"), quoted("2008"), quoted("a: b")
    ('用电量', "'2008'", "'a: b'")
    """
    words = str(text)
    plain = words.replace("_", "a").replace(" ", "a").isalnum() and not words[:1].isdigit()
    if plain and words == words.strip() and words.lower() not in RESERVED:
        return words
    return "'" + words.replace("'", "''") + "'"


RESERVED = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n", "transform"))
