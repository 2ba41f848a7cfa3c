"""Records of firms and penalties that were made, each with the judgement by which it was made.

They are not those of a registry. Half of them are decoys: firms that share the code or the words of an emerging
industry and do something else, penalties that share the words of environmental offences and are of other
fields. Texts are put together by a seeded generator from activities, sentences around them and twelve ways in
which a registry writes an industry.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from xinzhi.prepare.industries import industries

SEED = 20_250_829
FIRMS, PENALTIES = 240, 200
"""Numbers of records; half of each are decoys."""
BELONGING = """
3911 机架式服务器的研制与组装|3913 高速工业打印头与智能终端外设的研发制造|3914 嵌入式工控主机的设计、生产|3915 安全网关和加密机的生产
3919 固态硬盘及存储阵列的研发|3921 5G 微基站与射频模块的制造|3921 光传输设备、光模块的生产|3922 卫星通信终端的研发制造
3832 光纤预制棒拉丝及光纤制造|3562 晶圆减薄机、刻蚀机的研制|3562 半导体清洗设备制造|3569 高精度贴片机的设计制造|3824 IGBT 模块的封装与测试
3841 锂离子电池电芯的研发生产|3849 固态电池、钠离子电池的研制|3972 碳化硅功率器件制造|3973 存储芯片的制造与封测|3974 AMOLED 柔性显示面板的生产
3975 LED 外延片与芯片制造|3976 激光器及光电探测器的生产|3981 片式多层陶瓷电容器制造|3982 高密度互连电路板制造|3983 MEMS 压力传感器的研发制造
3985 半导体用溅射靶材生产|3985 电子级湿化学品制备|4028 频谱分析仪、示波器的研制|6511 服务器操作系统的研发|6512 数据库管理系统和中间件研发
6513 矿山安全生产大数据分析软件开发|6513 基于机器视觉的质检算法研发|6513 制造执行系统（MES）开发|6520 射频芯片设计|6531 智慧城市平台的系统集成
6531 工业互联网标识解析节点建设|6532 车联网终端与物联网平台开发|6540 云平台运行维护服务|6550 数据标注与数据治理服务|6440 网络安全监测与等级保护测评
6450 算力中心运营、数据存储服务|6432 产业互联网服务平台运营及云服务|3961 智能手表、健康手环研发制造|3963 巡检无人机研制|3964 送餐服务机器人制造
3969 虚拟现实头显设备研发生产|3491 弧焊机器人本体制造|3492 消防灭火机器人研制|3493 金属增材制造设备制造|3421 高档数控车铣复合机床制造
3425 滚珠丝杠、电主轴等机床功能部件生产|3434 AGV 自动导引运输车制造|3444 高压液压柱塞泵研发制造|3451 风电主轴轴承制造|3453 机器人用谐波减速器制造
3511 掘锚护一体化智能掘进机制造|3511 综采工作面自动化控制系统装备制造|3514 大型露天矿用无人驾驶装备制造|3516 连铸连轧成套智能装备制造
3523 全电动精密注塑数控装备制造|4011 可编程控制器、变频器研发生产|4014 在线质谱仪、色谱仪研制|4016 智能水表、智能电能表制造|4023 北斗高精度定位终端制造
3741 通用飞机整机制造|3744 航空发动机短舱部件制造|3749 浮空器研制|3742 商业运载火箭总装|3743 卫星地面站设备制造|6571 卫星遥感影像处理服务
3711 高速动车组制造|3715 货车转向架、轮对制造|3716 铁路信号联锁设备制造|3720 地铁车辆牵引系统制造|3513 深海钻井隔水管制造|3737 自升式海洋平台建造
3734 船用柴油机、船舶动力系统制造|3130 无取向硅钢薄带轧制|3130 超超临界锅炉用耐热钢板生产|3120 轴承钢、模具钢冶炼|3140 非晶合金用高纯铁合金冶炼
3252 高性能铝箔、动力电池箔轧制|3251 高精度铜带、电解铜箔生产|3240 海绵钛与钛合金铸锭生产|3232 稀土永磁用高纯氧化物生产|3254 高温超导带材加工
2651 聚醚醚酮、聚苯硫醚树脂生产|2651 生物降解材料 PBAT 生产|2659 有机硅单体及硅油生产|2662 水处理用反渗透膜及分离膜制造|2669 锂电池电解液生产（不含危险化学品）
2613 电池级碳酸锂制备|2921 光学级功能性薄膜生产|3042 高硼硅特种玻璃制造|3051 液晶用超薄玻璃基板制造|3073 氮化铝电子陶瓷基片制造
3091 锂电负极用人造石墨生产|3091 石墨烯粉体制备|3099 人造金刚石微粉与超硬材料制造|3061 高模量玻璃纤维制造|2829 聚丙烯腈基碳纤维制造
2829 间位芳纶纤维生产|3062 风电叶片用复合材料制造|3024 气凝胶绝热毡制造|3393 增材制造用球形金属粉末生产|7513 新材料技术推广服务
3825 光伏组件及逆变器制造|3415 兆瓦级风力发电机组制造|3612 纯电动客车整车制造|3670 氢燃料电池发动机系统制造|3812 永磁同步驱动电机制造
3591 烟气脱硫脱硝设备制造|7722 工业有机废气治理服务|7726 矿区土壤修复服务|4220 煤矸石综合利用制砖|4620 矿井水深度处理与再生利用|2761 单克隆抗体药物研发生产
"""
DECOYS = """
3911 计算机主机维修、旧电脑回收|3913 打印机硒鼓加粉|3919 键盘鼠标贴牌销售|3921 电话机、对讲机零售|3922 手机贴膜、手机壳零售|3969 儿童塑料玩具组装|3982 五金冲压件加工
3841 干电池、纽扣电池零售|3831 普通家用电线加工|3832 光纤到户装维代办|3562 旧家电拆卸|3569 电烙铁零售|3985 工艺美术品零售|3990 圣诞彩灯组装
6511 网吧经营|6513 餐饮管理、外卖接单|6513 软件开发（不含人工智能、云计算业务）|6513 办公用品销售、图文打印|6513 手机游戏币代充|6519 网页美工设计、名片制作
6531 门禁安装、弱电布线|6531 监控摄像头零售|6540 打印机上门维修|6550 信息咨询（不包括大数据、云计算）|6450 二维码挪车贴销售|6432 家政中介信息发布
6440 防火墙除外的五金加工|3961 钟表零售|3963 航空模型玩具零售|3963 无人机航拍摄影、婚礼跟拍|3964 机器人玩具销售|3491 五金加工、不锈钢门窗制作
3491 机器人编程培训|3493 石膏像手工制作|3421 旧机床回收、维修|3421 钥匙配制、剪刀磨制|3425 螺丝螺母零售|3434 手推车焊接|3444 千斤顶零售|3451 旧轴承翻新销售
3453 自行车链轮加工|3511 铁锹、钢钎锻打|3511 矿山机械设备租赁|3514 脚手架租赁|3516 铸铁锅制作|3523 塑料拖鞋加工机具维修|3532 豆腐机、磨浆机组装|4011 水表、电表维修
4014 玻璃量杯销售|4016 煤气表零售|4023 车载导航零售|3741 飞机票代理|3744 航空箱、行李箱制作|3749 风筝制作|3712 铁路道旁围栏焊接|3716 枕木回收
3720 地铁站内广告代理|3731 木船修造、渔网编织|3734 船用缆绳零售|3737 海边帐篷租赁|3120 普通碳素钢坯冶炼|3130 螺纹钢、线材轧制|3130 废旧钢材回收
3140 硅锰普通铁合金破碎|3251 铜火锅制作|3252 铝合金门窗制作安装|3252 铝锅、铝盆加工|3240 锡制工艺品制作|3232 稀土工艺品零售|3254 金银首饰回收
2651 塑料袋、塑料桶加工|2651 生产普通编织袋；不得从事工程塑料生产|2659 万能胶零售|2662 鞋油、地板蜡调制|2669 蚊香、香薰蜡烛加工|2613 食盐分装|2641 内墙腻子粉加工
2921 地膜、大棚膜加工|2929 塑料花盆加工|3011 通用硅酸盐水泥生产|3021 水泥电杆、水泥管制造|3031 粘土砖烧制|3042 玻璃镜框制作|3051 玻璃茶几加工|3073 陶瓷花瓶烧制
3091 烧烤炭、石墨铅笔芯加工|3099 石雕、墓碑加工|3061 纱窗网布加工|2829 涤纶短纤纺纱|2822 棉被、枕芯加工|3062 玻璃钢雕塑、浴缸制作|3024 石膏线条制作|3393 铁艺栏杆锻打
7513 装饰材料市场管理|7320 考研培训、论文打印|3825 太阳能热水器安装维修|3415 电风扇维修|3612 二手车销售|3670 汽车脚垫、座套制作|3812 旧电机绕线维修
3591 垃圾桶零售|7722 室内除味保洁|7726 花卉盆栽租赁|4220 旧报纸、纸箱回收|4620 桶装水配送|2761 保健食品零售
5176 服务器、云计算设备批发|5179 工业机器人、数控机床批发|5274 5G 手机零售|7259 人工智能主题广告设计|8391 无人机驾驶培训|6210 机器人餐厅经营
5164 高温合金、钛合金批发|5169 碳纤维、工程塑料批发|6110 5G 智慧主题酒店|9012 虚拟现实体验馆|7111 新能源汽车租赁|5011 数据中心机房装修
"""
SIDE = (
    *(
        "货物进出口",
        "技术进出口",
        "会议服务",
        "普通货物仓储",
        "办公设备租赁",
        "物业管理",
        "企业管理咨询",
    ),
    *("国内贸易代理", "道路普通货物运输", "自有房屋租赁", "劳务服务（不含劳务派遣）", "包装服务"),
)
FRAMES = (
    "{work}。",
    "一般项目：{work}；{side}。（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）",
    "{work}；{side}（依法须经批准的项目，经相关部门批准后方可开展经营活动）",
    "许可项目：{side}。一般项目：{work}。",
    "{side}；{work}；国家限制和禁止经营的除外",
    "{work}（法律法规禁止的不得经营，应经审批的未获审批前不得经营）；{side}",
)
OFFENCES = """
煤场未设置防风抑尘网，煤堆未苫盖，造成扬尘|焦炉装煤烟气无组织排放|烧结机头烟气二氧化硫浓度超过特别排放限值|锅炉未安装脱硝设施即投入使用|破碎筛分工序未采取封闭措施，粉尘外逸
将洗煤废水经雨水沟排入汾河|矿井水处理站停运，矿井水直排|选矿废水经渗坑排放|利用暗管排放酸洗废水|生活污水处理设施不正常运行，总排口氨氮超标|养殖场粪污溢流入渠
危险废物未按规定贮存，露天堆放废矿物油桶|将废铅蓄电池交给无经营许可证的个人处置|危险废物转移未填写转移联单|煤矸石堆场未采取防扬散、防流失措施|尾矿库渗水造成下游水体污染|擅自倾倒粉煤灰
建设项目环评文件未经批准擅自开工建设|需配套建设的污染防治设施未建成即投产|未经环保验收擅自投入生产|建设项目发生重大变动未重新报批环境影响报告表|未填报排污登记表|未取得排污许可证排污
超过许可排放浓度排放颗粒物|未按证排污，排放口数量与排污许可证不符|自动监测设备未与生态环境部门联网|篡改烟气在线监测数据|在采样平台稀释样气干扰监测|未保存原始监测记录，自行监测缺项
厂界噪声昼间超标|建筑工地夜间施工产生环境噪声污染|石材加工噪声扰民，超过排放标准|喷涂作业未在密闭空间进行，VOCs 直排|印刷车间活性炭未更换，有机废气未经有效处理排放|加油站油气回收系统不正常使用
重污染天气预警期间未落实错峰生产要求|使用国四以下排放标准且冒黑烟的非道路移动机械|在禁燃区燃用散煤|露天焚烧沥青、橡胶|露天焚烧秸秆|渣土车沿途遗撒产生扬尘污染|混凝土搅拌站物料堆放未覆盖
阻挠生态环境执法人员现场检查|拒不配合环境监察，拒绝提供资料|突发环境事件应急预案未备案|发生柴油泄漏未启动环境应急措施，污染河道|未公开环境信息|放射源未按规定贮存|X 射线装置未办理辐射安全许可
环境影响评价报告书编制单位弄虚作假|机动车检测站出具虚假排放检验报告|土壤污染重点监管单位未制定自行监测方案|地下水环境监测井未建|医疗废物混入生活垃圾|餐馆油烟净化器未开启，油烟直排|私设旁路排放烟气
违反《水污染防治法》第八十三条|违反《中华人民共和国大气污染防治法》第九十九条第二项|违反《固体废物污染环境防治法》第一百零二条|违反建设项目环境保护管理条例第二十三条|超过总量指标排放化学需氧量|脱硫设施擅自停运
"""
OTHERS = """
空气净化器广告宣称“消除大气污染”，系虚假广告|净水设备宣传可解决水污染，构成虚假宣传|扬尘在线监测设备采购中串通投标|污水处理厂改造项目围标|环境治理工程投标文件造假，骗取中标|固体废物运输车辆超载
渣土车超限运输损坏公路|危险废物运输车驾驶员无从业资格|环卫洒水车闯红灯|环境保护税逾期未缴，加收滞纳金|环境监测仪器销售公司偷税|环保工程公司虚开增值税专用发票|脱硫剂企业未按期纳税申报
除尘布袋产品质量不合格|污水泵假冒他人注册商标|水质检测仪计量器具未检定|垃圾处理费乱收费|停车场未明码标价|环保公司提交虚假材料取得公司登记|未取得营业执照从事废品收购
煤矿安全生产教育培训不到位|粉尘涉爆企业未安装泄爆装置|废气处理车间消防通道堵塞|压力容器超期未检验|锅炉未办理使用登记（特种设备）|危险化学品经营许可证过期|职业病危害因素未申报
食品添加剂超范围使用|饮用水桶装水大肠菌群超标|餐具消毒不合格|凉拌菜菌落总数超标|药品未按规定储存|化妆品标签不合规
未取得建设工程规划许可证未批先建住宅|占用耕地堆放砂石|未办施工许可擅自开工建设厂房|违法分包污水管网工程|无证采矿|越界开采铁矿|河道非法采砂|毁林开垦|取水许可证过期仍取水|生产建设项目水土保持方案未报批
拖欠环卫工人工资|未签订劳动合同|未缴社会保险|使用童工|统计数据虚报|会计账簿不实|网吧接纳未成年人|燃放烟花爆竹扰乱治安|歌厅社会生活噪声扰民|广场舞噪声纠纷，违反治安管理处罚法
无照经营加油站|成品油抽检不合格|散装汽油实名登记不全|燃气经营许可证过期|公交车尾部广告违规|小区公共卫生差|医疗机构未按规定诊疗|兽药残留超标|农药标签不合格|电梯未年检
互联网平台价格欺诈|预付卡不退费|直播间夸大宣传除甲醛产品|防雾霾口罩虚假宣传|降噪耳机产品质量不合格|防辐射服夸大宣传|光污染投诉，广告牌未审批|占道经营烧烤，违反市容管理|出租车拒载|快递未实名收寄
"""
CAUSES = (
    "{cause}",
    "当事人{cause}",
    "{date}现场检查时发现，该单位{cause}",
    "{cause}，责令改正并处罚款",
    "经查，{cause}，上述行为事实清楚",
    "执法人员于{date}调查时查明：{cause}",
)
CELL: dict[str, Callable[[str, str], str]] = {
    "code": lambda code, _: code,
    "letter": lambda code, letter: f"{letter}{code}",
    "letter and name": lambda code, letter: f"{letter}{code} {_name(code)}",
    "name": lambda code, _: _name(code),
    "division": lambda code, letter: f"{letter}{code[:2]}",
    "division digits": lambda code, _: code[:2],
    "division name": lambda code, _: _name(code[:2]),
    "division and name": lambda code, letter: f"{letter}{code[:2]}{_name(code[:2])}",
    "point": lambda code, _: f"{code}.0",
    "full width": lambda code, _: code.translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"}),
    "group": lambda code, _: code[:3],
    "path": lambda code, letter: f"{_name(letter)}/{_name(code[:2])}/{_name(code)}",
}
"""Twelve ways in which a registry writes an industry."""


def firms() -> str:
    """Make the table of firms as csv."""
    draw = np.random.default_rng(SEED)
    rows = [
        (f"{'y' if belongs else 'n'}{i}", *_firm(draw, entry, i), int(belongs))
        for belongs, bank in ((True, BELONGING), (False, DECOYS))
        for i, entry in enumerate(_drawn(draw, bank, FIRMS // 2))
    ]
    return _csv(("id", "industry", "scope", "belongs"), _mixed(draw, rows, "f"))


def penalties() -> str:
    """Make the table of penalties as csv."""
    draw = np.random.default_rng(SEED + 1)
    rows = [
        (f"{i}", _cause(draw, cause), int(counts))
        for counts, bank in ((True, OFFENCES), (False, OTHERS))
        for i, cause in enumerate(_drawn(draw, bank, PENALTIES // 2))
    ]
    return _csv(("id", "cause", "environmental"), _mixed(draw, rows, "p"))


def _name(code: str) -> str:
    table = industries().names
    return table.get(code) or table[f"{code}0"]


def _drawn(draw: np.random.Generator, bank: str, n: int) -> Iterator[str]:
    """Draw entries of a bank: each once, then again in another order."""
    entries = [
        entry.strip() for line in bank.split("\n") for entry in line.split("|") if entry.strip()
    ]
    for start in range(0, n, len(entries)):
        yield from (entries[i] for i in draw.permutation(len(entries))[: n - start].tolist())


def _firm(draw: np.random.Generator, entry: str, place: int) -> tuple[str, str]:
    code, _, work = entry.partition(" ")
    letter = next(k for k, divisions in industries().sections.items() if code[:2] in divisions)
    ways = list(CELL.values())
    side = "；".join(draw.choice(SIDE, size=int(draw.integers(1, 4)), replace=False).tolist())
    frame = FRAMES[int(draw.integers(len(FRAMES)))]
    return ways[place % len(ways)](code, letter), frame.format(work=work, side=side)


def _cause(draw: np.random.Generator, cause: str) -> str:
    day = f"{int(draw.integers(2009, 2024))}年{int(draw.integers(1, 13))}月{int(draw.integers(1, 29))}日"
    return CAUSES[int(draw.integers(len(CAUSES)))].format(cause=cause, date=day)


def _mixed(
    draw: np.random.Generator, rows: Sequence[tuple[object, ...]], letter: str
) -> list[tuple[object, ...]]:
    order = draw.permutation(len(rows)).tolist()
    return [(f"{letter}{k:03d}", *rows[i][1:]) for k, i in enumerate(order, start=1)]


def _csv(header: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
