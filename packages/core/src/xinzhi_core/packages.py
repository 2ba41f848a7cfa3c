"""The packages of this house: they have one version, and what computes is fingerprinted together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from types import MappingProxyType

PACKAGES: Mapping[str, str] = MappingProxyType(
    {
        "xinzhi": "xinzhi",
        "xinzhi_app": "xinzhi-app",
        "xinzhi_core": "xinzhi-core",
        "xinzhi_econometrics": "xinzhi-econometrics",
        "xinzhi_frontier": "xinzhi-frontier",
        "xinzhi_panel": "xinzhi-panel",
    }
)
"""Name under which a package is imported -> name under which it is installed."""


def is_ours(module: str) -> bool:
    """Whether a module belongs to one of these packages, and not to another that adds parts.

    >>> is_ours("xinzhi_frontier.measures"), is_ours("xinzhi_of_others.measure")
    (True, False)
    """
    return module.partition(".")[0] in PACKAGES


def is_installed(package: str) -> bool:
    """Whether a package is installed here, by the name under which it is installed.

    >>> is_installed("xinzhi-core"), is_installed("no-such-package")
    (True, False)
    """
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def folders() -> Iterator[tuple[str, Traversable]]:
    """Give the folder of each package that is installed, by name.

    >>> "xinzhi_core" in dict(folders())
    True
    """
    return ((name, files(name)) for name in PACKAGES if find_spec(name) is not None)
