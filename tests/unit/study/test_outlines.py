"""Maps in the study file: options without effect are refused, outlines are found or the error says why."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from pydantic import ValidationError

from xinzhi.analyses.maps.compute import Map
from xinzhi.study.outlines import match_outlines, read_outlines
from xinzhi.study.schema.space import SpaceAndTime
from xinzhi.study.schema.study import StudySpec
from xinzhi_core.errors import DataError
from xinzhi_core.panel.panel import Panel

SQUARE = [[100, 30], [101, 30], [101, 31], [100, 31], [100, 30]]


def boundary_file(path, *names, at=0):
    shapes = [
        {"type": "Feature", "properties": {"name": name, "code": at}, "geometry": {
            "type": "Polygon", "coordinates": [[[x + 2 * i + at, y] for x, y in SQUARE]]}}
        for i, name in enumerate(names)
    ]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": shapes}))
    return path


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"boundaries": "built_in"}, "A map shows one thing"),
        ({"value": "s", "groups": "g", "boundaries": "built_in"}, "A map shows one thing"),
        ({"value": "s", "boundaries": "built_in", "key": "name"}, "`key` has no effect"),
        ({"value": "s", "boundaries": "built_in", "layout": "world"}, "are China's"),
        ({"value": "s", "boundaries": "built_in", "approval": "GS(2024)0650号"}, "approval"),
        ({"value": "s", "boundaries": "a.json"}, "write `key: PROPERTY`"),
        ({"value": "s", "boundaries": "a.json", "key": "k", "level": "province"}, "Remedy: remove"),
    ],
)
def test_options_of_a_map_that_have_no_effect_are_refused(options, told):
    """Each with what to do."""
    with pytest.raises(ValidationError, match=told):
        Map.model_validate(options)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"inequality": ["theil"]}, "name `regions`"),
        ({"association": ["moran"]}, "name `neighbours`"),
        ({"local_test": "one_sided"}, "neither is asked for"),
        (
            {"neighbours": "built_in", "association": ["moran"], "local_test": "two_sided"},
            "neither is asked for",
        ),
        ({"neighbours": "built_in", "local_test": "both"}, "two_sided"),
    ],
)
def test_options_of_space_and_time_that_have_no_effect_are_refused(options, told):
    """Inequality needs regions, association neighbours."""
    with pytest.raises(ValidationError, match=told):
        SpaceAndTime.model_validate(options)


def section(**options):
    return Map.model_validate({"value": "s", "boundaries": "a.json", "key": "name", **options})


def test_a_file_of_the_user_is_read_first(tmp_path):
    """GeoJSON within China is laid out as China, elsewhere as the world; the file can say otherwise."""
    boundary_file(tmp_path / "a.json", "a", "b")
    assert read_outlines(section(), tmp_path).layout == "china"
    assert "come with the package" in str(read_outlines(section(), tmp_path).note)
    assert read_outlines(section(layout="world"), tmp_path).layout == "world"

    boundary_file(tmp_path / "a.json", "a", "b", at=-60)
    found = read_outlines(section(), tmp_path)
    assert (found.layout, found.keys) == ("world", {"a", "b"})


def test_a_missing_property_or_object_is_named(tmp_path):
    """The near miss is offered."""
    boundary_file(tmp_path / "a.json", "a")

    with pytest.raises(DataError, match="did you mean 'name'"):
        read_outlines(section(key="nmae"), tmp_path)
    with pytest.raises(DataError, match="no object 'area'"):
        read_outlines(section(areas="area"), tmp_path)


def test_two_outlines_of_one_name_are_refused(tmp_path):
    """Which of them is the entity cannot be told."""
    boundary_file(tmp_path / "a.json", "a", "a")

    with pytest.raises(DataError, match="2 outlines are called 'a'"):
        read_outlines(section(), tmp_path)


def study(**sections):
    return StudySpec.model_validate(
        {
            "title": "T",
            "sources": {"d": {"file": "d.csv", "kind": "panel", "entity": "e", "period": "t"}},
            "panel": {"from": "d"},
            **sections,
        }
    )


def test_a_year_that_is_not_in_the_data_is_refused():
    """A map of 2030 would be empty; the error says which years there are."""
    index = pd.MultiIndex.from_product([["山西省"], [2008, 2009]], names=["entity", "period"])
    panel = Panel(pd.DataFrame({"s": [1.0, 2.0]}, index=index))
    spec = study(maps={"m": {"value": "s", "boundaries": "built_in", "in": [2008, 2030]}})

    with pytest.raises(DataError) as caught:
        match_outlines(spec, panel, {})
    assert caught.value.code == "map.no_period"
    assert "known: 2008, 2009" in str(caught.value)


def test_turned_rings_are_told_under_the_map(tmp_path):
    """A file whose ring runs clockwise is mended, and the note says so."""
    text = boundary_file(tmp_path / "a.json", "a").read_text()
    turned = json.loads(text)
    turned["features"][0]["geometry"]["coordinates"][0].reverse()
    (tmp_path / "a.json").write_text(json.dumps(turned))

    assert "1 ring of the boundary file ran the wrong way" in str(
        read_outlines(section(), tmp_path).note
    )
