"""xinzhi 新质: how new quality factors affect the green efficiency of cities.

`import xinzhi as xz`: `xz.read`, `xz.evaluate`, `xz.fit`, `xz.run` (see `xinzhi.api`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING

from xinzhi.api import VERBS
from xinzhi.docstrings import keep_documentation
from xinzhi_core.frozen import pickle_read_only

if TYPE_CHECKING:
    __version__: str
    from xinzhi.api.data import prepare_panel, profile, read
    from xinzhi.api.models import (
        fit,
        hausman,
        vif,
    )
    from xinzhi.api.publication import table
    from xinzhi.api.scores import bootstrap_scores, evaluate, explain_scores, productivity
    from xinzhi.api.studies import audit, run

pickle_read_only()
keep_documentation()

__all__ = [
    "audit",
    "bootstrap_scores",
    "evaluate",
    "explain_scores",
    "fit",
    "hausman",
    "prepare_panel",
    "productivity",
    "profile",
    "read",
    "run",
    "table",
    "vif",
]


def __getattr__(name: str) -> object:
    """Load a verb when it is first used: heavy libraries wait until then."""
    if name == "__version__":
        return version("xinzhi")
    if name in VERBS:
        return getattr(import_module(f"xinzhi.api.{VERBS[name]}"), name)
    # `from xinzhi import errors` asks here first; a module of ours must not load all analyses.
    is_module = name.startswith("_") or find_spec(f"xinzhi.{name}") is not None
    if not is_module and name in _verbs_of_analyses():
        return _verbs_of_analyses()[name]
    msg = f"module 'xinzhi' has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return sorted([*__all__, *_verbs_of_analyses(), "__version__"])


def _verbs_of_analyses() -> Mapping[str, Callable[..., object]]:
    """Load the analyses, here and in other packages, and make their verbs."""
    verbs: Mapping[str, Callable[..., object]] = import_module("xinzhi.api.functions").functions()
    return verbs
