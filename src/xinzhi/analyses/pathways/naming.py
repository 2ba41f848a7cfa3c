"""What variables, paths and groups are called in sentences: by their labels, never by their codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from xinzhi.present.regression.fitted import name_of
from xinzhi.wording import Wording, listed, message

ALL = ""
"""Grouping and group of estimates for all cities; tool of effects without a tool."""
ARROW = " -> "


@dataclass(frozen=True, slots=True)
class Naming:
    """Labels of a study; names without a label are kept."""

    variables: Mapping[str, Wording] = field(default_factory=dict)
    groupings: Mapping[str, Wording] = field(default_factory=dict)
    members: Mapping[tuple[str, str], Wording] = field(default_factory=dict)

    def words(self) -> dict[str, Wording]:
        """Give all labels by names alone; a group whose name stands in several groupings has none."""
        counts = Counter(group for _, group in self.members)
        groups = {g: label for (_, g), label in self.members.items() if counts[g] == 1}
        # Of a group, a grouping and a variable of one name the variable is meant.
        return {**groups, **self.groupings, **self.variables}

    def variable(self, name: str) -> Wording:
        """Word a variable."""
        return name_of(name, self.variables)

    def path(self, path: str, tool: str = ALL) -> Wording:
        """Word a path, and the moderator on which it depends.

        >>> str(Naming({"HEE": "Talent"}).path("HEE -> GTFP", "RDER"))
        'RDER on Talent → GTFP'
        """
        links = path.split(ARROW)
        words = self.variable(links[0])
        for link in links[1:]:
            words = message("{first} → {second}", first=words, second=self.variable(link))
        if tool:
            return message("{tool} on {path}", tool=self.variable(tool), path=words)
        return words

    def grouping(self, name: str) -> Wording:
        """Word a grouping."""
        return self.groupings.get(name, name)

    def member(self, grouping: str, group: str) -> Wording:
        """Word a group without its grouping."""
        return self.members.get((grouping, group), group)

    def group(self, grouping: str, group: str) -> Wording:
        """Word a group with its grouping; all entities where it is empty."""
        if grouping == ALL:
            return message("All")
        return message(
            "{grouping}: {group}",
            grouping=self.grouping(grouping),
            group=self.member(grouping, group),
        )

    def groups(self, pairs: tuple[tuple[str, str], ...]) -> Wording:
        """Word several groups that an entity belongs to at once; all entities where there are none."""
        return listed([self.group(*pair) for pair in pairs]) if pairs else message("all entities")


UNNAMED = Naming()
"""Without labels: names as they stand in the study file."""
