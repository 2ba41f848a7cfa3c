"""Our lists on made records: the packaged figures are those that the lists give, and they are good enough."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest

from places import ROOT
from simulation import labelled
from xinzhi.errors import DataError
from xinzhi.prepare.emerging_classes import classification
from xinzhi.prepare.emerging_codes import CodeTable, terms_of, terms_of_codes
from xinzhi.prepare.judged_terms import Share, judge_firms, judge_penalties
from xinzhi.prepare.measured import measured
from xinzhi.prepare.terms import all_terms, read_terms
from xinzhi.study.file.step_inputs import list_inputs_of

KINDS = {"emerging_codes": "codes", "emerging_terms": "terms", "environmental_penalties": "terms"}
DATA = files("xinzhi.prepare").joinpath("data")
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


def firms(sources, path):
    tables = [("emerging_codes", sources["emerging_codes"])]
    codes = CodeTable.of_tables(tables, tuple(classification()))
    terms = terms_of(sources, "emerging_terms", codes.classes, step="s")
    coded = terms_of_codes(sources, "emerging_terms", step="s")
    return judge_firms(read(path), codes, terms, name="f", coded=coded)


def penalties(sources, path):
    terms = all_terms(read_terms(sources, ["environmental_penalties"], step="s"))
    return judge_penalties(read(path), terms, name="p")


def test_the_packaged_figures_are_those_that_the_lists_give(sources):
    """Each row of measured.csv, counted anew."""
    places = {"generated": DATA.joinpath("labelled_{}.csv"), "written": SAMPLES / "fifth_{}.csv"}
    for one in measured():
        kind = "firms" if len(one.lists) == 2 else "penalties"
        judge = firms if kind == "firms" else penalties
        judged = judge(sources, str(places[one.sample]).format(kind))
        assert (one.right, one.wrong, one.missed, one.rejected) == tuple(
            judged.count(outcome) for outcome in ("right", "wrong", "missed", "rejected")
        )


@pytest.mark.parametrize("sample", ["second", "fourth", "fifth"])
def test_precision_and_recall_are_at_least_85_in_100(sources, sample):
    """On the samples that were written by hand."""
    for judged in (
        firms(sources, SAMPLES / f"{sample}_firms.csv"),
        penalties(sources, SAMPLES / f"{sample}_penalties.csv"),
    ):
        assert judged.precision.value >= 0.85
        assert judged.recall.value >= 0.85


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
    from xinzhi.prepare.terms import Terms

    records = pd.DataFrame(
        {"id": list("abc"), "text": ["x", "x", "y"], "truth": ["是", None, "否"]}
    )
    judged = judge_penalties(records, Terms(("x",)), name="r")
    assert (judged.unjudged, judged.precision, judged.recall) == (1, Share(1, 1), Share(1, 1))
    with pytest.raises(DataError, match=r"neither yes nor no: 'perhaps' \(3\)"):
        judge_penalties(records.assign(truth=["1", "perhaps", "0"]), Terms(("x",)), name="r")
    with pytest.raises(DataError, match="No record has a judgement"):
        judge_penalties(records.assign(truth=None), Terms(("x",)), name="r")


def test_the_interval_is_that_of_wilson():
    """9 of 10 by hand: 0.5958 to 0.9821."""
    assert Share(9, 10).interval == pytest.approx((0.595850, 0.982124), abs=1e-5)
    assert Share(0, 0).value is None
