"""Draws that support a pathway: the row says by whose estimates, those of a group or those of all entities."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from xinzhi.analyses.effects import JointSigns
from xinzhi.analyses.whole_study import show
from xinzhi.analyses.whole_study.compute import Support
from xinzhi_core.wording import Label, say

GROUPINGS = {"region": ("地区", "Region"), "size": ("规模", "Size")}
MEMBERS = {("region", "E"): ("东部", "East"), ("size", "L"): ("大型", "Large")}
STUDY = SimpleNamespace(
    group_label=lambda name: Label(name, *GROUPINGS[name]),
    member_label=lambda name, member: Label(member, *MEMBERS[name, member]),
)


@pytest.mark.parametrize(
    ("groups", "english", "chinese"),
    [
        ((), "all entities", "全部个体"),
        ((("region", "E"),), "Region: East", "地区：东部"),
        ((("region", "E"), ("size", "L")), "Region: East, Size: Large", "地区：东部、规模：大型"),
    ],
)
def test_a_statement_stands_with_the_groups_of_its_estimates(monkeypatch, groups, english, chinese):
    """No group means all entities; of several, each stands with its grouping."""
    signs = JointSigns("growth", groups, 8, ())
    monkeypatch.setattr(
        show, "joint_statements", lambda _: SimpleNamespace(statement=lambda one, _: one.name)
    )
    found = SimpleNamespace(support=(Support(("typology", "typology"), signs, 0.5, 40),))

    table = show.support_table(found, SimpleNamespace(name="draws", title="Draws", study=STUDY))

    (row,) = table.rows
    cells = dict(zip((column.key for column in table.columns), row.cells, strict=True))
    assert (say(cells["groups"].value, "en"), say(cells["groups"].value, "zh")) == (
        english,
        chinese,
    )
    assert (cells["entities"].value, cells["share"].value, cells["n"].value) == (8, 0.5, 40)
