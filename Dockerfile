# One image for web, worker, beat, flower and the release step; docker-compose.yml says which is which.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

# What the service writes: static files, uploads, artifacts. The code belongs to root, and is only read.
ENV NIGHTSHIFT_VAR=/var/lib/nightshift TMPDIR=/var/lib/nightshift/drafts
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin nightshift \
    && install -d -o nightshift -g nightshift -m 0750 /var/lib/nightshift /var/lib/nightshift/drafts

WORKDIR /srv/nightshift
COPY requirements.lock ./
# Drafts of pip are not for the volume.
RUN TMPDIR=/root pip install --require-hashes -r requirements.lock
COPY manage.py Procfile ./
COPY project project
COPY console console
COPY tasks tasks
COPY jobs jobs
COPY examples examples
# The console shows each job its section.
COPY docs/jobs.md docs/jobs.md

USER nightshift
VOLUME /var/lib/nightshift
EXPOSE 8000
CMD ["uvicorn", "project.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-access-log", "--no-proxy-headers", "--timeout-graceful-shutdown", "3"]
