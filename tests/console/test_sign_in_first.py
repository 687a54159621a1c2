"""What becomes of somebody who is not signed in."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client


def leads_back_to(location: str) -> str:
    return parse_qs(urlsplit(location).query)["next"][0]


def test_who_wants_to_look_comes_to_what_they_wanted_to_see(client: Client, db: None) -> None:
    assert leads_back_to(client.get("/runs/?q=state:failed")["Location"]) == "/runs/?q=state:failed"


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/jobs/greet/?preset=1", "/jobs/greet/?preset=1"),
        ("http://testserver/jobs/greet/", "/jobs/greet/"),
        ("http://elsewhere.example.org/jobs/", "/"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
def test_who_sends_a_form_comes_back_to_the_page_of_it(
    client: Client, db: None, page: str, back: str
) -> None:
    answer = client.post("/jobs/greet/runs/", headers={"Referer": page})

    assert leads_back_to(answer["Location"]) == back


def test_whose_session_has_ended_is_told_that_nothing_was_done(client: Client, reader: User) -> None:
    page = client.post("/jobs/greet/runs/", headers={"Referer": "http://testserver/jobs/greet/"}, follow=True)

    assert "Nothing was done, since you are signed out" in page.content.decode()
    said = {"username": "reader", "password": "pass", "next": page.context["next"]}
    assert client.post("/login/", said)["Location"] == "/jobs/greet/"
