"""Pathways as a study file declares them: names, labels, and the earlier form."""

from __future__ import annotations

import pytest

from made_cities import STUDY, cities, write_study
from xinzhi.report.build import every_table
from xinzhi.study.file.load import spec_of
from xinzhi.study.run import run
from xinzhi_core.errors import SpecError
from xinzhi_core.wording import say


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (
            "{from: [baseline, mechanism], roles: {education: HEE, substitution: SEE}}",
            (
                "write `from` directly under `typology`",
                "[{name: education, factor: HEE, mediator: SEE}]",
            ),
        ),
        (
            "{from: baseline, role_models: 5}",
            ("`from`, `role_models` directly", "or leave `pathways` out"),
        ),
        (
            "[{name: a, factor: HEE, mediator: SEE}, {name: a, factor: IRD, mediator: SEE}]",
            ("Two pathways are called 'a'",),
        ),
        (
            "[{name: a, factor: HEE, mediator: SEF}]",
            ("did you mean 'SEE'",),
        ),
        (
            "[{name: a, factor: HEE, mediator: SEE, moderators: [RDERR]}]",
            ("did you mean 'RDER'",),
        ),
        (
            "[{name: a, factor: HEE, mediator: SEE, cautions: [{note: x, groups: {stage: [yong]}}]}]",
            ("did you mean 'young'",),
        ),
    ],
)
def test_declarations_that_cannot_be_are_told_with_what_to_write(before, told):
    """The earlier form, names twice and names that point to nothing: each with its remedy."""
    head = STUDY.partition("typology:")[0]
    text = f"{head}typology:\n  from: [baseline, mechanism, tools]\n  pathways: {before}\n"

    with pytest.raises(SpecError) as error:
        spec_of(text, "study.yaml")

    said = str(error.value)
    assert all(words in said for words in told), said


def test_labels_of_pathways_are_those_of_the_study(tmp_path):
    """A declared label, one language of it, and none: what is missing is made of the variables' labels."""
    head = STUDY.partition("typology:")[0].replace("lag: 1, ", "")
    text = f"""{head}typology:
  from: [baseline, mechanism, tools]
  pathways:
    - {{name: a, factor: HEE, mediator: SEE, label: {{zh: 教育, en: Education}}}}
    - {{name: b, factor: PGPP, mediator: SEE, label: {{en: Technology first}}}}
    - {{name: c, factor: HEE, mediator: SEE}}
report: {{languages: [zh, en], formats: [html]}}
"""
    result = run(write_study(tmp_path, cities(), text))
    pages = {t.id: t for group in every_table(result).values() for t in group}
    titles = {
        (name, language): say(pages[f"pathway_{name}"].title, language)
        for name in "abc"
        for language in ("zh", "en")
    }

    assert titles["a", "zh"].startswith("教育：")
    assert titles["b", "en"].startswith("Technology first:")
    assert titles["b", "zh"].startswith("技术创新经由产业更替")
    assert titles["c", "en"].startswith("Talent through Substitution")
