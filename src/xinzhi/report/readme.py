"""README.md of the results folder: what the files are, and how to reproduce them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import version

from xinzhi.report.formats.md import markdown
from xinzhi.study.file.settings import as_words
from xinzhi.study.result import StudyResult
from xinzhi.wording import Language, Wording, message, say


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
