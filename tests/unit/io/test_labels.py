"""Names and labels of variables: both find a column, from the reader to the study file."""

from __future__ import annotations

import pandas as pd
import pytest

from cli_runner import call
from parts import quick_among
from xinzhi_core.errors import DataError
from xinzhi_panel.io.read import read_panel, read_series

pyreadstat = pytest.importorskip("pyreadstat")
NAMES = ["cs", "nf", "v1", "v2", "v3", "x1", "prov"]
LABELS = ["城市", "年份", "就业（万人）", "地区生产总值（亿元）", "二氧化硫（吨）", "人才", "省份"]
CITIES = ("大同", "阳泉", "鞍山", "淮南", "唐山", "郴州")


def frame():
    rows = [(c, y) for c in CITIES for y in (2019, 2020, 2021)]
    numbers = {
        name: [1.0 + (7 * i + 3 * k) % 11 + i / 4 for i in range(len(rows))]
        for k, name in enumerate(NAMES[2:6])
    }
    provinces = {"大同": "山西", "阳泉": "山西", "鞍山": "辽宁", "唐山": "河北"}
    province = [provinces.get(city, "湖南") for city, _ in rows]
    return pd.DataFrame(rows, columns=NAMES[:2]).assign(**numbers, prov=province)


def dta(folder, labels=LABELS, *, table=None):
    path = folder / "panel.dta"
    pyreadstat.write_dta(frame() if table is None else table, str(path), column_labels=labels)
    return path


def sav(folder, labels=LABELS):
    path = folder / "panel.sav"
    pyreadstat.write_sav(frame(), str(path), column_labels=labels)
    return path


def xpt(folder, labels=LABELS):
    path = folder / "panel.xpt"
    short = [label.partition("（")[0] for label in labels]
    pyreadstat.write_xport(frame(), str(path), column_labels=short)
    return path


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    ("write", "entity", "period"),
    quick_among(
        [(dta, "城市", "年份"), (dta, "cs", "nf"), (sav, "cs", "年份"), (xpt, "城市", "年份")],
        [
            (write, *keys)
            for write in (dta, sav, xpt)
            for keys in (("城市", "年份"), ("cs", "nf"), ("cs", "年份"))
        ],
    ),
)
def test_names_are_columns_and_both_find_the_keys(write, entity, period, tmp_path):
    """The columns keep their names; labels travel with the panel, and with its frame."""
    panel = read_panel(write(tmp_path), entity=entity, period=period).panel
    assert list(panel.frame.columns) == NAMES[2:]
    assert panel.frame.attrs["labels"]["v2"] == "地区生产总值"
    assert panel.entities == tuple(sorted(CITIES))
    if write is not xpt:
        assert panel.units == {"v1": "万人", "v2": "亿元", "v3": "吨"}
    assert panel.called("地区生产总值") == "v2"


def test_a_name_wins_over_the_label_of_another_column(tmp_path):
    """x1 is labelled v1: the word denotes the column of that name, and a notice says so."""
    path = dta(tmp_path, [*LABELS[:5], "v1", "省份"])
    result = read_panel(path, entity="城市", period="年份")
    (notice,) = [d for d in result.decisions if d.code == "labels.name"]
    assert "v1" in str(notice.what)
    assert result.columns["v1"] == "v1"
    assert result.panel.called("v1") == "v1"


@pytest.mark.long
def test_a_label_of_several_columns_is_asked(tmp_path):
    """Two keys of one label are an error with their names; two other columns a notice."""
    path = dta(tmp_path, ["地区", "年份", "地区", *LABELS[3:]])
    with pytest.raises(DataError) as caught:
        read_panel(path, entity="地区", period="年份")
    assert caught.value.code == "labels.twice"
    assert "cs, v1" in str(caught.value)
    result = read_panel(path, entity="cs", period="年份")
    assert "labels.twice" in {d.code for d in result.decisions}
    assert "地区" not in result.columns


def test_years_in_labels_are_years(tmp_path):
    """Stata calls columns of a sheet B, C, D where the headings are years, and keeps those as labels."""
    table = pd.DataFrame({"A": CITIES, "B": range(6), "C": range(6, 12)}).astype({"B": float})
    path = dta(tmp_path, ["城市", "2019", "2020"], table=table)
    frame_ = read_panel(path, entity="城市", period="年份").panel.frame
    assert frame_.loc[("鞍山", 2020)].item() == 8
    assert len(frame_) == 12


def test_keys_of_a_series_are_found_by_labels(tmp_path):
    """The index has the names by which it was asked for."""
    series = read_series(sav(tmp_path), keys=["城市", "年份"]).frame
    assert list(series.index.names) == ["城市", "年份"]
    assert series.attrs["labels"]["x1"] == "人才"


STUDY = """\
title: A study
sources:
  main: {{file: {file}, entity: 城市, period: 年份}}
panel: {{from: main, keep: {{省份: [山西, 辽宁, 河北]}}}}
efficiency:
  score: {{inputs: [就业], good_outputs: [地区生产总值（亿元）], bad_outputs: [v3]}}
variables:
  score: {{from: score}}
  talent: {{column: 人才}}
describe: {{variables: [score, talent]}}
tables:
  baseline: {{outcome: score, columns: [{{x: [talent]}}]}}
report: {{formats: [md], languages: [en]}}
"""


@pytest.mark.long
@pytest.mark.parametrize("write", [dta, sav])
def test_a_study_finds_columns_by_labels_and_by_names(write, tmp_path):
    """Scores by names and scores by labels are the same."""
    path = write(tmp_path)
    study = tmp_path / "study.yaml"
    study.write_text(STUDY.format(file=path.name), encoding="utf-8")
    call("run", study, "--lang", "en")
    by_labels = pd.read_csv(tmp_path / "results" / "scores.csv")["score"].tolist()
    for label, name in (("就业", "v1"), ("地区生产总值（亿元）", "v2"), ("人才", "x1")):
        study.write_text(study.read_text(encoding="utf-8").replace(label, name), encoding="utf-8")
    call("run", study, "--lang", "en")
    assert pd.read_csv(tmp_path / "results" / "scores.csv")["score"].tolist() == by_labels
    assert len(by_labels) == 12


@pytest.mark.long
def test_columns_are_named_by_labels_at_the_command_line(tmp_path):
    """`--inputs 就业` is `--inputs v1`."""
    path = dta(tmp_path)
    told = [
        call("efficiency", path, "--entity", "城市", "--period", "nf", *columns).stdout
        for columns in (
            ["--inputs", "就业", "--good", "地区生产总值（亿元）", "--bad", "二氧化硫"],
            ["--inputs", "v1", "--good", "v2", "--bad", "v3"],
        )
    ]
    assert told[0] == told[1]
    assert "大同" in told[0]
