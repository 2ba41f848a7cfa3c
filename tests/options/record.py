"""Write `what_changes.json` anew, and print what is new; the differences are read before they are kept.

Notices are left out, as another wording of them is none of this.
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "support"), str(Path(__file__).parent)]

from test_study_keys import SAYS_NOTHING, Studies  # noqa: E402

from options_of_studies import RECORD, STUDIES  # noqa: E402
from said import changed  # noqa: E402


def report(*words: object) -> None:
    """Write a line for the reader."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")


def main(chosen: list[str]) -> None:
    """Run the cases of the named studies, or of all."""
    found = {str(case): RECORD.get(str(case), []) for case in STUDIES if not case.refused}
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        studies = Studies(Path(folder), stack)
        for case in STUDIES:
            if chosen and case.study not in chosen:
                continue
            start = time.process_time()
            before, after = studies.both(case)
            parts = changed(before, after) - SAYS_NOTHING
            lasted = time.process_time() - start
            if case.refused:
                told = " ".join(
                    t for n, t in after.items() if n.split()[0] in ("refused", "notice")
                )
                if case.refused not in told:
                    report("NOT REFUSED", case, sorted(parts), told[:300])
                continue
            kept = {part for part in parts if not part.startswith("notice ")} or parts
            if not kept or "refused" in kept:
                report(
                    "NOTHING" if not kept else "REFUSED",
                    case,
                    str(before.get("refused"))[:99],
                    "|",
                    str(after.get("refused"))[:99],
                )
            if "-v" in sys.argv and sorted(kept) != found[str(case)]:
                report(f"{lasted:.2f}", case, sorted(kept))
            found[str(case)] = sorted(kept)
    write(found)


def write(found: dict[str, list[str]]) -> None:
    """Write the record."""
    text = json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True)
    (Path(__file__).parent / "what_changes.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main([word for word in sys.argv[1:] if word != "-v"])
