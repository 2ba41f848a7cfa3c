"""Both sites as built: nothing comes from elsewhere, every link arrives, the search finds words within sentences.

`just docs` runs these tests with Zensical, which other runs of the tests do without.
"""

from __future__ import annotations

import functools
import html
import http.server
import importlib.util
import json
import re
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlparse

import pytest

from browser import BROWSER, needs_browser
from website_builder import SITE

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("zensical") is None, reason="needs Zensical: just docs"
)
FETCHED = {"img": "src", "script": "src", "iframe": "src", "source": "src", "link": "href"}
NOT_SHOWN = re.compile(r"<(script|style|code|pre)\b.*?</\1>", re.DOTALL)
ELSEWHERE = re.compile(r"^(?:https?:)?//")
IN_CHINESE = ("超效率", "中介", "固定效应", "熵")
SEARCH = """
<script>
addEventListener("load", async () => {
  // The time of the browser is virtual; it stands still only while an answer is awaited.
  const pause = () => fetch("%(server)s/pause", { mode: "no-cors" });
  const within = function* (node) {
    for (const child of node.children ?? []) { yield child; yield* within(child); }
    if (node.shadowRoot) yield* within(node.shadowRoot);
  };
  const search = (tag) => [...within(document.body)].filter(
    (one) => one.tagName === tag && one.getRootNode() !== document);
  const found = {};
  await pause();
  dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true, bubbles: true }));
  for (const word of %(words)s) {
    found[word] = [];
    for (let tries = 0; tries < 40 && !found[word].length; tries++) {
      await pause();
      const [field] = search("INPUT");
      if (field && field.value !== word) {
        field.value = word;
        field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
      }
      found[word] = search("A").filter((one) => one.textContent.includes(word)).map((one) => one.href);
    }
  }
  found.fetched = performance.getEntriesByType("resource").map((one) => one.name);
  document.body.dataset.found = JSON.stringify(found);
});
</script>
"""


class Page(HTMLParser):
    """What a page fetches, where it links to, and the places in it that can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what stands in a tag."""
        given = {name: value or "" for name, value in attrs}
        self.places |= {given.get("id", ""), given.get("name", "")}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if (where := FETCHED.get(tag)) and where in given:
            self.fetched.append(given[where])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both sites, built once."""
    out = tmp_path_factory.mktemp("documentation") / "site"
    SITE.build(out)
    return out


@pytest.fixture(scope="module")
def read(site: Path) -> dict[Path, Page]:
    """Every built page."""
    return {
        file: Page(file.read_text(encoding="utf-8"))
        for file in sorted(site.rglob("*.html"))
        if file.name != "404.html"
    }


def test_nothing_is_fetched_from_elsewhere(site: Path, read: dict[Path, Page]) -> None:
    """No picture, script, font or style comes from another place than the site."""
    assert len(read) == 2 * len(SITE.pages("en"))
    for file, page in read.items():
        for address in page.fetched:
            assert not ELSEWHERE.match(address), (file, address)
            assert (file.parent / urlparse(address).path).exists(), (file, address)
    for style in site.rglob("*.css"):
        for address in re.findall(r"url\(([^)]+)\)", style.read_text(encoding="utf-8")):
            assert not ELSEWHERE.match(address.strip("\"'")), (style, address)


def test_every_link_arrives(site: Path, read: dict[Path, Page]) -> None:
    """Links within a site lead to a page, and to a place in it."""
    for file, page in read.items():
        for link in page.links:
            address = urlparse(urljoin(file.as_uri(), link))
            if address.scheme != "file":
                continue
            target = Path(unquote(address.path))
            assert target.is_relative_to(site), (file, link)
            assert target.is_file(), (file, link)
            if address.fragment and target in read:
                assert unquote(address.fragment) in read[target].places, (file, link)


def test_a_page_leads_to_itself_in_the_other_language(site: Path, read: dict[Path, Page]) -> None:
    """The switch of languages keeps the page, in both directions."""
    for file in read:
        place = file.relative_to(site)
        chinese = place.parts[0] == "zh"
        other = Path(*place.parts[1:]) if chinese else "zh" / place
        text = file.read_text(encoding="utf-8")
        (link,) = re.findall(r'class="md-header__button language"[^>]*href="([^"]+)"', text)
        assert Path(unquote(urlparse(urljoin(file.as_uri(), html.unescape(link))).path)) == (
            site / other
        )
        assert f'<html lang="{"zh" if chinese else "en"}"' in text


def test_equations_are_drawn_without_a_script(site: Path, read: dict[Path, Page]) -> None:
    """LaTeX stands on no page outside code; an equation is MathML, within a line too."""
    for language in ("", "zh"):
        text = (site / language / "how-to" / "leaving-out-and-placebo.html").read_text("utf-8")
        assert text.count('display="block"') == 2
        assert text.count('display="inline"') >= 8
    for file in read:
        shown = re.sub(r"<[^>]+>", "", NOT_SHOWN.sub("", file.read_text(encoding="utf-8")))
        assert re.findall(r".*(?:\$|\\[a-zA-Z]).*", shown) == [], file


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    """The address of the site, from a server on this machine."""
    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves without a word, and answers late where it is asked to."""

    def do_GET(self) -> None:
        """Answer."""
        if self.path == "/pause":
            time.sleep(0.1)
        super().do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def searched(
    page: Path, address: str, words: Sequence[str], served: str, profile: Path
) -> dict[str, list[str]]:
    """Search for words in a copy of a page, opened in a browser; give the addresses found for each."""
    text = page.read_text(encoding="utf-8")
    copy = page.with_name("searched.html")
    copy.write_text(
        text + SEARCH % {"server": served, "words": json.dumps(words)}, encoding="utf-8"
    )
    done = subprocess.run(
        [
            BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0",
            f"--user-data-dir={profile}", "--virtual-time-budget=60000", "--dump-dom", f"{address}/searched.html",
        ],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    found = re.search(r'data-found="([^"]*)"', done.stdout)
    assert found, done.stderr
    copy.unlink()
    told = json.loads(html.unescape(found[1]))
    fetched = [name for name in told["fetched"] if name.startswith("http")]
    assert [name for name in fetched if not name.startswith(served)] == []
    return told


@needs_browser
@pytest.mark.parametrize("place", ["a server", "disk"])
def test_search_finds_chinese_words_within_sentences(
    place: str, site: Path, served: str, tmp_path: Path
) -> None:
    """No space divides Chinese words, and all four stand within sentences; from disk too, where no worker runs."""
    start = f"{served if place == 'a server' else site.as_uri()}/zh"
    found = searched(site / "zh" / "index.html", start, IN_CHINESE, served, tmp_path)

    for word in IN_CHINESE:
        assert found[word], word
        assert all(address.startswith(f"{start}/") for address in found[word])


@needs_browser
def test_search_finds_english_words(site: Path, served: str, tmp_path: Path) -> None:
    """Also in headings and options."""
    words = ("frontier", "mediation")
    found = searched(site / "index.html", served, words, served, tmp_path)

    assert all(found[word] for word in words), found
