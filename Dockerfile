# The image of web, worker and beat. The packages are installed by bin/setup, as on any other machine.
FROM python:3.13-slim-trixie AS packages
WORKDIR /app
COPY requirements.txt requirements-rules.txt requirements-uv.txt ./
COPY bin/setup bin/setup
RUN bin/setup

FROM python:3.13-slim-trixie
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 DATA_DIR=/var/lib/thuiswerk
COPY --from=packages /app/.venv .venv
COPY . .
RUN SECRET_KEY=of-the-build-only DATABASE_URL=postgresql:///none python manage.py collectstatic --no-input -v0 \
    && useradd --system --uid 10001 --no-create-home thuiswerk \
    && mkdir -p /var/lib/thuiswerk/media \
    && chown -R thuiswerk /var/lib/thuiswerk
USER thuiswerk
EXPOSE 8000
