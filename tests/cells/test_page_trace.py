"""A click on a number of the page gives the address by which `xinzhi explain` leads it back to files and cells."""

from __future__ import annotations

import re
import shlex

import pytest

from browser import needs_browser, seen
from xinzhi.report.build import content_of
from xinzhi.report.document import compose
from xinzhi.report.format import write_report
from xinzhi.report.trace import trace_number
from xinzhi_core.wording import said

pytestmark = pytest.mark.long

CLICK = """
const found = { cells: [], models: [], chosen: [], hidden: [] };
for (const box of document.querySelectorAll(".trace")) {
  const figure = box.closest("figure");
  found.hidden.push(box.hidden || box.open);
  found.models.push([figure.dataset.id, box.querySelector(".model").hidden ? null : box.querySelector("a").getAttribute("href")]);
  for (const cell of figure.querySelectorAll("tbody td")) {
    const code = box.querySelector("code");
    code.textContent = "";
    cell.click();
    if (code.textContent && cell.textContent.trim()) found.cells.push([cell.textContent.trim(), code.textContent]);
  }
  const select = box.querySelector("select.row");
  select.selectedIndex = select.options.length - 1;
  select.dispatchEvent(new Event("change"));
  found.chosen.push([select.selectedOptions[0].textContent, box.querySelector("code").textContent]);
}
return found;
"""


@pytest.fixture(scope="module")
def content(mechanism):
    return content_of(mechanism.result)


@needs_browser
@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_number_has_the_address_of_its_cell(mechanism, content, tmp_path, language):
    """What `explain` prints for the address is what was clicked; the model is the equation of the table."""
    page = tmp_path / "report.html"
    written = write_report(compose(content), formats=["html"], languages=("en", "zh"))
    page.write_bytes(written["report.html"])
    found = seen(page, CLICK, f"?lang={language}", folder=tmp_path)

    assert len(found["cells"]) > 40
    assert not any(found["hidden"])
    numbers = set()
    for printed, command in found["cells"]:
        *start, address = shlex.split(command)
        assert start == ["xinzhi", "explain", "study.yaml"]
        trace = trace_number(mechanism.result, content, address)
        assert re.sub(r"\s", "", printed) == re.sub(r"\s", "", trace.printed)
        numbers.add(trace.address.rpartition(".")[2])
    assert numbers == {"b", "se"}

    equations = {one.id: n for n, one in enumerate(_equations(content), 1)}
    for table, href in found["models"]:
        own = next(
            (n for id_, n in equations.items() if id_ == table or id_.startswith(f"{table}_")), None
        )
        assert href == (own and f"#equation-{own}")
    assert any(href for _, href in found["models"])
    for label, command in found["chosen"]:
        # The first column may not have it; without one `explain` takes the first that does.
        address = re.sub(r"\.col\d+", "", shlex.split(command)[-1])
        assert label in said(trace_number(mechanism.result, content, address).row)


def _equations(content):
    return [equation for part in content.methods for equation in part.equations]
