"""People, their rights, and the second person, as they are met in the console."""

import re

from django.contrib.auth.models import Permission, User
from playwright.sync_api import Page, expect

from jobs import audit
from jobs.models import Run
from jobs.models.state import Awaits
from tests.console.conftest import MakeRun
from tests.pages.conftest import OpenPage


def test_a_new_person_is_made_given_a_right_and_signs_in(page: Page, open_page: OpenPage) -> None:
    page.goto("/people/")
    page.get_by_text("New person…").click()
    page.get_by_label("Username").fill("ada")
    page.get_by_role("button", name="Create").click()
    password = page.locator(".once code").inner_text()
    page.get_by_role("link", name="Go on to the rights").click()
    page.get_by_label("Start greet").check()
    page.get_by_role("button", name="Save the rights").click()
    expect(page.get_by_text("May start greet")).to_be_visible()

    adas = open_page(None)
    adas.goto("/jobs/greet/")
    adas.get_by_label("Username").fill("ada")
    adas.get_by_label("Password").fill(password)
    adas.get_by_role("button", name="Sign in").click()

    expect(adas.get_by_role("button", name="Run now", exact=True)).to_be_visible()
    adas.goto("/jobs/check_health/")
    expect(adas.get_by_text("not start it")).to_be_visible()


def test_a_second_person_approves_and_the_page_of_the_first_sees_it(
    page: Page, open_page: OpenPage, make_run: MakeRun, boss: User
) -> None:
    ada = User.objects.create_user("ada")
    ada.user_permissions.set(Permission.objects.filter(codename="approve_run"))
    run = make_run(job="greet", awaits=Awaits.PERSON, started_by=boss, queue="nobody's")
    audit.write("confirmed", run.pk, user=boss, job="greet", reason="The feed was wrong")
    page.goto(f"/runs/{run.pk}/")
    expect(page.get_by_text("somebody else has to decide: ada")).to_be_visible()

    adas = open_page(ada)
    adas.goto(f"/runs/{run.pk}/")
    expect(adas.get_by_text("“The feed was wrong”")).to_be_visible()
    adas.get_by_role("button", name="Approve").click()

    expect(adas.get_by_text("Approved: it begins")).to_be_visible()
    expect(page.get_by_role("heading", name="It waits for the approval")).to_be_hidden()
    assert Run.objects.get(pk=run.pk).awaits == ""


def test_a_token_is_made_and_revoked(reader_page: Page) -> None:
    reader_page.goto("/account/")
    reader_page.get_by_label("Name").fill("report")
    reader_page.get_by_role("button", name="Create").click()
    secret = reader_page.locator(".once code").inner_text()
    reader_page.get_by_role("link", name="I have kept it").click()
    expect(reader_page.get_by_text(secret)).to_have_count(0)

    reader_page.get_by_role("button", name="Revoke report").click()

    expect(reader_page.get_by_text("report is revoked")).to_be_visible()


def test_the_audit_is_searched(page: Page, boss: User) -> None:
    for number, action in enumerate(["paused queue", "resumed queue"]):
        audit.write(action, f"queue {number}", user=boss)
    page.goto("/audit/")
    page.get_by_label("Action").select_option("paused queue")
    page.get_by_role("button", name="Search").click()

    expect(page).to_have_url(re.compile("action=paused"))
    expect(page.get_by_text("queue 0")).to_be_visible()
    expect(page.get_by_text("queue 1")).to_have_count(0)
