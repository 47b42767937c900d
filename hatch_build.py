"""Makes the long description of a package from README.md, whose links are relative.

A package index shows the README apart from the repository, so a relative link leads nowhere there. Nobody
can know where a copy of the project is published, but who publishes it. So `links` in
`[tool.hatch.metadata.hooks.custom]` of pyproject.toml says where its files are read. Without it, the name of
each file stands in the place of its link: all of them are in the source archive.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

RELATIVE = re.compile(r"\[([^\[\]]+)\]\((?![a-z][a-z0-9+.-]*:|#)([^()\s]+)\)")
NOTE = "*Paths on this page are those of the source archive.*"


class ReadmeHook(MetadataHookInterface):
    """Sets the field `readme`, which pyproject.toml declares dynamic."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Put the long description into the metadata."""
        text = (Path(self.root) / "README.md").read_text("utf-8")
        described = long_description(text, str(self.config.get("links", "")))
        metadata["readme"] = {"content-type": "text/markdown", "text": described}


def long_description(readme: str, links: str) -> str:
    """Return the README with absolute links, or without links if nobody says where they lead.

    Args:
        readme: the text of README.md.
        links: the address that the repository's files are read under, or "".
    """
    if links:
        return RELATIVE.sub(lambda found: f"[{found[1]}]({links.rstrip('/')}/{found[2]})", readme)
    title, _, rest = readme.partition("\n")
    return f"{title}\n\n{NOTE}\n{RELATIVE.sub(_named, rest)}"


def _named(found: re.Match[str]) -> str:
    text, path = found[1], found[2]
    return text if path in text else f"{text} (`{path}`)"
