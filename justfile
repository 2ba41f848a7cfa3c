# About ten commands do everything; CI calls the same ones.

# Show the commands.
default:
    @just --list

# Style, types, direction of imports.
check:
    uv run ruff format --check
    uv run ruff check
    uv run mypy
    uv run lint-imports

# Mend style.
fix:
    uv run ruff format
    uv run ruff check --fix

# The tests, but for the long ones; a file that is named is run whole.
test *options:
    uv run pytest {{options}}

# The tests, and which sentences of the catalogue none of them makes the program say: `hold` fails on a new one, `write` writes the list again.
sentences how="hold":
    XINZHI_SENTENCES={{how}} uv run pytest

# The long tests: whole studies from files, killed processes, compilers, browsers, the documentation executed; CI takes a quarter of the files (XINZHI_ONE_IN=4 XINZHI_PART=2).
test-long *options:
    uv run pytest -m long {{options}}

# The page of `xinzhi app` in a real browser; wants Chromium, and axe-core's axe.min.js in XINZHI_AXE.
browser *options:
    uv run --group browser pytest -n 0 tests/app/test_in_the_browser.py {{options}}

# All tests, with more examples: says which programs (LaTeX, LibreOffice) it wants.
test-all:
    XINZHI_TEST_ALL=1 XINZHI_EXAMPLES=1000 uv run pytest

# Speed and memory beside the peers, in one run, as ratios; `registry`, `reading`, `figures`, `imports`, `large`, `scale`, `draws`, `app` and `registry-query` are runs of their own.
bench word="":
    uv run --group bench --group browser python benchmarks/{{ if word =~ '^(registry|registry-query|reading|figures|imports|large|scale|draws|app)$' { replace(word, "-", "_") + ".py" } else { "run.py --only '" + word + "'" } }}

# Coverage of every printed interval in simulated panels: the table that the report quotes.
coverage *options:
    OMP_NUM_THREADS=1 uv run python benchmarks/interval_coverage.py {{options}}

# How often a true zero, and a slope that is not, is called significant by each test with few clusters.
verdict-size *options:
    OMP_NUM_THREADS=1 uv run python benchmarks/verdict_size.py {{options}}

# The same for what people read: stars, the abstract, pathways of whole studies.
verdict-doors *options:
    OMP_NUM_THREADS=1 uv run python benchmarks/verdict_doors.py {{options}}

# Coverage of the intervals of scores and of the second stage: two hours on one core; continues where it stopped.
coverage-scores *options:
    OMP_NUM_THREADS=1 uv run --group bench python benchmarks/intervals/scores.py {{options}}

# Coverage of intervals over draws of the whole study, beside the usual ones: half an hour on one core.
coverage-whole-study *options:
    OMP_NUM_THREADS=1 uv run python benchmarks/intervals/whole_study.py {{options}}

# Tests of units and commands with the lowest or the newest versions allowed; XINZHI_ONE_IN=4 takes a quarter of them, as CI does.
test-versions which:
    tools/test_versions.sh {{which}}

# The proof page: figures of other programs beside ours, computed again; needs R with plm, sandwich, clubSandwich and estimatr.
proof:
    uv run --group bench python tools/pages/generate_proof.py

# The gallery: each study run again; `--pictures` draws the tables of its report too.
gallery *options:
    uv run python tools/pages/generate_gallery.py {{options}}

# Each kept mutant put into a copy of the tree, and the test that notices it; `--only holm` runs some, `--random 60` draws faults of every kind from all files.
mutate *options:
    OMP_NUM_THREADS=1 uv run python mutants/run.py {{options}}

# Kills and full disks over the results of another study; CI runs 40 and 11.
delivery kills="200" disks="40" *options:
    OMP_NUM_THREADS=1 uv run python benchmarks/delivery.py --kills {{kills}} --disks {{disks}} {{options}}

# What a power cut may leave of a whole run, state by state; the tests try 60.
power-cuts states="500" *options:
    OMP_NUM_THREADS=1 uv run python benchmarks/power_cuts.py --states {{states}} {{options}}

# The examples under four code pages, with closed streams, without a home, in folders to read only; `--only small,oecd` runs some.
surroundings *options:
    OMP_NUM_THREADS=1 uv run python benchmarks/surroundings.py {{options}}

# Twelve studies from files as strangers bring them, by `init` and `run` alone, in twenty points each; `--only firms` runs some.
first-studies *options:
    OMP_NUM_THREADS=1 uv run python benchmarks/first_studies.py {{options}}

# Printed figures and raw cells of the example altered one at a time: who notices; ten minutes and a quarter of an hour.
altered-figures *options:
    OMP_NUM_THREADS=1 uv run python benchmarks/altered_figures.py {{options}}

# Random edits of small studies, run with the store of earlier runs and without: the same bytes.
warm sequences="100" *options:
    OMP_NUM_THREADS=1 uv run python benchmarks/warm_cold.py --sequences {{sequences}} {{options}}

# Drivers and workers of long computations killed at random points; CI kills 20 and 20.
kills drivers="200" workers="200" *options:
    OMP_NUM_THREADS=1 uv run python benchmarks/kills.py --drivers {{drivers}} --workers {{workers}} {{options}}

# Types of the functions, reference pages and notebooks from the code, then both sites in site/, and what is tested of them.
docs:
    uv run python tools/pages/make_notebooks.py
    uv run python tools/pages/generate_reference.py
    uv run --group docs python tools/website/build.py
    uv run --group docs pytest tests/docs/test_site.py

# The five wheels in dist/: Linux, Windows and macOS, all made on this machine.
wheels:
    tools/wheels.sh

# Tests of efficiency over a kernel with checks, address and undefined-behaviour sanitizers; CI runs some.
sanitize *tests="tests/unit/frontier tests/properties/test_efficiency_family.py":
    tools/sanitize.sh {{tests}}

# Run the demo.
demo:
    uv run xinzhi demo

# Renew the exact pins in pyproject.toml from what resolves today.
pin:
    python3 tools/pin.py

# Simulated sources of `xinzhi demo` made anew and compared, byte by byte, with the packaged ones.
twin:
    OMP_NUM_THREADS=1 OPENBLAS_CORETYPE=Haswell uv run python -m simulation.simulate --check
    uv run python -m simulation.provinces --check

# The same, kept in a folder.
simulate out:
    OMP_NUM_THREADS=1 OPENBLAS_CORETYPE=Haswell uv run python -m simulation.simulate --out {{out}}
    uv run python -m simulation.provinces --out {{out}}

# What must hold before a version goes out, step by step; `--dry-run` tags nothing, `--only built,installs` runs some.
release *options:
    python3 tools/release/check.py {{options}}
