"""What stands in the place of a table that could not be computed: its title and the reasons."""

from __future__ import annotations

from collections.abc import Sequence

from xinzhi.errors import Problem
from xinzhi.tables.table import Table
from xinzhi.wording import Wording, message


def not_computed_table(name: str, title: Wording, problems: Sequence[Problem]) -> Table:
    """Keep the place of a table that could not be computed, with its reasons."""
    return Table(
        id=name,
        title=title,
        columns=(),
        rows=(),
        notes=tuple(message("Not computed: {why}", why=p.what) for p in problems),
        machine={"not_computed": [{"code": p.code, "what": str(p.what)} for p in problems]},
    )
