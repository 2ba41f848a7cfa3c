"""Make the pictures of the guide *Without a terminal*: every page of `xinzhi app`, in both languages.

`uv run --group browser python tools/pages/app_pictures.py` renews `docs/images/app-*.png`. The data page shows three files, one cell
of which is not a number; the other pages show the example of the OECD countries.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "support"))

from page_in_browser import browser, served  # noqa: E402 - the server and the browser of the tests

IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT = 1200, 780
CITIES = ("唐山市", "大同市", "太原市", "长治市", "朔州市", "包头市", "赤峰市", "鞍山市")
YEARS = range(2008, 2016)
FILES = {"jobs.csv": "从业人员", "gdp.csv": "地区生产总值", "so2.csv": "二氧化硫"}
BAD_ROW, BAD_CELL = 12, "约40"
PATIENCE = 180_000
"""Milliseconds."""


def table(column: str) -> str:
    """Write one indicator of all cities; the first file has a cell that is not a number."""
    k = sum(map(ord, column)) % 11 + 2
    rows = [f"城市,年份,{column}"]
    for n, city in enumerate(CITIES):
        rows += [f"{city},{y},{50 + n * k % 7 * 9 + (y - 2000) * (n % k + 1):.1f}" for y in YEARS]
    if column == FILES["jobs.csv"]:
        rows[BAD_ROW - 1] = f"{rows[BAD_ROW - 1].rpartition(',')[0]},{BAD_CELL}"
    return "\n".join(rows) + "\n"


def pictures(chromium: Browser, folder: Path, language: str) -> None:
    """Go through the pages and keep a picture of each."""
    ending = ".png" if language == "en" else f".{language}.png"
    locale = "en-GB" if language == "en" else "zh-CN"
    page = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale=locale)
    page.set_default_timeout(PATIENCE)

    def keep(name: str) -> None:
        page.wait_for_timeout(700)
        page.screenshot(path=IMAGES / f"app-{name}{ending}")

    with served(folder, language) as server:
        page.goto(server.address)
        page.locator("#name").fill("cities")
        page.keyboard.press("Enter")
        files = [folder / name for name in FILES]
        page.locator("input[type=file]").first.set_input_files(files)
        page.locator(".preview td.error").wait_for()
        page.locator(".problems").first.scroll_into_view_if_needed()
        keep("data")
        of_the_example(page, server.address, keep)
    page.close()


def of_the_example(page: Page, address: str, keep) -> None:  # noqa: ANN001 - a function of the caller
    """Show the other pages with the example."""
    page.goto("about:blank")
    page.goto(address)
    page.get_by_role("button", name="oecd", exact=True).click()
    page.locator(".box .chip").first.wait_for()
    page.locator(".shelf .chip").first.wait_for()
    keep("study")
    page.locator("#tabs a").nth(2).click()
    page.locator("button.main").click()
    page.locator("pre:not(:empty)").wait_for()
    keep("run")
    page.locator("[data-state=finished]").wait_for()
    page.locator("#tabs a").nth(3).click()
    page.frame_locator("iframe.report").locator(".drawing svg").first.wait_for()
    keep("results")
    page.locator("details.contents details button").first.click()
    page.locator(".printed").wait_for()
    page.locator("input[name=column]").nth(3).uncheck()
    page.locator(".printed thead tr:last-child th").nth(3).wait_for(state="detached")
    keep("table")


def main() -> None:
    """Make all pictures."""
    with browser() as chromium:
        for language in ("en", "zh"):
            with tempfile.TemporaryDirectory() as folder:
                for name, column in FILES.items():
                    (Path(folder) / name).write_text(table(column), encoding="utf-8")
                pictures(chromium, Path(folder), language)


if __name__ == "__main__":
    main()
