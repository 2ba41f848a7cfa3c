"""PDF pictures: the same picture gives the same bytes."""

from __future__ import annotations

import re

from xinzhi.present.drawing import Drawing

# Each opacity is a named resource of the page; the renderer lists them in an order of chance,
# 24 of them in the same order twice with a chance of 1 in 24!.
SHADES = "".join(
    f'<rect x="{2 * i}" width="2" height="9" fill="#123456" opacity="{0.03 * (i + 1):.2f}"/>'
    for i in range(24)
)
PICTURE = f'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="9">{SHADES}</svg>'


def test_a_picture_drawn_twice_is_one_file():
    """Nothing of chance is left in a PDF file: no order, no clock, no number of its own."""
    drawn = {Drawing(PICTURE).pictures(("pdf",))["pdf"] for _ in range(4)}

    assert len(drawn) == 1


def test_what_is_put_in_order_stays_whole():
    """Every object begins where the table at the end of the file says."""
    pdf = Drawing(PICTURE).pictures(("pdf",))["pdf"]

    start = int(pdf.rpartition(b"startxref\n")[2].split()[0])
    entries = re.findall(rb"(\d{10}) \d{5} n", pdf[start:])
    assert len(entries) > 24
    assert all(re.match(rb"\d+ 0 obj", pdf[int(at) :]) for at in entries)
