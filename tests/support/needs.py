"""What a test needs that a machine may lack, in the words by which the last line of a run counts it.

A test that is skipped for such a reason begins it with `needs `. `conftest.py` beside this folder counts them by what is
missing, and fails where XINZHI_MUST_RUN names it.
"""

from __future__ import annotations

CASES = "needs the reference cases beside the repository"
R = "needs R: apt-get install r-base-core r-cran-plm r-cran-estimatr r-cran-sandwich r-cran-lmtest r-cran-clubsandwich"
CHROMIUM = "needs Chromium: apt-get install chromium"
COMPILER = "needs a C++ compiler: apt-get install g++"
