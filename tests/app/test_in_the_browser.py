"""The whole way in a real browser, in both languages: from files to a table in Word, and nothing is complained of.

It needs more than the other tests (see `page_in_browser`), is skipped without it, and `.ci/run` runs it.
"""

from __future__ import annotations

import io
import json
import re
import signal
import zipfile

import pytest

from made_runs import kill_all, wait, write_study
from page_in_browser import AXE, MISSING, Server, Window, browser, served, text_of
from xinzhi.study.file.load import load
from xinzhi_app.child import Runs
from xinzhi_app.words import every_word
from xinzhi_core.wording import message, say

if AXE and MISSING:
    raise RuntimeError(MISSING)
pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason=f"needs {MISSING}"),
    pytest.mark.xdist_group("browser"),
]
YEARS = range(2008, 2016)
CITIES = ["唐山市", "大同市", "太原市", "长治市", "朔州市", "包头市", "赤峰市", "鞍山市"]
FILES = {"jobs.csv": "从业人员", "gdp.csv": "地区生产总值", "so2.csv": "二氧化硫"}
DRAWS = 3000
ONE_COLUMN, TWO_COLUMNS = "[{x: [factors, controls]}]", "[{x: [factors, controls]}, {x: [factors]}]"
DROPPED = """(files) => {
  const transfer = new DataTransfer();
  for (const [name, text] of files) transfer.items.add(new File([text], name));
  return transfer;
}"""

COPIED = """async () => {
  const [item] = await navigator.clipboard.read({ unsanitized: ["text/html"] });
  return (await item.getType("text/html")).text();
}"""


@pytest.fixture(scope="module")
def chromium():
    with browser() as opened:
        yield opened


@pytest.fixture
def folder(tmp_path):
    yield tmp_path
    kill_all(tmp_path)


def csv_of(column):
    """Write one indicator of all cities."""
    k = sum(map(ord, column)) % 11 + 2
    rows = [
        f"{city},{year},{50 + n * k % 7 * 9 + (year - 2000) * (n % k + 1):.1f}"
        for n, city in enumerate(CITIES)
        for year in YEARS
    ]
    return "\n".join([f"城市,年份,{column}", *rows])


class Reader:
    """Somebody who goes through the pages in a language."""

    def __init__(self, context, server, lang):
        self.window, self.lang, self.words = Window(context, server), lang, every_word()[lang]
        self.page = self.window.page

    def say(self, key, **values):
        """Give a word of the page, as it stands there."""
        return self.words[key][0].format(**values)

    def press(self, key, **values):
        """Press a button by its word."""
        self.page.get_by_role("button", name=self.say(key, **values), exact=True).click()

    def sees(self, key):
        """Wait until a sentence stands on the page, whatever values are in it."""
        pattern = ".*".join(map(re.escape, re.split(r"\{\w+\}", self.words[key][0])))
        self.page.get_by_text(re.compile(pattern)).first.wait_for()

    def state(self, *states):
        """Wait until a run stands so."""
        self.page.wait_for_selector(",".join(f"[data-state={one}]" for one in states))


@pytest.fixture
def reader(chromium, folder, request):
    lang = getattr(request, "param", "en")
    with served(folder, lang) as server:
        rights = ["clipboard-read", "clipboard-write"]
        context = chromium.new_context(permissions=rights, accept_downloads=True, locale="en-GB")
        found = Reader(context, server, lang)
        yield found
        context.close()
    assert found.window.complaints == [], "\n".join(found.window.complaints)


both = pytest.mark.parametrize("reader", ["zh", "en"], indirect=True)


@both
def test_the_whole_way(reader, folder):
    """Files, boxes, an error, a run that is cancelled and continued, map, table for Word, download."""
    drop_files(reader)
    fill_boxes(reader, folder)
    mend_an_error(reader, folder)
    run_cancel_continue(reader, folder)
    look_at_results(reader, folder)


def drop_files(reader):
    page = reader.page
    page.get_by_label(reader.say("home.name"), exact=True).fill("study")
    reader.window.look("home")
    reader.press("home.create")
    files = [[name, csv_of(column)] for name, column in FILES.items()]
    page.dispatch_event(".drop", "drop", {"dataTransfer": page.evaluate_handle(DROPPED, files)})
    reader.sees("data.match")
    reader.window.look("data")
    reader.press("data.next")


