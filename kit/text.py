"""Text that people wrote, made fit for places where a line break or an invisible sign would mean something."""


def one_line(text: str) -> str:
    """The text as one line, without control characters and without signs that turn the direction of writing."""
    visible = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(visible.split())
