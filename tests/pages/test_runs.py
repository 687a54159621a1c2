"""The list of runs in a browser: found by a parameter, suggested, selected, changed, and alive."""

import csv
import re
from pathlib import Path

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from jobs.models import Run
from jobs.models.state import State
from tests.console.conftest import MakeRun
from tests.pages.axe import violations

# Until a second stream of the same page has told of a bar with that value, and so the first one has too.
TOLD = """(value) => new Promise((done) => {
    const { topics } = document.body.dataset;
    const source = new EventSource(`/live/?topic=${encodeURIComponent(topics)}`);
    source.addEventListener("picture", (event) => {
        if (new RegExp(`value=.{1,2}${value}`).test(event.data)) { source.close(); done(); }
    });
})"""


def test_a_run_is_found_by_its_parameter(page: Page, make_run: MakeRun) -> None:
    make_run(State.SUCCEEDED, parameters={"name": "Anna"})
    make_run(State.SUCCEEDED, parameters={"name": "Berta"})
    page.goto("/runs/")

    page.keyboard.press("/")
    page.keyboard.type("name:berta")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/runs/\?q=name%3Aberta$"))
    expect(page.get_by_role("row", name="Berta")).to_be_visible()
    expect(page.get_by_text("Anna")).to_have_count(0)
    page.get_by_role("link", name="Remove name:berta").click()
    expect(page.get_by_role("row", name="Anna")).to_be_visible()


def test_words_are_suggested_where_one_types(page: Page, make_run: MakeRun) -> None:
    make_run()
    page.goto("/runs/?q=job:greet")
    field = page.get_by_role("combobox", name="Look for runs")

    field.press("End")
    field.press_sequentially(" state:f")

    offered = page.locator("#words option").evaluate_all("all => all.map((each) => each.value)")
    assert offered == ["job:greet state:failed"]


def test_what_a_filter_cannot_mean_is_said_beside_it(page: Page, make_run: MakeRun) -> None:
    make_run()

    page.goto("/runs/?q=stat:failed")

    expect(page.get_by_role("alert")).to_contain_text("did you mean 'state'?")
    expect(page.get_by_role("table")).to_have_count(0)


def test_rows_rest_while_some_are_selected(page: Page, make_run: MakeRun) -> None:
    run, other = make_run(State.RUNNING, done=10, total=100), make_run(State.SUCCEEDED)
    page.goto("/runs/")
    bar = page.locator("progress")
    expect(bar).to_have_attribute("value", "10")

    page.locator(f"[value='{other.pk}']").check()
    expect(page.get_by_text("Updates pause while rows are selected.")).to_be_visible()
    expect(page.get_by_text("1 selected:")).to_be_visible()
    Run.objects.filter(pk=run.pk).update(done=70)
    page.evaluate(TOLD, "70")
    expect(bar).to_have_attribute("value", "10")

    page.locator(f"[value='{other.pk}']").uncheck()
    expect(bar).to_have_attribute("value", "70")
    expect(page.get_by_text("Updates pause")).to_be_hidden()


def test_new_runs_are_announced_and_shown(page: Page, make_run: MakeRun) -> None:
    make_run(State.SUCCEEDED)
    page.goto("/runs/?q=job:greet")

    make_run(parameters={"name": "Neue"})
    page.get_by_role("link", name="1 new run – show").click()

    expect(page.get_by_role("row", name="Neue")).to_be_visible()


def test_everything_that_matches_is_run_again(page: Page, make_run: MakeRun) -> None:
    for _ in range(3):
        make_run(State.FAILED)
    page.goto("/runs/?q=state:failed")

    page.get_by_label("Everything that matches").check()
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_role("heading", name="Run again 3 runs?")).to_be_visible()
    assert violations(page, "light") == []
    page.get_by_role("button", name="Run again 3 runs").click()

    expect(page.get_by_text("3 runs started again.")).to_be_visible()
    assert Run.objects.count() == 6


def test_all_rows_of_the_page_are_selected_at_once_and_exported(page: Page, make_run: MakeRun) -> None:
    made = {str(make_run(State.SUCCEEDED).pk) for _ in range(3)}
    page.goto("/runs/")

    page.get_by_label("Select all rows of this page").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()

    with Path(download.value.path()).open(newline="") as file:
        assert {row["run"] for row in csv.DictReader(file)} == made


def test_a_list_without_scripts_does_the_same(open_page: object, boss: User, make_run: MakeRun) -> None:
    run = make_run()
    page = open_page(boss, java_script_enabled=False)  # type: ignore[operator]
    page.goto("/runs/?q=job:greet")

    page.locator(f"[value='{run.pk}']").check()
    page.get_by_role("button", name="Cancel").click()

    expect(page.get_by_text("1 run cancelled")).to_be_visible()


def test_a_reader_has_no_buttons_but_the_export(reader_page: Page, make_run: MakeRun) -> None:
    make_run()
    reader_page.goto("/runs/")

    expect(reader_page.locator(".bulk button")).to_have_text(["Export CSV"])
