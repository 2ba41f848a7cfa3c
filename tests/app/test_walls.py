"""Links inside the folder of the page, limits at the limit and one above, and names that mean something else."""

from __future__ import annotations

import asyncio
import json
import pathlib
import re
from http.cookies import SimpleCookie

import pytest

from made_page import TOKEN, app_of, client
from xinzhi_app import security
from xinzhi_app.security import BODY, HEADERS, UPLOAD
from xinzhi_app.workspace import DEVICES, HERE, LONGEST, RECENT, Workspace, alike, inside, safe_name
from xinzhi_core.errors import SpecError
from xinzhi_panel.io.raw import LIMITS, MEGABYTE

TABLE = b"city,year,x\nA,2008,1\nB,2008,2\n"


@pytest.fixture
def page(tmp_path):
    return client(app_of(tmp_path))


@pytest.fixture
def linked(tmp_path):
    """Make two studies; in the one every name that the page reads is a link to what the other holds."""
    (tmp_path / "mine" / "data").mkdir(parents=True)
    (tmp_path / "other" / "data").mkdir(parents=True)
    (tmp_path / "other" / "results").mkdir()
    (tmp_path / "other" / "data" / "secret.csv").write_bytes(TABLE.replace(b"A,", b"hoard,"))
    (tmp_path / "other" / "study.yaml").write_text("title: hoard", encoding="utf-8")
    (tmp_path / "other" / "results" / "report.html").write_bytes(b"<html>hoard</html>")
    (tmp_path / "mine" / "data" / "link.csv").symlink_to(tmp_path / "other" / "data" / "secret.csv")
    (tmp_path / "mine" / "folder").symlink_to(tmp_path / "other" / "data")
    (tmp_path / "mine" / "study.yaml").symlink_to(tmp_path / "other" / "study.yaml")
    (tmp_path / "mine" / "results").symlink_to(tmp_path / "other" / "results")
    (tmp_path / "alias").symlink_to(tmp_path / "other")
    return tmp_path


def gets(app):
    """List every path that is read and names a study."""
    return sorted(
        route.path for route in app.routes if "{study}" in route.path and "GET" in route.methods
    )


FILES = ("data/link.csv", "folder/secret.csv", "study.yaml", "results/report.html")


@pytest.mark.parametrize("file", FILES)
def test_a_link_inside_the_folder_is_not_followed(linked, file):
    """Not even to another study of the same folder: a name means what lies under it."""
    with pytest.raises(SpecError) as caught:
        inside(linked / "mine", file)
    assert caught.value.code == "app.outside"
    with pytest.raises(SpecError):
        Workspace(linked, "en").path("mine", file)


def test_a_study_that_is_a_link_is_not_one(linked, page):
    """Neither opened nor listed, by any route."""
    with pytest.raises(SpecError):
        Workspace(linked, "en").path("alias")
    for path in gets(page.app):
        answer = page.get(re.sub(r"\{name.*?\}", "report.html", path.replace("{study}", "alias")))
        assert answer.status_code in {400, 404}, path
        assert "hoard" not in answer.text
    assert "alias" not in [study["id"] for study in page.get("/api/studies").json()["studies"]]


def test_no_route_reads_through_a_link(linked, page):
    """Whatever a route reads of a study, what a link leads to does not come back, and nothing is written."""
    other = {p: p.read_bytes() for p in (linked / "other").rglob("*") if p.is_file()}
    for path in gets(page.app):
        url = re.sub(r"\{name.*?\}", "report.html", path.replace("{study}", "mine"))
        for file in FILES:
            answer = page.get(url, params={"file": file, "name": "A"})
            assert "hoard" not in answer.text, (path, file)
    base = "/api/studies/mine"
    page.put(f"{base}/files", params={"name": "link.csv", "as": "replace"}, content=TABLE)
    page.delete(f"{base}/files", params={"name": "link.csv"})
    page.put(f"{base}/text", json={"text": "title: mine\n", "is_valid": False})
    page.post(f"{base}/suggestion", json={"replace": True})
    assert {p: p.read_bytes() for p in other} == other


