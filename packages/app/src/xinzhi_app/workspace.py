"""The folder that the user named: its studies, the paths in it, and what the page remembers."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinzhi_core.errors import Problem, SpecError, Where
from xinzhi_core.packages import folders
from xinzhi_core.wording import LANGUAGES, Language, message
from xinzhi_core.write import sync_folder, write_atomically
from xinzhi_panel.io.raw import shown_name

if TYPE_CHECKING:
    from xinzhi.study.schema.study import StudySpec

STUDY = "study.yaml"
HERE = "_"
"""The study that lies in the folder itself."""
UNNAMED = "study"
"""What a study is called whose name has no letter that a folder can have."""
SETTINGS = ".xinzhi-app.json"
DATA = "data"
"""Where a study keeps the files that were dropped."""
RESULTS = "results"
TEXT = "text"
"""Where the author of a study writes chapters of its report."""
RECENT, LONGEST = 12, 100
MOST_BYTES = 200
"""Bytes of a name: systems allow 255, and a number may follow."""
DEVICES = frozenset(
    {
        *("con", "prn", "aux", "nul", "conin$", "conout$", "clock$"),
        *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
    }
)
"""Names that mean devices on Windows, whatever their suffix."""
TAKEN = frozenset({HERE, DATA, RESULTS, TEXT})
"""Names that mean the folder of the page, or belong to the study that lies in it."""
UNWANTED = re.compile(r"[^\w .()（）+\-、，·]")
NOT_THERE, OUTSIDE = "app.not_there", "app.outside"


def safe_name(name: str) -> str:
    r"""Make a name of a file from one that somebody gives: no folder, nothing that a system reads as a sign.

    >>> safe_name("../../etc/passwd"), safe_name(r"C:\data\城市 2008.xlsx"), safe_name("..")
    ('passwd', '城市 2008.xlsx', 'file')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = UNWANTED.sub("_", last).strip(" .")
    first, *others = plain.split(".")
    if alike(first.strip()) in DEVICES:  # with whatever suffix
        plain = ".".join([f"{first.strip()}_", *others])
    stem, dot, suffix = plain.rpartition(".")
    room = LONGEST - len(dot + suffix)
    if not stem or room <= 0 or len((dot + suffix).encode()) >= MOST_BYTES:
        stem, dot, suffix, room = plain, "", "", LONGEST
    stem = stem[:room]
    while len(f"{stem}{dot}{suffix}".encode()) > MOST_BYTES:
        stem = stem[:-1]
    return f"{stem}{dot}{suffix}".strip(" .") or "file"


