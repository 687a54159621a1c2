"""A little world, and parameters with which each job has something to do in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from jobs.models import AuditLog, AuthToken, Heartbeat, Product
from jobs.models.notification import Notification
from jobs.models.order import Order
from jobs.models.run import Origin, Run
from jobs.models.state import State
from jobs.services import products
from tests.web_server import Site, as_json, web_server

Samples = dict[str, dict[str, Any]]


@pytest.fixture
def site() -> Iterator[Site]:
    with web_server() as site:
        yield site


@pytest.fixture
def samples(tmp_path: Path, settings: Any, site: Site) -> Samples:
    """Of each job; one that has none here fails its tests."""
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("sku,name,price\n1,Bread,1.00\n2,Milk,2.00\n")
    second.write_text("sku,name,price\n1,Rye bread,1.50\n3,Salt,0.50\n4,,1\n")
    products.import_products(first)
    orders = tmp_path / "orders.csv"
    orders.write_text(
        "number,customer,placed_at,amount\n1,900,2026-03-01T14:30,3.99\n2,,2026-03-01T14:30,1\n"
    )
    Run.objects.create(
        job="greet",
        state=State.FAILED,
        origin=Origin.CODE,
        finished_at=timezone.now() - timezone.timedelta(days=400),
    )
    long_ago = timezone.now() - timezone.timedelta(days=400)
    Order.objects.create(
        number="1", customer="ann", placed_at=timezone.now() - timezone.timedelta(days=1), amount="9.90"
    )
    user = User.objects.create(username="ann", email="Ann@Example.com")
    Notification.objects.create(user=user, subject="Tea", message="is ready")
    AuthToken.objects.create(user=user, digest="a", created_at=long_ago)
    AuditLog.objects.create(user=user, action="login", created_at=long_ago)
    Product.objects.filter(sku="1").update(category="Breads")
    settings.ALLOW_PRIVATE_ADDRESSES = True
    page = site.on("/", as_json([{"sku": "4", "name": "Tea", "price": 1}]))
    for kind in ("worker", "beat"):
        Heartbeat.objects.beat(kind, f"{kind}@here")
    return {
        "import_products": {"path": second},
        "cleanup_runs": {},
        "bulk_update_prices": {"percentage": "10"},
        "process_orders": {},
        "compute_daily_stats": {},
        "send_notifications": {},
        "import_orders": {"path": orders},
        "normalize_emails": {},
        "cleanup_tokens": {},
        "migrate_data": {"name": "merge_categories", "old": "Breads", "new": "Bakery"},
        "cleanup_old_data": {},
        "sync_products": {"url": page},
        "greet": {"name": "Ada"},
        "process_file": {"path": second},
        "nightly": {"jobs": ["cleanup_tokens", "normalize_emails"]},
        "compute_user_stats": {"user": "ann"},
        "send_notification_email": {"user": "ann", "subject": "Tea", "message": "is ready"},
        "sales_report": {},
        "check_health": {},
        "check_database": {},
        "count_rows": {"app_labels": ["auth", "jobs"]},
        "checksum_files": {"paths": [first, second]},
        "run_command": {"name": "check"},
        "export_products": {"fields": ["sku", "name"]},
        "export_users": {},
    }
