#!/usr/bin/env bash
# Each package from its wheel, alone in an empty environment: what its README says runs, and nothing else came along.
#   tools/release/alone.sh FOLDER_OF_WHEELS
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
wheels=$(cd "$1" && pwd)
pins=$(mktemp)
uv export --quiet --project "$root" --no-dev --no-emit-workspace --no-hashes --output-file "$pins" >/dev/null
for package in xinzhi-frontier xinzhi-econometrics xinzhi-panel; do
  empty=$(mktemp -d)
  uv venv --quiet "$empty/.venv"
  uv pip install --quiet --python "$empty/.venv/bin/python" --constraint "$pins" --find-links "$wheels" "$package"
  (cd "$empty" && .venv/bin/python -I "$root/tools/release/readme_runs.py" "$root/packages/${package#xinzhi-}/README.md")
  weight=$(du -sm --apparent-size "$empty/.venv/lib" | cut -f1)
  echo "$package alone: $weight MB"
  if [ "$package" = xinzhi-frontier ]; then
    # What a DEA user does not need did not come along; the weight is that of docs/decisions/0061-workspace.md.
    for library in pandas scipy pyarrow; do
      if "$empty/.venv/bin/python" -c "import $library" 2>/dev/null; then
        echo "$package brought $library" >&2
        exit 1
      fi
    done
    if [ "$weight" -gt 150 ]; then
      echo "$package weighs more than 150 MB" >&2
      exit 1
    fi
  fi
  rm -rf "$empty"
done
rm -f "$pins"
