"""A collector of traces: takes what the parts export (OTLP over HTTP) and keeps it for as long as the tests run."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Span:
    """One step of a trace."""

    trace: str
    id: str
    parent: str
    part: str
    name: str
    began: int
    milliseconds: float


class Collector:
    """Listens on a port of its own. Use as an asynchronous context manager."""

    def __init__(self) -> None:
        self.url = ""
        self._spans: list[Span] = []

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=10_000_000)
        app.router.add_post("/v1/traces", self._take)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/v1/traces"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    def of(self, trace: str) -> list[Span]:
        """The steps of one trace, in order."""
        return sorted((span for span in self._spans if span.trace == trace), key=lambda span: span.began)

    def tree(self, trace: str) -> str:
        """One trace as people read it."""
        return "\n".join(_lines(self.of(trace)))

    async def _take(self, request: web.Request) -> web.Response:
        export = ExportTraceServiceRequest.FromString(await request.read())
        for resource in export.resource_spans:
            attributes = {each.key: each.value.string_value for each in resource.resource.attributes}
            for scope in resource.scope_spans:
                self._spans += [
                    Span(
                        trace=span.trace_id.hex(),
                        id=span.span_id.hex(),
                        parent=span.parent_span_id.hex(),
                        part=attributes["service.name"],
                        name=span.name,
                        began=span.start_time_unix_nano,
                        milliseconds=(span.end_time_unix_nano - span.start_time_unix_nano) / 1e6,
                    )
                    for span in scope.spans
                ]
        return web.Response(content_type="application/x-protobuf")


def _lines(spans: list[Span]) -> Iterator[str]:
    known = {span.id for span in spans}
    started = min((span.began for span in spans), default=0)

    def below(parent: Span, depth: int) -> Iterator[str]:
        after = (parent.began - started) / 1e6
        yield f"{after:8.1f} {parent.milliseconds:8.1f}  {'  ' * depth}{parent.part}: {parent.name}"
        for span in spans:
            if span.parent == parent.id:
                yield from below(span, depth + 1)

    for span in spans:
        if span.parent not in known:
            yield from below(span, 0)
