"""Run it."""

from kit.process import run
from tests.deploy.stub_part.app import build
from tests.deploy.stub_part.settings import Settings

run("stub", build, Settings)
