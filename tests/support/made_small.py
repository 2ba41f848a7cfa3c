"""A study of eight cities over five years that runs in a second."""

from __future__ import annotations

from pathlib import Path

STUDY = """\
title: Two cities
sources: {data: {file: data.csv, entity: city, period: year}}
panel: {from: data}
prepare: [{z: {step: rate, numerator: [x], denominator: y, per: 1}}]
efficiency: {e: {inputs: [x], good_outputs: [y]}}
variables: {e: {from: e}, x: {column: x}}
tables: {base: {outcome: e, effects: [entity], columns: [{x: [x]}]}}
report: {formats: [md], languages: [en], decimals: 3}
"""


def write_small(folder: Path) -> Path:
    """Write the study and its data into a folder."""
    rows = [
        f"{city},{year},{1 + (i * year) % 7},{2 + (i + year) % 5}"
        for i, city in enumerate("ABCDEFGH", 1)
        for year in range(2001, 2006)
    ]
    (folder / "data.csv").write_text("city,year,x,y\n" + "\n".join(rows), encoding="utf-8")
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    return folder