@pytest.mark.parametrize("study", ["mine/../other", "..", ".", "other/data", ".hidden", "none", ""])
def test_a_study_is_a_folder_right_here(linked, study):
    """No path, no hidden folder, nothing that is not there."""
    (linked / ".hidden").mkdir()
    with pytest.raises(SpecError):
        Workspace(linked, "en").path(study)


@pytest.mark.parametrize("name", ["？", "_", "😀", "?", "/", "\\"])
def test_a_study_without_a_letter_is_not_the_folder_itself(tmp_path, page, name):
    """`_` means the folder: no new study gets that name, and two of them are two."""
    (tmp_path / "study.yaml").write_text("title: the folder", encoding="utf-8")
    made = [page.post("/api/studies", json={"name": name}).json()["id"] for _ in range(2)]

    assert HERE not in made
    assert len(set(made)) == 2
    page.put(f"/api/studies/{made[0]}/files", params={"name": "a.csv"}, content=TABLE)
    assert (tmp_path / made[0] / "data" / "a.csv").is_file()
    assert not (tmp_path / "data").exists()


HOSTILE = [
    "？",
    "_",
    "__",
    "😀😀",
    " ",
    "...",
    "., ",
    "",
    "data",
    "DATA",
    "results",
    "con",
    "NUL",
    "com1.csv",
]
ALIKE = [
    "Study",
    "STUDY",
    "ＳＴＵＤＹ",
    "cafe\u0301",
    "caf\u00e9",
    "ﬁrm",
    "firm",
    "城" * 300,
    "x" * 300,
]


def test_no_study_is_the_folder_or_another_study(tmp_path):
    """Each name, twice, is a new folder right here, and no system takes two of them for one."""
    (tmp_path / "study.yaml").write_text("title: the folder", encoding="utf-8")
    (tmp_path / "Older").mkdir()
    (tmp_path / "Older" / "study.yaml").write_text("title: older", encoding="utf-8")
    workspace = Workspace(tmp_path, "en")
    made = [workspace.add(name) for name in [*HOSTILE, *ALIKE, "older"] for _ in range(2)]

    assert len({alike(name) for name in [*made, "Older", HERE, "data", "results"]}) == len(made) + 4
    for name in made:
        assert workspace.path(name).parent == workspace.folder
        assert len(name.encode()) < 220
        assert alike(name.partition(".")[0]) not in DEVICES
    assert not (tmp_path / "data").exists()
    assert not (tmp_path / "Older" / "data").exists()
    assert made[:2] == ["study", "study-2"]


@pytest.mark.parametrize("n", [LONGEST - 1, LONGEST, LONGEST + 1, 3 * LONGEST])
def test_a_name_has_a_longest(n):
    """The end of the name, which says what it is, stays."""
    made = safe_name("a" * (n - 4) + ".csv")
    assert len(made) == min(n, LONGEST)
    assert made.endswith(".csv")
    assert len(safe_name("a" * n)) == min(n, LONGEST)


def test_the_studies_that_are_remembered_are_few(tmp_path):
    """The last opened first, each once, and no more than there is room for."""
    workspace = Workspace(tmp_path, "en")
    names = [workspace.add(f"s{i}") for i in range(RECENT + 2)]
    for name in [*names, names[-2]]:
        remembered = workspace.remember(study=name)["recent"]
    assert len(remembered) == RECENT
    assert remembered[:3] == [names[-2], names[-1], names[-3]]
    with pytest.raises(SpecError):
        workspace.remember(study="../outside")


def body(n: int) -> bytes:
    """Write a document of n bytes."""
    return b"{" + b" " * (n - 2) + b"}"


