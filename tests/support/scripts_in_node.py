"""The scripts of our pages run by node over a small model of a page: what readers see after sorting, choosing, switching."""

from __future__ import annotations

import json
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from layout import place_of

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed")
EMPTY = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "path", "source", "wbr"}
REPORT = "xinzhi/report/page/report.js"
FRAME = """\
const given = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
globalThis.document = built(given.page);
globalThis.location = { search: given.search ?? "", hash: given.hash ?? "" };
globalThis.kept = {};
globalThis.localStorage = { getItem: (key) => kept[key] ?? null, setItem: (key, value) => { kept[key] = value; } };
globalThis.drawn = [];
globalThis.vegaEmbed = async (box, specification) => {
  drawn.push([box.dataset.chart, specification.description]);
  box.replaceChildren(document.createElement("svg"));
  return { finalize() {} };
};
const settled = async () => {
  // The page says when all is drawn in its language.
  for (let n = 0; n < 500 && document.body?.dataset.drawn !== document.documentElement.lang; n += 1) {
    await new Promise((done) => setTimeout(done, 10));
  }
};
const cellsOf = (row) => row.cells.map((cell) => cell.textContent.trim());
const bodyOf = (table) => table.tBodies[0].rows.map(cellsOf);
"""


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[list] = [["#root", {}, []]]

    def handle_starttag(self, tag, attrs):
        made = [tag, dict(attrs), []]
        self.stack[-1][2].append(made)
        if tag not in EMPTY:
            self.stack.append(made)

    def handle_endtag(self, tag):
        if tag in EMPTY:
            return
        while len(self.stack) > 1 and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data):
        self.stack[-1][2].append(data)


def tree_of(html: str):
    """Read a page as nested lists: the name of an element, its attributes, its parts."""
    parser = _Tree()
    parser.feed(html)
    return next(one for one in parser.stack[0][2] if one[0] == "html")


def source(name: str) -> str:
    """Give the text of a script by its address; modules as plain text that runs in one scope."""
    text = place_of(name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("import ")]
    return "\n".join(line.removeprefix("export ") for line in lines)


def evaluated(html: str, script: str, steps: str, **given):
    """Run a script over a page, then steps that end in `return VALUE`; gives the value."""
    dom = Path(__file__).with_name("page_dom.js").read_text(encoding="utf-8")
    code = f"{dom}\n{FRAME}\n(async () => {{\n{script}\nawait settled();\n{steps}\n}})().then((found) => process.stdout.write(JSON.stringify(found ?? null)));"
    words = json.dumps({"page": tree_of(html), **given})
    done = subprocess.run(
        [NODE, "-e", code], input=words, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)
