"""A private RabbitMQ broker as a plain child process, beside whatever broker the machine itself may run."""

import secrets
import shutil
import sys
from pathlib import Path

from deploy.local import probes
from deploy.local.components import Login, NotFound, Program, Recipe
from deploy.local.ports import Ports

# Not the one in /usr/sbin: that is a wrapper which switches user.
_SERVERS = (
    "/usr/lib/rabbitmq/bin/rabbitmq-server",
    "/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server",
    "/usr/local/opt/rabbitmq/sbin/rabbitmq-server",
    "/home/linuxbrew/.linuxbrew/opt/rabbitmq/sbin/rabbitmq-server",
)
_EPMDS = (
    "/usr/lib/erlang/bin/epmd",
    "/opt/homebrew/opt/erlang/bin/epmd",
    "/usr/local/opt/erlang/bin/epmd",
    "/home/linuxbrew/.linuxbrew/opt/erlang/bin/epmd",
)

# Everything is on disk 0.1 s after SIGTERM, but the management plugin then idles for six seconds.
_STOP_SOON = "-shutdown_time 2000"


def rabbitmq(state: Path, ports: Ports) -> Recipe:
    """The broker, and the port mapper it would otherwise leave behind as a daemon."""
    port, ui = ports.take("amqp"), ports.take("amqp-ui")
    login = _login(state / "login")
    _write_config(state, login=login, port=port, ui=ui)
    environ = _environ(state, distribution=ports.take("amqp-dist"), epmd=ports.take("epmd"))
    healthy = probes.http(ui, "/api/health/checks/local-alarms", login=f"{login.user}:{login.password}")
    return Recipe(
        programs=[
            _epmd(ports.take("epmd"), environ),
            Program(
                name="amqp",
                command=[_find_server()],
                environ=environ,
                ready=probes.both(probes.amqp(port), healthy),
            ),
        ],
        url=f"amqp://{login.user}:{login.password}@127.0.0.1:{port}/",
        address=f"127.0.0.1:{port}",
        ui=f"http://127.0.0.1:{ui}",
        login=login,
    )


def _epmd(port: int, environ: dict[str, str]) -> Program:
    command: list[str | Path] = [
        _find_epmd(),
        "-address",
        "127.0.0.1",
        "-port",
        str(port),
    ]
    return Program(name="epmd", command=command, environ=environ, ready=probes.accepts(port))


def _login(file: Path) -> Login:
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(f"inzpireu {secrets.token_urlsafe(18)}")
    user, password = file.read_text().split()
    return Login(user=user, password=password)


def _write_config(state: Path, *, login: Login, port: int, ui: int) -> None:
    (state / "env.conf").write_text("")  # given so that the machine's own settings do not leak in
    (state / "plugins").write_text("[rabbitmq_management].\n")
    config = state / "rabbitmq.conf"
    config.touch(mode=0o600)
    config.write_text(f"""\
listeners.tcp.1 = 127.0.0.1:{port}
management.tcp.ip = 127.0.0.1
management.tcp.port = {ui}
default_user = {login.user}
default_pass = {login.password}
loopback_users = none
vm_memory_high_watermark.absolute = 512MiB
disk_free_limit.absolute = 200MB
""")


def _environ(state: Path, *, distribution: int, epmd: int) -> dict[str, str]:
    return {
        "HOME": str(state),  # the Erlang cookie is kept there
        "RUNNING_UNDER_SYSTEMD": "true",  # the start script becomes the broker instead of waiting on it
        "RABBITMQ_CONF_ENV_FILE": str(state / "env.conf"),
        "RABBITMQ_NODENAME": "inzpireu@localhost",  # may be the same for all: the port mapper is private too
        "RABBITMQ_CONFIG_FILE": str(state / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(state / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(state / "data"),
        "RABBITMQ_MNESIA_DIR": str(state / "data" / "node"),
        "RABBITMQ_LOG_BASE": str(state),
        "RABBITMQ_LOGS": "-",  # to standard output, where all children's logs are
        "RABBITMQ_PID_FILE": str(state / "pid"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(state / "generated"),
        "RABBITMQ_FEATURE_FLAGS_FILE": str(state / "feature_flags"),
        "RABBITMQ_DIST_PORT": str(distribution),
        "ERL_EPMD_PORT": str(epmd),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_CRASH_DUMP_SECONDS": "0",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"-kernel inet_dist_use_interface {{127,0,0,1}} {_STOP_SOON}",
    }


def _find_server() -> Path:
    found = next((path for path in _SERVERS if Path(path).exists()), None) or shutil.which("rabbitmq-server")
    if not found:
        raise NotFound(f"RabbitMQ is not on this machine. Run: {_remedy()}")
    return Path(found)


def _find_epmd() -> Path:
    found = next((path for path in _EPMDS if Path(path).exists()), None) or shutil.which("epmd")
    if not found:
        raise NotFound(f"Erlang's epmd is not on this machine; it comes with RabbitMQ. Run: {_remedy()}")
    return Path(found)


def _remedy() -> str:
    return "brew install rabbitmq" if sys.platform == "darwin" else "sudo apt-get install -y rabbitmq-server"
