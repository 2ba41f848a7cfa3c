"""What each command needs before it computes: CPU time of a small call, beside importing pandas.

`just bench imports` (or `uv run python benchmarks/imports.py`) starts each command in a fresh process on the
example of OECD countries, in turns with `import pandas`, and writes a section of `results.md`. The
ratio to pandas is compared from one version to the next; seconds depend on the machine.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from alone import lines, machine, needed, put_section
from size import sized

from xinzhi.examples.register import copy_example, find

TURNS = sized(7, 1)
DATA = "'oecd_panel.csv', '--entity', 'country', '--period', 'year'"
SCORES = "'--inputs', 'labour_m,capital_musd2015', '--good-outputs', 'gdp_musd2015'"
LINE = "'--outcome', 'gdp_musd2015', '--regressors', 'labour_m'"
FIRST = """
import pandas as pd, xinzhi as xz
data = pd.read_csv("oecd_panel.csv")
xz.evaluate(data, entity="country", period="year", inputs=["labour_m"], good_outputs=["gdp_musd2015"])
"""


def command(words: str) -> str:
    """Write the code that runs a command as the shell does."""
    return f"import sys; sys.argv = ['xinzhi', {words}]; from xinzhi.cli.main import main; main()"


CALLS = {
    "import pandas": "import pandas",
    "import xinzhi": "import xinzhi",
    "xinzhi --version": command("'--version'"),
    "xinzhi --help": command("'--help'"),
    "xinzhi parts": command("'parts'"),
    "xinzhi schema": command("'schema'"),
    "xinzhi check DATA": command(f"'check', {DATA}"),
    "xinzhi check study.yaml": command("'check', 'study.yaml'"),
    "xinzhi efficiency DATA": command(f"'efficiency', {DATA}, {SCORES}"),
    "xinzhi regress DATA": command(f"'regress', {DATA}, {LINE}"),
    "xz.evaluate, the first call": FIRST,
    "xinzhi run, everything computed before": command("'run', 'study.yaml'"),
}


def main() -> None:
    """Measure all calls in turns and write the section."""
    seconds: dict[str, list[float]] = {name: [] for name in CALLS}
    with tempfile.TemporaryDirectory() as folder:
        copy_example(find("oecd"), Path(folder))
        for turn in range(TURNS + 1):
            for name, code in CALLS.items():
                used = needed([sys.executable, "-c", f"import os; os.chdir({folder!r})\n{code}"])
                assert used.code == 0, used.said
                if turn:  # the first compiles, and computes the study
                    seconds[name].append(used.processor)
    rows = [
        (
            name,
            f"{statistics.median(own):.2f}",
            f"{statistics.median(a / b for a, b in zip(own, seconds['import pandas'], strict=True)):.2f}",
        )
        for name, own in seconds.items()
    ]
    text = "\n\n".join(
        [
            "CPU time of small calls in fresh processes, start of Python included; the example of 32 countries.",
            f"`just bench imports` measures them in {TURNS} turns; the ratio is the median of the turns.",
            lines(("call", "processor, s", "times `import pandas`"), rows),
            machine(),
        ]
    )
    print(text)
    put_section("Imports", text)


if __name__ == "__main__":
    main()
