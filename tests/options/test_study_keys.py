"""Every key of a study file does something: another value changes what the study says, or is refused.

Keys are read from the schema: a key, or a word of a key, for which there is no case fails here.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from made_options import write_studies
from options_of_studies import DRAWN, KEPT, NOT_HERE, RECORD, STUDIES, Case
from parts import quick_where
from said import changed, said
from xinzhi.analyses.section import WordChoices
from xinzhi.prepare.step import STEPS
from xinzhi.study.file.located import read_yaml
from xinzhi.study.run import run
from xinzhi.study.schema.study import StudySpec
from xinzhi.work.results import claim
from xinzhi_core.errors import StudyError
from xinzhi_core.vocabulary import CHOICES
from xinzhi_econometrics.diagnostics import DIAGNOSTICS
from xinzhi_econometrics.fit import ESTIMATORS
from xinzhi_frontier.measure import MEASURES
from xinzhi_frontier.productivity.index import INDICES

SAYS_NOTHING = {"notice study.set", "provenance"}
"""Parts that differ between any two runs with other settings."""


class Studies:
    """Runs each study once with the same settings; what is computed is kept between the runs."""

    def __init__(self, folder: Path, stack: contextlib.ExitStack) -> None:
        self.folder = write_studies(folder)
        self.stack = stack
        self.places: dict[str, Any] = {}
        self.told: dict[tuple[str, tuple[str, ...]], dict[str, str]] = {}

    def say(self, study: str, settings: tuple[str, ...]) -> dict[str, str]:
        """Give what a study says part by part; a study that is refused says why."""
        if (study, settings) not in self.told:
            if study in KEPT and study not in self.places:
                self.places[study] = self.stack.enter_context(claim(self.folder / f"of {study}"))
            file, place = self.folder / f"{study}.yaml", self.places.get(study)
            try:
                parts = said(run(file, settings=settings, results=place), drawn=study in DRAWN)
            except StudyError as error:
                parts = {"refused": str(error)}
            self.told[study, settings] = parts
        return self.told[study, settings]

    def both(self, case: Case) -> tuple[dict[str, str], dict[str, str]]:
        """Give what the study says without the key and with it."""
        before = self.say(case.study, case.beside)
        return before, self.say(case.study, (*case.beside, *case.settings))


@pytest.fixture(scope="module")
def studies(tmp_path_factory) -> Iterator[Studies]:
    with contextlib.ExitStack() as stack:
        yield Studies(tmp_path_factory.mktemp("options"), stack)


def models(kind: Any) -> Iterator[type[BaseModel]]:
    """List the sections inside a type."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for inner in get_args(kind):
        yield from models(inner)


def is_by_name(kind: Any) -> bool:
    """Whether a key holds sections by names that the study chooses."""
    return get_origin(kind) is dict and any(models(kind))


def literals(kind: Any) -> set[str]:
    """List the words that a type allows."""
    if get_origin(kind) is Literal:
        return {str(word) for word in get_args(kind)}
    if kind is bool:
        return {"True", "False"}
    return set().union(*(literals(inner) for inner in get_args(kind)))


def declared() -> dict[tuple[str, ...], tuple[set[str], Any]]:
    """List the keys of the study file -> words of the key, and default."""
    found: dict[tuple[str, ...], tuple[set[str], Any]] = {}

    def walk(model: type[BaseModel], path: tuple[str, ...]) -> None:
        for name, field in model.model_fields.items():
            key = (*path, field.alias or name)
            words = literals(field.annotation)
            for mark in field.metadata:
                if isinstance(mark, WordChoices):
                    words |= set(CHOICES[mark.option])
            inner = list(models(field.annotation))
            for one in inner:
                if one.model_fields:
                    walk(one, (*key, "*") if is_by_name(field.annotation) else key)
            if not any(one.model_fields for one in inner):
                is_left = not field.is_required()
                default = field.get_default(call_default_factory=True) if is_left else None
                found[key] = words, default

    walk(StudySpec, ())
    del found["prepare",]
    for step, kind in STEPS:
        walk(kind, ("prepare", step))
    return found


DECLARED = declared()


def path_of(setting: str) -> tuple[str, ...]:
    """Give the declared key that a setting names: names that the study chooses are `*`."""
    path: tuple[str, ...] = ()
    for word in setting.partition("=")[0].replace("[1]", "").split("."):
        names = {k[len(path)] for k in DECLARED if len(k) > len(path) and k[: len(path)] == path}
        if word in names:
            path = (*path, word)
        elif "*" in names:
            path = (*path, "*")
        elif "named" in names:
            path = (*path, "named")
            path = (
                (*path, "*") if any(k[: len(path) + 1] == (*path, "*") for k in DECLARED) else path
            )
        else:
            break
    return path


CASES = {str(case): case for case in STUDIES}
BY_KEY: dict[tuple[str, ...], list[Case]] = defaultdict(list)
for one in STUDIES:
    for setting in one.settings:
        BY_KEY[path_of(setting)].append(one)


