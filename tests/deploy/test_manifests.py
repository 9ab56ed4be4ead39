"""The manifests of Kubernetes: both overlays render, are valid, and fit themselves and our parts."""

import copy
import os
import shutil
from collections.abc import Callable
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.deploy.manifests import Manifest, problems
from tests.deploy.render import OVERLAYS, render

KUBERNETES = "1.32"


@pytest.fixture(scope="module")
def rendered() -> dict[str, list[Manifest]]:
    """What each overlay comes to."""
    if not shutil.which("kubectl"):
        assert not os.environ.get("CI"), "the gate needs kubectl 1.21 or newer"
        pytest.skip("Install kubectl 1.21 or newer to check the manifests")
    return {overlay: [each for each in yaml.safe_load_all(render(overlay)) if each] for overlay in OVERLAYS}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_overlay_is_valid_to_the_letter_of_the_schema(rendered: dict[str, list[Manifest]], overlay: str) -> None:
    of_others = ("keda.sh/", "external-secrets.io/", "monitoring.coreos.com/")  # their schemas are not Kubernetes'
    ours = [each for each in rendered[overlay] if not each["apiVersion"].startswith(of_others)]
    assert len(ours) > 30
    for manifest in ours:
        kubernetes_validate.validate(manifest, KUBERNETES, strict=True)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_overlay_fits_together(rendered: dict[str, list[Manifest]], overlay: str) -> None:
    assert problems(rendered[overlay]) == []


def _of(manifests: list[Manifest], kind: str, name: str) -> Any:
    return next(each for each in manifests if (each["kind"], each["metadata"]["name"]) == (kind, name))


def _part(manifests: list[Manifest], name: str) -> Any:
    return _of(manifests, "Deployment", name)["spec"]["template"]["spec"]


def _wrong_selector(all_: list[Manifest]) -> None:
    _of(all_, "Service", "goals")["spec"]["selector"]["app.kubernetes.io/name"] = "goal"


def _wrong_port(all_: list[Manifest]) -> None:
    _of(all_, "Service", "gateway")["spec"]["ports"][0]["targetPort"] = "https"


def _dangling_settings(all_: list[Manifest]) -> None:
    _part(all_, "identity")["containers"][0]["envFrom"][0]["configMapRef"]["name"] = "inzpireu-old"


def _dangling_secret(all_: list[Manifest]) -> None:
    all_.remove(_of(all_, "ExternalSecret", "inzpireu-keys"))


def _scaler_upside_down(all_: list[Manifest]) -> None:
    _of(all_, "HorizontalPodAutoscaler", "gateway")["spec"]["maxReplicas"] = 1


def _scaler_without_target(all_: list[Manifest]) -> None:
    _of(all_, "ScaledObject", "goals-events")["spec"]["scaleTargetRef"]["name"] = "goals-consumers"


def _budget_that_holds_everything(all_: list[Manifest]) -> None:
    _of(all_, "PodDisruptionBudget", "sessions")["spec"] |= {"maxUnavailable": 0}


def _limit_below_request(all_: list[Manifest]) -> None:
    _part(all_, "sessions")["containers"][0]["resources"]["limits"]["memory"] = "64Mi"


def _name_in_capitals(all_: list[Manifest]) -> None:
    _of(all_, "Service", "identity")["metadata"]["name"] = "Identity_API"


def _setting_with_a_typing_error(all_: list[Manifest]) -> None:
    _part(all_, "goals")["containers"][0]["env"][0]["name"] = "INZPIREU_PART_KEYFILE"


def _key_that_is_not_mounted(all_: list[Manifest]) -> None:
    volumes = _part(all_, "identity")["volumes"]
    next(each for each in volumes if each["name"] == "keys")["secret"]["items"].pop()


def _restarted_when_the_database_is_away(all_: list[Manifest]) -> None:
    _part(all_, "goals")["containers"][0]["livenessProbe"]["httpGet"]["path"] = "/readyz"


def _moving_image(all_: list[Manifest]) -> None:
    _part(all_, "goals")["containers"][0]["image"] = "registry.example/inzpireu:latest"


@pytest.mark.parametrize(
    ("plant", "says"),
    [
        (_wrong_selector, "Service goals: selects no pods"),
        (_wrong_port, "Service gateway: sends to the port https"),
        (_dangling_settings, "Deployment identity: needs the config map inzpireu-old"),
        (_dangling_secret, "needs the secret inzpireu-keys"),
        (_scaler_upside_down, "HorizontalPodAutoscaler gateway: wants at least 2 and at most 1"),
        (_scaler_without_target, "ScaledObject goals-events: scales goals-consumers, which is not there"),
        (_budget_that_holds_everything, "PodDisruptionBudget sessions: can never be met"),
        (_limit_below_request, "Deployment sessions: asks for more memory than it may use"),
        (_name_in_capitals, "Service Identity_API: is no name that DNS can carry"),
        (_setting_with_a_typing_error, "Deployment goals: sets INZPIREU_PART_KEYFILE"),
        (_key_that_is_not_mounted, "which is not mounted"),
        (_restarted_when_the_database_is_away, "its liveness is its readiness"),
        (_moving_image, "which is a different one every day"),
    ],
)
def test_a_planted_mistake_is_found(
    rendered: dict[str, list[Manifest]], plant: Callable[[list[Manifest]], None], says: str
) -> None:
    broken = copy.deepcopy(rendered["production"])
    plant(broken)
    assert any(says in problem for problem in problems(broken)), problems(broken)
