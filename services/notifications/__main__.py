"""Run the notifications service."""

from kit.process import run
from services.notifications.app import build
from services.notifications.settings import Settings

run("notifications", build, Settings)
