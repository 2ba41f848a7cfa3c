"""Words of packages that add parts: their own catalogues, found by their entry points."""

from __future__ import annotations

import sys

import pytest

from xinzhi_core import wording
from xinzhi_core.wording import catalogues_of_others, declared, message, say

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def entry(source, translation):
    return f'msgid "{source}"\nmsgstr "{translation}"\n\n'


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Lay down a package as an installer does, with a catalogue; nothing of it is imported."""

    def installed(package, group, *entries, name="zh.po"):
        folder = tmp_path / package / "locale"
        folder.mkdir(parents=True, exist_ok=True)
        (folder.parent / "__init__.py").write_text("raise RuntimeError('imported')\n")
        (folder / name).write_text(HEAD + "".join(entries), encoding="utf-8")
        about = tmp_path / f"{package}-0.1.dist-info"
        about.mkdir(exist_ok=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 0.1\n")
        (about / "entry_points.txt").write_text(f"[{group}]\n{package} = {package}.part\n")
        return folder / name

    monkeypatch.syspath_prepend(tmp_path)
    for read in (wording.catalogue, wording.descriptions):
        read.cache_clear()
    yield installed
    for read in (wording.catalogue, wording.descriptions):
        read.cache_clear()


@pytest.mark.parametrize("group", ["xinzhi.analyses", "xinzhi.measures", "xinzhi.steps"])
def test_a_sentence_of_another_package_is_said_in_both_languages(install, group):
    """Its catalogue lies in `locale/zh.po` of the package, whatever part the entry point adds."""
    file = install("foreign", group, entry("A dog has {n} legs.", "狗有 {n} 条腿。"))
    words = message("A dog has {n} legs.", n=4)

    assert catalogues_of_others("zh.po") == (file,)
    assert (say(words, "zh"), say(words, "en")) == ("狗有 4 条腿。", "A dog has 4 legs.")
    assert "foreign" not in sys.modules


def test_options_of_another_package_are_described_in_both_languages(install):
    """Texts of options lie in `locale/zh_help.po`, as those of xinzhi."""
    install("foreign", "xinzhi.analyses", entry("Number of legs.", "腿的数目。"), name="zh_help.po")
    text = declared("Number of\n legs.\n\nMore of it.")

    assert (say(text, "zh"), say(text, "en")) == ("腿的数目。", "Number of legs.")


def test_no_other_package_changes_a_word_of_xinzhi(install):
    """A sentence that both have is said as xinzhi says it; of two others the first by name wins."""
    usual = say(message("Estimate"), "zh")
    install("foreign", "xinzhi.analyses", entry("Estimate", "别的"), entry("Dog", "犬"))
    install("abroad", "xinzhi.analyses", entry("Dog", "狗"))
    wording.catalogue.cache_clear()

    assert say(message("Estimate"), "zh") == usual != "别的"
    assert say(message("Dog"), "zh") == "狗"


def test_packages_that_add_nothing_are_not_read(install):
    """Only entry points of xinzhi count, and a package may have no catalogue."""
    install("foreign", "xinzhiish.analyses", entry("Dog", "犬"))

    assert catalogues_of_others("zh.po") == ()
    install("foreign", "xinzhi.analyses", entry("Dog", "犬"))
    assert catalogues_of_others("zh_help.po") == ()


def test_a_translation_that_could_not_be_printed_is_an_error(install):
    """It has another place for a value than its sentence; the error names file and sentence."""
    file = install("foreign", "xinzhi.analyses", entry("{n} dogs", "{m} 只狗"), entry("A", ""))

    with pytest.raises(ValueError, match="have other places for values") as raised:
        say(message("anything"), "zh")
    assert str(raised.value).startswith(f"{file}: '{{n}} dogs' and its translation")
