"""Sentences of the catalogue that tests make the program say, and those that no test ever does.

    XINZHI_SENTENCES=hold  uv run pytest    # fails where a sentence is never said and not in the list; `just sentences` does this
    XINZHI_SENTENCES=write uv run pytest    # writes the list again, shorter or longer; read what `git diff` shows

Only the whole of the quick tests tells: a part of them says fewer. A sentence counts where its words are put together for
somebody, in either language, while a test or its fixtures run; tests that say each entry of the catalogue with made-up
values do not count. What a process of its own says (a command that is killed, a worker) is not heard.
Words of the page are put together by the browser: they count as said, as a test of their own reads each of them, with
the values that it is given, in the scripts (`tests/app/test_words_in_scripts.py`).

The list may hold sentences that the long tests say: it is an upper bound of what nobody ever saw.
"""

from __future__ import annotations

import json
import os

import polib
import pytest

from layout import LOCALE
from places import ROOT
from xinzhi_app.words import WORDS
from xinzhi_core import wording

LIST = ROOT / "tests" / "reference" / "sentences_never_said.txt"
MODE = os.environ.get("XINZHI_SENTENCES", "")
GENERATORS = (
    "tests/unit/test_locale.py",
    "tests/unit/test_message_places.py",
    "tests/unit/test_other_catalogues.py",
)
"""Tests that say entries of the catalogue for their own sake."""
HEAD = """# Sentences that none of the quick tests makes the program say, as JSON strings; tests/support/sentences_seen.py writes the list.
"""


class Ear:
    """Hears what a process says, and in the process that reports, what all of them heard."""

    def __init__(self) -> None:
        self.said: set[str] = set()
        self.is_deaf = False

    def listen(self) -> None:
        """Hear every sentence that is put together from now on."""
        say = wording._say

        def heard(
            words: wording.Wording, language: wording.Language, terms: wording.Terms | None = None
        ) -> str:
            if isinstance(words, wording.Message) and not self.is_deaf:
                self.said.add(words.template)
            return say(words, language, terms)

        wording._say = heard

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> object:
        """Close the ear while a test goes through the catalogue."""
        self.is_deaf = item.nodeid.partition("::")[0] in GENERATORS
        try:
            return (yield)
        finally:
            self.is_deaf = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Hand over what was heard, or judge it."""
        if hasattr(session.config, "workerinput"):
            session.config.workeroutput["said"] = sorted(self.said)
            return
        if exitstatus != pytest.ExitCode.OK:
            return
        silent = never_said(self.said)
        if MODE == "write":
            lines = (json.dumps(one, ensure_ascii=False) for one in silent)
            LIST.write_text(HEAD + "".join(f"{one}\n" for one in lines), encoding="utf-8")
        new = sorted({*silent} - listed())
        if new:
            print("\nNo test says: " + "\n  ".join(["", *new]))  # noqa: T201 - the words of a report
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        """Take what a process heard."""
        self.said.update(getattr(node, "workeroutput", {}).get("said", ()))


def entries() -> list[str]:
    """List the sentences of the catalogue."""
    return [entry.msgid for entry in polib.pofile((LOCALE / "zh.po").read_text(encoding="utf-8"))]


def never_said(said: set[str]) -> list[str]:
    """List the sentences of the catalogue that were not heard."""
    of_page = {word.template for word in WORDS.values()}
    return sorted({*entries()} - said - of_page)


def listed() -> set[str]:
    """Read the list of sentences that nobody says."""
    lines = LIST.read_text(encoding="utf-8").splitlines() if LIST.is_file() else []
    return {json.loads(line) for line in lines if line.startswith('"')}


def listen(config: pytest.Config) -> None:
    """Listen from the first import on."""
    ear = Ear()
    ear.listen()
    config.pluginmanager.register(ear, "sentences_seen")
