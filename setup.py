"""Build the wheel. What lies at the root of the checkout and is needed to run comes along as `gateway/root/`.

Everything else is in pyproject.toml. An editable install (`make setup`) copies nothing: there the root itself is used.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHIPPED = ("wsgi.py", "worker.py", "switch.py", "gunicorn.conf.py", "migrations")
BUILDS_ONLY = ("setuptools",)  # stands in requirements.in for `make setup`; who runs a wheel needs it not


class WithRoot(build_py):
    """Copy the package, and then what is shipped beside it."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            root = Path(self.build_lib, "gateway", "root")
            shutil.rmtree(root, ignore_errors=True)
            root.mkdir(parents=True)
            for name in SHIPPED:
                _copy(Path(name), root / name)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy2(source, target)


def _needed() -> list[str]:
    lines = (line.strip() for line in Path("requirements.in").read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#") and line not in BUILDS_ONLY]


setup(
    cmdclass={"build_py": WithRoot},
    install_requires=_needed(),
    data_files=[("share/man/man1", ["gateway/cli/siaga.1"])],  # `man siaga`, where bin/ is in PATH
)
