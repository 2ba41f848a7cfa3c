"""Frontiers changed on purpose: the same scores under other options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xinzhi.study.schema.efficiency import Measurement
from xinzhi.study.schema.study import StudySpec
from xinzhi.vocabulary import with_implied


def scores_of(spec: StudySpec, names: Iterable[str]) -> tuple[str, ...]:
    """Scores that variables are made from, in the order of the file."""
    named = spec.variables.named
    used = {named[name].score for name in names if name in named}
    return tuple(name for name in spec.efficiency if name in used)


def changed(measurement: Measurement, options: Mapping[str, object]) -> Measurement:
    """Change options of a measurement; what it says is checked again, classes are left behind.

    A short form among the changes, such as `measure: bcc`, changes all that it implies.
    """
    given = {
        name: getattr(measurement, name)
        for name in measurement.model_fields_set
        if name != "classes"
    }
    return Measurement.model_validate({**given, **with_implied(options)})
