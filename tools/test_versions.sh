#!/usr/bin/env bash
# The tests of units, commands and the page with the lowest or the newest versions that pyproject.toml allows.
#   tools/test_versions.sh lowest | newest
# The tools of development come in the newest versions that fit. Where the newest versions are the
# pinned ones, the ordinary tests have run with them already, and nothing is repeated.
set -euo pipefail
cd "$(dirname "$0")/.."
case "${1:-}" in
  lowest) resolution=lowest-direct ;;
  newest) resolution=highest ;;
  *) echo "use: $0 lowest | newest" >&2; exit 2 ;;
esac

venv=$(mktemp -d)
trap 'rm -rf "$venv"' EXIT
uv venv --quiet "$venv/.venv"
# --no-config: the exact pins of [tool.uv] are what these runs leave aside.
uv pip compile --quiet --no-config --resolution "$resolution" --no-header --no-annotate \
  --output-file "$venv/versions.txt" packages/*/pyproject.toml
uv pip install --quiet --no-config --python "$venv/.venv/bin/python" \
  --requirements "$venv/versions.txt" $(printf -- '--editable %s ' packages/*) --group dev
uv pip freeze --quiet --python "$venv/.venv/bin/python" >"$venv/resolved.txt"
# Tools of other groups, of the documentation or the browser, may be installed here beside them.
if [ -z "$(comm -13 <(uv pip freeze --quiet | sort) <(sort "$venv/resolved.txt"))" ]; then
  echo "the $1 versions are the pinned ones, with which the tests have run"
  exit 0
fi
"$venv/.venv/bin/python" -m pytest tests/unit tests/cli tests/app
