"""Twenty points for a first study and its report, judged on what was written: the study file and the Word files.

The judge knows what the columns are (`Stranger.headings`); it does not ask the program what it thinks of them.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx

from cli_runner import attempt
from made_studies import STUDIES, Size, Stranger
from xinzhi.study.file.located import read_yaml
from xinzhi_app.findings import decide, suggest

CHINESE = re.compile(r"[\u4e00-\u9fff]")
UNIT_TWICE = re.compile(r"[（(]([^（()）\d]{1,12})[)）]\s*[（(]\1[)）]")
QUOTED = re.compile(r"'[^'\n]*'")
"""Words of the user's own file are quoted as they stand there."""
SAYS_ITSELF = re.compile(r"(?:^|[；，：])([^；，：（）]{2,30})表示\1(?=[；。，])")
LABOUR, CAPITAL, ENERGY = {"labour"}, {"capital"}, {"energy", "electricity"}
GOOD, BAD = {"gdp"}, {"so2", "water", "dust", "co2", "pm25"}
SHARES = {"secondary", "tertiary", "urban", "index", "price", "growth"}


@dataclass(frozen=True)
class Ran:
    """What a study left behind."""

    stranger: Stranger
    folder: Path
    codes: tuple[int, int]
    """Exit codes of `init` and `run`."""
    is_same_by_page: bool

    @property
    def text(self) -> str:
        """The study file."""
        file = self.folder / "study.yaml"
        return file.read_text("utf-8") if file.is_file() else ""

    @property
    def spec(self) -> dict[str, Any]:
        """What the study file says."""
        return read_yaml(self.text, "study.yaml").value or {} if self.text else {}  # type: ignore[return-value]

    def what(self, column: object) -> str:
        """Say what a column is, by its heading in the files; a step makes what it is called."""
        name = self.stranger.short.get(str(column), str(column))
        made = {
            "实际地区生产总值": "gdp",
            "real_gdp": "gdp",
            "资本存量": "capital",
            "capital_stock": "capital",
        }
        found = [
            key for heading, key in self.stranger.headings.items() if _bare(heading) == _bare(name)
        ]
        # The heading of a group may stand before that of a column, or be left out of it.
        inside = [
            key
            for heading, key in self.stranger.headings.items()
            if _bare(heading).endswith(_bare(name)) or _bare(name).endswith(_bare(heading))
        ]
        return next(iter((*found, *inside)), made.get(name, ""))

    def words(self, language: str) -> str:
        """All paragraphs and cells of the Word file."""
        name = "report.docx" if language == self.languages[0] else f"report.{language}.docx"
        file = self.folder / "results" / name
        if language not in self.languages or not file.is_file():
            return ""
        return "\n".join(element.text or "" for element in _paragraphs(file))

    @property
    def languages(self) -> list[str]:
        """Languages of the report."""
        return list(self.spec.get("report", {}).get("languages", ["zh"]))

    @property
    def measured(self) -> dict[str, Any]:
        """The measurement."""
        return dict(self.spec.get("efficiency", {}).get("efficiency", {}))

    def role(self, key: str) -> list[str]:
        """What the columns of a role are."""
        return [self.what(name) for name in self.measured.get(key) or []]

    @property
    def variables(self) -> Mapping[str, Any]:
        """The variables."""
        return self.spec.get("variables", {})


def _bare(heading: str) -> str:
    without = re.sub(r"[（(\[][^（()）\]]*[)）\]]\s*$", "", heading.strip())
    return re.sub(r"[\s（）()]", "", without).casefold()


def _paragraphs(file: Path) -> Iterator[Any]:
    document = docx.Document(str(file))
    yield from document.paragraphs
    for table in document.tables:
        for row in table.rows:
            yield from row.cells


def codes(ran: Ran) -> bool:
    """`init` and `run` end with 0."""
    return ran.codes == (0, 0)


def rows(ran: Ran) -> bool:
    """Every place and period has a score, or the study says how many have none."""
    file = ran.folder / "results" / "scores.csv"
    if not file.is_file():
        return False
    with file.open(encoding="utf-8-sig", newline="") as lines:
        n = sum(1 for _ in csv.reader(lines)) - 1
    wanted = ran.stranger.entities * ran.stranger.periods
    return n == wanted or (0 < n < wanted and "leave_out" in ran.text)


