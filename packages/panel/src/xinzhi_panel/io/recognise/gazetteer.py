"""Names that the reader of files knows: provinces, nations, renamed and dissolved places.

Traditional characters are brought to simplified ones, 重慶 and 重庆 are one city. The pairs are those of
the character table of OpenCC (Apache licence 2.0) whose simplified character stands in a name of the
divisions of China or in common words of names of firms.
"""

from __future__ import annotations

import csv
from bisect import bisect_left
from functools import cache
from importlib.resources import files

PROVINCES = (
    "北京|天津|河北|山西|内蒙古|辽宁|吉林|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东|河南|湖北"
    "|湖南|广东|广西|海南|重庆|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|台湾|香港|澳门"
)
"""Short names as alternatives of a pattern."""
KNOWN_PROVINCES = frozenset(PROVINCES.split("|"))
MUNICIPALITIES = frozenset({"北京", "天津", "上海", "重庆", "香港", "澳门"})
TWO_LEVELS = frozenset({"吉林", "海南"})
"""Names shared by a province and a prefecture-level place: never joined with X市 or X省."""
NATIONS = frozenset({"全国", "中国", "全国合计", "中华人民共和国", "world", "世界"})
COUNTRIES = frozenset(
    (
        *("美国", "日本", "德国", "英国", "法国", "印度", "韩国", "俄罗斯", "巴西", "加拿大"),
        *("意大利", "澳大利亚"),
    )
)
"""Countries beside which China is an entity."""
RENAMED: tuple[tuple[str, str, int], ...] = (
    ("襄樊", "襄阳", 2010),
    ("思茅", "普洱", 2007),
    ("徽州", "黄山", 1987),
    ("梅县", "梅州", 1988),
    ("荆沙", "荆州", 1996),
    ("巴彦淖尔盟", "巴彦淖尔", 2003),
    ("乌兰察布盟", "乌兰察布", 2003),
    ("伊克昭盟", "鄂尔多斯", 2001),
    ("哲里木盟", "通辽", 1999),
    ("昭乌达盟", "赤峰", 1983),
    ("呼伦贝尔盟", "呼伦贝尔", 2001),
    ("毕节地区", "毕节", 2011),
    ("铜仁地区", "铜仁", 2011),
    ("海东地区", "海东", 2013),
    ("日喀则地区", "日喀则", 2014),
    ("昌都地区", "昌都", 2014),
    ("林芝地区", "林芝", 2015),
    ("吐鲁番地区", "吐鲁番", 2015),
    ("哈密地区", "哈密", 2016),
    ("山南地区", "山南", 2016),
    ("那曲地区", "那曲", 2017),
    ("陇南地区", "陇南", 2004),
    ("定西地区", "定西", 2003),
    ("临沧地区", "临沧", 2003),
    ("丽江地区", "丽江", 2002),
    ("522400", "520500", 2011),
    ("522200", "520600", 2011),
    ("632100", "630200", 2013),
    ("542300", "540200", 2014),
    ("542100", "540300", 2014),
    ("542600", "540400", 2015),
    ("652100", "650400", 2015),
    ("652200", "650500", 2016),
    ("542200", "540500", 2016),
    ("542400", "540600", 2017),
)
"""Old name or code, new one, year of the change, as announced by the State Council."""
DISSOLVED: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("巢湖", 2011, ("合肥", "芜湖", "马鞍山")),
    ("莱芜", 2019, ("济南",)),
    ("341400", 2011, ("340100", "340200", "340500")),
    ("371200", 2019, ("370100",)),
)
"""Name or code of a city that was dissolved, the year, and the cities that took it over."""


