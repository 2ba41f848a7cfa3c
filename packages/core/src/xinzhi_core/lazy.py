"""Libraries that load when they are first used, and names of a package that load with their module.

A library that a result needs only to show itself as a table is not loaded, nor needed, by those who compute with arrays.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType

from xinzhi_core.errors import MissingExtra, Problem
from xinzhi_core.wording import message


class WhenUsed(ModuleType):
    """Stands for a library until one of its names is asked for."""

    def __init__(self, name: str, extra: str) -> None:
        super().__init__(name)
        self.__dict__["_extra"] = extra

    def __getattr__(self, name: str) -> object:
        """Load the library, and look the name up in it.

        Raises
        ------
        MissingExtra
            The library is not installed: what to install.
        """
        value = getattr(needed(self.__name__, self.__dict__["_extra"]), name)
        self.__dict__[name] = value
        return value


def needed(module: str, extra: str) -> ModuleType:
    """Load a module, or say what to install.

    Raises
    ------
    MissingExtra
        Its library is not installed.

    Examples
    --------
    >>> needed("math", "").pi > 3
    True
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        library = module.partition(".")[0]
        if error.name is None or error.name.partition(".")[0] != library:
            raise
        text = message("This needs {library}, which is not installed.", library=library)
        remedy = message("install it: pip install {name}", name=f'"{extra}"')
        raise MissingExtra(Problem("package.missing", text, remedy=remedy)) from error


def is_loaded(library: str) -> bool:
    """Whether a library was loaded: nothing can be of its kinds before."""
    return library in sys.modules


def doors(package: str, names: Mapping[str, str]) -> Callable[[str], object]:
    """Make the `__getattr__` of a package whose names, each with its module, load when they are asked for."""

    def look_up(name: str) -> object:
        if name not in names:
            msg = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(msg)
        return getattr(import_module(names[name]), name)

    return look_up
