"""One gateway over stand-ins for each test."""

import pytest

from tests.gateway.fakes import Gateway


@pytest.fixture
def gateway() -> Gateway:
    """The real routes; parts, tokens and bus are in memory."""
    return Gateway()
