"""What holds for every page: everybody can use it, it fits a phone, and it says what it is."""

from django.contrib.auth.models import User
from playwright.sync_api import Page

from tests.console.conftest import MakeRun
from tests.pages.addresses import addresses, page_names
from tests.pages.axe import SCHEMES, violations
from tests.pages.conftest import OpenPage


def test_every_address_of_the_table_is_tried(make_run: MakeRun, boss: User) -> None:
    tried = {name.partition(" ")[0] for name in addresses(make_run, boss)} | {"login"}

    assert page_names() - tried == set()


def test_no_page_keeps_anybody_out(open_page: OpenPage, boss: User, make_run: MakeRun) -> None:
    page, found = open_page(boss), {}
    pages = {**addresses(make_run, boss), "not found": "/nowhere/"}

    for name, address in pages.items():
        page.goto(address)
        found |= {(name, scheme): violations(page, scheme) for scheme in SCHEMES}

    assert {where: said for where, said in found.items() if said} == {}


def test_signing_in_keeps_nobody_out(open_page: OpenPage) -> None:
    page = open_page(None)
    page.goto("/login/")

    assert [violations(page, scheme) for scheme in SCHEMES] == [[], []]


def test_the_form_that_signs_in_stands_in_the_middle_of_a_phone(open_page: OpenPage) -> None:
    page = open_page(None, narrow=True)
    page.goto("/login/")

    box = page.locator(".card").bounding_box()
    assert box is not None
    assert abs(box["x"] * 2 + box["width"] - 390) <= 1


def test_every_page_fits_a_phone_and_says_what_it_is(
    open_page: OpenPage, boss: User, make_run: MakeRun
) -> None:
    page, found = open_page(boss, narrow=True), {}

    for name, address in addresses(make_run, boss).items():
        page.goto(address)
        excess = page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)")
        found[name] = excess, page.locator("h1").count()

    assert {name: what for name, what in found.items() if what != (0, 1)} == {}


def test_the_judge_finds_what_is_wrong(page: Page) -> None:
    page.goto("/jobs/")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"x\"><input>')")

    assert {said.partition(":")[0] for said in violations(page, "light")} >= {"image-alt", "label"}
