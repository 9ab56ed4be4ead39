"""The published schema: current, described, and of one convention."""

from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)

import gateway
from contracts import goals, identity, sessions
from gateway.limits import ALONE
from gateway.schema import NODES, build_schema
from gateway.types.events import WORDS
from gateway.types.scalars import ENUMS

SCHEMA: GraphQLSchema = build_schema()._schema
OWN = {name: kind for name, kind in SCHEMA.type_map.items() if not name.startswith("__")}
FIELDED = (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType)
MUTATIONS = SCHEMA.mutation_type.fields if SCHEMA.mutation_type else {}
BUILT_IN = {"ID", "String", "Int", "Float", "Boolean"}


def test_the_file_is_current() -> None:
    written = (Path(gateway.__file__).parent / "schema.graphql").read_text()
    assert written == f"{build_schema().as_str()}\n", "run: python -m gateway.schema > gateway/schema.graphql"


@pytest.mark.parametrize("name", sorted(set(OWN) - BUILT_IN))
def test_everything_is_described(name: str) -> None:
    kind = OWN[name]
    assert kind.description, name
    for field_name, field in kind.fields.items() if isinstance(kind, FIELDED) else ():
        assert field.description, f"{name}.{field_name}"
        for argument_name, argument in getattr(field, "args", {}).items():
            assert argument.description, f"{name}.{field_name}({argument_name})"


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_takes_one_input_and_returns_user_errors(name: str) -> None:
    mutation = MUTATIONS[name]
    assert list(mutation.args) == ["input"]
    taken, given = mutation.args["input"].type, get_named_type(mutation.type)
    assert isinstance(taken, GraphQLNonNull)
    assert isinstance(taken.of_type, GraphQLInputObjectType)
    assert "idempotencyKey" in taken.of_type.fields
    assert isinstance(given, GraphQLObjectType)
    assert str(given.fields["userErrors"].type) == "[UserError!]!"
    assert not isinstance(mutation.type, GraphQLNonNull), "a defect in one must not take the answers of the others"


def test_every_operation_that_a_user_may_ask_for_is_there() -> None:
    wanted = """registerOrganisation signIn refreshToken signOut addUser createProgramme proposeMentorship
      writeMentorProfile setCapacity setAvailability openCohort enrol approveEnrolment declineEnrolment
      withdrawEnrolment publishPolicy recordTraining runMatching confirmMatches requestMentor withdrawRequest
      signOutEverywhere changePassword requestPasswordReset resetPassword inviteUser acceptInvitation
      createApiToken revokeApiToken configureOidc grantRole revokeRole suspendUser reinstateUser
      respondToMatch draftAgreement signAgreement draftGoal proposeGoal approveGoal logProgress addActionItem
      completeActionItem editActionItem flagBlocked clearBlocked giveFeedback acknowledgeFeedback requestHelp
      answerHelp requestThirdPartyFeedback submitThirdPartyFeedback celebrateWin assessSkill recordOutcome
      verifyOutcome writeJournal askClarification answerClarification acceptFeedback declineFeedback
      setCadence submitPreparation markBriefRead attestAttendance writeNote lintGoal requestGoalChange
      reviseGoal abandonGoal attachFeedback addMetric addMilestone reachMilestone excuseCommitment
      addAgendaPoint reorderAgenda removeAgendaPoint
      editNote deleteNote makeActionItem
      createCalendarFeed revokeCalendarFeed
      disputeCommitment resolveDispute proposeRenegotiation respondToRenegotiation importProgress logTime
          answerPulse submitProgressUpdate editTime withdrawTime approveTime disputeTime resolveTimeDispute
          submitReview markNotificationRead moveTime
      rescheduleCheckIn respondToReschedule cancelCheckIn closeCheckIn resolveAttendance addTimeOff removeTimeOff
      setFeedbackCadence shareResource encourage
      requestPause answerPause resumeMentorship endMentorship requestEarlyClosure closeMentorship requestMentorChange
      handOver replaceMentor answerReplacement extendMentorship workCase resolveCase reportConduct
      verifyAuditChain exportAuditBundle createUnit placeUser importUsers
      simulateProgramme whatIf"""
    assert set(MUTATIONS) == set(wanted.split())
    asked = """simulation hindsight apiTokens oidcProvider escalations
      me organisation users programme programmes mentorship myMentorships mentorships goal
      myCalendarFeed checkInBrief preparationDraft cohorts enrolments myEnrolments programmeTemplates matchRun
      matchRuns matchSuggestions
          timeDisputes myTime disputes
      wins scoreRecomputation mentorDashboard awaitingMyReply insights
      auditLog auditCheckpoint orgUnits userImport
      exportProgress thirdPartyFeedback checkIn notifications pulseTrend pulseSummary myCapacity searchMentors"""
    assert SCHEMA.query_type
    assert {*MUTATIONS, *SCHEMA.query_type.fields} >= ALONE
    assert set(SCHEMA.query_type.fields) == {*asked.split(), "clock", "node"}


def test_every_query_may_fail_alone() -> None:
    assert SCHEMA.query_type
    assert not [name for name, field in SCHEMA.query_type.fields.items() if isinstance(field.type, GraphQLNonNull)]


def test_lists_are_connections_with_first_and_after() -> None:
    for kind in OWN.values():
        for field in kind.fields.values() if isinstance(kind, GraphQLObjectType) else ():
            if get_named_type(field.type).name.endswith("Connection"):
                assert list(field.args)[-2:] == ["first", "after"]
                assert field.args["first"].default_value == 20


def test_the_nodes_are_those_that_node_finds() -> None:
    interface = OWN["Node"]
    assert isinstance(interface, GraphQLInterfaceType)
    assert {kind.name for kind in SCHEMA.get_possible_types(interface)} == set(NODES)


def test_the_enumerations_are_those_of_the_contracts() -> None:
    for kind in ENUMS:
        shown = OWN.get(kind.__name__)
        assert isinstance(shown, GraphQLEnumType), kind
        assert set(shown.values) == set(kind.__members__)


def test_every_event_of_a_mentorship_has_words_and_a_kind() -> None:
    events = {*identity.MENTORSHIP_FACTS, *goals.EVENTS, *sessions.EVENTS}
    assert {event.topic for event in events} == set(WORDS)
    assert {kind for kind, _ in WORDS.values()} <= set(NODES)


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_a_mutation_takes_the_input_of_its_own_name(name: str) -> None:
    (argument,) = MUTATIONS[name].args.values()
    assert str(argument.type) == f"{name[0].upper()}{name[1:]}Input!"
