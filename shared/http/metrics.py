"""Prometheus metrics. Labels are bounded: services, known methods, route templates, status codes."""

from functools import cache
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from starlette.responses import Response

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)


class Metrics:
    """The counters of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._requests = Counter(
            "gigacity_requests", "Requests answered", ["service", "method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "gigacity_request_seconds", "Time to answer", ["service", "route"], buckets=_SECONDS, registry=self.registry
        )

    def observe(self, service: str, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        self._requests.labels(service, method if method in _METHODS else "other", route, str(status)).inc()
        self._seconds.labels(service, route).observe(seconds)

    def text(self) -> bytes:
        """Return all metrics in the OpenMetrics format."""
        text: bytes = generate_latest(self.registry)  # type: ignore[no-untyped-call]
        return text


@cache
def process_metrics() -> Metrics:
    """Return the metrics of this process, which all services that run in it share."""
    return Metrics()


async def get_metrics() -> Response:
    """Answer `/metrics`."""
    return Response(process_metrics().text(), headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"})
