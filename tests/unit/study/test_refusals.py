"""Refused values of a study file: every kind has words of ours, in both languages, with key and place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Annotated, Any, get_args

import pytest
from pydantic import AfterValidator, BaseModel, TypeAdapter, ValidationError

from layout import files
from places import EXAMPLES
from xinzhi.options import Refused
from xinzhi.study.file.load import load
from xinzhi.study.file.refusals import refusals
from xinzhi.study.schema.study import StudySpec
from xinzhi_core.errors import SpecError
from xinzhi_core.wording import Message, say

OECD = EXAMPLES / "oecd" / "study.yaml"
VALUES = (
    *(None, True, 0, -1, 5, 1.5, 10**30, float("nan"), float("inf"), "", "x", "1..2"),
    *([], [[]], [None], [5], ["x"], [5, 3], [1, 2, 3], ["x", "y"], [{}], [{"x": 5}]),
    *({}, {"x": None}, {"x": 5}, {"x": "y"}, {"x": []}, {"x": [5]}, {"x": {}}, {"x": [{}]}, {5: 5}),
)
SETTINGS = (
    *("seed=x", "seed=-1", "seed=1.5", "simulated=maybe", "title=5", "titel=x", "report=5"),
    *("report.decimals=-1", "report.decimals=9", "report.languages=[fr]", "report.languages=[]"),
    *("report.stars={x: 0.1}", "report.formats=5", "sources={}", "sources.oecd.kind=foo"),
    *("sources.oecd.keys=[a]", "sources.oecd.entity=null", "sources.oecd.join=left"),
    *("sources.oecd.files=[a.csv]", "panel.periods.from=then", "panel.keep={in_study: [[1]]}"),
    *("prepare=5", "prepare=[5]", "prepare=[{a: 5}]", "prepare=[{a: {step: expression}}]"),
    *("efficiency.green_efficiency.measure=foo", "efficiency.green_efficiency.window=0"),
    *("efficiency.green_efficiency.window=3", "efficiency.green_efficiency.direction=foo"),
    *("efficiency.green_efficiency.epsilon=2", "efficiency.green_efficiency.weights={gdp: x}"),
    "efficiency.green_efficiency.classes={low: '< 1.2.3'}",
    "efficiency.green_efficiency.classes={low: '< 1', high: '> 1'}",
    *("variables.coal.transform=log", "variables.coal.from=green_efficiency", "sets.factors={}"),
    *("groups.union.inside=1", "groups.union.inside=[[1]]", "groups.union.split=median"),
    *("tables.baseline.columns=[]", "tables.baseline.covariance=foo"),
    *("tables.baseline.covariance=cluster", "tables.baseline.covariance={driscoll_kraay: x}"),
    *("tables.baseline.outcome=null", "tables.baseline.tau=1", "tables.baseline.tests=[foo]"),
    *(
        "tables.robustness.columns[2].window=[2017, 2012]",
        "tables.robustness.columns[2].window=[1]",
    ),
    *(
        "tables.robustness.columns[2].window=[1, 2, 3]",
        "tables.robustness.columns[3].winsorise=[5, 1]",
    ),
    "tables.robustness.columns[6]={efficiency.returns_to_scale: 5}",
    *("mediation.mechanism.draws=1", "moderation.policy.paths=[a]", "moderation.policy.paths=[]"),
    *("maps.world.key=null", "maps.world.boundaries=built_in", "maps.world.groups=income"),
    *("typology.what_if={human_capital: a lot}", "typology.pathways={from: baseline}"),
    *("specification_curve.vary={}", "heterogeneity.countries.difference=[interaction]"),
)
CODE = re.compile(r"`[^`]*`")
SENTENCE = re.compile(r"[A-Za-z]+(?: [A-Za-z]+){2,}")


def models(kind: Any, seen: set[Any]) -> Iterator[type[BaseModel]]:
    """Find every section that a type holds."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if kind not in seen:
            seen.add(kind)
            yield kind
            for field in kind.model_fields.values():
                yield from models(field.annotation, seen)
        return
    for part in get_args(kind):
        yield from models(part, seen)


def sections():
    return sorted(models(StudySpec, set()), key=lambda one: one.__name__)


def refused(section, value):
    try:
        section.model_validate(value)
    except ValidationError as error:
        return list(refusals(error, section, option="it"))
    return []


def problems(setting):
    with pytest.raises(SpecError) as caught:
        load(OECD, [setting])
    return caught.value.problems


def test_the_walk_meets_the_whole_study_file():
    """Sections inside sections are tried too."""
    names = {one.__name__ for one in sections()}

    assert {"StudySpec", "Measurement", "TableColumn", "Caution", "ScoreInference"} <= names


