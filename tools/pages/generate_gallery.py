"""Writes the gallery: printed tables beside what a study file finds, in both languages.

Each folder of docs/gallery/data holds the data, a study file and `page.toml`: the texts, and the
printed figures with the place of each in the results. `uv run python tools/pages/generate_gallery.py` runs
every study and writes docs/gallery and docs/zh/gallery; `--pictures` also draws the tables of the
reports with Chromium. A test runs the studies again and compares the pages.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from xinzhi.cli.main import main as xinzhi

DOCS = Path(__file__).parents[2] / "docs"
DATA = DOCS / "gallery" / "data"
IMAGES = DOCS / "images"
MADE = "<!-- Made by tools/pages/generate_gallery.py. -->"
FOLDERS = {"en": DOCS / "gallery", "zh": DOCS / "zh" / "gallery"}
TO_DATA = {"en": "data", "zh": "../../gallery/data"}
TO_IMAGES = {"en": "../images", "zh": "../../images"}
SMALL = 1e-9
"""A relative difference below which only the last bits of a computer differ."""
ORDER = (
    "follow-through", "sbm", "super-sbm", "undesirable-outputs", "scale-efficiency", "malmquist", "provinces",
    "grunfeld", "state-production", "wages", "gasoline", "cigarettes", "longley",
)  # fmt: skip
WORDS = {
    "title": {"en": "Gallery", "zh": "复现实例"},
    "lead": {
        "en": "Published tables and studies, each computed again by one study file from data that anybody may use. "
        "A page shows the question, the data, the study file, and every figure of the source beside the computed one. Where the printed "
        "table was not at hand, the source is the output of another program on the published data. "
        "A test runs each study and compares the pages figure by figure. "
        "[Methods of index papers](index-methods.md) are recomputed on a page of their own.",
        "zh": "下列各页用一个研究文件、依据可自由使用的数据，重新计算已发表的表格与研究。每页给出问题、数据、"
        "研究文件，并将出处的每个数值与本软件的结果逐一对照；未能取得刊印表格的，以其他软件对已发表数据的输出作为对照。"
        "测试会重新运行全部研究，逐个核对页面上的数值。[指数类论文所用的方法](index-methods.md)另页复现。",
    },
    "study": {"en": "Study", "zh": "案例"},
    "printed_in": {"en": "Reference figures", "zh": "数值出处"},
    "agree": {"en": "Figures that agree", "zh": "一致的数值"},
    "question": {"en": "Question", "zh": "问题"},
    "data": {"en": "Data and licence", "zh": "数据与许可"},
    "study_file": {"en": "Study file", "zh": "研究文件"},
    "comparison": {"en": "Reference figures and computed results", "zh": "对照数值与计算结果"},
    "differs": {"en": "What differs, and why", "zh": "差异及其原因"},
    "printed": {"en": "reference", "zh": "对照值"},
    "ours": {"en": "xinzhi", "zh": "xinzhi"},
    "difference": {"en": "difference", "zh": "差值"},
    "figure": {"en": "Figure", "zh": "项目"},
    "files": {
        "en": "Files: [data.csv]({0}/data.csv), [study.yaml]({0}/study.yaml). Run in the folder that holds both:",
        "zh": "文件：[data.csv]({0}/data.csv)、[study.yaml]({0}/study.yaml)。在两个文件所在的文件夹中运行：",
    },
    "sum": {
        "en": "{agree} of {all} figures agree to every digit given.",
        "zh": "{all} 个对照数值中，{agree} 个在给出的全部位数上一致。",
    },
    "missed": {
        "en": "† marks a figure that differs by more than half a unit of its last digit.",
        "zh": "† 表示差值超过对照值末位的半个单位。",
    },
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a run leaves: its results, and its scores by measurement and row."""

    results: Mapping[str, Any]
    scores: Mapping[str, Mapping[str, Mapping[str, str]]]

    def at(self, place: str, row: str) -> float | str:
        """Give the value at a place, in which {row} stands for the row of the table."""
        first, *steps = place.replace("{row}", row).split("/")
        if first == "scores":
            measurement, column = steps
            written = self.scores[measurement][row][column]
            return written if column == "returns" else float(written)
        value: Any = self.results[first]
        for step in steps:
            value = _next(value, step)
        return float(value)


