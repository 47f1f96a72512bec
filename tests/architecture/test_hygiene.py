"""Tracked files name no registry and no machine, and the tree reads as the domain."""

import re
import subprocess
import tomllib
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

FORBIDDEN = {
    "address of a package registry": re.compile(
        r"https?://[^\s\"']*(?:pypi\.|pythonhosted\.|static\.crates\.|index\.crates\.|npmjs\.|/simple\b)"
        r"|--(?:extra-)?index-url\b|--find-l[i]nks\b|\bsparse\+http",
        re.IGNORECASE,
    ),
    "path of one machine": re.compile(r"(?<![\w.}$*~])/(?:root|work|home|Users)/\w|(?<![\w.}$*~\"'])/tmp/\w"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
}
HOLLOW_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
LOCAL_FILES = {"uv.lock", "pylock.toml", ".cargo/config.toml", ".env"}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=False, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("no git clone: an sdist has no tracked files")
    return [Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_secret_address_or_machine_path() -> None:
    found = []
    for path in tracked():
        try:
            text = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures, index files and deliberately broken inputs
        found += [
            f"{path}:{text.count(chr(10), 0, hit.start()) + 1}: {what}: {hit.group()!r}"
            for what, pattern in FORBIDDEN.items()
            for hit in pattern.finditer(text)
        ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "--index" + "-url https://example.org/x",
        "see https:" + "//py" + "pi.org/project/x",
        "open('/ro" + "ot/data.csv')",
        "cd /t" + "mp/scratch",
        "-----BEGIN " + "PRIVATE KEY-----",
    ],
)
def test_patterns_catch_planted_lines(line: str) -> None:
    assert any(pattern.search(line) for pattern in FORBIDDEN.values())


def test_no_hollow_module_names() -> None:
    assert [path for path in tracked() if path.suffix in {".py", ".rs"} and path.stem in HOLLOW_NAMES] == []


def test_no_local_files() -> None:
    assert [path for path in tracked() if path.as_posix() in LOCAL_FILES or path.name == "uv.lock"] == []


def test_lock_holds_every_dependency() -> None:
    """requirements/dev.txt pins whatever pyproject.toml asks for, each file by its hash."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *chain.from_iterable(project["optional-dependencies"].values())]
    names = {re.split(r"[<>=!~ \[;]", line, maxsplit=1)[0].lower() for line in wanted}
    lock = (ROOT / "requirements/dev.txt").read_text(encoding="utf-8")
    pins = re.findall(r"^([a-z0-9._-]+)==\S+.*\\\n    --hash=sha256:", lock, re.MULTILINE)
    assert names <= set(pins)
    assert len(pins) == len(re.findall(r"^[a-z]", lock, re.MULTILINE))


def test_links_of_llms_txt_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", (ROOT / "llms.txt").read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).is_file()] == []
