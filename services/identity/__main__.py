"""Run the identity service."""

from kit.process import run
from services.identity.app import build
from services.identity.settings import Settings

run("identity", build, Settings)