@pytest.mark.parametrize(("n", "status"), [(1000, 201), (1001, 413)])
def test_a_body_of_the_most_bytes_is_taken_and_one_more_is_not(page, monkeypatch, n, status):
    """Counted over all its parts."""
    monkeypatch.setattr(security, "BODY", 1000)
    monkeypatch.setattr(security, "UPLOAD", 10)
    content = body(n)
    parts = iter([content[:600], content[600:]])
    assert page.post("/api/studies", content=parts).status_code == status


@pytest.mark.parametrize(("more", "status"), [(0, 201), (-1, 413)])
def test_a_file_of_the_most_bytes_is_taken_and_one_more_is_not(
    tmp_path, page, monkeypatch, more, status
):
    """Files have a limit of their own."""
    (tmp_path / "study").mkdir()
    monkeypatch.setattr(security, "BODY", 10)
    monkeypatch.setattr(security, "UPLOAD", len(TABLE) + more)
    answer = page.put("/api/studies/study/files", params={"name": "a.csv"}, content=TABLE)
    assert answer.status_code == status
    assert (tmp_path / "study" / "data" / "a.csv").exists() == (status == 201)


def test_the_limits_are_those_that_are_documented():
    """4 MB for a request, the limit of the reader for a file; 2 GB, 200-fold, 20,000 members."""
    assert (4 * MEGABYTE, LIMITS.file_bytes) == (BODY, UPLOAD)
    assert (LIMITS.file_bytes, LIMITS.unpacked_bytes) == (2048 * MEGABYTE, 2048 * MEGABYTE)
    assert (LIMITS.line_bytes, LIMITS.ratio_from) == (4 * MEGABYTE, 64 * MEGABYTE)
    assert (LIMITS.members, LIMITS.ratio, LIMITS.columns) == (20_000, 200.0, 16_384)
    assert (LIMITS.rows, LIMITS.cells) == (5_000_000, 60_000_000)


def test_every_answer_says_every_header(page):
    """Also refusals; a report has a policy of its own, and keeps the others."""
    for path in ("/", "/nowhere", "/api/studies", "/api/studies/none/results/page"):
        headers = page.get(path).headers
        assert {name: headers[name] for name in HEADERS} == HEADERS
    policy = dict(
        part.strip().split(" ", 1) for part in HEADERS["content-security-policy"].split(";")
    )
    assert policy["default-src"] == policy["form-action"] == policy["base-uri"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert not any(
        "unsafe" in value or "*" in value or "http" in value for value in policy.values()
    )


def test_the_cookie_is_for_the_page_alone(tmp_path):
    """No script reads it, and no other page sends it along."""
    from made_page import stranger

    answer = stranger(app_of(tmp_path)).get("/", params={"token": TOKEN})
    cookie = SimpleCookie(answer.headers["set-cookie"])["xinzhi"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "strict")
    assert TOKEN not in answer.headers["location"]


def test_the_folder_of_the_page_is_found_whatever_links_lead_to_it(tmp_path):
    """Who starts the page under a linked name gets the folder itself."""
    (tmp_path / "real" / "study").mkdir(parents=True)
    pathlib.Path(tmp_path / "link").symlink_to(tmp_path / "real")
    workspace = Workspace(tmp_path / "link", "en")
    assert workspace.path("study") == tmp_path / "real" / "study"
    settings = workspace.remember(language="zh")
    assert (
        json.loads((tmp_path / "real" / ".xinzhi-app.json").read_text(encoding="utf-8")) == settings
    )


@pytest.mark.parametrize(
    ("sizes", "is_refused"), [((6, 4), False), ((6, 5), True), ((4, 4, 3), True)]
)
def test_the_parts_of_a_body_are_added_up(sizes, is_refused):
    """Each part alone is small enough; the server gets them one by one."""
    parts = iter([{"type": "http.request", "body": b"x" * n, "more_body": True} for n in sizes])

    async def receive():
        return next(parts)

    async def take() -> None:
        limited = security._limited(receive, 10)
        for _ in sizes:
            await limited()

    if is_refused:
        with pytest.raises(SpecError) as caught:
            asyncio.run(take())
        assert caught.value.code == "app.too_large"
    else:
        asyncio.run(take())
