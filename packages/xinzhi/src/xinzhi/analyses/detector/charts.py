"""Chart of the geodetector: q of each factor."""

from __future__ import annotations

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.detector.section import DetectorSection
from xinzhi.analyses.detector.show import factor_labels
from xinzhi.present.chart import Chart
from xinzhi.present.plots import bars
from xinzhi_core.wording import message
from xinzhi_econometrics.space.detector import Detected


def q_chart(section: DetectorSection, result: Detected, shown: Shown) -> Chart:
    """Draw q of each factor as a bar, the largest first."""
    words = factor_labels(section, shown)
    frame = result.factors.sort_values("q", ascending=False, kind="stable")[["q"]]
    frame = frame.assign(label=[words[str(name)] for name in frame.index]).reset_index(drop=True)
    title = message("{title}: q by factor", title=shown.title)
    return bars(frame, ("label", message("Factor")), ("q", "q"), id=f"{shown.name}_q", title=title)
