"""Pictures of a report: the same whoever draws them, kept for the next report, drawn once."""

from __future__ import annotations

from concurrent.futures.process import BrokenProcessPool
from types import SimpleNamespace

import pytest

from xinzhi.present import drawing, pictures
from xinzhi.present.drawing import Drawing
from xinzhi.present.pictures import Pictures
from xinzhi.work.store import Store
from xinzhi_core.errors import Problem, ReportError

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><text y="8">{}</text></svg>'
DRAWINGS = tuple(Drawing(SVG.format(n)) for n in range(pictures.FEW + 1))
WANTED = [(one, kind) for one in DRAWINGS for kind in ("svg", "png")]


def all_of(found):
    return [found.of(*one) for one in WANTED]


@pytest.fixture(scope="module")
def expected():
    return [one.pictures((kind,))[kind] for one, kind in WANTED]


def forbid(monkeypatch):
    def draw(self, kinds):
        raise AssertionError(self.source, kinds)

    monkeypatch.setattr(Drawing, "pictures", draw)


def test_one_svg_serves_all_kinds_that_a_report_needs(tmp_path, monkeypatch):
    """A chart is compiled once, whatever formats ask for it; what nobody announced is drawn too."""
    drawn = []
    draw = Drawing.pictures

    def noted(self, kinds):
        drawn.append(tuple(kinds))
        return draw(self, drawn[-1])

    monkeypatch.setattr(Drawing, "pictures", noted)
    one, found = DRAWINGS[0], Pictures(Store(tmp_path / "store"))
    with found.drawn_beside([(one, "svg"), (one, "png")]):
        assert [found.of(one, kind)[:4] for kind in ("png", "svg", "pdf")] == [
            b"\x89PNG",
            b"<svg",
            b"%PDF",
        ]
    assert drawn == [("png", "svg"), ("pdf",)]


def test_processes_draw_what_this_one_draws(expected, monkeypatch):
    """Byte for byte; this process draws nothing."""
    found = Pictures(processes=2)
    with found.drawn_beside(WANTED):
        forbid(monkeypatch)
        assert all_of(found) == expected


def test_no_process_is_started_unasked(expected, monkeypatch):
    """Who asks for none, such as a test, has none."""

    def refuse(*words):
        raise AssertionError(words)

    monkeypatch.setattr(pictures, "pool_of", refuse)
    found = Pictures()
    with found.drawn_beside(WANTED):
        assert all_of(found) == expected


def test_a_system_that_allows_no_more_processes_costs_nothing(expected, monkeypatch):
    """What others could not draw is drawn here."""

    def refuse(*words, **more):
        raise BlockingIOError(11, f"no process for {len(words)}, {len(more)}")

    none = SimpleNamespace(submit=refuse, shutdown=lambda **_: None)
    monkeypatch.setattr(pictures, "pool_of", lambda _: none)
    found = Pictures(processes=2)
    with found.drawn_beside(WANTED):
        assert all_of(found) == expected


@pytest.mark.long
def test_a_report_that_fails_waits_for_no_picture(expected):
    """Pictures that nobody wants any more are not drawn, and the next report has all of its own."""
    found = Pictures(processes=1)
    with pytest.raises(ZeroDivisionError), found.drawn_beside(WANTED):
        raise ZeroDivisionError
    assert not found._coming
    with found.drawn_beside(WANTED):
        assert all_of(found) == expected


def test_pictures_are_kept_for_the_next_report(tmp_path, expected, monkeypatch):
    """Their keys are named, so that pruning keeps them."""
    store = Store(tmp_path / "store")
    first = Pictures(store)
    assert all_of(first) == expected
    forbid(monkeypatch)
    second = Pictures(store)
    with second.drawn_beside(WANTED):
        assert all_of(second) == expected
    assert second.keys == first.keys == set(store.entries())


def test_a_damaged_picture_is_drawn_again(tmp_path, expected):
    """It is put aside; the report has the right one."""
    store = Store(tmp_path / "store")
    all_of(Pictures(store))
    for key in store.entries():
        path = store.folder / f"{key}.npz"
        path.write_bytes(path.read_bytes()[:-2] + b"xx")
    assert all_of(Pictures(store)) == expected


def test_a_process_that_dies_costs_nothing(expected):
    """What it should have drawn is drawn here."""

    class Dead:
        def result(self):
            raise BrokenProcessPool

    found = Pictures()
    found._coming = dict.fromkeys(DRAWINGS, Dead())
    assert all_of(found) == expected


def test_a_full_disk_keeps_no_pictures_and_loses_none(tmp_path, expected, monkeypatch):
    """The room is for the results."""

    def full(_, key, body):
        raise ReportError(Problem("write.failed", f"no room for {key}: {len(body)}"))

    monkeypatch.setattr(Store, "put", full)
    found = Pictures(Store(tmp_path / "store"))
    assert all_of(found) == expected
    assert found.keys == set()


def test_another_renderer_or_font_draws_again(monkeypatch):
    """The key of a picture names both."""
    before = DRAWINGS[0].key("png")
    monkeypatch.setattr(drawing, "_font_digest", lambda: "another")
    assert DRAWINGS[0].key("png") != before
    assert DRAWINGS[0].key("svg") != DRAWINGS[0].key("png") != DRAWINGS[1].key("png")
