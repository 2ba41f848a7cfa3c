#!/bin/sh
# Tests over a kernel with its checks, the address and the undefined-behaviour sanitizer.
# What Python itself never frees is no leak of ours, and the kernel has no heap: leaks are not looked for.
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
compiler=${CXX:-g++}
"$compiler" -std=c++17 -O1 -g -fPIC -shared -ffp-contract=off -fno-exceptions -fno-rtti \
  -Wall -Wextra -Werror -DKERNEL_CHECKS -fno-omit-frame-pointer \
  -fsanitize=address,undefined -fno-sanitize-recover=all \
  -o "$folder/kernel.so" packages/frontier/src/xinzhi_frontier/kernel/kernel.cpp
uv sync --quiet
XINZHI_KERNEL="$folder/kernel.so" ASAN_OPTIONS=detect_leaks=0 \
  LD_PRELOAD="$("$compiler" -print-file-name=libasan.so) $("$compiler" -print-file-name=libubsan.so)" \
  .venv/bin/python -m pytest -p no:cacheprovider -n 2 "$@"
