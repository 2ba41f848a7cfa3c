"""Draws, left-out entities and placebo factors in a run: chosen by name, on any engine, from Python."""

from __future__ import annotations

import numpy as np
import pytest

import made_cells
import xinzhi as xz
from xinzhi.report.build import content_of
from xinzhi.report.deliver import results_json
from xinzhi.study.run import run
from xinzhi.work.draws.plan import Plan

pytestmark = pytest.mark.long

FOUND = ("whole_study", "leave_one_out", "placebo")
STUDY = made_cells.RESAMPLED.partition("heterogeneity:")[0]


@pytest.fixture
def path(tmp_path):
    return made_cells.write_scores(tmp_path, made_cells.resampled_frame(), STUDY)


def test_inference_alone_computes_them(path):
    """`--only inference` computes all of them and what they rest on; `--only` of a table none."""
    result = run(path, only=("inference",))
    assert [len(result.results[key]) for key in FOUND] == [1, 1, 1]
    assert set(result.results["tables"]) == {"baseline"}

    part = run(path, only=("baseline",))
    assert [len(part.results[key]) for key in FOUND] == [0, 0, 0]


def test_python_has_them(path):
    """Tables and the figure, under their ids."""
    study = xz.run(path)

    assert {*FOUND, "whole_study_main", "leave_one_out_influence"} <= set(study.tables)
    assert "whole_study_intervals" in study.figures


def test_results_have_them(path):
    """results.json has each number under the id of its analysis."""
    result = run(path)
    found = results_json(result, content_of(result))["tables"]
    left, placebo = (result.results[key][key] for key in FOUND[1:])

    assert [one["p_value"] for one in found["placebo"]["slopes"]] == [
        one.p_value for one in placebo.slopes
    ]
    assert [
        (one["smallest"], one["without_smallest"], one["jackknife_std_error"])
        for one in found["leave_one_out"]["effects"]
    ] == [(one.low, one.without_low, one.std_error) for one in left.ranges]
    keys = {one["key"] for one in found["whole_study"]["intervals"]}
    assert set(found["whole_study_main"]["effects"]) < keys


def test_two_processes_find_the_same(path):
    here = run(path, only=("inference",))
    there = run(path, only=("inference",), plan=Plan("processes", 2))
    draws = [
        (
            one.results["whole_study"]["whole_study"].draws,
            one.results["leave_one_out"]["leave_one_out"].without,
            one.results["placebo"]["placebo"].draws,
        )
        for one in (here, there)
    ]

    assert all(map(np.array_equal, *draws))
