"""`python -m tests.deploy.render FOLDER`: writes what each overlay comes to, for tools that look at it."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.local.parts import PARTS
from deploy.local.secrets import Secrets

OVERLAYS = ("dev", "production")
_SOURCE = Path(__file__).parents[2] / "deploy" / "k8s"


def render(overlay: str) -> str:
    """The manifests of an overlay. The development one needs keys, which are never in the repository."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "k8s"
        shutil.copytree(_SOURCE, folder, ignore=shutil.ignore_patterns("keys"))
        Secrets(folder / "overlays" / "dev" / "keys").make(part.name for part in PARTS)
        command = ["kubectl", "kustomize", str(folder / "overlays" / overlay)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for name in OVERLAYS:
        (target / f"{name}.yaml").write_text(render(name))
