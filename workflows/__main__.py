"""Run the workflows part."""

from kit.process import run
from workflows.app import build
from workflows.settings import Settings

run("workflows", build, Settings)
