"""A start entry that opens the page by a double click: on Linux, macOS and Windows.

What is written follows from the system, the home folder, the environment and the command alone, so that
the files of all three systems can be made, and tested, on any of them.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from xinzhi_core.errors import Problem, ReportError, SpecError, Where
from xinzhi_core.wording import message, say
from xinzhi_core.write import failed, make_folders, write_atomically

WINDOWS, MACOS = "win32", "darwin"
"""Systems as `sys.platform` names them; any other one has the start entries of the desktops of Linux."""
MARK = "Written by xinzhi app --install"
"""What every file of an entry holds: only such files are replaced and removed."""
NAME, WINDOWS_FOLDER = "xinzhi", "xinzhi-start"
PLAIN = re.compile(r"[\w.:/\\-]+", re.ASCII)
"""Words that no shell and no desktop reads as anything but themselves; a backslash, on Windows only."""
DOCUMENTS = re.compile(r'^XDG_DOCUMENTS_DIR="(.*)"', re.MULTILINE)
PATIENCE = 60
"""Seconds for PowerShell to make the shortcut."""
STAY_OPEN = '"$0" "$@" || read -r answer'
"""Keeps the window of a command that failed, so that its message can be read."""
NOT_OURS, UNNAMEABLE = "app.entry_exists", "app.entry_path"


@dataclass(frozen=True, slots=True)
class Machine:
    """The computer of a user, as far as a start entry depends on it."""

    system: str
    """As `sys.platform`."""
    home: Path
    environment: Mapping[str, str]

    def folder(self, variable: str, *otherwise: str) -> Path:
        """Give the folder that a variable of the environment names, or one in the home folder."""
        named = self.environment.get(variable, "")
        return Path(named) if Path(named).is_absolute() else self.home.joinpath(*otherwise)


@dataclass(frozen=True, slots=True)
class EntryFile:
    """A file of an entry."""

    path: Path
    content: bytes
    is_program: bool = False


def default_folder(machine: Machine) -> Path:
    """Give the folder of studies of somebody who names none: `xinzhi` in the documents.

    Desktops of Linux translate the folder of documents, and note its name. On Windows it is the one in
    the home folder, not one that was moved to a synchronised place.
    """
    documents = machine.home / "Documents"
    noted = machine.folder("XDG_CONFIG_HOME", ".config") / "user-dirs.dirs"
    if machine.system not in {WINDOWS, MACOS} and noted.is_file():
        found = DOCUMENTS.search(noted.read_text(encoding="utf-8", errors="replace"))
        path = found[1].replace("$HOME", str(machine.home)) if found else ""
        documents = Path(path) if Path(path).is_absolute() else documents
    return documents / NAME


def start_command(machine: Machine, python: str, folder: Path, flags: Sequence[str]) -> list[str]:
    """Give the command that an entry runs.

    Parameters
    ----------
    python
        The interpreter that runs xinzhi. One without a window is replaced by the one with a window:
        closing it is how the page is ended.
    flags
        Of `xinzhi app`, such as `["--lang", "zh"]`.

    Raises
    ------
    SpecError
        `app.entry_path`: a name has a line break or a letter that no text can hold.
    """
    if machine.system == WINDOWS:
        path = PureWindowsPath(python)
        python = str(path.with_name(re.sub("^pythonw", "python", path.name, flags=re.IGNORECASE)))
    for word in (python, str(folder)):
        if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in word):
            text = message("A start entry cannot hold the name {name}.", name=repr(word))
            remedy = message("choose a folder without line breaks and unreadable letters.")
            raise SpecError(Problem(UNNAMEABLE, text, Where(), remedy))
    # -P: a file in the folder where the entry is started, such as `random.py`, does not stand in for a module.
    return [python, *("-P", "-X", "utf8", "-m", NAME, "app"), str(folder), *flags]


def entry_files(machine: Machine, command: Sequence[str]) -> tuple[EntryFile, ...]:
    """Make the files of an entry, in the order in which they are written."""
    if machine.system == WINDOWS:
        # Not in AppData: Python of the Microsoft Store sees a copy of that folder, which nobody else sees.
        folder = machine.home / WINDOWS_FOLDER
        return (
            EntryFile(folder / f"{NAME}.bat", _batch(command).encode("utf-8")),
            EntryFile(folder / "shortcut.ps1", _shortcut_script().encode("ascii")),
        )
    if machine.system == MACOS:
        path = machine.home / "Desktop" / f"{NAME}.command"
        text = f"#!/bin/sh\n# {MARK}\nexec {shlex.join(command)}\n"
        return (EntryFile(path, text.encode("utf-8"), is_program=True),)
    folder = machine.folder("XDG_DATA_HOME", ".local", "share") / "applications"
    return (EntryFile(folder / f"{NAME}.desktop", _desktop(command).encode("utf-8")),)


def shortcut(machine: Machine) -> Path:
    """Give the path of the shortcut in the start menu of Windows."""
    programs = ("Microsoft", "Windows", "Start Menu", "Programs")
    return machine.folder("APPDATA", "AppData", "Roaming").joinpath(*programs, f"{NAME}.lnk")


def install(machine: Machine, command: Sequence[str], studies: Path) -> list[Path]:
    """Write an entry, and make the folder of studies; give the files that a double click opens.

    Raises
    ------
    SpecError
        `app.entry_exists`: a file of that name is there which xinzhi has not written.
    ReportError
        `write.failed`: a folder cannot be written.
    """
    entry = entry_files(machine, command)
    link = [shortcut(machine)] if machine.system == WINDOWS else []
    for path in (*(file.path for file in entry), *link):
        if os.path.lexists(path) and not is_ours(path):
            raise SpecError(_not_ours(path))
    try:
        make_folders(studies)
    except OSError as error:
        raise ReportError(failed(studies, 0, error)) from error
    for file in entry:
        write_atomically(file.path, file.content)
        if file.is_program:
            file.path.chmod(file.path.stat().st_mode | 0o111)
    if link and _make_shortcut(machine, entry[-1].path):
        return [entry[0].path, *link]
    return [entry[0].path]


def uninstall(machine: Machine) -> list[Path]:
    """Remove the files of an entry that xinzhi has written; give their paths."""
    link = [shortcut(machine)] if machine.system == WINDOWS else []
    ours = [*(file.path for file in entry_files(machine, ())), *link]
    removed = [path for path in ours if is_ours(path)]
    for path in removed:
        path.unlink()
    if machine.system == WINDOWS and removed:
        with suppress(OSError):  # it holds something else
            (machine.home / WINDOWS_FOLDER).rmdir()
    return removed


def is_ours(path: Path) -> bool:
    """Whether xinzhi has written a file: it has the mark, as text or as Windows keeps texts of shortcuts."""
    try:
        content = b"" if path.is_symlink() else path.read_bytes()
    except OSError:
        return False
    return any(MARK.encode(kind) in content for kind in ("utf-8", "utf-16-le"))


def _make_shortcut(machine: Machine, script: Path) -> bool:
    """Let Windows make the shortcut in the start menu."""
    link = shortcut(machine)
    program = shutil.which("powershell", path=machine.environment.get("PATH"))
    if program is None:
        return False
    words = [program, "-NoProfile", "-ExecutionPolicy", "Bypass", "-File", str(script)]
    environment = {**machine.environment, "APPDATA": str(link.parents[4])}
    with suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(  # noqa: S603 - our own script
            words, env=environment, capture_output=True, check=False, timeout=PATIENCE
        )
    return link.is_file()


def _desktop(command: Sequence[str]) -> str:
    """Write an entry of the list of applications, by the Desktop Entry Specification 1.5."""
    name = message("xinzhi: studies of efficiency")
    comment = message("Open your studies in the browser.")
    words = ["/bin/sh", "-c", STAY_OPEN, *command]
    return "\n".join(
        [
            f"# {MARK}",
            "[Desktop Entry]",
            "Type=Application",
            "Version=1.5",
            f"Name={say(name, 'en')}",
            f"Name[zh_CN]={say(name, 'zh')}",
            f"Comment={say(comment, 'en')}",
            f"Comment[zh_CN]={say(comment, 'zh')}",
            f"Exec={' '.join(map(exec_word, words))}",
            "Terminal=true",
            "Categories=Science;Economy;Education;",
            "",
        ]
    )


def exec_word(word: str) -> str:
    r"""Quote a word of the key `Exec`: by its own rules, and then as a string of the file.

    >>> print(exec_word("100% $x"))
    "100%% \\$x"
    """
    if PLAIN.fullmatch(word) and "\\" not in word:
        return word
    quoted = re.sub(r'(["`$\\])', r"\\\1", word.replace("%", "%%"))
    return f'"{quoted}"'.replace("\\", "\\\\")


def _batch(command: Sequence[str]) -> str:
    """Write a batch file: ASCII until the code page is set, and lines that end as on Windows."""
    lines = [
        "@echo off",
        f"rem {MARK}",
        "chcp 65001 >nul",
        "setlocal DisableDelayedExpansion",
        "title xinzhi",
        " ".join(map(batch_word, command)),
        "if errorlevel 1 pause",
        "",
    ]
    return "\r\n".join(lines)


def batch_word(word: str) -> str:
    r"""Quote a word of a batch file: `%` is doubled, and backslashes before the closing quote.

    >>> print(batch_word("D:\\100% 数据\\"))
    "D:\100%% 数据\\"
    """
    if PLAIN.fullmatch(word):
        return word
    backslashes = word[len(word.rstrip("\\")) :]
    return f'"{word.replace("%", "%%")}{backslashes}"'


def _shortcut_script() -> str:
    """Write the script that makes the shortcut; it finds its paths itself, and is ASCII for that reason."""
    lines = [
        f"# {MARK}",
        "$ErrorActionPreference = 'Stop'",
        r"$programs = Join-Path $env:APPDATA 'Microsoft\Windows\Start Menu\Programs'",
        "$shell = New-Object -ComObject WScript.Shell",
        f"$link = $shell.CreateShortcut((Join-Path $programs '{NAME}.lnk'))",
        f"$link.TargetPath = Join-Path $PSScriptRoot '{NAME}.bat'",
        f"$link.Description = '{MARK}'",
        "$link.Save()",
        "",
    ]
    return "\r\n".join(lines)


def _not_ours(path: Path) -> Problem:
    text = message("{file} was not written by xinzhi and is not overwritten.", file=path)
    remedy = message("move it away or rename it, then install again.")
    return Problem(NOT_OURS, text, Where(file=str(path)), remedy)
