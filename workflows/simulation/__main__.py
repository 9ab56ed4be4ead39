"""Simulated and past lives as a program of its own: it reads a plan and writes what it counted."""

import sys

import msgspec

from workflows.simulation.life import Plan, play
from workflows.simulation.past import PastPlan, compare

PAST = "past"

written = sys.stdin.buffer.read()
counted = (
    compare(msgspec.json.decode(written, type=PastPlan))
    if PAST in sys.argv
    else play(msgspec.json.decode(written, type=Plan))
)
sys.stdout.buffer.write(msgspec.json.encode(counted))
