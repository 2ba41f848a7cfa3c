"""Classify: scores -> classes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from xinzhi.analyses.unavailable import Unavailable
from xinzhi.panel.panel import Panel
from xinzhi.study.attempts import tried
from xinzhi.study.schema.study import StudySpec
from xinzhi.typology.classes import Classification, classify


def classify_all(
    spec: StudySpec, panel: Panel, unmeasured: Mapping[str, Unavailable]
) -> dict[str, Classification | Unavailable]:
    """Classify: scores -> classes and their counts by period."""
    return {
        name: unmeasured[name]
        if name in unmeasured
        else tried(name, partial(classify, panel.frame[name], measurement.classes))
        for name, measurement in spec.efficiency.items()
        if measurement.classes
    }
