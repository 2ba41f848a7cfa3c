"""What a table says of its own figures and keys: whole sentences in both languages, with their remedies."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

import xinzhi as xz
from told import printed
from xinzhi_core.errors import SpecError
from xinzhi_core.panel.panel import panel_of
from xinzhi_core.wording import Language
from xinzhi_panel.columns.seen import check_plausible

Sentences = Callable[[Language], list[str]]
INDEX = pd.MultiIndex.from_product([["唐山", "大同"], [2008, 2009]], names=["entity", "period"])
FREIGHT = ("货运量", "公路货运量", "铁路货运量", "水运货运量", "民航货运量")
FLAT = pd.DataFrame(
    {"city": ["a", "b"] * 2, "year": [1, 1, 2, 2], "x": [1.0, 2, 3, 4], "y": [1.0, 2, 3, 5]}
)


def table(unit: str | None, **columns: tuple[float, ...]) -> Sentences:
    """Compare the columns of a table of four rows, the last of which is wrong."""
    units = dict.fromkeys(columns, unit) if unit else {}
    panel = panel_of(pd.DataFrame(columns, index=INDEX), units=units)
    return lambda language: printed(check_plausible(panel), language)


def frame(data: pd.DataFrame, **keys: str) -> Sentences:
    """Give a frame whose keys cannot be told to a regression."""
    with pytest.raises(SpecError) as caught:
        xz.fit(data, "y ~ x", **keys)
    return lambda language: printed(caught.value.problems, language)


CASES: dict[str, tuple[Sentences, str, str]] = {
    "industries that are more than the whole": (
        table(
            "亿元",
            地区生产总值=(100, 110, 120, 130),
            第一产业增加值=(10, 11, 12, 13),
            第二产业增加值=(40, 44, 48, 52),
            第三产业增加值=(50, 55, 60, 80),
        ),
        (
            "'地区生产总值' differs by more than 1% from 第一产业增加值 + 第二产业增加值 + 第三产业增加值: 1 row, 1 entity, 2009; 大同 2009 (111.538 %).\n"
            "  where: column '地区生产总值', 大同, 2009\n"
            "  remedy: compare the cells with the yearbook, and their units. If it is true: `accept: ['plausible.sum']`, or for this column alone 'plausible.sum 地区生产总值', under `read` of the source."
        ),
        (
            "“地区生产总值”与 第一产业增加值 + 第二产业增加值 + 第三产业增加值 之和相差超过 1%：1 行，1 个个体，2009；例如 大同 2009（111.538 %）。\n"
            "  位置：列“地区生产总值”，大同，2009\n"
            "  办法：请与年鉴核对这些单元格及其单位。若属实，请在数据来源的 read 下写 accept: ['plausible.sum']；只针对此列则写 'plausible.sum 地区生产总值'。"
        ),
    ),
    "parts of a sum": (
        table(
            "万吨",
            **dict(
                zip(
                    FREIGHT,
                    [
                        (100, 110, 120, 130),
                        (50, 55, 60, 65),
                        (30, 33, 36, 39),
                        (15, 17, 18, 19.5),
                        (5, 5, 6, 90),
                    ],
                    strict=True,
                )
            ),
        ),
        (
            "'货运量' is not the sum of '公路货运量', '铁路货运量', '水运货运量', '民航货运量': 1 row, 1 entity, 2009; 大同 2009 (1300000; 2135000).\n"
            "  where: column '货运量', 大同, 2009\n"
            "  remedy: compare the cells with the yearbook, their units and their prices. If it is true: `accept: ['plausible.identity']`, or for this column alone 'plausible.identity 货运量', under `read` of the source."
        ),
        (
            "“货运量”与各项之和不符：“公路货运量”、“铁路货运量”、“水运货运量”、“民航货运量”：1 行，1 个个体，2009；例如 大同 2009（1300000；2135000）。\n"
            "  位置：列“货运量”，大同，2009\n"
            "  办法：请将这些单元格与年鉴核对，并核对其单位与价格口径。若属实，请在数据来源的 read 下写 accept: ['plausible.identity']；只针对此列则写 'plausible.identity 货运量'。"
        ),
    ),
    "a difference": (
        table(
            "吨",
            工业二氧化硫产生量=(100, 110, 120, 130),
            工业二氧化硫去除量=(50, 55, 60, 65),
            工业二氧化硫排放量=(50, 55, 60, 90),
        ),
        (
            "'工业二氧化硫排放量' is not the difference of '工业二氧化硫产生量', '工业二氧化硫去除量': 1 row, 1 entity, 2009; 大同 2009 (90; 65).\n"
            "  where: column '工业二氧化硫排放量', 大同, 2009\n"
            "  remedy: compare the cells with the yearbook, their units and their prices. If it is true: `accept: ['plausible.identity']`, or for this column alone 'plausible.identity 工业二氧化硫排放量', under `read` of the source."
        ),
        (
            "“工业二氧化硫排放量”与两列之差不符：“工业二氧化硫产生量”、“工业二氧化硫去除量”：1 行，1 个个体，2009；例如 大同 2009（90；65）。\n"
            "  位置：列“工业二氧化硫排放量”，大同，2009\n"
            "  办法：请将这些单元格与年鉴核对，并核对其单位与价格口径。若属实，请在数据来源的 read 下写 accept: ['plausible.identity']；只针对此列则写 'plausible.identity 工业二氧化硫排放量'。"
        ),
    ),
    "an index and its rate": (
        table(None, 地区生产总值指数=(108.5, 109, 110, 107), 地区生产总值增长率=(8.5, 9, 10, 17)),
        (
            "'地区生产总值指数' is not 100 plus '地区生产总值增长率': 1 row, 1 entity, 2009; 大同 2009 (107; 117).\n"
            "  where: column '地区生产总值指数', 大同, 2009\n"
            "  remedy: compare the cells with the yearbook, their units and their prices. If it is true: `accept: ['plausible.identity']`, or for this column alone 'plausible.identity 地区生产总值指数', under `read` of the source."
        ),
        (
            "“地区生产总值指数”与增速加一百不符：“地区生产总值增长率”：1 行，1 个个体，2009；例如 大同 2009（107；117）。\n"
            "  位置：列“地区生产总值指数”，大同，2009\n"
            "  办法：请将这些单元格与年鉴核对，并核对其单位与价格口径。若属实，请在数据来源的 read 下写 accept: ['plausible.identity']；只针对此列则写 'plausible.identity 地区生产总值指数'。"
        ),
    ),
    "deposits beside output": (
        table("亿元", 存款余额=(100, 110, 120, 9000), 地区生产总值=(100, 110, 120, 130)),
        (
            "'存款余额' is not in proportion to '地区生产总值': 1 row, 1 entity, 2009; 大同 2009 (900000000000; 156000000000).\n"
            "  where: column '存款余额', 大同, 2009\n"
            "  remedy: compare the cells with the yearbook, their units and their prices. If it is true: `accept: ['plausible.identity']`, or for this column alone 'plausible.identity 存款余额', under `read` of the source."
        ),
        (
            "“存款余额”与对照列的比例不符：“地区生产总值”：1 行，1 个个体，2009；例如 大同 2009（900000000000；156000000000）。\n"
            "  位置：列“存款余额”，大同，2009\n"
            "  办法：请将这些单元格与年鉴核对，并核对其单位与价格口径。若属实，请在数据来源的 read 下写 accept: ['plausible.identity']；只针对此列则写 'plausible.identity 存款余额'。"
        ),
    ),
    "output below value added": (
        table("亿元", 工业总产值=(100, 110, 120, 13), 工业增加值=(40, 45, 50, 52)),
        (
            "'工业总产值' is not in proportion to '工业增加值': 1 row, 1 entity, 2009; 大同 2009 (1300000000; 5200000000).\n"
            "  where: column '工业总产值', 大同, 2009\n"
            "  remedy: compare the cells with the yearbook, their units and their prices. If it is true: `accept: ['plausible.identity']`, or for this column alone 'plausible.identity 工业总产值', under `read` of the source."
        ),
        (
            "“工业总产值”与对照列的比例不符：“工业增加值”：1 行，1 个个体，2009；例如 大同 2009（1300000000；5200000000）。\n"
            "  位置：列“工业总产值”，大同，2009\n"
            "  办法：请将这些单元格与年鉴核对，并核对其单位与价格口径。若属实，请在数据来源的 read 下写 accept: ['plausible.identity']；只针对此列则写 'plausible.identity 工业总产值'。"
        ),
    ),
    "shares of a whole": (
        table(
            "%",
            第一产业占比=(10, 11, 12, 13),
            第二产业占比=(40, 44, 48, 52),
            第三产业占比=(50, 45, 40, 80),
        ),
        (
            "第一产业占比 + 第二产业占比 + 第三产业占比 do not add up to 100: 1 row, 1 entity, 2009; 大同 2009 (145; 100).\n"
            "  where: column '第一产业占比', 大同, 2009\n"
            "  remedy: compare the cells with the yearbook, their units and their prices. If it is true: `accept: ['plausible.identity']`, or for this column alone 'plausible.identity 第一产业占比', under `read` of the source."
        ),
        (
            "第一产业占比 + 第二产业占比 + 第三产业占比 之和不等于 100：1 行，1 个个体，2009；例如 大同 2009（145；100）。\n"
            "  位置：列“第一产业占比”，大同，2009\n"
            "  办法：请将这些单元格与年鉴核对，并核对其单位与价格口径。若属实，请在数据来源的 read 下写 accept: ['plausible.identity']；只针对此列则写 'plausible.identity 第一产业占比'。"
        ),
    ),
    "periods without entities": (
        frame(FLAT, period="year"),
        (
            "Nothing shows which values are entities.\n"
            "  where: entity\n"
            "  remedy: give entity= and period=, each a column or an index level, or name the levels 'entity' and 'period'."
        ),
        (
            "无法判断哪些值是个体。\n"
            "  位置：entity\n"
            "  办法：请给出 entity= 和 period=（列或索引层），或将索引层命名为“entity”和“period”。"
        ),
    ),
    "an index that is called a year": (
        frame(FLAT[["x", "y"]].set_index(pd.Index(FLAT["year"], name="year"))),
        (
            "Nothing shows which values are entities.\n"
            "  where: entity\n"
            "  remedy: give entity= and period=, each a column or an index level, or name the levels 'entity' and 'period'."
        ),
        (
            "无法判断哪些值是个体。\n"
            "  位置：entity\n"
            "  办法：请给出 entity= 和 period=（列或索引层），或将索引层命名为“entity”和“period”。"
        ),
    ),
    "a key that stands twice": (
        frame(FLAT.set_index(["city", "year"], drop=False), entity="city", period="year"),
        (
            "'city' is an index level and a column too.\n"
            "  where: entity\n"
            "  remedy: give entity= and period=, each a column or an index level, or name the levels 'entity' and 'period'."
        ),
        (
            "“city”既是索引层，又是列。\n"
            "  位置：entity\n"
            "  办法：请给出 entity= 和 period=（列或索引层），或将索引层命名为“entity”和“period”。"
        ),
    ),
}
"""What is wrong -> what says it, and the sentence in English and Chinese."""


@pytest.mark.parametrize("name", CASES)
def test_what_does_not_fit_is_said_in_both_languages(name):
    """Columns, rows and both figures are named, or what to give; the other rows are not."""
    says, english, chinese = CASES[name]
    assert english in says("en")
    assert chinese in says("zh")


def test_an_index_that_fits_its_rate_is_not_doubted():
    """108.5 beside 8.5 %: the rate is one of constant prices, and so is the index, whatever their headings say."""
    assert table(None, GDP指数=(108.5, 109, 110, 107), GDP增速=(8.5, 9, 10, 7))("en") == []
