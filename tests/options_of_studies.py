"""How each key of a study file is set to something else, and on which small study."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

_RECORD = Path(__file__).parent / "options" / "what_changes.json"
RECORD: dict[str, list[str]] = json.loads(_RECORD.read_text(encoding="utf-8"))
"""Case -> parts that it changes; written by `python tests/options/record.py` and read before it is kept."""
DRAWN = ("maps",)
KEPT = ("scores", "space", "maps", "regressions", "mechanism", "draws")
"""Studies of which what is computed is kept between the runs, as it is long."""
ANYTHING = " "
"""What a refusal may say where its words are those of many."""
"""Studies whose charts are compared too."""


@dataclass(frozen=True, slots=True)
class Case:
    """One key with one other value."""

    study: str
    setting: str
    """KEY=VALUE as `--set` takes it."""
    beside: tuple[str, ...] = ()
    """What must stand in the study for the key to have a meaning; the comparison is with it alone."""
    refused: str = ""
    """Words of the refusal, of a value that would have no effect."""

    @property
    def settings(self) -> tuple[str, ...]:
        """The settings, where several belong together."""
        return tuple(self.setting.split(" && "))

    def __str__(self) -> str:
        """Name the case."""
        return f"{self.study}: {' '.join((self.setting, *self.beside))}"


def cases(study: str, *lines: str) -> list[Case]:
    """Read lines `setting || beside || beside`, or `setting => words of the refusal`."""
    found = []
    for line in lines:
        text, arrow, refused = line.partition(" =>")
        refused = refused.strip() or (ANYTHING if arrow else "")
        setting, *beside = text.split(" || ")
        found.append(Case(study, setting, tuple(beside), refused))
    return found


P, G = "efficiency.plain", "efficiency.green"
SBM = f"{G}.measure=sbm"
ONE_INDEX = "productivity={gml: {of: plain, index: malmquist}}"
DDF = f"{P}.measure=directional"
STUDIES = [
    *cases("scores", "title.zh=别的", "title.en=Another", "description.zh=为何", "description.en=Why", "simulated=true"),
    *cases(
        "scores",
        *(f"{G}.measure={word}" for word in ("additive", "range_adjusted", "russell", "super_sbm", "directional", "nonradial_directional", "epsilon_based")),
        *(f"{G}.measure={word} || {ONE_INDEX}" for word in ("radial", "super_radial")),
        f"{G}.measure=sbm || {G}.measure=russell",
        f"{G}.measure=range_directional || {G}.returns_to_scale=variable",
        f"{G}.measure=sbm_nonseparable_free || {G}.measure=sbm_nonseparable || {G}.nonseparable=[gdp, waste]",
        f"{G}.measure=sbm_nonseparable || {G}.measure=sbm_nonseparable_free || {G}.nonseparable=[gdp, waste]",
        *(f"{P}.returns_to_scale={word}" for word in ("variable", "non_increasing", "non_decreasing", "free_disposal_hull", "0.8..1.2")),
        f"{P}.orientation=output",
        f"{P}.orientation=input || {P}.orientation=output",
        *(f"{G}.orientation={word}" for word in ("input", "output")),
        *(f"{P}.reference={word}" for word in ("contemporaneous", "sequential", "biennial")),
        f"{P}.reference=window && {P}.window=2",
        f"{P}.reference=base && {P}.base_period=2010",
        f"{P}.reference=group && {P}.group=region",
        f"{P}.reference=rows => rows",
        f"{P}.window=3 || {P}.reference=window || {P}.window=2",
        f"{P}.window=3 => window",
        f"{P}.base_period=2012 || {P}.reference=base || {P}.base_period=2010",
        f"{P}.base_period=2012 => base",
        f"{P}.group=sized || {P}.reference=group || {P}.group=region",
        f"{P}.group=sized => group",
        f"{P}.exclude=entity || {P}.measure=super_radial",
        f"{P}.exclude=entity => exclude",
        f"{G}.exclude=entity || {G}.measure=super_sbm",
        f"{G}.bads=inputs",
        f"{P}.bads=inputs => no effect",
        f"{G}.disposability=weak || {G}.measure=directional",
        f"{G}.disposability=kuosmanen || {G}.measure=directional || {G}.returns_to_scale=variable",
        f"{G}.disposability=weak => disposability",
        f"{P}.disposability=weak || {DDF} => no effect",
        f"{P}.fallback=form_b || {P}.measure=super_sbm || {P}.returns_to_scale=variable => no effect",
        f"{P}.direction=mean || {DDF}",
        f"{P}.direction=own || {DDF} || {P}.direction=mean",
        f"{P}.direction={{labour: 1, gdp: 2}} || {DDF}",
        f"{P}.direction=mean => direction",
        f"{P}.epsilon=0.3 || {P}.measure=epsilon_based",
        f"{P}.epsilon=0.3 => epsilon",
        f"{G}.nonseparable=[gdp, waste, labour] || {G}.measure=sbm_nonseparable || {G}.nonseparable=[gdp, waste]",
        f"{G}.nonseparable=[gdp, waste] => nonseparable",
        f"{G}.alpha_min=0.9 || {G}.measure=sbm_nonseparable_free || {G}.nonseparable=[gdp, waste] || {G}.alpha_min=0.1",
        f"{G}.alpha_min=0.9 => alpha",
        f"{P}.noncontrollable=[capital] || {P}.orientation=input",
        f"{P}.nondiscretionary=[capital] || {P}.orientation=input || {P}.returns_to_scale=variable",
        f"{G}.fallback=form_b || {G}.measure=super_sbm || {G}.returns_to_scale=variable || {G}.reference=contemporaneous",
        f"{G}.fallback=two_stage || {G}.measure=super_sbm || {G}.returns_to_scale=variable || {G}.reference=contemporaneous",
        f"{P}.fallback=two_stage => fallback",
        f"{G}.zeros=keep || {G}.inputs=[zero, capital] || {G}.zeros=drop_row",
        f"{G}.zeros=drop_row || {G}.inputs=[zero, capital] || {G}.zeros=drop_term",
        f"{G}.zeros=drop_term || {G}.inputs=[zero, capital] || {G}.zeros=keep",
        f"{G}.zeros=refuse || {G}.inputs=[zero, capital] || {G}.zeros=keep => divides by it",
        f"{P}.missing=leave_out || {P}.inputs=[empty, capital]",
        f"{P}.weights={{labour: 1, capital: 2, gdp: 1}} || {P}.measure=additive",
        f"{P}.weights={{labour: 1, capital: 2}} => weights",
        f"{P}.inputs=[labour]",
        f"{P}.good_outputs=[firms]",
        f"{G}.bad_outputs=[]",
        f"{P}.scale_efficiency=true",
        f'{G}.classes={{low: "< 0.60", high: ">= 0.60"}}',
        *(f"productivity.gml.index={word}" for word in ("ray_desli", "global_malmquist")),
        "productivity.gml.index=base_malmquist && productivity.gml.base_period=2010",
        "productivity.gml.index=ray_desli_base",
        *(f"productivity.green_index.index={word}" for word in ("malmquist_luenberger", "global_malmquist_luenberger", "global_luenberger")),
        "productivity.green_index.index=luenberger || productivity.green_index.index=global_luenberger",
        "productivity.gml.index=malmquist || productivity.gml.index=global_malmquist",
        "productivity.gml.of=green",
        "productivity.gml.base_period=2012 || productivity.gml.index=base_malmquist || productivity.gml.base_period=2010",
        "productivity.gml.base_period=2012 => base",
        "productivity.gml.label.zh=增长", "productivity.gml.label.en=Growth",
        "variables.gml.as=cumulative", "variables.gml.as=change || variables.gml.as=cumulative",
        "variables.gml.base=2012 || variables.gml.as=cumulative",
        "variables.gml.base=2012 => base",
        "variables.gml.component=efficiency_change", "variables.plain.component=slack_labour",
        "variables.plain.from=green",
        "variables.plain.label.zh=分", "variables.plain.label.en=Score",
        "variables.plain.unit=percent", "variables.talent.unit=persons || describe.variables=[talent]",
        "variables.plain.transform=ln", "variables.plain.transform=ln1p", "variables.plain.transform=none || variables.transform=ln",
        "variables.transform=ln", "variables.transform=ln1p", "variables.transform=none || variables.transform=ln1p",
        "variables.named={plain: {from: green}} => named",
        "variables.talent.column=policy || describe.variables=[talent]",
        "variables.more={expression: talent + 1} || describe.variables=[plain]",
        "variables.more.expression=talent + 2 || variables.more={expression: talent^2} || describe.variables=[more]",
        "describe.variables=[plain, talent]",
        "panel.labels={labour: {zh: 劳动, en: Hands}}",
        "panel.periods.from=2011", "panel.periods.to=2013", "panel.keep={region: [1]}",
    ),
    *cases(
        "space",
        "space_and_time.plain.regions=sized", "space_and_time.plain.dates=[2011, 2014]", "space_and_time.plain.top=2",
        "space_and_time.plain.convergence=[sigma]", "space_and_time.plain.convergence=[beta]",
        "space_and_time.plain.inequality=[theil]", "space_and_time.plain.inequality=[dagum]",
        "space_and_time.plain.association=[moran]", "space_and_time.plain.association=[hot_spots]", "space_and_time.plain.association=[local_moran]",
        "space_and_time.plain.permutations=199", "space_and_time.plain.local_test=one_sided",
        "space_and_time.plain.local_test=two_sided || space_and_time.plain.local_test=one_sided",
        "space_and_time.plain.neighbours=mine || maps={mine: {value: plain, boundaries: areas.topo.json, key: name, areas: first}}",
        "space_and_time.plain.local_test=one_sided || space_and_time.plain.association=[moran] => local_test",
        "seed=2",
        "groups.region.column=sized", "groups.region.split=median || groups.region={column: sized}",
                "groups.region.labels={east: {zh: 东边, en: The east}}",
        "groups.region.east=[0]", "groups.region.other=[1]", "groups.region.other=rest || groups.region.other=[1]",
        'efficiency.plain.classes={low: "< 0.50", high: ">= 0.50"}',
    ),
    *cases(
        "maps",
        "maps.known.title.zh=图", "maps.known.title.en=Map",
        "maps.known.value=another || efficiency.another={measure: sbm, inputs: [labour], good_outputs: [gdp], classes: {a: \"< 0.5\", b: \">= 0.5\"}}",
        'maps.known.classes={low: "< 0.50", high: ">= 0.50"}',
        "maps.one={groups: region, boundaries: built_in}",
        "maps.one.groups=size || maps.one={groups: region, boundaries: built_in} || groups.size={column: sized, a: [0], b: rest}",
        "maps.known.in=[2011, 2015]", "maps.own.boundaries=areas_again.topo.json",
        "maps.known.level=prefecture", "maps.known.level=province || maps.known.level=prefecture",
        "maps.own.key=turned", "maps.own.areas=moved", "maps.own.land=land", "maps.own.layout=china", "maps.own.layout=world || maps.own.layout=china",
        "maps.own.approval=GS(2021)2",
        "maps.known.key=name => key", "maps.known.areas=x => areas", "maps.known.land=x => land", "maps.known.approval=x => approval", "maps.known.layout=world => layout",
    ),
    *cases(
        "regressions",
        "tables.baseline.title.zh=一", "tables.baseline.title.en=One",
        "tables.follows.from=scored/1", "tables.baseline.outcome=gdp",
        "tables.baseline.effects=[entity]", "tables.baseline.effects=[]", "tables.baseline.effects=[period]",
        *(f"tables.baseline.covariance={word}" for word in ("iid", "hc1", "{driscoll_kraay: 2}", "{two_way: [entity, period]}", "{cluster: region}", "{cluster: entity, as: stata}", "{cluster: entity, as: areg}")),
        "tables.baseline.covariance={driscoll_kraay: 1} || tables.baseline.covariance={driscoll_kraay: 2}",
        "tables.baseline.instruments={talent: [outside]} || diagnostics=null || specification_curve=null",
        "tables.baseline.instruments={talent: [skill]} || tables.baseline.instruments={talent: [outside]} || diagnostics=null || specification_curve=null",
        "tables.baseline.estimator=random_effects || tables.baseline.effects=[entity]",
        "tables.shares.estimator=fractional_logit", "tables.shares.estimator=least_squares || tables.shares.estimator=fractional_logit",
        "tables.baseline.tau=0.2 || tables.baseline.instruments={talent: [outside]} || diagnostics=null || specification_curve=null", "tables.baseline.tau=0.2 => tau",
        *(f"tables.baseline.tests=[{word}]" for word in ("effects_f", "hausman", "mundlak")),
        "tables.scored.columns=[{x: [factors]}, {x: [controls]}]",
        "tables.baseline.columns[1].estimator=random_effects || tables.baseline.effects=[entity]",
        "tables.shares.columns[1].estimator=fractional_logit", "tables.shares.columns[1].estimator=least_squares || tables.shares.estimator=fractional_logit",
        "tables.baseline.columns[1].singletons=keep || tables.baseline.effects=[entity, alone]",
        "tables.baseline.columns[1].singletons=drop || tables.baseline.columns[1].singletons=keep || tables.baseline.effects=[entity, alone]",
        "tables.baseline.columns[1].instruments={talent: [outside]} || diagnostics=null || specification_curve=null",
        "tables.baseline.columns[1].replace={talent: skill}",
        "tables.baseline.columns[1].window=[2011, 2015]", "tables.baseline.columns[1].window=[2010, 2014]",
        "tables.baseline.columns[1].winsorise=[10, 100]", "tables.baseline.columns[1].winsorise=[0, 90]",
        "tables.baseline.columns[1].drop={size: one}", "tables.baseline.columns[1].drop={size: two}",
        "tables.baseline.columns[1].x=[factors]", "tables.baseline.columns[1].outcome=gdp",
        "tables.baseline.columns[1].effects=[entity]", "tables.baseline.columns[1].covariance=hc1",
        "tables.baseline.columns[1].label.zh=第一", "tables.baseline.columns[1].label.en=First",
        "tables.scored.columns[1].efficiency={returns_to_scale: variable}",
        "diagnostics.of=scored/1",
        *(f"diagnostics.tests=[{word}]" for word in ("effects_f", "hausman", "mundlak", "lm", "cross_section_dependence", "serial_correlation", "influence", "unit_root")),
        "diagnostics.tests=[vif] || diagnostics.tests=[mundlak]",
        "specification_curve.title.zh=都", "specification_curve.title.en=All",
        "specification_curve.of=scored/1 || specification_curve.vary={effects: [[entity], [entity, period]]}",
        "specification_curve.vary.controls=[[control], [second]]", "specification_curve.vary.controls=each || specification_curve.vary={effects: [[entity]]}",
        "specification_curve.vary.effects=[[entity], [entity, period]]",
        "specification_curve.vary.window=[[2010, 2014], [2011, 2015]]",
        "specification_curve.vary.covariance=[iid, hc1]",
        "specification_curve.vary.winsorise=[[0, 90], [10, 100]]",
        "specification_curve.vary.replace=[{talent: skill}]",
        "specification_curve.vary.drop=[{size: one}, {size: two}]",
        "specification_curve.vary.efficiency={returns_to_scale: [constant, variable]} || specification_curve.of=scored/1 || specification_curve.vary={effects: [[entity]]}",
        "compare.published=printed_otherwise.toml", "compare.tables={table5: scored}", "compare.tables.table6=shares",
        "compare.reasons={table5.*: {zh: 不知, en: Unknown}}",
        "sets.factors=[talent, skill]", "sets.controls=[control]",
        "groups.size.one=[1] || groups.size.two=[0] || tables.baseline.columns[1].drop={size: one}",
        "variables.talent.transform=ln",
        "inference.errors=hc1", "inference.errors={driscoll_kraay: 1} || inference.errors=iid",
        "inference.level=0.5", "report.under=t",
        'report.stars={"*": 0.9}', "report.profile=full", "report.profile=chinese_journal", "report.profile=paper || report.profile=full",
    ),
    *cases(
        "mechanism",
        "mediation.mechanism.title.zh=如何", "mediation.mechanism.title.en=How",
        "mediation.mechanism.from=second/1 || typology=null", "mediation.mechanism.through=[works, other]",
        "mediation.mechanism.tests=[sobel] || mediation.mechanism={from: baseline/1, through: [works]}", "mediation.mechanism.draws=219 || mediation.mechanism={from: baseline/1, through: [works], tests: [sobel]} => no effect", "mediation.mechanism.tests=[bootstrap]", "mediation.mechanism.draws=219",
        "mediation.mechanism.tests=[sobel, bootstrap] || mediation.mechanism.tests=[bootstrap]",
        "moderation.tools.title.zh=何时", "moderation.tools.title.en=When",
        "moderation.tools.from=second/1 || typology=null || moderation.tools={from: baseline/1, moderators: [policy], paths: [talent -> works]}", "moderation.tools.moderators=[other] || typology=null",
        "moderation.tools.lag=0", "moderation.tools.lag=2", "moderation.tools.lagged=moderator", "moderation.tools.lagged=all || moderation.tools.lagged=moderator",
        "moderation.tools.paths=[talent -> works] || moderation.tools={from: baseline/1, moderators: [policy], paths: [talent -> firms]}", "moderation.tools.draws=99 || moderation.tools={from: baseline/1, moderators: [policy], paths: [talent -> firms]} => no effect", "moderation.tools.draws=219", "moderation.tools.draws=0",
        "heterogeneity.cities.title.zh=谁", "heterogeneity.cities.title.en=Who",
        "heterogeneity.cities.from=second/1 || typology=null", "heterogeneity.cities.by=[size]",
        "heterogeneity.cities.difference=[interaction] || heterogeneity.cities={from: baseline/1, by: [region]}", "heterogeneity.cities.draws=99 || heterogeneity.cities={from: baseline/1, by: [region], difference: [interaction]} => no effect", "heterogeneity.cities.difference=[permutation]", "heterogeneity.cities.draws=219",
        "typology.from=[baseline, mechanism]", "typology.minimum_effect=5", "typology.role_models=1",
        "typology.what_if={talent: 20%}", "typology.what_if={talent: 1}", "typology.confidence=0.8",
        "typology.confidence=0.8 || typology.what_if={} => confidence",
        "typology.pathways[1].name=other", "typology.pathways[1].label.zh=路", "typology.pathways[1].label.en=Way",
        "typology.pathways[1].description.zh=长", "typology.pathways[1].description.en=Long",
        "typology.pathways[1].factor=skill || tables.baseline.columns=[{x: [talent, skill, controls]}]", "typology.pathways[1].mediator=[other] || mediation.mechanism.through=[works, other]",
        "typology.pathways[1].moderators=[]", "typology.pathways[1].cautions=[]", "typology.pathways=[]",
        "typology.pathways[1].cautions[1].note.zh=注意", "typology.pathways[1].cautions[1].note.en=Beware",
        "typology.pathways[1].cautions[1].groups={region: [other]}",
        "inference.level=0.5", "inference.errors=iid", "inference.indirect=sobel", "inference.indirect=bootstrap || inference.indirect=sobel",
        "groups.region.label.zh=哪里", "groups.region.label.en=Where",
        "inference.family=none", "inference.family=holm || inference.family=none", "seed=2",
    ),
    *cases(
        "draws",
        "seed=2", "inference.level=0.5", "inference.errors=iid",
        "inference.scores.resampling=smoothed", "inference.scores.resampling=sensitivity", "inference.scores.resampling=subsampling || inference.scores.resampling=sensitivity",
        "inference.scores.draws=39", "inference.scores.level=0.8", "inference.scores.scale=efficiency", "inference.scores.scale=distance || inference.scores.scale=efficiency",
        "inference.scores.size=4", "inference.scores.of=[green]",
        "inference.whole_study={draws: 19}",
        *(f"inference.whole_study.{word} || inference.whole_study={{draws: 19, level: 0.95}}" for word in ("draws=39", "scheme=bootstrap", "size=5", "level=0.8")),
        "inference.whole_study.scheme=subsample || inference.whole_study={draws: 19, scheme: bootstrap}",
        "inference.leave_one_out={}",
        "inference.placebo={factors: [talent], draws: 19}",
        "inference.placebo.draws=39 || inference.placebo={factors: [talent], draws: 19}",
        "inference.placebo.factors=[control] || inference.placebo={factors: [talent], draws: 19}",
        "seed=2 || inference.whole_study={draws: 19}", "seed=2 || inference.placebo={factors: [talent], draws: 19}",
        "second_stage.why.title.zh=为何", "second_stage.why.title.en=Why",
        "second_stage.why.score=green || efficiency.green.measure=radial", "second_stage.why.regressors=[talent, control]", "second_stage.why.algorithm=1",
        "second_stage.why.algorithm=2 || second_stage.why={score: plain, regressors: [talent], draws: 19, algorithm: 1}",
        "second_stage.why.draws=39", "second_stage.why.bias_draws=9", "second_stage.why.level=0.8",
    ),
    *cases(
        "steps",
        *(
            f"prepare.{line}"
            for line in (
                "capital_stock.investment=capital", "capital_stock.price=other", "capital_stock.index_kind=previous_year",
                "capital_stock.index_kind=fixed_base || prepare.capital_stock.index_kind=previous_year",
                "capital_stock.base=2012", "capital_stock.depreciation=0.2", "capital_stock.initial=growth", "capital_stock.initial=100",
                "capital_stock.initial=tenth || prepare.capital_stock.initial=growth", "capital_stock.timing=start", "capital_stock.timing=end || prepare.capital_stock.timing=start",
                "carry_back.column=gdp => observed here", "carry_back.column=early", "carry_back.from=2013", "carry_back.to=[2011]",
                "difference.column=labour", "difference.by=2", "lag.column=labour", "lag.by=2", "lead.column=labour", "lead.by=2", "log.column=labour", "log1p.column=labour",
                "entropy_index.columns=[labour, capital]", "entropy_index.shift=0.5", "entropy_index.pool=period", "entropy_index.standardise=false", "entropy_index.standardise=true || prepare.entropy_index.standardise=false",
                "expression.expression=gdp / capital", "expression.unit=percent",
                "extrapolate.column=labour", "extrapolate.to=2020", "extrapolate.method=linear", "extrapolate.method=hold", "extrapolate.method=growth || prepare.extrapolate.method=hold",
                "interpolate.columns=[late]", "interpolate.columns=all", "interpolate.method=geometric", "interpolate.method=arima", "interpolate.method=linear || prepare.interpolate.method=geometric",
                "interpolate.ends=carry || prepare.interpolate.columns=[end]", "interpolate.ends=growth || prepare.interpolate.columns=[end]", "interpolate.ends=none || prepare.interpolate.columns=[end] || prepare.interpolate.ends=carry",
                "interpolate.order=[1, 0, 0] || prepare.interpolate.method=arima", "interpolate.order=[1, 0, 0] => order",
                "rate.numerator=[labour]", "rate.denominator=capital", "rate.per=1000", "rate.unit=persons",
                "real_output.nominal=labour", "real_output.index=other", "real_output.index_kind=previous_year", "real_output.index_kind=fixed_base || prepare.real_output.index_kind=previous_year", "real_output.base=2012",
                "standardise.column=labour", "standardise.pool=period", "standardise.pool=all || prepare.standardise.pool=period",
                "winsorise.column=labour", "winsorise.percentiles=[10, 90]", "winsorise.pool=period", "winsorise.pool=all || prepare.winsorise.pool=period",
            )
        ),
    ),
    *cases(
        "reading",
        "sources.book.sheet=b", "panel.from=[more, book] || panel.join=left || panel.from=[book, more] || sources.more.names=text || sources.book.names=text",
        "panel.join=inner || sources.book.names=text || sources.more.names=text", "panel.join=left || sources.book.names=text || sources.more.names=text",
        "panel.join=outer || sources.book.names=text || sources.more.names=text || panel.join=inner",
        *(f"sources.more.names={word}" for word in ("china_provinces", "countries", "text")),
        "sources.more.names=china_cities || sources.more.names=text",
        "sources.more.spellings={唐山: 唐山市} || sources.more.names=text || sources.book.names=text",
        "sources.more.kind=series => ", "sources.more.kind=records => ",
        *(f"sources.more.join={word} || sources.more={{files: [part.csv, rest.csv], entity: city, period: year, names: text}} || variables.u.column=v" for word in ("inner", "left")),
        "sources.more.join=outer || sources.more={files: [part.csv, rest.csv], entity: city, period: year, names: text, join: inner} || variables.u.column=v",
    ),
    *cases(
        "one",
        "sources.more.file=totals.csv", "panel.cities=resource_based", "panel.cities=paper_115",
        "sources.more.kind=panel || sources.more={file: more.csv, kind: series, keys: [city, year]} => ",
        "sources.more.entity=town || sources.more.file=wide_of_columns.csv",
        "sources.more.period=other || sources.more.file=wide_of_columns.csv",
        "sources.more.labels.zh=zh || sources.more.file=wide_of_columns.csv",
        "sources.more.labels.en=en || sources.more.file=wide_of_columns.csv",
        "sources.more.files=[2008.csv, 2009.csv] || sources.more={files: [2008.csv], entity: city, period: year, period_from: file_name}",
        "sources.more.period_from=column || sources.more={files: [2008.csv, 2009.csv], entity: city, period: year, period_from: file_name}",
        "sources.more.period_from=file_name || sources.more={files: [2008.csv, 2009.csv], entity: city, period: year}",
        "sources.more.columns={x: y, y: x}",
        "sources.more.read.encoding=utf-8 || sources.more.file=gb.csv",
        'sources.more.read.delimiter=";"',
        'sources.more.read.decimal="." || sources.more.file=wide_of_columns.csv || variables.x.column=comma || sources.more.read.decimal=","',
        'sources.more.read.decimal="," || sources.more.file=wide_of_columns.csv || variables.x.column=comma || sources.more.read.decimal="."',
        "sources.more.read.header=2 || sources.more.file=titled.csv || sources.more.read.header=1",
        'sources.more.read.missing=["-9"] || sources.more.file=wide_of_columns.csv || variables.x.column=marked',
        "sources.more.read.text=[u]",
        "sources.more.read.value=x || sources.more={file: across.csv, entity: city, period: year} || efficiency={} || describe=null || variables={}",
        "sources.more.read.renamed=join || sources.more={file: renamed.csv, entity: city, period: year, names: china_cities}",
        "sources.more.read.renamed=keep || sources.more={file: renamed.csv, entity: city, period: year, names: china_cities, read: {renamed: join}}",
        "sources.more.read.entities=[合计] || sources.more.file=totals.csv",
    ),
    *cases(
        "records",
        "sources.census.keys=[industry, city]",
        *(f"sources.firms.{role}" for role in ("id=label", "date=other", "closed=other", "place=town", "code=kind", "text=notes", "name=label => ")),
        *(
            f"prepare.{line}"
            for line in (
                "emerging_firms.from=data => data", "emerging_firms.codes=codes_again.csv", "emerging_firms.terms=terms_again.yaml", "emerging_firms.classes=[old]", "emerging_firms.review=review.csv ",
                "new_firms.from=data => data", "new_firms.population=people", "new_firms.per=100 || prepare.new_firms.population=people", "new_firms.per=100 => per",
                "penalty_cases.from=data => data", "penalty_cases.terms=causes_again.yaml",
                "exposure.shares=enterprises => ", "exposure.shocks=output", "exposure.national=output => ",
                "again.variant=per_worker && prepare.again.national=national", "exposure.variant=growth_adjusted && prepare.exposure.output=output", "exposure.variant=in_city_shares => national", "exposure.variant=per_worker || prepare.exposure.variant=growth_adjusted || prepare.exposure.output=output => output",
                "exposure.scale=10", "exposure.leave_one_out=true", "exposure.instalments=0.1", "exposure.output=robots || prepare.exposure.variant=growth_adjusted || prepare.exposure.output=output", "exposure.column=m",
                *(f"exposure.extrapolate.method={word} || sources.robots.file=few_robots.csv || prepare.exposure.extrapolate={{to: 2010, method: {other}}}" for word, other in (("growth", "hold"), ("linear", "hold"), ("hold", "growth"))),
                "exposure.extrapolate.to=2009 || sources.robots.file=few_robots.csv || prepare.exposure.extrapolate={to: 2010, method: hold}",
                "dynamic_exposure.enterprises=census => ", "dynamic_exposure.shocks=output", "dynamic_exposure.national=output || prepare.again.shocks=national_by_year", "dynamic_exposure.scale=10",
                *(f"dynamic_exposure.extrapolate.method={word} || sources.robots.file=few_robots.csv || prepare.exposure.shocks=output || prepare.dynamic_exposure.extrapolate={{to: 2010, method: {other}}}" for word, other in (("growth", "hold"), ("linear", "hold"), ("hold", "growth"))),
                "dynamic_exposure.extrapolate.to=2009 || sources.robots.file=few_robots.csv || prepare.exposure.shocks=output || prepare.dynamic_exposure.extrapolate={to: 2010, method: hold}",
            )
        ),
    ),
]
NOT_HERE: set[tuple[str, ...]] = {
    ("report", "languages"),
    ("report", "formats"),
    ("report", "decimals"),
    ("sources", "*", "read", "accept"),
}
"""Keys that concern the files that are written: test_delivered_keys.py."""
