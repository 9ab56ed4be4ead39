"""A programme's numbers at the endpoint: they equal what the records say, and HR sees no small ones."""

from typing import Any

import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from tests.system.programmes import a_circle

NUMBERS = """query($id: ID!) { programme(id: $id) {
  funnel { mentees { submitted approved matched unmatched } mentors { approved matched unmatched } }
  unusedCapacity { mentors idleMentors seats seatsFree minutes unusedMinutes } } }"""


async def _numbers(person: Person, programme: str) -> dict[str, Any]:
    return dict((await person.ask(NUMBERS, id=programme))["programme"])


async def test_the_numbers_equal_the_records_and_hr_sees_none_about_few(stack: Stack, stranger: Person) -> None:
    async with a_circle(f"{stack.gateway_url}/graphql") as circle:
        priya, maria, sofia = circle.priya, circle.story.maria, circle.story.sofia
        programme, hana = await circle.programme(), await circle.join("Hana")
        await circle.mentee(maria, programme)
        await circle.mentee(hana, programme)
        await circle.mentor(sofia, programme, hoursPerMonth=8)
        await sofia.do("setCapacity", "mentorProfile { id }", capacity=2)
        asked = await maria.do("requestMentor", "mentorship { id }", programmeId=programme, mentorId=sofia.id)
        given = {"mentorshipId": asked["mentorship"]["id"], "accept": True}
        await sofia.do("respondToMatch", "mentorship { id }", **given)

        numbers = await _numbers(priya, programme)
        own = (await sofia.ask("{ myCapacity { seatsFree unusedMinutes } }"))["myCapacity"]
        assert numbers["funnel"]["mentees"] == {"submitted": 0, "approved": 2, "matched": 1, "unmatched": 1}
        assert numbers["funnel"]["mentors"] == {"approved": 1, "matched": 1, "unmatched": 0}
        assert numbers["unusedCapacity"] == {
            "mentors": 1, "idleMentors": 0, "seats": 2, "seatsFree": own["seatsFree"], "minutes": 480,
            "unusedMinutes": own["unusedMinutes"],
        }  # fmt: skip
        assert own == {"seatsFree": 1, "unusedMinutes": 240}

        await priya.do("grantRole", "user { id }", userId=hana.id, role="HR_ANALYST")
        await hana.sign_in(f"hana@{circle.story.domain}", "a long phrase for the demo")
        for hidden in (await _numbers(hana, programme))["funnel"].values():
            assert set(hidden.values()) == {None}
        assert set((await _numbers(hana, programme))["unusedCapacity"].values()) == {None}

        for person, code in ((maria, "FORBIDDEN"), (stranger, "NOT_FOUND")):
            with pytest.raises(Refused) as refused:
                await _numbers(person, programme)
            assert refused.value.code == code
