"""Documentation of a library that it needs to load, where Python leaves it out (`python -OO`)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

NEEDING = ("altair",)
"""Packages that copy documentation from one class to another while they load."""


class Documented(SourceFileLoader):
    """Compiles a module with its documentation, past the cache of modules without."""

    def get_code(self, fullname: str) -> CodeType | None:
        """Compile the source as `python -O` does."""
        path = self.get_filename(fullname)
        code: CodeType = compile(self.get_data(path), path, "exec", dont_inherit=True, optimize=1)
        return code


class DocumentationFinder(MetaPathFinder):
    """Finds the modules of these packages as Python does, and has them compiled with documentation."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module; None for all others."""
        if fullname.partition(".")[0] not in NEEDING:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = Documented(spec.loader.name, spec.loader.path)
        return spec


def keep_documentation() -> None:
    """Let libraries load that cannot without their documentation."""
    if sys.flags.optimize > 1 and not any(
        isinstance(each, DocumentationFinder) for each in sys.meta_path
    ):
        sys.meta_path.insert(0, DocumentationFinder())
