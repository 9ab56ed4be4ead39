"""Importing people at the endpoint: checked as a whole, stored in the background, and invited later."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.people import a_story
from tests.system.polling import until

FIELDS = "id state total done created existing invalid problems { row field code message }"
REPORT = f"query($id: ID!) {{ userImport(id: $id) {{ {FIELDS} endedAt }} }}"


@pytest.fixture(scope="module")
async def story(stack: Stack) -> AsyncIterator[Story]:
    """An organisation with Priya, Maria and Sofia."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.priya.do("createUnit", "orgUnit { id }", name="Berlin")
        yield story


async def started(person: Person, csv: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = await person.do("importUsers", f"userImport {{ {FIELDS} }}", csv=csv, **more)
    return found["userImport"]  # type: ignore[no-any-return]


async def ended(person: Person, csv: str, **more: Any) -> dict[str, Any]:
    return await end_of(person, (await started(person, csv, **more))["id"])


async def end_of(person: Person, import_id: str) -> dict[str, Any]:
    report: dict[str, Any] = {}

    async def is_over() -> bool:
        report.update((await person.ask(REPORT, id=import_id))["userImport"])
        return report["state"] in ("DONE", "REFUSED")

    await until(is_over, "the end of the import")
    return report


async def names(person: Person, **filter: Any) -> list[str]:
    document = "query($f: UserFilter) { users(filter: $f, first: 100) { edges { node { name state } } } }"
    return [edge["node"]["name"] for edge in (await person.ask(document, f=filter))["users"]["edges"]]


async def code(attempt: Any) -> str:
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value.code


def table(domain: str, *people: str) -> str:
    return "name,email,unit,manager\n" + "".join(f"{name},{name}@{domain},Berlin,\n" for name in people)


async def test_a_dry_run_says_what_would_be_and_stores_nobody(story: Story) -> None:
    report = await ended(story.priya, table(story.domain, "Dora", "Dina"), dryRun=True)
    assert (report["state"], report["created"], report["done"]) == ("DONE", 2, 2)
    assert await names(story.priya, name="d") == []


async def test_one_wrong_row_stores_nobody_unless_it_may_be_left_out(story: Story) -> None:
    csv = f"{table(story.domain, 'Ewa')}Eve,no address,,\nEla,ela@{story.domain},Nowhere,\n"
    report = await ended(story.priya, csv)
    assert (report["state"], report["invalid"], report["created"]) == ("REFUSED", 2, 0)
    problems = [(each["row"], each["field"], each["code"]) for each in report["problems"]]
    assert problems == [(3, "email", "INVALID"), (4, "unit", "INVALID")]
    assert await names(story.priya, name="e") == []

    report = await ended(story.priya, csv, skipInvalid=True)
    assert (report["state"], report["invalid"], report["created"]) == ("DONE", 2, 1)
    assert await names(story.priya, name="e", state="INVITED") == ["Ewa"]


async def test_who_is_here_already_stays_as_they_are(story: Story) -> None:
    people = table(story.domain, "Finn", "Faye")
    assert (await ended(story.priya, people))["created"] == 2
    again = await ended(story.priya, people.replace("Finn,", "Changed,"))
    assert (again["state"], again["created"], again["existing"]) == ("DONE", 0, 2)
    assert await names(story.priya, name="f") == ["Faye", "Finn"]


async def test_a_large_table_comes_in_parts_and_a_repeated_part_counts_once(story: Story) -> None:
    people = table(story.domain, *(f"Gus{number:03}" for number in range(130))).splitlines(keepends=True)
    first = await started(story.priya, "".join(people[:60]), more=True, idempotencyKey="part-1")
    assert (first["state"], first["total"]) == ("RECEIVING", 59)
    assert await started(story.priya, "".join(people[:60]), more=True, idempotencyKey="part-1") == first
    for _ in range(2):
        second = await started(
            story.priya, "".join(people[60:100]), importId=first["id"], more=True, idempotencyKey="part-2"
        )
        assert second["total"] == 99
    gus = f"Gaia,gaia@{story.domain},,gus000@{story.domain}\n"
    await started(story.priya, "".join(people[100:]) + gus, importId=first["id"])
    report = await end_of(story.priya, first["id"])
    assert (report["state"], report["created"], report["done"]) == ("DONE", 131, 131)
    assert len(await names(story.priya, name="gus0")) == 100
    assert await code(started(story.priya, gus, importId=first["id"])) == "CONFLICT"


async def test_an_imported_person_is_invited_later(story: Story) -> None:
    await ended(story.priya, table(story.domain, "Hans"))
    invited = await story.priya.do("inviteUser", "user { name state }", email=f"hans@{story.domain}")
    assert invited["user"] == {"name": "Hans", "state": "INVITED"}


async def test_an_address_of_another_organisation_is_a_wrong_row(story: Story, stranger: Person) -> None:
    csv = table(story.domain, "Ida")
    await ended(story.priya, csv)
    report = await ended(stranger, csv.replace("Berlin", ""))
    assert (report["state"], report["problems"][0]["code"]) == ("REFUSED", "CONFLICT")


async def test_what_is_no_table_and_who_may_not_is_refused(story: Story, stranger: Person) -> None:
    csv = table(story.domain, "Jan")
    assert await code(started(story.maria, csv)) == "FORBIDDEN"
    assert await code(started(story.priya, "nothing")) == "INVALID"
    assert await code(started(story.priya, 'name,email\n"open')) == "INVALID"
    assert await code(started(story.priya, "x" * 90_001)) == "INVALID"
    begun = await started(story.priya, csv, more=True)
    for person in (story.maria, stranger):
        assert await code(person.ask(REPORT, id=begun["id"])) == "NOT_FOUND"
    assert await code(started(stranger, csv, importId=begun["id"])) == "NOT_FOUND"
