"""The simulation as a program of its own: it reads a plan and writes what it counted."""

import sys

import msgspec

from workflows.simulation.life import Plan, play

sys.stdout.buffer.write(msgspec.json.encode(play(msgspec.json.decode(sys.stdin.buffer.read(), type=Plan))))
