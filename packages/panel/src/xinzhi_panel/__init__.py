"""Files in, a panel whose every cell knows its place out; this package knows no method.

`xinzhi_panel.read(path, entity=, period=)` reads a file of any kind; `.units`, `.labels` and `.ledger` of the panel say
what was read and what was decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinzhi_core.lazy import doors

if TYPE_CHECKING:
    from xinzhi_panel.io.read import read

__all__ = ["read"]

__getattr__ = doors(__name__, {"read": "xinzhi_panel.io.read"})
