"""Logs and traces: one JSON line per thing that happened, with ids that follow it through every part."""

import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog
from opentelemetry import context, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_correlation: ContextVar[str] = ContextVar("correlation", default="")
_step: ContextVar[str] = ContextVar("step", default="")
_propagator = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("inzpireu")

log: structlog.stdlib.BoundLogger = structlog.get_logger()


def configure(part: str, level: str = "INFO") -> None:
    """Send this process' logs to standard output as JSON lines. Call once per process, before anything logs."""
    resource = Resource({"service.name": part, "service.namespace": "inzpireu"})
    trace.set_tracer_provider(TracerProvider(resource=resource))
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", key="time"),
        _with_ids,
        _without_words,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("uvicorn", "pymongo", "temporalio"):
        logging.getLogger(chatty).setLevel("WARNING")
    for chatty in ("aiormq", "aio_pika"):  # they report every try of a reconnect; the bus says when it is back
        logging.getLogger(chatty).setLevel("CRITICAL")
    structlog.contextvars.bind_contextvars(part=part)


def export_traces(url: str) -> None:
    """Send the spans of this process to a collector (OTLP over HTTP), in the background and never in anybody's way."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  seldom wanted

    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider), "configure comes first"
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(url, timeout=5), schedule_delay_millis=1_000))
    logging.getLogger("opentelemetry").setLevel("CRITICAL")  # a collector that is away concerns nobody's request


def _without_words(_logger: object, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    """Where an exception came from and of which class it is, cause by cause; what it says may be a person's words."""
    error = line.pop("exc_info", None)
    error = sys.exc_info()[1] if error is True else error[1] if isinstance(error, tuple) else error
    told = []
    while isinstance(error, BaseException):
        frames = "".join(traceback.format_tb(error.__traceback__))
        told.append(f"{frames}{type(error).__module__}.{type(error).__qualname__}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if told:
        line["exception"] = "\ncaused by\n".join(told)
    return line


def _with_ids(_logger: object, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        line["trace_id"] = f"{span.trace_id:032x}"
    if correlation := _correlation.get():
        line["correlation_id"] = correlation
    return line


def correlation_id() -> str:
    """The id of the request that everything now running goes back to; empty outside one."""
    return _correlation.get()


def current_step() -> str:
    """The operation or event that is being handled now; empty in what a part does by itself."""
    return _step.get()


def current_traceparent() -> str:
    """The W3C trace context of what is now running, for a header or an event; empty outside a trace."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent", "")


@contextmanager
def attached(name: str, traceparent: str = "", correlation: str = "") -> Iterator[None]:
    """Run a step called `name` as a span of the trace it belongs to, under the correlation id it came with."""
    token = context.attach(_propagator.extract({"traceparent": traceparent}))
    mark, step = _correlation.set(correlation), _step.set(name)
    try:
        with _tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False):
            yield
    finally:
        _step.reset(step)
        _correlation.reset(mark)
        context.detach(token)
