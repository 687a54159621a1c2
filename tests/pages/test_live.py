"""An open page shows what happens, as it happens."""

from playwright.sync_api import Page, expect

from jobs.models import Run
from jobs.models.state import State
from tests.console.conftest import MakeRun


def test_what_changes_is_shown_without_a_reload(page: Page, make_run: MakeRun) -> None:
    run = make_run(State.RUNNING, done=10, total=100, message="ten")
    page.goto(f"/runs/{run.pk}/")
    page.evaluate("window.stayed = true")

    Run.objects.filter(pk=run.pk).update(done=60, message="sixty")

    expect(page.locator("progress")).to_have_attribute("value", "60")
    expect(page.get_by_text("sixty")).to_be_visible()
    expect(page).to_have_title("Running 60 %: Greet · Nightshift")
    assert page.evaluate("window.stayed")
