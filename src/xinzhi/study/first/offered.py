"""Sections that a first study offers: regressions, mediation, moderation, groups, specification curve.

They name columns of the data that could stand there, so that a person removes the signs and changes
names; nothing of it is computed before.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from xinzhi.panel.panel import Panel
from xinzhi.study.first.candidates import Candidates
from xinzhi.study.first.yaml_text import flow, options, quoted, words
from xinzhi.wording import Language, message

SCORE = "efficiency"
LAGGED = 4
"""Periods from which a moderation with a lag is offered."""


def mechanism(
    columns: Candidates, panel: Panel, language: Language, *, outcome: str | None = None
) -> list[str]:
    """Offer the sections that explain the score; those that lack a column are left out and said.

    With an `outcome`, the baseline is not offered: it is part of the study.
    """
    write = partial(words, language=language)
    if not columns.factors:
        text = message(
            "To explain the efficiency, bring in other columns by a second file under `sources`."
        )
        return [write(text)]
    text = message(
        "Explain the efficiency. The sections below are not computed: choose among the columns, "
        "then remove the # signs in front of them (those of the variables above, too)."
    )
    lines = [
        write(text),
    ]
    if outcome is None:
        lines += [
            write(message("What you ask about, and what else may go with the efficiency:")),
            *tables_of(columns, panel),
        ]
    if columns.mediator:
        lines += [
            write(message("Through what: a variable between the factors and the efficiency.")),
            _section(
                "mediation: mechanism",
                f"through: {flow([columns.mediator])}, tests: [sobel, bootstrap], draws: 1000",
            ),
        ]
    if columns.mediator and columns.moderator:
        lines += [
            write(message("What strengthens or weakens a path, such as a policy:")),
            *_moderation(columns, panel, outcome or SCORE),
        ]
    lines += _groups(columns, language)
    if columns.controls:
        lines += [
            write(message("Whether the answer depends on a choice: all combinations.")),
            "specification_curve: {of: baseline/1, vary: {controls: each"
            + (", effects: [[entity], [entity, period]]}}" if _is_panel(panel) else "}}"),
        ]
    return lines


def _is_panel(panel: Panel) -> bool:
    return len(panel.periods) > 1


def tables_of(columns: Candidates, panel: Panel, outcome: str = SCORE) -> list[str]:
    """Write the baseline and its variations."""
    x = "[factors, controls]" if columns.controls else "[factors]"
    more = ", {x: [factors]}" if columns.controls else ""
    sets = f"factors: {flow(columns.factors)}"
    sets += f", controls: {flow(columns.controls)}" if columns.controls else ""
    lines = [
        f"sets: {{{sets}}}",
        "tables:",
        "  baseline:",
        "    title: {zh: 基准回归, en: Baseline regressions}",
        f"    outcome: {quoted(outcome)}",
    ]
    if _is_panel(panel):
        lines += ["    effects: [entity, period]", "    covariance: {cluster: entity}"]
    else:
        lines += ["    effects: []", "    covariance: hc1"]
    lines += [f"    columns: [{{x: {x}}}{more}]"]
    checks = (
        "[{winsorise: [1, 99]}, {covariance: hc1}]"
        if _is_panel(panel)
        else "[{winsorise: [1, 99]}]"
    )
    return [*lines, f"  robustness: {{from: baseline/1, columns: {checks}}}"]


def _moderation(columns: Candidates, panel: Panel, outcome: str) -> list[str]:
    lag = 1 if len(panel.periods) >= LAGGED else 0
    arrows = [f"factors -> {columns.mediator}", f"{columns.mediator} -> {outcome}"]
    is_plain = quoted(columns.mediator) == columns.mediator and quoted(outcome) == outcome
    paths = f"[{', '.join(arrows)}]" if is_plain else f"[{', '.join(map(quoted, arrows))}]"
    moderators = flow([columns.moderator])
    return [_section("moderation: tools", f"moderators: {moderators}, lag: {lag}, paths: {paths}")]


def _groups(columns: Candidates, language: Language) -> list[str]:
    groups: dict[str, str] = {}
    if columns.group:
        groups["kind"] = options({"column": columns.group, "label": columns.group})
    if columns.split:
        groups["size"] = options(
            {"column": columns.split, "split": "median", "label": columns.split}
        )
    if not groups:
        return []
    named = ", ".join(f"{name}: {of}" for name, of in groups.items())
    return [
        words(
            message(
                "Whether kinds of entities differ: a column that an entity keeps, or one cut at its median."
            ),
            language,
        ),
        f"groups: {{{named}}}",
        _section(
            "heterogeneity: places",
            f"by: [{', '.join(groups)}], difference: [interaction, permutation], draws: 1000",
        ),
    ]


def _section(place: str, more: str) -> str:
    """Write a section that starts from the baseline, such as `mediation: mechanism`, on one line."""
    key, name = place.split(": ")
    return f"{key}: {{{name}: {{from: baseline/1, {more}}}}}"


def columns_listed(names: Sequence[str], most: int) -> str:
    """List columns, the first ones by name."""
    shown = ", ".join(map(quoted, names[:most]))
    return f"{shown} … ({len(names)})" if len(names) > most else shown
