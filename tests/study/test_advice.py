"""The advice for every entity equals a computation by hand from the estimates."""

from __future__ import annotations

import json

import numpy as np
import pytest

from made_cities import STUDY, cities, write_study
from oracles_pathways import Study, advice
from xinzhi.report.build import content_of, every_table
from xinzhi.study.run import run
from xinzhi_core.wording import say

pytestmark = pytest.mark.long

PATHWAYS = (
    ("education_upgrading", "HEE", ("SEE",), ("RDER",)),
    ("equipment_diversifying", "IRD", ("SEE",), ("RDER",)),
    ("technology_substitution", "PGPP", ("SEE",), ("RDER",)),
)
LOST = "城05"


def made(*, bend: float):
    """Cities in which funding bends the step from substitution to efficiency; one has no funding."""
    frame = cities()
    see = np.log1p(frame["see"])
    frame["gdp"] *= np.exp(bend * (frame["rder"] - 2.25) * (see - see.mean()))
    frame.loc[frame["city"] == LOST, "rder"] = np.nan
    return frame


@pytest.fixture(scope="module", params=[0.2, 0.25, -0.25], ids=["bent", "more", "against"])
def studied(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("advice")
    text = STUDY.replace("draws: 0, paths:", "draws: 0, lag: 0, paths:")
    text = text.replace("formats: [html, docx, xlsx, tex, md]", "formats: [html]")
    assert "lag: 0" in text
    return run(write_study(folder, made(bend=request.param), text))


@pytest.fixture(scope="module")
def by_hand(studied):
    """Entity -> pathway -> advice."""
    study = Study(studied, "baseline", "mechanism", "tools", "cities")
    stage = study.frame["stage"].dropna().groupby(level="entity").last()
    entities = studied.panel.entities
    groups = {one: {"stage": stage[one]} if one in stage else {} for one in entities}
    return {
        one: {p[0]: advice(study, one, groups[one], p, groups) for p in PATHWAYS}
        for one in entities
    }


@pytest.fixture(scope="module")
def told(studied):
    """What results.json holds of each entity."""
    tables = {one.id: one for group in every_table(studied).values() for one in group}
    return json.loads(json.dumps(tables["pathways_by_city"].machine["cities"]))


def test_the_advice_is_that_by_hand(by_hand, told):
    """Status, estimates that speak, what each tool does at the own level, and what is lacking."""
    assert set(told) == set(by_hand)
    for entity, pathways in by_hand.items():
        for name, wanted in pathways.items():
            found = told[entity]["pathways"][name]
            assert found["status"] == wanted.status
            spoken = {(e["grouping"], e["group"]): e["b"] for e in found["evidence"]}
            assert spoken == pytest.approx(wanted.effects)
            for what in ("helps", "needs_more", "hinders"):
                assert found[what] == [t for t, does in wanted.tools.items() if does == what]
            assert found["lacks"] == wanted.lacks


def test_effects_at_the_own_level_are_those_by_hand(by_hand, told):
    """b1 + b3 w with the error of the delta method, and its p-value, at the entity's own w."""
    n = 0
    for entity, pathways in by_hand.items():
        for name, wanted in pathways.items():
            steps = {
                (tool, step["path"]): (step["b"], step["se"], step["p"])
                for tool, one in told[entity]["pathways"][name]["tools"].items()
                for step in one["steps"]
            }
            known = {key: one for key, one in wanted.at_level.items() if np.isfinite(one[0])}
            assert steps.keys() == known.keys()
            for key, one in known.items():
                assert steps[key] == pytest.approx(one, rel=1e-9, abs=1e-12)
                n += 1
    assert n == 23 * 4


def by_hand_at(study, path, w):
    """Effect and p of a step where the tool has the value w, as the regression has it, by hand."""
    for one in study.moderated:
        if f"{one.focal} -> {one.outcome}" == path:
            found, terms = one.found.estimates, one.found.terms
            at = [found.position(terms.focal), found.position(terms.interaction)]
            names, weights = (terms.focal, terms.interaction), (1.0, w)
            b = float(found.estimate[at] @ np.array(weights))
            v = found.vcov[np.ix_(at, at)]
            t = b / float(np.sqrt(np.array(weights) @ v @ np.array(weights)))
            return b, study.p_of(found, names, weights, t)
    raise AssertionError(path)


def test_doses_are_those_by_hand(studied):
    """P is the level at the dose, above it just below and below it just above; each printed cell is its number."""
    study = Study(studied, "baseline", "mechanism", "tools", "cities")
    own, seen = study.values("RDER"), studied.panel.frame["rder"].astype(float)
    table = next(
        t for group in every_table(studied).values() for t in group if t.id == "pathways_doses"
    )
    rows = {
        row.key: dict(zip((c.key for c in table.columns), row.cells, strict=True))
        for row in table.rows
    }
    frame = studied.results["typology"]["typology"].doses
    keys = ["entity", "tool", "path", "answer"]
    assert {tuple(row) for row in frame[keys].to_numpy().tolist()} == {
        tuple(row[key] for key in keys) for row in table.machine["doses"]
    }
    n_needed = 0
    for row in table.machine["doses"]:
        entity, path = row["entity"], row["path"]
        assert row["largest"] == pytest.approx(float(seen.max()))
        if entity == LOST:
            assert row["answer"] == "unknown"
            continue
        assert row["own"] == pytest.approx(own[entity])
        b, p = by_hand_at(study, path, np.log1p(own[entity]))
        assert (row["answer"] == "already") == (b > 0 and p < study.level)
        if row["answer"] != "needed":
            continue
        n_needed += 1
        w = np.log1p(row["level"])
        assert by_hand_at(study, path, w)[1] == pytest.approx(study.level, rel=1e-6)
        assert (
            by_hand_at(study, path, w - 1e-4)[1]
            > study.level
            > by_hand_at(study, path, w + 1e-4)[1]
        )
        assert row["low"] >= row["own"]
        assert row["low"] <= row["level"] <= row["largest"]
        assert row["more"] == pytest.approx(row["level"] - own[entity])
        cells = rows.pop(f"{entity}:{row['tool']}:{path}")
        assert cells["own"].value == pytest.approx(own[entity])
        assert {key: cells[key].value for key in ("level", "more", "more_low")} == {
            key: row[key] for key in ("level", "more", "more_low")
        }
        high = cells["more_high"].value
        assert (
            high == row["more_high"]
            if row["has_upper_bound"]
            else say(high, "zh") == "超出数据范围"
        )
    assert rows == {}
    weakens = "weakens" in set(frame["answer"])
    assert n_needed > 3 or weakens


def test_an_entity_without_a_level_is_told_so(studied, told):
    """No tool is advised where the level is missing; the page, and a notice, say it."""
    tools = [tool for one in told[LOST]["pathways"].values() for tool in one["tools"].items()]
    assert tools
    for name, tool in tools:
        assert name == "RDER"
        assert tool["value"] is None
        assert tool["steps"] == []
    assert all(one["helps"] == [] == one["hinders"] for one in told[LOST]["pathways"].values())
    assert "pathways.no_level" in {notice.code for notice in studied.notices}
    pages = {one.key: one for one in content_of(studied).profiles.items}
    said = [say(one, "en") for one in pages[LOST].sentences]
    supported = [one for one in told[LOST]["pathways"].values() if one["status"] == "supported"]
    acts = [one["tools"]["RDER"]["help"] in ("unknown", "mixed") for one in supported]
    about = [one for one in said if "The level of Funding is not known for this entity" in one]
    assert bool(about) == any(acts)


def test_entities_with_the_same_estimates_are_told_different_tools(tmp_path):
    """Funding helps where there is enough of it, and would help at a higher level elsewhere."""
    text = STUDY.replace("draws: 0, paths:", "draws: 0, lag: 0, paths:")
    result = run(write_study(tmp_path, made(bend=0.3), text))
    found = result.results["typology"]["typology"].pathways.by_city

    helps = [name for name, one in found.items() if one.tools_that("helps")]
    more = [name for name, one in found.items() if one.tools_that("needs_more")]
    assert len(helps) > 3
    assert len(more) > 3
    level = {name: one.pathways[0].tools[0].level.value for name, one in found.items()}
    assert np.median([level[name] for name in helps]) > np.median([level[name] for name in more])


def test_advice_rests_on_verdicts(told):
    """Nothing is advised where the pathway is not supported."""
    for one in told.values():
        for found in one["pathways"].values():
            if found["status"] != "supported":
                assert [found[what] for what in ("helps", "needs_more", "hinders", "lacks")] == [
                    []
                ] * 4
