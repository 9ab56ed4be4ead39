"""Reviews: what each side is asked, and what it says."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from contracts import sessions
from contracts.identity import Party
from contracts.sessions import ATTRIBUTION, ReviewKind, forms_of
from gateway.context import Info
from gateway.types.mutation import Edit, mutation
from gateway.types.relay import Node, View, field, id_of, optional, resolved, viewed, views

if TYPE_CHECKING:
    from gateway.types.mentorships import Challenge


@strawberry.type(description="One question of a review.")
class ReviewQuestion:
    """Shows sessions.ReviewQuestion."""

    id: strawberry.ID = field("Name the question by this in your answer.")
    text: str = field("The question.")
    rated: bool = field("Whether it wants a rating from 1 to 5, with words if you like; otherwise it wants words.")


@strawberry.type(description="What a review asks of one side.")
class ReviewForm(View):
    """Shows sessions.ReviewForm."""

    party: Party = field("Which side.")
    version: int = field("Which version of the form it is.")
    questions: list[ReviewQuestion] = field("The questions, in their order.")


@strawberry.type(description="What one side says to one question.")
class Reply(View):
    """Shows sessions.Reply."""

    question_id: strawberry.ID = field("The question, by its id in the form.")
    rating: int | None = field("1 (not at all) to 5 (fully); null where the question wants words alone.")
    text: str = field("The words, if there are any.")


@strawberry.type(description="One party's side of a review.")
class ReviewAnswer(View):
    """Shows sessions.ReviewAnswer."""

    party: Party = field("Whose side.")
    rating: int = field("1 (poor) to 5 (excellent).")
    text: str = field("The words.")
    replies = viewed(Reply, "replies", "What it says to each question of its form.")
    submitted_at: datetime = field("When it was submitted.")

    @resolved(
        "At the end and afterwards, how much the mentee puts down to the mentorship: 1 (nothing) to 5 (everything)."
    )
    def attribution(self) -> int | None:
        """The reply to one question of the form, by its name."""
        return next((reply.rating for reply in self.record.replies if reply.question_id == ATTRIBUTION), None)


@strawberry.type(description="A structured look back that both parties answer.")
class Review(Node):
    """Shows sessions.Review."""

    loader = staticmethod(lambda loaders: loaders.reviews)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    kind: ReviewKind = field("At a milestone, at the end, or some time after it.")
    index: int = field("Counts the reviews of its kind.")
    due_at: datetime = field("By when both shall answer.")
    form_version: int = field("Which version of the forms it asks by.")
    answers = viewed(ReviewAnswer, "answers", "The sides that were given so far, as far as you may see them.")
    created_at: datetime = field("When it was opened.")
    version: int = field("Counts its changes.")

    @resolved("What it asks of each side.")
    def forms(self) -> list[ReviewForm]:
        """By the version that the review was opened with."""
        found: list[ReviewForm] = views(ReviewForm, forms_of(self.record.kind, self.record.form_version))
        return found

    @resolved("The agreement's challenges that no goal names yet: what to talk about in this review.")
    async def unaddressed_challenges(
        self, info: Info
    ) -> list[Annotated["Challenge", strawberry.lazy("gateway.types.mentorships")]] | None:
        """The same that the mentorship shows."""
        from gateway.types.mentorships import Challenge  # noqa: PLC0415 - the two point at each other

        found = await info.context.loaders.unaddressed_challenges.load(self.record.mentorship_id)
        shown: list[Challenge] = views(Challenge, found.challenges)
        return shown


@strawberry.input(description="What you say to one question.")
class ReplyInput:
    """Makes sessions.Reply."""

    question_id: strawberry.ID = field("The question, by its id in your form.")
    rating: int | None = optional("1 (not at all) to 5 (fully), where the question is rated.")
    text: str | None = optional("Your words: needed where the question is not rated.")


@strawberry.input(description="Your side of an open review.")
class SubmitReviewInput(Edit):
    """Makes sessions.SubmitReview."""

    review_id: strawberry.ID = field("The review.")
    rating: int = field("The whole, 1 (poor) to 5 (excellent).")
    text: str = field("Your words about the whole.")
    answers: list[ReplyInput] | None = optional("What you say to the questions of your form: all of them, or none.")


@strawberry.type
class ReviewMutations:
    """Changes of reviews."""

    submit_review = mutation(sessions.SUBMIT_REVIEW, SubmitReviewInput, Review)
