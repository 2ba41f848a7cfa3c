"""Which XML part of a workbook belongs to which sheet."""

from __future__ import annotations

import posixpath
import zipfile
from pathlib import Path
from xml.etree.ElementTree import ParseError, XMLParser


def sheet_parts(path: Path) -> dict[str, str]:
    """Map the names of sheets to the parts that hold them; call after `inspect` only.

    The parts were searched for entities before, so that the parser meets none.
    """
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        book = next((n for n in names if n.endswith("workbook.xml")), None)
        if book is None:
            return {}
        folder = posixpath.dirname(book)
        rels = f"{folder}/_rels/{posixpath.basename(book)}.rels".lstrip("/")
        try:
            sheets = [e for e in _elements(archive.read(book)) if e[0] == "sheet"]
            links = [e for e in _elements(archive.read(rels)) if e[0] == "Relationship"]
        except (KeyError, ParseError):
            return {}
    targets = {link.get("Id"): link.get("Target", "") for _, link in links}
    parts: dict[str, str] = {}
    for _, sheet in sheets:
        target = targets.get(sheet.get("id"), "")
        part = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
        parts[sheet.get("name", "")] = posixpath.normpath(part)
    return parts


def _elements(text: bytes) -> list[tuple[str, dict[str, str]]]:
    target = _Collect()
    parser = XMLParser(target=target)  # noqa: S314  entities were refused before
    parser.feed(text)
    parser.close()
    return target.elements


class _Collect:
    """Collect the names and attributes of elements, without namespaces."""

    def __init__(self) -> None:
        self.elements: list[tuple[str, dict[str, str]]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Keep an element."""
        bare = {key.rpartition("}")[2]: value for key, value in attributes.items()}
        self.elements.append((tag.rpartition("}")[2], bare))

    def close(self) -> None:
        """Nothing is left to do."""