def page(ran: Ran) -> bool:
    """The page writes the same bytes."""
    return ran.is_same_by_page


def nothing_dropped(ran: Ran) -> bool:
    """Each column of the files stands in the study file: used, offered, or named as unused or left out."""
    folded = re.sub(r"[\s（）()]", "", ran.text).casefold()
    names = {heading: name for name, heading in ran.stranger.short.items()}
    return bool(folded) and all(
        _bare(h) in folded or (h in names and re.search(rf"\b{names[h]}\b", ran.text))
        for h in ran.stranger.headings
    )


def labels(ran: Ran) -> bool:
    """Each variable has a name in print, in the languages of the report, without stroke or bracket."""
    found = [v.get("label") for v in ran.variables.values()]
    said = [one if isinstance(one, dict) else {"zh": one} for one in found]
    return bool(said) and all(
        text and "_" not in text and not text.endswith("）")
        for one in said
        for text in (one.get(language) for language in ran.languages)
    )


def symbols(ran: Ran) -> bool:
    """Each variable has a short Latin symbol for equations."""
    names = list(ran.variables)
    return bool(names) and all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,7}", name) for name in names)


def units(ran: Ran) -> bool:
    """No unit stands twice and no name is explained by itself, in either language."""
    texts = [ran.words(language) for language in ran.languages]
    doubled = any(UNIT_TWICE.search(text) or SAYS_ITSELF.search(text) for text in texts)
    return all(texts) and not doubled


def languages(ran: Ran) -> bool:
    """Both languages, or one and a line that says why."""
    said = "no English label" in ran.text or "尚无英文标签" in ran.text
    return set(ran.languages) == {"zh", "en"} or (bool(ran.text) and said)


def capital(ran: Ran) -> bool:
    """Capital is an input, or its lack is named; investment itself is none."""
    inputs = ran.role("inputs")
    named = "未找到资本" in ran.text or "No capital found" in ran.text
    return "investment" not in inputs and (bool(CAPITAL & set(inputs)) or named)


def prices(ran: Ran) -> bool:
    """Current prices become real where an index is there, and are called so where none is."""
    names = ran.measured.get("good_outputs") or []
    if not names:
        return False
    if "deflator" in ran.stranger.facts:
        return any("real_output" in str(step) for step in ran.spec.get("prepare") or [])
    is_real = any(
        "实际" in h or "constant" in h.casefold() or "volume" in h
        for h, k in ran.stranger.headings.items()
        if k == "gdp"
    )
    return is_real or "`real_output`" in ran.text


def bad_outputs(ran: Ran) -> bool:
    """Pollution is a bad output, and nothing else is."""
    found = ran.role("bad_outputs")
    known = BAD & set(ran.stranger.headings.values())
    return set(found) <= BAD and (bool(found) or not known)


def roles(ran: Ran) -> bool:
    """Inputs are labour, capital, energy, each once; the good output is output; nothing is left over into a role."""
    inputs, goods = ran.role("inputs"), ran.role("good_outputs")
    fits = set(inputs) <= LABOUR | CAPITAL | ENERGY and len(inputs) == len(set(inputs))
    has_labour = "labour" in inputs or "labour" not in ran.stranger.headings.values()
    return bool(inputs) and fits and has_labour and set(goods) <= GOOD and bool(goods)


def transforms(ran: Ran) -> bool:
    """In regressions amounts enter as logarithms, shares and rates as they are."""
    asked = [
        *ran.spec.get("sets", {}).get("factors", []),
        *ran.spec.get("sets", {}).get("controls", []),
    ]
    for name in asked:
        one = ran.variables.get(name, {})
        if ("transform" in one) == (ran.what(one.get("column")) in SHARES):
            return False
    return bool(asked)


def descriptives(ran: Ran) -> bool:
    """All variables are described."""
    shown = ran.spec.get("describe", {}).get("variables", [])
    return bool(shown) and set(shown) == set(ran.variables)


def correlations(ran: Ran) -> bool:
    """Correlations are printed."""
    words = {"zh": "相关系数", "en": "Correlations"}
    return bool(ran.languages) and all(words[each] in ran.words(each) for each in ran.languages)