def fill_boxes(reader, folder):
    """The outcome as suggested, a factor by the keyboard alone, a control by the mouse."""
    page = reader.page
    boxes = page.locator(".box")
    titles = {name: say(message(name), reader.lang) for name in ("Outcome", "Factors", "Controls")}
    box = {
        name: boxes.filter(has=page.get_by_role("heading", name=title, exact=True))
        for name, title in titles.items()
    }
    page.locator(".shelf .chip").first.wait_for()
    reader.window.look("study")

    box["Outcome"].locator(".chip.add").click()
    box["Outcome"].locator(".chip:not(.add)").wait_for()
    page.locator('.shelf [data-at="|从业人员"]').focus()
    page.keyboard.press("Enter")
    wait(lambda: press_down(page), lambda words: words == titles["Factors"])
    page.keyboard.press("Enter")
    known = {"zh": "从业人员", "en": "Employment"}[reader.lang]
    box["Factors"].get_by_text(known).first.wait_for()
    page.locator('.shelf [data-at="|二氧化硫"]').drag_to(box["Controls"])
    box["Controls"].get_by_text("二氧化硫").first.wait_for()
    reader.window.look("boxes")
    text = (folder / "study" / "study.yaml").read_text(encoding="utf-8")
    assert page.locator("#text").input_value() == text
    (table,) = load(folder / "study" / "study.yaml").sections("tables").values()
    assert table.outcome == "GE"


@both
def test_names_are_filled_in_a_table(reader, folder):
    """What has no name in a language is listed; once all have both, the report is written in both."""
    drop_files(reader)
    page, study = reader.page, folder / "study" / "study.yaml"
    missing = page.locator(".names-table input.missing")
    missing.first.wait_for()
    reader.window.look("names")
    names = [one.get_attribute("data-name") for one in missing.all()]
    assert names
    for at, name in enumerate(names):
        box = page.locator(f'.names-table [data-name="{name}"]')
        box.fill(f"Name {at}")
        page.keyboard.press("Tab")
        wait(missing.count, lambda left, at=at: left == len(names) - at - 1)
    reader.press("study.names_both")
    wait(lambda: study.read_text(encoding="utf-8"), lambda text: "languages: [zh, en]" in text)
    spec = load(study)
    for at, name in enumerate(names):
        variable, language = name.split("|")
        options = {**spec.variables.named, **spec.groups}[variable]
        assert say(options.label.label(""), language) == f"Name {at}"
    page.get_by_role("button", name=reader.say("study.names_all"), exact=True).click()
    assert page.locator(".names-table tbody tr").count() == len(spec.variables.named) + len(
        spec.groups
    )


def press_down(page):
    page.keyboard.press("ArrowDown")
    return page.evaluate("document.activeElement.textContent")


def mend_an_error(reader, folder):
    """A word that is not known is shown at its line, and nothing of what was typed is lost."""
    page, study = reader.page, folder / "study" / "study.yaml"
    before = study.read_text(encoding="utf-8")
    more = f"\ninference: {{whole_study: {{draws: {DRAWS}}}}}\n"
    page.locator("#text").fill(before + more.replace("inference", "inferense"))
    line = len(before.splitlines()) + 2
    page.get_by_role("button", name=reader.say("study.to_line", line=line), exact=True).wait_for()
    reader.window.look("error")
    assert study.read_text(encoding="utf-8") == before
    page.reload()
    page.get_by_role("button", name=reader.say("study.to_line", line=line), exact=True).click()
    assert page.evaluate("getSelection().toString()").startswith("inferense")
    mended = before.replace(ONE_COLUMN, TWO_COLUMNS) + more
    page.locator("#text").fill(mended)
    wait(lambda: study.read_text(encoding="utf-8"), lambda text: text == mended)


def run_cancel_continue(reader, folder):
    page = reader.page
    page.get_by_role("link", name=reader.say("tab.run"), exact=True).click()
    reader.sees("run.computes")
    reader.window.look("plan")
    reader.press("run.start")
    reader.state("running")
    runs, study = Runs(), folder / "study" / "study.yaml"
    wait(lambda: runs.status(study), lambda found: "draws" in (found["progress"] or {}))
    page.reload()
    reader.state("running")
    reader.sees("run.draws")
    reader.window.look("running")
    reader.press("run.cancel")
    reader.state("cancelled")
    reader.sees("run.is.cancelled")
    reader.press("run.continue")
    reader.state("running")
    reader.state("finished")
    reader.window.look("finished")
    page.get_by_role("link", name=reader.say("run.results"), exact=True).click()


def look_at_results(reader, folder):
    page, results = reader.page, folder / "study" / "results"
    report = page.frame_locator("iframe.report")
    report.locator("h1").wait_for()
    reader.window.look("report")
    slide_the_map(report)
    choose_columns(reader, json.loads((results / "results.json").read_text(encoding="utf-8")))
    look_at_a_city(reader)
    with page.expect_download() as started:
        page.get_by_role("button", name=reader.say("results.files"), exact=True).click()
        page.get_by_role("link", name=reader.say("results.zip"), exact=True).click()
    reader.window.look("files")
    content = io.BytesIO(started.value.path().read_bytes())
    with zipfile.ZipFile(content) as pack:
        assert pack.read("report.html") == (results / "report.html").read_bytes()


