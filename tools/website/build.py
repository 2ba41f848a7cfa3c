"""Build the documentation in both languages: `uv run --group docs python tools/website/build.py` writes site/.

English stands at the top, Chinese in zh/. Both have the same pages at the same places: one that is not translated
(reference, decisions) stands in the Chinese site in English. Zensical reads one configuration a language; both are
made here. Nothing is fetched, neither when it is built nor when it is read.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path, PurePosixPath
from typing import Any

HERE = Path(__file__).resolve().parent
DOCS = HERE.parents[1] / "docs"
LANGUAGES = ("en", "zh")
NAMES = {"en": "English", "zh": "中文"}
DESCRIPTIONS = {
    "en": "Green efficiency of cities and what explains it, from raw data to printed report.",
    "zh": "城市绿色效率及其影响因素：从原始数据到成文报告。",
}
HOME = {"en": "Home", "zh": "首页"}
ROW = re.compile(r"^\|.*\|$", re.MULTILINE)
CODE = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"(?<=\]\()(?!https?:|#)([^)#\s]+)")
COLOUR = re.compile(r"\x1b\[[\d;]*m")
SEPARATOR = r"""[\s\-_,.:;!?=\[\]()\\"'`/，。、；：！？（）《》“”]+|(?<=[\u4e00-\u9fff])(?=[\u4e00-\u9fff])"""
"""Where the search divides text into words: also between any two Chinese characters, which no space divides."""
TITLES = (
    (re.compile(r'(?<=title=")part of ([^"]+)'), r"\1（节选）"),
    (re.compile(r'(?<=title=")([^"]+), as written'), r"\1（命令写出的内容）"),
    (re.compile(r'(?<=title=")exit code (\d+)'), r"退出码 \1"),
)
"""Titles of blocks, by which the tests know what to do with them, as Chinese readers see them."""
EXTENSIONS = {
    "admonition": {},
    "attr_list": {},
    "tables": {},
    "toc": {"permalink": True, "slugify": {"kwds": {"case": "lower"}}},
    "pymdownx.highlight": {},
    "pymdownx.superfences": {},
    "equations": {},
}


def main() -> None:
    """Build both sites."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=HERE.parents[1] / "site")
    build(parser.parse_args().out)


def build(out: Path) -> None:
    """Write the English site to a folder and the Chinese one to zh/ within it."""
    shutil.rmtree(out, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(HERE / "theme", Path(folder) / "theme")
        for language in LANGUAGES:
            docs = Path(folder) / language
            for page, text in pages(language).items():
                (docs / page).parent.mkdir(parents=True, exist_ok=True)
                (docs / page).write_text(text, encoding="utf-8")
            for place, file in others(language).items():
                (docs / place).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, docs / place)
            shutil.copytree(HERE / "assets", docs / "assets")
            configured = Path(folder) / f"{language}.yml"
            configured.write_text(json.dumps(configuration(language)), encoding="utf-8")
            zensical("build", "--strict", "--config-file", str(configured))
            shutil.copytree(
                Path(folder) / f"site-{language}", out / within(language), dirs_exist_ok=True
            )


def zensical(*words: str) -> None:
    """Run Zensical with our extension on its path; what it complains of ends the build."""
    path = os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", "zensical", *words]
    surroundings = os.environ | {"PYTHONPATH": path}
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
    if done.returncode:
        told = COLOUR.sub("", done.stdout + done.stderr)
        raise SystemExit(told.partition("Traceback")[0])


def within(language: str) -> str:
    """Return the folder of a language in the site."""
    return "" if language == "en" else language


def english() -> list[PurePosixPath]:
    """List the English pages."""
    found = (page.relative_to(DOCS) for page in sorted(DOCS.rglob("*.md")))
    return [PurePosixPath(page) for page in found if page.parts[0] != "zh"]


def others(language: str) -> dict[PurePosixPath, Path]:
    """Return place -> file of what pages refer to (pictures, notebooks), which may exist for a language."""
    found: dict[PurePosixPath, Path] = {}
    for file in sorted(DOCS.rglob("*"), key=lambda file: "zh" in file.parts):
        place = file.relative_to(DOCS)
        if file.is_file() and file.suffix not in {".md", ".py", ".pyc"}:
            if place.parts[0] != "zh":
                found[PurePosixPath(place)] = file
            elif language == "zh":
                found[PurePosixPath(*place.parts[1:])] = file
    return found


def pages(language: str) -> dict[PurePosixPath, str]:
    """Return place -> text of each page of a language; where none is translated, the English one."""
    written = {page: (DOCS / page).read_text(encoding="utf-8") for page in english()}
    if language == "zh":
        for page in sorted((DOCS / "zh").rglob("*.md")):
            place = PurePosixPath(page.relative_to(DOCS / "zh"))
            written[place] = _in_chinese(_at_home(page.read_text(encoding="utf-8"), place))
    return {place: ROW.sub(_with_bars, text) for place, text in written.items()}


def _with_bars(row: re.Match[str]) -> str:
    """Write bars within code in a row of a table as they are: only the repository's own view wants them escaped."""
    return CODE.sub(lambda code: code.group().replace(r"\|", "|"), row.group())


def _at_home(text: str, place: PurePosixPath) -> str:
    """Let links of a Chinese page into the English tree lead to the same page of the Chinese site."""

    def moved(found: re.Match[str]) -> str:
        target = os.path.normpath(Path("zh") / place.parent / found[1])
        inside = target.removeprefix(f"zh{os.sep}")
        return Path(os.path.relpath(inside, place.parent)).as_posix()

    return LINK.sub(moved, text)


def _in_chinese(text: str) -> str:
    """Write the titles of blocks in Chinese."""
    for title, chinese in TITLES:
        text = title.sub(chinese, text)
    return text


def sections() -> list[dict[str, Any]]:
    """Read the sections of the menu."""
    return tomllib.loads((HERE / "menu.toml").read_text(encoding="utf-8"))["section"]  # type: ignore[no-any-return]


def menu(language: str) -> list[dict[str, object]]:
    """List the pages under their sections, in the order of menu.toml."""
    there = [str(page) for page in english()]
    listed: list[dict[str, object]] = [{HOME[language]: "index.md"}]
    for section in sections():
        folder = section["folder"]
        first = [f"{folder}/{name}.md" for name in section.get("first", [])]
        others = [page for page in there if str(PurePosixPath(page).parent) == folder]
        first = [*(f"{name}.md" for name in section.get("also", [])), *first]
        if own := [*first, *(page for page in others if page not in first)]:
            listed.append({section[language]: own})
    return listed


def configuration(language: str) -> dict[str, object]:
    """Write what Zensical wants to know of a language."""
    other = next(one for one in LANGUAGES if one != language)
    link = "../" if language == "zh" else "zh/"
    return {
        "site_name": "xinzhi 新质",
        "site_description": DESCRIPTIONS[language],
        "docs_dir": language,
        "site_dir": f"site-{language}",
        "use_directory_urls": False,
        "theme": {
            "language": language,
            "custom_dir": "theme",
            "font": False,
            "features": ["navigation.sections", "navigation.top", "content.code.copy"],
            "palette": [
                {"media": f"(prefers-color-scheme: {shade})", "scheme": scheme, "primary": "teal"}
                for shade, scheme in (("light", "default"), ("dark", "slate"))
            ],
        },
        "extra": {
            "generator": False,
            "alternate": [{"name": NAMES[other], "link": link, "lang": other}],
            "polyfills": ["assets/iframe-worker.js"],
        },
        "extra_css": ["assets/site.css"],
        "plugins": [{"search": {"separator": SEPARATOR}}, "offline"],
        "markdown_extensions": EXTENSIONS,
        "nav": menu(language),
    }


if __name__ == "__main__":
    main()
