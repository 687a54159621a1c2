"""Light or dark, and back to where one was."""

import pytest
from django.test import Client


@pytest.mark.parametrize(
    ("said", "leads_to"),
    [
        ("/runs/?q=state:failed", "/runs/?q=state:failed"),
        ("https://elsewhere.example.org/", "/"),
        ("//elsewhere.example.org/", "/"),
        ("javascript:alert(1)", "/"),
        ("nowhere", "nowhere"),
        ("", "/"),
    ],
)
def test_one_is_led_back_and_nowhere_else(as_reader: Client, said: str, leads_to: str) -> None:
    answer = as_reader.post("/theme/", {"theme": "dark", "next": said})

    assert (answer.status_code, answer["Location"]) == (302, leads_to)


@pytest.mark.parametrize(("said", "shown"), [("dark", True), ("light", False), ("pink", False), ("", False)])
def test_the_choice_is_kept_in_the_browser(as_reader: Client, said: str, shown: bool) -> None:
    as_reader.post("/theme/", {"theme": said})

    assert ('data-theme="dark"' in as_reader.get("/jobs/").content.decode()) is shown
