"""A panel of any Chinese cities or provinces gets regions, sizes and stages from the register."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from cli_runner import attempt, call

STUDY = """
title: {zh: 题, en: T}
sources: {d: {file: d.csv, entity: place, period: year}}
panel: {from: d, cities: LIST}
variables: {a: {column: a}, b: {column: b}}
groups:
  region: {column: region4, label: {zh: 地区, en: Region}}
  third: {column: THIRD, label: {zh: 组, en: Third}}
describe: {variables: [a, b]}
tables:
  t: {outcome: a, effects: [entity], columns: [{x: [b]}]}
heterogeneity:
  h: {from: t/1, by: [region], draws: 20}
report: {languages: [zh, en], formats: [html]}
"""
CITIES = (
    "杭州",
    "宁波市",
    "大同市",
    "唐山",
    "襄樊",
    "重庆市",
    "延边州",
    "阜新市",
    "赣州市",
    "金昌市",
)
PROVINCES = ("河北", "内蒙古", "山西省", "北京", "吉林", "Guangdong", "湖北", "四川", "辽宁")


def folder_of(tmp_path, places, listed, third):
    chance = np.random.default_rng(3)
    rows = [
        f"{place},{year},{a:.4f},{b:.4f}"
        for place in places
        for year in range(2011, 2017)
        for a, b in [chance.uniform(1, 2, 2)]
    ]
    (tmp_path / "d.csv").write_text("place,year,a,b\n" + "\n".join(rows) + "\n", encoding="utf-8")
    text = STUDY.replace("LIST", listed).replace("THIRD", third)
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def warnings(done):
    return " ".join((done.stdout + done.stderr).split())


@pytest.mark.long
def test_cities_of_any_list_are_grouped_by_the_register(tmp_path):
    """Names of today, four regions, and a source with its confidence for each column that is used."""
    folder = folder_of(tmp_path, CITIES, "prefectures", "stage")
    done = call("run", folder, "--lang", "en")

    said = warnings(done) + " " + (folder / "results" / "results.json").read_text("utf-8")
    assert "Column 'region4' comes with the register of places: four economic regions" in said
    assert (
        "Of 10 places 6 have a value of high confidence, 0 of medium, 0 of low, 4 have none."
        in said
    )
    assert "Column 'mineral'" not in said
    book = json.loads((folder / "results" / "results.json").read_text("utf-8"))
    text = json.dumps(book, ensure_ascii=False)
    assert "Northeast" in text
    assert "襄阳市" in text
    assert "襄樊市" not in json.dumps(book.get("tables", {}), ensure_ascii=False)
    chinese = (folder / "results" / "report.html").read_text("utf-8")
    assert "东北" in chinese


SOURCES = {
    "region3_paper": (
        "four economic regions of the National Bureau of Statistics (2011), Central and West together",
        "国家统计局四大经济区域划分（2011 年），中部与西部合并",
    ),
    "size_class": (
        "residents of the whole place in the census of 2020, rounded to two digits; the bounds are those of the State Council's order of 2014, which counts urban residents only",
        "2020 年人口普查的全域常住人口，取两位有效数字；界限取自国务院 2014 年的城市规模划分标准，该标准只计城区常住人口",
    ),
    "resource_type": (
        "our reconstruction from the main mineral or industry of each city of the plan",
        "本软件按规划中各城市的主要矿产或产业重建",
    ),
    "income_recon": (
        "our reconstruction: mean real GDP per head of 2008-2023 above the median of 296 cities",
        "本软件重建：2008–2023 年人均实际 GDP 均值高于 296 个城市的中位数",
    ),
}
"""Trait -> where its values come from, in English and Chinese."""


def test_the_source_of_each_trait_is_told(tmp_path):
    """Each column that a study uses comes with its source in both languages, and with how sure it is."""
    folder = folder_of(tmp_path, CITIES, "prefectures", "stage")
    text = (folder / "study.yaml").read_text("utf-8")
    more = "".join(
        f"  g{i}: {{column: {trait}, label: {{zh: 组, en: Group}}}}\n"
        for i, trait in enumerate(SOURCES)
    )
    (folder / "study.yaml").write_text(text.replace("describe:", more + "describe:"), "utf-8")
    english, chinese = (
        warnings(call("check", folder / "study.yaml", "--lang", language))
        for language in ("en", "zh")
    )

    for trait, (source, chinese_source) in SOURCES.items():
        assert (
            f"Column '{trait}' comes with the register of places: {source}. Of 10 places" in english
        )
        assert f"“{trait}”" in chinese
        assert chinese_source.replace(" ", "") in chinese.replace(" ", "")


def test_provinces_are_grouped_too(tmp_path):
    """吉林 is the province here; region and level come, traits of cities do not."""
    folder = folder_of(tmp_path, PROVINCES, "provinces", "level")
    done = call("check", folder / "study.yaml", "--lang", "en")

    said = warnings(done)
    assert (
        "Of 9 places 9 have a value of high confidence, 0 of medium, 0 of low, 0 have none." in said
    )
    assert "Column 'level' comes with the register of places: official codes and names" in said
    assert "stage" not in said
    assert "25 cities of the list are not in the data" in said
    assert "level" in said
    assert not {"size_class", "resource_based", "mineral"} & set(said.split())


def test_a_name_that_is_no_province_is_refused_with_the_nearest(tmp_path):
    """A city among provinces, and a spelling, are not guessed."""
    folder = folder_of(tmp_path, ("河北", "内蒙", "大同市"), "provinces", "level")
    done = attempt("check", folder / "study.yaml", "--lang", "en")

    said = warnings(done)
    assert done.code != 0
    assert "'内蒙' is not a known province." in said
    assert "did you mean 内蒙古自治区?" in said
    assert "'大同市' is not a known province." in said


def test_a_province_among_cities_is_refused(tmp_path):
    """The row of a province is not a city; its name is given."""
    folder = folder_of(tmp_path, (*CITIES, "浙江省"), "prefectures", "stage")
    done = attempt("check", folder / "study.yaml", "--lang", "en")

    assert done.code != 0
    assert "'浙江省' is a province, not a place of prefecture level." in warnings(done)


def test_a_column_of_the_data_stays(tmp_path):
    """Regions that the data have already are theirs, and no source is claimed for them."""
    folder = folder_of(tmp_path, CITIES, "prefectures", "level")
    table = pd.read_csv(folder / "d.csv").assign(
        region4=lambda t: np.where(t.index % 12 < 6, "X", "Y")
    )
    table.to_csv(folder / "d.csv", index=False)
    done = call("check", folder / "study.yaml", "--lang", "en")

    said = warnings(done)
    assert "Column 'region4' comes" not in said
    assert "Column 'level' comes" in said


@pytest.mark.parametrize("listed", ["resource_based", "paper_115"])
def test_lists_of_resource_cities_bring_the_same_columns(tmp_path, listed):
    """Size and mineral come with the lists of old, too, and coal and income are still doubted."""
    folder = folder_of(
        tmp_path, ("大同市", "唐山", "阜新市", "赣州市", "金昌市"), listed, "mineral"
    )
    done = call("check", folder / "study.yaml", "--lang", "en")

    said = warnings(done)
    assert "Column 'mineral' comes with the register of places: our own compilation" in said
    assert "The groups of 'Resource' are a reconstruction" in said
