"""Technology leads to succession: patents call up industries that replace the old ones."""

from __future__ import annotations

from xinzhi.analyses.pathways.rule import PAPER, Care, Rule, add
from xinzhi.wording import message

RULE = add(
    Rule(
        name="technology_substitution",
        label=message("Technology-led industrial succession"),
        factor="technology",
        channels=("substitution",),
        idea=message(
            "Technical innovation raises efficiency by bringing in new industries that take over "
            "from the old ones."
        ),
        cares=(
            Care(
                message(
                    "Supporting industries may be lacking, so that patents stay unused: build up "
                    "the chain around them first."
                ),
                frozenset({"central", "west", "central_west", "central-west"}),
            ),
            Care(
                message("Be prudent with regulation: old industries that leave too fast cost jobs.")
            ),
        ),
        reference=PAPER,
    )
)