def cases_of(key: tuple[str, ...]) -> list[Case]:
    """List the cases of a key; titles and labels by name can be set as a whole."""
    whole = [key[:-1]] if key[-1] in ("zh", "en") else []
    whole += [key[:-2]] if key[-2:-1] == ("*",) and key[-1] in ("zh", "en") else []
    return [case for one in (key, *whole) for case in BY_KEY[one]]


def values(case: Case, key: tuple[str, ...]) -> set[str]:
    """List the words of the value that a case gives a key."""
    found: set[str] = set()
    for setting in case.settings:
        if path_of(setting) == key:
            value = read_yaml(setting.partition("=")[2], "value").value
            found |= {str(word) for word in (value if isinstance(value, (list, dict)) else [value])}
    return found


def test_every_key_has_a_case():
    """A key of the schema or of a step that is not set anywhere; also a case whose key is not declared."""
    without = [".".join(key) for key in DECLARED if key not in NOT_HERE and not cases_of(key)]

    assert without == []
    assert len(CASES) == len(STUDIES)
    whole = {key[:-1] for key in DECLARED} | {key[:n] for key in DECLARED for n in range(len(key))}
    assert set(BY_KEY) <= set(DECLARED) | whole


@pytest.mark.parametrize(
    "key", [key for key, (words, _) in DECLARED.items() if words], ids=".".join
)
def test_every_word_of_a_key_has_a_case(key):
    """Each member of an enumeration, but for the one that holds where nothing is said."""
    words, default = DECLARED[key]
    given = set().union(*(values(case, key) for case in cases_of(key)))
    usual = default if isinstance(default, tuple) else (default,)

    assert key in NOT_HERE or words <= given | {str(word) for word in usual} | {"Words()"}


REGISTERED = {
    ("diagnostics", "tests"): DIAGNOSTICS,
    ("productivity", "*", "index"): INDICES,
    ("efficiency", "*", "measure"): MEASURES,
    ("tables", "*", "estimator"): ESTIMATORS,
}


@pytest.mark.parametrize("key", REGISTERED, ids=".".join)
def test_every_registered_part_has_a_case(key):
    """A new diagnostic, index, measure or estimator must be asked for here."""
    given = set().union(*(values(case, key) for case in cases_of(key)))
    ours = {
        name
        for name, one in REGISTERED[key]
        if "xinzhi" in str(getattr(one, "__module__", "xinzhi"))
    }

    assert ours <= given | {"plugged_in"}


LONG = ("maps", "mechanism", "draws")
"""Studies whose cases are left to `just test-long`: charts are drawn, and draws are many."""
ALWAYS = ("mechanism: inference.family=none", "mechanism: seed=2")
"""Cases of long studies that are run each time: no other part of the package asks for them."""
FIRST = {
    str(cases[0])
    for found in BY_KEY.values()
    if (cases := [one for one in found if one.study not in LONG and not one.refused])
}
"""Of each key the case that is run each time; further values of a key are left to the long tests."""


def marked(names: list[str]) -> list[Any]:
    """Mark the cases of long studies, and further values of a key unless they are refused at once."""

    def is_quick(name: str) -> bool:
        case = CASES[name]
        return name in ALWAYS or (case.study not in LONG and (bool(case.refused) or name in FIRST))

    return quick_where(is_quick, names)


@pytest.mark.one_in(12)
@pytest.mark.parametrize("case", marked([n for n, one in CASES.items() if not one.refused]))
def test_another_value_changes_what_the_study_says(studies, case):
    """The parts that are on record are others: panel, tables, sentences, charts, scripts."""
    before, after = studies.both(CASES[case])
    found = changed(before, after) - SAYS_NOTHING

    assert found, "nothing changed"
    assert set(RECORD[case]) <= found


@pytest.mark.one_in(5)
@pytest.mark.parametrize("case", marked([n for n, one in CASES.items() if one.refused]))
def test_a_value_without_effect_is_refused(studies, case):
    """The study says why, as an error or in the place of the part."""
    _, after = studies.both(CASES[case])
    told = " ".join(
        text for name, text in after.items() if name.split()[0] in ("refused", "notice")
    )

    assert CASES[case].refused in told


@pytest.mark.long
@pytest.mark.parametrize("is_long", [False, True])
@pytest.mark.parametrize("key", [key for key in DECLARED if len(cases_of(key)) > 1], ids=".".join)
def test_no_two_values_say_the_same(studies, key, is_long):
    """Of one key, on one study: each value has a result of its own, so that none stands for another."""
    groups: dict[tuple[str, tuple[str, ...]], list[Case]] = defaultdict(list)
    for case in cases_of(key):
        if not case.refused and (case.study in LONG) == is_long:
            groups[case.study, case.beside].append(case)
    for cases in groups.values():
        told = [
            {name: text for name, text in studies.both(case)[1].items() if name not in SAYS_NOTHING}
            for case in cases
        ]
        same = [
            (str(cases[i]), str(cases[j]))
            for i in range(len(told))
            for j in range(i)
            if told[i] == told[j]
        ]
        assert same == []
