"""What the docs say about a job: its section of docs/jobs.md."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from console.source import highlighted
from jobs.catalog import JOBS

PAGE = Path("docs", "jobs.md")


@cache
def section_of(job: str) -> SafeString | None:
    """As HTML; None where the page, or its section, is not here."""
    page = settings.ROOT / PAGE
    if not page.is_file():
        return None
    text = _section(page.read_text(), job)
    # Markup in the page's text is escaped: it is read with `html` turned off.
    return SafeString(_reader().render(text)) if text else None


def _section(page: str, heading: str) -> str:
    """What stands below that heading, up to the next of its kind."""
    _, found, rest = f"\n{page}".partition(f"\n## {heading}\n")
    return rest.partition("\n## ")[0].strip() if found else ""


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.core.ruler.push("lead_here", lambda state: _lead_here(state.tokens))
    for name, rule in (("fence", _code), ("table_open", _table_opens), ("table_close", _table_closes)):
        reader.add_render_rule(name, rule)
    return reader


def _lead_here(tokens: Sequence[Token]) -> None:
    """Links to other jobs lead to their pages; of those to other pages of the docs only the words stay."""
    for token in tokens:
        kept, is_left_out = [], False
        for child in token.children or ():
            if child.type == "link_open":
                child.attrs["href"] = _address(str(child.attrs["href"]))
                is_left_out = not child.attrs["href"]
            if not (child.type in ("link_open", "link_close") and is_left_out):
                kept.append(child)
        if token.children:
            token.children = kept


def _address(link: str) -> str:
    if link.startswith("#") and link[1:] in JOBS:
        return f"{reverse('job', args=[link[1:]])}?tab=docs"
    return link if link.startswith(("http://", "https://")) else ""


def _code(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any) -> str:
    return highlighted(tokens[index].content, tokens[index].info.strip() or "text")


def _table_opens(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any
) -> str:
    # A part that scrolls needs a name of its own, for whoever comes to it by the keyboard.
    env["tables"] = env.get("tables", 0) + 1
    name = f"Table {env['tables']}"
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{name}"><table>'


def _table_closes(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any
) -> str:
    return "</table></div>"
