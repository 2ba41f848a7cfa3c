"""Show the texts of the Chinese catalogue that nobody has read yet, and note that they are read.

    uv run python tools/review_catalogue.py            # shows what is new
    uv run python tools/review_catalogue.py --write    # after reading it

Read both texts of each pair: same direction, same names in the same roles, same numbers, same denial.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

import catalogue_reviews as reviews


def main(arguments: list[str]) -> int:
    """Print new pairs and new lines of the files; write these where asked to."""
    found = reviews.pairs()
    known = set(reviews.READ.read_text("utf-8").splitlines()) if reviews.READ.is_file() else set()
    for english, chinese in found:
        if not known & set(reviews.read_lines([(english, chinese)])):
            print(f"\n  {english}\n  {chinese}")
    for path, write in reviews.FILES.items():
        lines = write(found)
        before = path.read_text("utf-8").splitlines() if path.is_file() else []
        added, gone = sorted(set(lines) - set(before)), sorted(set(before) - set(lines))
        print(f"\n{path.name}: {len(added)} lines new, {len(gone)} gone")
        if path != reviews.READ:
            print("\n".join([*(f"  + {one}" for one in added), *(f"  - {one}" for one in gone)]))
        if "--write" in arguments:
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
