"""Files as they come, second corpus: every case through the reader, against what its manifest wants.

`right`: all numbers of the truth are read. `refuse`: refused with a remedy, or warned about by what
is wrong. `warn`: warned about by what is wrong, or refused. The worst is a wrong number without a word.
"""

from __future__ import annotations

import json
import math

import pytest

from needs import CASES
from places import SHARED
from xinzhi_core.errors import StudyError
from xinzhi_panel.io.read import read_panel

FOLDER = SHARED / "cases" / "t2"
RELATIVE = 1e-9
"""The numbers of the files are decimals of at most twelve digits: equal but for the last bits."""
ABOUT: dict[str, tuple[str, ...]] = {
    "n03_indian.csv": ("number.grouping",),
    "n04_space_typo.csv": ("number.not_numeric",),
    "n05_comma_two_digits.csv": ("number.decimal_mixed",),
    "n09_thousands_dots.csv": ("number.grouping",),
    "n15_unit_wan_yi_mixed.csv": ("number.mixed_units",),
    "n16_wan_suffix.csv": ("number.mixed_units",),
    "n18_jump_1e4.csv": ("panel.unit_jump",),
    "n21_percent_ratio_scales.csv": ("panel.unit_entity",),
    "n22_approx.csv": ("number.not_numeric",),
    "n26_sentinel_99999.csv": ("number.sentinel",),
    "n29_fraction.csv": ("number.not_numeric",),
    "n34_entity_sci.csv": ("names.shortened",),
    "y04_quarter_cn.csv": ("year.quarter",),
    "y08_half.csv": ("year.shorter",),
    "e07_shift_jis.csv": ("encoding.unknown", "encoding.unlikely"),
    "x11_formula_no_value.xlsx": ("excel.formula_no_value",),
    "x12_cached_errors.xlsx": ("excel.error_cell",),
    "s04_part_labels.dta": ("labels.partly",),
    "s07_tq.dta": ("year.shorter", "year.one_part"),
    "s08_tm.dta": ("year.shorter", "year.one_part"),
    "p06_dup_names.parquet": ("layout.duplicate_column",),
    "l06_county_same_name.csv": ("names.level", "names.county"),
    "l14_transposed.csv": ("data.missing_column",),
    "l26_typo_city.csv": ("names.typo",),
    "l28_averages_median.csv": ("layout.totals",),
    "l30_unnamed_sum.csv": ("panel.sum_of_others",),
}
"""Codes that speak of what is wrong, for the files that are refused or warned about."""


def lines():
    if not FOLDER.is_dir():
        return []
    with (FOLDER / "manifest.jsonl").open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def verdict(case):
    """What the reader makes of a case: the verdict, the codes it said, and all of its words."""
    try:
        result = read_panel(FOLDER / case["file"], entity=case["entity"], period=case["period"])
    except StudyError as error:
        has_remedy = all(str(problem.remedy) for problem in error.problems)
        said = {problem.code for problem in error.problems}
        return ("refused" if has_remedy else "refused without a remedy"), said, str(error)
    wrong = differences(result.panel, case["truth"])
    said = {problem.code for problem in result.warnings}
    return ("wrong" if wrong else "right"), said, "\n".join([*map(str, result.warnings), *wrong])


def differences(panel, truth):
    """Cells of the truth that the panel does not have; rows that the truth does not have."""
    frame = panel.frame
    rows = {(bare(e), p): i for i, (e, p) in enumerate(frame.index)}
    wrong = [] if len(frame) == len(truth) else [f"{len(frame)} rows, not {len(truth)}"]
    for row in truth:
        key = (bare(str(row["entity"])), row["period"])
        if key not in rows:
            wrong.append(f"no row {key}")
            continue
        for name in row.keys() - {"entity", "period"}:
            found = cell(frame, rows[key], name)
            if not same(found, row[name]):
                wrong.append(f"{key} {name}: {found}, not {row[name]}")
    return wrong


def bare(entity):
    return entity if len(entity) < 3 else entity.removesuffix("市")


def cell(frame, row, name):
    """Value below a name, or below one that begins or ends with it."""
    names = [c for c in frame if c == name]
    names += [c for c in frame if str(c).startswith(name) or str(c).endswith(name)]
    return frame[names[0]].iloc[row] if names else None


def same(found, wanted):
    if wanted is None:
        return found is None or (isinstance(found, float) and math.isnan(found))
    if isinstance(wanted, str):
        return found == wanted
    return isinstance(found, float) and math.isclose(found, wanted, rel_tol=RELATIVE)


def handled(case, outcome, said):
    """Whether a verdict is what the manifest wants."""
    named = bool(said & set(ABOUT.get(case["file"], ())))
    if case["want"] == "right":
        fine = outcome == "refused" and case["refusal_with_remedy_is_fine"]
        return outcome == "right" or fine
    if outcome == "right" and case["right_reading_is_fine"]:
        return True
    return named and outcome in {"refused", "right", "wrong"}


@pytest.mark.one_in(10)
@pytest.mark.skipif(not FOLDER.is_dir(), reason=CASES)
@pytest.mark.parametrize("case", [pytest.param(case, id=case["file"]) for case in lines()])
def test_each_file_is_handled_as_the_manifest_wants(case):
    """Read right, refused with a remedy, or warned about by what is wrong with it."""
    outcome, said, words = verdict(case)
    assert handled(case, outcome, said), f"{case['wrong']}: {outcome}, {sorted(said)}\n{words}"
