# Siaga in one image: `docker compose up -d` (compose.yaml) or a demo (compose.demo.yaml). docs/deploy.md tells how.
# Built twice over: the first stage has what building needs, the second what running needs and no more.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/siaga
COPY requirements.txt ./
RUN /opt/siaga/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt
COPY setup.py pyproject.toml requirements.in LICENSE wsgi.py worker.py switch.py gunicorn.conf.py ./
COPY migrations migrations
COPY gateway gateway
RUN /opt/siaga/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation .

FROM python:3.11-slim
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends espeak-ng \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/siaga --create-home --shell /usr/sbin/nologin siaga
COPY --from=build /opt/siaga /opt/siaga
ENV PATH=/opt/siaga/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/var/lib/siaga/var \
    HOST=0.0.0.0 \
    PORT=8000
# DATA_DIR lies here; everything else may be read-only
WORKDIR /var/lib/siaga
VOLUME /var/lib/siaga
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["siaga", "web"]
