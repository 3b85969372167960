"""Guards the docs of all models: one file that opens from disk and asks nothing of a network."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from builds import PROJECT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("HANDOFF_")
    }
    environment["HANDOFF_DATABASE"] = str(folder / "handoff.duckdb")
    subprocess.run(
        [
            Path(sys.executable).with_name("dbt"),
            *("--log-level-file", "none", "--quiet", "docs", "generate", "--static"),
            *("--target-path", str(folder)),
        ],
        cwd=PROJECT,
        env=environment,
        check=True,
    )
    return folder / "static_index.html"


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium to open the page with")
def test_the_docs_open_from_disk_and_describe_the_marts(page):
    from playwright.sync_api import sync_playwright

    asked = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        tab = browser.new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(f"{page.as_uri()}#!/model/model.handoff.fct_mqls")
        tab.get_by_text("One row per MQL").first.wait_for()
        text = tab.inner_text("body")
        browser.close()
    assert "hand_raised_at" in text
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
