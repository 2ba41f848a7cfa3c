"""Scale efficiency of one score: a measurement asks for it by `scale_efficiency: true`."""

from __future__ import annotations

from xinzhi.analyses.section import Section


class ScaleSection(Section):
    """Scale efficiency of one score."""

    score: str
    """The score whose inputs, outputs and options are used."""
