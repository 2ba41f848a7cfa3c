"""Rules that every page keeps: for readers with a screen reader or a keyboard, on wide and narrow screens."""

from __future__ import annotations

import os
from pathlib import Path

from browser import seen

AXE = os.environ.get("XINZHI_AXE", "")
"""Where axe.min.js of the package axe-core lies, for those who have it: `XINZHI_AXE=… just test-all`."""
RULES = r"""
const faults = [];
const told = (element) => `${element.tagName.toLowerCase()} ${element.id || element.className.baseVal || element.className || ""} ${(element.textContent || "").trim().slice(0, 40)} in ${element.closest("figure, section")?.id ?? ""}`;
const check = (rule, elements, isFine) => {
  for (const element of elements) if (element.checkVisibility() && !isFine(element)) faults.push(`${rule}: ${told(element)}`);
};
const all = (words, root = document) => [...root.querySelectorAll(words)];
const name = (element) => element.getAttribute("aria-label")
  || (element.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.innerText ?? "").join("").trim();

// language, landmarks, headings
if (!["zh", "en"].includes(document.documentElement.lang)) faults.push("the page has no language");
if (!document.title) faults.push("the page has no title");
for (const words of ["main", "nav", "header", "h1"]) if (all(words).length !== 1) faults.push(`not one ${words}`);
let before = 0;
for (const heading of all("h1, h2, h3, h4, h5, h6").filter((one) => one.checkVisibility())) {
  const level = Number(heading.tagName[1]);
  if (level > before + 1) faults.push(`heading of level ${level} after ${before}: ${heading.innerText}`);
  before = level;
}
const ids = all("[id]").map((one) => one.id);
faults.push(...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `two elements are called ${id}`));

// tables
check("a heading of a table is empty", all("th"), (one) => one.innerText.trim());
check("a heading of a table has no scope", all("th"), (one) => ["row", "col", "rowgroup", "colgroup"].includes(one.scope));
check("a table has headings and no cells", all("table"), (one) => one.querySelector("tbody td"));

// forms, keyboard, pictures
check("a control has no label", all("input, select, textarea"), (one) => one.labels?.length || name(one));
check("a button has no words", all("button"), (one) => one.innerText.trim() || name(one));
check("a link leads nowhere", all("a"), (one) => one.innerText.trim() && (!one.hash || document.getElementById(one.hash.slice(1))));
check("what scrolls cannot be reached with the keyboard", all("body *"), (one) => one.scrollWidth <= one.clientWidth + 1
  || !["auto", "scroll"].includes(getComputedStyle(one).overflowX) || one.tabIndex >= 0);
check("a region that scrolls has no name", all(".scroll[role]"), name);
check("a picture has no words", all("img, svg"), (one) => name(one) || one.alt || one.closest("[aria-hidden=true]"));
check("a part of a picture has a role and no words", all("svg [role]"), (one) => name(one) || one.closest("[aria-hidden=true]"));

// contrast of 4.5, of 3 for large letters (WCAG 2.2, 1.4.3); grounds are plain here
const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const light = (colour) => {
  const [r, g, b] = colour.match(/[\d.]+/g).map((part) => channel(Number(part) / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = (element) => {
  for (let one = element; one; one = one.parentElement) {
    const colour = getComputedStyle(one).backgroundColor;
    if (colour.startsWith("rgb(")) return colour;
  }
  return "rgb(255, 255, 255)";
};
check("letters are too pale", all("body *").filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())), (one) => {
  const style = getComputedStyle(one);
  const colour = one.closest("svg") ? style.fill : style.color;
  // white words of a drawing stand on a coloured mark, whose colour is not that of an element around them
  if (!colour.startsWith("rgb") || (one.closest("svg") && colour === "rgb(255, 255, 255)")) return true;
  const [above, below] = [light(colour), light(ground(one))].sort((a, b) => b - a);
  return (above + 0.05) / (below + 0.05) >= (parseFloat(style.fontSize) >= 24 ? 3 : 4.5);
});

// extents: a drawing within its canvas, a page within its window
for (const svg of all("figure svg").filter((one) => one.checkVisibility())) {
  const canvas = svg.getBoundingClientRect();
  for (const part of all("text, path, rect, polyline, polygon", svg)) {
    if (part.closest("[clip-path], defs, clipPath") || !part.checkVisibility()) continue;
    const box = part.getBoundingClientRect();
    if (!box.width && !box.height) continue;
    if (box.left < canvas.left - 1.5 || box.right > canvas.right + 1.5 || box.top < canvas.top - 1.5 || box.bottom > canvas.bottom + 1.5) {
      faults.push(`a drawing leaves its canvas: ${told(part)}`);
      break;
    }
  }
}
if (document.documentElement.scrollWidth > innerWidth) faults.push("the page is wider than its window");
return {faults, cut: innerWidth < 1280 ? [] : all("figure .scroll").filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.closest("figure").innerText.slice(0, 60))};
"""
BY_AXE = """
const found = await axe.run(document, {resultTypes: ["violations"]});
return found.violations.filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 100)}`);
"""
SCREENS = ((1280, 900), (390, 844))


def faults_of(page: Path, folder: Path, languages=("en", "zh")) -> list[str]:
    """List what breaks a rule on wide and narrow screens in each language, and what axe finds where it is there."""
    found = []
    for width, height in SCREENS:
        for language in languages:
            where = {"width": width, "height": height, "folder": folder}
            told = seen(page, RULES, f"?lang={language}", **where)["faults"]
            told += seen(page, BY_AXE, f"?lang={language}", first=axe(), **where) if AXE else []
            found += [f"{width} {language} {fault}" for fault in told]
    return found


def cut_tables(page: Path, folder: Path) -> list[str]:
    """List the tables of which a window of 1,280 pixels shows a part only."""
    return [
        caption
        for language in ("en", "zh")
        for caption in seen(page, RULES, f"?lang={language}", folder=folder)["cut"]
    ]


def axe() -> str:
    """Give the script of axe-core, so that no string in it ends its element."""
    return Path(AXE).read_text(encoding="utf-8").replace("</script", "<\\/script")
