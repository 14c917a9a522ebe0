# One image for all services; the command selects the service. Only wheels are installed, so nothing is compiled.
FROM python:3.13-slim AS packages
RUN python -m venv /opt/gigacity
WORKDIR /srv/gigacity
COPY requirements.lock ./
RUN /opt/gigacity/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY . .
RUN /opt/gigacity/bin/pip install --no-cache-dir --no-build-isolation --no-deps --editable . \
    && python -m compileall -q cli services shared migrations openapi # containers are read-only

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/gigacity --create-home gigacity \
    && install --directory --owner=gigacity /var/spool/gigacity /var/lib/attachments
COPY --from=packages /opt/gigacity /opt/gigacity
COPY --from=packages /srv/gigacity /srv/gigacity
ENV PATH=/opt/gigacity/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 GIGACITY_HOME=/var/lib/gigacity
USER gigacity
WORKDIR /srv/gigacity
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
ENTRYPOINT ["gigacity"]
CMD ["up", "--host", "0.0.0.0"]
