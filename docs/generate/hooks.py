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

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
# Pages of the repository's root, by their names on the site.
OUTSIDE = {
    "architecture.md": "ARCHITECTURE.md",
    "contributing.md": "CONTRIBUTING.md",
    "changelog.md": "CHANGELOG.md",
}
# Files that pages link, as they are.
AS_THEY_ARE = ("openapi/image-variations.yaml", "openapi/endpoint.txt")


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
    for path in AS_THEY_ARE:
        files.append(File.generated(config, path, abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Point links to the root's pages to where these are on the site."""
    for here, there in OUTSIDE.items():
        markdown = markdown.replace(f"](../{there}", f"]({here}")
    return markdown


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