@pytest.mark.parametrize("section", sections(), ids=lambda one: one.__name__)
def test_every_kind_of_refused_value_has_words_of_ours(section):
    """What pydantic says itself, in English, reaches nobody."""
    keys = [field.alias or name for name, field in section.model_fields.items()]
    tried = [*VALUES, *({key: value} for key in keys for value in VALUES)]
    told = [one for value in tried for one in refused(section, value)]

    assert told
    for one in told:
        assert isinstance(one.what, Message), one
        assert "reason" not in one.what.values, (one.path, str(one.what))
        text = str(one.what).replace(repr(one.given), "")
        assert one.is_ours or "None" not in text, (one.path, text)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("setting", SETTINGS)
def test_a_refused_setting_is_told_in_chinese(setting):
    """No English sentence, and the key with its place."""
    path = re.sub(r"\[\d+\]", "", setting.partition("=")[0])
    section = path.rpartition(".")[0] or path
    for one in problems(setting):
        said = [say(one.what, "zh"), say(one.remedy, "zh")]
        assert all(re.search("[\u4e00-\u9fff]", text) for text in said), said
        assert SENTENCE.findall(CODE.sub("", " ".join(said))) == [], said
        place = re.sub(r"\[\d+\]", "", one.where.in_words("zh"))
        assert path in place or section in place, (place, said)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("setting", SETTINGS)
def test_a_refused_setting_is_told_once(setting):
    """A list is not refused beside its item, nor a value once for each type that it may have."""
    places = [str(one.where) for one in problems(setting)]

    assert len(places) == len(set(places))


def test_branches_of_a_type_are_no_part_of_a_place():
    """Pydantic names the type that it tried; the user wrote a list."""
    (one,) = problems("groups.union.inside=[[1]]")

    assert one.where.key == "groups.union.inside[1]"
    assert str(one.what) == "inside takes texts or numbers."


def test_bounds_are_said_with_their_numbers():
    """What is said is what the section declares."""
    told = {
        one: str(problems(one)[0].what)
        for one in ("report.decimals=9", "mediation.mechanism.draws=1")
    }

    assert [*told.values()] == ["decimals must be at most 8.", "draws must be at least 2."]


def test_a_pair_with_one_entry_lacks_the_second():
    """No key is missing: an entry is."""
    (one,) = problems("tables.robustness.columns[2].window=[2012]")

    assert (str(one.what), str(one.remedy)) == ("Entry 2 of window is missing.", "found: [2012].")


@pytest.mark.parametrize(
    ("place", "value", "what", "found"),
    [
        ("seed", "true", "seed takes a whole number.", "true"),
        ("seed", "false", "seed takes a whole number.", "false"),
        ("seed", "null", "seed takes a whole number.", "null"),
        ("seed", "'True'", "seed takes a whole number.", "'True'"),
        ("inference.level", "true", "level takes a number.", "true"),
        ("report.decimals", "true", "decimals takes a whole number.", "true"),
        ("efficiency.green_efficiency.weights", "{gdp: true}", "weights takes a number.", "{'gdp': true}"),
        ("tables.robustness.columns[2].window", "[true, 2012]", "window takes a whole number.", "[true, 2012]"),
    ],
)  # fmt: skip
def test_true_is_not_one(place, value, what, found):
    """Pydantic takes true for 1: the study would have run with another number than anybody wrote."""
    (one,) = problems(f"{place}={value}")

    assert (str(one.what), str(one.remedy)) == (what, f"found: {found}.")


def test_an_error_of_somebody_else_s_section_is_said_as_it_is():
    """A package of the user's raises a plain ValueError."""

    def refuse(value):
        msg = f"{value} is odd"
        raise ValueError(msg)

    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Annotated[int, AfterValidator(refuse)]).validate_python(1)

    (one,) = refusals(caught.value, StudySpec, option="value")
    assert (one.what, one.remedy, one.path) == ("1 is odd", "", ())


def test_sections_refuse_with_messages():
    """No section raises a plain text, which would be English in a Chinese session."""
    for path in files(".py"):
        text = path.read_text(encoding="utf-8")
        if "from pydantic import" not in text:
            continue
        raised = [
            node.exc.func.id
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Raise)
            and isinstance(node.exc, ast.Call)
            and isinstance(node.exc.func, ast.Name)
        ]
        assert "ValueError" not in raised, path


def test_what_is_refused_says_its_remedy_in_english_too():
    """Who validates a section with pydantic alone reads the whole sentence."""
    assert (
        str(Refused("Nothing varies.", "name choices.")) == "Nothing varies. Remedy: name choices."
    )
