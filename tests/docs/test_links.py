"""No link leads nowhere: on any page, in README and in the changelog, with the place in the page that it names."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest

from doc_pages import LINK, anchors, name, pages, without_code


@pytest.mark.parametrize("page", pages(), ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    """Between pages, to pictures and to folders; addresses of the web are not tried."""
    for target in LINK.findall(without_code(page.read_text(encoding="utf-8"))):
        if target.startswith(("https:", "http:", "mailto:")):
            continue
        path, _, anchor = unquote(target).partition("#")
        file = (page.parent / path) if path else page
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(file.read_text(encoding="utf-8")), target
