"""The form of the study page: every option, in both languages, from the schema alone."""

from __future__ import annotations

import json
import re

import pytest

from declared_texts import declared_texts
from xinzhi.analyses.analysis import in_file, in_order
from xinzhi.study.schema.study import StudySpec
from xinzhi_app.form import form
from xinzhi_core.wording import declared, say
from xinzhi_econometrics.diagnostics import DIAGNOSTICS
from xinzhi_frontier.measure import MEASURES

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module", params=["zh", "en"])
def made(request):
    return request.param, form(request.param)


def fields(made):
    """List the fields of all sections."""
    yield from (("", one) for one in made["fields"])
    for name, section in made["sections"].items():
        yield from ((name, one) for one in section["fields"])


@pytest.mark.long
def test_every_text_of_the_study_file_has_a_chinese_translation():
    """A field whose description is not in the catalogue would be English in the Chinese page."""
    missing = sorted({(where, text) for text, where in declared_texts() if not declared(text).zh})

    assert missing == []


def test_every_key_of_the_file_is_a_field(made):
    """The form follows the schema: keys, and the options of each section below them."""
    _, found = made

    assert [one["key"] for one in found["fields"]] == [*StudySpec.model_fields]
    assert {one["kind"] for _, one in fields(found)} <= {
        *("choice", "choices", "list", "named", "names", "number", "section", "text", "truth"),
        *("words", "yaml"),
    }


def test_labels_and_descriptions_are_in_the_language(made):
    """In Chinese every label and description is Chinese; in English none is."""
    language, found = made
    said = [(name, one["key"], one["label"], one["about"]) for name, one in fields(found)]
    wrong = [
        (name, key, label, about)
        for name, key, label, about in said
        if (bool(CHINESE.search(label)) and bool(CHINESE.search(about))) != (language == "zh")
        and not (language == "en" and ("人口" in about or "资本存量" in about))
        and not (language == "zh" and key == "epsilon")
    ]

    assert wrong == []


def test_an_analysis_has_its_title(made):
    """Sections are called as in the report, where they are analyses of their own."""
    language, found = made
    labels = {one["key"]: one["label"] for one in found["fields"]}

    titles = {
        key: say(one.title, language)
        for key, one in in_order()
        if one.is_declared and in_file(one) is one.section
    }
    assert titles
    assert {key: labels[key] for key in titles} == titles


def test_a_choice_says_what_it_means_with_its_source(made):
    """Each measure has its sentence and who proposed it."""
    language, found = made
    measure = next(
        one for one in found["sections"]["Measurement"]["fields"] if one["key"] == "measure"
    )
    choices = {one["value"]: one for one in measure["choices"]}

    assert set(choices) == set(MEASURES.names())
    assert all("doi 10." in one["source"] for one in choices.values())
    assert all(bool(CHINESE.search(one["about"])) == (language == "zh") for one in choices.values())
    assert "Tone, K. (2002)" in choices["super_sbm"]["source"]


def test_tests_are_chosen_from_the_register(made):
    """Each with what it does; a name of another part is offered from those of the study."""
    language, found = made
    section = found["sections"]["DiagnosticsSection"]["fields"]
    fields = {one["key"]: one for one in section}

    assert fields["of"]["refers"] == "column"
    assert fields["tests"]["kind"] == "choices"
    assert {one["value"] for one in fields["tests"]["choices"]} == set(DIAGNOSTICS.names())
    assert all(
        bool(CHINESE.search(one["about"])) == (language == "zh")
        for one in fields["tests"]["choices"]
    )


def test_the_form_is_small(made):
    """It is loaded once a language."""
    assert len(json.dumps(made[1], ensure_ascii=False).encode()) < 120_000
