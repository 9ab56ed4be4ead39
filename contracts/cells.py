"""What may be shown of few people to those who do not run a programme: a cell has at least five behind it. Pure."""

FEWEST = 5  # people; fewer could be told apart


def large(number: int | None) -> int | None:
    """The number, unless it is so small that it could point at somebody."""
    return number if number is not None and number >= FEWEST else None


def split(part: int, whole: int) -> int | None:
    """A part of a whole that is shown too, unless it or what it leaves is that small."""
    return part if large(part) is not None and large(whole - part) is not None else None
