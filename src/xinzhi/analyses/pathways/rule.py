"""What a pathway rule is: which factor opens the pathway, through which channel, with what care."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from xinzhi.register import Register
from xinzhi.wording import Wording

ROLES: Mapping[str, str] = MappingProxyType(
    {
        "technology": "PGPP",
        "education": "HEE",
        "equipment": "IRD",
        "vitality": "NEPP",
        "substitution": "SEE",
    }
)
"""Role -> variable, as the paper names them; a study gives its own names."""


@dataclass(frozen=True, slots=True)
class Care:
    """A caution or a hint of the literature for cities of some groups."""

    text: Wording
    groups: frozenset[str] = frozenset()
    """Groups it is meant for, whatever the grouping; empty for every city."""

    def meets(self, groups: Mapping[str, str]) -> bool:
        """Whether it is meant for a city with these groups (grouping -> group)."""
        folded = {name.casefold() for name in groups.values()}
        return not self.groups or bool(folded & {name.casefold() for name in self.groups})


@dataclass(frozen=True, slots=True)
class Rule:
    """A pathway: a factor works on the outcome, and does so through a channel."""

    name: str
    label: Wording
    factor: str
    """Role of the factor."""
    channels: tuple[str, ...]
    """Roles of the mediators; one that works is enough."""
    idea: Wording
    """What the pathway means, in a sentence."""
    cares: tuple[Care, ...] = ()
    reference: str = ""


rules: Register[Rule] = Register("pathway rule", "xinzhi.analyses.pathways.rules")
"""Pathway rules by name; a rule is a file in `typology/rules`."""

PAPER = (
    "Wang Qi, Ma Li: Mechanisms and pathways of industrial transformation in resource-based "
    "cities driven by new quality factors, section 3.6."
)


def add(rule: Rule) -> Rule:
    """Put a rule into the register under its own name."""
    return rules.add(rule.name)(rule)