# fmt: off
PAIRS = (
    "亞亚佈布來来侖仑倉仓個个們们倫伦偉伟傢家僕仆儀仪兒儿兗兖內内兩两冊册凱凯別别則则剛刚劍剑動动務务"
    "勝胜勸劝勻匀匯汇區区卽即厤历叢丛吳吴呂吕員员啓启啟启單单嚮向囌苏國国圍围園园圖图團团垻坝堯尧場场"
    "塗涂墊垫墰坛墾垦壇坛壘垒壜坛壩坝壯壮壺壶壽寿夢梦夾夹婁娄孫孙宮宫實实寧宁審审寬宽寶宝將将尋寻岡冈"
    "峯峰島岛峽峡崍崃崑昆崗岗嵐岚嶗崂嶧峄嶺岭嶼屿嶽岳巒峦巖岩師师帶带幹干庫库廂厢廈厦廕荫廠厂廣广張张"
    "強强彆别彌弥彙汇彥彦彿佛後后從从復复恆恒愛爱慄栗慶庆慼戚憑凭應应懞蒙懷怀戶户揚扬撫抚敘叙旂旗晉晋"
    "暉晖曆历曏向會会東东枴拐柺拐査查棗枣棲栖楊杨業业極极榦干榮荣樂乐樅枞樑梁樓楼樹树樺桦橋桥機机橫横"
    "檯台權权欒栾欽钦歷历歸归氣气沖冲涇泾涼凉淥渌淩凌淶涞渦涡渾浑湞浈湯汤準准溝沟溫温溮浉滄沧滎荥滙汇"
    "滿满漢汉漣涟漵溆潁颍潛潜潤润潯浔澗涧澠渑澤泽澱淀濛蒙濟济濰潍濱滨瀋沈瀏浏瀘泸瀾澜灘滩灣湾灤滦為为"
    "烏乌無无煙烟煩烦熱热燈灯營营爐炉爲为爾尔猶犹獅狮獨独獲获獻献琿珲瑤瑶瑪玛環环瓊琼甌瓯甕瓮產产産产"
    "甦苏甯宁畢毕當当疇畴疊叠發发監监盤盘盧卢眞真矇蒙硯砚碩硕碭砀確确礄硚礦矿祿禄禪禅禮礼稜棱稱称穀谷"
    "積积穫获窪洼競竞箇个節节範范簡简糰团紅红納纳紡纺紮扎細细紹绍結结絳绛綏绥經经綠绿維维網网綿绵緑绿"
    "縉缙縣县績绩織织罈坛罎坛羅罗義义習习聖圣聞闻聯联聶聂肅肃脩修脫脱膠胶臘腊臥卧臨临臺台興兴舊旧舘馆"
    "荊荆莊庄華华菴庵菸烟萊莱萬万葉叶葯药蒼苍蓋盖蓮莲蔭荫蕪芜蕭萧薊蓟薌芗薑姜薩萨藍蓝藥药藴蕴藺蔺蘄蕲"
    "蘆芦蘇苏蘊蕴蘭兰蘿萝衕同衚胡衛卫衝冲裏里裡里複复覺觉觀观訥讷許许証证詔诏誌志誼谊調调諸诸諾诺謀谋"
    "謙谦謝谢謨谟證证譙谯譜谱讓让讚赞豐丰貝贝貞贞貢贡貴贵費费賀贺資资賈贾賓宾賚赉賢贤賽赛贊赞贛赣趙赵"
    "車车軍军載载輝辉輪轮輿舆農农迴回連连週周進进遊游運运達达遙遥遜逊遠远遷迁遼辽邁迈邊边郟郏郵邮鄆郓"
    "鄉乡鄒邹鄖郧鄧邓鄭郑鄰邻鄲郸鄴邺醫医鈡钟鉛铅銀银銅铜鋁铝鋅锌鋒锋鋼钢錢钱錦锦錫锡錯错鎣蓥鎭镇鎮镇"
    "鏡镜鐘钟鐵铁鑲镶長长門门間间閔闵閘闸閣阁閤合閩闽閬阆閶阊閻阎關关陘陉陝陕陰阴陳陈陸陆陽阳隨随險险"
    "隴陇雙双雜杂雞鸡離离雲云電电霑沾靈灵靜静鞏巩韆千韓韩響响頂顶項项順顺頗颇頭头額额類类風风颱台館馆"
    "饒饶馬马駐驻騰腾驊骅驛驿髮发鬆松鬍胡鬥斗鬱郁魚鱼魯鲁鮁鲅鮮鲜鯉鲤鳩鸠鳳凤鳴鸣鴨鸭鶴鹤鷄鸡鷹鹰鹹咸"
    "鹼碱鹽盐麗丽麥麦麯曲黃黄點点黨党齊齐龍龙"
)
# fmt: on
"""Traditional character, simplified character, and so on."""
_TABLE = str.maketrans(dict(zip(PAIRS[::2], PAIRS[1::2], strict=True)))


def simplified(text: str) -> str:
    """Write a name in simplified characters.

    >>> simplified("重慶"), simplified("瀋陽市"), simplified("Chongqing")
    ('重庆', '沈阳市', 'Chongqing')
    """
    return text if text.isascii() else text.translate(_TABLE)


@cache
def _places() -> tuple[str, ...]:
    """Names of the divisions of China, in both languages, sorted.

    The tables belong to the registry of places, a layer above; only their words are looked up here.
    """
    folder = files("xinzhi_panel") / "places" / "data"
    names = set(COUNTRIES)
    for table, columns in (("divisions.csv", ("name",)), ("english.csv", ("name", "also"))):
        text = (folder / table).read_text(encoding="utf-8")
        for row in csv.DictReader(text.splitlines()):
            names |= {row[column].casefold() for column in columns if row[column]}
    return tuple(sorted(names))


def is_place(text: str) -> bool:
    """Whether a text is the name of a place in China, in full or without its end, or of a country.

    >>> is_place("石家庄"), is_place("黔西南"), is_place("Tangshan"), is_place("更多数据")
    (True, True, True, False)
    """
    name = simplified(text.strip()).casefold()
    if len(name) < 2:
        return False
    # Where the names are sorted, the first one from here on is the name itself or begins with it.
    place = bisect_left(_places(), name)
    nearest = _places()[place : place + 1]
    return any(n == name or (not name.isascii() and n.startswith(name)) for n in nearest)
