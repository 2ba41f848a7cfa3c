"""The texts of the proof page, in English and Chinese."""
# ruff: noqa: INP001

from __future__ import annotations

WORDS = {
    "title": ("Proof", "数值验证"),
    "lead": (
        (
            "Why should a referee believe a number of xinzhi {version}? Each kind of number is compared with published tables, with other programs, or with exact arithmetic. "
            "`just proof` computes all figures of this page again and writes it; a test computes those that need no other program, and compares the pages. "
            "A difference is relative to the figure of the witness, or to 0.001 where that is smaller."
        ),
        (
            "审稿人为什么可以相信 xinzhi {version} 给出的数值？本软件的各类数值分别与已发表的表格、其他软件或精确算术的结果对照。`just proof` 会重新计算并写出本页的全部数值；"
            "其中不依赖其他软件的部分由测试重新计算，并与本页核对。差异为相对于对照值的相对误差；对照值的绝对值小于 0.001 时，以 0.001 为分母。"
        ),
    ),
    "summary": ("At a glance", "概览"),
    "field": ("Field", "领域"),
    "witnesses": ("Witnesses", "对照来源"),
    "figures": ("Figures", "数值个数"),
    "largest": ("Largest difference", "最大差异"),
    "printed": ("Published tables and studies", "已发表的表格与研究"),
    "regressions": ("Regressions and tests", "回归与检验"),
    "efficiency": ("Efficiency scores", "效率值"),
    "space": ("Spatial statistics and inequality", "空间统计与不平等"),
    "tables_of": (
        "{n} studies of the [gallery](gallery/index.md)",
        "[复现实例](gallery/index.md)中的 {n} 项研究",
    ),
    "met": (
        "{agree} of {all} met to every digit given",
        "{all} 个中有 {agree} 个在给出的全部位数上一致",
    ),
    "evidence": ("Other evidence", "其他依据"),
    "result": ("Result", "结果"),
    "certificates": ("Certificates of optimality", "最优性证明"),
    "laws": ("Laws on random data", "随机数据上的性质检验"),
    "mutants": ("Mutants", "变异测试"),
    "coverage": ("Coverage of intervals", "置信区间的覆盖率"),
    "hard": ("Hard data", "困难数据"),
    "hard_hold": (
        "{scores} scores: {certified} certified, {infeasible} infeasible super-efficiency programs, none unsolved; every residual at most {worst}",
        "{scores} 个效率值：{certified} 个得到证明，{infeasible} 个为无可行解的超效率规划，没有未解出者；残差不超过 {worst}",
    ),
    "hard_note": (
        "{rows} rows drawn over ten orders of size, a tenth of them duplicates, a tenth near-duplicates, with bad outputs of 0 and columns in units that differ by up to 18 orders, measured by every measure but those of non-separable outputs, under several returns to scale, by the kernel and by HiGHS.",
        "{rows} 个观测，规模跨越十个数量级，十分之一为重复行、十分之一为近似重复行，含取值为 0 的非期望产出，各列单位最多相差 18 个数量级；以除不可分产出测度外的各种测度、多种规模报酬，分别由内核与 HiGHS 计算。",
    ),
    "tests": ("Tests", "测试"),
    "tests_note": (
        "Test functions by folder; many run on several cases.",
        "按文件夹统计的测试函数个数，其中许多在多个算例上运行。",
    ),
    "tests_run": ("{n} test functions", "{n} 个测试函数"),
    "folder": ("Folder", "文件夹"),
    "faults": ("Faults", "故障试验"),
    "cases": ("Reference cases", "参考案例"),
    "certified": (
        "{certified} of {scores} scores of both examples, every residual at most {worst}",
        "两个示例共 {scores} 个效率值，{certified} 个得到证明，残差不超过 {worst}",
    ),
    "laws_hold": (
        "{laws} laws, {measures} measures, {cases} cases, {broken} broken",
        "{laws} 条性质、{measures} 种测度、{cases} 个算例，违反 {broken} 次",
    ),
    "mutants_die": (
        "{n} kept faults, each with the test that must notice it; {killed} of them in the table of the last full run, all noticed",
        "保留 {n} 个人为错误，每个都指定了必须发现它的测试；最近一次完整运行的结果表含其中 {killed} 个，全部被发现",
    ),
    "covered": (
        "{n} kinds of intervals in 6 designs of 2,000 samples",
        "{n} 类区间，6 种模拟设计，每种 2,000 个样本",
    ),
    "survived": (
        "{n} kills and full disks, no mixed or lost result",
        "{n} 次强制终止与磁盘写满，没有出现结果混杂或丢失",
    ),
    "read": ("{n} cases read by the tests", "测试读取 {n} 个案例"),
    "what": ("Compared", "对照内容"),
    "by": ("Witness", "对照来源"),
    "test": ("Test", "测试"),
    "figure": ("Figure", "数值"),
    "theirs": ("witness", "对照值"),
    "ours": ("xinzhi", "xinzhi"),
    "difference": ("difference", "差异"),
    "agree": ("Agree", "一致"),
    "study": ("Study", "研究"),
    "off": ("Largest difference (absolute)", "最大差异（绝对值）"),
    "gallery_note": (
        "Each page of the gallery shows the figures cell by cell, names their source (a printed table, or the output of another program on published data), and says what differs and why. Figures are rounded, so that half a unit of the last digit does not count as a difference.",
        "复现实例的每一页逐格列出对照数值，注明出处（刊印的表格，或其他软件对已发表数据的输出），并说明差异及其原因。对照数值经过四舍五入，不超过末位半个单位的差值不视为差异。",
    ),
    "many": (
        "{n} figures; these differ most:",
        "共 {n} 个数值，差异最大者如下：",
    ),
    "certificates_note": (
        "A score is printed only with a proof: residuals of the constraints, of the dual and of the gap of at most 1e-9 on scaled data, checked against every row of the reference set ([Verification of scores](methods/laws.md)).",
        "效率值只有在得到证明后才会输出：在标准化数据上，约束、对偶与对偶间隙的残差均不超过 1e-9，且对参考集的每一行进行核对（[效率值的验证](methods/laws.md)）。",
    ),
    "example": ("Example", "示例"),
    "scores": ("Scores", "效率值个数"),
    "n_certified": ("Certified", "已证明"),
    "primal": ("Constraints", "约束残差"),
    "dual": ("Dual", "对偶残差"),
    "gap": ("Gap", "对偶间隙"),
    "coverage_note": (
        (
            "Share of simulated panels (entities x periods; errors independent, serially correlated, or with a common shock) in which a nominal 95 % interval holds the true value; 2,000 samples each, simulation error 0.005. "
            "Low values are not errors of the program: they show where an interval does not hold, because errors depend on each other, growth is dynamic or scores are estimated; the notes under a table say so, with these figures."
        ),
        (
            "在模拟面板（个体数×时期数；误差相互独立、存在序列相关或受共同冲击）中，名义水平为 95% 的区间包含真值的比例；每种设计 2,000 个样本，模拟误差为 0.005。"
            "数值偏低并非程序错误，而是说明该区间在何种情形下不成立：误差之间存在相依性、增长方程为动态模型，或效率值本身是估计值；表下的注释会引用这些数值加以提示。"
        ),
    ),
    "interval": ("Interval", "区间"),
    "scores_note": (
        "Intervals of scores and of the second stage; the designs are in `benchmarks/coverage_scores.md`.",
        "效率值区间与第二阶段回归的区间；模拟设计见 `benchmarks/coverage_scores.md`。",
    ),
    "designs": ("Designs", "设计数"),
    "lowest": ("Lowest", "最低"),
    "highest": ("Highest", "最高"),
    "whole_note": (
        "Intervals over draws of the whole study, beside the usual ones: lowest and highest coverage over the designs of `benchmarks/coverage_whole_study.md`. Where hardly a row lies near the frontier, estimated scores bias the slope and no interval covers it well.",
        "整项研究重抽样的区间与通常的区间对照：`benchmarks/coverage_whole_study.md` 各设计中的最低与最高覆盖率。当几乎没有观测靠近前沿时，估计的效率值使系数产生偏误，任何区间的覆盖率都不理想。",
    ),
    "laws_note": (
        "Properties that a measure must have on any data, tried on random cases with ties, duplicates and random options; largest deviations stand in [Verification of scores](methods/laws.md).",
        "测度对任何数据都应满足的性质，在含有相同值、重复行和随机选项的随机算例上检验；最大偏差见[效率值的验证](methods/laws.md)。",
    ),
    "mutants_note": (
        "A mutant is a small fault put into a copy of the code, such as two columns exchanged; a named test must fail. `just mutate` runs them.",
        "变异测试是在代码副本中植入一个微小错误（例如交换两列），指定的测试必须因此失败。运行命令为 `just mutate`。",
    ),
    "file": ("Part", "部分"),
    "kept": ("Faults", "错误个数"),
    "faults_note": (
        "A run is killed at a chosen or random moment, or the disk is full; the next command must find the old or the new results, whole, and a continued computation must give the same digits.",
        "在选定或随机的时刻强制终止运行，或使磁盘写满；随后的命令必须得到完整的旧结果或新结果，继续进行的计算必须给出完全相同的数值。",
    ),
    "fault": ("Fault", "故障"),
    "struck": ("Struck", "发生次数"),
    "harm": ("Mixed, lost or different", "混杂、丢失或不同"),
    "cases_note": (
        "Cases that lie beside the repository and are read by the tests: efficiency scores and regressions with expected figures, and messy files as they come from yearbooks and web pages.",
        "存放在代码库之外、由测试读取的案例：附有预期数值的效率值与回归，以及取自年鉴和网页的不规范文件。",
    ),
    "kind": ("Cases", "案例"),
    "number": ("Number", "个数"),
    "again": ("How to repeat", "如何重复"),
    "again_text": (
        "In a clone of the project, with R and its packages plm, sandwich, clubSandwich and estimatr installed:",
        "在项目的克隆中，安装 R 及其软件包 plm、sandwich、clubSandwich 和 estimatr 后运行：",
    ),
}
NAMES = {
    "iid": ("independent errors", "独立同方差标准误"),
    "hc1": ("heteroscedasticity-robust errors (HC1)", "异方差稳健标准误（HC1）"),
    "cluster": ("errors clustered by entity", "按个体聚类的标准误"),
    "two_way": ("errors clustered by entity and period", "按个体与时期双向聚类的标准误"),
    "driscoll_kraay": ("Driscoll-Kraay errors", "Driscoll—Kraay 标准误"),
    "wild": ("wild cluster bootstrap", "wild 聚类自助法"),
    "what_if": ("what-if change of a score", "情景分析中的效率变化"),
    "mediation_bootstrap": ("mediated effect, bootstrap", "中介效应（自助法）"),
    "mediation_sobel": ("mediated effect, Sobel", "中介效应（Sobel）"),
    "conditional_effect": ("effect at a high moderator", "调节变量取高值时的效应"),
    "moderated_mediation": ("index of moderated mediation", "有调节的中介效应指数"),
    "group_interaction": ("difference of groups, interaction", "组间系数差异（交互项）"),
    "group_permutation": ("difference of groups, permutation", "组间系数差异（置换检验）"),
    "two_stage": ("two-stage least squares", "两阶段最小二乘"),
    "anderson_rubin": ("Anderson-Rubin set", "Anderson—Rubin 置信集"),
    "convergence": ("convergence over the whole time", "收敛系数（全时段）"),
    "convergence_panel": ("convergence from period to period", "收敛系数（逐期面板）"),
    "estimated_scores": ("regression of estimated scores", "以估计效率值为被解释变量的回归"),
    "independent": ("independent", "独立"),
    "serial": ("serial", "序列相关"),
    "common": ("common", "共同冲击"),
    "score, subsampling": ("score, subsampling", "效率值（子抽样）"),
    "second stage, constant": ("second stage, constant", "第二阶段，常数项"),
    "second stage, slope": ("second stage, slope", "第二阶段，斜率"),
    "second stage, sigma": ("second stage, sigma", "第二阶段，σ"),
    "usual, true scores, clustered": ("usual, true scores, clustered", "通常区间，真实效率值，聚类标准误"),
    "usual, estimated scores, HC1": ("usual, estimated scores, HC1", "通常区间，估计效率值，HC1"),
    "usual, estimated scores, clustered": ("usual, estimated scores, clustered", "通常区间，估计效率值，聚类标准误"),
    "whole study, bootstrap": ("whole study, bootstrap", "整项研究，自助法"),
    "whole study, subsamples of half": ("whole study, subsamples of half", "整项研究，半数子抽样"),
    "app": ("page of the app", "图形界面"), "analyses": ("analyses", "各项分析"), "figures": ("figures", "图形"), "methods": ("equations of the methods", "方法的方程"),
    "library": ("Python interface", "Python 接口"), "report": ("report", "报告"), "resampling": ("resampling", "重抽样"),
    "tables": ("tables", "表格"), "verdicts": ("verdicts", "结论判定"), "words": ("words", "文字"),
    "kill (SIGKILL)": ("results written, process killed", "写出结果时强制终止进程"),
    "full disk (tmpfs)": ("results written, disk full", "写出结果时磁盘写满"),
    "driver alone": ("long computation, process killed", "长时间计算中强制终止进程"),
    "driver with two workers": ("long computation with two workers, driver killed", "双工作进程计算中强制终止主进程"),
    "workers": ("long computation, workers killed", "长时间计算中强制终止工作进程"),
    "published": ("efficiency: published tables", "效率：已发表的表格"),
    "software": ("efficiency: other programs", "效率：其他软件"),
    "derived": ("efficiency: derived by a second program", "效率：由第二套程序推算"),
    "econometrics": ("econometrics: R, NIST and simulated truth", "计量：R、NIST 与模拟真值"),
    "lp": ("public capital", "公共资本"), "lc": ("private capital", "私人资本"), "le": ("employment", "就业"),
    "unemp": ("unemployment", "失业率"), "_cons": ("constant", "常数项"), "b": ("coefficient", "系数"),
    "se": ("standard error", "标准误"), "p": ("p-value", "p 值"), "statistic": ("statistic", "统计量"),
    "se (sandwich)": ("standard error (sandwich)", "标准误（sandwich）"),
    "se (clubSandwich)": ("standard error (clubSandwich)", "标准误（clubSandwich）"),
    "se (state)": ("standard error, by state", "标准误（按州聚类）"),
    "se (state, year)": ("standard error, by state and year", "标准误（按州与年份聚类）"),
    "deflator": ("GNP deflator", "平减指数"), "gnp": ("GNP", "国民生产总值"), "unemployed": ("unemployed", "失业人数"),
    "armed_forces": ("armed forces", "武装部队人数"), "population": ("population", "人口"), "trend": ("year", "年份"),
    "moran": ("Moran's I", "Moran 指数"), "expected": ("expected value", "期望值"),
    "variance_randomisation": ("variance, randomisation", "方差（随机化假设）"), "variance_normality": ("variance, normality", "方差（正态假设）"),
    "p_randomisation": ("p-value, randomisation", "p 值（随机化假设）"), "p_normality": ("p-value, normality", "p 值（正态假设）"),
    "total": ("Theil, total", "Theil 指数，总体"), "between": ("Theil, between", "Theil 指数，组间"), "within": ("Theil, within", "Theil 指数，组内"),
    "gini": ("Gini ratio", "基尼系数"),
    "a": ("a: factor on mediator", "a：因素对中介变量的影响"), "b (path)": ("b: mediator on outcome", "b：中介变量对结果的影响"),
    "direct": ("direct effect", "直接效应"), "total effect": ("total effect", "总效应"),
    "ab": ("mediated effect ab", "中介效应 ab"), "Sobel": ("Sobel's standard error", "Sobel 标准误"),
    "badinput": ("messy files of a first collection", "不规范文件，第一批"),
    "t2": ("messy files of a second collection", "不规范文件，第二批"),
}  # fmt: skip
