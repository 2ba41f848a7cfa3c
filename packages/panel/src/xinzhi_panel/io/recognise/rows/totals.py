"""Names of rows that are not entities: totals, averages, regions, parts of the row above, signatures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from xinzhi_panel.io.recognise.cells import loose, tidy

LONGEST = 60
"""Characters beyond which a text is not the name of a total."""
_NUMBERED = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、.．]|[(（](?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）])"
)
_AROUND = re.compile(r"[(（\[［【][^()（）\[\]［］【】]*[)）\]］】]|[:：*＊①-⑳]+$")
_TOTAL = re.compile(
    r"(?:合|计|总|总体|整体|全体|全部|全样本|总样本|全国|全国各地|全省|全市|全县|全区|全盟|全旗|全地区|各省|各市|各地区"
    r"|(?:全|总|所有|全部|各|以上|上述)(?:体|部)?(?:国|省|市|县|区|城市|省份|地区|省市|省区|样本|企业|行业|国家)?"
    r"(?:合计|总计|小计|共计|总和|总量|总数|总值|汇总|加总|累计|平均|平均值|平均数|均值|均数|平均水平)"
    r"|(?:全部|所有)(?:城市|省份|地区|省市|省区市?|样本|企业|行业|国家)"
    r"|.*(?:合计|总计|小计|共计|合计数|总计数|总和|汇总|加总|累计|总平均|平均|平均值|平均数|平均水平|均值|均数"
    r"|中位数|中位值|标准差|标准偏差|最大值|最小值|极差|变异系数|众数)"
    r"|平均(?:每.*|增长.*|增速)"
    r"|(?:[比较]?(?:上年|去年|上期|上月|基期|同期).*)?(?:年均|同比|环比)?(?:增长|增速|增幅|增减|升降)(?:率|幅度)?[%％]?)"
)
_ENGLISH_TOTAL = re.compile(
    r"(?:(?:grand|sub|over-?all|national|regional|sample|column|unweighted|weighted|simple)[\s-]*)?"
    r"(?:totals?|subtotals?|sums?|averages?|means?|median)(?:\s+of\s+.*)?"
    r"|.*[\s:_-](?:totals?|sub-?totals?|averages?|means?|median)"
    r"|(?:all|whole|full|entire)[\s-]+(?:cities|provinces|regions|countries|firms|sample|units|china|country|nation)"
    r"|overall|nation-?wide|std\.?\s*dev\.?|standard deviation"
)
_PLAIN_TOTALS = frozenset(
    {"总和", "平均", "平均值", "均值", "合", "计", "total", "sum", "subtotal", "average", "mean"}
)
_STATISTICS = frozenset(
    {"min", "max", "sd", "std", "std.", "s.d.", "var", "variance", "minimum", "maximum"}
    | {"n", "obs", "obs.", "count", "observations", "p25", "p50", "p75", "q1", "q3"}
)
_MEANS = frozenset({"mean", "average", "median", "均值", "平均", "平均值", "平均数", "mean value"})
_PERIOD_TOTAL = re.compile(
    r".*(?:合计|总计|小计|共计|总和|累计|平均|均值|年均|期间|全期|增长率?|增速|增幅|同比|环比|total|sum|average|mean|growth)[%％]?|计",
    re.IGNORECASE,
)
_REGION = re.compile(
    r"(?:[东中西]部|东北部?|西北部?|西南部?|东南部?|中南|华北|华东|华中|华南|沿海|内陆|沿江|沿边"
    r"|长三角|珠三角|京津冀|环渤海|粤港澳|成渝|长江经济带|黄河流域|淮河流域|长江(?:三角洲|中游|上游|下游)|珠江三角洲"
    r"|(?:[南北]部|中原|关中|海西|苏[南北中]|皖[南北]|粤[东西北]|浙[东西]|陕[南北]|鲁[东西]|豫[东西南北]|辽[东西]|湘[东南北])"
    r"(?=地区|城市群|经济区|省份|城市))"
    r"(?:沿海|内陆|老工业基地|大湾区|经济区|经济带|城市群|双城经济圈)?"
    r"(?:地区|区域|省份|省市|省区市?|城市|各省|各市|[\d一二三四五六七八九十]+(?:省|市|省市|省区市?|个省.*|个城市))?"
)
_ENGLISH_REGION = re.compile(
    r"(?:north|south)?-?(?:east|west|central|north|south)(?:ern)?\s+(?:china|provinces|cities)"
)
_PART = re.compile(r"(?:其中|#)\s*[:：,，、\-—]?\s*(.*)", re.DOTALL)
_UNITS_OF_PARTS = re.compile(
    r"市辖区|市区|城区|城镇|农村|县域|县及县以下|市本级|市直|省本级|省直|州本级|区县|所辖?县|各?县(?:市|区)?|地级市|县级市|.*(?:区|县|旗|自治县)"
    r"|国有.*|集体.*|私营.*|民营.*|外资.*|外商.*|港澳台.*|中央.*|地方.*|规模以上.*|第[一二三]产业|工业|农业|建筑业|服务业|轻工业|重工业"
    r"|资源型城市.*|非资源型城市.*|省会.*|计划单列市.*|成长型.*|成熟型.*|衰退型.*|再生型.*"
)


_ODD = re.compile(
    r"[计总全各均值差位和汇累增减升降部地北南中沿内长珠京环粤成带流域江省区#*：:（(※①-⑳其注附备说来源单表人期间字名章话位主数所东比合体填审复校编经批联电日时签盖打导更微手客热传邮公Qq]"
    r"|total|sum|average|mean|median|all|whole|full|entire|over|nation|dev|deviation|date|tel|sign|note|source"
    r"|prepared|compiled|checked|reviewed|approved|verified|downloaded|exported|east|west|north|south|cent",
    re.IGNORECASE,
)


def may_be_odd(text: str) -> bool:
    """Whether a name holds anything that names of totals, regions, notes or signatures hold.

    >>> may_be_odd("合计"), may_be_odd("c123"), may_be_odd("大同")
    (True, False, False)
    """
    return _ODD.search(text) is not None


def bare(text: str) -> str:
    """Leave out spaces, a number of a list, brackets and footnote marks around a name.

    >>> bare("一、合　计（亿元）"), bare("其中：东部*")
    ('合计', '其中:东部')
    """
    folded = loose(text)
    if numbered := _NUMBERED.match(folded):
        folded = folded[numbered.end() :]
    # Twice: a footnote mark may stand before the brackets.
    return _AROUND.sub("", _AROUND.sub("", folded)) or folded


def is_total(text: str) -> bool:
    """Whether a name is that of a total, an average or another statistic of all rows.

    >>> [is_total(t) for t in ("合 计", "全部城市平均", "2019年小计", "Grand total", "全国")]
    [True, True, True, True, True]
    >>> [is_total(t) for t in ("合肥", "全椒县", "TotalEnergies", "攀枝花", "Beijing")]
    [False, False, False, False, False]
    """
    if not text or len(text) > LONGEST:
        return False
    is_english = _ENGLISH_TOTAL.fullmatch(_words(text)) is not None
    return is_english or (not text.isascii() and _TOTAL.fullmatch(bare(text)) is not None)


def is_total_of_series(text: str) -> bool:
    """Whether a name is a plain total: a series of the nation may be what is asked for.

    >>> is_total_of_series("工业合计"), is_total_of_series("全国")
    (True, False)
    """
    folded = loose(text)
    return folded in _PLAIN_TOTALS or folded.endswith(("合计", "总计", "小计", "共计"))


def _words(text: str) -> str:
    return _AROUND.sub("", tidy(text).casefold()).strip(" .:") or text


def statistics(names: Iterable[str]) -> frozenset[str]:
    """Names such as min and N, which are statistics only where a mean is among the names.

    >>> sorted(statistics(["a", "Mean", "Min"])), sorted(statistics(["a", "Min"]))
    (['Min'], [])
    """
    folded = {name: _words(name) for name in names if len(name) <= LONGEST}
    if not _MEANS & set(folded.values()):
        return frozenset()
    return frozenset(name for name, word in folded.items() if word in _STATISTICS)


def is_total_of_periods(text: str) -> bool:
    """Whether a cell among the periods says that the row is a total, an average or a change.

    >>> is_total_of_periods("小计"), is_total_of_periods("2019-2022年平均"), is_total_of_periods("2019")
    (True, True, False)
    """
    return 0 < len(text) <= LONGEST and _PERIOD_TOTAL.fullmatch(bare(text)) is not None


def is_region(text: str) -> bool:
    """Whether a name is that of a region of a country, which holds several entities.

    >>> [is_region(t) for t in ("东部地区", "长三角", "东部10省市", "Eastern China")]
    [True, True, True, True]
    >>> [is_region(t) for t in ("东部新区", "大兴安岭地区", "西安", "华北电网", "Northeast University")]
    [False, False, False, False, False]
    """
    if not text or len(text) > LONGEST:
        return False
    if text.isascii():
        return _ENGLISH_REGION.fullmatch(_words(text)) is not None
    return _REGION.fullmatch(bare(text)) is not None


def part(text: str) -> str | None:
    """Name behind 其中, which marks a part of the row above; None where there is no such mark.

    >>> part("其中：市辖区"), part("其中"), part("大同")
    ('市辖区', '', None)
    """
    match = _PART.fullmatch(tidy(text)) if len(text) <= LONGEST else None
    return match.group(1) if match else None


def is_kind_of_part(name: str) -> bool:
    """Whether what stands behind 其中 is certainly not an entity of the table.

    >>> is_kind_of_part("市辖区"), is_kind_of_part("东部地区"), is_kind_of_part("石家庄")
    (True, True, False)
    """
    folded = bare(name)
    is_unit = _UNITS_OF_PARTS.fullmatch(folded) is not None
    return not folded or is_unit or is_region(name) or is_total(name)


_SIGNED = (
    "制表|制表人|填表|填表人|填报|填报人|填报单位|填报日期|审核|审核人|复核|复核人|校对|校对人|编制|编制人|编制单位|经办|经办人"
    "|批准|批准人|负责人|单位负责人|统计负责人|部门负责人|主管|联系人|联系电话|电话|报出日期|制表日期|填表日期|制表单位|制表时间"
    "|QQ号?|QQ群号?|微信号?|微信群|手机号?码?|客服电话|客服|热线|传真|邮编|邮箱|公众号"
    "|打印日期|打印时间|导出时间|导出日期|下载时间|下载日期|更新时间|更新日期|(?:数据)?(?:整理|采集|收集|发布|截止|截至)(?:人|时间|日期)?|日期|时间|签字|签名|签章|盖章|单位盖章|公章"
)
_SIGNATURE = re.compile(
    rf"(?:{_SIGNED})\s*(?:[(（](?:签字|签章|盖章|公章)[)）])?\s*(?:[:：].*|[(（].*[)）])?"
    r"|(?:prepared|compiled|checked|reviewed|approved|signed|verified|downloaded|exported)(?:\s+(?:by|on|at))?\s*[:：].*"
    r"|(?:date|signature|tel|telephone)\s*[:：].*",
    re.IGNORECASE | re.DOTALL,
)
_REACHED = re.compile(r"电话|手机|客服|热线|传真|邮编|微信|公众号|QQ|\btel", re.IGNORECASE)
_LABELLED = re.compile(r"[:：]|[(（]|\b(?:by|on|at)\b")
_CONTINUED = re.compile(
    r"[(（\[【]?(?:续上?[表页]?|接上[表页]|续前[表页]?|上接.{0,8}|下接.{0,8}|转下[表页]|见下[表页])\s*[\d一二三四五六七八九十()（）\-—]*[)）\]】]?"
    r"|.{0,40}[(（\[【]?(?:续表?|continued|cont\.?|cont'd)\s*[\d一二三四五六七八九十]*[)）\]】]?"
    r"|表\s*\d+.*|table\s*\d+.*"
    r"|(?:第\s*\d+\s*页.*|共\s*\d+\s*页.*|page\s*\d+.*|[-—–]\s*\d{1,4}\s*[-—–]|[(（]?完[)）]?|以下空白|此处空白|以下无正文)",
    re.IGNORECASE | re.DOTALL,
)
_SENTENCE = re.compile(
    r"[。；;！？!?]|[^，,]{2,}[，,].{2,}|[:：]$|.{25,}|(?:\S+\s+){4,}\S+"
    r"|数据|本表|本页|口径|快报|核算|统计局|年鉴|公报|不含|包括|不包括|未经|初步|按.{1,8}计算|不变价|当年价|可比价|四舍五入|仅供|空格|表示",
    re.DOTALL,
)


def is_signature(texts: Sequence[str]) -> bool:
    """Whether the texts of a row are those of a line of signatures or dates below a table.

    >>> is_signature(["制表：统计局", "审核：张", "日期：2023-01-05"]), is_signature(["日期"])
    (True, False)
    """
    short = [text for text in texts if len(text) <= LONGEST]
    signed = [text for text in short if _SIGNATURE.fullmatch(text)]
    return any(map(_LABELLED.search, signed)) or len(signed) > 1 or (len(signed) == 1 < len(texts))


def has_telephone(texts: Sequence[str], number: str) -> bool:
    """Whether a number beside words for a telephone, or for another address, is one.

    >>> has_telephone(["联系电话：", "13800000000"], "13800000000")
    True
    """
    digits = number.replace("-", "")
    is_number = digits.isdecimal() and len(digits) >= 5
    return is_number and any(_REACHED.search(text) for text in texts)


def is_continuation(text: str) -> bool:
    """Whether a lone text says that a table goes on: 续表, the number of a page, a title.

    >>> [is_continuation(t) for t in ("续表1", "表3-2 主要指标（续）", "— 12 —", "大同")]
    [True, True, True, False]
    """
    return len(text) <= 2 * LONGEST and _CONTINUED.fullmatch(tidy(text)) is not None


def is_sentence(text: str) -> bool:
    """Whether a lone text reads like a remark and not like a name.

    >>> is_sentence("本表按当年价格计算，2022年为快报数。"), is_sentence("呼和浩特市")
    (True, False)
    """
    return _SENTENCE.search(text[:200]) is not None
