"""What somebody does who has never been here: signs in, looks before they leap, and does it once more."""

import re
from decimal import Decimal
from pathlib import Path

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from jobs.models import AuditLog, Product
from tests.nodes.worker import WorkerNode
from tests.pages.conftest import OpenPage


def wait_for_success(page: Page) -> None:
    expect(page).to_have_title(re.compile("^Succeeded"))


def test_a_stranger_signs_in_previews_imports_and_imports_again(
    open_page: OpenPage, boss: User, worker: WorkerNode, tmp_path: Path
) -> None:
    file, page = tmp_path / "products.csv", open_page(None)
    boss.set_password("pass")
    boss.save()
    file.write_text("sku,name,price\n1,Tea,2.50\n2,Salt,0.50\n")
    page.goto("/")
    page.get_by_label("Username").fill("boss")
    page.get_by_label("Password").fill("pass")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Jobs", exact=True).click()
    page.get_by_role("link", name="Import products").click()
    page.get_by_label("Path").set_input_files(file)
    page.get_by_role("button", name="Preview").click()
    wait_for_success(page)
    assert not Product.objects.exists()

    page.get_by_text("Run for real…").click()
    expect(page.locator(".forecast")).to_contain_text("2 created")
    page.get_by_role("button", name="Run it for real").click()
    expect(page.get_by_text("Preview", exact=True)).to_be_hidden()
    wait_for_success(page)
    page.get_by_role("link", name="Edit and run again").click()
    page.get_by_label("Batch size").fill("1")
    page.get_by_role("button", name="Run now").click()
    wait_for_success(page)

    expect(page.get_by_role("row", name="batch size 1", exact=True)).to_be_visible()
    assert Product.objects.count() == 2


def test_prices_are_changed_once_the_count_of_the_preview_is_typed(page: Page, worker: WorkerNode) -> None:
    for number in range(3):
        Product.objects.create(sku=str(number), name="Tea", price="2.00")
    page.goto("/jobs/bulk_update_prices/?percentage=10")
    page.get_by_role("button", name="Preview").click()
    wait_for_success(page)

    page.get_by_text("Run for real…").click()
    page.get_by_label(re.compile("^Type 3 ")).fill("3")
    page.get_by_label("Why").fill("The feed was wrong")
    page.get_by_role("button", name="Run it for real").click()
    expect(page.get_by_text("Preview", exact=True)).to_be_hidden()
    wait_for_success(page)

    assert set(Product.objects.values_list("price", flat=True)) == {Decimal("2.20")}
    assert AuditLog.objects.get(action="confirmed").details["reason"] == "The feed was wrong"
