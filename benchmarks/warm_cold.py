"""Random edits of four tiny studies: with the store of all earlier states and without any, the same bytes.

    uv run python benchmarks/warm_cold.py --sequences 100 --edits 6 --table benchmarks/warm_cold.md

Each sequence edits one study again and again: an option of any section, found by the schema; the seed; a
cell, a gap, a row, a heading with another unit, exchanged columns or rows of a file; or back to the start.
After each edit the study is run with the store of all states before it, which is never pruned, and without
a store. Compared are every result, the data with units and ledger, variables and notices; after the last
edit of a sequence also the bytes of every file of the report but run.json, which holds times. Ends with 1
where anything differs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from made_warm import STUDIES
from warm import Walked, walk

HEAD = """\
# Warm equals cold

Random edits of four tiny studies, each state run with the store of all earlier ones and without any:
`just warm`. Different: states, or files of the last state, that were not the same.

| study | sequences | edits | refused by both | stages from the store | stages computed | files compared | different |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
"""


def main(words: Sequence[str] | None = None) -> int:
    """Walk, print, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sequences", type=int, default=100, help="sequences of each study")
    parser.add_argument("--edits", type=int, default=6, help="edits of each sequence")
    parser.add_argument("--first", type=int, default=1000, help="seed of the first sequence")
    parser.add_argument("--only", choices=[*STUDIES], help="one of the studies")
    parser.add_argument("--table", type=Path, help="file for the table")
    asked = parser.parse_args(words)
    lines, is_same = [], True
    for name in [asked.only] if asked.only else STUDIES:
        walks: list[Walked] = []
        for seed in range(asked.first, asked.first + asked.sequences):
            with tempfile.TemporaryDirectory() as folder:
                walks.append(walk(name, Path(folder), seed=seed, n_edits=asked.edits))
            for words_of in walks[-1].different:
                print(f"{name} {seed}: {words_of}", flush=True)
        n_edits = sum(len(each.edits) for each in walks)
        sums = [
            sum(getattr(each, count) for each in walks)
            for count in ("refused", "hits", "computed", "n_files")
        ]
        n_different = sum(len(each.different) for each in walks)
        is_same &= not n_different
        cells = [name, asked.sequences, n_edits, *sums, n_different]
        lines.append("| " + " | ".join(f"{c:,}" if isinstance(c, int) else c for c in cells) + " |")
        print(lines[-1], flush=True)
    if asked.table:
        asked.table.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return 0 if is_same else 1


if __name__ == "__main__":
    sys.exit(main())
