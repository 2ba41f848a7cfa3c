"""No link leads nowhere: on any page, in README and in the changelog, with the place in the page that it names."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest

from doc_pages import DOCS, LINK, anchors, chinese, name, pages, without_code


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


@pytest.mark.parametrize("page", chinese(), ids=Path.as_posix)
def test_a_chinese_page_leads_to_chinese_pages(page: Path) -> None:
    """A link goes to the English page only where there is no Chinese one."""
    text = without_code((DOCS / "zh" / page).read_text(encoding="utf-8"))
    theirs = {DOCS / one for one in chinese()}
    targets = {target: (DOCS / "zh" / page).parent / target for target in LINK.findall(text)}

    assert [target for target, file in targets.items() if file.resolve() in theirs] == []
