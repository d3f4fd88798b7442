"""Notebooks live in JupyterLab: boxes rendered, solutions folded, players and sliders at work."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.browser import SETTLED

ROOT = Path(__file__).parents[2]
TOKEN = "test"
PLAYER = "01_overview"
SLIDER = "02_small_example"
STARTING = 60  # seconds
EXECUTING = 180_000  # milliseconds, kernels that are compiled anew included
LOOKING = 30_000

ALL_CELLS = '{"windowingMode": "none"}'  # in the page, not only those in view

# Every cell is drawn once it is scrolled to.
SCROLL = """async () => {
  const panel = document.querySelector('.jp-WindowedPanel-outer, .jp-Notebook');
  for (let y = 0; y < panel.scrollHeight; y += 400) {
    panel.scrollTop = y;
    await new Promise(resolve => setTimeout(resolve, 150));
  }
}"""
RUN_ALL = """async () => {
  const lab = window.jupyterapp;
  await lab.shell.currentWidget.sessionContext.ready;
  lab.commands.execute('notebook:run-all-cells');
}"""
EXECUTED = """() => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]
  .every(prompt => /\\d/.test(prompt.textContent))"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a JupyterLab with the settings of nobody."""
    home = tmp_path_factory.mktemp("home")
    tracker = home / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    tracker.parent.mkdir(parents=True)
    tracker.write_text(ALL_CELLS, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [
        "--no-browser",
        "--allow-root",
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={shutil.copytree(ROOT / 'notebooks', home / 'notebooks')}",
        f"--IdentityProvider.token={TOKEN}",
        "--LabApp.news_url=None",
        "--expose-app-in-browser",
        f"--LabApp.user_settings_dir={home}",
    ]
    settings = {"JUPYTER_CONFIG_DIR": str(home / "config"), "HOME": str(home)}
    running = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        env={**os.environ, **settings, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/api?token={TOKEN}")
        yield address
    finally:
        running.terminate()
        running.wait(STARTING)


def wait_for(address):
    for _ in range(STARTING):
        try:
            urllib.request.urlopen(address)
            return
        except OSError:
            time.sleep(1)
    raise TimeoutError("JupyterLab did not start")


def executed(browser, server, name):
    """A notebook in JupyterLab, all of its cells executed and drawn."""
    page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
    page.goto(f"{server}/lab/workspaces/{name}/tree/{name}.ipynb?token={TOKEN}&reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=LOOKING)
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=LOOKING)
    page.evaluate(RUN_ALL)
    page.wait_for_function(EXECUTED, timeout=EXECUTING)
    page.evaluate(SCROLL)
    page.wait_for_timeout(SETTLED)
    return page


@pytest.fixture(scope="module")
def pages(browser, server):
    """Two notebooks by their names: one with a player, one with a slider."""
    return {name: executed(browser, server, name) for name in (PLAYER, SLIDER)}


@pytest.fixture(params=[PLAYER, SLIDER])
def page(request, pages):
    return pages[request.param]


def test_boxes_and_labels_are_rendered(page):
    text = "\n".join(page.locator(".myst").all_inner_texts())
    assert len(text) > 1000
    assert ":::" not in text
    assert "{admonition}" not in text
    assert page.locator(".myst aside").count()


def test_solutions_are_folded(page):
    solutions = page.locator(".myst details")
    assert solutions.count()
    assert not solutions.evaluate_all("all => all.some(one => one.open)")


def test_nothing_failed(page):
    assert page.locator('[data-mime-type="application/vnd.jupyter.error"]').count() == 0
    assert page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0


def test_a_player_plays(pages):
    player = pages[PLAYER].locator(".player").first
    place = player.locator("input[type=range]").first
    play = player.locator(".player-play")
    play.scroll_into_view_if_needed()
    before = place.input_value()
    play.click()
    pages[PLAYER].wait_for_timeout(1500)
    assert place.input_value() != before


def test_a_slider_draws_anew(pages):
    page = pages[SLIDER]
    handle = page.locator(".noUi-handle").first
    handle.scroll_into_view_if_needed()
    output = page.locator(".jp-OutputArea-output", has=page.locator(".noUi-handle")).first
    before = output.locator("img").first.get_attribute("src")
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(2000)
    assert output.locator("img").first.get_attribute("src") != before
