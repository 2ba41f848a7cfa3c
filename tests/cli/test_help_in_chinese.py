"""Help in Chinese: every command and option is translated, and the columns stand straight."""

from __future__ import annotations

import re

import polib
import pytest
from typer.main import get_command

from cli_runner import call
from declared_texts import declared_texts
from layout import LOCALE
from xinzhi.cli.help import WRITTEN, translated
from xinzhi.cli.main import app
from xinzhi.cli.width import wide, wrapped

CATALOGUE = LOCALE / "zh_help.po"
CHINESE = re.compile("[\u4e00-\u9fff]")


def commands():
    """List every command, groups included: its words, the command, its context."""
    waiting = [((), get_command(app), None)]
    while waiting:
        words, command, parent = waiting.pop()
        context = command.context_class(
            command, info_name=(words or ("xinzhi",))[-1], parent=parent
        )
        yield words, command, context
        if hasattr(command, "list_commands"):
            waiting += [
                ((*words, name), command.get_command(context, name), context)
                for name in command.list_commands(context)
            ]


COMMANDS = [*commands()]
NAMES = [one[0] for one in COMMANDS]


def texts():
    """List every help of a command or an option."""
    for words, command, context in COMMANDS:
        for one in (command, *command.get_params(context)):
            yield " ".join(words), one.help


@pytest.fixture(scope="module")
def entries():
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(CATALOGUE))}


def test_every_command_and_option_is_described_and_translated():
    """A help that is not in the catalogue would be English."""
    missing = [
        (where, text) for where, text in texts() if not text or not CHINESE.search(translated(text))
    ]

    assert missing == []
    assert len(COMMANDS) > 30


@pytest.mark.long
def test_no_translation_is_left_over(entries):
    """Each stands for a text of a command, or of the study file."""
    used = {text for text, _ in declared_texts()}
    for _, text in texts():
        plain = WRITTEN.fullmatch(" ".join(text.split()))["text"]
        used |= {plain, f"{plain}."} & set(entries)

    assert set(entries) - used == set()


def test_a_translation_holds_the_words_that_are_typed(entries):
    """Names of options, files and choices are the same in both languages."""
    typed = re.compile(r"`[^`]+`|--[a-z-]+|\.[a-z]{2,4}\b|\{[^}]*\}|[a-z]+_[a-z_]+|[A-Z]{4,}=?")
    wrong = {
        text: sorted(set(typed.findall(text)) ^ set(typed.findall(entries[text])))
        for text in entries
        if set(typed.findall(text)) ^ set(typed.findall(entries[text]))
    }

    assert wrong == {}


@pytest.mark.one_in(4)
@pytest.mark.parametrize("words", NAMES, ids=" ".join)
@pytest.mark.parametrize("columns", [72, 80])
def test_the_columns_stand_straight(words, columns, monkeypatch):
    """No line is wider than the terminal; what an option is stands in one column; no English heading."""
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = call("--lang", "zh", *words, "--help").stdout.splitlines()

    assert lines[0].startswith("用法：xinzhi")
    assert max(map(wide, lines)) <= columns
    for heading in ("Usage", "Options", "Arguments", "Commands", "[required]", "[default"):
        assert heading not in "\n".join(lines)
    for section in ("参数：", "选项：", "命令："):
        if section in lines:
            rows = lines[lines.index(section) + 1 :]
            rows = rows[: rows.index("")] if "" in rows else rows
            begins = {
                wide(found[0])
                for row in rows
                if (found := re.match(r"  \S.*?  +(?=\S)|    +", row))
            }
            assert len(begins) == 1


@pytest.mark.parametrize(
    ("variable", "value", "first"),
    [
        ("LC_ALL", "zh_CN.UTF-8", "用法"),
        ("LANG", "zh_TW", "用法"),
        ("LC_ALL", "de_DE.UTF-8", "Usage"),
    ],
)
def test_the_locale_chooses(monkeypatch, variable, value, first):
    """And --lang decides over it."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, value)

    assert call("run", "-h").stdout.startswith(first)
    assert call("run", "-h", "--lang", "en").stdout.startswith("Usage")
    assert call("run", "--lang=zh", "-h").stdout.startswith("用法")


def test_the_language_before_the_command_is_that_of_the_command(tmp_path):
    """As `git -c` is: `xinzhi --lang zh check …`."""
    (tmp_path / "data.csv").write_text("city,year,x\nA,2001,1\nB,2001,2\n", encoding="utf-8")

    before = call("--lang", "zh", "check", tmp_path / "data.csv").stdout
    behind = call("check", tmp_path / "data.csv", "--lang", "zh").stdout

    assert before == behind
    assert CHINESE.search(before)


def test_no_line_begins_with_a_full_stop():
    """Signs stay with the characters before them, whatever the width."""
    text = "城市（北京、上海）的效率，见 `xinzhi parts`。［默认：sbm］"

    for width in range(12, 40):
        lines = [*wrapped(text, width)]
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert not any(line[0] in "。，、）］" or line[-1] in "（［" for line in lines)
