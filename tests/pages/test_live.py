"""An open page shows what happens, as it happens, and leaves alone what its reader does."""

import re

from playwright.sync_api import Page, expect

from jobs.models import Run
from jobs.models.state import State
from tests.console.conftest import MakeRun
from tests.pages.web import Web

HIDE = """(isHidden) => {
    Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def advance(run: Run, done: int) -> None:
    Run.objects.filter(pk=run.pk).update(done=done)


def test_what_changes_is_shown_without_a_reload(page: Page, make_run: MakeRun) -> None:
    run = make_run(State.RUNNING, done=10, total=100, message="ten")
    page.goto(f"/runs/{run.pk}/")
    page.evaluate("window.stayed = true")

    Run.objects.filter(pk=run.pk).update(done=60, message="sixty")

    expect(page.locator("progress")).to_have_attribute("value", "60")
    expect(page.get_by_text("sixty")).to_be_visible()
    expect(page).to_have_title("Running 60 %: Greet · Nightshift")
    assert page.evaluate("window.stayed")


def test_the_buttons_are_those_of_the_state(page: Page, make_run: MakeRun) -> None:
    run = make_run(State.RUNNING)
    page.goto(f"/runs/{run.pk}/")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()

    Run.objects.filter(pk=run.pk).update(state=State.PAUSED)

    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    expect(page.get_by_role("button", name="Pause")).to_be_hidden()


def test_a_lost_connection_is_said_and_found_again(page: Page, make_run: MakeRun, web: Web) -> None:
    run = make_run(State.RUNNING, done=10, total=100)
    page.goto(f"/runs/{run.pk}/")
    expect(page.locator("progress")).to_have_attribute("value", "10")

    web.stop()
    expect(page.get_by_text(re.compile(r"Connection lost, showing \d\d:\d\d:\d\d"))).to_be_visible()
    advance(run, 70)
    web.start()

    expect(page.get_by_text("Connection lost")).to_be_hidden()
    expect(page.locator("progress")).to_have_attribute("value", "70")


def test_a_hidden_page_asks_for_nothing_and_is_true_once_it_is_seen_again(
    page: Page, make_run: MakeRun
) -> None:
    run = make_run(State.RUNNING, done=10, total=100)
    ended: list[str] = []
    page.on("requestfailed", lambda request: ended.append(request.url))
    page.goto(f"/runs/{run.pk}/")
    expect(page.locator("progress")).to_have_attribute("value", "10")

    page.evaluate(HIDE, True)
    advance(run, 80)

    expect(page.locator("progress")).to_have_attribute("value", "10")
    assert any("/live/" in url for url in ended)
    page.evaluate(HIDE, False)
    expect(page.locator("progress")).to_have_attribute("value", "80")


def test_what_is_open_and_focused_stays_so(page: Page, make_run: MakeRun) -> None:
    run = make_run(State.RUNNING, done=10, total=100)
    run.attempts.update(traceback="Traceback", log="a line")
    page.goto(f"/runs/{run.pk}/")
    page.get_by_text("Traceback").first.click()
    page.get_by_role("link", name="Whole log").focus()

    advance(run, 90)

    expect(page.locator("progress")).to_have_attribute("value", "90")
    expect(page.get_by_role("region", name="Traceback of attempt 1")).to_be_visible()
    expect(page.get_by_role("link", name="Whole log")).to_be_focused()


def test_keys_lead_to_the_pages(page: Page) -> None:
    page.goto("/jobs/")

    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("r")

    expect(page).to_have_url(re.compile("/runs/$"))


def test_the_colours_are_those_that_were_chosen(page: Page) -> None:
    page.goto("/jobs/")

    page.get_by_text("boss").click()
    page.get_by_role("button", name="Dark").click()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page).to_have_url(re.compile("/jobs/$"))
