"""All figures and all documents of the study of 115 cities over 16 years, in both languages.

`just bench figures` (or `uv run python benchmarks/figures.py`) runs the second example once, then
draws each figure anew as SVG, PNG and PDF, and writes each document. Seconds are those of the
processor on one thread; the goals are 30 s for the figures, 0.5 s for one, 30 s for the documents.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from measure import ONE_THREAD
from size import sized

os.environ.update(ONE_THREAD)

from xinzhi.examples.register import copy_example, find
from xinzhi.present import render
from xinzhi.report.build import content_of
from xinzhi.report.document import charts_of, compose
from xinzhi.report.format import write_report
from xinzhi.study.run import run
from xinzhi_core.wording import LANGUAGES

EXAMPLE = sized("resource_cities", "oecd")
DOCUMENTS = ("html", "docx", "xlsx", "tex", "md")
Found = TypeVar("Found")


def timed(work: Callable[[], Found]) -> tuple[float, Found]:
    """Do the work; return the processor's seconds and what came out."""
    start = time.process_time()
    found = work()
    return time.process_time() - start, found


def main() -> None:
    """Print a table: figure or document, files, seconds, the slowest file."""
    with tempfile.TemporaryDirectory() as folder:
        copy_example(find(EXAMPLE), Path(folder))
        result = run(Path(folder) / "study.yaml")
    prepared, document = timed(lambda: compose(content_of(result)))
    print("| what | files | seconds | slowest file |\n| --- | --- | --- | --- |")
    print(f"| tables and charts made ready |  | {prepared:.2f} |  |")
    total = 0.0
    for chart in charts_of(document):
        seconds = []
        for language in LANGUAGES:
            for kind in render.FORMATS:
                # Each file from the chart alone, as where only one kind is asked for.
                drawing = render.drawing(chart, language)
                seconds.append(timed(partial(drawing.pictures, [kind]))[0])
        total += sum(seconds)
        print(f"| {chart.id} | {len(seconds)} | {sum(seconds):.2f} | {max(seconds):.2f} |")
    print(f"| all figures, each drawn alone |  | {total:.2f} |  |")
    for name, formats in (("all figures", render.FORMATS), ("all documents", DOCUMENTS)):
        seconds_of = [
            timed(partial(write_report, document, formats=[kind], languages=LANGUAGES))
            for kind in formats
        ]
        total = sum(found[0] for found in seconds_of)
        n = sum(len(found[1]) for found in seconds_of)
        words = ", ".join(
            f"{kind} {found[0]:.2f}" for kind, found in zip(formats, seconds_of, strict=True)
        )
        print(f"| {name}: {words} | {n} | {total:.2f} |  |")


if __name__ == "__main__":
    main()
