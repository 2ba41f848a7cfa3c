"""A small study that runs in a moment: four cities, three years, a score and a regression."""

from __future__ import annotations

from pathlib import Path

HEADER = "city,year,labour,energy,gdp,waste,talent"
ROWS = [
    f"{city},{year},{10 + 3 * i + year % 7},{5 + 2 * i + year % 3},{20 + 7 * i + year % 5},{3 + i},{1 + i * (year % 4)}"
    for i, city in enumerate(["甲", "乙", "丙", "丁"])
    for year in (2008, 2009, 2010)
]
STUDY = """\
title: A study
sources:
  data: {file: data.csv, kind: panel, entity: city, period: year}
panel: {from: data}
efficiency:
  score:
    inputs: [labour, energy]
    good_outputs: [gdp]
    bad_outputs: [waste]
variables:
  score: {from: score}
  talent: {column: talent}
describe: {variables: [score, talent]}
tables:
  baseline: {outcome: score, columns: [{x: [talent]}]}
report: {formats: [xlsx, md], languages: [en]}
"""


def written(folder: Path, text: str = STUDY) -> Path:
    """Write the study and its data into a folder, and return the folder."""
    folder.mkdir(exist_ok=True)
    (folder / "data.csv").write_text("\n".join([HEADER, *ROWS]) + "\n", encoding="utf-8")
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return folder
