"""What `/metrics` shows: counts and sizes, never an id."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest


class Metrics:
    """The figures of one running service, in a registry of their own so that two can run side by side."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.received = self._counter("frames_received", "Text frames received after hello")
        self.sent = self._counter("frames_sent", "Frames handed to connections")
        self.welcomes = self._counter("welcomes", "Hellos answered by a welcome", "how")
        self.closes = self._counter("closes", "Connections closed by the service", "code")
        self.posts = self._counter("posts", "Posts to the application", "outcome")
        self.events = self._counter("events", "Events by what became of them", "outcome")
        self.orders = self._counter("orders", "Orders carried out", "type")
        self.checks = self._counter("checks", "Checks of lines, and requests of them that were refused", "outcome")
        self.forwarder_deaths = self._counter("forwarder_deaths", "Forwarder processes that ended by themselves")
        self.faults = self._counter("faults", "Errors of the service's own")

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(f"cartref_signalling_{name}", words, labels, registry=self.registry)

    def gauge(self, name: str, words: str, read: Callable[[], float]) -> None:
        """Show a figure that is read when somebody asks."""
        Gauge(f"cartref_signalling_{name}", words, registry=self.registry).set_function(read)

    def text(self) -> bytes:
        """All figures in the Prometheus text format."""
        return generate_latest(self.registry)
