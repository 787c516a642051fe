# Browser libraries, where Node is at hand.
FROM node:22-slim AS browser
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-progress

FROM python:3.11-slim AS build
WORKDIR /app
ENV PIP_NO_CACHE_DIR=1
# The same installer as on a developer's machine; pins and requirements first, so that the layer keeps.
COPY pyproject.toml constraints.txt ./
COPY scripts scripts
RUN python -c "from scripts import setup; setup.create_environment(); setup.install('')"
COPY . .
COPY --from=browser /build/node_modules node_modules
RUN python -c "from scripts import build_static; build_static.copy_vendor()" \
    && .venv/bin/python -m scripts.translations compile \
    && rm -rf node_modules

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin lifecycle \
    && install -d -o lifecycle -g lifecycle /data
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data
USER lifecycle
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "lifecycle.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "8"]
