"""Which indicators serve for what in a study, and words of headings that the vocabulary lacks.

A heading that the vocabulary knows goes by its indicator alone. One in Chinese that it does not know has
no use that could be guessed; a code or an English heading is folded (lower case, no units) and compared
with words: `=word` must be the whole heading, others may stand anywhere in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


# The words stand in one text: a folded heading has no spaces.
def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ENTITY = _words(
    "城市 地级市 地市 市州 州市 盟市 市县 =城区 地区 省份 省市 =省区 =省 =市 县 国家 地名 行业 企业 "
    "公司 =单位名称 名称 city prefecture municipality municipal province county country region "
    "state industry firm company entity dmu =unit_id =id =iso3 =name code 代码"
)
"""Columns that name an entity, the likeliest first."""
PERIOD = _words("年份 年度 =年 时间 时期 year period =t =time date =季度 =季 年季 quarter")
"""Columns of periods, the likeliest first."""
NEVER = _words(
    "治理 处理 达标 利用率 去除 treated removal intensity 强度 per_ 人均 share pct percent 占比 "
    "比重 比例 率 formation capital_expenditure human_capital ratio rate index 指数 growth 增速 增幅 增长 同比 环比 flag kind"
)
"""Words that speak against an amount: such a column is never proposed as input or output."""
PRICES = _words(
    "价格水平 价格指数 物价 平减 汇率 price_level price_index deflator =xr exchange_rate pl_ cpi "
    "ppi average_annual_hours =avh 平均工资 welfare"
)
"""Words of prices and averages, which are not amounts either."""
IDENTIFIER = _words("adcode code =id =no number 代码 编码 序号 编号")
"""Words of columns that number things: no variable, whatever their values."""
USES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "bad output": _words(
            "co2 carbon 碳排放 二氧化碳 so2 二氧化硫 nox 氮氧化物 废水 废气 烟尘 粉尘 烟粉尘 "
            "pm2.5 pm25 污染 排放 ghg 温室气体 emission pollut waste sewage dust soot 固体废物 "
            "固废 化学需氧量 =cod 氨氮"
        ),
        "good output": _words(
            "地区生产总值 生产总值 国内生产总值 增加值 总产值 产值 产出 营业收入 gdp grp "
            "value_added output revenue valk valu =y"
        ),
        "labour": _words(
            "从业 就业 劳动 职工 用工 labour labor employ worker hours_worked hrsn =empn =emp =l"
        ),
        "capital": _words("资本 固定资产净值 固定资产存量 capital cpnk cpgk capacity 装机 =k"),
        "energy": _words("能源 能耗 用电 电力消费 energy fuel 标煤 标准煤 =e"),
        "water": _words("用水 供水 water_use water_supply"),
    }
)
"""What a column could be used for in a frontier -> words of its heading."""
INPUTS = _words("labour capital energy water")
"""Uses that are inputs, in the order in which they are proposed; areas are there anyway."""
ELECTRICITY = _words("electricity 发电 电量 power_gen")
"""An output of power plants, an input of everybody else: told by what else is there."""
CARBON_LETTER = "=c"
"""The single letter C is carbon where K, L and Y stand beside it."""
MEANT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "labour": _words(
            "employed_total employed_urban_units staff_on_post industrial_employees wb_labour_force "
            "employed_private firm_employees"
        ),
        "capital": _words(
            "capital_stock wb_capital_stock firm_fixed_assets industrial_fixed_assets_net industrial_fixed_assets "
            "industrial_fixed_assets_original industrial_assets installed_capacity"
        ),
        "energy": _words(
            "energy_consumption primary_energy electricity energy_consumption_industry "
            "electricity_industry coal_consumption natural_gas_supply gas_supply"
        ),
        "water": _words("water_use water_supply water_use_industry"),
        "good output": _words(
            "gdp_constant wb_gdp_constant wb_gdp_ppp_constant gdp wb_gdp_current gross_output "
            "va_industry va_industry_above_scale industrial_output industrial_revenue "
            "industrial_sales firm_revenue agricultural_output grain_output"
        ),
    }
)
"""Use -> indicators of the vocabulary that serve for it, the best first: known headings go by these alone."""
POLLUTION_INDEX = "pollution_index"
"""A composite of pollutants stands for all of them."""
MADE_OF = ("fixed_asset_investment", "gfcf", "wb_gfcf", "wb_gfcf_constant")
"""Indicators of investment from which a capital stock can be made, the best first."""
INVESTMENT_PRICES = _words("investment_price_index gdp_deflator ppi cpi")
"""Price indices that can deflate investment, the best first."""
REAL_GROWTH = _words("gdp_index_previous_year gdp_index_base")
"""Indices of the real growth of GDP."""
MECHANISM: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "factor": _words(
            "专利 创新 研发 科研 科技 技术 人才 高校 大学 在校 本专科 机器人 数字 人力资本 受教育 "
            "新质 patent innov rd_ r&d research student human_capital =hc robot digital school"
        ),
        "mediator": _words(
            "产业结构 第三产业 第二产业 服务业 高新技术企业 新兴 新创 企业数 structure tertiary "
            "secondary hightech high_tech firms coal_share clean 能源结构"
        ),
        "moderator": _words(
            "规制 处罚 环保 治理 政策 试点 财政 政府 regulation penalt policy pilot government "
            "fiscal tax"
        ),
        "control": _words(
            "人均 城镇化 城市化 开放 外商 外资 fdi 进出口 贸易 人口密度 金融 存款 贷款 基础设施 "
            "道路 人口 urban trade open finance density investment population"
        ),
    }
)
"""What a column could be used for in regressions of a score -> words of an English heading that the vocabulary lacks."""
