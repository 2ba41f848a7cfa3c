"""Leaving out entities: the section `inference.leave_one_out` of a study file."""

from __future__ import annotations

from xinzhi.analyses.section import Section


class LeaveOneOutOptions(Section):
    """Each entity is left out of everything once; there is nothing to choose."""
