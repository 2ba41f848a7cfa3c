"""`xinzhi app --install`: the files of all three systems, made here; Windows and macOS by their rules only."""

from __future__ import annotations

import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cli_runner import attempt, call
from xinzhi_app.child import Runs
from xinzhi_app.start_entry import (
    MARK,
    STAY_OPEN,
    Machine,
    batch_word,
    default_folder,
    entry_files,
    install,
    shortcut,
    start_command,
    uninstall,
)
from xinzhi_core.errors import SpecError

SYSTEMS = ["linux", "darwin", "win32"]
ODD = ["/home/李 雷/研究 100%", '/srv/$HOME/`a`/"b"', "/data/back\\slash\\", "/a=b/c;d", "/x'y/~/*"]
WINDOWS = [
    r"C:\Users\李雷\Documents\城市 研究",
    "D:\\",
    r"\\server\共享\100%PATH%",
    r"C:\R&D (1)!^",
]


def machine(system: str, home: Path, **environment: str) -> Machine:
    return Machine(system, home, environment)


def command(system: str, folder: str, python: str = "/opt/py thon/bin/python") -> list[str]:
    return start_command(machine(system, Path("/home/me")), python, Path(folder), ["--lang", "zh"])


def text_of(system: str, words: list[str]) -> str:
    return entry_files(machine(system, Path("/home/me")), words)[0].content.decode()


def words_of_exec(value: str) -> list[str]:
    """Read a value of `Exec` as the Desktop Entry Specification says: string, quotes, field codes."""
    string = re.sub(r"\\(.)", lambda found: {"s": " ", "n": "\n"}.get(found[1], found[1]), value)
    words = []
    for quoted, plain in re.findall(r'"((?:[^"\\]|\\.)*)"|([^\s"]+)', string):
        word = re.sub(r"\\(.)", r"\1", quoted) if quoted else plain
        assert not re.search(r"(?<!%)(?:%%)*%(?!%)", word), word
        words.append(word.replace("%%", "%"))
    return words


@pytest.mark.parametrize("studies", ODD)
def test_linux_runs_the_command_whatever_its_names(studies):
    """Two layers of quotation, each undone by its rule."""
    words = command("linux", studies)
    lines = text_of("linux", words).splitlines()
    entry = dict(line.split("=", 1) for line in lines[2:])

    assert lines[:2] == [f"# {MARK}", "[Desktop Entry]"]
    assert words_of_exec(entry["Exec"]) == ["/bin/sh", "-c", STAY_OPEN, *words]
    assert entry["Name[zh_CN]"] != entry["Name"]
    assert (entry["Type"], entry["Terminal"]) == ("Application", "true")


@pytest.mark.skipif(not shutil.which("gio"), reason="GLib starts entries of desktops")
@pytest.mark.parametrize("studies", ODD)
def test_a_desktop_starts_the_entry(tmp_path, studies):
    """GLib, which starts entries in most desktops of Linux, hands over the words that were meant."""
    shown = tmp_path / "shown.txt"
    writer = tmp_path / "a python"
    writer.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" > '{shown}'\n", encoding="utf-8")
    writer.chmod(0o755)
    words = command("linux", studies, str(writer))
    entry = tmp_path / "xinzhi.desktop"
    text = text_of("linux", words).replace("Terminal=true", "Terminal=false")
    entry.write_text(text, encoding="utf-8")
    subprocess.run(["gio", "launch", entry], check=True, timeout=60)
    for _ in range(200):
        if shown.is_file() and shown.read_text(encoding="utf-8").endswith("zh\n"):
            break
        subprocess.run(["sleep", "0.05"], check=True)

    assert shown.read_text(encoding="utf-8").splitlines() == words[1:]


@pytest.mark.parametrize("studies", ODD)
def test_macos_runs_the_command_whatever_its_names(studies):
    """The script is one of sh; here sh itself reads it."""
    words = command("darwin", studies)
    first, mark, line = text_of("darwin", words).splitlines()
    read = subprocess.run(
        ["sh", "-c", line.replace("exec", "printf '%s\\n'", 1)],
        capture_output=True,
        check=True,
        text=True,
    )

    assert (first, mark) == ("#!/bin/sh", f"# {MARK}")
    assert read.stdout.splitlines() == words
    assert shlex.split(line)[1:] == words


