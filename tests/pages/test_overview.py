"""The first page and the list of jobs, in a browser."""

from playwright.sync_api import Page, expect

from jobs.figures import keep_up
from jobs.models import Run
from jobs.models.state import State
from tests.console.conftest import MakeRun


def test_a_bar_moves_and_a_failure_appears_without_a_reload(page: Page, make_run: MakeRun) -> None:
    run = make_run(State.RUNNING, job="import_products", done=10, total=100)
    page.goto("/")
    page.evaluate("window.stayed = true")

    Run.objects.filter(pk=run.pk).update(done=60)
    expect(page.locator("progress")).to_have_attribute("value", "60")
    make_run(State.FAILED, error="There is no such file")

    expect(page.get_by_text("There is no such file")).to_be_visible()
    expect(page.get_by_role("button", name="Mark as seen")).to_be_visible()
    assert page.evaluate("window.stayed")


def test_a_failure_is_gone_once_it_is_marked_as_seen(page: Page, make_run: MakeRun) -> None:
    make_run(State.FAILED, error="There is no such file")
    page.goto("/")

    page.get_by_role("button", name="Mark as seen").click()

    expect(page.get_by_text("Marked as seen.")).to_be_visible()
    expect(page.get_by_text("There is no such file")).to_be_hidden()


def test_a_reader_sees_the_failure_and_no_button(reader_page: Page, make_run: MakeRun) -> None:
    make_run(State.FAILED, error="There is no such file")

    reader_page.goto("/")

    expect(reader_page.get_by_text("There is no such file")).to_be_visible()
    expect(reader_page.get_by_role("button", name="Mark as seen")).to_have_count(0)


def test_a_day_leads_to_its_runs(page: Page, make_run: MakeRun) -> None:
    make_run(State.SUCCEEDED)
    keep_up()
    page.goto("/?days=7")

    page.get_by_text("The same as a table").click()
    page.get_by_role("table").get_by_role("link").first.click()

    expect(page.get_by_role("heading", name="Runs")).to_be_visible()


def test_the_jobs_are_found_as_one_types(page: Page, make_run: MakeRun) -> None:
    page.goto("/jobs/")

    page.keyboard.press("/")
    page.keyboard.type("import ord")

    expect(page.get_by_role("link", name="Import orders")).to_be_visible()
    expect(page.get_by_role("link", name="Import products")).to_be_hidden()
    expect(page.get_by_text("Notifications", exact=True)).to_be_hidden()
    page.keyboard.type(" nothing")
    expect(page.get_by_role("heading", name="No job matches")).to_be_visible()


def test_a_search_holds_while_the_list_lives(page: Page, make_run: MakeRun) -> None:
    page.goto("/jobs/")
    page.get_by_role("searchbox").fill("greet")

    make_run(State.SUCCEEDED)

    expect(page.get_by_text("1 of 1 succeeded")).to_be_visible()
    expect(page.get_by_role("link", name="Import products")).to_be_hidden()
