"""The documentation as a site: built once, whole, true to the code, and without anything from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from conformance.cli import explaining
from conformance.contract import contract
from conformance.target import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
KNOWN = contract.load()
HOST = "http://site.example"
# Attributes that make a browser load something, by element. A link is only followed by a reader.
LOADING = {"img": "src", "script": "src", "link": "href", "iframe": "src", "source": "src"}


class Page(HTMLParser):
    """What a page links, loads and can be linked at, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: set[str] = set()
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given["id"]} if "id" in given else set()
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if given.get(LOADING.get(tag, "")):
            self.loads.append(given[LOADING[tag]])

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


class Site(NamedTuple):
    """The built site: its folder, and each page by its address."""

    folder: Path
    pages: dict[str, Page]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("site")
    kept = {k: os.environ[k] for k in ("PATH", "HOME") if k in os.environ}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, env={**kept, "LANG": "C.UTF-8", "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = {
        "/" + str(path.relative_to(folder)).removesuffix("index.html"): Page(
            path.read_text("utf-8")
        )
        for path in folder.rglob("*.html")
        if path.name != "404.html"
    }
    return Site(folder, found)


def inner_links(site: Site) -> Iterator[tuple[str, str, str]]:
    """Each page with what it links or loads on the site itself: a path, and an id on that page."""
    for address, page in site.pages.items():
        for link in (*page.links, *page.loads):
            whole = urlsplit(urljoin(HOST + address, link))
            if f"{whole.scheme}://{whole.netloc}" == HOST:
                yield address, unquote(whole.path), unquote(whole.fragment)


def test_every_link_leads_to_a_page_or_file_and_to_a_place_on_it(site: Site) -> None:
    dead = set()
    for address, path, fragment in inner_links(site):
        page = site.pages.get(path)
        there = page is not None or (site.folder / path[1:]).is_file()
        if not there or (page is not None and fragment and fragment not in page.ids):
            dead.add((address, path, fragment))
    assert dead == set()


def test_nothing_is_loaded_from_elsewhere(site: Site) -> None:
    loaded = {load for page in site.pages.values() for load in page.loads}
    assert [load for load in loaded if urlsplit(load).netloc] == []
    styles = "".join(p.read_text("utf-8") for p in site.folder.rglob("*.css"))
    assert re.findall(r"url\(['\"]?(?:https?:)?//|@import", styles) == []


def test_each_palette_follows_the_system_or_a_choice(site: Site) -> None:
    home = (site.folder / "index.html").read_text("utf-8")
    media = re.findall(r'data-md-color-media="([^"]*)"', home)
    of_system = "(prefers-color-scheme{})"
    assert media[-3:] == [of_system.format(which) for which in ("", ": light", ": dark")]


def test_each_requirement_has_a_page_at_an_address_that_stays(site: Site) -> None:
    for id_ in (*KNOWN.requirements, *KNOWN.observations):
        assert f"/requirements/{id_}/" in site.pages


@pytest.mark.parametrize("id_", ["N-2", "AUTH-2", "PROVIDER-3", "TENANT-1"])
def test_the_page_of_a_requirement_says_what_explain_says(site: Site, id_: str) -> None:
    page, found = site.pages[f"/requirements/{id_}/"], explaining.of(id_)
    row = found.requirement
    said = [row.text, row.basis, row.hint, *found.checks, *found.needs, *found.helps]
    said += [one.sentence for one in found.defects] + [line for _, line in found.lines]
    for text in said:
        assert " ".join(text.split()).replace("docs/", "") in page.text.replace("docs/", "")
    for number in row.lines:
        assert f"../../documentation/#line-{number}" in page.links


def test_each_line_of_the_documentation_can_be_linked(site: Site) -> None:
    page = site.pages["/documentation/"]
    assert {f"line-{n}" for n in range(1, len(KNOWN.documentation) + 1)} <= page.ids
    for line in filter(str.strip, KNOWN.documentation):
        assert " ".join(line.split()) in page.text


def test_each_setting_stands_on_the_page_of_the_configuration(site: Site) -> None:
    page = site.pages["/configuration/"]
    for setting in settings.SETTINGS:
        assert setting.name in page.ids
        assert f"{setting.flag} " in page.text + " "
        assert setting.variable in page.text
        assert " ".join(setting.help[1:].split()) in page.text
