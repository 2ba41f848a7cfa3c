"""Columns in percent, shares, and index numbers, by unit and heading."""

from __future__ import annotations

import re

from xinzhi.columns.seen import NumberColumn
from xinzhi.io.recognise.cells import split_unit
from xinzhi.panel.panel import Panel

SHARE = re.compile(
    r"占比|比重|比例|份额|城镇化|城市化|覆盖率|绿化率|达标率|合格率|处理率|失业率|就业率|识字率|文盲率|贫困率|识别率|"
    r"及格率|优良率|(?<![a-z])(share|percentage|proportion)(?![a-z])|urbani[sz]ation|(?<![a-z])unemployment_rate"
)
"""Headings of a part of a whole."""
NOT_A_SHARE = re.compile(
    r"增长|增速|增幅|变动|变化|同比|环比|growth|change|进出口|出口|进口|贸易|外贸|开放|存款|贷款|信贷|债务|负债|投资|资本|"
    r"存贷|抚养|trade|export|import|openness|loan|credit|deposit|debt|invest|capital|dependency|fdi|外资|人均|综合利用"
)
"""Words of ratios that can be above their base: trade over GDP, loans over deposits, stocks reused."""
PREVIOUS = re.compile(
    r"(上年|上一年|去年|前一年|上期|previous_?year|last_?year)[^=＝]{0,4}[=＝]\s*100"
)
"""An index of which the previous year is 100."""


def unit_in(panel: Panel, name: str) -> str:
    """Give the unit of a column: declared, or in its heading.

    >>> import pandas as pd
    >>> from xinzhi.panel.panel import panel_of
    >>> index = pd.MultiIndex.from_tuples([("a", 1)], names=["entity", "period"])
    >>> unit_in(panel_of(pd.DataFrame({"x（%）": [1.0]}, index=index)), "x（%）")
    '%'
    """
    return panel.units.get(name) or split_unit(name)[1] or ""


def is_percent(panel: Panel, column: NumberColumn) -> bool:
    """Whether a column says that it is in percent."""
    if column.unit is not None:
        return column.unit.dimension == "percent"
    return unit_in(panel, column.name).strip().casefold() in {"%", "％", "pct", "percent", "百分比"}


def is_share(name: str) -> bool:
    """Whether a heading is that of a part of a whole, which cannot be above 100 %.

    >>> is_share("第三产业占比（%）"), is_share("进出口占GDP比重"), is_share("GDP增长率"), is_share("urban_share")
    (True, False, False, True)
    """
    folded = name.casefold().replace("_", " ").replace(" ", "_")
    bare = re.sub(r"_", " ", folded)
    return bool(SHARE.search(bare) or SHARE.search(folded)) and not NOT_A_SHARE.search(folded)


def is_index_of_previous_year(panel: Panel, name: str) -> bool:
    """Whether unit or heading say that the previous year is 100.

    >>> import pandas as pd
    >>> from xinzhi.panel.panel import panel_of
    >>> index = pd.MultiIndex.from_tuples([("a", 1)], names=["entity", "period"])
    >>> panel = panel_of(pd.DataFrame({"指数（上年=100）": [105.0]}, index=index))
    >>> is_index_of_previous_year(panel, "指数（上年=100）"), is_index_of_previous_year(panel, "x")
    (True, False)
    """
    return bool(PREVIOUS.search(f"{name} {panel.units.get(name, '')}".casefold()))
