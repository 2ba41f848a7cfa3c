"""What sections of a study say in cases that are rare: whole sentences, as the report prints them in both languages.

One small study for each case; the sentences are read in what the study says, with its tables and charts.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from made_sections import BASE, GROUPS, OF_SCORE, score, told, variables

DATA = variables()
CURVE = "specification_curve: {{of: base/1, vary: {{{}}}}}\n"
SPACE = "space_and_time: {e: {regions: region, dates: [2001, 2006], convergence: [sigma, beta]}}\n"
MEDIATION = "mediation: {m: {from: base/1, through: [firms], draws: 100}}\n"
EVERY_STEP = (
    "moderation: {t: {from: base/1, moderators: [policy], paths: [talent -> firms, firms -> gdp], "
    "draws: 40}}\n"
)
TYPOLOGY = "typology: {{from: [{}], pathways: [{{name: p, factor: {}, mediator: firms{}}}], {}}}\n"
CHAIN = DATA + BASE + MEDIATION
BY_REGION = "heterogeneity: {h: {from: base/1, by: [region], draws: 40}}\n"
WHOLE = "inference: {{whole_study: {{draws: 49, scheme: {}}}}}\n"


def only(*years: int):
    """Keep these years of the panel."""
    return lambda frame: frame[frame.index.isin(years, level="year")]


def certain(frame: pd.DataFrame) -> pd.DataFrame:
    """Let talent and firms decide on output."""
    return frame.assign(gdp=3 * frame["talent"] + 4 * frame["firms"] + 0.1 * frame["control"])


def diverging(frame: pd.DataFrame) -> pd.DataFrame:
    """Let places that make more of the same grow faster."""
    place, year = frame.index.codes[0], frame.index.get_level_values("year") - 2001
    ahead = np.exp(0.1 * place + 0.05 * place * year)
    return frame.assign(gdp=ahead, labour=10 + 0.01 * place, capital=20.0)


def thrice(frame: pd.DataFrame) -> pd.DataFrame:
    """Set beside each place two that make less of the same: enough entities to draw subsamples."""
    others = [
        frame.assign(gdp=frame["gdp"] * (1 - 0.05 * k)).rename(
            index=lambda name, k=k: f"{name}{k}", level=0
        )
        for k in (1, 2)
    ]
    return pd.concat([frame, *others])


def without_first(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out one row, and the region of two places."""
    region = frame["region"].where(~frame.index.isin(["B", "C"], level="place"))
    return frame.assign(region=region).iloc[1:]


def by_policy(frame: pd.DataFrame) -> pd.DataFrame:
    """Let talent move firms the more, the higher the policy."""
    firms = frame["talent"] * frame["policy"] + 0.1 * frame["firms"]
    return certain(frame.assign(firms=firms))


def by_region(frame: pd.DataFrame) -> pd.DataFrame:
    """Let talent and firms move output twice as much in the east."""
    frame = by_policy(frame)
    return frame.assign(gdp=frame["gdp"] * (1 + frame["region"]))


def between_and_within(frame: pd.DataFrame) -> pd.DataFrame:
    """Let talent lower output within places, while places with more of it have more."""
    return frame.assign(
        gdp=frame["fixed"] - frame["talent"], talent=frame["talent"] + 3 * frame["fixed"]
    )


def noise(frame: pd.DataFrame) -> pd.DataFrame:
    """Let nothing move output."""
    return frame.assign(gdp=np.random.default_rng(8).normal(size=len(frame)))


