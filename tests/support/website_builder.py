"""The script that builds the documentation, loaded from its place."""

from __future__ import annotations

import importlib.util
from types import ModuleType

from places import ROOT


def _loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "website", ROOT / "tools" / "website" / "build.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SITE = _loaded()
