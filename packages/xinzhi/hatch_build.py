"""Build hook: the page of an index.

An index shows the repository's README.md without the files beside it: what only a clone has is left out, and links
lead to the project's address or, as long as there is none, nowhere.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

CLONE_ONLY = re.compile(r"<!-- clone only -->\n.*?<!-- end -->\n", re.DOTALL)
INDEX_ONLY = re.compile(r"<!-- index only\n(.*?)-->\n", re.DOTALL)
IMAGE = re.compile(r"!\[[^\]]*\]\((?!https?:)[^)]+\)\n*")
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:)([^)]+)\)")


class IndexPage(MetadataHookInterface):
    """Writes what an index shows: README.md for people without a clone."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the page, and the address where there is one."""
        address = self.config["address"].rstrip("/")
        # An archive holds the page of the repository beside its own.
        pages = (Path(self.root).parents[1] / "README.md", Path(self.root) / "index.md")
        text = next(path for path in reversed(pages) if path.is_file()).read_text(encoding="utf-8")
        page = index_page(text, address)
        metadata["readme"] = {"content-type": "text/markdown", "text": page}
        metadata["urls"] = {"Homepage": address} if address else {}


def index_page(readme: str, address: str) -> str:
    """Leave out what only a clone has; relative links lead to the address, or become plain words."""
    page = INDEX_ONLY.sub(r"\1", CLONE_ONLY.sub("", readme)).replace("uv run ", "")
    page = LINK.sub(rf"[\1]({address}/\2)" if address else r"\1", IMAGE.sub("", page))
    return re.sub(r"\n{3,}", "\n\n", page)
