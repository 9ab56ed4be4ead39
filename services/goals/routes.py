"""The calls that the goals service answers."""

from functools import partial
from typing import Any

from contracts import goals as contract
from kit.kept import kept_answer
from kit.rpc import Answer
from services.goals.actions import (
    Context,
    brief,
    challenges,
    feedback,
    goals,
    growth,
    help,
    insights,
    items,
    ledger,
    lint,
    progress,
    reading,
    recomputing,
    report,
    results,
    support,
    timeline,
    trees,
    updates,
)
from services.goals.actions.reading import through
from services.goals.model.policy import Kind


def answers(context: Context) -> list[Answer[Any, Any]]:
    """Each operation with the action that answers it."""
    return [
        *_on_goals(context),
        *_on_items(context),
        *_on_feedback(context),
        *_on_ledger(context),
        *_on_help(context),
        *_on_growth(context),
        *_on_support(context),
        kept_answer("goals", lambda: context.store.mentorships),
    ]


def _on_goals(context: Context) -> list[Answer[Any, Any]]:
    return [
        Answer(contract.DRAFT_GOAL, partial(goals.draft_goal, context)),
        Answer(contract.PROPOSE_GOAL, partial(goals.propose_goal, context)),
        Answer(contract.AGREE_GOAL, partial(goals.agree_goal, context)),
        Answer(contract.REQUEST_GOAL_CHANGE, partial(goals.request_goal_change, context)),
        Answer(contract.REVISE_GOAL, partial(goals.revise_goal, context)),
        Answer(contract.ABANDON_GOAL, partial(goals.abandon_goal, context)),
        Answer(contract.GET_GOALS, partial(goals.get_goals, context)),
        Answer(contract.LIST_GOALS, partial(goals.list_goals, context)),
        Answer(contract.LINT_GOAL, partial(lint.lint_goal, context)),
        Answer(contract.BRIEF_OF, partial(brief.brief_of, context)),
        Answer(contract.GET_UNADDRESSED_CHALLENGES, partial(challenges.get_unaddressed_challenges, context)),
        Answer(contract.GET_GOAL_LINTS, partial(lint.get_goal_lints, context)),
        Answer(contract.LOG_PROGRESS, partial(progress.log_progress, context)),
        Answer(contract.ATTACH_FEEDBACK, partial(progress.attach_feedback, context)),
        Answer(contract.ADD_METRIC, partial(progress.add_metric, context)),
        Answer(contract.ADD_MILESTONE, partial(progress.add_milestone, context)),
        Answer(contract.REACH_MILESTONE, partial(progress.reach_milestone, context)),
        Answer(contract.IMPORT_PROGRESS, partial(progress.import_progress, context)),
        Answer(contract.EXPORT_PROGRESS, partial(progress.export_progress, context)),
        Answer(contract.GET_GOAL_PROGRESS, partial(progress.get_goal_progress, context)),
        Answer(contract.SUBMIT_PROGRESS_UPDATE, partial(updates.submit_progress_update, context)),
        *_reading(
            context,
            contract.GET_PROGRESS_UPDATES,
            contract.LIST_PROGRESS_UPDATES,
            through(lambda store: store.progress_updates, Kind.PROGRESS_UPDATE),
        ),
    ]


def _on_items(context: Context) -> list[Answer[Any, Any]]:
    return [
        Answer(contract.ADD_ACTION_ITEM, partial(items.add_action_item, context)),
        Answer(contract.EDIT_ACTION_ITEM, partial(items.edit_action_item, context)),
        Answer(contract.COMPLETE_ACTION_ITEM, partial(items.complete_action_item, context)),
        Answer(contract.FLAG_BLOCKED, partial(items.flag_blocked, context)),
        Answer(contract.CLEAR_BLOCKED, partial(items.clear_blocked, context)),
        Answer(contract.LIST_GOAL_ACTIONS, partial(trees.list_goal_actions, context)),
        Answer(contract.GET_NOTE_ACTIONS, partial(trees.get_note_actions, context)),
        Answer(contract.GET_ACTION_ITEMS, partial(items.get_action_items, context)),
        Answer(contract.GET_ACTION_CARDS, partial(items.get_action_cards, context)),
        Answer(contract.LIST_ACTION_ITEMS, partial(items.list_action_items, context)),
    ]


def _on_feedback(context: Context) -> list[Answer[Any, Any]]:
    return [
        Answer(contract.GIVE_FEEDBACK, partial(feedback.give_feedback, context)),
        Answer(contract.ACKNOWLEDGE_FEEDBACK, partial(feedback.acknowledge_feedback, context)),
        Answer(contract.ASK_CLARIFICATION, partial(feedback.ask_clarification, context)),
        Answer(contract.ANSWER_CLARIFICATION, partial(feedback.answer_clarification, context)),
        Answer(contract.ACCEPT_FEEDBACK, partial(feedback.accept_feedback, context)),
        Answer(contract.DECLINE_FEEDBACK, partial(feedback.decline_feedback, context)),
        Answer(contract.SET_FEEDBACK_CADENCE, partial(feedback.set_feedback_cadence, context)),
        Answer(
            contract.GET_FEEDBACK_CADENCES,
            partial(reading.get, context, through(lambda store: store.feedback_cadences, Kind.FEEDBACK_CADENCE)),
        ),
        Answer(contract.GET_FEEDBACK, partial(feedback.get_feedback, context)),
        Answer(contract.LIST_FEEDBACK, partial(feedback.list_feedback, context)),
    ]


