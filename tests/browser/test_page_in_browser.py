"""The page in a headless Chromium, at the widths of a desk and of a phone: see `check_page.mjs`."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from parkwerk.report.language import LANGUAGES
from report.page_results import page_of, solved_park

HERE = Path(__file__).parent
#: One page at two widths takes some seconds, on a busy machine a minute.
PATIENCE = 300
#: What is wrong with a page on purpose, by what the check says of it.
WRONG = {
    "console: told": "<script>console.error('told')</script>",
    "error: gone": "<script>throw new Error('gone')</script>",
    "request: http://127.0.0.1:9/x.png": "<img alt='' src='http://127.0.0.1:9/x.png'>",
    "overflow: ": "<div style='width: 3000px'>wide</div>",
    "figure: empty is not drawn": "<div class='picture' id='empty'></div>",
    "keyboard: ": "",
    "image-alt": "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA='>",
}

pytestmark = pytest.mark.browser


def checked(*pages: Path) -> subprocess.CompletedProcess[str]:
    """What the check says of pages.

    Fails where node, its packages or Chromium are missing: `make check-page` brings the packages.
    """
    node = shutil.which("node")
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if node is None or chromium is None:
        pytest.fail("the check needs node and chromium; on Debian install both packages")
    if not (HERE / "node_modules").is_dir():
        pytest.fail("the check needs its packages: make check-page")
    return subprocess.run(
        [node, HERE / "check_page.mjs", *pages],
        env={**os.environ, "CHROMIUM": chromium},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_the_page_is_in_order_in_both_languages(tmp_path: Path) -> None:
    """No error, no request, nothing wider than the window, all figures drawn, nothing grave by axe;
    on a park with a script in its title, with everything that the page can show.
    """
    found = solved_park()
    places = (("company_x", [0.0, 200.0]), ("company_y", [0.0, 90.0]))
    for name, values in places:
        found["scenario"][name] = ("company", values)
    pages = []
    for lang in LANGUAGES:
        pages.append(tmp_path / f"{lang}.html")
        pages[-1].write_text(page_of(found, lang, others=["other"]).html, encoding="utf-8")
    result = checked(*pages)
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count("in order") == 2 * len(LANGUAGES)


def test_the_check_sees_what_is_wrong(tmp_path: Path) -> None:
    """A page with every fault there is: each is told, and the check fails."""
    page = tmp_path / "wrong.html"
    body = "".join(WRONG.values())
    head = "<title>wrong</title><link rel='icon' href='data:,'>"
    page.write_text(f"<!DOCTYPE html><html lang='en'><head>{head}</head><body>{body}</body></html>")
    result = checked(page)
    assert result.returncode == 1
    for fault in WRONG:
        assert fault in result.stdout, fault
