"""A cohort's past on the engine: divided into parts, each lived once more, and added up."""

import asyncio
from datetime import datetime, timedelta

import msgspec
from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from contracts.identity import ProgrammePolicy
    from contracts.simulation import Figures, Hindsight
    from workflows.simulating import PROGRESS
    from workflows.simulation import past
    from workflows.simulation.figures import figures
    from workflows.simulation.past import BothSides

HINDSIGHT = "hindsight"
LOOK, RELIVE = "look_back", "relive"
_PATIENCE = timedelta(minutes=10)
_TRIES = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_attempts=6)


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Some mentees of a cohort, from a place in its list on, and how many mentorships they have had."""

    after: str | None
    mentorships: int


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """A cohort as it is to be read. `mentorships`: how many there are, also beyond those parts."""

    parts: list[Part]
    weeks: int
    mentorships: int


class Cohort(msgspec.Struct, frozen=True, kw_only=True):
    """Which cohort, and the moment up to which its past is wanted."""

    org_id: str
    cohort_id: str
    asked_at: datetime


class Once(msgspec.Struct, frozen=True, kw_only=True):
    """One part, to be lived once more."""

    cohort: Cohort
    after: str | None
    policy: ProgrammePolicy
    weeks: int


class HindsightAsked(msgspec.Struct, frozen=True, kw_only=True):
    """A hindsight with the policy that it is about. `offset`: how far ahead of the real time this installation is."""

    hindsight: Hindsight
    policy: ProgrammePolicy
    offset: timedelta = timedelta()


class HindsightAnswered(msgspec.Struct, frozen=True, kw_only=True):
    """What it came to, and when."""

    mentorships: int
    left_out: int
    ended_otherwise: int
    unknown_check_ins: int
    as_was: Figures
    would_be: Figures
    finished_at: datetime


@workflow.defn(name=HINDSIGHT)
class HindsightRun:
    """One look back."""

    @workflow.run
    async def run(self, asked: HindsightAsked) -> HindsightAnswered:
        """Look who there was, then live all parts, as many at a time as there are processes."""
        about = asked.hindsight
        cohort = Cohort(org_id=about.org_id, cohort_id=about.cohort_id, asked_at=about.created_at)
        outlook: Outlook = await workflow.execute_activity(
            LOOK, cohort, result_type=Outlook, start_to_close_timeout=_PATIENCE, retry_policy=_TRIES
        )
        total, lived = past.nothing(outlook.weeks), 0
        wanted = sum(part.mentorships for part in outlook.parts)

        async def relive(part: Part) -> None:
            nonlocal lived
            once = Once(cohort=cohort, after=part.after, policy=asked.policy, weeks=outlook.weeks)
            compared: BothSides = await workflow.execute_activity(
                RELIVE, once, result_type=BothSides, start_to_close_timeout=_PATIENCE, retry_policy=_TRIES
            )
            past.include(total, compared)
            lived += part.mentorships
            workflow.upsert_memo({PROGRESS: lived * 100 // max(wanted, 1)})

        async with asyncio.TaskGroup() as group:
            for part in outlook.parts:
                group.create_task(relive(part))
        return HindsightAnswered(
            mentorships=outlook.mentorships,
            left_out=total.left_out,
            ended_otherwise=total.ended_otherwise,
            unknown_check_ins=total.unknown_check_ins,
            as_was=figures(total.as_was),
            would_be=figures(total.would_be),
            finished_at=workflow.now() + asked.offset,
        )