def alike(name: str) -> str:
    """Fold a name: two names that some system takes for one are folded to one.

    >>> alike("Ａ城"), alike("COM\u00b9")
    ('a城', 'com1')
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def not_there(name: str) -> Problem:
    """Report that a study or a file does not exist."""
    return Problem(NOT_THERE, message("'{name}' is not in this folder.", name=name))


def inside(folder: Path, name: str) -> Path:
    """Give the path of a name in a folder; refuse what leads out of it, links included.

    Raises
    ------
    SpecError
        `app.outside`.
    """
    root = folder.resolve()
    path = root / name
    if "\0" in name or Path(os.path.normpath(path)) != path.resolve():
        raise SpecError(_outside(name))
    if not path.resolve().is_relative_to(root):
        raise SpecError(_outside(name))
    return path


def refuse_outside(study: Path, folder: Path, spec: StudySpec | None = None) -> None:
    """Refuse a study file, or what was made from its text, that names a file outside a folder.

    Raises
    ------
    StudyError
        `app.outside`; or what is wrong with the study file.
    """
    from xinzhi.study.file.load import load
    from xinzhi.study.file.step_inputs import files_read

    allowed = (
        folder.resolve(),
        *(Path(str(own)).resolve() for _, own in folders()),  # with lists of the packages
    )
    outside = [
        file
        for file in files_read(spec or load(study), study)
        if not any(file.resolve().is_relative_to(room) for room in allowed)
    ]
    if outside:
        raise SpecError(_outside(os.path.relpath(file, study.parent)) for file in outside)


def _outside(name: str) -> Problem:
    text = message("'{name}' lies outside the folder of the page.", name=name)
    remedy = message("copy it into the folder that `xinzhi app` was started with.")
    return Problem(OUTSIDE, text, Where(file=shown_name(Path(name.replace("\0", "")))), remedy)


class Workspace:
    """Studies in a folder; nothing outside it is read or written."""

    def __init__(self, folder: Path, language: Language) -> None:
        self.folder = folder.resolve()
        self.started_in: Language = language

    def path(self, study: str, *names: str) -> Path:
        """Give the path of a study's folder, or of a file in it.

        Raises
        ------
        SpecError
            `app.not_there` for an unknown study; `app.outside`.
        """
        folder = self.folder if study == HERE else inside(self.folder, study)
        is_child = study == HERE or folder.parent == self.folder
        if not is_child or study.startswith(".") or not folder.is_dir():
            raise SpecError(not_there(study))
        return inside(folder, "/".join(names)) if names else folder

    def studies(self) -> list[dict[str, object]]:
        """List the studies: the folders with a study file or with data, the last changed first."""
        names = [HERE] if (self.folder / STUDY).is_file() else []
        names += [
            study.name
            for study in sorted(self.folder.iterdir())
            if study.is_dir() and not study.is_symlink() and not study.name.startswith(".")
        ]
        folders = [self._described(name) for name in names]
        studies = [study for study in folders if study["has_study"] or study["has_data"]]
        return sorted(studies, key=lambda study: -study["changed"])

    def _described(self, study: str) -> dict[str, Any]:
        folder = self.folder if study == HERE else self.folder / study
        files = [path for path in (folder / STUDY, folder / DATA) if path.exists()]
        return {
            "id": study,
            "name": folder.name,
            "changed": max((path.stat().st_mtime for path in files), default=0.0),
            "has_study": (folder / STUDY).is_file(),
            "has_data": (folder / DATA).is_dir(),
            "has_results": (folder / RESULTS / "run.json").is_file(),
        }

    def add(self, name: str) -> str:
        """Make the folder of a new study; a name that is taken gets a number."""
        wanted = safe_name(name)
        # The name that means the folder itself is nobody's: a study of that name would be the folder.
        wanted = wanted if any(map(str.isalnum, wanted)) else UNNAMED
        # Two names that differ in case or in how a letter is written are one folder elsewhere.
        taken = {alike(path.name) for path in self.folder.iterdir()} | TAKEN
        study, number = wanted, 2
        while True:
            if alike(study) not in taken:
                try:
                    (self.folder / study).mkdir()
                except FileExistsError:  # somebody was quicker
                    pass
                else:
                    (self.folder / study / DATA).mkdir()
                    sync_folder(self.folder / study)
                    sync_folder(self.folder)
                    return study
            study, number = f"{wanted}-{number}", number + 1

    @property
    def settings(self) -> dict[str, Any]:
        """What the page remembers: the language and the studies that were opened last."""
        try:
            saved = json.loads((self.folder / SETTINGS).read_text(encoding="utf-8"))
        except (OSError, ValueError):  # it holds nothing that is not chosen again at once
            saved = {}
        saved = saved if isinstance(saved, dict) else {}
        language = saved.get("language")
        recent = saved.get("recent")
        return {
            "language": language if language in LANGUAGES else self.started_in,
            "recent": [str(study) for study in recent] if isinstance(recent, list) else [],
        }

    def remember(self, *, language: object = None, study: object = None) -> dict[str, Any]:
        """Note the language that was chosen or the study that was opened."""
        settings = self.settings
        if language in LANGUAGES:
            settings["language"] = language
        if isinstance(study, str):
            self.path(study)
            others = [other for other in settings["recent"] if other != study]
            settings["recent"] = [study, *others][:RECENT]
        write_atomically(self.folder / SETTINGS, json.dumps(settings))
        return settings
