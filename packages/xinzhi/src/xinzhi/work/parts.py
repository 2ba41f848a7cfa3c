"""Parts of a report that are kept from one run to the next: font subsets, chart specifications, scripts.

A part is kept under the digest of everything that it shows and of the program that makes it, so that no
part is ever given for another one. What is kept is bytes or JSON, compressed, among the entries of the
store: a whole run prunes the parts that its report does not need.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from hashlib import sha256
from typing import TypeVar

from xinzhi.work.results import program
from xinzhi.work.store import Store
from xinzhi_core.errors import ReportError

Json = TypeVar("Json")
LENGTH = 32
"""Hexadecimal digits of a key."""


class ReportParts:
    """Makes the parts of a report, and takes those that have not changed from the last run."""

    def __init__(self, store: Store | None = None) -> None:
        self.store = store
        self.keys: set[str] = set()
        """Entries of the store that this report needs."""
        self._known: dict[str, bytes] = {}
        self._program = ""
        """Digest of the packages and libraries of this program, taken once a run."""

    def part(self, kind: str, shown: object, make: Callable[[], bytes]) -> bytes:
        """Return a part: from the last run if it shows the same, else it is made.

        Parameters
        ----------
        kind
            What the part is: two kinds never share an entry.
        shown
            Everything that `make` depends on beside the program, as JSON can write it.
        make
            Makes the part. It must depend on nothing else.

        Raises
        ------
        TypeError
            `shown` holds what JSON cannot write, whose digest would say nothing of its content.

        Examples
        --------
        >>> ReportParts().part("font", "ab", lambda: b"made")
        b'made'
        """
        if self.store is None:
            return make()
        self._program = self._program or program()
        # A mapping of another kind is written as one; what is none is refused by `dict`.
        text = json.dumps([self._program, kind, shown], ensure_ascii=False, default=dict)
        key = sha256(text.encode()).hexdigest()[:LENGTH]
        content = self._get(key)
        if content is None:
            content = make()
            self._keep(key, content)
        return content

    def specifications(self, kind: str, shown: object, make: Callable[[], Json]) -> Json:
        """Return JSON objects by name, such as the specifications of a chart by language."""
        made: list[Json] = []

        def write() -> bytes:
            made.append(make())
            return json.dumps(made[0], ensure_ascii=False).encode()

        if self.store is None:
            return make()
        content = self.part(kind, shown, write)
        # What was made now is not read back: JSON writes every number so that it reads the same one.
        kept: Json = made[0] if made else json.loads(content)
        return kept

    def _get(self, key: str) -> bytes | None:
        """Look an entry up, in memory and then in the store; one of the store is needed from now on."""
        if key not in self._known and self.store is not None and self.store.folder.is_dir():
            body = self.store.get(key)
            if body is not None:
                self._known[key] = zlib.decompress(body)
                self.keys.add(key)
        return self._known.get(key)

    def _keep(self, key: str, content: bytes) -> None:
        self._known[key] = content
        if self.store is not None:
            try:
                self.store.put(key, zlib.compress(content, 1))
            except ReportError:  # the disk is full: what is delivered needs the room more
                self.store = None
                return
            self.keys.add(key)
