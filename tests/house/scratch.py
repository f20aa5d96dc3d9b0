"""A scratch copy of the house, in which a recipe is followed or one of its steps is forgotten.

Copying the house and importing other people's packages cost more than the checks themselves. So one copy serves all
tests of a file, and one process that has imported the packages, but nothing of the house, forks once for each run.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "alembic.command", "argon2", "babel.messages.pofile", "cryptography.fernet", "flask", "fpdf", "hypothesis",
    "phonenumbers", "playwright.sync_api", "prometheus_client", "psycopg", "pydantic", "pytest", "redis", "rq",
    "shapely", "sqlalchemy.orm",
)  # fmt: skip
# Reads one JSON object a line: what a child does, and the file that it writes to. Answers with the exit codes.
FORKS = """
import importlib, json, os, runpy, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
for line in sys.stdin:
    told = json.loads(line)
    child = os.fork()
    if child == 0:
        out = os.open(told["out"], os.O_WRONLY | os.O_CREAT)
        os.dup2(out, 1)
        os.dup2(out, 2)
        code = 70
        try:
            code = int(importlib.import_module("pytest").main(told["words"]))
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass(frozen=True)
class Said:
    """How a run of pytest ended, and what it said."""

    code: int
    text: str


@dataclass
class Scratch:
    """The copy, and the process that runs its checks."""

    root: Path
    process: subprocess.Popen[str]
    runs: Iterator[int] = field(default_factory=itertools.count)

    def checked(self, *words: str) -> Said:
        """Run pytest in the copy, which comes before the house itself."""
        out = self.root.with_suffix(f".{next(self.runs)}")
        told = {"out": str(out), "words": ["-q", "-p", "no:cacheprovider", "--tb=short", *words]}
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        return Said(int(self.process.stdout.readline()), out.read_text("utf-8"))

    def python(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run this Python in the copy."""
        return subprocess.run(
            [sys.executable, *words], cwd=self.root, env=environ(self.root), capture_output=True, text=True, check=False
        )

    def put_back(self) -> None:
        """Make every file of the copy what it is in the house, and remove what the house does not have."""
        for path in [path for path in self.root.rglob("*") if path.is_file() and path.suffix != ".pyc"]:
            ours = ROOT / path.relative_to(self.root)
            if not ours.exists():
                path.unlink()
            elif _stamp(ours) != _stamp(path):
                shutil.copy2(ours, path)
        for folder in [path for path in self.root.rglob("*") if path.is_dir() and not any(path.iterdir())]:
            folder.rmdir()


def _stamp(path: Path) -> tuple[int, int]:
    told = path.stat()
    return told.st_mtime_ns, told.st_size


def environ(root: Path) -> dict[str, str]:
    """Return the environment of processes in the copy. They keep no bytecode, because its time stamps count whole
    seconds and a file may change twice in one. Only the plugins that the copy's tests name are loaded."""
    return {
        **os.environ,
        "PYTHONPATH": f"{root}:{root / 'tests'}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "DEMO": "1",
        "DATA_DIR": str(root / "var"),
    }


@contextmanager
def copied(root: Path, names: Sequence[str], **more: str) -> Iterator[Scratch]:
    """A scratch copy of these files and folders of the house; its checks find `more` in their environment."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("*.pyc.*"))
        else:
            shutil.copy2(ROOT / name, root / name)
    command = [sys.executable, "-c", FORKS, *PACKAGES]
    with subprocess.Popen(
        command, cwd=root, env=environ(root) | more, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Scratch(root, process)
        assert process.stdin
        process.stdin.close()
