"""The guides do what they say: their commands run on the files they show.

A block with a title is a file, or a part of one where the title ends in ", as written"; a block `sh` holds
commands; a block `text` below it is what they print.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from ruamel.yaml import YAML

from cli_runner import Done, attempt
from places import ROOT
from xinzhi.study.schema.study import StudySpec

pytestmark = pytest.mark.long

NOT_RUN = ("math", "console", "shell")
"""Equations, and what test_blocks.py lists with the reason."""
FOLDERS = tuple(
    f"{part}{name}" for part in ("", "zh/") for name in ("how-to", "coming-from", "tutorials")
)
GUIDES = tuple(p for part in FOLDERS for p in sorted((ROOT / "docs" / part).glob("*.md")))
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
AS_WRITTEN = ", as written"
"""End of the title of a block that shows what a command wrote."""
PART = "part of "
"""Beginning of the title of a block that shows sections of a study file: each is read by the schema."""
EXIT_CODE = re.compile(r"exit code (\d+)")


def lines(text: str) -> list[str]:
    """Lines without the blanks at their ends."""
    return [line.rstrip() for line in text.strip().splitlines()]


def run(line: str) -> Done:
    """Run a command, or several in a pipe; `< file` gives the first its input."""
    done = Done(0, "", "")
    for part in line.split(" | "):
        command, sign, file = part.partition(" < ")
        if sign:
            done = Done(0, Path(file).read_text(encoding="utf-8"), "")
        name, *words = shlex.split(command)
        assert name == "xinzhi"
        done = attempt(*words, stdin=done.stdout)
    return done


def do(
    kind: str, title: str, text: str, before: Done | None, session: dict[str, object]
) -> Done | None:
    """Do what a block says; return what the last command printed. Python blocks of a page share a session."""
    if title.endswith(AS_WRITTEN):
        assert text.strip() in Path(title.removesuffix(AS_WRITTEN)).read_text(encoding="utf-8")
    elif title.startswith(PART):
        for key, section in YAML(typ="safe").load(text).items():
            # Steps stand in order, each a mapping of one key.
            steps = [item for one in section for item in one.items()] if key == "prepare" else []
            kind_of = TypeAdapter(StudySpec.model_fields[key].annotation)
            kind_of.validate_python(steps or section)
    elif kind in ("csv", "yaml", "toml", "po") or (kind == "python" and title):
        Path(title).parent.mkdir(exist_ok=True)
        Path(title).write_text(text, encoding="utf-8")
    elif kind == "sh":
        expected = EXIT_CODE.search(title)
        for line in text.splitlines():
            before = run(line)
            assert before.code == (int(expected[1]) if expected else 0), before.stderr
    elif kind == "text":
        assert before is not None
        assert lines(text) in (lines(before.stdout), lines(before.stderr))
    elif kind == "python":
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(text, "guide", "exec"), session)  # noqa: S102 - our own page
        return Done(0, printed.getvalue(), "")
    else:
        assert kind in NOT_RUN, kind
    return before


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: str(page.relative_to(ROOT / "docs")))
def test_guide(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands of a guide end as the page says, in an empty folder."""
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    done, session = None, {}
    # Files that the page offers to download, under its own name.
    if (files := page.with_suffix(".zip")).is_file():
        assert f"]({files.name})" in page.read_text(encoding="utf-8")
        shutil.unpack_archive(files, tmp_path)
    with contextlib.chdir(tmp_path):
        blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
        assert blocks
        for kind, title, text in blocks:
            done = do(kind, title, text, done, session)
