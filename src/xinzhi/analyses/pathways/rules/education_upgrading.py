"""Education leads to upgrading: trained people move the city to industries that need them."""

from __future__ import annotations

from xinzhi.analyses.pathways.rule import PAPER, Care, Rule, add
from xinzhi.wording import message

RULE = add(
    Rule(
        name="education_upgrading",
        label=message("Education-driven upgrading of factors"),
        factor="education",
        channels=("substitution",),
        idea=message(
            "Higher education raises efficiency by opening new industries to trained people."
        ),
        cares=(
            Care(
                message(
                    "Those who were trained may leave: incentives to return or stay are part of "
                    "this pathway."
                ),
                frozenset({"declining", "regenerative", "declining_or_regenerative"}),
            ),
        ),
        reference=PAPER,
    )
)
