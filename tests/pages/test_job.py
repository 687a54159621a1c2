"""The page of a job in a browser: its file, its fields, its presets and its copies."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from jobs.models import Preset, Product, Run
from jobs.models.state import State
from tests.console.conftest import MakeRun
from tests.nodes.worker import WorkerNode
from tests.pages.conftest import OpenPage

PRODUCTS = "sku,name,price\n1,Tea,2.50\n2,Salt,0.50\n"


@pytest.fixture
def products(tmp_path: Path) -> Path:
    path = tmp_path / "products.csv"
    path.write_text(PRODUCTS)
    return path


def choose(page: Page, path: Path) -> None:
    page.get_by_label("Path").set_input_files(path)
    expect(page.get_by_role("checkbox", name=path.name)).to_be_checked()


def test_a_file_is_chosen_previewed_and_imported(page: Page, products: Path, worker: WorkerNode) -> None:
    page.goto("/jobs/import_products/")
    choose(page, products)

    page.get_by_role("button", name="Preview").click()
    expect(page).to_have_title(re.compile("Succeeded"))
    assert not Product.objects.exists()
    page.get_by_text("Run for real…").click()
    preview = page.url
    page.get_by_role("button", name="Run it for real").click()
    page.wait_for_url(lambda url: url != preview)
    expect(page).to_have_title(re.compile("Succeeded"))

    assert list(Product.objects.order_by("sku").values_list("name", flat=True)) == ["Tea", "Salt"]


def test_a_file_is_dropped(page: Page) -> None:
    page.goto("/jobs/import_products/")
    dropped = page.evaluate_handle(
        """(text) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([text], "dropped.csv"));
            return transfer;
        }""",
        PRODUCTS,
    )

    page.dispatch_event("[data-upload]", "drop", {"dataTransfer": dropped})
    expect(page.get_by_role("checkbox", name="dropped.csv")).to_be_checked()
    page.get_by_role("button", name="Preview").click()
    page.wait_for_url("**/runs/*/")

    assert Path(Run.objects.get().parameters["path"]).read_text() == PRODUCTS


def test_a_bar_moves_while_a_big_file_is_sent_and_the_button_waits_for_it(page: Page, tmp_path: Path) -> None:
    big = tmp_path / "big.csv"
    big.write_text(PRODUCTS + "x,y,1\n" * 150_000)
    page.goto("/jobs/import_products/")
    network = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 600_000}
    network.send("Network.emulateNetworkConditions", slow)

    page.get_by_label("Path").set_input_files(big)

    bar = page.get_by_role("progressbar", name="Sending big.csv")
    expect(bar).to_be_visible()
    page.get_by_role("button", name="Preview").click()
    assert "/jobs/import_products/" in page.url
    page.wait_for_function("document.querySelector('progress')?.value > 0")
    page.wait_for_url("**/runs/*/")
    assert Path(Run.objects.get().parameters["path"]).stat().st_size == big.stat().st_size


def test_a_file_of_another_kind_is_told_before_it_is_sent(page: Page, tmp_path: Path) -> None:
    wrong = tmp_path / "products.pdf"
    wrong.write_text("%PDF")
    sent: list[str] = []
    page.goto("/jobs/import_products/")
    page.on("request", lambda request: sent.append(request.url))

    page.get_by_label("Path").set_input_files(wrong)

    expect(page.get_by_text("“products.pdf” is no .csv, .json, .xlsx, .txt or .gz file")).to_be_visible()
    assert not [url for url in sent if "uploads" in url]


def test_who_is_no_longer_signed_in_is_told_so_instead_of_a_file_that_is_none(
    page: Page, products: Path
) -> None:
    page.goto("/jobs/import_products/")
    page.context.clear_cookies(name="sessionid")

    page.get_by_label("Path").set_input_files(products)

    expect(page.get_by_role("alert").filter(has_text="you are no longer signed in")).to_be_visible()
    expect(page.locator("[data-files] li")).to_have_count(0)


def test_an_error_in_another_field_keeps_the_file_and_takes_the_focus(page: Page, products: Path) -> None:
    page.goto("/jobs/import_products/")
    choose(page, products)
    page.get_by_label("Batch size").fill("0")
    page.evaluate("document.querySelector('form.start').noValidate = true")

    page.get_by_role("button", name="Preview").click()

    expect(page.get_by_role("group", name="Nothing was started.")).to_be_focused()
    expect(page.get_by_role("checkbox", name="products.csv")).to_be_checked()
    page.get_by_role("link", name="Batch size").click()
    expect(page.get_by_label("Batch size")).to_be_focused()
    page.get_by_label("Batch size").fill("10")
    page.get_by_role("button", name="Preview").click()
    page.wait_for_url("**/runs/*/")
    assert Path(Run.objects.get().parameters["path"]).read_text() == PRODUCTS


def test_a_preset_is_saved_and_applied(page: Page) -> None:
    page.goto("/jobs/import_products/")
    page.get_by_label("Batch size").fill("77")
    page.get_by_text("Save as preset…").click()
    page.get_by_label("Name").fill("Small batches")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("The preset “Small batches” is saved.")).to_be_visible()
    page.goto("/jobs/import_products/")
    expect(page.get_by_label("Batch size")).to_have_value("10000")
    page.get_by_role("link", name="Small batches").click()
    expect(page.get_by_label("Batch size")).to_have_value("77")
    assert Preset.objects.get().parameters == {"batch_size": 77, "shards": 2, "format": None}


def test_the_copies_change_as_one_types(page: Page, products: Path) -> None:
    page.goto("/jobs/import_products/")
    command = page.locator("[data-copied=command]")

    page.get_by_label("Batch size").fill("77")
    expect(command).to_have_text("python manage.py import_products '<path>' --batch-size=77 --dry-run")
    choose(page, products)
    expect(command).to_have_text("python manage.py import_products products.csv --batch-size=77 --dry-run")
    page.get_by_label("as a preview").uncheck()
    expect(command).to_have_text("python manage.py import_products products.csv --batch-size=77")
    page.get_by_text("Python", exact=True).click()
    expect(page.locator("[data-copied=python]")).to_contain_text('path="products.csv", batch_size=77)')


def test_a_copy_goes_to_the_clipboard(open_page: OpenPage, boss: User) -> None:
    page = open_page(boss, permissions=["clipboard-read", "clipboard-write"])
    page.goto("/jobs/greet/?name=World")

    page.get_by_role("button", name="Copy").first.click()

    expect(page.get_by_text("Copied").first).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "python manage.py greet World"


def test_a_row_is_found_by_typing_and_sent_by_its_key(page: Page) -> None:
    users = [User.objects.create_user(name) for name in ("ada", "adam", "bob")]
    page.goto("/jobs/compute_user_stats/")
    owner = page.get_by_role("combobox", name="User")

    owner.press_sequentially("ad")
    expect(page.get_by_role("option")).to_have_count(2)
    owner.press("ArrowDown")
    owner.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_contain_text("adam")
    owner.press("Enter")

    expect(owner).to_have_value("adam")
    expect(owner).to_have_attribute("aria-expanded", "false")
    command = f"python manage.py compute_user_stats {users[1].pk}"
    expect(page.locator("[data-copied=command]")).to_have_text(command)
    page.get_by_role("button", name="Run now").click()
    page.wait_for_url("**/runs/*/")
    assert Run.objects.get().parameters["user"] == users[1].pk


def test_what_would_become_of_it_is_shown_as_it_changes(page: Page, make_run: MakeRun) -> None:
    page.goto("/jobs/normalize_emails/")
    page.evaluate("window.stayed = true")

    make_run(State.RUNNING, job="normalize_emails")

    expect(page.get_by_text("Yours would be refused until it has ended.")).to_be_visible()
    assert page.evaluate("window.stayed")


def test_r_leads_to_the_button_that_runs(page: Page) -> None:
    page.goto("/jobs/import_products/")

    page.keyboard.press("r")

    expect(page.get_by_role("button", name="Run now")).to_be_focused()
    assert not Run.objects.exists()


def test_it_can_be_started_later_without_a_script(open_page: OpenPage, boss: User) -> None:
    page = open_page(boss, java_script_enabled=False)
    page.goto("/jobs/greet/?name=World")

    page.get_by_text("Run later…").click()
    page.get_by_label("Start at").fill("2099-12-01T02:00")
    page.get_by_role("button", name="Run later").click()

    expect(page.get_by_text("It is planned")).to_be_visible()
    assert Run.objects.get().not_before.year == 2099


def test_a_file_is_sent_without_a_script_and_kept_over_an_error(
    open_page: OpenPage, boss: User, products: Path
) -> None:
    page = open_page(boss, java_script_enabled=False)
    page.goto("/jobs/import_products/?format=csv")
    page.get_by_label("Path").set_input_files(products)
    page.get_by_text("Run later…").click()
    page.get_by_role("button", name="Run later").click()

    expect(page.get_by_role("checkbox", name="products.csv")).to_be_checked()
    page.get_by_role("button", name="Preview").click()
    page.wait_for_url("**/runs/*/")
    assert Path(Run.objects.get().parameters["path"]).read_text() == PRODUCTS


def test_a_reader_looks_at_every_tab_and_finds_no_button(reader_page: Page) -> None:
    reader_page.goto("/jobs/import_products/")
    expect(reader_page.get_by_text("You may look at this job, not start it.")).to_be_visible()
    expect(reader_page.get_by_role("button", name="Preview")).to_have_count(0)

    for tab, shown in (("Runs", "It has not run yet"), ("Source", "def"), ("Docs", "By command:")):
        reader_page.get_by_role("link", name=tab, exact=True).last.click()
        expect(reader_page.get_by_text(shown).first).to_be_visible()
