"""Our lists on made records: the packaged figures are those that the lists give, and they are good enough."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from places import ROOT
from simulation import labelled
from xinzhi.prepare.emerging_classes import classification
from xinzhi.prepare.emerging_codes import CodeTable, terms_of, terms_of_codes
from xinzhi.prepare.judged_terms import Share, judge_firms, judge_penalties, measured
from xinzhi.prepare.step import all_terms, read_terms
from xinzhi.study.file.lists import read_list
from xinzhi.study.file.step_inputs import list_inputs_of
from xinzhi_core.errors import DataError

KINDS = {"emerging_codes": "codes", "emerging_terms": "terms", "environmental_penalties": "terms"}
DATA = files("xinzhi.prepare").joinpath("data")
CLASSES = tuple(classification())
SAMPLES = Path(__file__).parents[2] / "reference" / "labelled"


def read(path):
    names = {
        "industry": "code",
        "scope": "text",
        "cause": "text",
        "belongs": "truth",
        "environmental": "truth",
    }
    return pd.read_csv(path, dtype=str).rename(columns=names)


@pytest.fixture(scope="module")
def sources():
    return list_inputs_of(KINDS, Path())


def firms(sources, path, names=("emerging_codes",)):
    codes = CodeTable.of_tables([(name, sources[name]) for name in names], CLASSES)
    terms = terms_of(sources, "emerging_terms", codes.classes, step="s")
    coded = terms_of_codes(sources, "emerging_terms", step="s")
    return judge_firms(read(path), codes, terms, name="f", coded=coded)


def penalties(sources, path):
    terms = all_terms(read_terms(sources, ["environmental_penalties"], step="s"))
    return judge_penalties(read(path), terms, name="p")


@pytest.mark.long
def test_the_packaged_figures_are_those_that_the_lists_give(sources):
    """Each row of measured.csv, counted anew."""
    unseen = {"firms": "seventh_firms.csv", "penalties": "sixth_penalties.csv"}
    for one in measured():
        kind = "firms" if len(one.lists) == 2 else "penalties"
        judge = firms if kind == "firms" else penalties
        made = DATA.joinpath(f"labelled_{kind}.csv")
        judged = judge(sources, made if one.sample == "generated" else SAMPLES / unseen[kind])
        assert (one.right, one.wrong, one.missed, one.rejected) == tuple(
            judged.count(outcome) for outcome in ("right", "wrong", "missed", "rejected")
        )


@pytest.mark.one_in(4)
@pytest.mark.parametrize("file", sorted(path.name for path in SAMPLES.glob("*.csv")))
def test_precision_and_recall_are_at_least_85_in_100(sources, file):
    """On each sample that was written by hand."""
    judged = (firms if "firms" in file else penalties)(sources, SAMPLES / file)
    assert judged.precision.value >= 0.85
    assert judged.recall.value >= 0.85


@pytest.mark.parametrize(
    ("sample", "starred"), [("seventh", "all"), ("seventh", "none"), ("sixth", "other")]
)
def test_with_a_table_in_the_form_of_the_order_they_stay_so(sources, tmp_path, sample, starred):
    """Whatever the stars of the table: we do not have the order, and our codes stand for its."""
    names = [kind.name for kind in classification().values()]
    head = ("代码", "分类名称", "国民经济行业代码（2017）", "国民经济行业名称")
    book = openpyxl.Workbook()
    book.active.append(head)
    for i, (_, rows) in enumerate(sources["emerging_codes"].groupby("class", sort=False)):
        book.active.append([i + 1, names[i]])
        for row in rows.itertuples(index=False):
            mark = {"all": "＊", "none": "", "other": "" if row.starred == "1" else "＊"}[starred]
            book.active.append([row.group, "", f"{row.code}{mark}", row.name])
    book.save(tmp_path / "order.xlsx")
    given = {**sources, "order": read_list(tmp_path / "order.xlsx", "codes")}
    judged = firms(given, SAMPLES / f"{sample}_firms.csv", ("emerging_codes", "order"))
    assert judged.precision.value >= 0.85
    assert judged.recall.value >= 0.85
    own = CodeTable.of(sources["emerging_codes"], CLASSES, name="ours")
    read = CodeTable.of(given["order"], CLASSES, name="order")
    for kind, codes in read.classes.items():
        assert set(codes) == set(own.classes[kind])
        assert set(codes.values()) <= {"all": {True}, "none": {False}}.get(starred, {True, False})


def test_the_generated_sample_is_that_of_its_generator():
    """440 records, half of them decoys, in twelve ways of writing an industry."""
    assert DATA.joinpath("labelled_firms.csv").read_text("utf-8") == labelled.firms()
    assert DATA.joinpath("labelled_penalties.csv").read_text("utf-8") == labelled.penalties()
    made = read(DATA.joinpath("labelled_firms.csv"))
    assert len(made) == 240
    assert (made["truth"] == "1").sum() == 120
    assert len(labelled.CELL) == 12


def test_every_line_of_the_lists_has_its_provenance():
    """Industries, codes, terms and causes."""
    for name in ("industries", *KINDS):
        table = pd.read_csv(DATA.joinpath(f"{name}.csv"), dtype=str, keep_default_na=False)
        assert (table["source"].str.len() > 10).all()
    assert (ROOT / "simulation" / "labelled.py").is_file()


def test_judgements_are_read_and_refused_by_the_word():
    """Empty ones are left out; another word is an error with its row."""
    from xinzhi.prepare.step import TermList

    records = pd.DataFrame(
        {"id": list("abc"), "text": ["x", "x", "y"], "truth": ["是", None, "否"]}
    )
    judged = judge_penalties(records, TermList(("x",)), name="r")
    assert (judged.unjudged, judged.precision, judged.recall) == (1, Share(1, 1), Share(1, 1))
    with pytest.raises(DataError, match=r"neither yes nor no: 'perhaps' \(3\)"):
        judge_penalties(records.assign(truth=["1", "perhaps", "0"]), TermList(("x",)), name="r")
    with pytest.raises(DataError, match="No record has a judgement"):
        judge_penalties(records.assign(truth=None), TermList(("x",)), name="r")


def test_the_interval_is_that_of_wilson():
    """9 of 10 by hand: 0.5958 to 0.9821."""
    assert Share(9, 10).interval == pytest.approx((0.595850, 0.982124), abs=1e-5)
    assert Share(0, 0).value is None
