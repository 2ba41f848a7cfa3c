"""Both languages are complete: no message that a person reads is left untranslated."""

from __future__ import annotations

import ast
import string
from types import MappingProxyType

import polib
import pytest

from house import nodes, sources
from layout import LOCALE, files
from xinzhi_core.wording import Label, Message, Terms, message, say

CATALOGUE = LOCALE / "zh.po"


def templates():
    """Find the English template of every call of `message` in the source."""
    for path in sources():
        for node in nodes(path):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "message"
                and node.args
            ):
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value, f"{path.name}:{node.lineno}"


@pytest.fixture(scope="module")
def entries():
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(CATALOGUE))}


def places(template):
    """Names between braces."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_every_message_has_a_chinese_translation(entries):
    """A template that is not in the catalogue would be English in a Chinese report."""
    missing = sorted({f"{where}: {text}" for text, where in templates() if not entries.get(text)})

    assert missing == []


def test_every_entry_is_a_text_of_the_program(entries):
    """A sentence that no file holds is never said: its translation is read and kept up for nobody."""
    texts = {
        node.value
        for path in sources()
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    others = " ".join(
        " ".join(path.read_text(encoding="utf-8").split())
        for path in files(".py", ".js", ".html", ".toml", ".yaml")
    )

    assert [
        one for one in entries if one not in texts and " ".join(one.split()) not in others
    ] == []


def test_translations_use_the_same_places(entries):
    """Each name between braces stands in both languages: nothing is lost, nothing breaks."""
    wrong = {text: entries[text] for text in entries if places(text) != places(entries[text])}

    assert wrong == {}


@pytest.fixture(scope="module")
def counted():
    """Pairs of the English of many and of one thing."""
    calls = (
        node
        for path in sources()
        for node in nodes(path)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "message"
    )
    return {
        (node.args[0].value, key.value.value)
        for node in calls
        for key in node.keywords
        if key.arg == "one" and isinstance(key.value, ast.Constant)
    }


def test_a_sentence_about_one_thing_uses_the_same_places(counted):
    """The English of one thing says what the English of many says."""
    assert counted
    assert [pair for pair in counted if places(pair[0]) != places(pair[1])] == []


def test_the_english_of_one_thing_has_no_entry(counted, entries):
    """Chinese has one form, that of many: the other would be translated and never said."""
    templates_of_many = {text for text, _ in templates()}

    assert sorted({one for _, one in counted if one in entries} - templates_of_many) == []


def test_english_counts_one_thing_as_one():
    """1 more table, 2 more tables; Chinese has one form."""
    template, one = "{n} more tables: `xinzhi show --study {study}`.", "{n} more table: {study}"
    said = [say(message(template, one=one, n=n, study="s"), "en") for n in (1, 2)]

    assert said == ["1 more table: s", "2 more tables: `xinzhi show --study s`."]
    assert say(message(template, one=one, n=1, study="s"), "zh").startswith("另有 1")


def test_no_translation_stands_twice():
    """One template, one translation."""
    ids = [entry.msgid for entry in polib.pofile(str(CATALOGUE))]

    assert len(ids) == len(set(ids))


def test_a_message_is_said_in_both_languages():
    """Values that are messages or labels are said in the same language."""
    told = message("{score} over time", score=Label("GTFP", zh="绿色效率", en="Green efficiency"))

    assert (say(told, "en"), say(told, "zh")) == ("Green efficiency over time", "绿色效率的变化")


def test_an_unknown_template_stays_english():
    """A message of somebody else's part is said as it is."""
    assert say(message("Nobody translated {this}.", this="x"), "zh") == "Nobody translated x."


def test_words_of_a_study_stand_in_their_own_language_alone():
    """What a study calls its entities is put into the template of that language, not into places or the other one."""
    terms = Terms((("en", "entity", "city"), ("zh", "个体", "城市")))
    words = Message("entity: {entity}", MappingProxyType({"entity": "entity 个体"}), terms=terms)

    assert terms.put("the entity 个体 {entity}", "en") == "the city 个体 {entity}"
    assert terms.put("entity 个体{个体}", "zh") == "entity城市{个体}"
    assert say(words, "en") == "city: entity 个体"
