"""The Word document of a report, taken apart into its main text and its appendix."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import docx
import pytest

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TITLES = {"Appendix", "附录"}


class Paper(NamedTuple):
    """What stands in a part of a document, in its order."""

    headings: list[str]
    tables: list
    captions: list[str]
    kinds: list[str]
    """caption, table, picture or text, element by element."""


def parts_of(path: Path) -> tuple[Paper, Paper]:
    """Take a document apart into text and appendix."""
    document = docx.Document(str(path))
    text, appendix = (Paper([], [], [], []) for _ in range(2))
    part = text
    styles = {style.style_id: style.name for style in document.styles}
    for element in document.element.body:
        if element.tag == f"{W}tbl":
            part.tables.append(element)
            part.kinds.append("table")
            continue
        words = "".join(one.text or "" for one in element.iter(f"{W}t"))
        style = styles.get(next((one.get(f"{W}val") for one in element.iter(f"{W}pStyle")), ""))
        if style == "Title" and words in TITLES:
            part = appendix
        if style == "Heading 1":
            part.headings.append(words)
        if style == "Caption":
            part.captions.append(words)
        is_picture = next(element.iter(f"{W}drawing"), None) is not None
        kind = "caption" if style == "Caption" else "picture" if is_picture else "text"
        part.kinds.append(kind)
    return text, appendix


def without_appendix(path: Path, to: Path) -> None:
    """Write a document again without its appendix."""
    document = docx.Document(str(path))
    body = document.element.body
    is_appendix = False
    for element in list(body)[:-1]:
        words = "".join(one.text or "" for one in element.iter(f"{W}t"))
        style = next((one.get(f"{W}val") for one in element.iter(f"{W}pStyle")), "")
        is_appendix |= style == "Title" and words in TITLES
        if is_appendix:
            body.remove(element)
    document.save(str(to))


def pages_of(path: Path, folder: Path) -> int:
    """Count the pages of a document as LibreOffice lays it out."""
    office = shutil.which("soffice")
    if office is None or not os.environ.get("XINZHI_TEST_ALL"):
        pytest.skip(
            "slow: run with XINZHI_TEST_ALL=1 (just test-all); needs soffice: apt-get install libreoffice-writer-nogui"
        )
    subprocess.run(
        (office, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "pdf", "--outdir", str(folder), str(path)),
        capture_output=True, check=True, timeout=300,
    )  # fmt: skip
    return len(re.findall(rb"/Type\s*/Page[^s]", (folder / f"{path.stem}.pdf").read_bytes()))
