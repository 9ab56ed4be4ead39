"""The calls that the identity service answers."""

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from contracts import identity
from kit.footing import JWKS_PATH
from kit.rpc import Answer
from services.identity.actions import (
    Context,
    access,
    api_tokens,
    cases,
    courses,
    directory,
    enrolments,
    imports,
    lifecycle,
    matching,
    mentors,
    mentorships,
    oidc,
    passwords,
    people,
    programmes,
    reconciling,
    reports,
    requests,
    sign_in,
)


def answers(context: Context) -> list[Answer[Any, Any]]:
    """Each operation with the action that answers it."""
    return [
        Answer(identity.REGISTER_ORGANISATION, partial(people.register_organisation, context), public=True),
        Answer(identity.ADD_USER, partial(people.add_user, context)),
        Answer(identity.GET_ORGANISATION, partial(people.get_organisation, context)),
        Answer(identity.GET_USERS, partial(people.get_users, context)),
        Answer(identity.LIST_USERS, partial(people.list_users, context)),
        Answer(identity.GET_CONTACTS, partial(people.get_contacts, context)),
        Answer(identity.CREATE_PROGRAMME, partial(programmes.create_programme, context)),
        Answer(identity.GET_PROGRAMMES, partial(programmes.get_programmes, context)),
        Answer(identity.LIST_PROGRAMMES, partial(programmes.list_programmes, context)),
        Answer(identity.PROPOSE_MENTORSHIP, partial(mentorships.propose_mentorship, context)),
        Answer(identity.RESPOND_TO_MATCH, partial(mentorships.respond_to_match, context)),
        Answer(identity.DRAFT_AGREEMENT, partial(mentorships.draft_agreement, context)),
        Answer(identity.SIGN_AGREEMENT, partial(mentorships.sign_agreement, context)),
        Answer(identity.GET_MENTORSHIPS, partial(mentorships.get_mentorships, context)),
        Answer(identity.GET_MENTORSHIP_CARDS, partial(mentorships.get_mentorship_cards, context)),
        Answer(identity.LIST_COURSES, partial(courses.list_courses, context)),
        Answer(identity.LIST_MENTORSHIPS, partial(mentorships.list_mentorships, context)),
        Answer(identity.WRITE_MENTOR_PROFILE, partial(mentors.write_mentor_profile, context)),
        Answer(identity.SET_CAPACITY, partial(mentors.set_capacity, context)),
        Answer(identity.SET_AVAILABILITY, partial(mentors.set_availability, context)),
        Answer(identity.GET_MY_CAPACITY, partial(mentors.get_my_capacity, context)),
        Answer(identity.GET_MENTOR_PROFILES, partial(mentors.get_mentor_profiles, context)),
        Answer(identity.SEARCH_MENTORS, partial(mentors.search_mentors, context)),
        *credential_answers(context),
        *programme_answers(context),
        *directory_answers(context),
        Answer(identity.CHANGE_PHASE, partial(lifecycle.change_phase, context)),
        *_on_lifecycle(context),
        *_on_cases(context),
    ]


def _on_lifecycle(context: Context) -> list[Answer[Any, Any]]:
    return [
        Answer(identity.REQUEST_PAUSE, partial(lifecycle.request_pause, context)),
        Answer(identity.ANSWER_PAUSE, partial(lifecycle.answer_pause, context)),
        Answer(identity.RESUME_MENTORSHIP, partial(lifecycle.resume_mentorship, context)),
        Answer(identity.END_MENTORSHIP, partial(lifecycle.end_mentorship, context)),
        Answer(identity.CLOSE_MENTORSHIP, partial(lifecycle.close_mentorship, context)),
        Answer(identity.REQUEST_MENTOR_CHANGE, partial(lifecycle.request_mentor_change, context)),
        Answer(identity.HAND_OVER, partial(lifecycle.hand_over, context)),
        Answer(identity.REPLACE_MENTOR, partial(lifecycle.replace_mentor, context)),
        Answer(identity.ANSWER_REPLACEMENT, partial(lifecycle.answer_replacement, context)),
        Answer(identity.EXTEND_MENTORSHIP, partial(lifecycle.extend_mentorship, context)),
        Answer(identity.SET_HEALTH, partial(lifecycle.set_health, context)),
        Answer(identity.LIST_STANDINGS, partial(reconciling.list_standings, context)),
        Answer(identity.GET_STANDINGS, partial(reconciling.get_standings, context)),
        Answer(identity.LIST_ORGANISATION_IDS, partial(reconciling.list_organisation_ids, context)),
        Answer(identity.RETELL_MENTORSHIP, partial(reconciling.retell_mentorship, context)),
    ]


def _on_cases(context: Context) -> list[Answer[Any, Any]]:
    return [
        Answer(identity.OPEN_CASE, partial(cases.open_case, context)),
        Answer(identity.WORK_CASE, partial(cases.work_case, context)),
        Answer(identity.RESOLVE_CASE, partial(cases.resolve_case, context)),
        Answer(identity.REPORT_CONDUCT, partial(cases.report_conduct, context)),
        Answer(identity.GET_CASES, partial(cases.get_cases, context)),
        Answer(identity.LIST_ESCALATIONS, partial(cases.list_escalations, context)),
        Answer(identity.GET_CONDUCT_REPORTS, partial(cases.get_conduct_reports, context)),
    ]


