"""Sections of `benchmarks/RESULTS.md`, each written by the command that measured it."""

from __future__ import annotations

import re
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
_HEAD = "# Results\n\nWritten by the commands named in each section; nothing here is edited by hand.\n"


def put_section(text: str, section: str, content: str) -> str:
    """Replace a section of the results, or add it at the end.

    Args:
        text: The whole file; empty for a new one.
        section: Name between the section's markers.
        content: Markdown without markers.

    Examples:
        >>> once = put_section("", "speed", "## Speed\\n\\n1 ms")
        >>> put_section(once, "speed", "## Speed\\n\\n2 ms").splitlines()[3:]
        ['', '<!-- begin speed -->', '## Speed', '', '2 ms', '<!-- end speed -->']
    """
    begin, end = f"<!-- begin {section} -->", f"<!-- end {section} -->"
    block = f"{begin}\n{content.strip()}\n{end}"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if pattern.search(text):
        return pattern.sub(lambda _: block, text)
    return f"{(text or _HEAD).rstrip()}\n\n{block}\n"


def write_section(section: str, content: str, path: Path = RESULTS) -> None:
    """Put a section into the file, which is made if it isn't there."""
    old = path.read_text("utf-8") if path.exists() else ""
    path.write_text(put_section(old, section, content), "utf-8")
