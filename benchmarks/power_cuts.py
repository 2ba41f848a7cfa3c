"""What a power cut may leave of a whole run.

    uv run python benchmarks/power_cuts.py --states 500 --table benchmarks/power_cuts.md

`xinzhi run` over the results of another study, and the first run of a study, are logged call by call, from the
first entry of the store to the last byte of the marker. A state is a prefix of these calls, with what fsync has made
durable and any part of the rest (tests/support/power_cuts.py). It is laid down as a folder, the next command looks at
it, and the study that a person sees must be the old one or the new one, whole, with the file of the user; each entry
of the store is sound or none. Every fiftieth state is run again and must give the new study. Ends with 1 where
anything else is found.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from cut_runs import is_new_again, logged_runs, outcomes
from power_cuts import WAYS

AGAIN = 50


def main() -> None:
    """Draw the states and count what is found."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--states", type=int, default=500, help="how many")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--table", type=Path, help="write the table into this file")
    given = asked.parse_args()
    told, n_again, n_calls = Counter[tuple[str, str]](), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for is_first in (False, True):
            base = Path(folder) / f"first-{is_first}"
            base.mkdir()
            runs = logged_runs(base / "study", is_first=is_first)
            n_calls += len(runs.log.operations)
            states = outcomes(runs, base / "cuts", (given.states + 1) // 2, given.seed)
            for n, (state, found, place) in enumerate(states):
                end = found
                if n % AGAIN == 0:
                    n_again += 1
                    end = found if is_new_again(runs, place) else "another study when run again"
                told[state.way, end] += 1
                if end not in {"old", "new"}:
                    print(f"{state}: {end}", file=sys.stderr)
                shutil.rmtree(place)
    ends = sorted({end for _, end in told}, key=lambda end: (end not in {"old", "new"}, end))
    lines = [
        f"{sum(told.values())} states of {n_calls} calls in two runs, one of them the first of its study; {n_again} were run again.",
        "",
        f"| there of what was not durable | {' | '.join(ends)} |",
        f"| --- |{' --- |' * len(ends)}",
        *(f"| {way} | {' | '.join(str(told[way, end]) for end in ends)} |" for way in WAYS),
    ]
    print("\n".join(lines))
    if given.table:
        head = "# Power cuts\n\n<!-- Made by `just power-cuts`. -->\n\n"
        given.table.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    sys.exit(int(not set(ends) <= {"old", "new"}))


if __name__ == "__main__":
    main()
