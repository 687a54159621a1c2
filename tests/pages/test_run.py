"""The page of a run, with a worker that performs it meanwhile."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from jobs import catalog
from jobs.models import Attempt, Run
from jobs.models.run import Origin
from jobs.models.state import State
from jobs.queue import enqueue
from tests.console.conftest import MakeRun
from tests.nodes.jobs import START_A_PROCESS
from tests.nodes.worker import WorkerNode
from tests.pages.conftest import OpenPage
from tests.pages.test_live import HIDE

MARKUP = "<script>document.title='broken'</script><b>"
LINE = "2026-03-01 12:00:00,000 {level} jobs.services.products: {text}\n"


@pytest.fixture
def slow(worker: WorkerNode) -> Run:
    """Deletes a session at a time, with a rest after each."""
    long_ago = timezone.now() - timedelta(days=400)
    Session.objects.bulk_create(Session(session_key=f"old{n}", expire_date=long_ago) for n in range(60))
    parameters = {"model": "sessions", "batch_size": 1, "throttle": "0.25s"}
    return enqueue(catalog.CLEANUP_OLD_DATA, parameters, origin=Origin.CODE)


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "products.csv"
    path.write_text("sku,name,price\n1,Tea,1\n2,Milk,free\n3,Rice,1\n4,,1\n")
    return path


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def standing(page: Page) -> Locator:
    return page.get_by_label("State", exact=True)


def test_a_run_is_watched_paused_resumed_and_cancelled(page: Page, slow: Run) -> None:
    page.goto(f"/runs/{slow.pk}/")
    expect(page.locator("progress[value]:not([value='0'])")).to_be_visible()
    page.evaluate("window.stayed = true")
    before = int(page.locator("progress").get_attribute("value") or 0)

    page.wait_for_function("before => document.querySelector('progress')?.value > before", arg=before)
    assert page.evaluate("window.stayed")
    expect(page).to_have_title(re.compile(r"^Running \d+ %: Cleanup old data"))
    expect(page.get_by_text(re.compile(r"a second, .* left"))).to_be_visible()

    press(page, "Pause")
    expect(page.get_by_text("It is paused. Resumed, it goes on after")).to_be_visible()
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_hidden()

    press(page, "Resume")
    expect(page.get_by_text("Attempt 2 went on")).to_be_visible()

    press(page, "Cancel")
    expect(standing(page)).to_contain_text("It was cancelled")
    expect(page.get_by_text("Asked to cancel by boss")).to_be_visible()
    assert Session.objects.filter(session_key__startswith="old").exists()


def test_a_run_that_hears_nothing_is_killed(page: Page, worker: WorkerNode, tmp_path: Path) -> None:
    run = enqueue(START_A_PROCESS, {"path": str(tmp_path / "pid")}, origin=Origin.CODE)
    page.goto(f"/runs/{run.pk}/")
    expect(standing(page)).to_contain_text("It began")

    press(page, "Cancel")
    expect(standing(page)).to_contain_text("Asked to cancel")
    page.get_by_text("Kill…").click()
    press(page, "Kill it now")

    expect(standing(page)).to_contain_text("It was cancelled")


def test_a_preview_is_run_for_real_and_then_with_only_what_it_rejected(
    page: Page, worker: WorkerNode, rows: Path
) -> None:
    preview = enqueue(catalog.IMPORT_PRODUCTS, {"path": rows, "dry_run": True}, origin=Origin.CODE)
    page.goto(f"/runs/{preview.pk}/")

    page.get_by_text("Run for real…").click()
    expect(page.locator(".forecast")).to_contain_text("2 created")
    press(page, "Run it for real")

    expect(standing(page)).to_contain_text("It succeeded")
    expect(page.get_by_role("region", name="Rejected, by reason")).to_contain_text("no name")
    press(page, "Run again with only the rejected")

    expect(standing(page)).to_contain_text("It succeeded")
    last = Run.objects.latest_first()[0]
    assert page.url.endswith(f"/runs/{last.pk}/")
    assert (last.result["read"], last.result["rejected"]) == (2, 2)
    expect(page.get_by_role("heading", name="Compared with the one before")).to_be_visible()


def test_a_failed_run_is_run_again_or_deleted(page: Page, make_run: MakeRun) -> None:
    run = make_run(State.FAILED, parameters={"name": "Ada"})
    page.goto(f"/runs/{run.pk}/")

    press(page, "Run again")

    again = Run.objects.latest_first()[0]
    expect(page).to_have_url(re.compile(f"/runs/{again.pk}/$"))
    page.goto(f"/runs/{run.pk}/")
    page.get_by_text("Delete…").click()
    press(page, "Delete it")
    expect(page.get_by_text("The run of greet is deleted")).to_be_visible()
    assert not Run.objects.filter(pk=run.pk).exists()


def log(run: Run, *lines: tuple[str, str]) -> None:
    text = "".join(LINE.format(level=level, text=text) for level, text in lines)
    Attempt.objects.filter(run=run).update(log=text)


def test_a_log_is_followed_as_it_grows(page: Page, make_run: MakeRun) -> None:
    run = make_run(State.RUNNING)
    many = [("INFO", f"row {number}") for number in range(100)]
    log(run, *many)
    page.goto(f"/runs/{run.pk}/")
    box = page.get_by_role("region", name="Log of the last attempt")
    expect(box.locator(".line")).to_have_count(100)
    page.evaluate("document.querySelector('.line').kept = true")

    log(run, *many, ("INFO", "the end 🍵"))

    expect(box.locator(".line")).to_have_count(101)
    expect(box.get_by_text("the end")).to_be_in_viewport()
    assert page.evaluate("document.querySelector('.line').kept"), "all of it was written anew"

    page.get_by_label("Follow").uncheck()
    box.evaluate("box => { box.scrollTop = 0; }")
    log(run, *many, ("INFO", "the end 🍵"), ("INFO", "and more"))
    expect(box.locator(".line")).to_have_count(102)
    expect(box.get_by_text("and more")).not_to_be_in_viewport()

    page.evaluate(HIDE, True)
    log(run, *many, ("INFO", "the end 🍵"), ("INFO", "and more"), ("INFO", "and on"))
    page.evaluate(HIDE, False)
    expect(box.locator(".line")).to_have_count(103)
    assert page.evaluate("document.querySelector('.line').kept"), "who came back finds it written anew"


def test_a_log_is_filtered_and_searched(page: Page, make_run: MakeRun) -> None:
    run = make_run(State.FAILED)
    log(run, ("INFO", "tea"), ("WARNING", "no tea"), ("ERROR", "Tea broke\n  more of it"), ("INFO", "done"))
    page.goto(f"/runs/{run.pk}/")
    shown = page.locator("[data-log] .line:visible")
    expect(shown).to_have_count(5)

    page.get_by_label("Search the log").fill("tea")
    expect(page.locator("[data-log] mark")).to_have_count(3)
    expect(page.get_by_text("3 hits")).to_be_visible()
    page.get_by_label("Level").select_option("Errors only")
    expect(shown).to_have_count(2)
    expect(page.get_by_text("1 hit", exact=True)).to_be_visible()
    page.get_by_label("Wrap lines").uncheck()

    expect(page.locator("[data-log] .log")).to_have_class(re.compile("unwrapped"))
    page.get_by_label("Search the log").fill("")
    expect(page.locator("[data-log] mark")).to_have_count(0)


def test_markup_is_text_wherever_it_comes_from(page: Page, make_run: MakeRun) -> None:
    run = make_run(
        State.RUNNING,
        parameters={"name": MARKUP},
        message=MARKUP,
        error=MARKUP,
        worker=MARKUP,
        result=[MARKUP],
    )
    run.artifacts.create(name=MARKUP.replace("/", ""), size=1)
    facts = {"error_message": MARKUP, "traceback": f'  File "x", line 1\n{MARKUP}'}
    Attempt.objects.filter(run=run).update(**facts)
    page.goto(f"/runs/{run.pk}/")

    log(run, ("INFO", f"\x1b[31m{MARKUP}\x1b[0m"))
    Run.objects.filter(pk=run.pk).update(done=7, message=f"{MARKUP} again")

    expect(standing(page)).to_contain_text(f"{MARKUP} again")
    line = page.locator("[data-log] .line")
    expect(line).to_have_text(LINE.format(level="INFO", text=MARKUP).rstrip())
    page.get_by_label("Search the log").fill("<b>")
    expect(page.locator("[data-log] mark")).to_have_text("<b>")
    expect(page).to_have_title(re.compile("^Running"))
    assert page.locator("main script, main b").count() == 0


def test_without_a_script_a_run_is_paused_and_its_log_is_read(
    open_page: OpenPage, boss: User, make_run: MakeRun
) -> None:
    run = make_run(State.RUNNING)
    log(run, ("INFO", "tea"))
    page = open_page(boss, java_script_enabled=False)
    page.goto(f"/runs/{run.pk}/")

    expect(page.get_by_text("jobs.services.products: tea")).to_be_visible()
    press(page, "Pause")

    expect(standing(page)).to_contain_text("Asked to pause")


def test_a_reader_sees_a_run_and_can_change_nothing(reader_page: Page, make_run: MakeRun) -> None:
    for state in State:
        reader_page.goto(f"/runs/{make_run(state).pk}/")

        # What is left looks at another run.
        expect(reader_page.locator("main form[method=post]")).to_have_count(0)
