"""Build hook: compile the kernel (kernel.cpp) into the package, one library per platform.

The system's C++ compiler is used where there is one; else `ziglang`, a compiler that installs as a Python
package, becomes a requirement of the build. With XINZHI_TARGET a library for another platform is built, by
ziglang in any case: `just wheels` makes the five wheels on one machine.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = Path("src/xinzhi_frontier/kernel")
FLAGS = (
    "-std=c++17",
    "-O3",
    "-shared",
    # Every platform and process gives the same bits.
    "-ffp-contract=off",
    "-fno-exceptions",
    "-fno-rtti",
    "-fvisibility=hidden",
)
TARGETS = {
    "linux_x86_64": ("x86_64-linux-gnu.2.17", "_kernel.so", "manylinux_2_17_x86_64"),
    "linux_aarch64": ("aarch64-linux-gnu.2.17", "_kernel.so", "manylinux_2_17_aarch64"),
    "windows_x86_64": ("x86_64-windows-gnu", "_kernel.dll", "win_amd64"),
    "macos_arm64": ("aarch64-macos.11.0", "_kernel.dylib", "macosx_11_0_arm64"),
    "macos_x86_64": ("x86_64-macos.11.0", "_kernel.dylib", "macosx_11_0_x86_64"),
}
"""What XINZHI_TARGET may be: target of the compiler, name of the library, tag of the wheel."""
COMPILERS = ("c++", "g++", "clang++")


class KernelBuild(BuildHookInterface[Any]):
    """Compiles the kernel and puts it into the wheel."""

    def dependencies(self) -> list[str]:
        """Ask for ziglang where no compiler is at hand."""
        return [] if self.target_name != "wheel" or _system_compiler() else ["ziglang"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Compile, and tag the wheel: any Python 3, one platform."""
        if self.target_name != "wheel":
            return
        chosen = os.environ.get("XINZHI_TARGET", "")
        target, name, tag = TARGETS[chosen] if chosen else ("", _library_name(), _own_tag())
        root = Path(self.root)
        for other in (root / FOLDER).glob("_kernel.*"):
            other.unlink()
        compile_kernel(root / FOLDER / "kernel.cpp", root / FOLDER / name, target)
        build_data["artifacts"].append(f"/{(FOLDER / name).as_posix()}")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{tag}"


def compile_kernel(source: Path, library: Path, target: str = "") -> None:
    """Compile the source to a library beside it; for this machine where no target is named."""
    compiler = [] if target else _system_compiler()
    if not compiler:
        # Without the C++ standard library, which ziglang would compile first and nothing here uses.
        compiler = [sys.executable, "-m", "ziglang", "c++", "-g0", "-nostdlib++"]
        compiler += ["-target", target] if target else []
    windows = "windows" in target or (not target and sys.platform == "win32")
    flags = [*FLAGS, *(() if windows else ("-fPIC",))]
    # Names without folders: on macOS the name of the output is written into the library.
    command = [*compiler, *flags, "-o", library.name, source.name]
    subprocess.run(command, check=True, cwd=library.parent)  # noqa: S603
    # The linker for Windows leaves what only other compilers read, under either name.
    for path in (library, source):
        for extra in (".lib", ".pdb"):
            path.with_suffix(extra).unlink(missing_ok=True)


def _system_compiler() -> list[str]:
    """Return the command of the system's compiler, nothing where there is none or another target."""
    if os.environ.get("XINZHI_TARGET") or sys.platform == "win32":
        return []
    if given := os.environ.get("CXX"):
        return given.split()
    found = next((path for name in COMPILERS if (path := shutil.which(name))), None)
    return [found] if found else []


def _library_name() -> str:
    return {"win32": "_kernel.dll", "darwin": "_kernel.dylib"}.get(sys.platform, "_kernel.so")


def _own_tag() -> str:
    """Return the tag of this machine, on macOS without the version of its own system."""
    if sys.platform == "darwin":
        return f"macosx_11_0_{platform.machine()}"
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")
