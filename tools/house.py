"""Print what the house weighs, room by room, and the counts that may only fall.

uv run python tools/house.py            # a table
uv run python tools/house.py --write    # budget.toml with the numbers of today; its reasons stay
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

import house
from places import ROOT

BUDGET = ROOT / "budget.toml"


def main(arguments: list[str]) -> int:
    """Print the numbers; write them where asked to."""
    counted, imported, _ = house.tokens()
    for room, n in counted.most_common():
        print(f"{room:16} {n:8} tokens, {imported[room]:6} of imports")
    print(f"{'all':16} {counted.total():8} tokens, {imported.total():6} of imports")
    for name, value in house.ratchets().items():
        print(f"{name}: {value}")
    lines = sum(len(text.splitlines()) for text in house.sources().values())
    print(f"{len(house.sources())} files, {lines} lines")
    print("hooks of few analyses:", ", ".join(house.few_hooks()))
    if "--write" in arguments:
        text = BUDGET.read_text(encoding="utf-8")
        for name, value in {**counted, **house.ratchets()}.items():
            text = re.sub(rf'(?m)^("?{re.escape(name)}"?) = [\d.]+', rf"\g<1> = {value}", text)
        BUDGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
