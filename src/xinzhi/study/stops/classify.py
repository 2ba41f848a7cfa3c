"""Classify: scores -> classes."""

from __future__ import annotations

from xinzhi.panel.panel import Panel
from xinzhi.study.schema.study import StudySpec
from xinzhi.typology.classes import Classification, classify


def classify_all(spec: StudySpec, panel: Panel) -> dict[str, Classification]:
    """Classify: scores -> classes and their counts by period."""
    return {
        name: classify(panel.frame[name], measurement.classes)
        for name, measurement in spec.efficiency.items()
        if measurement.classes
    }
