"""Run the sessions service."""

from kit.process import run
from services.sessions.app import build
from services.sessions.settings import Settings

run("sessions", build, Settings)
