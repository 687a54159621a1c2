"""What axe-core has against a page."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
SCHEMES = ("light", "dark")
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # What passes is not listed, which takes longer than finding what does not.
    "resultTypes": ["violations"],
}


def violations(page: Page, scheme: str) -> list[str]:
    """A line for each, in these colours: the rule, what it says, and where."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
    if not page.evaluate("() => 'axe' in window"):
        # Through the debugger, for the page's own policy takes no script that it did not send.
        page.context.new_cdp_session(page).send("Page.setBypassCSP", {"enabled": True})
        page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate("(rules) => axe.run(document, rules)", RULES)["violations"]
    return [f"{each['id']}: {each['help']}: {_places(each)}" for each in found]


def _places(violation: dict[str, Any]) -> str:
    return "; ".join(node["html"][:160] for node in violation["nodes"][:5])
