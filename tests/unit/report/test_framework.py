"""The framework is drawn from the study file alone."""

from __future__ import annotations

import html
import re
from types import SimpleNamespace

from made_cells import MECHANISM
from xinzhi.report.method import framework_of
from xinzhi.study.file.load import spec_of


def drawn(text):
    charts = list(framework_of(SimpleNamespace(spec=spec_of(text, "study.yaml"))))
    labels = [re.findall('aria-label="([^"]+)"', one.drawings["en"])[0] for one in charts]
    return [html.unescape(label).split("; ") for label in labels]


def test_it_gathers_what_the_sections_ask():
    """Factors of the base column, mediators, moderators, groupings with their members."""
    assert drawn(MECHANISM) == [
        [
            "Analytical framework",
            "Factors: Talent, patents",
            "Channels: Firms, Rivals",
            "Outcome: Green",
            "Moderators: Policy",
            "Groups that are compared: Region: east, other, third: first, second, third",
        ]
    ]


def test_a_study_of_regressions_alone_has_none():
    """Without channels, moderators and groups there is nothing to frame."""
    lines = MECHANISM.split("\n")
    start = lines.index("mediation:")
    kept = [*lines[:start], "report: {languages: [en, zh], formats: [html]}"]

    assert drawn("\n".join(kept)) == []
