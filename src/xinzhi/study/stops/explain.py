"""Explain: all sections of the mechanism, one after the other."""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi.analyses.unavailable import Unavailable
from xinzhi.econometrics.instruments import Instrumented
from xinzhi.econometrics.wild import Wild
from xinzhi.study.analyses import Analyses
from xinzhi.study.mechanism import Mechanism
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.stops.bootstrap import wild_all
from xinzhi.study.stops.estimate import Column


def mechanism_of(
    spec: StudySpec, columns: Mapping[str, tuple[Column, ...]], frames: Analyses
) -> Mechanism:
    """Explain: variables -> everything beside the plain tables of regressions."""
    wild = wild_all(spec, columns, frames)
    return Mechanism(
        instrumented={
            name: {i: one for i, one in enumerate(found) if isinstance(one, Instrumented)}
            for name, found in columns.items()
        },
        wild={
            name: {i: one for i, one in found.items() if isinstance(one, Wild)}
            for name, found in wild.items()
        },
        without_wild={
            name: {i: one for i, one in found.items() if isinstance(one, Unavailable)}
            for name, found in wild.items()
        },
    )