def columns(ran: Ran) -> bool:
    """The baseline has four columns with controls step by step, or one for each control that there is; robustness two."""
    tables = ran.spec.get("tables", {})
    found = tables.get("baseline", {}).get("columns", [])
    n_controls = len(ran.spec.get("sets", {}).get("controls", []))
    checks = tables.get("robustness", {}).get("columns", [])
    return len(found) >= min(4, 1 + n_controls) and len(checks) >= 2


def mechanism(ran: Ran) -> bool:
    """Mediation and moderation are computed, or a line says what is missing."""
    said = any(
        words in ran.text
        for words in ("未找到中介变量", "未找到调节变量", "No mediator", "No moderator")
    )
    return "mediation" in ran.spec or said or "#mediation" in ran.text


def groups(ran: Ran) -> bool:
    """Groups are compared where a column makes some, else a cut is offered."""
    if "groups" in ran.stranger.facts:
        return "heterogeneity" in ran.spec
    return "heterogeneity" in ran.spec or "#heterogeneity" in ran.text


def figures(ran: Ran) -> bool:
    """A map where places are known; figures in the Word file."""
    file = ran.folder / "results" / "report.docx"
    if not file.is_file():
        return False
    has_pictures = len(docx.Document(str(file)).inline_shapes) >= 2
    return has_pictures and ("places" not in ran.stranger.facts or "maps" in ran.spec)


def english(ran: Ran) -> bool:
    """The English report leaves out no paragraph and holds no Chinese but names of places."""
    if "en" not in ran.languages:
        return "zh" in ran.languages and languages(ran)
    text = QUOTED.sub("", ran.words("en"))
    lines = [line for line in text.splitlines() if len(CHINESE.findall(line)) > 8]
    body = [
        line
        for line in lines
        if "left out" in line or len(line) > 3 * len(CHINESE.findall(line)) > 60
    ]
    return bool(text) and "left out of the English text" not in text and not body


POINTS: dict[str, Callable[[Ran], bool]] = {
    judge.__name__: judge
    for judge in (
        *(codes, rows, page, nothing_dropped, labels, symbols, units, languages, capital, prices),
        *(bad_outputs, roles, transforms, descriptives, correlations, columns, mechanism, groups),
        *(figures, english),
    )
}
"""Name of a point -> its judge."""


def written(folder: Path) -> dict[str, bytes]:
    """Read what a builder wrote."""
    files = (
        p
        for p in folder.rglob("*")
        if p.is_file() and "data" not in p.relative_to(folder).parts[:1]
    )
    return {str(p.relative_to(folder)): p.read_bytes() for p in files if p.name != ".first.json"}


MARK = re.compile(r"`xinzhi init --missing ([^`]+)`")
"""A mark that the study file offers to state."""


def by_the_page(folder: Path, root: Path) -> dict[str, bytes]:
    """Build a study by the page; a person answers that a mark means no value where the page asks."""
    found = suggest(folder, root, "zh", False)["found"]
    offers = [one for group in (found or {}).get("groups", []) for one in group["decisions"]]
    marks = [one["read"]["missing"] for one in offers if one.get("read", {}).get("missing")]
    if marks and not (folder / "study.yaml").is_file():
        wanted = [mark for each in marks for mark in each]
        decide(folder, root, "zh", {"read": {"missing": wanted}, "edits": []})
    return written(folder)


def go(name: str, out: Path, size: Size, *, runs: bool = True) -> Ran:
    """Make the files of a study, build it by the page and by `init`, and run it."""
    folder = out / name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "data").mkdir(parents=True)
    stranger = STUDIES[name](folder / "data", size)
    page = by_the_page(folder, out)
    for file in page:
        (folder / file).unlink()
    files = sorted(stranger.files)
    first = attempt("init", folder, "--from", *files, "--lang", "zh")
    if marks := MARK.findall((folder / "study.yaml").read_text("utf-8") if first.code == 0 else ""):
        # A user who reads what was left out for a mark that means nothing says so, and begins again.
        for file in written(folder):
            (folder / file).unlink()
        said = [word for mark in dict.fromkeys(marks) for word in ("--missing", mark)]
        first = attempt("init", folder, "--from", *files, *said, "--lang", "zh")
    is_same = bool(page) and written(folder) == page
    code = 1
    if runs and first.code == 0:
        done = attempt("run", folder / "study.yaml", "--lang", "zh")
        code = done.code
        (folder / "run.log").write_text(done.stdout + done.stderr, "utf-8")
    return Ran(stranger, folder, (first.code, code), is_same)
