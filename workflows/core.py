"""The part of Temporal's SDK that is not Python: what it has to say comes out as everything else does, in our logs."""

import logging
from functools import cache

from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter


@cache
def runtime() -> Runtime:
    """The one runtime of this process. By itself it would write lines of its own form to standard error.

    What a line is about is left out: errors are quoted there, and an error may quote anything.
    """
    forwarding = LogForwardingConfig(logging.getLogger("temporalio.core"), append_log_fields_to_message=False)
    wanted = TelemetryFilter(core_level="WARN", other_level="ERROR")
    return Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter=wanted, forwarding=forwarding)))
