"""Which policy tools strengthen or weaken a channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from xinzhi.typology.applicable import Spoken, speak
from xinzhi.typology.evidence import Findings, path_of

Help = Literal["helps", "hinders", "mixed", "none", "untested"]


@dataclass(frozen=True, slots=True)
class ToolEffect:
    """What a tool does to the two steps of a channel."""

    tool: str
    mediator: str
    help: Help
    """`helps`: strengthens a step and weakens none; `hinders`: the reverse; `mixed`: strengthens
    one and weakens the other, or estimates disagree; `none`: neither; `untested`: no estimate."""
    steps: tuple[Spoken, ...]
    """Interactions on factor -> mediator and mediator -> outcome; `works` means strengthens."""


def tool_effects(
    findings: Findings, factor: str, mediator: str, outcome: str, groups: Mapping[str, str]
) -> tuple[ToolEffect, ...]:
    """Find what each tool of the study does to factor -> mediator -> outcome for a city."""
    paths = (path_of(factor, mediator), path_of(mediator, outcome))
    effects = []
    for tool in findings.tools():
        steps = tuple(speak(findings, path, groups, tool) for path in paths)
        effects.append(ToolEffect(tool, mediator, help_of(steps), steps))
    return tuple(effects)


def help_of(steps: tuple[Spoken, ...]) -> Help:
    """Sum up what a tool does to the steps of a channel.

    >>> help_of((Spoken("a", "works", ()), Spoken("b", "null", ())))
    'helps'
    """
    found = {step.judgement for step in steps}
    if "contested" in found or {"works", "harms"} <= found:
        return "mixed"
    if "works" in found:
        return "helps"
    if "harms" in found:
        return "hinders"
    return "none" if "null" in found else "untested"
