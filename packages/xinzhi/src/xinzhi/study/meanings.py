"""What a choice means, in a sentence with its source.

Of what a register holds, the first paragraph of its docstring and the references in it; of other
choices, the words here. Short choices that the description of their option explains have none.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from xinzhi.prepare.step import STEPS
from xinzhi_core.register import Register
from xinzhi_core.wording import Wording, declared, message
from xinzhi_econometrics.diagnostics import DIAGNOSTICS
from xinzhi_frontier.measure import MEASURES
from xinzhi_frontier.productivity.index import INDICES

HEADING = "References\n----------\n"


@dataclass(frozen=True, slots=True)
class Meaning:
    """A sentence, and who wrote of it first."""

    what: Wording
    source: str = ""

    def __str__(self) -> str:
        return f"{self.what}; {self.source}" if self.source else str(self.what)


MEANINGS: Mapping[str, Mapping[str, Meaning]] = MappingProxyType(
    {
        "reference": {
            "contemporaneous": Meaning(
                message("one frontier for each period"),
                "Tulkens and Vanden Eeckaut (1995), doi 10.1016/0377-2217(94)00132-V",
            ),
            "sequential": Meaning(
                message("the period and all before it"),
                "Tulkens and Vanden Eeckaut (1995), doi 10.1016/0377-2217(94)00132-V",
            ),
            "window": Meaning(
                message("a window of periods"),
                "Tulkens and Vanden Eeckaut (1995), doi 10.1016/0377-2217(94)00132-V",
            ),
            "biennial": Meaning(
                message("two neighbouring periods"),
                "Pastor, Asmild and Lovell (2011), doi 10.1016/j.seps.2010.09.001",
            ),
            "global": Meaning(
                message("all periods"),
                "Pastor and Lovell (2005), doi 10.1016/j.econlet.2005.02.013",
            ),
            "base": Meaning(
                message("the base period, for all rows"),
                "Berg, Førsund and Jansen (1992), doi 10.2307/3440261",
            ),
            "group": Meaning(
                message("the rows of the own group"),
                "O'Donnell, Rao and Battese (2008), doi 10.1007/s00181-007-0119-4",
            ),
            "rows": Meaning(message("rows that are named")),
        },
        "returns_to_scale": {
            "constant": Meaning(
                message("small and large rows are compared: outputs grow in proportion to inputs"),
                "Charnes, Cooper and Rhodes (1978), doi 10.1016/0377-2217(78)90138-8",
            ),
            "variable": Meaning(
                message("each row is compared with rows of its own size"),
                "Banker, Charnes and Cooper (1984), doi 10.1287/mnsc.30.9.1078",
            ),
            "non_increasing": Meaning(
                message(
                    "outputs grow at most in proportion to inputs: the sum of intensities is 1 or less"
                )
            ),
            "non_decreasing": Meaning(
                message(
                    "outputs grow at least in proportion to inputs: the sum of intensities is 1 or more"
                )
            ),
            "free_disposal_hull": Meaning(
                message("each row is compared with one observed row, never with a combination")
            ),
        },
    }
)
"""Option -> choice -> what it means."""
REGISTERS: Mapping[str, Register[Any]] = MappingProxyType(
    {"measure": MEASURES, "index": INDICES, "step": STEPS, "diagnostic": DIAGNOSTICS}
)


def meaning(option: str, choice: str) -> Meaning | None:
    """Tell what a choice means; None where nothing is written of it."""
    register = REGISTERS.get(option)
    if register is None or choice not in register.names():
        return MEANINGS.get(option, {}).get(choice)
    part = register.get(choice)
    paragraph, _, source = (inspect.getdoc(getattr(part, "run", part)) or "").partition(HEADING)
    title = getattr(getattr(part, "traits", None), "title", None)
    sentence = declared(paragraph)
    return Meaning(
        message("{title}: {sentence}", title=title, sentence=sentence) if title else sentence,
        " ".join(source.split()),
    )
