"""What the gateway needs from outside: where the other parts answer."""

from kit.settings import PartSettings


class Settings(PartSettings, frozen=True, kw_only=True):
    """The addresses of the parts that it calls; `identity_url` comes with every part."""

    goals_url: str
    sessions_url: str
    notifications_url: str
    workflows_url: str
    redis_url: str = ""
    public_url: str = ""  # where browsers reach the gateway; in development as the request says, in production needed
    allowed_origins: str = ""  # of pages elsewhere that may open websockets, separated by commas
    client_address_header: str = (
        ""  # in which a proxy that is ours says who asks, like x-real-ip; others must not set it
    )
