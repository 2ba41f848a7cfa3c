"""A reader of the few Stata commands that our do-files use: what each of them would estimate.

Anything it does not know is an error, so that a do-file cannot hold a line that nothing checks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from io import StringIO

import numpy as np
import pandas as pd

from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.instruments.estimate import instrument
from xinzhi_econometrics.specification import Covariance, Regression

SILENT = ("*", "version ", "clear all", "label variable ", "capture destring ", "xtset ")
COMMAND = re.compile(
    r"(?P<command>reghdfe|areg|regress|xtscc|ivreghdfe|ivregress 2sls) (?P<body>[^,]*?)"
    r"(?: if (?P<mark>\w+) == 1)?(?:, ?(?P<options>.*))?\Z"
)


@dataclass(slots=True)
class Session:
    """The data in memory, and what was estimated."""

    data: pd.DataFrame = field(default_factory=pd.DataFrame)
    groups: dict[str, str] = field(default_factory=dict)
    """Variable made by `egen group` -> the variable it numbers."""
    model: str = ""
    times: float = 1.0
    """What a comment says that the errors of xtscc are to be multiplied by."""
    found: dict[str, Estimates] = field(default_factory=dict)


def run_do_file(text: str, panel: str) -> dict[str, Estimates]:
    """Estimate every regression of a do-file on the text of its panel."""
    session = Session()
    for line in text.splitlines():
        if line.startswith("import delimited"):
            session.data = pd.read_csv(StringIO(panel), header=None, skiprows=1, dtype={0: str})
            session.data.columns = [f"v{i}" for i in range(1, session.data.shape[1] + 1)]
            assert "asdouble" in line
        elif line.startswith("rename "):
            old, new = line.split()[1:]
            session.data = session.data.rename(columns={old: new})
        elif made := re.match(r"(?:capture )?egen (\w+) = group\((\w+)\)\Z", line):
            session.groups[made[1]] = made[2]
        elif line.startswith("* xtscc"):
            factor = re.search(r" times (\S+)\Z", line)
            session.times = float(factor[1]) if factor else 1.0
        elif line.startswith("* "):
            session.model, session.times = line[2:], 1.0
        elif line and not line.startswith(SILENT):
            found = _estimate(session, line)
            session.found[session.model] = replace(found, std_error=found.std_error * session.times)
    return session.found


def _estimate(session: Session, line: str) -> Estimates:
    said = COMMAND.match(line)
    assert said, line
    names = {old: old for old in session.data.columns} | session.groups
    body, options = said["body"], _options(said["options"] or "")
    inner = re.search(r" \((.*) = (.*)\)", body)
    outcome, *right = body.replace(inner[0], "").split() if inner else body.split()
    dummies = [names[w.removeprefix("i.")] for w in right if w.startswith("i.")]
    absorbed = [names[w] for w in options.pop("absorb", "").split()]
    if "fe" in options:
        del options["fe"]
        absorbed = ["entity"]
    endogenous = tuple(inner[1].split()) if inner else ()
    regression = Regression(
        outcome,
        (*endogenous, *(w for w in right if not w.startswith("i."))),
        effects=tuple(dict.fromkeys([*absorbed, *dummies])),
        covariance=_covariance(said["command"], options, names),
        singletons="keep" if "keepsingletons" in options else "drop",
    )
    data = session.data
    data = data[data[said["mark"]] == 1] if said["mark"] else data
    data = data.set_index(["entity", "period"])
    if inner:
        instruments = tuple(inner[2].split())
        return instrument(
            data, regression, endogenous=endogenous, instruments=instruments
        ).estimates
    return fit(data, regression)


def _options(text: str) -> dict[str, str]:
    """Read options; what stands in no list of Stata's options for these commands is an error."""
    found = {m[1]: m[2] or "" for m in re.finditer(r"(\w+)(?:\(([^)]*)\))?", text)}
    known = {"absorb", "vce", "cluster", "robust", "small", "fe", "lag", "keepsingletons"}
    assert set(found) <= known, text
    return found


def _covariance(command: str, options: dict[str, str], names: dict[str, str]) -> Covariance:
    if command == "xtscc":
        return Covariance("driscoll_kraay", lag=int(options["lag"]), rule="stata")
    how = options.get("vce", "")
    if "cluster" in options:
        how = f"cluster {options['cluster']}"
    if "robust" in options or how == "robust":
        return Covariance("hc1")
    if not how:
        return Covariance()
    clusters = tuple(names[word] for word in how.split()[1:])
    kind = "cluster" if len(clusters) == 1 else "two_way"
    plain = Covariance(kind, clusters)
    return replace(plain, rule="areg") if command == "areg" else plain


def same(found: Estimates, ours: Estimates, *, rtol: float) -> bool:
    """Whether slopes and errors agree; the order of instrumented slopes may be another."""
    mine = np.lexsort((ours.std_error, ours.estimate))
    theirs = np.lexsort((found.std_error, found.estimate))
    return np.allclose(found.estimate[theirs], ours.estimate[mine], rtol=rtol) and np.allclose(
        found.std_error[theirs], ours.std_error[mine], rtol=rtol
    )
