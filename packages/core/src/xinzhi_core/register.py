"""Registers of variants: a variant is a file that puts itself into its register."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Generic, TypeVar

from xinzhi_core.errors import Problem, SpecError, Where, suggestion
from xinzhi_core.wording import Wording, message

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Register(Generic[Part]):
    """Parts of one kind by name, read from the modules of one package.

    Adding a variant is adding a file and nothing else. A part that has the name of its module is
    imported alone when it is asked for; all modules are imported when a part stands elsewhere, or when
    the names are asked for.
    """

    kind: Wording
    """What the parts are, in the words of both languages: 'measure', 'preparation step'."""
    package: str
    """Dotted name of the package whose modules hold the parts."""
    entry_points: str = ""
    """Group of entry points by which other packages name modules that add parts."""
    _parts: dict[str, Part] = field(default_factory=dict, repr=False)

    def add(self, name: str) -> Callable[[Part], Part]:
        """Put a part into the register under a name (decorator)."""

        def keep(part: Part) -> Part:
            if name in self._parts:
                msg = f"two parts named {name!r} among the {self.kind}s"
                raise ValueError(msg)
            self._parts[name] = part
            return part

        return keep

    def _load(self) -> dict[str, Part]:
        _import_modules(self.package)
        if self.entry_points:
            _import_entry_points(self.entry_points)
        return self._parts

    def names(self) -> tuple[str, ...]:
        """List the names in alphabetical order."""
        return tuple(sorted(self._load()))

    def __iter__(self) -> Iterator[tuple[str, Part]]:
        return iter(sorted(self._load().items()))

    def get(self, name: str, *, where: Where | None = None) -> Part:
        """Get a part by name; an unknown name is an error with the nearest one."""
        # The module of that name alone; the others are needed only where a part stands elsewhere.
        if name not in self._parts and name in _modules(self.package):
            import_module(f"{self.package}.{name}")
        parts = self._parts if name in self._parts else self._load()
        if name not in parts:
            raise SpecError(
                Problem(
                    code="option.unknown",
                    what=message("Unknown {kind} '{name}'.", kind=self.kind, name=name),
                    where=where or Where(),
                    remedy=suggestion(name, tuple(parts)),
                )
            )
        return parts[name]


@cache
def _modules(package: str) -> frozenset[str]:
    return frozenset(
        module.name for module in pkgutil.iter_modules(import_module(package).__path__)
    )


@cache
def _import_modules(package: str) -> None:
    """Import all modules of a package, once."""
    for name in sorted(_modules(package)):
        import_module(f"{package}.{name}")


@cache
def _import_entry_points(group: str) -> None:
    """Import the modules that other packages name, once."""
    for entry in entry_points(group=group):
        import_module(entry.module)
