"""Identity on the real stack: who may do what, and what a repeated, foreign or wrong command meets."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from contracts.errors import (
    Conflict,
    Forbidden,
    IdempotencyMismatch,
    Invalid,
    NotFound,
    RateLimited,
    Refusal,
    Unauthenticated,
)
from contracts.identity import (
    ADD_USER,
    CHANGE_PHASE,
    CREATE_PROGRAMME,
    DRAFT_AGREEMENT,
    GET_CONTACTS,
    GET_MENTORSHIP_CARDS,
    GET_MENTORSHIPS,
    GET_ORGANISATION,
    GET_PROGRAMMES,
    GET_USERS,
    LIST_MENTORSHIPS,
    LIST_USERS,
    PROPOSE_MENTORSHIP,
    REFRESH,
    REGISTER_ORGANISATION,
    RESPOND_TO_MATCH,
    SIGN_AGREEMENT,
    SIGN_IN,
    SIGN_OUT,
    AddUser,
    ChangePhase,
    CreateProgramme,
    DraftAgreement,
    GetOrganisation,
    ListMentorships,
    ListUsers,
    Phase,
    ProposeMentorship,
    Refresh,
    RegisterOrganisation,
    RespondToMatch,
    Role,
    SignAgreement,
    SignIn,
    SignOut,
)
from contracts.wire import ByIds
from deploy.local.stack import Stack
from kit.rpc import http_session
from tests.parts import PASSWORD, Pair, Parts, a_pair, a_proposed_pair, an_address


@pytest.fixture(scope="module")
async def parts(stack: Stack) -> AsyncIterator[Parts]:
    """The running parts."""
    async with http_session() as http:
        yield Parts(stack, http)


@pytest.fixture(scope="module")
async def pair(parts: Parts) -> Pair:
    """A pair that says what it expects."""
    return await a_pair(parts)


def a_person(**fields: Any) -> AddUser:
    return AddUser(**{"name": "Nina", "email": an_address("nina"), "password": PASSWORD, **fields})


def a_tenant(**fields: Any) -> RegisterOrganisation:
    defaults = {"name": "Acme", "admin_name": "Priya", "admin_email": an_address("priya"), "password": PASSWORD}
    return RegisterOrganisation(**{**defaults, **fields})


async def test_a_repeated_registration_makes_one_organisation(parts: Parts) -> None:
    request = a_tenant(idempotency_key="k-1")
    answers = await asyncio.gather(*(parts.call(REGISTER_ORGANISATION, "", request) for _ in range(4)))
    assert answers == [answers[0]] * 4
    assert answers[0].admin.roles == (Role.ORG_ADMIN, Role.PROGRAMME_MANAGER)


async def test_two_strangers_may_choose_the_same_key(parts: Parts) -> None:
    one = await parts.call(REGISTER_ORGANISATION, "", a_tenant(idempotency_key="first-try"))
    other = await parts.call(REGISTER_ORGANISATION, "", a_tenant(idempotency_key="first-try"))
    assert one.organisation.id != other.organisation.id


async def test_an_address_that_is_none_is_named_by_the_field_it_came_in(parts: Parts) -> None:
    with pytest.raises(Invalid) as refused:
        await parts.call(REGISTER_ORGANISATION, "", a_tenant(admin_email="priya"))
    assert refused.value.field == "adminEmail"


async def test_an_address_belongs_to_one_account_of_the_installation(parts: Parts, pair: Pair) -> None:
    request = a_tenant()
    await parts.call(REGISTER_ORGANISATION, "", request)
    with pytest.raises(Conflict):
        await parts.call(REGISTER_ORGANISATION, "", a_tenant(admin_email=request.admin_email.upper()))
    with pytest.raises(Conflict):
        await parts.call(ADD_USER, pair.priya, a_person(email=request.admin_email))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"email": "nina"}, "email"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"password": "too short"}, "password"),
        ({"password": "x" * 201}, "password"),
    ],
)
async def test_a_person_that_breaks_a_rule_is_refused(
    parts: Parts, pair: Pair, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await parts.call(ADD_USER, pair.priya, a_person(**fields))
    assert refused.value.field == field


async def test_only_an_administrator_adds_people(parts: Parts, pair: Pair) -> None:
    manager = parts.person_token("x", pair.home.id, Role.PROGRAMME_MANAGER)
    for token in (pair.maria, manager, pair.cycle):
        with pytest.raises(Forbidden):
            await parts.call(ADD_USER, token, a_person())


async def test_a_repeated_addition_gets_the_same_person_and_another_body_is_refused(parts: Parts, pair: Pair) -> None:
    request = a_person(idempotency_key="k-2")
    one, other = [await parts.call(ADD_USER, pair.priya, request) for _ in range(2)]
    assert one == other
    with pytest.raises(IdempotencyMismatch):
        await parts.call(ADD_USER, pair.priya, msgspec.structs.replace(request, name="Somebody else"))


async def test_colleagues_see_names_and_administrators_addresses(parts: Parts, pair: Pair) -> None:
    ask = ByIds(ids=(pair.id_of("sofia"), pair.id_of("maria")))
    seen = {user.id: user for user in await parts.call(GET_USERS, pair.maria, ask)}
    assert seen[pair.id_of("sofia")].name == "sofia"
    assert seen[pair.id_of("sofia")].email == ""
    assert seen[pair.id_of("maria")].email.startswith("maria@")
    assert all(user.email for user in await parts.call(GET_USERS, pair.priya, ask))
    assert await parts.call(GET_USERS, pair.olga, ask) == ()
    with pytest.raises(Forbidden):
        await parts.call(LIST_USERS, pair.maria, ListUsers())


async def test_nobody_is_shown_a_password_hash(parts: Parts, pair: Pair) -> None:
    page = await parts.call(LIST_USERS, pair.priya, ListUsers(first=50))
    assert len(page.items) >= 4
    assert "argon2" not in repr(page)


async def test_contacts_are_given_to_the_part_that_sends_messages_alone(parts: Parts, pair: Pair) -> None:
    ask = ByIds(ids=(pair.id_of("maria"),))
    (contact,) = await parts.call(GET_CONTACTS, parts.part_token("notifications", pair.home.id), ask)
    assert (contact.name, contact.zone) == ("maria", "Europe/Berlin")
    assert await parts.call(GET_CONTACTS, parts.part_token("notifications", pair.abroad.id), ask) == ()
    for token in (pair.maria, pair.priya, pair.cycle, parts.part_token("goals", pair.home.id)):
        with pytest.raises(Forbidden):
            await parts.call(GET_CONTACTS, token, ask)


async def test_cards_are_given_to_parts_alone(parts: Parts, pair: Pair) -> None:
    ask = ByIds(ids=(pair.mentorship_id,))
    (card,) = await parts.call(GET_MENTORSHIP_CARDS, parts.part_token("goals", pair.home.id), ask)
    assert (card.mentor_id, card.mentee_id) == (pair.id_of("sofia"), pair.id_of("maria"))
    assert await parts.call(GET_MENTORSHIP_CARDS, parts.part_token("goals", pair.abroad.id), ask) == ()
    for token in (pair.maria, pair.priya):
        with pytest.raises(Forbidden):
            await parts.call(GET_MENTORSHIP_CARDS, token, ask)


async def test_everybody_sees_their_own_organisation(parts: Parts, pair: Pair) -> None:
    assert (await parts.call(GET_ORGANISATION, pair.maria, GetOrganisation())).id == pair.home.id
    assert (await parts.call(GET_ORGANISATION, pair.olga, GetOrganisation())).id == pair.abroad.id


async def test_signing_in_gives_tokens_that_work(parts: Parts) -> None:
    request = a_tenant()
    await parts.call(REGISTER_ORGANISATION, "", request)
    address = f" {request.admin_email.upper()} "
    tokens = await parts.call(SIGN_IN, "", SignIn(email=address, password=PASSWORD))
    assert (await parts.call(GET_ORGANISATION, tokens.access_token, GetOrganisation())).name == "Acme"
    assert (tokens.user.email, tokens.expires_in) == (request.admin_email, 600)


async def refusal(parts: Parts, request: SignIn) -> Refusal:
    with pytest.raises(Refusal) as refused:
        await parts.call(SIGN_IN, "", request)
    return refused.value


async def test_a_wrong_password_and_an_unknown_address_are_refused_alike_until_there_are_too_many(parts: Parts) -> None:
    known = a_tenant()
    await parts.call(REGISTER_ORGANISATION, "", known)
    for email in (known.admin_email, an_address()):
        refused = [await refusal(parts, SignIn(email=email, password="wrong")) for _ in range(11)]
        assert {(each.code, each.message) for each in refused[:10]} == {
            ("UNAUTHENTICATED", "Mail address and password do not fit together.")
        }
        assert isinstance(refused[10], RateLimited)


@pytest.mark.parametrize("email", ["", "x" * 9_000, "\0", "maria@", "маша@example.com", "a" * 70 + "@example.com"])
async def test_signing_in_with_what_is_no_address_is_refused_like_any_other(parts: Parts, email: str) -> None:
    assert isinstance(await refusal(parts, SignIn(email=email, password="\0")), Unauthenticated)


async def test_a_refresh_token_works_once_and_its_reuse_ends_the_family(parts: Parts) -> None:
    request = a_tenant()
    await parts.call(REGISTER_ORGANISATION, "", request)
    first = await parts.call(SIGN_IN, "", SignIn(email=request.admin_email, password=PASSWORD))
    second = await parts.call(REFRESH, "", Refresh(refresh_token=first.refresh_token))
    third = await parts.call(REFRESH, "", Refresh(refresh_token=second.refresh_token))
    both = await asyncio.gather(
        *(parts.call(REFRESH, "", Refresh(refresh_token=third.refresh_token)) for _ in range(2))
    )
    assert both[0].refresh_token != both[1].refresh_token  # two tabs at the same moment are no theft
    await parts.call(SIGN_OUT, "", SignOut(refresh_token=both[0].refresh_token))
    for tokens in both:
        with pytest.raises(Unauthenticated):
            await parts.call(REFRESH, "", Refresh(refresh_token=tokens.refresh_token))


@pytest.mark.parametrize("token", ["", "a.b.c", "..", "x" * 5_000])
async def test_what_is_no_refresh_token_is_refused_and_signs_nobody_out(parts: Parts, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await parts.call(REFRESH, "", Refresh(refresh_token=token))
    assert await parts.call(SIGN_OUT, "", SignOut(refresh_token=token))


async def test_only_a_programme_manager_opens_programmes_and_proposes(parts: Parts, pair: Pair) -> None:
    administrator = parts.person_token("x", pair.home.id, Role.ORG_ADMIN)
    for token in (pair.maria, administrator, pair.cycle):
        with pytest.raises(Forbidden):
            await parts.call(CREATE_PROGRAMME, token, CreateProgramme(name="Mine"))
        with pytest.raises(Forbidden):
            await parts.call(PROPOSE_MENTORSHIP, token, await a_match(pair))
        with pytest.raises(Forbidden):
            await parts.call(LIST_MENTORSHIPS, token, ListMentorships(programme_id="x"))


async def a_match(pair: Pair, **fields: Any) -> ProposeMentorship:
    defaults = {
        "programme_id": (await pair.mentorship()).programme_id,
        "mentor_id": pair.id_of("tom"),
        "mentee_id": pair.id_of("maria"),
    }
    return ProposeMentorship(**{**defaults, **fields})


@pytest.mark.parametrize("field", ["programme_id", "mentor_id", "mentee_id"])
async def test_a_foreign_and_an_unknown_id_in_a_proposal_are_refused_alike(
    parts: Parts, pair: Pair, field: str
) -> None:
    programme = await parts.call(CREATE_PROGRAMME, pair.olga, CreateProgramme(name="Theirs"))
    foreign = programme.id if field == "programme_id" else pair.abroad.admin_id
    told = []
    for object_id in (foreign, "unknown"):
        with pytest.raises(NotFound) as refused:
            await parts.call(PROPOSE_MENTORSHIP, pair.priya, await a_match(pair, **{field: object_id}))
        told.append((refused.value.message.replace(object_id, "X"), refused.value.field))
    assert told[0] == told[1]


async def test_nobody_is_proposed_to_themselves(parts: Parts, pair: Pair) -> None:
    with pytest.raises(Invalid) as refused:
        await parts.call(PROPOSE_MENTORSHIP, pair.priya, await a_match(pair, mentor_id=pair.id_of("maria")))
    assert refused.value.field == "menteeId"


async def test_a_mentorship_is_seen_by_the_pair_its_manager_and_the_parts(parts: Parts, pair: Pair) -> None:
    ask = ByIds(ids=(pair.mentorship_id,))
    for token in (pair.maria, pair.sofia, pair.priya, pair.cycle):
        assert len(await parts.call(GET_MENTORSHIPS, token, ask)) == 1
    for token in (pair.tom, pair.olga):
        assert await parts.call(GET_MENTORSHIPS, token, ask) == ()
    programme_id = (await pair.mentorship()).programme_id
    assert await parts.call(GET_PROGRAMMES, pair.olga, ByIds(ids=(programme_id,))) == ()
    assert (await parts.call(LIST_MENTORSHIPS, pair.tom, ListMentorships())).items == ()
    (own,) = (await parts.call(LIST_MENTORSHIPS, pair.maria, ListMentorships())).items
    assert own.id == pair.mentorship_id


async def test_strangers_meet_the_same_refusal_as_for_an_unknown_id(parts: Parts, pair: Pair) -> None:
    told = set()
    for token, object_id in (
        (pair.tom, pair.mentorship_id),
        (pair.olga, pair.mentorship_id),
        (pair.priya, pair.mentorship_id),
        (pair.maria, "unknown"),
    ):
        with pytest.raises(NotFound) as refused:
            await parts.call(SIGN_AGREEMENT, token, SignAgreement(mentorship_id=object_id, agreement_version=1))
        told.add(refused.value.message.replace(object_id, "X"))
    assert len(told) == 1


async def test_only_the_cycle_changes_a_phase(parts: Parts, pair: Pair) -> None:
    request = ChangePhase(mentorship_id=pair.mentorship_id, phase=Phase.ACTIVE, phase_version=2, at=parts.now())
    for token in (pair.maria, pair.sofia, pair.priya, parts.part_token("sessions", pair.home.id)):
        with pytest.raises(Forbidden):
            await parts.call(CHANGE_PHASE, token, request)


async def test_a_match_is_answered_once_by_each_and_not_after(parts: Parts) -> None:
    pair = await a_proposed_pair(parts)
    yes = RespondToMatch(mentorship_id=pair.mentorship_id, accept=True, idempotency_key="yes")
    one, again = [await parts.call(RESPOND_TO_MATCH, pair.maria, yes) for _ in range(2)]
    assert one == again
    with pytest.raises(IdempotencyMismatch):
        await parts.call(RESPOND_TO_MATCH, pair.maria, msgspec.structs.replace(yes, accept=False))
    with pytest.raises(Conflict):
        await parts.call(RESPOND_TO_MATCH, pair.maria, msgspec.structs.replace(yes, idempotency_key="again"))
    no = RespondToMatch(mentorship_id=pair.mentorship_id, accept=False)
    await parts.call(RESPOND_TO_MATCH, pair.sofia, no)
    await pair.reaches(Phase.DECLINED)
    with pytest.raises(Conflict):
        await parts.call(RESPOND_TO_MATCH, pair.sofia, no)


def a_draft(pair: Pair, **fields: Any) -> DraftAgreement:
    defaults = {
        "mentorship_id": pair.mentorship_id,
        "challenges": ("Speak up",),
        "mentee_expectations": "Honesty",
        "mentor_expectations": "Work",
    }
    return DraftAgreement(**{**defaults, **fields})


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"challenges": ()}, "challenges"),
        ({"challenges": ("x",) * 21}, "challenges"),
        ({"challenges": (" ",)}, "challenges[0]"),
        ({"mentee_expectations": ""}, "menteeExpectations"),
        ({"mentor_expectations": "x" * 5_001}, "mentorExpectations"),
    ],
)
async def test_an_agreement_without_words_or_without_end_is_refused(
    parts: Parts, pair: Pair, fields: dict[str, Any], field: str
) -> None:
    before = await pair.mentorship()
    with pytest.raises(Invalid) as refused:
        await parts.call(DRAFT_AGREEMENT, pair.maria, a_draft(pair, **fields))
    assert refused.value.field == field
    assert await pair.mentorship() == before


async def test_an_agreement_is_drafted_on_the_version_that_was_seen(parts: Parts, pair: Pair) -> None:
    version = (await pair.mentorship()).version
    await parts.call(DRAFT_AGREEMENT, pair.maria, a_draft(pair, expected_version=version))
    with pytest.raises(Conflict) as refused:
        await parts.call(DRAFT_AGREEMENT, pair.sofia, a_draft(pair, expected_version=version))
    assert refused.value.field == "version"
    agreement = (await pair.mentorship()).agreement
    assert agreement is not None
    with pytest.raises(Conflict):
        await parts.call(
            SIGN_AGREEMENT,
            pair.maria,
            SignAgreement(mentorship_id=pair.mentorship_id, agreement_version=agreement.version + 1),
        )
