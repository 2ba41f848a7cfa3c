"""Make the pictures of README and of the start page: first page, map and table of the example, in both languages.

`uv run python tools/pages/start_pictures.py RESULTS` renews `docs/images/report{,-map,-table}{,.zh}.png` from the results that
`xinzhi demo` wrote. The figures are simulated, and the pictures say so.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from report_pictures import COLOURS, IMAGES, photograph

MAP, TABLE = "GTFP_map", "baseline"
WIDTH = "1000"
"""Pixels of the map."""
PAGE_SIZE, TABLE_SIZE = "1180,1150", "620,900"
ALONE = (
    f'figure[data-id="{TABLE}"] {{position: fixed; inset: 0; z-index: 9999; margin: 0; '
    "padding: 1rem; background: #fff; overflow: hidden}"
)
"""One table over everything else."""


def main() -> None:
    """Draw all pictures from the results of the demo."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    results = Path(sys.argv[1])
    report = results / "report.html"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for language, ending, file in (("en", "", ".en"), ("zh", ".zh", "")):
            photograph(report, language, folder, IMAGES / f"report{ending}.png", size=PAGE_SIZE)
            table = IMAGES / f"report-table{ending}.png"
            photograph(report, language, folder, table, size=TABLE_SIZE, style=ALONE)
            chart = results / "figures" / f"{MAP}{file}.png"
            drawn = IMAGES / f"report-map{ending}.png"
            command = ["convert", chart, "-resize", WIDTH, "-colors", COLOURS, drawn]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