def _on_ledger(context: Context) -> list[Answer[Any, Any]]:
    return [
        Answer(contract.OPEN_COMMITMENT, partial(ledger.open_commitment, context)),
        Answer(contract.EXCUSE_COMMITMENT, partial(ledger.excuse_commitment, context)),
        Answer(contract.DISPUTE_COMMITMENT, partial(ledger.dispute_commitment, context)),
        Answer(contract.RESOLVE_DISPUTE, partial(ledger.resolve_dispute, context)),
        Answer(contract.PROPOSE_RENEGOTIATION, partial(ledger.propose_renegotiation, context)),
        Answer(contract.RESPOND_TO_RENEGOTIATION, partial(ledger.respond_to_renegotiation, context)),
        Answer(contract.GET_COMMITMENTS, partial(ledger.get_commitments, context)),
        Answer(contract.LIST_COMMITMENTS, partial(ledger.list_commitments, context)),
        Answer(contract.GET_SCORES, partial(ledger.get_scores, context)),
        Answer(contract.RECOMPUTE_SCORE, partial(recomputing.recompute_score, context)),
        Answer(contract.EXPLAIN_SCORES, partial(ledger.explain_scores, context)),
    ]


def _on_help(context: Context) -> list[Answer[Any, Any]]:
    return [
        Answer(contract.REQUEST_HELP, partial(help.request_help, context)),
        Answer(contract.ANSWER_HELP, partial(help.answer_help, context)),
        Answer(contract.REQUEST_THIRD_PARTY_FEEDBACK, partial(help.request_third_party_feedback, context)),
        Answer(contract.OPEN_THIRD_PARTY_FEEDBACK, partial(help.open_third_party_feedback, context), public=True),
        Answer(contract.SUBMIT_THIRD_PARTY_FEEDBACK, partial(help.submit_third_party_feedback, context), public=True),
        Answer(contract.GET_THIRD_PARTY_FEEDBACK, partial(help.get_third_party_feedback, context)),
        Answer(contract.LIST_THIRD_PARTY_FEEDBACK, partial(help.list_third_party_feedback, context)),
        *_reading(
            context,
            contract.GET_HELP_REQUESTS,
            contract.LIST_HELP_REQUESTS,
            through(lambda store: store.help_requests, Kind.HELP),
        ),
    ]


def _on_growth(context: Context) -> list[Answer[Any, Any]]:
    return [
        Answer(contract.CELEBRATE_WIN, partial(growth.celebrate_win, context)),
        Answer(contract.ASSESS_SKILL, partial(growth.assess_skill, context)),
        Answer(contract.RECORD_OUTCOME, partial(growth.record_outcome, context)),
        Answer(contract.VERIFY_OUTCOME, partial(growth.verify_outcome, context)),
        Answer(contract.WRITE_JOURNAL, partial(growth.write_journal, context)),
        *_reading(context, contract.GET_WINS, contract.LIST_WINS, through(lambda store: store.wins, Kind.GROWTH)),
        *_reading(context, contract.GET_SKILLS, contract.LIST_SKILLS, through(lambda store: store.skills, Kind.GROWTH)),
        *_reading(
            context, contract.GET_OUTCOMES, contract.LIST_OUTCOMES, through(lambda store: store.outcomes, Kind.GROWTH)
        ),
        *_reading(context, contract.GET_JOURNAL, contract.LIST_JOURNAL, growth.journal),
    ]


def _on_support(context: Context) -> list[Answer[Any, Any]]:
    encouragements = through(lambda store: store.encouragements, Kind.ENCOURAGEMENT)
    return [
        Answer(contract.SHARE_RESOURCE, partial(support.share_resource, context)),
        Answer(contract.ENCOURAGE, partial(support.encourage, context)),
        Answer(contract.REPORT_GOALS, partial(report.report_goals, context)),
        Answer(contract.GET_RESULTS, partial(results.get_results, context)),
        Answer(contract.GET_INSIGHTS, partial(insights.get_insights, context)),
        Answer(contract.LIST_TIMELINE, partial(reading.pages, context, timeline.timeline)),
        Answer(
            contract.LIST_HEARD_EVENTS,
            partial(reading.pages, context, through(lambda store: store.heard, Kind.HEARD)),
        ),
        Answer(contract.GET_DUE_SOON, partial(support.get_due_soon, context)),
        Answer(contract.GET_AWAITED_REPLIES, partial(support.get_awaited_replies, context)),
        *_reading(
            context,
            contract.GET_RESOURCES,
            contract.LIST_RESOURCES,
            through(lambda store: store.resources, Kind.RESOURCE),
        ),
        *_reading(context, contract.GET_ENCOURAGEMENTS, contract.LIST_ENCOURAGEMENTS, encouragements),
    ]


def _reading(context: Context, by_id: Any, pages: Any, look: reading.Look[Any]) -> list[Answer[Any, Any]]:
    return [
        Answer(by_id, partial(reading.get, context, look)),
        Answer(pages, partial(reading.pages, context, look)),
    ]
