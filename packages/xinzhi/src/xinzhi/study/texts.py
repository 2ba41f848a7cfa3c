"""Chapters that the author writes: plain texts in the folder `text` beside the study file.

`text/introduction.zh.txt` is the introduction in Chinese; each of its lines is a paragraph. A file that is there and
empty is a heading to be filled; where no language of the report has the file, the chapter is left out. Runs read
these files and never write them; a first study adds those that are missing, and replaces none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path, PurePath
from types import MappingProxyType

from xinzhi.study.file.listing import HIDDEN
from xinzhi_core.errors import Where
from xinzhi_core.notices import Notice
from xinzhi_core.wording import LANGUAGES, Label, Language, Wording, listed, message, say
from xinzhi_panel.io.text.encoding import decode

FOLDER = "text"
"""Beside the study file."""
CHAPTERS = ("introduction", "literature", "hypotheses", "conclusion")
"""Chapters that no program can write, by the names of their files."""


def text_name(chapter: str, language: Language) -> str:
    """Name the file of a chapter from the folder of the study file.

    >>> text_name("introduction", "zh")
    'text/introduction.zh.txt'
    """
    return f"{FOLDER}/{chapter}.{language}.txt"


def text_files(folder: Path) -> tuple[Path, ...]:
    """List the files of chapters that lie beside a study file."""
    names = (text_name(chapter, language) for chapter in CHAPTERS for language in LANGUAGES)
    return tuple(folder / name for name in names if (folder / name).is_file())


@dataclass(frozen=True, slots=True)
class OwnTexts:
    """What an author wrote for the report of a study."""

    chapters: Mapping[str, tuple[Wording, ...]]
    """Chapter -> its paragraphs; of one without a text the sentence that says where it is written."""
    notices: tuple[Notice, ...] = ()
    """Files in the folder that no report prints."""


def read_texts(folder: Path, languages: Sequence[Language]) -> OwnTexts:
    """Read the chapters beside a study file in the languages of its report.

    Raises
    ------
    DataError
        A file is neither UTF-8 nor, clearly, GB 18030.
    """
    there: dict[str, list[str]] = {}
    for path in text_files(folder):
        name = f"{FOLDER}/{path.name}"
        lines = decode(path.read_bytes(), Where(file=name)).text.splitlines()
        there[name] = [line.strip() for line in lines if line.strip()]
    chapters: dict[str, tuple[Wording, ...]] = {}
    for chapter in CHAPTERS:
        texts: dict[Language, list[str]] = {}
        for language in languages:
            file = text_name(chapter, language)
            hint = message(
                "To be written: {file} in the folder of the study, each line a paragraph. Without that "
                "file the report has no such chapter.",
                file=file,
            )
            texts[language] = there.get(file) or [say(hint, language)]
        if any(text_name(chapter, language) in there for language in languages):
            # One language may have more paragraphs than the other.
            rows = (
                dict(zip(texts, row, strict=True))
                for row in zip_longest(*texts.values(), fillvalue="")
            )
            chapters[chapter] = tuple(Label("", row.get("zh"), row.get("en")) for row in rows)
    return OwnTexts(MappingProxyType(chapters), tuple(_strangers(folder)))


def _strangers(folder: Path) -> Iterator[Notice]:
    """Say of every other file in the folder that it is not printed: its name may be a slip."""
    known = {PurePath(text_name(c, language)).name for c in CHAPTERS for language in LANGUAGES}
    place = folder / FOLDER
    entries = sorted(place.iterdir()) if place.is_dir() else ()
    names = [one.name for one in entries if one.name not in known]
    if more := [name for name in names if not name.startswith(HIDDEN)]:
        text = message(
            "No report prints {files} in the folder `{folder}`: the files of chapters are {names}.",
            files=listed(more),
            folder=FOLDER,
            names=listed([f"{chapter}.zh.txt" for chapter in CHAPTERS]),
        )
        yield Notice("report.unknown_text", text)
