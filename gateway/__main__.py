"""`python -m gateway` runs the gateway."""

from gateway.app import build
from gateway.settings import Settings
from kit.process import run

if __name__ == "__main__":
    run("gateway", build, Settings)
