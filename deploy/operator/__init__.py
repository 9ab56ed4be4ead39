"""What operators look at and put right in a running installation, behind `inzpireu`."""

# A command's module is imported when it is called, because each stands on other heavy libraries. So its help is here.
COMMANDS = {
    "audit": "Look at the audit chains of an installation.",
    "cycles": "Look at the cycles of mentorships: ids and times, never what people wrote.",
    "letters": "Look at dead letters, and put them back when their cause is mended.",
    "outbox": "Count what waits to be published, service by service. Usually nothing does.",
    "reconcile": "Compare every cycle with its mentorship and with what the parts keep of it, and mend what differs.",
}
