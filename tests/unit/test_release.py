"""What goes out with a version: its number, the page of an index, licences, the files of a wheel."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.metadata
import importlib.util
import re
import sys
import tomllib
import zipfile

import pytest

import xinzhi
from places import ROOT

PROJECT = tomllib.loads((ROOT / "packages/xinzhi/pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]


def loaded(path):
    """Load a program that lies beside the package."""
    spec = importlib.util.spec_from_file_location(path.replace("/", "_"), ROOT / path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page():
    """What an index shows; hatchling is there while a wheel is built only."""
    text = (ROOT / "packages/xinzhi/hatch_build.py").read_text(encoding="utf-8")
    constants = re.findall(r"^(?:CLONE_ONLY|INDEX_ONLY|IMAGE|LINK) = .*$", text, re.MULTILINE)
    (body,) = re.findall(r"^def index_page.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    found = {"re": re}
    exec("\n".join([*constants, body]), found)  # noqa: S102 - our own build
    return found["index_page"]


def projects():
    """The table `project` of each package."""
    return loaded("tools/release/distributions.py").projects(ROOT)


def test_one_version():
    """All packages have one version, need exactly that of each other, and it is the one that is cited."""
    cited = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert {project["version"] for project in projects().values()} == {xinzhi.__version__}
    for project in projects().values():
        extras = [
            one for group in project.get("optional-dependencies", {}).values() for one in group
        ]
        needed = [one for one in [*project["dependencies"], *extras] if one.startswith("xinzhi")]
        assert all(one.endswith(f"=={xinzhi.__version__}") for one in needed), project["name"]
    assert f"\nversion: {PROJECT['version']}\n" in cited
    (date,) = re.findall(r"^date-released: (\S+)$", cited, re.MULTILINE)
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\n## {PROJECT['version']} ({date})\n" in changes


def test_each_package_has_the_licence_of_the_repository():
    """A wheel holds only what lies in its own folder, so that the text stands in each."""
    ours = (ROOT / "LICENSE").read_text(encoding="utf-8")
    texts = [path.read_text(encoding="utf-8") for path in ROOT.glob("packages/*/LICENSE")]
    assert texts == [ours] * len(projects())


def test_the_page_of_an_index_leads_nowhere_that_is_not_there(page):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    alone = page(readme, "")
    assert not re.findall(r"\]\((?!https?:)", alone)
    assert "<!--" not in alone
    assert "uv run" not in alone
    assert "pip install xinzhi\nxinzhi demo\n" in alone
    assert "```python\nimport xinzhi as xz" in alone


def test_links_appear_where_there_is_an_address(page):
    text = "See [the guide](docs/a.md#b) and [there](https://example.org).\n\n![x](a.png)\n\nEnd.\n"
    linked = "See [the guide](https://example.org/xinzhi/docs/a.md#b) and [there](https://example.org).\n\nEnd.\n"
    assert page(text, "https://example.org/xinzhi") == linked
    assert page(text, "") == "See the guide and [there](https://example.org).\n\nEnd.\n"


def test_every_packaged_file_has_a_licence_and_every_pattern_a_file():
    licences = loaded("tools/release/licences.py")
    without = [name for name, pattern in licences.packaged() if pattern is None]
    assert not without
    used = {pattern for _, pattern in licences.packaged()}
    assert set(licences.PACKAGED) == used
    for _, licence in licences.PACKAGED.values():
        for file in re.findall(r"packages/\S+?(?=,|$)", licence):
            assert (ROOT / file).is_file()


def read_licences():
    """The table is of the pinned versions: with others, who needs whom is another matter."""
    licences = loaded("tools/release/licences.py")
    if others := [one for one in licences.signed() if licences.is_other_version(one)]:
        pytest.skip(f"other versions than the pinned ones: {', '.join(others)}")
    return licences


def test_every_licence_along_was_read_in_the_version_that_is_pinned():
    """A new package, a new major version, another licence or a part under another fails here."""
    licences = read_licences()
    assert not list(licences.faults())
    assert licences.page() == (ROOT / "docs/reference/licences.md").read_text(encoding="utf-8")


@pytest.mark.one_in(5)
@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda rows: rows.pop("scipy"), "scipy: it is in no row of tools/release/licences.csv"),
        (lambda rows: rows.update(left=rows["scipy"]), "left: it is not needed any more"),
        (
            {"versions": ">=1,<1.1"},
            "scipy: {version} is not among the versions that were read, >=1,<1.1",
        ),
        ({"declared": "LGPL"}, "scipy: it declares BSD License, and LGPL was read"),
        ({"licence": "LGPL-2.1-only"}, "scipy: LGPL-2.1-only is not known as permissive"),
        ({"inside": ""}, "scipy: its licence texts name a GNU licence of a part"),
    ],
)
def test_a_licence_that_is_not_the_one_that_was_read(monkeypatch, change, fault):
    licences = read_licences()
    rows = licences.signed()
    if callable(change):
        change(rows)
    else:
        rows["scipy"] = dataclasses.replace(rows["scipy"], **change)
    monkeypatch.setattr(licences, "signed", lambda: rows)
    version = importlib.metadata.version("scipy")
    assert fault.format(version=version) in list(licences.faults())


def made_bill(serial):
    """A bill as uv writes it: number and time of its own."""
    names = [("scipy", "1.17.1"), ("xinzhi-core", "1.0.0")]
    return {
        "serialNumber": f"urn:uuid:{serial}",
        "metadata": {"timestamp": f"2026-01-0{serial}", "component": {"name": "xinzhi"}},
        "components": [{"name": name, "version": version} for name, version in names],
    }


def test_the_bill_of_materials_has_licences_and_is_the_same_each_time():
    supply = loaded("tools/release/supply.py")
    table, ours = supply.signed(), {*projects()}
    one, two = (supply.completed(made_bill(n), table, ours, "2026-02-03") for n in (1, 2))
    assert one == two
    assert [c["licenses"] for c in one["components"]] == [
        [{"expression": "BSD-3-Clause"}],
        [{"expression": "MIT"}],
    ]
    assert one["metadata"]["timestamp"] == "2026-02-03T00:00:00Z"
    assert one["serialNumber"].startswith("urn:uuid:")
    with pytest.raises(ValueError, match="scipy is in no row"):
        supply.completed(made_bill(1), {}, ours, "2026-02-03")


def test_digests_are_those_that_sha256sum_checks(tmp_path):
    supply = loaded("tools/release/supply.py")
    (tmp_path / "b.whl").write_bytes(b"abc")
    (tmp_path / "a.tar.gz").write_bytes(b"")
    (tmp_path / supply.SUMS).write_text(supply.sums(tmp_path), encoding="utf-8")
    wanted = [
        (hashlib.sha256(b"").hexdigest(), "a.tar.gz"),
        (hashlib.sha256(b"abc").hexdigest(), "b.whl"),
    ]
    lines = supply.sums(tmp_path).splitlines()
    assert [tuple(line.split("  ")) for line in lines] == wanted


def test_a_withdrawn_version_and_a_missing_wheel_are_seen():
    supply = loaded("tools/release/supply.py")
    said = 'Resolved 3 packages\nwarning: `a==1.0` is yanked (reason: "wrong")\n'
    assert supply.withdrawn(said) == ['warning: `a==1.0` is yanked (reason: "wrong")']
    rows = [
        (tag, python, "no wheel" if (tag, python) == ("win_amd64", "3.14") else "")
        for tag in supply.TAGS
        for python in supply.PYTHONS
    ]
    told = supply.page(rows, "1")
    assert "| `win_amd64` | built | built | built | a wheel is missing |" in told
    assert "| `manylinux_2_17_x86_64` | tried | built | built | built |" in told


def test_the_page_of_a_release_names_every_platform_and_python():
    """The registry was asked when the page was written; what else it says is of the code."""
    supply = loaded("tools/release/supply.py")
    rows = [(tag, python, "") for tag in supply.TAGS for python in supply.PYTHONS]
    told = (ROOT / "docs/reference/supply.md").read_text(encoding="utf-8")
    assert told == supply.page(rows, PROJECT["version"])


@pytest.mark.parametrize("package", projects())
def test_the_conda_recipe_has_every_requirement_and_command(package):
    made = loaded("tools/release/distributions.py").recipe(ROOT, package)
    for one in projects()[package]["dependencies"]:
        name = re.match(r"[A-Za-z0-9._-]+", one).group().lower()
        assert re.search(rf"^    - {re.escape(name)} [>=]=", made, re.MULTILINE)
    assert ("- xinzhi = xinzhi.cli.main:main" in made) == (package == "xinzhi")
    assert ("compiler('cxx')" in made) == (package == "xinzhi-frontier")
    assert f'version: "{PROJECT["version"]}"' in made


META = "Metadata-Version: 2.4\nName: xinzhi-frontier\nLicense-File: LICENSE\n\n{text}"


@pytest.mark.parametrize(
    ("files", "text", "fault"),
    [
        ({"xinzhi_frontier/k/_kernel.so": b"x"}, "", None),
        ({"xinzhi_frontier/k/_kernel.dll": b"x"}, "", "kernels ['_kernel.dll']"),
        (
            {"xinzhi_frontier/k/_kernel.so": str(ROOT).encode()},
            "",
            "names the folder it was made in",
        ),
        (
            {"xinzhi_frontier/k/_kernel.so": b"x", "tests/a.py": b""},
            "",
            "tests/a.py does not belong there",
        ),
        (
            {"xinzhi_frontier/k/_kernel.so": b"x"},
            "[a](docs/a.md)",
            "the page of the index has [a](docs/a.md)",
        ),
        (
            {"xinzhi_frontier/k/_kernel.so": b"x", "xinzhi_frontier/LICENCE-b": b""},
            "",
            "not all licence texts",
        ),
    ],
)
def test_faults_of_a_wheel(tmp_path, files, text, fault):
    distributions = loaded("tools/release/distributions.py")
    wheel = tmp_path / "a-manylinux_2_17_x86_64.whl"
    with zipfile.ZipFile(wheel, "w") as opened:
        for name, content in files.items():
            opened.writestr(name, content)
        opened.writestr("xinzhi_frontier-1.dist-info/METADATA", META.format(text=text))
    found = list(distributions._faults_of_wheel(wheel, "xinzhi-frontier", ROOT))
    assert [one for one in found if fault not in one] == [] if fault else found == []
    assert bool(found) == bool(fault)


def test_a_release_without_its_wheels_is_refused(tmp_path):
    distributions = loaded("tools/release/distributions.py")
    (tmp_path / "xinzhi-0.tar.gz").touch()
    found = distributions.faults(tmp_path, "1", ROOT)
    assert "not asked for: xinzhi-0.tar.gz" in found
    # An archive of each package, five wheels of the kernel, one of each other.
    assert sum(one.startswith("missing") for one in found) == 6 + 5 + 5
