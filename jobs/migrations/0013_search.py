"""By what people look for runs.

`run_labels` makes `name:value` of each parameter, in lower case, and of a path its last part: an upload is
found by its file name. What is no text, number or switch is left out, and with it every secret, which is
stored as an object. It is cut, since an index takes no long entry: 50 values of a list, 200 characters of each.

Errors are found by any part of a word (`timeout` is in ReadTimeoutError), which a full text search cannot do,
so this needs the extension pg_trgm. PostgreSQL ships it and calls it trusted: the owner of the database may
create it, and where somebody else has created it before, no right is needed.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.operations
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


# A path without brackets takes a single value for a list of one.
RUN_LABELS = """
CREATE FUNCTION run_labels(parameters jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY(
    SELECT left(lower(key || ':' || regexp_replace(item #>> '{}', '^/.*/', '')), 200)
    FROM jsonb_each(parameters), jsonb_path_query(value, '$[0 to 49]') AS item
    WHERE jsonb_typeof(item) IN ('string', 'number', 'boolean')
)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0012_heartbeat"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        django.contrib.postgres.operations.TrigramExtension(),
        migrations.RunSQL(RUN_LABELS, "DROP FUNCTION run_labels"),
        migrations.RemoveIndex(
            model_name="run",
            name="run_started_by",
        ),
        migrations.RemoveIndex(
            model_name="run",
            name="run_job",
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(fields=["job", "id"], name="run_job"),
        ),
        migrations.AddField(
            model_name="run",
            name="ended",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(models.When(finished_at__isnull=False, then=models.F("state"))),
                output_field=models.CharField(max_length=10, null=True),
            ),
        ),
        migrations.AddField(
            model_name="run",
            name="labels",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        models.Q(("parameters", {}), _negated=True),
                        then=models.Func(models.F("parameters"), function="run_labels"),
                    )
                ),
                output_field=django.contrib.postgres.fields.ArrayField(
                    base_field=models.TextField(), null=True, size=None
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("started_by__isnull", False)),
                fields=["started_by", "-id"],
                name="run_started_by",
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("ended__in", ("failed", "cancelled"))),
                fields=["ended", "-id"],
                name="run_ended",
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("ended__in", ("failed", "cancelled"))),
                fields=["job", "ended", "-id"],
                name="run_job_ended",
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("queue", "default"), _negated=True),
                fields=["queue", "-id"],
                name="run_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("origin", "code"), _negated=True),
                fields=["origin", "-id"],
                name="run_origin",
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("schedule", ""), _negated=True),
                fields=["schedule", "-id"],
                name="run_schedule",
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("labels__isnull", False)), fields=["labels"], name="run_labels"
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(
                    django.db.models.lookups.GreaterThan(django.db.models.functions.text.Length("error"), 0)
                ),
                fields=["error"],
                name="run_error",
                opclasses=["gin_trgm_ops"],
            ),
        ),
    ]