def credential_answers(context: Context) -> list[Answer[Any, Any]]:
    """Those about who may come in, and what they may do."""
    return [
        Answer(identity.SIGN_IN, partial(sign_in.sign_in, context), public=True),
        Answer(identity.REFRESH, partial(sign_in.refresh, context), public=True),
        Answer(identity.SIGN_OUT, partial(sign_in.sign_out, context), public=True),
        Answer(identity.SIGN_OUT_EVERYWHERE, partial(sign_in.sign_out_everywhere, context)),
        Answer(identity.CHANGE_PASSWORD, partial(passwords.change_password, context)),
        Answer(identity.REQUEST_PASSWORD_RESET, partial(passwords.request_password_reset, context), public=True),
        Answer(identity.RESET_PASSWORD, partial(passwords.reset_password, context), public=True),
        Answer(identity.INVITE_USER, partial(passwords.invite_user, context)),
        Answer(identity.ACCEPT_INVITATION, partial(passwords.accept_invitation, context), public=True),
        Answer(identity.ISSUE_MAILED_TOKEN, partial(passwords.issue_mailed_token, context)),
        Answer(identity.CONFIGURE_OIDC, partial(oidc.configure_oidc, context)),
        Answer(identity.GET_OIDC_PROVIDER, partial(oidc.get_oidc_provider, context)),
        Answer(identity.START_OIDC, partial(oidc.start_oidc, context), public=True),
        Answer(identity.FINISH_OIDC, partial(oidc.finish_oidc, context), public=True),
        Answer(identity.CREATE_API_TOKEN, partial(api_tokens.create_api_token, context)),
        Answer(identity.REVOKE_API_TOKEN, partial(api_tokens.revoke_api_token, context)),
        Answer(identity.GET_API_TOKENS, partial(api_tokens.get_api_tokens, context)),
        Answer(identity.LIST_API_TOKENS, partial(api_tokens.list_api_tokens, context)),
        Answer(identity.EXCHANGE_API_TOKEN, partial(api_tokens.exchange_api_token, context), public=True),
        Answer(identity.GRANT_ROLE, partial(access.grant_role, context)),
        Answer(identity.REVOKE_ROLE, partial(access.revoke_role, context)),
        Answer(identity.SUSPEND_USER, partial(access.suspend_user, context)),
        Answer(identity.REINSTATE_USER, partial(access.reinstate_user, context)),
        Answer(identity.LIST_REVOCATIONS, partial(access.list_revocations, context)),
    ]


def directory_answers(context: Context) -> list[Answer[Any, Any]]:
    """Those about very many people and where they stand."""
    return [
        Answer(identity.CREATE_UNIT, partial(directory.create_unit, context)),
        Answer(identity.GET_UNITS, partial(directory.get_units, context)),
        Answer(identity.LIST_UNITS, partial(directory.list_units, context)),
        Answer(identity.PLACE_USER, partial(directory.place_user, context)),
        Answer(identity.IMPORT_USERS, partial(imports.import_users, context)),
        Answer(identity.GET_USER_IMPORTS, partial(imports.get_user_imports, context)),
    ]


def programme_answers(context: Context) -> list[Answer[Any, Any]]:
    """Those about taking part in a programme and finding each other there."""
    return [
        Answer(identity.PUBLISH_POLICY, partial(programmes.publish_policy, context)),
        Answer(identity.DRAFT_POLICY, partial(programmes.draft_policy, context)),
        Answer(identity.LIST_POLICY_VERSIONS, partial(programmes.list_policy_versions, context)),
        Answer(identity.LIST_PROGRAMME_TEMPLATES, partial(programmes.list_programme_templates, context)),
        Answer(identity.REPORT_PROGRAMME, partial(reports.report_programme, context)),
        Answer(identity.OPEN_COHORT, partial(enrolments.open_cohort, context)),
        Answer(identity.GET_COHORTS, partial(enrolments.get_cohorts, context)),
        Answer(identity.LIST_COHORTS, partial(enrolments.list_cohorts, context)),
        Answer(identity.ENROL, partial(enrolments.enrol, context)),
        Answer(identity.APPROVE_ENROLMENT, partial(enrolments.approve_enrolment, context)),
        Answer(identity.DECLINE_ENROLMENT, partial(enrolments.decline_enrolment, context)),
        Answer(identity.WITHDRAW_ENROLMENT, partial(enrolments.withdraw_enrolment, context)),
        Answer(identity.RECORD_TRAINING, partial(enrolments.record_training, context)),
        Answer(identity.GET_ENROLMENTS, partial(enrolments.get_enrolments, context)),
        Answer(identity.LIST_ENROLMENTS, partial(enrolments.list_enrolments, context)),
        Answer(identity.RUN_MATCHING, partial(matching.run_matching, context)),
        Answer(identity.CONFIRM_MATCHES, partial(matching.confirm_matches, context)),
        Answer(identity.GET_MATCH_RUNS, partial(matching.get_match_runs, context)),
        Answer(identity.LIST_MATCH_RUNS, partial(matching.list_match_runs, context)),
        Answer(identity.LIST_MATCH_PAIRS, partial(matching.list_match_pairs, context)),
        Answer(identity.LIST_UNMATCHED, partial(matching.list_unmatched, context)),
        Answer(identity.SUGGEST_MENTORS, partial(requests.suggest_mentors, context)),
        Answer(identity.REQUEST_MENTOR, partial(requests.request_mentor, context)),
        Answer(identity.WITHDRAW_REQUEST, partial(requests.withdraw_request, context)),
    ]


def jwks_route(context: Context) -> Route:
    """The public keys that people's tokens are signed with (RFC 7517)."""

    async def jwks(_request: Request) -> JSONResponse:
        return JSONResponse(context.keys.published, headers={"cache-control": "public, max-age=300"})

    return Route(JWKS_PATH, jwks)
