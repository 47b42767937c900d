"""What mkdocs calls while it builds the site (`hooks:` in mkdocs.yml).

It adds the pages that are made from the contract, the settings and the commands, and the pages that lie
outside of docs/. None of them is committed: a page cannot say other than the code.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import configuration_page
import documentation_page
import requirement_pages
from mkdocs.structure.files import File

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
# Pages of the repository's root, by their names on the site.
OUTSIDE = {
    "architecture.md": "ARCHITECTURE.md",
    "contributing.md": "CONTRIBUTING.md",
    "changelog.md": "CHANGELOG.md",
}
# Files that generated pages link.
AS_THEY_ARE = ("openapi/image-variations.yaml", "openapi/endpoint.txt")
# What a page of docs/ links outside of it; the site has that file under the same path.
UPWARD = re.compile(r"\[([^\]]*)\]\(\.\./([\w./-]+)\)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the page of each requirement into the navigation."""
    for entry in config.nav or []:
        if entry.get("Requirements") == requirement_pages.INDEX:
            entry["Requirements"] = requirement_pages.navigation()
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are not in docs/."""
    for path, text in generated():
        files.append(File.generated(config, path, content=text))
    for path in sorted({*AS_THEY_ARE, *_linked(Path(config.docs_dir))}):
        files.append(File.generated(config, path, abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown: str, *, page: Page, **_: object) -> str:
    """Point the links that lead out of docs/ to where the same is on the site."""
    if "/" in page.file.src_uri:
        return markdown
    for here, there in OUTSIDE.items():
        markdown = markdown.replace(f"](../{there}", f"]({here}")
    return UPWARD.sub(_on_site, markdown)


def on_post_page(output: str, **_: object) -> str:
    """Name the dialog of the search for who hears the page; the theme leaves it without a name."""
    return output.replace('class="md-search"', 'class="md-search" aria-label="Search"', 1)


def _on_site(link: re.Match[str]) -> str:
    """Return a link as the site has it: to a file, or only the words where it leads to a folder."""
    text, path = link[1], link[2]
    if (ROOT / path).is_dir():
        return text
    return f"[{text}]({path})" if (ROOT / path).is_file() else link[0]


def _linked(folder: Path) -> Iterator[str]:
    """Yield the files outside of docs/ that its pages link, by their paths in the repository."""
    for page in folder.glob("*.md"):
        for _, path in UPWARD.findall(page.read_text("utf-8")):
            if path not in OUTSIDE.values() and (ROOT / path).is_file():
                yield path


def generated() -> Iterator[tuple[str, str]]:
    """Yield the path on the site and the Markdown of every page that is not in docs/."""
    for path in sorted((HERE / "pages").glob("*.md")):
        yield path.name, path.read_text("utf-8")
    for here, there in OUTSIDE.items():
        text = re.sub(r"\]\(docs/", "](", (ROOT / there).read_text("utf-8"))
        for name, root_name in OUTSIDE.items():
            text = text.replace(f"]({root_name}", f"]({name}")
        yield here, text
    yield documentation_page.PATH, documentation_page.page()
    yield configuration_page.PATH, configuration_page.page()
    yield configuration_page.COMMANDS_PATH, configuration_page.commands()
    yield from requirement_pages.pages()
