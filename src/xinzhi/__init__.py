"""xinzhi 新质: how new quality factors move the green efficiency of cities.

`import xinzhi as xz`: `xz.read`, `xz.evaluate`, `xz.fit`, `xz.run` (see `xinzhi.door`).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from xinzhi.door import VERBS

if TYPE_CHECKING:
    from xinzhi.door.data import read
    from xinzhi.door.models import (
        compare_groups,
        fit,
        hausman,
        mediate,
        moderate,
        specification_curve,
        vif,
    )
    from xinzhi.door.scores import bootstrap_scores, evaluate, productivity
    from xinzhi.door.studies import audit, run

__version__ = "0.1.0"
__all__ = [
    "audit",
    "bootstrap_scores",
    "compare_groups",
    "evaluate",
    "fit",
    "hausman",
    "mediate",
    "moderate",
    "productivity",
    "read",
    "run",
    "specification_curve",
    "vif",
]


def __getattr__(name: str) -> Any:
    """Load a verb when it is first used: heavy libraries wait until then."""
    if name in VERBS:
        return getattr(import_module(f"xinzhi.door.{VERBS[name]}"), name)
    msg = f"module 'xinzhi' has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
