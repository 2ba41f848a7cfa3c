"""Why a pathway is supported for none stands in its figure, with the estimate that says so."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from xinzhi.analyses.pathways.charts import _supported
from xinzhi.analyses.pathways.evidence import (
    UNNAMED,
    ApplicableEstimate,
    Evidence,
    ResolvedEstimates,
)
from xinzhi.analyses.pathways.pathways import Channel, Pathway
from xinzhi.present.style import PLAIN
from xinzhi_core.wording import say

RESULT = SimpleNamespace(findings=SimpleNamespace(naming=UNNAMED))
SHOWN = SimpleNamespace(style=PLAIN)


def resolved(path, b, p, verdict, grouping="", group=""):
    evidence = Evidence(path, grouping, group, "", b, 0.1, p, 90, b - 0.2, b + 0.2)
    return ResolvedEstimates(path, verdict, (ApplicableEstimate(evidence, verdict),))


def pathway(status, effect, indirect):
    return Pathway(
        name="technology",
        label="Technology",
        factor="x",
        status=status,
        effect=effect,
        channels=(Channel("m", indirect),),
        level=None,
        tools=(),
        cautions=(),
    )


THROUGH = resolved("x -> m -> y", 0.004, 0.31, "null")


@pytest.mark.parametrize(
    ("of_entities", "english", "chinese"),
    [
        (
            {"a": ("unsupported", resolved("x -> y", 0.021, 0.228, "null"))},
            [
                "not supported for 1 entity",
                "effect not significant",
                "total effect: 0.021 (p 0.228)",
            ],
            ["总效应：0.021（p 0.228）"],
        ),
        (
            {"a": ("effect_only", resolved("x -> y", 0.05, 0.0004, "works"))},
            [
                "not supported for 1 entity",
                "effect significant, channel not",
                "total effect: 0.050 (p <0.001)",
                "through m: 0.004 (p 0.310)",
            ],
            ["经由m：0.004（p 0.310）"],
        ),
        (
            {
                "a": ("opposed", resolved("x -> y", -0.3, 0.01, "harms", "size", "large")),
                "b": ("unsupported", resolved("x -> y", 0.1, 0.5, "null", "size", "small")),
            },
            [
                "supported for none of 2 entities",
                "1: factor negatively associated",
                "1: effect not significant",
                "total effect (size: large): −0.300 (p 0.010)",
                "total effect (size: small): 0.100 (p 0.500)",
            ],
            ["1 个："],
        ),
    ],
)
def test_why_a_pathway_is_supported_for_none(of_entities, english, chinese):
    """Its status, the total effect by group, and the channel where only that is lacking."""
    entities = {
        name: pathway(status, effect, THROUGH) for name, (status, effect) in of_entities.items()
    }

    lines = list(_supported(entities, RESULT, SHOWN))

    assert [str(line) for line in lines] == english
    assert any(chinese[0] in say(line, "zh") for line in lines)
