"""Everything a fresh checkout needs, brought in without touching the system, except RabbitMQ where we may install it.

Run by make with whatever `python3` the machine has, so: standard library only, and no syntax newer than Python 3.6.
"""

# ruff: noqa: S603  it runs the machine's own programs by name, that is its job

import contextlib
import fcntl
import glob
import hashlib
import os
import shutil
import subprocess
import sys

if False:  # for type checkers only: typing.TYPE_CHECKING would cost an import
    from collections.abc import Iterator

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOLS = os.path.join(ROOT, ".inzpireu", "tools")
STAMP = os.path.join(TOOLS, "stamp")
UV = os.path.join(TOOLS, "uv", "bin", "uv")
UV_VERSION = "0.13.9"
RABBITMQ = [
    "/usr/lib/rabbitmq/bin/rabbitmq-server",
    "/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server",
    "/usr/local/opt/rabbitmq/sbin/rabbitmq-server",
    "/home/linuxbrew/.linuxbrew/opt/rabbitmq/sbin/rabbitmq-server",
]
NO_AUTOSTART = "/usr/sbin/policy-rc.d"  # Debian asks it before starting what was just installed


class CannotSetUp(Exception):
    """Something a person must do first; the message is the one command."""


def main() -> int:
    """Set up what is missing."""
    wanted = fingerprint()
    if is_done(wanted):
        return 0
    try:
        os.makedirs(TOOLS, exist_ok=True)
        with open(os.path.join(TOOLS, "lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two first runs at the same time
            if not is_done(wanted):
                set_up(wanted)
    except CannotSetUp as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    return 0


def fingerprint() -> str:
    """What the set-up depends on: a checkout that was moved, or other dependencies, need a new one."""
    content = [ROOT.encode(), UV_VERSION.encode()]
    for name in ("uv.lock", "pyproject.toml"):
        with open(os.path.join(ROOT, name), "rb") as file:
            content.append(file.read())
    return hashlib.sha256(b"\0".join(content)).hexdigest()


def is_done(wanted: str) -> bool:
    """Whether an earlier run did all of this and nothing of it was removed since."""
    if not all(map(os.path.exists, (STAMP, UV, os.path.join(ROOT, ".venv", "bin", "python")))):
        return False
    with open(STAMP) as stamp:
        return stamp.read() == wanted and has_rabbitmq()


def set_up(wanted: str) -> None:
    """Do all of it, and remember that."""
    python = find_python()
    bring_in_uv(python)
    say("Bringing in the dependencies")
    environ = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    environ["UV_PYTHON_DOWNLOADS"] = "never"
    run([UV, "sync", "--frozen", "--quiet", "--python", python], env=environ)
    if not has_rabbitmq():
        install_rabbitmq()
    with open(STAMP, "w") as stamp:
        stamp.write(wanted)


def find_python() -> str:
    """A Python 3.13: on the path, in pyenv, or where Homebrew puts it."""
    pyenv = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    candidates = [shutil.which("python3.13"), sys.executable, shutil.which("python3"), "/usr/bin/python3.13"]
    candidates += sorted(glob.glob(os.path.join(pyenv, "versions", "3.13*", "bin", "python3.13")), reverse=True)
    candidates += ["/opt/homebrew/bin/python3.13", "/usr/local/bin/python3.13"]
    # pyenv's commands are scripts that may refuse, so the interpreter itself is asked, and asked who it is.
    question = "import sys; print(sys.executable if sys.version_info[:2] == (3, 13) else '')"
    for candidate in candidates:
        found = output([candidate, "-c", question]) if candidate and os.path.exists(candidate) else ""
        if found:
            return found
    raise CannotSetUp("Python 3.13 is not on this machine. Install it, for example with: pyenv install 3.13")


def bring_in_uv(python: str) -> None:
    """Put the pinned uv into a private environment."""
    if os.path.exists(UV) and output([UV, "--version"]).startswith(f"uv {UV_VERSION}"):
        return
    say(f"Bringing in uv {UV_VERSION}")
    if not succeeds([python, "-c", "import ensurepip"]):
        raise CannotSetUp(f"{python} has no ensurepip. Run: sudo apt-get install -y python3.13-venv")
    run([python, "-m", "venv", "--clear", os.path.dirname(os.path.dirname(UV))])
    pip = [os.path.join(os.path.dirname(UV), "python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    run([*pip, "install", f"uv=={UV_VERSION}"])


def has_rabbitmq() -> bool:
    """Whether a broker can be started here, or one is given."""
    given = os.environ.get("INZPIREU_AMQP_URL") or shutil.which("rabbitmq-server")
    return bool(given) or any(map(os.path.exists, RABBITMQ))


def install_rabbitmq() -> None:
    """Install it where that needs nobody's password."""
    if sys.platform == "darwin":
        if not shutil.which("brew"):
            raise CannotSetUp("RabbitMQ is not on this machine. Install Homebrew, then run: brew install rabbitmq")
        say("Installing RabbitMQ with Homebrew")
        run(["brew", "install", "--quiet", "rabbitmq"])
    elif shutil.which("apt-get"):
        sudo = as_root()
        say("Installing RabbitMQ with apt")
        with no_system_broker(sudo):
            apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=120", "-qq"]
            run([*apt, "update"])
            run([*apt, "install", "-y", "--no-install-recommends", "rabbitmq-server"], quiet=True)
    else:
        raise CannotSetUp("RabbitMQ is not on this machine. Install your distribution's package rabbitmq-server.")


def as_root() -> "list[str]":
    """What to put before a command that only root may run."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and succeeds(["sudo", "-n", "true"]):
        return ["sudo", "-n"]
    raise CannotSetUp("RabbitMQ is not on this machine. Run: sudo apt-get install -y rabbitmq-server")


@contextlib.contextmanager
def no_system_broker(sudo: "list[str]") -> "Iterator[None]":
    """Let the package be installed without the system's broker being started, now or at the next boot."""
    ours = not os.path.exists(NO_AUTOSTART)
    if ours:
        write = f"printf '#!/bin/sh\\nexit 101\\n' >{NO_AUTOSTART} && chmod 755 {NO_AUTOSTART}"
        run([*sudo, "sh", "-c", write])
    try:
        yield
    finally:
        if ours:
            run([*sudo, "rm", "-f", NO_AUTOSTART])
    if shutil.which("systemctl"):
        now = ["--now"] if os.path.isdir("/run/systemd/system") else []
        succeeds([*sudo, "systemctl", "disable", *now, "rabbitmq-server"])


def run(command: "list[str]", env: "dict[str, str] | None" = None, quiet: bool = False) -> None:
    """Run a command that must succeed."""
    if subprocess.run(command, env=env, stdout=subprocess.DEVNULL if quiet else None, check=False).returncode != 0:
        raise CannotSetUp(f"This failed; what it said is above: {' '.join(command)}")


def succeeds(command: "list[str]") -> bool:
    """Whether a command succeeds; what it says does not matter."""
    nowhere = subprocess.DEVNULL
    return subprocess.run(command, stdout=nowhere, stderr=nowhere, check=False).returncode == 0


def output(command: "list[str]") -> str:
    """What a command prints; nothing if it fails."""
    answer = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return answer.stdout.decode().strip() if answer.returncode == 0 else ""


def say(what: str) -> None:
    """Tell a person who waits."""
    sys.stderr.write(f"{what} ...\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
