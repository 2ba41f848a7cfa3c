"""Printed figures that a study is compared with."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from xinzhi.errors import DataError, Problem, Where
from xinzhi.wording import message


def read_published(path: Path) -> dict[str, Any]:
    """Read a TOML of printed figures; decimals keep their digits.

    Raises
    ------
    DataError
        The file is not there or is no TOML, with line and column.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        raise DataError(
            Problem(
                "compare.unreadable",
                message("The printed figures cannot be read: {reason}.", reason=error.strerror),
                Where(file=path.name, key="compare.published"),
                message("name a TOML file beside the study file."),
            )
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise DataError(
            Problem(
                "compare.toml",
                message("The printed figures are no TOML: {reason}.", reason=str(error)),
                Where(file=path.name, key="compare.published"),
                message("mend the file at this place."),
            )
        ) from error
