"""Read-only mappings in results, which Python does not pickle by itself."""

from __future__ import annotations

import copyreg
from types import MappingProxyType


def pickle_read_only() -> None:
    """Let results be pickled and copied: a read-only mapping is rebuilt from what it holds.

    >>> import pickle
    >>> pickle_read_only()
    >>> pickle.loads(pickle.dumps(MappingProxyType({"a": 1})))["a"]
    1
    """
    copyreg.pickle(MappingProxyType, lambda mapping: (read_only, (dict(mapping),)))


def read_only(values: dict[object, object]) -> MappingProxyType[object, object]:
    """Make a read-only mapping: pickle finds its own class under no name."""
    return MappingProxyType(values)
