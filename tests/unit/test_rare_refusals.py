"""Refusals that hardly anybody meets: each is made to happen, and read whole in both languages."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest

from cases_efficiency import activities
from xinzhi.cli.streams import write_standard
from xinzhi_core.errors import StudyError
from xinzhi_econometrics.resampling import wild_bootstrap
from xinzhi_econometrics.specification import Covariance, Regression
from xinzhi_frontier.inference import intervals
from xinzhi_frontier.inference.intervals import smoothed_bootstrap
from xinzhi_frontier.options import Options

RADIAL = Options("radial", "variable", "input")


def rows(n=12):
    """Make rows with one input and one output."""
    rng = np.random.default_rng(3)
    return activities(rng.uniform(1, 2, (n, 1)), rng.uniform(1, 2, (n, 1)))


def no_score(monkeypatch):
    """A row whose score could not be proved."""
    monkeypatch.setattr(intervals, "efficiencies", lambda *_: np.array([0.5, np.nan, 1.0]))
    smoothed_bootstrap(rows(), options=RADIAL, draws=10, seed=1)


def bandwidth(_):
    smoothed_bootstrap(rows(), options=RADIAL, draws=10, seed=1, bandwidth=-0.5)


def terminal(monkeypatch):
    """A workbook that would be put on a screen."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    write_standard(b"PK")


def wide_effects(monkeypatch):
    """Effects that cut across the clusters, more than can be drawn with."""
    monkeypatch.setattr(wild_bootstrap, "MOST_DUMMIES", 3)
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(
        {
            "city": [f"c{n}" for n in range(12) for _ in range(6)],
            "year": [year for _ in range(12) for year in range(2001, 2007)],
            "region": [f"r{n % 4}" for n in range(12) for _ in range(6)],
            "x": rng.normal(size=72),
            "y": rng.normal(size=72),
        }
    )
    how = Regression("y", ("x",), effects=("year",), covariance=Covariance("cluster", ("region",)))
    wild_bootstrap.wild_bootstrap(frame.set_index(["city", "year"]), how, draws=99)


REFUSED = {
    no_score: {
        "en": "Rows without a score cannot be drawn from.\n"
        "  remedy: correct or leave out the rows whose status is not certified.",
        "zh": "无法从没有得分的行中抽样。\n  办法：请修正或剔除状态不是“已证明”的行。",
    },
    bandwidth: {
        "en": "The bandwidth is -0.5.\n  where: bandwidth\n  remedy: a bandwidth is above 0.",
        "zh": "带宽为 -0.5。\n  位置：bandwidth\n  办法：带宽须大于 0。",
    },
    terminal: {
        "en": "A file of this format cannot be shown on a terminal.\n  where: --output\n"
        "  remedy: name a file for --output, or send the output through a pipe.",
        "zh": "该格式的文件无法显示在终端上。\n  位置：--output\n  办法：请用 --output 指定文件，或通过管道输出。",
    },
    wide_effects: {
        "en": "Effects across the clusters have 6 levels.\n"
        "  remedy: cluster by a group that contains them, or use fewer effects.",
        "zh": "跨聚类的固定效应有 6 个水平。\n  办法：请按包含它们的组聚类，或减少固定效应。",
    },
}


@pytest.mark.parametrize("happens", REFUSED, ids=lambda happens: happens.__name__)
def test_a_rare_refusal_says_what_where_and_what_to_do(monkeypatch, happens):
    """Sentence, place and remedy, as they are printed."""
    with pytest.raises(StudyError) as refused:
        happens(monkeypatch)
    monkeypatch.undo()

    told = {language: refused.value.problems[0].in_words(language) for language in ("en", "zh")}
    assert told == REFUSED[happens]
