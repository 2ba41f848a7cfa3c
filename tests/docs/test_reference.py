"""The reference pages say what the code says."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import pytest

from places import ROOT

DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """The script that writes the pages, loaded from its place."""
    spec = importlib.util.spec_from_file_location(
        "docs_pages", ROOT / "tools" / "pages" / "generate_reference.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    "name", ["study-file.md", "command-line.md", "parts.md", "python.md", "plausibility.md"]
)
def test_generated_pages_are_in_step(generator: ModuleType, name: str) -> None:
    """A page equals what the code gives now; `uv run python tools/pages/generate_reference.py` renews it."""
    assert (DOCS / "reference" / name).read_text(encoding="utf-8") == generator.pages()[name]


def test_every_key_of_the_oecd_study_is_in_the_reference(generator: ModuleType) -> None:
    """The keys that the packaged study uses stand in the page, as a check on the walk of the models."""
    page = generator.pages()["study-file.md"]
    for key in ("keep", "exclude", "bads", "classes", "transform", "unit", "covariance", "of", "x"):
        assert f"| `{key}` |" in page