CASES = {
    "one period": (
        score("measure: radial, classes: {low: '< 0.7', high: '>= 0.7'}"),
        only(2001),
        ["high: 8 of 10 scores in 2001."],
        ["高：2001年10个得分中有8个。"],
    ),
    "regression of one period": (
        DATA + BASE.replace("columns", "effects: [], columns"),
        only(2001),
        ["10 entities in 2001"],
        ["10个个体（2001年）"],
    ),
    "two periods": (
        score() + GROUPS + SPACE.replace("2006", "2002"),
        only(2001, 2002),
        [
            "Too few periods to tell a trend of the dispersion.",
            "Entities with lower initial scores grew faster: β = −1.3103 (p = 0.002).",
        ],
        ["时期过少，无法判断离散程度的趋势。", "β = −1.3103（p = 0.002）。"],
    ),
    "those ahead grow faster": (
        score() + GROUPS + SPACE,
        diverging,
        [
            "Entities with higher initial scores grew faster: β = 0.5050 (p < 0.001).",
        ],
        ["领先者增长更快：β = 0.5050（p < 0.001）。"],
    ),
    "a region of one": (
        score()
        + GROUPS
        + "space_and_time: {e: {regions: region, dates: [2001, 2006], inequality: [theil]}}\n",
        lambda frame: frame.assign(region=(frame.index.codes[0] != 0).astype(int)),
        [
            "Group other has a single member with a score: inequality within it is 0 by definition."
        ],
        ["“other”组只有一个有得分的成员：组内不平等按定义为 0。"],
    ),
    "a two-way covariance that is repaired": (
        DATA
        + BASE.replace("columns", "effects: [], covariance: {two_way: [entity, period]}, columns")
        .replace("[talent]", "[talent, firms, policy, control]"),
        only(2001, 2002, 2003),
        [
            ("The two-way covariance had negative eigenvalues; they were set to 0 on the correlation scale (Cameron, "
            "Gelbach and Miller 2011). The joint F does not exist then.")
        ],
        [
            "Gelbach and Miller 2011）；此时联合 F 统计量不存在。"
        ],
    ),
    "a curve with repaired covariances": (
        DATA
        + BASE.replace("[talent]", "[talent, firms, policy, control]")
        + CURVE.format("covariance: [{two_way: [entity, period]}], effects: [[], [entity]]"),
        only(2001, 2002, 2003),
        [
            ("In 1 of them the two-way covariance had negative eigenvalues, which were set to 0 on the correlation "
            "scale.")
        ],
        ["种设定的双向聚类协方差矩阵出现负特征值，已在相关系数尺度上置为"],
    ),
    "entities without a region": (
        score() + GROUPS + SPACE,
        without_first,
        ["No region"],
        ["无区域"],
    ),
    "free disposal hull": (
        score("measure: radial, returns_to_scale: free_disposal_hull"),
        None,
        [
            ("e was measured with the inputs labour, capital, the good outputs gdp and the bad outputs (none): radial "
            "measure, free disposal hull (no combinations of rows), input-oriented, a pooled frontier of all periods. "
            "Every row was compared with each row of its reference set that no other one dominates; the best "
            "comparison is its score.")
        ],
        ["每一行与其参考集中未被其他行占优的各行逐一比较，以最优的比较结果作为得分。"],
    ),
    "non-decreasing returns": (
        score("measure: radial, returns_to_scale: non_decreasing"),
        None,
        ["non-decreasing returns to scale"],
        ["规模报酬非递减"],
    ),
    "Kuosmanen": (
        score(
            "measure: directional, bad_outputs: [waste], disposability: kuosmanen, returns_to_scale: variable"
        ),
        None,
        ["weak disposability of bad outputs (Kuosmanen)"],
        ["非期望产出弱可处置（Kuosmanen）"],
    ),
    "direction and indicator": (
        score("measure: directional, direction: {gdp: 1, labour: 1, capital: 1}")
        + "productivity: {gml: {of: e, index: luenberger}}\n",
        None,
        [
            "direction gdp = 1, labour = 1, capital = 1",
            "Sums of the arithmetic means between periods; the first period is 0.",
        ],
        [
            "方向 gdp = 1、labour = 1、capital = 1",
            "各期间算术平均数的累计和；首期为 0。",
        ],
    ),
    "infeasible": (
        score("measure: super_sbm, returns_to_scale: variable, orientation: output"),
        None,
        ["Infeasible"],
        ["无可行解"],
    ),
    "smoothed bootstrap": (
        score() + "inference: {scores: {of: [e], draws: 40, resampling: smoothed, scale: distance}}\n",
        None,
        [
            "e: bias by the smoothed bootstrap",
            ("The bias is estimated on the scale of Shephard's distance 1/θ: the corrected efficiency is 1 / (2/θ - "
            "mean of 1/θ*)."),
        ],
        [
            "e：平滑自助法估计的偏差",
            "偏差在 Shephard 距离 1/θ 的尺度上估计：修正后的效率为 1 /（2/θ − 1/θ* 的均值）。",
        ],
    ),
    "sensitivity": (
        score() + "inference: {scores: {of: [e], draws: 40, resampling: sensitivity}}\n",
        None,
        ["e: sensitivity to the sample"],
        ["e：对样本的敏感性"],
    ),
    "subsample size": (
        score("measure: radial, returns_to_scale: variable")
        + "inference: {scores: {of: [e], draws: 100}}\n",
        thrice,
        ["(subsample size chosen by minimum volatility)"],
        ["按波动最小原则选定"],
    ),
    "second stage of an output distance": (
        score("measure: radial, orientation: output")
        + "second_stage: {d: {score: e, regressors: [talent], algorithm: 2, draws: 50}}\n",
        None,
        ["the distance φ"],
        ["距离 φ"],
    ),
    "marginal effects": (
        score() + OF_SCORE.replace("control]", "control], estimator: fractional_logit"),
        None,
        ["points are average marginal effects."],
        ["图中各点为平均边际效应。"],
    ),
    "titles of columns": (
        score()
        + OF_SCORE.rstrip()[:-1]
        + ", other: {from: base/1, columns: [{covariance: {two_way: [entity, period]}}, {covariance: "
        "{driscoll_kraay: 1}}, {efficiency.measure: sbm}]}}\n",
        None,
        [
            "two-way clustered standard errors",
            "Driscoll-Kraay standard errors",
            "slacks-based measure (SBM)",
        ],
        ["双向聚类标准误", "Driscoll-Kraay 标准误", "基于松弛变量的测度（SBM）"],
    ),
    "curve of an orientation": (
        score()
        + OF_SCORE
        + CURVE.format("efficiency.orientation: [input, output], efficiency.measure: [radial]"),
        None,
        ["input-oriented", "output-oriented"],
        ["投入导向", "产出导向"],
    ),
    "three factors": (
        DATA
        + "tables: {base: {outcome: talent, effects: [], columns: [{x: [control, policy, common]}]}}\n",
        None,
        [
            ("None of the three factors is significantly associated with talent: control (−0.052, 95% confidence "
            "interval −0.460 to 0.357), policy (−0.330, −1.281 to 0.622), common (0.028, −0.002 to 0.057)")
        ],
        [
            ("三个因素与talent的相关性均不显著：control（−0.052，95%置信区间为−0.460至0.357）、"
            "policy（−0.330，−1.281至0.622）、common（0.028，−0.002至0.057）")
        ],
    ),
    "curve of errors": (
        score()
        + OF_SCORE
        + CURVE.format(
            "covariance: [{cluster: entity}, {two_way: [entity, period]}], replace: [{}, {talent: firms}], "
            "efficiency.returns_to_scale: [constant, variable]"
        ),
        None,
        ["clustered by Entity, Period", "in place: as it is", "constant returns to scale"],
        ["按个体、时期聚类", "替换变量"],
    ),
    "curve with a refusal": (
        score() + OF_SCORE + CURVE.format("replace: [{}, {talent: fixed}]"),
        None,
        [
            "1 of them could not be estimated: 'fixed' cannot be estimated: absorbed by the effects entity, period."
        ],
        ["其中1种无法估计：“fixed”无法估计：被固定效应 entity, period 吸收。"],
    ),
    "curve through zero": (
        score()
        + OF_SCORE.replace("talent, control", "control, talent")
        + CURVE.format(
            "effects: [[entity], [], [entity, period]], efficiency.returns_to_scale: [constant, variable], "
            "efficiency.reference: [global, contemporaneous]"
        ),
        None,
        [
            ("control: the estimates of 12 specifications run from −0.027 to 0.006, so even the sign depends on the "
            "choices; 0.0% have p < 0.05.")
        ],
        [
            "control：12种设定的估计值从−0.027到0.006，连符号都取决于设定选择；其中0.0%的 p < 0.05。"
        ],
    ),
    "mediator without variation": (
        DATA
        + BASE.replace("[talent]", "[talent], effects: [entity]")
        + MEDIATION.replace("[firms]", "[fixed, firms]"),
        None,
        ["Mediator 'fixed' was left out: The outcome does not vary within the effects."],
        ["中介变量“fixed”未纳入：扣除固定效应后，被解释变量没有变化。"],
    ),
    "moderator of entities": (
        DATA
        + BASE
        + "moderation: {m: {from: base/1, moderators: [fixed], paths: [talent -> gdp]}}\n",
        None,
        [
            ("'fixed' does not change within any entity: its interaction compares entities, not what happens when it "
            "changes."),
            ("talent (lag 1) → gdp | fixed (lag 1): interaction within entities: 'L1.fixed' is constant within "
            "entities."),
        ],
        [
            "“fixed”在任何个体内部都不变化：其交互项比较的是个体之间，而不是它变化时的结果。",
            "个体内交互项：“L1.fixed”在个体内部不随时间变化。",
        ],
    ),
    "moderator of periods": (
        DATA
        + BASE.replace("columns", "effects: [], columns")
        + "moderation: {m: {from: base/1, moderators: [common], paths: [talent -> gdp]}}\n",
        None,
        [
            "'common' is the same for all entities of a period: its interaction compares periods.",
            "interaction within entities: There are no entity effects.",
        ],
        [
            "“common”在同一时期对所有个体相同：其交互项比较的是时期之间。",
            "没有个体固定效应。",
        ],
    ),
    "two moderators": (
        DATA + BASE + EVERY_STEP.replace("[policy]", "[policy, control]"),
        None,
        ["Moderator: the variable over the column."],
        ["调节变量：列上方所示变量。"],
    ),
    "a group too small": (
        DATA
        + BASE
        + "groups: {region: {column: fixed, east: [1], west: [2.5], other: rest}}\n"
        + "heterogeneity: {h: {from: base/1, by: [region], draws: 40, difference: [interaction, permutation]}}\n",
        None,
        [
            ("Group 'west' of 'region' was not estimated: 'entity' has one level in the 6 rows used: its fixed effect "
            "is the constant."),
            "region: talent: fewer than two groups could be estimated.",
        ],
        [
            "“region”的“west”组未能估计：在所用的 6 行中，“entity”只有一个水平：其效应就是常数项。",
            "region：talent：能够估计的组不足两个。",
        ],
    ),
    "leave one out": (
        DATA + BASE + "inference: {leave_one_out: {}}\n",
        only(2001, 2002, 2003),
        [
            ("Each of 10 entities is left out of everything once, and all regressions are computed again from the "
            "others. Nothing is drawn at random; the preparation of the data, the groups and the levels of moderators "
            "stay as they are."),
            "The jackknife takes entities as independent; it holds for estimates that change smoothly with the data.",
        ],
        [
            "逐一剔除10个个体中的每一个，并用其余个体重新估计全部回归。",
            "刀切法假定个体相互独立，适用于随数据平滑变化的估计量。",
        ],
    ),
    "placebo of an unbalanced panel": (
        DATA + BASE + "inference: {placebo: {factors: [talent, policy], draws: 99}}\n",
        without_first,
        [
            "Factors that stand in no regression that can be estimated again are not permuted: policy.",
            ("Not every entity has a row in every period: where the other entity of a permutation has none, the row is "
            "left out of its regressions."),
        ],
        ["未进入任何可重新估计的回归的因素不作置换：policy。"],
    ),
    "subsamples without a frontier": (
        DATA + BASE + "inference: {whole_study: {draws: 49, scheme: subsample}}\n",
        None,
        [
            ("The bias of products of slopes is corrected by the generalised jackknife at the rate 1; that of single "
            "slopes is not corrected.")
        ],
        ["系数乘积的偏差以广义刀切法按速率1修正；单个系数不作修正。"],
    ),
    "Sobel beside the bootstrap": (
        CHAIN + "inference: {indirect: sobel}\n" + "typology: {from: [base, m]}\n",
        None,
        [
            "Sobel z = 0.35, p = 0.726; 95% interval of the cluster bootstrap from −3.902 to 2.690",
            "The outcome is not a score of this study: there are no role models and no distances.",
        ],
        [
            "Sobel z = 0.35，p = 0.726；整群自助抽样的95%区间为−3.902至2.690",
            "被解释变量不是本研究测度的得分：没有标杆，也没有到前沿的距离。",
        ],
    ),
    "what if nothing": (
        CHAIN + TYPOLOGY.format("base, m", "talent", "", "what_if: {talent: 10%}"),
        None,
        [
            ("No change is implied for any entity: no effect of talent is statistically significant, or the estimates "
            "for the groups disagree.")
        ],
        ["对任何个体均不意味着变化：talent的效应均不显著，或各组估计不一致。"],
    ),
    "pathway without estimates": (
        CHAIN + TYPOLOGY.format("base, m", "policy", ", moderators: [control]", "role_models: 1"),
        None,
        [
            "Pathway policy through firms has no estimate of policy → gdp: it cannot be judged.",
            "Tool control has no estimate.",
        ],
        [
            "路径“policy经由firms”缺少 policy → gdp 的估计：无法判断。",
            "政策工具 control 没有估计结果。",
        ],
    ),
    "too small to count": (
        CHAIN + TYPOLOGY.format("base, m", "talent", "", "minimum_effect: 1000"),
        certain,
        ["association too small to count"],
        ["关系过小，不予计入"],
    ),
    "bootstrap of the whole study": (
        CHAIN
        + EVERY_STEP
        + TYPOLOGY.format("base, m, t", "talent", "", "role_models: 1")
        + "inference: {whole_study: {draws: 49, scheme: bootstrap}}\n",
        certain,
        [
            ("Bootstrap of the whole study: 10 entities are drawn with replacement, each with all its periods (49 draws, "
            "seed 1); intervals are percentiles of the draws. In each draw all regressions are computed again; the "
            "preparation of the data, the groups, the rows of each regression and the levels of moderators stay as "
            "they are."),
            "Draws take entities as independent.",
            "Draws that support the pathways",
            "By the estimates of",
            "Draws that support it",
            "A draw supports a pathway where all effects on which it rests have the sign that it asks for.",
            "All effects stand in the appendix.",
            "talent → firms → gdp | policy, mean + SD less mean − SD",
            "talent → firms → gdp | policy, at mean − SD",
            "talent → firms → gdp | policy, at the mean",
            "talent → firms → gdp | policy, at mean + SD",
        ],
        [
            ("整项研究的自助法：有放回地抽取10个个体，每个个体连同其全部时期（抽样49次，随机种子1）；区间为抽样结果的分位数。"
            "每次抽样都重新估计全部回归；数据准备、分组、各回归所用的行和调节变量的取值水平保持不变。"),
            "抽样假定个体相互独立。",
            "若某路径所依据的全部效应在一次抽样中均具有所要求的符号，则该次抽样支持此路径。",
            "talent → firms → gdp｜policy，均值＋标准差与均值－标准差之差",
            "talent → firms → gdp｜policy，均值＋标准差处",
        ],
    ),
    "tools that hinder": (
        CHAIN
        + EVERY_STEP
        + TYPOLOGY.format("base, m, t", "talent", "", "what_if: {talent: 10%}"),
        by_policy,
        ["Tools that hinder"],
        ["有阻碍的政策工具"],
    ),
    "pathways of groups": (
        CHAIN
        + GROUPS
        + BY_REGION
        + TYPOLOGY.format("base, m, h", "talent", "", "role_models: 1"),
        by_region,
        ["region: east: 5 of 5"],
        ["region：east：5 个中的 5 个"],
    ),
    "two estimates of one effect": (
        DATA
        + BASE.replace(
            "}}\n", "}, other: {outcome: gdp, effects: [], columns: [{x: [talent]}]}}\n"
        )
        + MEDIATION
        + TYPOLOGY.format("other, base, m", "talent", "", "role_models: 1"),
        between_and_within,
        [
            "talent → gdp: the pathways use the estimate of other; the estimate of m leads to another verdict."
        ],
        ["talent → gdp：路径判定采用 other 的估计；m 的估计判断不同。"],
    ),
    "bootstrap with a frontier": (
        score()
        + OF_SCORE
        + CURVE.format("effects: [[entity], [period]]")
        + WHOLE.format("bootstrap"),
        None,
        [
            "Not computed again: Specification curve.",
            ("The bootstrap takes entities as independent; that it holds for estimated frontiers is not proved, and "
            "its coverage in simulated studies is in the documentation."),
        ],
        [
            "以下各节未重新计算：设定曲线。",
            "自助法假定个体相互独立；对估计得到的前沿，其有效性尚无证明，在模拟研究中的覆盖率见文档。",
        ],
    ),
    "draws without an effect": (
        DATA + BASE + WHOLE.format("subsample"),
        lambda frame: frame.loc[["A", "B", "C"]],
        [
            "1 effect is not identified in any draw and has no interval.",
        ],
        ["有 1 个效应在所有抽样中均无法识别，没有区间。"],
    ),
    "six factors": (
        DATA
        + "tables: {base: {outcome: gdp, effects: [], columns: [{x: [policy, control, common, waste, talent, "
        "firms]}]}}\n",
        noise,
        [
            ("None of the six factors is significantly associated with gdp: policy (−0.534, 95% confidence interval "
            "−1.795 to 0.727), control")
        ],
        ["六个因素与gdp的相关性均不显著：policy（−0.534，95%置信区间为−1.795至0.727）、control"],
    ),
    "five factors": (
        DATA
        + "tables: {base: {outcome: gdp, effects: [], columns: [{x: [policy, control, common, waste, talent]}]}}\n",
        noise,
        ["None of the five factors is significantly associated with gdp: policy ("],
        ["五个因素与gdp的相关性均不显著：policy（"],
    ),
    "no stars": (
        DATA + BASE + "report: {stars: {}}\n",
        None,
        ["No stars are given."],
        ["不标注显著性星号。"],
    ),
}  # fmt: skip


@pytest.mark.one_in(10)
@pytest.mark.parametrize("case", CASES)
def test_the_study_says_the_sentence(tmp_path, case):
    """English and Chinese, with the names and numbers of this study."""
    text, change, english, chinese = CASES[case]

    words = told(tmp_path, text, change)

    assert [each for each in (*english, *chinese) if each not in words] == []
