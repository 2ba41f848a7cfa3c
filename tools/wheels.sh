#!/bin/sh
# The wheels in dist/, made on one machine: ziglang compiles the kernel for each platform, the other packages are pure.
set -eu
cd "$(dirname "$0")/.."
for target in linux_x86_64 linux_aarch64 windows_x86_64 macos_arm64 macos_x86_64; do
  XINZHI_TARGET=$target uv build --package xinzhi-frontier --wheel --quiet --out-dir dist
done
for package in xinzhi xinzhi-app xinzhi-core xinzhi-econometrics xinzhi-panel; do
  uv build --package $package --wheel --quiet --out-dir dist
done
# A wheel holds one library and nothing that a linker left.
for wheel in dist/*.whl; do
  if python3 -m zipfile -l "$wheel" | grep -E '\.(lib|pdb) '; then exit 1; fi
done
# The hook left the library of the last platform in the tree.
uv sync --quiet --reinstall-package xinzhi-frontier
ls dist
