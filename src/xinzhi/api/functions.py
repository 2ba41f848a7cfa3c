"""Functions of all analyses, made from the options that they declare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from xinzhi.analyses.analysis import ANALYSES
from xinzhi.api.analysis import verb_of
from xinzhi.api.of_study import verb_of_study


@cache
def functions() -> Mapping[str, Callable[..., Any]]:
    """Make the functions by name: of data, or of a study that has been run."""
    return MappingProxyType(
        {
            analysis.verb: (verb_of_study if analysis.reads_results else verb_of)(key)
            for key, analysis in ANALYSES
            if analysis.verb and not analysis.is_written_by_hand
        }
    )