def slide_the_map(report):
    """The map changes with the year."""
    report.locator("input[type=range]").first.wait_for()
    drawing = report.locator(".drawing:has(input[type=range]) svg").first
    before = drawing.inner_html()
    report.locator("input[type=range]").first.press("ArrowLeft")
    wait(drawing.inner_html, lambda now: now != before)


def choose_columns(reader, numbers):
    """Fewer columns make another table, which Word takes with its three rules."""
    page = reader.page
    one = numbers["tables"]["baseline"]
    page.locator("details.contents details").first.get_by_role("button").first.click()
    page.locator(".printed").wait_for()
    reader.window.look("columns")
    page.locator("input[name=column]").first.uncheck()
    kept = one["columns"][1]
    wait(lambda: page.locator(".printed thead tr").last.locator("th").count(), lambda n: n == 1)
    reader.press("results.copy")
    reader.sees("results.copied")
    copied = page.evaluate(COPIED)
    cells = text_of(copied)
    slope = next(iter(kept["coefficients"].values()))
    assert f"{slope['b']:.3f}{slope['stars']}".replace("-", "−") in [row[-1] for row in cells]
    assert {len(row) for row in cells} == {2}
    assert copied.count("border-top:1.5pt solid") == copied.count("border-bottom:1.5pt solid") == 2


def look_at_a_city(reader):
    """A table sorted by a heading, then everything about one city."""
    page = reader.page
    tables = page.locator("details.contents details").last
    if tables.get_attribute("open") is None:
        tables.locator("summary").click()
    tables.get_by_role("button").first.click()
    heading = page.locator(".printed th:has(.sort)").last
    heading.locator("button").click()
    cells = page.locator(".printed tbody tr td:last-child").all_inner_texts()
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    turned = page.locator(".printed tbody tr td:last-child").all_inner_texts()
    # What is missing stays below both ways.
    known = [[cell for cell in column if cell not in {"", "—"}] for column in (cells, turned)]
    assert known[1] == known[0][::-1]
    assert turned[: len(known[1])] == known[1]
    reader.window.look("table")
    page.get_by_role("button", name=reader.say("results.entities"), exact=True).click()
    page.locator("#entity").select_option(index=1)
    page.locator(".view.entity table").first.wait_for()
    reader.window.look("city")


def test_nothing_is_lost_when_the_server_is_killed(chromium, folder):
    """The page says that the connection is lost; the next server shows the run, which has gone on."""
    study = write_study(folder / "s", DRAWS)
    words = every_word()["en"]
    server = Server(folder, "en")
    context = chromium.new_context()
    window = Window(context, server)
    window.go("#/s/run")
    window.page.get_by_role("button", name=words["run.start"][0], exact=True).click()
    window.page.wait_for_selector("[data-state=running]")
    server.close(signal.SIGKILL)
    window.page.get_by_text(words["run.reconnecting"][0]).wait_for()
    context.close()

    with served(folder, "en") as another:
        context = chromium.new_context()
        window = Window(context, another)
        window.go("#/s/run")
        window.page.wait_for_selector("[data-state=running], [data-state=finished]")
        window.page.wait_for_selector("[data-state=finished]")
        assert window.complaints == []
        context.close()
    assert Runs().status(study)["state"] == "finished"


def test_two_browsers_see_one_run(chromium, folder):
    """What one of them starts and cancels, the other one shows."""
    write_study(folder / "s", 100_000)
    words = every_word()["en"]
    with served(folder, "en") as server:
        one, other = (Window(chromium.new_context(), server) for _ in range(2))
        for window in (one, other):
            window.go("#/s/run")
            window.page.wait_for_selector("[data-state=none]")
        one.page.get_by_role("button", name=words["run.start"][0], exact=True).click()
        one.page.wait_for_selector("[data-state=running]")
        other.page.get_by_role("button", name=words["run.start"][0], exact=True).click()
        other.page.wait_for_selector("[data-state=running]")
        assert "at work already" in other.page.locator("#told").inner_text()
        other.page.get_by_role("button", name=words["run.cancel"][0], exact=True).click()
        for window in (one, other):
            window.page.wait_for_selector("[data-state=cancelled]")
        assert one.complaints == []


def test_what_should_not_happen_is_noticed(chromium, folder):
    """The checks of these tests see an error, a request to elsewhere and a button without words."""
    with served(folder, "en") as server:
        window = Window(chromium.new_context(), server)
        window.page.locator("h2").first.wait_for()
        window.look("home")
        assert window.complaints == []
        window.page.evaluate(
            "document.querySelector('main').append(document.createElement('button'));"
            "console.error('odd'); fetch('http://example.org/').catch(() => {})"
        )
        window.look("home")
        told = "\n".join(window.complaints)
        assert "button-name" in told
        assert "odd" in told
        assert "example.org" in told
