"""Run the goals service."""

from kit.process import run
from services.goals.app import build
from services.goals.settings import Settings

run("goals", build, Settings)
