"""How many sentences with a number or a name in them tests write out: a table by package, whose numbers may only rise."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest

from layout import address_of, files
from places import ROOT

NOT_READING = {
    "judged_sentences.py", "test_mirrors.py", "test_sentence_register.py", "opposites.py", "test_one_is_singular.py",
    "judgements.py", "causes.py", "test_sentences_read.py",
}  # fmt: skip
"""Files that name sentences without reading the numbers in them."""
SHORTEST = 9
"""Letters of the longest piece of a sentence by which it is found again in a test."""
READ = {"app": 21, "core": 48, "econometrics": 31, "frontier": 39, "panel": 40, "xinzhi": 64}
"""Package -> per cent of its sentences that some test writes out, at least. May only rise."""
READ_WHOLE = ("xinzhi/prepare/steps/", "xinzhi/cli/run_output.py")
"""Where each sentence that can be evoked is read; those that are not stand below."""
NOT_EVOKED = {
    "industries not read: {industries}", "{n} records have no industry that can be read", "{n} records lie outside the study",
    "The review '{name}' is not as needed: {what}.", "stock at the end of the year, classes {classes}; {reasons}",
    "{n} firms are undecided and do not count until they are reviewed",
    "{n} records give the code of one industry and the name of another: the name was taken, as older editions of the classification have other codes",
    "Industries without shocks: {names}.", "The industries of '{shares}' and '{source}' differ: {names}.",
    "{scale} · sum_j (E_ijt / E_it) (S_jt / N_jt); enterprises {enterprises}, shocks {shocks}, national {national}",
    "{value} is not a number of workers.",
    "'{column}' has the same quarter of the year before as 100: it makes no level from one quarter to the next.",
}  # fmt: skip


def strings_of_tests() -> str:
    """Join all texts that stand in tests."""
    found = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        if path.name not in NOT_READING:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found += [
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            ]
    return "\0".join(found)


def sentences() -> set[tuple[str, str]]:
    """List the templates with a place and a piece that is long enough: address of the file, template."""
    found = set()
    for path in files(".py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "message"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                text = node.args[0].value
                if "{" in text and max(map(len, pieces(text))) >= SHORTEST:
                    found.add((address_of(path), text))
    return found


def pieces(template: str) -> list[str]:
    """Give the words of a template between its places."""
    return [piece.strip(" .,:;()'") for piece in re.split(r"\{[^}]*\}", template)]


@pytest.mark.long
def test_sentences_that_tests_write_out_only_become_more():
    """Each package against its number; a sentence of a new kind needs a test. Those of steps and of the screen of `run` are named."""
    texts, all_of, unread = strings_of_tests(), Counter(), Counter()
    named = set()
    for address, template in sorted(sentences()):
        package = address.partition("/")[0]
        all_of[package] += 1
        if not any(piece in texts for piece in pieces(template) if len(piece) >= SHORTEST):
            unread[package] += 1
            named |= {template} if address.startswith(READ_WHOLE) else set()
    share = {package: 100 * (1 - unread[package] / n) for package, n in all_of.items()}

    assert {package for package, least in READ.items() if share[package] < least} == set()
    assert named == NOT_EVOKED
