"""Identities that the file declares: one printed figure against what the others give."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi_core.wording import message
from xinzhi_econometrics.replication.audit import CHECKS, Check, compare, place
from xinzhi_econometrics.replication.identities import reach
from xinzhi_econometrics.replication.published import PublishedTables


@CHECKS.add("identities")
def check(tables: PublishedTables) -> Iterator[Check]:
    """Check each identity by interval arithmetic over the rounding of its figures."""
    for identity in tables.identities:
        path, _, row = identity.figure.rpartition(".")
        printed = tables.figures[identity.figure]
        reachable = reach(identity.formula, tables.figures)
        if reachable is None:
            words = message("{formula} may be divided by 0", formula=identity.text)
            yield Check(*place(path), row, "identity", "undecidable", str(printed), (), words)
            continue
        words = message("{formula} = {reach}", formula=identity.text, reach=str(reachable))
        yield compare(path, row, "identity", printed, reachable, words)
