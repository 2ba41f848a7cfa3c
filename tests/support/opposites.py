"""Words whose exchange turns a sentence around: what stands for each in English, and in Chinese."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Opposites:
    """Two opposite words of English with their readings in Chinese, as regular expressions."""

    first: tuple[str, str]
    second: tuple[str, str]
    forbids: bool = True
    """Whether the Chinese of a sentence with one of them may not hold the other."""

    def faults(self, english: str, chinese: str) -> set[str]:
        """Say what is wrong with a translation: a missing word, the opposite one, the other order."""
        there = [_places(rf"(?<![\w{{`/-])(?:{word})(?![\w`])", english) for word, _ in self.poles]
        here = [_places(word, chinese) for _, word in self.poles]
        found = {"missing" for t, h in zip(there, here, strict=True) if t and not h}
        if self.forbids and bool(there[0]) != bool(there[1]):
            found |= {"opposite"} if here[bool(there[0])] else set()
        if self.forbids and _order(there) != _order(here) and not found and all(there):
            found.add("order")
        return found

    @property
    def poles(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """Both words."""
        return self.first, self.second


def _places(pattern: str, text: str) -> list[int]:
    return [one.start() for one in re.finditer(pattern, text)]


def _order(places: list[list[int]]) -> list[int]:
    """Say in which order the two words come, repetitions left out."""
    row = [pole for _, pole in sorted((at, pole) for pole in (0, 1) for at in places[pole])]
    return [pole for at, pole in enumerate(row) if at == 0 or row[at - 1] != pole]


SIGNIFICANT = "(?<![不再均无、亦])显著(?!性)"
INSIGNIFICANT = "[不再均无、亦]显著(?!性)"
DENYING = r"(?<!not )(?<!no )(?<!longer )(?<!not statistically )(?<!longer statistically )(?:statistically )?"
OPPOSITES = {
    "rise and fall": Opposites(
        ("[Rr]ose|[Rr]ises?|rising|[Gg]rew|[Gg]rows?|climb|ascending", "上升|升至|有升|增大|扩大|增长|同比例增长|提高|更快|从小到大"),
        ("[Ff]ell|[Ff]alls?|falling|[Ss]hrinks?|descending", "下降|降至|有降|回落|减小|缩小|同降|同比减少|收缩|降低"),
    ),
    "increase and decrease": Opposites(("[Ii]ncreas(?:ing|es?|ed)", "递增|增加|提高"), ("[Dd]ecreas(?:ing|es?|ed)", "递减|减少|降低")),
    "not less and not more": Opposites(("non-increasing", "非递增"), ("non-decreasing", "非递减")),
    "sign": Opposites(("[Pp]ositive(?:ly)?", "正(?![是在则常确式文])|大于零|大于 0|很小的"), ("[Nn]egative(?:ly)?", "负")),
    "larger and smaller": Opposites(("larger", "较大|更大|越大|大于|超过"), ("smaller", "较小|更小|越小|小于"), forbids=False),
    "largest and smallest": Opposites(("[Ll]argest|maximum|Max", "最大|最多|极大"), ("[Ss]mallest|minimum|Min|minima", "最小|最低")),
    "highest and lowest": Opposites(("[Hh]ighest", "最高"), ("[Ll]owest", "最低")),
    "high and low": Opposites(("[Hh]igh(?:er)?", "高|领先|上限|high"), ("[Ll]ow(?:er)?", "低|落后|下|low"), forbids=False),
    "top and bottom": Opposites(("[Tt]op", "首位|前列|列出"), ("[Bb]ottom", "末位"), forbids=False),
    "above and below": Opposites(
        ("[Aa]bove|exceeds?|greater than|larger than", "高于|大于|超过|超出|以上|上方|其上|上面|前面|上一行"),
        ("[Bb]elow|[Bb]eneath|fewer than|less than", "低于|小于|不足|少于|以下|下方|其下|下列|上下|各级|之下|偏向负|过少"),
        forbids=False,
    ),
    "at least and at most": Opposites(
        ("[Aa]t least|or more", "至少|不少于|不小于|不得小于|不低于|及以上|或以上|以上|或更多|或更大|最低|中指定"),
        ("[Aa]t most|or less|or fewer", "至多|最多|不超过|不大于|不得大于|多于|上限"),
    ),
    "more and less": Opposites(("more", "更|多|另|越|以上|超过|较高|大于|增加|不止|放宽|重复|不小于|超出|不足"), ("less|fewer", "少|较低|更低|减|不足|低于|相异|不超过|不大于|降"), forbids=False),
    "best and worst": Opposites(("[Bb]est", "最佳|最优|前列|首位|最好|较前"), ("[Ww]orst", "最差|最坏|最低|最大")),
    "better and worse": Opposites(("better", "更好|越好"), ("worse", "更差|越差|变差|劣")),
    "significance": Opposites(
        (f"{DENYING}significant(?:ly)?", SIGNIFICANT),
        ("(?:not|no|no longer|[Nn]one|neither|nor)\\b[^.;:,]*?significant(?:ly)?", INSIGNIFICANT),
    ),
    "first and last": Opposites(("[Ff]irst", "首|第一|前|期初|初始|初步|先|起|下部"), ("[Ll]ast", "末|最后|最近|上次|上一|上述|后|终|止")),
    "before and after": Opposites(("[Bb]efore", "前|先|上一|早于|曾"), ("[Aa]fter", "后|晚于|剔除|变为|再|为"), forbids=False),
    "start and end": Opposites(("[Ss]tarts?", "起|始|初|启动|引用|种子|运行|出发"), ("[Ee]nds?|ended", "末|终|止|结束|端|关闭|结尾|次等级"), forbids=False),
    "upper and lower": Opposites(("[Uu]pper", "上"), ("[Ll]ower bounds?|[Ll]ower quartile|lower percentile", "下")),
    "inputs and outputs": Opposites(("[Ii]nputs?|input-oriented", "投入|输入"), ("[Oo]utputs?|output-oriented", "产出|输出|output|结果")),
    "good and bad outputs": Opposites(("[Gg]ood outputs?|[Gg]oods", "(?<!非)期望产出"), ("[Bb]ad outputs?|[Bb]ads|undesirable outputs?", "非期望产出")),
    "strengthens and weakens": Opposites(("strengthens?|enhancement", "增强|加强"), ("weakens?", "削弱|减弱")),
    "helps and hinders": Opposites(("helps?", "助益"), ("hinders?", "阻碍")),
    "hot and cold": Opposites(("[Hh]ot", "热点"), ("[Cc]old", "冷点")),
    "supported and not": Opposites(("(?<!not )(?<!Not )supported(?! for none| for no)", "支持"), ("[Nn]ot supported|supported for none|supported for no", "未得到支持|没有个体得到支持")),
    "one and two sides": Opposites(("one-sided|one_sided", "单侧|one_sided"), ("two-sided|two_sided", "双侧|two_sided")),
    "direct and indirect": Opposites(("[Dd]irect effects?|direct", "直接"), ("[Ii]ndirect", "间接")),
    "Chinese and English": Opposites(("Chinese", "中文|中国|中英"), ("English", "英文|英语|文名")),
    "replacement": Opposites(("with replacement", "有放回"), ("without replacement", "无放回|不放回")),
    "constant and variable": Opposites(("[Cc]onstant(?: returns)?", "不变|常数|常数项|截面"), ("variable returns|returns: variable", "可变|variable")),
    "strong and weak": Opposites(("[Ss]trong", "强"), ("[Ww]eak(?:ly)?", "弱"), forbids=False),
    "lag and lead": Opposites(("[Ll]ags?|[Ll]agged", "滞后"), ("lead \\(|\\(lead|`lead`", "超前|lead")),
    "within and between": Opposites(("[Ww]ithin", "内|中|扣除|之内|不足|同一"), ("[Bb]etween", "间|介于|与|至|到|中"), forbids=False),
    "kept and dropped": Opposites(("kept|keeps?|remains?", "保留|保持|仍|不变|存|留|均|剩|原样|保持相等|注意|继续|不再|按|记|未计入|只|取"), ("[Dd]ropped|[Ll]eft out|left out of|lost|excluded", "剔除|丢|略|去|损失|断开|失败|退出|中断|不再|移出|未|不|没有|无|缺|删|省略|空|不参与|留"), forbids=False),
    "rows and columns": Opposites(("[Rr]ows?", "行|观测|样本|结果|数据|记录|连续|有效单元|无(?=$)|者|单元"), ("[Cc]olumns?", "列|栏|宽表|变量|量"), forbids=False),
    "entities and periods": Opposites(("[Ee]ntity|[Ee]ntities", "个体|地区|城市|主体|entity|逐一|领先者|落后者|名称|全体|全样本|{entities}"), ("[Pp]eriods?", "期|年|period"), forbids=False),
    "with and without": Opposites(("with all|with each", "."), ("[Ww]ithout", "无|不|未|没有|剔除|缺|去掉|取消|省略"), forbids=False),
    "all and none": Opposites(("[Aa]ll", "全|所有|均|各|都|任|每|总|一切|完全|非"), ("[Nn]one|[Nn]either|[Nn]othing", "无|没有|未|不|非|none|剔除后为零"), forbids=False),
    "reached and unreached": Opposites(("consistent", "(?<!不)一致"), ("inconsistent", "不一致")),
}  # fmt: skip
"""Opposites by what they are about. A word with several readings has several ways to be said in Chinese."""

NEGATIVE = r"\b(?:[Nn]ot|[Nn]o|[Nn]one|[Nn]either|[Nn]or|[Nn]ever|[Nn]othing|cannot|[Ww]ithout|lacks?|fewer than|too few|[Ll]eft out|[Ll]eave|un\w+|in(?:finite|feasible|consistent)|only|[Dd]oes not)\b"
DENIED = "不|未|无|没|非|缺|少|否|剔|略|省|过|只|仅|别|错|独立|莫|尚|勿|去|删|仍|留|排除|零|不足"
DENIES = "不(?!变|同|平等)|未|没有|无(?!穷|法律)"


def denials(english: str, chinese: str) -> set[str]:
    """Say whether a sentence denies something in one language alone."""
    found = set()
    if re.search(r"\b(?:not|cannot|none|neither|nor|never|nothing)\b", english, re.IGNORECASE):
        if not re.search(DENIED, chinese):
            found.add("missing")
    elif re.search(DENIES, chinese) and not re.search(NEGATIVE, english):
        found.add("opposite")
    return found
