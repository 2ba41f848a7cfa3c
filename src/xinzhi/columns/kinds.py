"""What a column can be, and the headings that say so without doubt, in Chinese and English.

A heading is compared whole, once unit, scope (市辖区, 全市) and words without meaning (年末, 总数) are taken
off; with any other word in it, it says nothing. So a part (城镇私营从业人员) is never taken for its whole.

At which prices an amount is, as its heading says: of each year, of one year, of the year before.

A mark is looked for as a whole, never a part of one: 年价 ends 当年价 and 上年价 as well as 2008年价, and 实际
means constant prices only in front of an amount that has prices (实际GDP, not 实际利用外资).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True, slots=True)
class ColumnKind:
    """What a column is."""

    names: tuple[str, ...]
    """Whole headings, folded as `recognise.core` does."""
    dimension: str
    """persons, money, area, electricity, energy, mass, percent, years or count: what its unit measures."""


# The names of a kind stand in one text: no heading that is compared has a space.
_HEADINGS: Mapping[str, Mapping[str, str]] = {
    "persons": {
        "residents": (
            "常住人口 人口 居民 居民人口 resident_population residents population pop inhabitants "
            "resident_pop"
        ),
        "registered residents": "户籍人口 户籍登记人口 registered_population hukou_population",
        "urban residents": "城镇人口 城镇常住人口 城市人口 urban_population urban_residents urban_pop",
        "rural residents": (
            "乡村人口 农村人口 农村常住人口 乡村常住人口 rural_population rural_residents rural_pop"
        ),
        "employed": (
            "从业人员 就业人员 全社会从业人员 全社会就业人员 从业 就业 就业人口 从业人口 employed "
            "employment employed_persons labour labor workers emp labour_force_employed"
        ),
        "employed in primary industry": (
            "第一产业从业人员 第一产业就业人员 一产从业人员 农业从业人员 employment_primary "
            "primary_employment agricultural_employment employment_agriculture"
        ),
        "employed in secondary industry": (
            "第二产业从业人员 第二产业就业人员 二产从业人员 employment_secondary "
            "secondary_employment"
        ),
        "employed in tertiary industry": (
            "第三产业从业人员 第三产业就业人员 三产从业人员 employment_tertiary tertiary_employment"
        ),
        "employed in mining": (
            "采矿业从业人员 采矿业就业人员 采掘业从业人员 采矿从业人员 mining_employment "
            "employment_mining employed_in_mining miners mining_employed mining_workers"
        ),
        "employed in manufacturing": (
            "制造业从业人员 制造业就业人员 manufacturing_employment employment_manufacturing "
            "employed_in_manufacturing"
        ),
        "students in higher education": (
            "高校在校学生 高校在校生 普通高校在校学生 普通高等学校在校学生 普通高校在校生 "
            "高等学校在校学生 普通高等学校在校生 普通本专科在校学生 university_students "
            "college_students"
        ),
    },
    "money": {
        "gdp": (
            "地区生产总值 国内生产总值 生产总值 gdp grp gross_domestic_product "
            "gross_regional_product gdp_nominal nominal_gdp 名义gdp 地区gdp 实际gdp real_gdp "
            "gdp_real 地区生产总值（当年价格） 地区生产总值(当年价格)"
        ),
        "value added of primary industry": (
            "第一产业增加值 一产增加值 第一产业 primary_value_added gdp_primary primary_industry "
            "value_added_primary primary"
        ),
        "value added of secondary industry": (
            "第二产业增加值 二产增加值 第二产业 secondary_value_added gdp_secondary "
            "secondary_industry value_added_secondary secondary"
        ),
        "value added of tertiary industry": (
            "第三产业增加值 三产增加值 第三产业 tertiary_value_added gdp_tertiary "
            "tertiary_industry value_added_tertiary tertiary"
        ),
        "value added of industry": "工业增加值 全部工业增加值 industrial_value_added",
        "gdp per head": (
            "人均地区生产总值 人均生产总值 人均国内生产总值 人均gdp gdp_per_capita per_capita_gdp "
            "gdp_per_head gdppc"
        ),
        "fixed-asset investment": (
            "固定资产投资 全社会固定资产投资 固定资产投资完成 fixed_asset_investment "
            "gross_fixed_capital_formation gfcf gfcf_nominal 固定资本形成"
        ),
        "investment in real estate": (
            "房地产开发投资 房地产开发投资完成 房地产投资 real_estate_investment "
            "property_investment"
        ),
        "capital stock": "资本存量 固定资本存量 物质资本存量 capital_stock capital physical_capital",
        "fiscal expenditure": (
            "财政支出 地方财政支出 一般公共预算支出 地方一般公共预算支出 公共财政支出 "
            "地方财政一般预算内支出 地方一般预算内财政支出 fiscal_expenditure fiscal_total "
            "budget_expenditure"
        ),
        "expenditure on science": (
            "科学技术支出 科学支出 科技支出 财政科技支出 fiscal_st science_expenditure "
            "science_and_technology_expenditure"
        ),
        "expenditure on education": "教育支出 财政教育支出 fiscal_edu education_expenditure",
        "fiscal revenue": (
            "财政收入 地方财政收入 一般公共预算收入 地方一般公共预算收入 地方财政一般预算内收入 "
            "fiscal_revenue budget_revenue"
        ),
        "tax revenue": "税收收入 各项税收 tax_revenue",
        "expenditure on research": (
            "研发经费支出 研发经费 r&d经费 r&d经费内部支出 研究与试验发展经费 rd_spend "
            "rd_expenditure research_expenditure"
        ),
        "average wage": (
            "在岗职工平均工资 职工平均工资 平均工资 城镇单位就业人员平均工资 average_wage mean_wage"
        ),
    },
    "electricity": {
        "electricity": (
            "全社会用电 用电 社会用电 电力消费 electricity_consumption electricity_use "
            "power_consumption"
        ),
        "electricity of industry": "工业用电 industrial_electricity industrial_electricity_consumption",
        "electricity of households": "居民生活用电 城乡居民生活用电 生活用电 household_electricity residential_electricity",
    },
    "energy": {
        "energy": "能源消费 综合能源消费 能耗 energy energy_consumption energy_use",
    },
    "area": {
        "land area": (
            "行政区域土地面积 行政区域面积 土地面积 辖区面积 面积 land_area administrative_area "
            "area"
        ),
        "built-up area": "建成区面积 建成区 built_up_area builtup_area urban_built_up_area",
        "green space of the built-up area": "建成区绿化覆盖面积 建成区绿地面积 built_up_green_area",
    },
    "mass": {
        "carbon dioxide": (
            "二氧化碳排放 二氧化碳 碳排放 co2排放 co2 co2_emissions carbon_emissions carbon_dioxide"
        ),
        "sulphur dioxide": (
            "二氧化硫排放 二氧化硫 工业二氧化硫排放 工业二氧化硫 so2 so2_emissions 工业so2 "
            "industrial_so2"
        ),
    },
    "count": {
        "patents granted": "专利授权 授权专利 patents_granted granted_patents",
        "patents applied for": "专利申请 专利申请受理 patent_applications patents_applied",
        "invention patents granted": "发明专利授权 授权发明专利 invention_patents_granted granted_invention_patents",
        "utility models granted": "实用新型授权 实用新型专利授权",
        "designs granted": "外观设计授权 外观设计专利授权",
    },
    "percent": {
        "urban share": "城镇化率 城市化率 城镇化水平 urbanisation_rate urbanization_rate urban_share",
        "share of secondary industry": (
            "第二产业占比 第二产业比重 第二产业占gdp比重 第二产业增加值占gdp比重 secondary_share "
            "secondary_pct"
        ),
        "share of tertiary industry": (
            "第三产业占比 第三产业比重 第三产业占gdp比重 第三产业增加值占gdp比重 tertiary_share "
            "tertiary_pct"
        ),
    },
    "years": {
        "years of schooling": "平均受教育年限 人均受教育年限 mean_years_of_schooling years_of_schooling",
    },
}
KINDS: Mapping[str, ColumnKind] = MappingProxyType(
    {
        kind: ColumnKind(tuple(names.split()), dimension)
        for dimension, kinds in _HEADINGS.items()
        for kind, names in kinds.items()
    }
)
"""Name of a kind -> how its headings read, and what its unit measures."""


Basis = Literal["constant", "current", "previous_year", "unclear"]
_YEAR = r"(?<!\d)(?:1[89]|20)\d{2}"
_AMOUNT = (
    r"(?:(?:人均|户均|劳均)?(?:gdp|grp|地区生产|国内生产|国民生产|国民收入|生产总值|总产值|产值|产出|增加值|工资|资本存量|物质资本)"
    r"|人均(?:可支配)?收入)"
)
"""Amounts that have prices; what is 实际利用 or 实际完成 is what was in fact used or done."""
_MARKS: tuple[tuple[Basis, str], ...] = (
    (
        "previous_year",
        r"上一?年(?:度)?(?:不变|可比)?价|前一年价|去年价|previous_year'?s?_prices?|prices?_of_(?:the_)?previous_year",
    ),
    (
        "current",
        (
            r"当年(?:度)?价|本年(?:度)?价|当年现价|当期价|报告期价|现行价|当前价|(?<!实)现价(?!值)|名义"
            r"|(?<![a-z])nominal(?![a-z])|(?<![a-z])current(?![a-z])(?!_(?:account|assets|liabilit))|(?<![a-z])unadjusted_for_inflation"
        ),
    ),
    (
        "constant",
        (
            r"(?<![非未])不变价(?!值)|(?<![非未])可比价(?!值)|固定价格|(?<![非未])真实(?!性)"
            rf"|(?<![非未])实际(?={_AMOUNT})(?!{_AMOUNT}.{{0,6}}增[长速幅])"
            rf"|(?:gdp|grp|总值|产值|增加值)[_(（]实际|{_YEAR}年?(?:不变|可比|固定)?价"
            rf"|以{_YEAR}年?为基|{_YEAR}年?(?:为)?基期|{_YEAR}年为基|基期(?:为)?{_YEAR}|{_YEAR}年不变"
            r"|(?<![a-z])constant(?![a-z])|(?<![a-z])real(?![a-z])(?!_?(?:estate|time|property|interest|exchange))"
            r"|(?<![a-z])chained(?![a-z])|(?<![a-z])deflated(?![a-z])"
            rf"|(?<!\d){_YEAR}_(?:constant_)?prices?|prices?_of_{_YEAR}|(?<![a-z])(?:rgdp|rgdppc|realgdp|rgdpna|rgdpe|rgdpo|rnna|rconna)(?![a-z])"
        ),
    ),
)
_FINDERS = tuple((basis, re.compile(pattern)) for basis, pattern in _MARKS)
_INDEX = re.compile(r"=100|为100|指数|index|deflator|平减")


def price_basis(*texts: str) -> Basis | None:
    """Say at which prices a column is; None where neither its name, label nor unit says it.

    Parameters
    ----------
    texts
        What the column is called: its heading as it stands in the file, its label, its unit.

    Returns
    -------
    str or None
        `constant`: prices of one year; `current`: of each year; `previous_year`: of the year before, which
        makes no series; `unclear`: the texts say two of these.

    Examples
    --------
    >>> price_basis("地区生产总值(当年价格)(万元)"), price_basis("GDP（2008年价）"), price_basis("实际GDP")
    ('current', 'constant', 'constant')
    >>> price_basis("实际利用外资"), price_basis("real_estate_investment"), price_basis("GDP")
    (None, None, None)
    """
    found = {basis for text in texts for basis in _bases(text)}
    if len(found) > 1:
        return "unclear"
    return next(iter(found), None)


def _bases(text: str) -> Iterable[Basis]:
    """Find the marks of one text; each is taken off, so that none is found inside another."""
    folded = re.sub(r"[\s\-/]+", "_", unicodedata.normalize("NFKC", text).strip()).casefold()
    if _INDEX.search(folded):
        return
    for basis, finder in _FINDERS:
        rest = finder.sub("|", folded)
        if rest != folded:
            yield basis
        folded = rest
