from __future__ import annotations

import json

from made_report import efficiency, four_scores
from xinzhi.analyses.efficiency.charts import scores_over_time
from xinzhi_core.wording import Label


def chart(result):
    return scores_over_time("o", "Over time", result, score=Label("s", zh="得分", en="Score"))


def datasets(found, language="en"):
    return list(found.specifications[language]["datasets"].values())


def test_the_mean_and_range_are_those_of_certified_scores():
    """A row without a certified score is in no mean, and breaks its own line."""
    means = next(d for d in datasets(chart(four_scores())) if "mean" in d[0])
    lines = next(d for d in datasets(chart(four_scores())) if "entity" in d[0])

    assert means == [
        {"period": 2008, "mean": 1.0, "low": 0.5, "high": 1.5, "n": 2},
        {"period": 2009, "mean": 0.7, "low": 0.7, "high": 0.7, "n": 1},
    ]
    assert [row["score"] for row in lines] == [0.5, 0.7, 1.5, None]


def test_both_languages_share_their_data():
    """The two specifications differ in words only, so that a page can hold the data once."""
    found = chart(four_scores())

    assert set(found.specifications["zh"]["datasets"]) == set(
        found.specifications["en"]["datasets"]
    )
    assert "得分" in json.dumps(found.specifications["zh"], ensure_ascii=False)
    assert "得分" not in json.dumps(found.specifications["en"], ensure_ascii=False)


def test_the_same_scores_give_the_same_chart():
    """No random names: a chart is a function of its data."""
    assert chart(four_scores()).specifications == chart(four_scores()).specifications


def test_no_score_draws_an_empty_chart():
    """Without any certified score the chart is empty, not an error."""
    assert [] in datasets(chart(efficiency([None], [("a", 2008)])))