def _next(value: Any, step: str) -> Any:
    """Go one step down: a key, a number of a list, or `entity=1,to=2002` in a list of rows."""
    if "=" not in step:
        return value[int(step) if isinstance(value, list) else step]
    wanted = dict(pair.split("=") for pair in step.split(","))
    (found,) = (one for one in value if all(str(one[k]) == v for k, v in wanted.items()))
    return found


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed figure beside the computed one."""

    printed: str
    value: float | str

    @property
    def decimals(self) -> int:
        """Digits behind the point, as printed."""
        return len(self.printed.partition(".")[2])

    @property
    def difference(self) -> float:
        """Computed less printed; 0 where only the last bits of a computer could differ."""
        off = float(self.value) - float(self.printed)
        return 0.0 if abs(off) <= SMALL * abs(float(self.printed)) else off

    @property
    def agrees(self) -> bool:
        """Whether the value is written with the printed digits."""
        if isinstance(self.value, str):
            return self.value == self.printed
        return abs(self.difference) <= 0.5 * 10.0**-self.decimals * (1 + 1e-6)

    def cells(self) -> list[str]:
        """Write what is printed, ours and the difference."""
        mark = "" if self.agrees else " †"
        if isinstance(self.value, str):
            return [self.printed, self.value, mark.strip()]
        digits = len(re.sub(r"\D", "", self.printed).lstrip("0"))
        decimals = self.decimals + 2 if digits <= 8 else self.decimals
        ours = f"{self.value:.{decimals}f}" if digits <= 8 else f"{self.value:.9g}"
        return [self.printed, ours, (f"{self.difference:.0e}" if self.difference else "0") + mark]


def main(words: Sequence[str]) -> None:
    """Run the studies and write the pages; the pictures too where that is said."""
    with tempfile.TemporaryDirectory() as folder:
        found = {name: run(name, Path(folder)) for name in ORDER}
        if "--pictures" in words:
            for name in ORDER:
                for language in FOLDERS:
                    picture(name, language, Path(folder))
    for path, text in pages(found).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def spec(name: str) -> dict[str, Any]:
    """Read the texts and the printed figures of a study."""
    return tomllib.loads((DATA / name / "page.toml").read_text(encoding="utf-8"))


def run(name: str, folder: Path) -> Found:
    """Run a study, as `xinzhi run study.yaml` does, in a copy of its folder."""
    place = folder / name
    shutil.copytree(DATA / name, place)
    command("run", str(place / "study.yaml"))
    results = json.loads((place / "results" / "results.json").read_text(encoding="utf-8"))
    scores: dict[str, dict[str, dict[str, str]]] = {}
    if (place / "results" / "scores.csv").exists():
        with (place / "results" / "scores.csv").open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                key = f"{row['entity']} {row['period']}".strip()
                scores.setdefault(row["measurement"], {})[key] = row
    return Found(results, scores)


def command(*words: str) -> None:
    """Call `xinzhi WORDS` in this process, without what it prints."""
    quiet = io.StringIO()
    arguments = mock.patch.object(sys, "argv", ["xinzhi", *words])
    with arguments, contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
        try:
            xinzhi()
        except SystemExit as stop:
            if stop.code:
                raise RuntimeError(quiet.getvalue()) from stop


def pages(found: Mapping[str, Found]) -> dict[Path, str]:
    """Return path -> text of every page, and of both indexes."""
    written = {}
    for language, folder in FOLDERS.items():
        written[folder / "index.md"] = index(found, language)
        for name, one in found.items():
            written[folder / f"{name}.md"] = page(name, one, language)
    return written


def index(found: Mapping[str, Found], language: str) -> str:
    """Write the list of the studies."""
    lines = [f"# {said('title', language)}\n\n{MADE}\n", said("lead", language), ""]
    lines += row([said(word, language) for word in ("study", "printed_in", "agree")])
    lines += row(["---", "---", "---:"])
    for name, one in found.items():
        texts = spec(name)
        figures = list(all_figures(texts, one))
        met = f"{sum(figure.agrees for figure in figures)} / {len(figures)}"
        lines += row([f"[{texts['title'][language]}]({name}.md)", texts["source"][language], met])
    return "\n".join(lines) + "\n"


def page(name: str, found: Found, language: str) -> str:
    """Write the page of a study."""
    texts = spec(name)
    title = texts["title"][language]
    study = (DATA / name / "study.yaml").read_text(encoding="utf-8").rstrip()
    parts = [f"# {title}", MADE]
    for heading in ("question", "data"):
        parts += [f"## {said(heading, language)}", paragraph(texts[heading], language)]
    parts += [
        f"## {said('study_file', language)}",
        f'```yaml title="study.yaml"\n{study}\n```',
        said("files", language).format(f"{TO_DATA[language]}/{name}"),
        "```sh\nxinzhi run study.yaml\n```",
        f"![{texts['picture'][language]}]({TO_IMAGES[language]}/{image(name, language)})",
        f"## {said('comparison', language)}",
        f"{said('printed_in', language)}{'：' if language == 'zh' else ': '}{texts['source'][language]}",
    ]
    for one in texts["table"]:
        parts += [f"**{one['title'][language]}**", table(one, found, language)]
    figures = list(all_figures(texts, found))
    met = sum(figure.agrees for figure in figures)
    note = said("sum", language).format(agree=met, all=len(figures))
    if met < len(figures):
        note += ("" if language == "zh" else " ") + said("missed", language)
    parts += [note, f"## {said('differs', language)}", paragraph(texts["differs"], language)]
    return "\n\n".join(parts) + "\n"


def table(one: Mapping[str, Any], found: Found, language: str) -> str:
    """Write a printed table beside the computed one, a line for each figure."""
    columns = [column[language] for column in one["columns"]]
    several = len(columns) > 1
    kinds = [said(kind, language) for kind in ("printed", "ours", "difference")]
    lines = row([one["first"][language], *([said("figure", language)] if several else []), *kinds])
    lines += row(["---"] * (1 + several) + ["---:"] * 3)
    for key, figures in rows(one, found):
        label = one.get("labels", {}).get(key, {}).get(language, key)
        for name, figure in zip(columns, figures, strict=True):
            lines += row([label, *([name] if several else []), *figure.cells()])
    return "\n".join(lines)


def rows(one: Mapping[str, Any], found: Found) -> Iterator[tuple[str, list[Figure]]]:
    """Go through the rows of a table: key, and its figures; an empty cell is not printed."""
    for key, *printed in one["rows"]:
        figures = []
        for column, text in zip(one["columns"], printed, strict=True):
            value = found.at(column["at"], key)
            figures.append(Figure(text, column.get("words", {}).get(value, value)))
        yield key, figures


def all_figures(texts: Mapping[str, Any], found: Found) -> Iterator[Figure]:
    """Go through the printed figures of all tables of a study."""
    for one in texts["table"]:
        for _, figures in rows(one, found):
            yield from figures


def row(cells: Sequence[str]) -> list[str]:
    """Write a line of a table."""
    return [f"| {' | '.join(cells)} |"]


def paragraph(texts: Mapping[str, str], language: str) -> str:
    """Join the lines of a text: a space between them would stand within a Chinese sentence."""
    return ("" if language == "zh" else " ").join(texts[language].split("\n")).strip()


def said(word: str, language: str) -> str:
    """Give a text of the pages in a language."""
    return WORDS[word][language]


def image(name: str, language: str) -> str:
    """Name the picture of a study."""
    return f"gallery-{name}{'' if language == 'en' else '.zh'}.png"


ALONE = """<script>(async () => {
  while (!document.body.dataset.drawn) await new Promise((go) => setTimeout(go, 50));
  const part = document.getElementById("%s"); document.body.replaceChildren(part);
  for (const child of [...part.children])
    if (!child.matches("figcaption, table, svg") && !child.querySelector("table, svg")) child.remove();
  document.body.style.padding = "12px"; document.body.style.maxWidth = "none";
})();</script>"""


def picture(name: str, language: str, folder: Path) -> None:
    """Draw the table or figure of the report that `page.toml` names, in a language."""
    place = folder / name
    if language == "zh":
        command("run", str(place / "study.yaml"), "--set", "report.languages=[zh]")
    text = (place / "results" / "report.html").read_text(encoding="utf-8")
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    before, end, after = text.rpartition("</body>")
    copy, shot = place / "copy.html", place / "shot.png"
    copy.write_text(before + ALONE % spec(name)["picture"]["id"] + end + after, encoding="utf-8")
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         "--window-size=900,1600", "--virtual-time-budget=20000", f"--screenshot={shot}",
         f"--user-data-dir={folder / 'profile'}", copy.as_uri()],
        check=True, capture_output=True,
    )  # fmt: skip
    subprocess.run(
        ["convert", shot, "-trim", "-bordercolor", "white", "-border", "12", "-colors", "32",
         IMAGES / image(name, language)],
        check=True,
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
