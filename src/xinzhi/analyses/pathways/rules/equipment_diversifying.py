"""Equipment leads to diversity: automation frees people and capital for further business."""

from __future__ import annotations

from xinzhi.analyses.pathways.rule import PAPER, Care, Rule, add
from xinzhi.wording import message

RULE = add(
    Rule(
        name="equipment_diversifying",
        label=message("Equipment-driven diversification"),
        factor="equipment",
        channels=("vitality", "substitution"),
        idea=message(
            "Automated equipment raises efficiency by freeing people and capital for new firms "
            "and new industries."
        ),
        cares=(
            Care(
                message("Train people to service the equipment, or it will be idle."),
                frozenset({"central", "west", "central_west", "central-west"}),
            ),
            Care(
                message(
                    "Regulate by zone: strict where minerals are won, open elsewhere, so that new "
                    "business is not hit by a ban on all."
                )
            ),
        ),
        reference=PAPER,
    )
)
