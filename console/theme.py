"""What every page has to know of its reader's eyes."""

from django.http import HttpRequest

COOKIE = "theme"
THEMES = ("light", "dark")


def theme(request: HttpRequest) -> dict[str, str]:
    """For all templates; empty is what the system says."""
    chosen = request.COOKIES.get(COOKIE, "")
    return {"theme": chosen if chosen in THEMES else ""}
