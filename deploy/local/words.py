"""What Maria and Sofia write to each other during the year, a few phrases taken in turn."""

FEEDBACK = (
    ("IMPROVE", "In the quarterly review, on the second slide", "You answered each question at once and at length",
     "The room lost your argument, and the decision was put off"),
    ("STRENGTH", "When the release slipped on Tuesday", "You said so first, and with a new date",
     "Nobody looked for somebody to blame; they looked at the plan"),
    ("IMPROVE", "In the planning with the other two leads", "You offered your team's time before you had asked them",
     "They heard of it from somebody else, and two evenings were lost"),
    ("STRENGTH", "In your talk with the new engineer", "You asked three questions before you gave advice",
     "He found the answer himself, and came back with the next one"),
)  # fmt: skip
TAGS = (("presenting",), ("candour",), ("delegating",), ("coaching",))
ITEMS = (
    "Rehearse the opening with somebody who does not know the subject",
    "Ask two people what they took away from the last meeting",
    "Hand one decision to the team, and write down which",
    "Say what is not going to happen, before anybody asks",
    "Sit in on a meeting of another team",
)
MENTOR_ITEMS = (
    "Introduce Maria to the head of operations",
    "Read the plan for the next project and comment on it",
    "Find a seat in the leadership forum",
)
HELP = (
    ("ADVICE", "Two of my people want the same piece of work. How do I decide?",
     "Ask each of them what they would do with it first. Then decide by Friday, and tell both together."),
    ("RESOURCE", "Is there something short to read on running a review without slides?",
     "Try a memo of one page, read in silence for ten minutes at the beginning. I sent you mine."),
    ("INTRODUCTION", "Who has moved a team from monthly to weekly releases here?",
     "Jana in payments. I told her that you would write."),
)  # fmt: skip
SUMMARIES = (
    "I tried the opening that we practised, and the room stayed with me until the end.",
    "The team took the decision without me. It was a better one than mine.",
    "I said no to a request, with a reason and another date. It held.",
)
QUESTIONS = (
    "How do I hold the room when the questions become technical?",
    "When do I step in, and when do I let them find out?",
    "How do I tell my lead that the plan is too full?",
)
DONE = (
    "Led the weekly round without an agenda of my own",
    "Gave the demo to somebody else, and sat in the last row",
    "Wrote down what the team decided, and why",
)
NEXT = ("Ask for feedback before the meeting and not after it", "Keep one afternoon free of meetings")
NOTE = "Start with the decision you want from the room, then the reasons."
FOLLOW_UP = "I could not come and should have told you earlier. I read your draft instead; comments are in it."
REVIEW = "We said things early and honestly, and it made both of us better."
TEAM_QUESTION = (
    "How well does Maria lead you, from 1 (not yet) to 5 (very well)? One sentence about why helps her most."
)
TEAM_WORDS = (
    "She asks before she decides, and says afterwards what she decided.",
    "I know what matters this month. That was different before.",
    "She gives us room, and is there when it gets loud.",
)
PROMOTION = "Head of Platform"
EVIDENCE = "Four projects delivered with the team, and the team's own word for how it is led: 4.4 of 5, from 3.4."


def turn[T](phrases: tuple[T, ...], number: int) -> T:
    """The phrase whose turn it is."""
    return phrases[number % len(phrases)]
