"""What the verbs raise and the data they return are said with: `xinzhi_core.errors`, under the name that users import."""

from __future__ import annotations

from xinzhi_core.errors import (
    DataError,
    DuplicateKey,
    Gap,
    MethodError,
    MissingColumn,
    MissingExtra,
    NotIdentified,
    NotNumeric,
    OutOfDomain,
    Problem,
    ReportError,
    SolverFailure,
    SpecError,
    StudyError,
    Where,
)

__all__ = [
    "DataError",
    "DuplicateKey",
    "Gap",
    "MethodError",
    "MissingColumn",
    "MissingExtra",
    "NotIdentified",
    "NotNumeric",
    "OutOfDomain",
    "Problem",
    "ReportError",
    "SolverFailure",
    "SpecError",
    "StudyError",
    "Where",
]