def words_of_batch(line: str) -> list[str]:
    """Read a line as cmd does (`%%` is `%`), and its words as a C program does."""
    assert not re.search(r"(?<!%)(?:%%)*%(?!%)", line)
    words = [match[0] for match in re.finditer(r'"[^"]*"|[^\s"]+', line)]
    return [read_quoted(word).replace("%%", "%") for word in words]


def read_quoted(word: str) -> str:
    """Undo the quotes: 2n backslashes before the closing one are n; an odd number would escape it."""
    if not word.startswith('"'):
        assert not set(word) & set("&|<>^()@!,;=")
        return word
    inner = word[1:-1]
    tail = len(inner) - len(inner.rstrip("\\"))
    assert tail % 2 == 0
    return inner[: len(inner) - tail // 2]


@pytest.mark.parametrize("studies", WINDOWS)
def test_windows_runs_the_command_whatever_its_names(studies):
    """ASCII until the code page is UTF-8, CRLF, and every word of the command as it was meant."""
    python = r"C:\Program Files\Python\pythonw.exe"
    words = [
        *start_command(machine("win32", Path("/home/me")), python, Path("/x"), [])[:-1],
        studies,
    ]
    content = entry_files(machine("win32", Path("/home/me")), words)[0].content
    lines = content.decode().split("\r\n")
    before = content[: content.index(b"chcp 65001")]

    assert before.isascii()
    assert lines[1] == f"rem {MARK}"
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert words[0] == r"C:\Program Files\Python\python.exe"
    assert words_of_batch(lines[5]) == words
    assert lines[5].endswith(batch_word(studies))


def test_the_script_of_the_shortcut_names_no_path():
    """Windows PowerShell reads a script in the code page of the system: ASCII is the same in all."""
    bat, script = entry_files(machine("win32", Path("/home/李雷")), command("win32", "/李"))

    assert script.content.isascii()
    assert bat.path.parent == script.path.parent
    assert b"$PSScriptRoot" in script.content
    assert f"$link.Description = '{MARK}'".encode() in script.content


@pytest.mark.parametrize("system", SYSTEMS)
def test_an_entry_is_written_again_and_removed(tmp_path, system):
    """A second time changes nothing; what is removed is what was written, and studies stay."""
    home = tmp_path / "张 三"
    here = machine(system, home, PATH="")
    studies = default_folder(here)
    words = start_command(here, sys.executable, studies, [])
    written = install(here, words, studies)
    first = {file: file.read_bytes() for file in home.rglob("*") if file.is_file()}
    assert install(here, words, studies) == written
    assert {file: file.read_bytes() for file in home.rglob("*") if file.is_file()} == first
    assert written[0] in first
    assert studies.is_dir()
    if system == "darwin":
        assert written[0].stat().st_mode & stat.S_IXUSR

    (studies / "mine.csv").write_text("a", encoding="utf-8")
    assert set(uninstall(here)) == set(first)
    assert [file for file in home.rglob("*") if file.is_file()] == [studies / "mine.csv"]
    assert uninstall(here) == []


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_what_is_not_ours_stays(tmp_path, system, kind):
    """A file, folder or link of that name is refused before anything is written, and not removed."""
    here = machine(system, tmp_path, PATH="")
    words = start_command(here, sys.executable, tmp_path / "s", [])
    paths = [file.path for file in entry_files(here, words)]
    paths += [shortcut(here)] if system == "win32" else []
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        if kind == "file":
            path.write_text("mine", encoding="utf-8")
        elif kind == "folder":
            path.mkdir()
        else:
            path.symlink_to(tmp_path / "nowhere")
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(SpecError, match="was not written by xinzhi"):
            install(here, words, tmp_path / "s")
        assert uninstall(here) == []
        assert sorted(tmp_path.rglob("*")) == before
        path.rmdir() if kind == "folder" else path.unlink()


@pytest.mark.skipif(sys.platform == "win32", reason="a stand-in for PowerShell")
def test_the_shortcut_is_made_by_powershell(tmp_path):
    """With the folder of the start menu; a shortcut without the mark is somebody's own."""
    tools, home = tmp_path / "tools", tmp_path / "home"
    tools.mkdir()
    stand_in = tools / "powershell"
    link = 'f="$APPDATA/Microsoft/Windows/Start Menu/Programs"; mkdir -p "$f"; '
    mark = (
        f'{sys.executable} -c \'import sys; sys.stdout.buffer.write("{MARK}".encode("utf-16-le"))\''
    )
    stand_in.write_text(f'#!/bin/sh\n{link}{mark} > "$f/xinzhi.lnk"\n', encoding="utf-8")
    stand_in.chmod(0o755)
    here = machine("win32", home, PATH=f"{tools}:/usr/bin:/bin")
    written = install(here, start_command(here, "C:\\py.exe", home / "s", []), home / "s")

    assert written == [home / "xinzhi-start" / "xinzhi.bat", shortcut(here)]
    assert install(here, start_command(here, "C:\\py.exe", home / "s", []), home / "s") == written
    assert shortcut(here) in uninstall(here)
    assert not (home / "xinzhi-start").exists()


def test_folders_of_the_system_are_honoured(tmp_path):
    """Data and documents lie elsewhere where the desktop says so; in relative paths nobody believes."""
    config, data = tmp_path / "config", tmp_path / "data"
    config.mkdir()
    noted = 'XDG_DESKTOP_DIR="$HOME/桌面"\nXDG_DOCUMENTS_DIR="$HOME/文档"\n'
    (config / "user-dirs.dirs").write_text(noted, encoding="utf-8")
    named = {"XDG_CONFIG_HOME": str(config), "XDG_DATA_HOME": str(data)}
    here = machine("linux", tmp_path, **named)
    bare = machine("linux", tmp_path, XDG_DATA_HOME="relative")

    assert default_folder(here) == tmp_path / "文档" / "xinzhi"
    assert default_folder(bare) == tmp_path / "Documents" / "xinzhi"
    assert entry_files(here, ["x"])[0].path == data / "applications" / "xinzhi.desktop"
    assert entry_files(bare, ["x"])[0].path.is_relative_to(tmp_path / ".local" / "share")


@pytest.mark.parametrize("name", ["a\nb", "a\tb", "a\udc80"])
def test_a_name_that_no_entry_can_hold_is_refused(name):
    """One sentence, and nothing written."""
    with pytest.raises(SpecError, match="cannot hold the name"):
        command("linux", f"/{name}")


@pytest.mark.skipif(
    sys.platform != "linux", reason="the entry of the system at hand is the one of Linux"
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_command_says_what_it_wrote(tmp_path, monkeypatch, lang):
    """With the folder that was named; and what it takes away again."""
    home, studies = tmp_path / "家", tmp_path / "my studies"
    studies.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(variable, raising=False)
    said = call("app", studies, "--install", "--port", 8123, "--lang", lang).stderr
    entry = home / ".local/share/applications/xinzhi.desktop"
    value = re.search("^Exec=(.*)$", entry.read_text(encoding="utf-8"), re.MULTILINE)[1]

    assert words_of_exec(value)[3] == sys.executable
    assert words_of_exec(value)[10:] == [str(studies), "--port", "8123", "--lang", lang]
    assert all(one in said for one in (str(entry), str(studies), "xinzhi app --uninstall"))
    assert str(entry) in call("app", "--uninstall", "--lang", lang).stderr
    assert not entry.exists()
    assert call("app", "--uninstall", "--lang", "en").stderr == (
        "xinzhi has not written a start entry.\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="a home folder that is a file")
def test_a_home_that_cannot_be_written_is_one_sentence(tmp_path, monkeypatch):
    """Nor a folder that does not exist."""
    home = tmp_path / "home"
    home.write_text("", encoding="utf-8")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    done = attempt("app", "--install", "--lang", "en")
    missing = attempt("app", tmp_path / "none", "--install", "--lang", "en")

    assert (done.code, missing.code) == (1, 1)
    assert "cannot be written" in done.stderr
    assert "Folder" in missing.stderr
    assert "Traceback" not in done.stderr + missing.stderr

    monkeypatch.setattr(Path, "home", no_home)
    nowhere = attempt("app", "--install", "--lang", "en")
    assert nowhere.code == 1
    assert "The system names no home folder." in nowhere.stderr


def no_home():
    raise RuntimeError


def test_a_run_has_a_console_of_its_own_on_windows(tmp_path, monkeypatch):
    """There a window that is closed ends all processes of its console; the flag exists there only."""
    started = {}

    def popen(_, **options):
        started.update(options)
        raise OSError

    monkeypatch.setattr(subprocess, "CREATE_NO_WINDOW", 0x08000000, raising=False)
    monkeypatch.setattr(subprocess, "Popen", popen)
    with pytest.raises(OSError):  # noqa: PT011 - of the stand-in
        Runs().start(tmp_path / "study.yaml", "en")

    assert started["creationflags"] & 0x08000000
