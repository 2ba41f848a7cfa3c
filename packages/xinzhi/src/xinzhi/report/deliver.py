"""Write the files of the results folder from the result of a study.

README.md of the results folder: what the files are, and how to reproduce them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from platform import platform, python_version

import pandas as pd

from xinzhi.analyses.analysis import in_order
from xinzhi.analyses.capabilities import BesideScores
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.present.pictures import Pictures
from xinzhi.report.document import Content, compose
from xinzhi.report.file_names import in_language, stems
from xinzhi.report.format import write_report
from xinzhi.report.formats.md import markdown
from xinzhi.study.file.load import as_words
from xinzhi.study.result import StudyResult, build_manifest
from xinzhi.study.schema.study import StudySpec
from xinzhi.work.draws.chunk_store import DRAWS, Listed, list_draws
from xinzhi.work.results import Results, claim
from xinzhi.work.verify import RUN
from xinzhi_core.panel.calendar import with_names
from xinzhi_core.panel.ledger import Ledger
from xinzhi_core.panel.panel import PERIOD
from xinzhi_core.periods import period_key, period_name
from xinzhi_core.wording import LANGUAGES, Language, Wording, message, say
from xinzhi_econometrics.export.exported import Exported, r_script, stata_script
from xinzhi_frontier.result import STATUSES, EfficiencyResult
from xinzhi_panel.io.csv_text import csv_text
from xinzhi_panel.io.json_text import json_text


def readme(result: StudyResult, title: Wording, files: Mapping[str, Wording]) -> str:
    """Write README.md in the languages of the report; `files` says what the files of the folder are."""
    parts = [
        "\n".join(_part(result, title, files, language))
        for language in result.spec.report.languages
    ]
    return "\n---\n\n".join(parts)


def _part(
    result: StudyResult, title: Wording, files: Mapping[str, Wording], language: Language
) -> Iterator[str]:
    def words(wording: Wording) -> str:
        return markdown(say(wording, language))

    yield f"# {words(title)}\n"
    if result.spec.simulated:
        yield f"**{words(message('Simulated data: nothing here describes a real place.'))}**\n"
    yield f"## {words(message('What is in this folder'))}\n"
    for name, what in files.items():
        yield f"- `{name}`: {words(what)}"
    yield f"\n## {words(message('How to reproduce the results'))}\n"
    for number, step in enumerate(_steps(result), 1):
        yield f"{number}. {words(step)}"
    for file in result.reading.files:
        yield f"    - {words(file.file)}: SHA-256 `{file.sha256}`"
    if result.scripts is not None:
        yield f"\n## {words(message('The regressions in other software'))}\n"
        yield from (f"- {words(sentence)}" for sentence in _scripts())
    yield ""


def _steps(result: StudyResult) -> Iterator[Wording]:
    yield message(
        "Install xinzhi {version}; run.json lists the version of every library that computes.",
        version=version("xinzhi"),
    )
    yield message(
        "Run `xinzhi run study.yaml{settings}` in the folder of the study file. The seed {seed} is in the "
        "file, so that every random draw is repeated.",
        settings=as_words(result.settings),
        seed=result.spec.seed,
    )
    yield message("The data must be the same; these are the digests of the files that were read:")


def _scripts() -> Iterator[Wording]:
    yield message(
        "To run them in R: Rscript study.R. It needs the R package fixest or sandwich, reads "
        "panel.csv and writes study_R.csv with every slope and standard error."
    )
    yield message(
        "Stata: do study.do in the same folder; it needs reghdfe. Both hold every regression of the "
        "tables, with instruments, mediations, moderations and groups; bootstraps are in xinzhi only."
    )


PAGE = "report.html"
WHAT: Mapping[str, Wording] = {
    "report*.html": message("the report: open it in a browser, no network needed"),
    "report*.docx": message("the report as a Word document"),
    "tables.xlsx": message("all tables, with numeric cells"),
    "figures/*.svg": message("figures as SVG, one per file"),
    "figures/*.png": message("figures as PNG, one per file"),
    "figures/*.pdf": message("figures as PDF, one per file"),
    "tables/*.tex": message("tables in LaTeX, one per file"),
    "tables/*.md": message("tables in Markdown, one per file"),
    "faults.txt": message("where xinzhi itself failed: please report it with this file"),
    "review_*.csv": message("records that a step of the preparation leaves to your decision"),
    "scores.csv": message("scores, status, slacks, targets and peers of each row"),
    "results.json": message("every number of every table, machine-readable"),
    "scripts/study.R": message("the regressions in R"),
    "scripts/study.do": message("the regressions in Stata"),
    "scripts/panel.csv": message("the data of these scripts"),
    "briefs/*.docx": message("a page on one entity as a Word document"),
    "briefs/*.pdf": message("a page on one entity as PDF"),
    "report*.tex": message("the report in LaTeX"),
    "report*.md": message("the report in Markdown"),
    "run.json": message("versions, seed, hashes, options, certificates, what was computed and why"),
    "README.md": message("what these files are and how to reproduce them"),
}
"""Names of files, * for what differs between languages, tables or figures -> what they are.

