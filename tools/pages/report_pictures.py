"""Make the pictures of the tutorial *A study from your own workbooks*: first pages of reports of strangers' files, in both languages.

`uv run python tools/pages/report_pictures.py FOLDER` renews `docs/images/report-*.png` from the studies that
`just first-studies --out FOLDER` ran; each is what `init` and `run` wrote, and nothing was edited. The figures are simulated.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
STUDIES = ("city_yearbook", "provinces", "oecd_long", "quarterly")
"""Studies of tests/support/made_studies.py whose reports are in both languages."""
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
LANGUAGE = re.compile(r'<html lang="\w+">')
SIZE = "1000,1300"
COLOURS = "48"


def image(study: str, language: str) -> Path:
    """Say where the picture of a study's report is kept."""
    ending = ".png" if language == "en" else f".{language}.png"
    return IMAGES / f"report-{study.replace('_', '-')}{ending}"


def picture(study: Path, language: str, folder: Path) -> None:
    """Keep the first page of a report as a picture."""
    photograph(study / "results" / "report.html", language, folder, image(study.name, language))


def photograph(
    report: Path, language: str, folder: Path, target: Path, *, size: str = SIZE, style: str = ""
) -> None:
    """Keep what a window of a size shows of a report, with further rules of style, as a picture."""
    text = LANGUAGE.sub(
        f'<html lang="{language}">', POLICY.sub("", report.read_text(encoding="utf-8")), count=1
    )
    copy, shot = folder / f"{target.stem}.html", folder / target.name
    copy.write_text(text.replace("</head>", f"<style>{style}</style></head>", 1), encoding="utf-8")
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         f"--window-size={size}", "--virtual-time-budget=20000", f"--screenshot={shot}",
         f"--user-data-dir={folder / 'profile'}", copy.as_uri()],
        check=True, capture_output=True,
    )  # fmt: skip
    subprocess.run(["convert", shot, "-colors", COLOURS, target], check=True)


def main() -> None:
    """Draw all pictures from a folder of studies that were run."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        for study in STUDIES:
            for language in ("zh", "en"):
                picture(Path(sys.argv[1]) / study, language, Path(folder))


if __name__ == "__main__":
    main()
