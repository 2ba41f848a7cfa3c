"""A Stata script: reghdfe and ivreghdfe for fixed effects, areg and xtscc where the rule asks."""

from __future__ import annotations

import re

from xinzhi.panel.panel import ENTITY, PERIOD
from xinzhi.regression.export.exported import Exported, ExportedModel

HEAD = """\
* Estimates the regressions of the study again. Needs reghdfe: ssc install reghdfe, ssc install ftools{more}
version 14
clear all
import delimited using "{file}", varnames(nonames) rowrange(2) stringcols(1) asdouble encoding("UTF-8")
"""
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,31}\Z")
RESERVED = re.compile(
    r"(_all|_b|_coef|_cons|_n|_N|_pi|_pred|_rc|_skip|byte|double|float|if|in|int|long|str|strL|using"
    r"|with|v\d+|id_\d+|var_\d+_*)\Z"
)
"""Words of Stata; v1, v2 … are the names before renaming, id_ and var_ those that the script gives."""


def stata_script(study: Exported) -> str:
    """Write a Stata script that estimates all regressions.

    Variables get names that Stata takes; what they were called stands in their labels.
    """
    names = safe_names(tuple(str(column) for column in study.frame.columns))
    more = ", ssc install ivreghdfe, ssc install ivreg2, ssc install ranktest"
    has_instruments = any(model.endogenous for model in study.models)
    lines = [HEAD.format(file=_inside(study.file), more=more if has_instruments else "")]
    for number, (column, name) in enumerate(names.items(), start=1):
        lines.append(f"rename v{number} {name}")
        lines.append(f'label variable {name} "{_inside(column)}"')
    texts = [
        str(column)
        for column in study.frame.columns
        if column != ENTITY and study.frame[column].dtype.kind not in "fiub"
    ]
    lines += [
        f"capture destring {name}, replace"
        for column, name in names.items()
        if column not in {ENTITY, *texts}
    ]
    groups = dict.fromkeys(
        key for model in study.models for key in (*model.effects, *model.clusters)
    )
    ids = {key: f"id_{number}" for number, key in enumerate(groups, start=1)}
    lines += [f"egen {ids[key]} = group({names[key]})" for key in groups]
    lines.append("")
    for model in study.models:
        lines += [f"* {_comment(model.name)}", *_commands(model, names, ids), ""]
    lines += [
        f"* not repeated here: {_comment(name)}, estimated by {estimator}"
        for name, estimator in study.left_out
    ]
    return "\n".join(lines)


def safe_names(columns: tuple[str, ...]) -> dict[str, str]:
    """Give each column a name that Stata takes: its own if it is one, else var_1, var_2.

    >>> safe_names(("gdp", "地区生产总值", "x × w"))
    {'gdp': 'gdp', '地区生产总值': 'var_2', 'x × w': 'var_3'}
    """
    used = {column for column in columns if _is_plain(column)}
    names: dict[str, str] = {}
    for number, column in enumerate(columns, start=1):
        name = column if _is_plain(column) else f"var_{number}"
        while name in used and name != column:
            name += "_"
        used.add(name)
        names[column] = name
    return names


def _is_plain(column: str) -> bool:
    return bool(PLAIN.match(column)) and not RESERVED.match(column)


def _commands(model: ExportedModel, names: dict[str, str], ids: dict[str, str]) -> list[str]:
    body = " ".join(names[column] for column in (model.outcome, *model.slopes))
    where = f" if {names[model.rows]} == 1" if model.rows else ""
    if model.endogenous:
        return [_two_stages(model, where, names, ids)]
    if model.kind == "driscoll_kraay":
        return _xtscc(model, body, where, names, ids)
    errors = _errors(model, ids)
    if not model.effects:
        return [f"regress {body}{where}{',' + errors if errors else ''}"]
    if model.rule == "areg" and len(model.clusters) < 2:
        first, *others = (ids[effect] for effect in model.effects)
        dummies = "".join(f" i.{other}" for other in others)
        return [f"areg {body}{dummies}{where}, absorb({first}){errors}"]
    absorbed = " ".join(ids[effect] for effect in model.effects)
    singletons = " keepsingletons" if model.keeps_singletons else ""
    return [f"reghdfe {body}{where}, absorb({absorbed}){errors}{singletons}"]


def _errors(model: ExportedModel, ids: dict[str, str]) -> str:
    if model.kind == "iid":
        return ""
    if model.kind == "hc1":
        return " vce(robust)"
    return f" vce(cluster {' '.join(ids[cluster] for cluster in model.clusters)})"


def _two_stages(
    model: ExportedModel, where: str, names: dict[str, str], ids: dict[str, str]
) -> str:
    """Two-stage least squares: ivreghdfe with effects, Stata's own command without."""

    def join(columns: tuple[str, ...]) -> str:
        return " ".join(names[column] for column in columns)

    exogenous = tuple(slope for slope in model.slopes if slope not in model.endogenous)
    left = f"{names[model.outcome]} {join(exogenous)}".rstrip()
    body = f"{left} ({join(model.endogenous)} = {join(model.instruments)}){where},"
    if not model.effects:
        return f"ivregress 2sls {body}{_errors(model, ids)} small"
    absorbed = " ".join(ids[effect] for effect in model.effects)
    # ivreghdfe takes robust and cluster() in the place of vce().
    errors = re.sub(r"vce\(cluster (.*)\)", r"cluster(\1)", _errors(model, ids))
    return f"ivreghdfe {body} absorb({absorbed}){errors.replace('vce(robust)', 'robust')}"


def _xtscc(
    model: ExportedModel, body: str, where: str, names: dict[str, str], ids: dict[str, str]
) -> list[str]:
    """Driscoll and Kraay's errors; xtscc leaves the entities out of the parameters it counts."""
    others = (effect for effect in model.effects if effect != ENTITY)
    dummies = "".join(f" i.{names[PERIOD] if e == PERIOD else ids[e]}" for e in others)
    fixed = " fe" if ENTITY in model.effects else ""
    remark = f": the study's errors are those of xtscc times {model.to_xtscc:.12g}"
    gaps = "* periods are missing: xtscc takes both sides of a gap as neighbours or stops, the study does not"
    return [
        *([gaps] if model.has_gaps else []),
        f"* xtscc (ssc install xtscc){remark if model.to_xtscc != 1.0 else ''}",
        "capture egen entity_id = group(entity)",
        f"xtset entity_id {names[PERIOD]}",
        f"xtscc {body}{dummies}{where},{fixed} lag({model.lag or 0})",
    ]


def _inside(value: str) -> str:
    """Keep a text inside quotes from being read as a macro, a comment or an end."""
    return _apart(re.sub(r"[\"`$\r\n]", " ", value))[:80]


def _comment(value: str) -> str:
    """Keep a text in a comment line from opening a block or going on in the next line."""
    return _apart(re.sub(r"[`$\r\n]", " ", value))


def _apart(value: str) -> str:
    """Set the signs of comments apart: Stata reads them in comment lines and inside quotes too.

    >>> _apart("a/*b*/ // c ///"), _apart("tools/x -> y | w")
    ('a/ *b* / / / c / / /', 'tools/x -> y | w')
    """
    return re.sub(r"(?<=/)(?=[/*])|(?<=\*)(?=/)", " ", value)
