import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0002_lease"),
    ]

    operations = [
        migrations.CreateModel(
            name="Slot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("schedule", models.CharField(max_length=200)),
                ("planned_for", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("ran", "Ran"),
                            ("late", "Late"),
                            ("missed", "Missed"),
                            ("skipped", "Skipped"),
                            ("refused", "Refused"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="slots",
                        to="jobs.run",
                    ),
                ),
            ],
            options={
                "ordering": ("schedule", "planned_for"),
            },
        ),
        migrations.AddConstraint(
            model_name="slot",
            constraint=models.UniqueConstraint(fields=("schedule", "planned_for"), name="slot_once"),
        ),
    ]
