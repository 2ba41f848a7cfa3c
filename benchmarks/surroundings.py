"""The examples on machines as people have them: four code pages, closed streams, no home, folders to read only.

    uv run python benchmarks/surroundings.py --table benchmarks/surroundings.md

Each example, and a small study, has results already and gets another title; then `xinzhi run` is started in each
surrounding of tests/support/surroundings.py, without rights over files that forbid it, in a folder with a Chinese
name and a file of the user among the results. Well: it ended with 0, and the results are whole and those of an
ordinary machine. Refused: nothing can be written there, one error says so and nothing was changed. Ends with 1
where anything else came of it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from made_small import write_small
from surroundings import laid, prepared, run_in, surroundings
from xinzhi.examples.register import EXAMPLES, copy_example, find


def main() -> None:
    """Run all studies, or those that are named, in all surroundings."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", help="studies, with commas")
    asked.add_argument("--table", type=Path, help="write the table into this file")
    given = asked.parse_args()
    every = ["small", *(example.name for example in EXAMPLES)]
    names = given.only.split(",") if given.only else every
    if unknown := [name for name in names if name not in every]:
        asked.error(f"no study is called {', '.join(unknown)}")
    with tempfile.TemporaryDirectory() as folder:
        told = {name: list(_outcomes(name, Path(folder) / name)) for name in names}
    lines = [f"| surrounding | {' | '.join(names)} |", f"| --- |{' --- |' * len(names)}"]
    for n, one in enumerate(surroundings()):
        lines.append(f"| {one.name} | {' | '.join(told[name][n] for name in names)} |")
    print("\n".join(lines))
    if given.table:
        head = "# Surroundings\n\n<!-- Made by `just surroundings`. -->\n\n"
        given.table.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    sys.exit(int(any(cell not in {"well", "refused"} for row in told.values() for cell in row)))


def _outcomes(name: str, base: Path) -> list[str]:
    base.mkdir()
    if name == "small":
        (base / "study").mkdir()
        write_small(base / "study")
    else:
        copy_example(find(name), base / "study")
    wanted = prepared(base / "study", base / "changed", lambda text: f"{text}\n# changed\n")
    cells = []
    for n, one in enumerate(surroundings()):
        laid(base / "study", base / "changed", base / str(n))
        ended = run_in(one, base / str(n), wanted)
        cells.append(ended.fault or ("refused" if one.is_refused else "well"))
        print(f"{name}, {one.name}: {cells[-1]}", file=sys.stderr, flush=True)
    return cells


if __name__ == "__main__":
    main()
