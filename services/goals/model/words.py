"""Numbers, units and time limits in English sentences, as far as a machine can be sure of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

# fmt: off
_NUMBERS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1_000, "dozen": 12, "a": 1,
    "an": 1,
}
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)
# fmt: on
_WORD = "|".join(sorted((word for word in _NUMBERS if word not in {"a", "an"}), key=len, reverse=True))
_NUM = rf"(?:\d+(?:[.,]\d+)*|(?:a\s+)?(?:{_WORD})(?:[\s-](?:{_WORD}))*)"
_DAYS = {"day": 1, "week": 7, "fortnight": 14, "month": 30.44, "quarter": 91.3, "semester": 182, "year": 365.25}
_UNIT = rf"(?P<unit>{'|'.join(_DAYS)})s?\b"
_MONTH = rf"(?P<month>{'|'.join(f'{name[:3]}(?:{name[3:]})?' if name != 'may' else 'may' for name in _MONTHS)})\b"
_BY = r"(?:by|until|till|before|no\s+later\s+than|at|on|in|due)\s+(?:the\s+)?(?:(?:middle|end|start)\s+of\s+)?"
_EVENT = r"(?:review|check-?in|meeting|mid-?term|programme|program|mentorship|cycle|term|summer|winter|autumn|spring)"
_LIMITS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:within|in|over|during|for)\s+(?:the\s+|my\s+)?(?:next\s+|coming\s+|following\s+)?(?P<count>{_NUM}|an?)[\s-]+{_UNIT}",
        rf"\b(?:within|in|over|during|for)\s+(?:the|my)\s+(?:next|coming|following)\s+(?P<count>){_UNIT}",
        r"(?P<iso>\d{4}-\d{2}-\d{2})",
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?(?:\s+(?P<year>20\d\d))?",
        rf"{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b,?(?:\s+(?P<year>20\d\d))?",
        rf"\b{_BY}{_MONTH}(?:\s+(?P<year>20\d\d))?",
        rf"\b{_MONTH}\s+(?P<year>20\d\d)",
        rf"\b(?:{_BY})?q[1-4]\b(?:\s+20\d\d)?",
        rf"\b{_BY}20\d\d\b",
        r"\b\d{1,2}[./]\d{1,2}[./](?:20)?\d\d\b",
        r"\b(?:this|next)\s+(?:week|month|quarter|semester|year|summer|winter|autumn|spring)\b",
        r"\bend\s+of\s+(?:the\s+|this\s+|next\s+)?(?:week|month|quarter|semester|year)\b",
        rf"\b(?:by|until|till|before)\s+(?:the\s+|my\s+|our\s+)?(?:[a-z]+\s+){{0,2}}{_EVENT}\b",
        r"\b(?:by|until|till|before|on)\s+(?:next\s+)?(?:mon|tues|wednes|thurs|fri|satur|sun)day\b",
    )
)
_STOP = r"(?!(?:of|and|or|in|to|by|per|on|the|a|an|from|at|for|is|as|but|with|out|day\b)\b)"
_COUNTED = re.compile(
    rf"[€$£]\s*\d[\d.,]*|\b{_NUM}\s*(?:%|percent\b|per\s+cent\b|[€$£])|\b(?:once|twice|thrice)\b"
    rf"|\b{_NUM}[\s-]+(?:(?:more|new|other|different|further|additional)\s+)?{_STOP}[a-z]{{2,}}"
    rf"|\b(?:level|score|rating|grade|band|step|stage)\s+(?:of\s+|to\s+)?{_NUM}\b|\b{_NUM}\s*(?:/|out\s+of)\s*{_NUM}"
    r"|\b[abc][12]\b"
)
_BARE = re.compile(rf"\b{_NUM}\b")
_ANY_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit that a sentence names, and its last day where that can be told."""

    words: str
    last: date | None = None


def limits(text: str, today: date) -> tuple[Limit, ...]:
    """The time limits of a sentence, seen from the day on which it was written."""
    return tuple(_limit(match, today) for match in _limit_matches(text.lower()))


def _limit_matches(text: str) -> Iterator[re.Match[str]]:
    for pattern in _LIMITS:
        yield from pattern.finditer(text)


def _limit(match: re.Match[str], today: date) -> Limit:
    found = match.groupdict()
    words = " ".join(match[0].split()).strip(" ,")
    if "count" in found:
        return Limit(words, _after(found["count"] or "one", found["unit"], today))
    if found.get("iso"):
        return Limit(words, _date(*map(int, found["iso"].split("-"))))
    if found.get("day") and found.get("year"):
        return Limit(words, _date(int(found["year"]), _month(found["month"]), int(found["day"])))
    return Limit(words)


def _after(count: str, unit: str, today: date) -> date | None:
    try:
        return today + timedelta(days=round(number(count) * _DAYS[unit]))
    except OverflowError:
        return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(name: str) -> int:
    return next(place for place, month in enumerate(_MONTHS, start=1) if month.startswith(name[:3]))


def number(words: str) -> float:
    """The value of a number in digits or words: 12, three, twenty-five, two hundred."""
    if words[0].isdigit():
        digits = (
            words.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", words) else words.replace(",", ".")
        )
        return float(digits) if digits.count(".") <= 1 else 0.0
    total = 0
    for word in re.split(r"[\s-]+", words):
        value = _NUMBERS[word]
        total = max(total, 1) * value if word in {"hundred", "thousand", "dozen"} else total + value
        total = value if word in {"a", "an"} else total
    return float(total)


def counted(text: str) -> str | None:
    """The first number that says of what, leaving time limits and rates by the day aside."""
    match = _COUNTED.search(_without_limits(text))
    return " ".join(match[0].split()) if match else None


def has_number(text: str) -> bool:
    """Whether there is a number at all that is no time limit."""
    return bool(_BARE.search(_without_limits(text)))


def _without_limits(text: str) -> str:
    """The sentence with `|` for each time limit, so that its number is not taken for a quantity."""
    text = text.lower()
    for pattern in _LIMITS:
        text = pattern.sub(" | ", text)
    return re.sub(r"\b(?:one|some)\s+day\b|\b(?:no|this|that)\s+one\b|\b(?:19|20)\d\d\b", " | ", text)


def tokens(text: str) -> list[str]:
    """The words of a sentence in small letters."""
    return _ANY_WORD.findall(text.lower())


def is_number_word(token: str) -> bool:
    """Whether a word is a number."""
    return token in _NUMBERS


def alike(one: str, other: str) -> bool:
    """Whether two words seem to have the same stem: presentation, presenting; lead, leader."""
    short, long = sorted((one, other), key=len)
    return len(short) >= 4 and long.startswith(short[:5])