In the order in which a reader looks for them."""


def describe(name: str) -> Wording:
    """Say what a file of the results folder is; nothing of a file of somebody else.

    >>> str(describe("report.zh.docx")), str(describe("figures/map.svg")), str(describe("mine.txt"))
    ('the report as a Word document', 'figures as SVG, one per file', '')
    """
    return WHAT.get(_kind(name), "")


def _kind(name: str) -> str:
    """Find the pattern of a file of ours; the name itself of another."""
    return next((pattern for pattern in WHAT if fnmatchcase(name, pattern)), name)


def deliver(
    result: StudyResult,
    content: Content,
    results: Path | Results,
    *,
    formats: tuple[str, ...] = (),
    pictures: Pictures | None = None,
    readable: Callable[[Path], None] | None = None,
) -> tuple[tuple[Path, Wording], ...]:
    """Write all files of a study: all of them replace those of the last run, or none does.

    Parameters
    ----------
    results
        The folder, or its lock if the caller holds it.
    formats
        Formats of the report in addition to the existing ones; those of the study file if empty.
    pictures
        Where pictures come from; those that the folder keeps where it is left out.
    readable
        Called with the place of the page as soon as it can be read, before the other files are made.

    Returns
    -------
    tuple
        (path, what it is) of each file, in the order of `WHAT`: the report first.

    Raises
    ------
    ReportError
        A file cannot be written, with path, needed and free bytes; or somebody else's file is in
        the way, or a file that the study reads. Nothing has changed then.
    """
    if isinstance(results, Path):
        with claim(results) as place:
            return deliver(
                result, content, place, formats=formats, pictures=pictures, readable=readable
            )
    # Formats of an earlier run stay: a folder whose files disagree would be worse than a longer run.
    earlier = results.marker.formats if formats else ()
    wanted = tuple(dict.fromkeys((*earlier, *(formats or result.spec.report.formats))))

    def made(files: Mapping[str, bytes]) -> None:
        if readable is not None and PAGE in files:
            page = results.show_first(PAGE, files[PAGE])
            if page is not None:
                readable(page)

    # All files are made in memory first: an error leaves the last delivery untouched.
    draws = list_draws(results.store.folder / DRAWS)
    files = files_of(result, content, wanted, pictures or Pictures(results.store), made, draws)
    n_briefs = sum(name.startswith("briefs/") for name in results.marker.files)
    results.deliver(files, wanted, tuple(WHAT))
    if n_briefs:
        results.notes.append(
            message(
                "{n} pages in briefs/ belonged to the results before these and are removed; `xinzhi brief` "
                "writes them anew.",
                one="{n} page in briefs/ belonged to the results before these and is removed; `xinzhi brief` "
                "writes it anew.",
                n=n_briefs,
            )
        )
    return explain(results.folder, files)


def explain(folder: Path, names: Iterable[str]) -> tuple[tuple[Path, Wording], ...]:
    """Say what files of the results are, in the order of `WHAT`."""
    ranks = {pattern: rank for rank, pattern in enumerate(WHAT)}
    ranked = sorted(names, key=lambda name: ranks.get(_kind(name), len(ranks)))
    return tuple((folder / name, describe(name)) for name in ranked)


def files_of(
    result: StudyResult,
    content: Content,
    formats: tuple[str, ...],
    pictures: Pictures,
    made: Callable[[Mapping[str, bytes]], None],
    draws: Sequence[Listed],
) -> Mapping[str, bytes]:
    """Make every file of a study: name within the folder of the results -> content."""
    files: dict[str, bytes] = dict(
        write_report(
            compose(content),
            formats=formats,
            languages=result.spec.report.languages,
            decimals=result.spec.report.decimals,
            pictures=pictures,
            made=made,
        )
    )
    files["results.json"] = json_text(results_json(result, content)).encode()
    if result.of("efficiency"):
        # With a byte order mark: Excel would read Chinese in UTF-8 as another encoding.
        files["scores.csv"] = csv_text(scores_frame(result)).encode("utf-8-sig")
    files |= _reviews(result.panel.ledger)
    if traces := faults_of(result, content):
        files["faults.txt"] = traces.encode()
    # What describes the others keeps its place among them: they are listed in the order of the files.
    files[RUN] = b""
    if result.scripts is not None:
        files |= _deliver_scripts(result.scripts, simulated=result.spec.simulated)
    # It lists all others; files of one kind stand together under their pattern.
    kinds: dict[str, list[str]] = {}
    for name in ("README.md", *files):
        kinds.setdefault(_kind(name), []).append(name)
    contents = {
        names[0] if len(names) == 1 else pattern: describe(names[0])
        for pattern, names in kinds.items()
    }
    files["README.md"] = readme(result, content.title, contents).encode()
    files[RUN] = run_json(result, files, draws).encode()
    return files


def faults_of(result: StudyResult, content: Content) -> str:
    """Write what is known of each fault of the program: sentence, versions, traceback; each once."""
    failed = (p for each in result.failures if isinstance(each, Unavailable) for p in each.problems)
    traces = {p.trace: p for p in (*failed, *content.problems) if p.trace}
    head = f"xinzhi {version('xinzhi')}, Python {python_version()}, {platform()}"
    parts = (f"{say(problem.what, 'en')}\n\n{trace}" for trace, problem in traces.items())
    return "\n\n".join((head, *parts)) if traces else ""


def run_json(result: StudyResult, files: Mapping[str, bytes], draws: Sequence[Listed]) -> str:
    """Write what was run, with the digests of all other files and of the draws that are kept."""
    return json_text(
        {
            **build_manifest(result),
            "outputs": {
                name: sha256(data).hexdigest() for name, data in files.items() if name != RUN
            },
            "draws": [
                {"name": d.about.name, "key": d.about.key, "n": d.about.n, "sha256": d.about.sha256}
                for d in draws
                if d.about.sha256
            ],
        }
    )


def planned(spec: StudySpec) -> tuple[str, ...]:
    """List the files that a study may write, as far as they are known in advance."""
    return (*certain(spec), *(_review(name) for name, _ in spec.prepare))


def certain(spec: StudySpec) -> tuple[str, ...]:
    """List the files that a study will write whatever the data say."""
    languages, formats = spec.report.languages, spec.report.formats
    pages = {
        "html": ("report.html",),
        "xlsx": ("tables.xlsx",),
        "docx": tuple(in_language("report", "docx", each, languages) for each in languages),
    }
    return (
        *(name for kind in formats for name in pages.get(kind, ())),
        *("results.json", "run.json", "README.md"),
        *(("scores.csv",) if spec.sections("efficiency") else ()),
    )


def _reviews(ledger: Ledger) -> dict[str, bytes]:
    """Write the records that need a decision, one file per step."""
    tables = {
        _review(entry.step): pd.DataFrame(entry.records[1:], columns=entry.records[0])
        for entry in ledger.entries
        if entry.records
    }
    return {name: csv_text(table).encode("utf-8-sig") for name, table in tables.items()}


def _review(step: str) -> str:
    return f"{stems([f'review_{step}'])[0]}.csv"


def _deliver_scripts(study: Exported, *, simulated: bool) -> dict[str, bytes]:
    first = "{mark} SIMULATED DATA: nothing here describes a real place.\n" if simulated else ""
    return {
        "scripts/study.R": (first.format(mark="#") + r_script(study)).encode(),
        "scripts/study.do": (first.format(mark="*") + stata_script(study)).encode(),
        "scripts/panel.csv": csv_text(study.frame).encode(),
    }


def results_json(result: StudyResult, content: Content) -> dict[str, object]:
    """Every number of every table, with stable keys."""
    return {
        **content.blocks,
        "title": {language: say(content.title, language) for language in LANGUAGES},
        "simulated": result.spec.simulated,
        "match": result.reading.coverage.to_dict() if result.reading.coverage else None,
        "rows": [ledger.to_dict() for ledger in result.reading.ledgers],
        "tables": {
            table.id: table.machine if result.panel.per_year == 1 else in_quarters(table.machine)
            for tables in content.tables.values()
            for table in tables
        },
        "efficiency": {
            name: {"n": scores.n, **{status: scores.count(status) for status in STATUSES}}
            for name, scores in result.of("efficiency").items()
        },
        "notices": [
            {
                "code": notice.code,
                "text": {language: say(notice.text, language) for language in LANGUAGES},
                "where": str(notice.where),
            }
            for notice in content.notices
        ],
    }


OF_PERIODS = frozenset((PERIOD, "from", "to"))
"""Keys of results.json whose values are periods."""


def in_quarters(part: object) -> object:
    """Name the quarters in the numbers of a table."""
    if isinstance(part, list):
        return [in_quarters(item) for item in part]
    if not isinstance(part, Mapping):
        return part
    return {
        key: period_key(value)
        if key in OF_PERIODS and isinstance(value, int)
        else in_quarters(value)
        for key, value in part.items()
    }


def scores_frame(result: StudyResult) -> pd.DataFrame:
    """Scores of all measurements below each other: entity, period, score, status, slacks and so on."""
    parts = []
    for name, scores in result.of("efficiency").items():
        frame = scores.to_frame()
        frame.insert(0, "measurement", name)
        frame["peers"] = [_peers(scores, position) for position in range(scores.n)]
        for key, analysis in in_order():
            of_analysis = result.of(key)
            if isinstance(analysis, BesideScores) and name in of_analysis:
                columns = analysis.beside_scores(of_analysis[name])
                # Rows have the order of the scores; their own index may lack the periods.
                frame = frame.join(columns.set_axis(frame.index))
        parts.append(with_names(frame.reset_index()))
    every: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return every.assign(simulated="simulated") if result.spec.simulated else every


def _peers(scores: EfficiencyResult, position: int) -> str:
    """Peers with their intensities: `CHE 2019: 0.31; POL 2019: 0.1`."""
    words = []
    for peer in scores.peers[position]:
        entity, period = scores.labels[peer.position]
        when = "" if period is None else f" {period_name(period)}"
        words.append(f"{entity}{when}: {peer.intensity:.6g}")
    return "; ".join(words)
