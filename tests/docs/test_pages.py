"""Every code block of README.md and docs/ is run, a page in one go, in an empty folder.

- ``python`` is executed; the blocks of a page share their names.
- ``sh`` is run by ``sh -eu``, with ``gov-core`` and ``./dev`` at hand.
- A block with ``title="path"`` is written to that path, so that later blocks can use it.
- ``text`` right after one that ran is what it prints; ``...`` stands for anything.
- ``<!-- not run: reason -->`` in front of a block leaves it out.
"""

import contextlib
import doctest
import io
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", *sorted(page.relative_to(ROOT).as_posix() for page in ROOT.glob("docs/**/*.md"))]

FENCE = re.compile(
    r"^(?P<left_out><!-- not run: [^\n]+ -->\n+)?```(?P<language>\w*)(?P<options>[^\n]*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
TITLE = re.compile(r'title="([^"]+)"')
PARSERS = {"json": json.loads, "toml": tomllib.loads}


@dataclass(frozen=True)
class Block:
    language: str
    title: str | None
    body: str
    line: int
    left_out: bool


def blocks(text: str) -> Iterator[Block]:
    for fence in FENCE.finditer(text):
        title = TITLE.search(fence["options"])
        line = text.count("\n", 0, fence.start("body"))
        yield Block(fence["language"], title and title[1], fence["body"], line, fence["left_out"] is not None)


def run_python(block: Block, page: str, names: dict[str, object]) -> str:
    code = compile(
        "\n" * block.line + block.body, str(ROOT / page), "exec"
    )  # tracebacks show the page's line
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, names)  # noqa: S102 - it is what a reader would do
    return printed.getvalue()


def run_shell(block: Block) -> str:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["sh", "-eu", "-c", block.body], env={**os.environ, "PATH": path, "NO_COLOR": "1", "COLUMNS": "110"},
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, f"exit status {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def follow(page: str, text: str) -> None:
    """Do what a page says, in the current folder."""
    names: dict[str, object] = {"__name__": "__main__"}
    printed: str | None = None
    for block in blocks(text):
        if block.left_out:
            printed = None
        elif block.title:
            target = Path(block.title)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.body, encoding="utf-8")
            PARSERS.get(block.language, str)(block.body)
        elif block.language == "python":
            printed = run_python(block, page, names)
        elif block.language == "sh":
            printed = run_shell(block)
        elif block.language == "text" and printed is not None:
            same = doctest.OutputChecker().check_output(
                block.body, printed, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
            )
            assert same, f"{page}:{block.line}: the page shows\n{block.body}\nbut this was printed\n{printed}"
            printed = None
        else:
            pytest.fail(f"{page}:{block.line}: a {block.language!r} block that nothing runs; see {__file__}")


@pytest.mark.parametrize("page", PAGES)
def test_page(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dev").write_text(f'#!/bin/sh\nexec "{ROOT}/dev" "$@"\n', encoding="utf-8")
    (tmp_path / "dev").chmod(0o755)
    follow(page, (ROOT / page).read_text(encoding="utf-8"))


LEFT_OUT = "<!-- not run: because -->\n```sh\nfalse\n```\n"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (LEFT_OUT + "```python\nraise LookupError\n```\n" + LEFT_OUT, LookupError),
        ("```python\nraise LookupError\n```", LookupError),
        ("```sh\nfalse\ntrue\n```", AssertionError),
        ("```python\nprint(1)\n```\n\n```text\n2\n```", AssertionError),
        ('```toml title="city.toml"\n[city\n```', tomllib.TOMLDecodeError),
        ("```bash\nls\n```", pytest.fail.Exception),
    ],
)
def test_a_wrong_page_fails(
    text: str, what: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(what):
        follow("page.md", text)
