"""What no schema of Kubernetes says about a set of manifests: whether they fit each other, and our parts."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any

import msgspec

type Manifest = dict[str, Any]
type Say = Iterator[str]

_NAME = re.compile(r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")  # RFC 1123 label
_UNITS = {"m": 1e-3, "": 1, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}
_WORKLOADS = ("Deployment", "StatefulSet", "Job")


def problems(manifests: Iterable[Manifest]) -> list[str]:
    """Everything that does not fit, each in a sentence that names the object."""
    cluster = _Cluster(list(manifests))
    return [f"{where}: {what}" for check in CHECKS for where, what in check(cluster)]


class _Cluster:
    def __init__(self, manifests: list[Manifest]) -> None:
        self.all = manifests
        self.workloads = [each for each in manifests if each["kind"] in _WORKLOADS]

    def of(self, kind: str) -> list[Manifest]:
        return [each for each in self.all if each["kind"] == kind]

    def named(self, kind: str) -> dict[str, Manifest]:
        return {each["metadata"]["name"]: each for each in self.of(kind)}

    def chosen(self, selector: Manifest) -> list[Manifest]:
        return [each for each in self.workloads if _fits(selector, _labels(each))]

    @property
    def secrets(self) -> set[str]:
        made = {each["spec"]["target"]["name"] for each in self.of("ExternalSecret")}
        return made | set(self.named("Secret"))


type Check = Callable[[_Cluster], Iterator[tuple[str, str]]]


def _names(cluster: _Cluster) -> Iterator[tuple[str, str]]:
    for (kind, name), count in Counter((each["kind"], each["metadata"]["name"]) for each in cluster.all).items():
        if count > 1:
            yield f"{kind} {name}", f"stands here {count} times"
        if not _NAME.match(name):
            yield f"{kind} {name}", "is no name that DNS can carry"


def _selectors(cluster: _Cluster) -> Iterator[tuple[str, str]]:
    for each in cluster.workloads:
        if each["kind"] != "Job" and not _fits(each["spec"]["selector"], _labels(each)):
            yield _called(each), "selects none of its own pods"
    for each in cluster.of("Service"):
        pods = cluster.chosen({"matchLabels": each["spec"]["selector"]})
        if not pods:
            yield _called(each), "selects no pods"
        ports = {port for pod in pods for container in _containers(pod) for port in _ports(container)}
        for port in each["spec"]["ports"]:
            if pods and port.get("targetPort", port["port"]) not in ports:
                yield _called(each), f"sends to the port {port.get('targetPort')}, which its pods do not have"
    for each in cluster.of("NetworkPolicy"):
        if each["spec"]["podSelector"] and not cluster.chosen(each["spec"]["podSelector"]):
            yield _called(each), "is about no pods"


def _references(cluster: _Cluster) -> Iterator[tuple[str, str]]:
    accounts, settings, secrets = cluster.named("ServiceAccount"), cluster.named("ConfigMap"), cluster.secrets
    for each in cluster.workloads:
        spec = each["spec"]["template"]["spec"]
        account = spec.get("serviceAccountName")
        if account and account not in accounts:
            yield _called(each), f"runs as the service account {account}, which is not there"
        for name in _config_maps(spec):
            if name not in settings:
                yield _called(each), f"needs the config map {name}, which is not there"
        for name in _secrets(spec):
            if name not in secrets:
                yield _called(each), f"needs the secret {name}, which is not there"
        claims = {claim["metadata"]["name"] for claim in each["spec"].get("volumeClaimTemplates", [])}
        volumes = {volume["name"] for volume in spec.get("volumes", [])} | claims
        for container in _containers(each):
            for mount in container.get("volumeMounts", []):
                if mount["name"] not in volumes:
                    yield _called(each), f"mounts the volume {mount['name']}, which it does not have"
    services = cluster.named("Service")
    for each in cluster.of("Ingress"):
        for rule in each["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                service = path["backend"]["service"]
                found = services.get(service["name"])
                if not found or service["port"]["name"] not in {port["name"] for port in found["spec"]["ports"]}:
                    yield _called(each), f"sends to {service['name']}, port {service['port']}, which is not there"


def _scaling(cluster: _Cluster) -> Iterator[tuple[str, str]]:
    deployments, auths = cluster.named("Deployment"), cluster.named("TriggerAuthentication")
    targets: Counter[str] = Counter()
    for each in [*cluster.of("HorizontalPodAutoscaler"), *cluster.of("ScaledObject")]:
        spec = each["spec"]
        target = spec["scaleTargetRef"]["name"]
        targets[target] += 1
        if target not in deployments:
            yield _called(each), f"scales {target}, which is not there"
        elif "replicas" in deployments[target]["spec"]:
            yield _called(each), f"scales {target}, whose own number of replicas sets it back with each release"
        least = spec.get("minReplicas", spec.get("minReplicaCount", 1))
        most = spec.get("maxReplicas", spec.get("maxReplicaCount", 100))
        if least > most:
            yield _called(each), f"wants at least {least} and at most {most}"
        for trigger in spec.get("triggers", []):
            auth = trigger.get("authenticationRef", {}).get("name")
            if auth and auth not in auths:
                yield _called(each), f"signs in with {auth}, which is not there"
    for target, count in targets.items():
        if count > 1:
            yield f"Deployment {target}", f"is scaled by {count} at once"


def _budgets(cluster: _Cluster) -> Iterator[tuple[str, str]]:
    least = {
        each["spec"]["scaleTargetRef"]["name"]: each["spec"].get("minReplicas", each["spec"].get("minReplicaCount", 1))
        for each in [*cluster.of("HorizontalPodAutoscaler"), *cluster.of("ScaledObject")]
    }
    for each in cluster.of("PodDisruptionBudget"):
        chosen = cluster.chosen(each["spec"]["selector"])
        if len(chosen) != 1:
            yield _called(each), f"is about {len(chosen)} workloads instead of one"
            continue
        running = chosen[0]["spec"].get("replicas", least.get(chosen[0]["metadata"]["name"], 1))
        if each["spec"].get("maxUnavailable", 1) == 0 or each["spec"].get("minAvailable", 0) >= running:
            yield _called(each), f"can never be met with {running} running, so no node could be drained"


def _containers_are_sound(cluster: _Cluster) -> Iterator[tuple[str, str]]:
    for each in cluster.workloads:
        for container in _containers(each):
            resources = container.get("resources", {})
            for kind in ("cpu", "memory"):
                asked, most = (resources.get(which, {}).get(kind) for which in ("requests", "limits"))
                if asked is None or most is None:
                    yield _called(each), f"does not say how much {kind} {container['name']} asks for and may use"
                elif _amount(asked) > _amount(most):
                    yield _called(each), f"asks for more {kind} than it may use"
            image = container["image"]
            if "@sha256:" not in image and image.rpartition(":")[2] in {image, "latest"}:
                yield _called(each), f"runs {image}, which is a different one every day"
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                asked = container.get(probe, {}).get("httpGet")
                if asked and asked["port"] not in set(_ports(container)):
                    yield _called(each), f"has a {probe} on the port {asked['port']}, which it does not have"
            if container.get("livenessProbe", {}).get("httpGet", {}).get("path") == "/readyz":
                yield _called(each), "is restarted when a server is away, since its liveness is its readiness"


def _settings_are_known(cluster: _Cluster) -> Iterator[tuple[str, str]]:
    """Each variable is one that the part reads, each that it needs is given, and each file is mounted."""
    shared = {name: each["data"] for name, each in cluster.named("ConfigMap").items()}
    for each in cluster.workloads:
        for container in _containers(each):
            if container.get("command", [])[:2] != ["python", "-m"]:
                continue
            module = container["command"][2]
            fields = msgspec.structs.fields(import_module(f"{module}.settings").Settings)
            given = dict(shared.get(next(iter(_config_maps({"containers": [container]})), ""), {}))
            own = {variable["name"]: variable["value"] for variable in container.get("env", [])}
            known = {f"INZPIREU_{field.name.upper()}{end}" for field in fields for end in ("", "_FILE")}
            for name in own.keys() - known:
                yield _called(each), f"sets {name}, which {module} does not read"
            for field in fields:
                name = f"INZPIREU_{field.name.upper()}"
                if field.required and not {name, f"{name}_FILE"} & (own | given).keys():
                    yield _called(each), f"does not set {name}, which {module} needs"
            for name, value in own.items():
                if name.endswith("_FILE") and not _is_mounted(each, container, value):
                    yield _called(each), f"reads {value}, which is not mounted"


def _is_mounted(workload: Manifest, container: Manifest, path: str) -> bool:
    volumes = {volume["name"]: volume for volume in workload["spec"]["template"]["spec"].get("volumes", [])}
    for mount in container.get("volumeMounts", []):
        if path.startswith(mount["mountPath"] + "/"):
            items = volumes.get(mount["name"], {}).get("secret", {}).get("items")
            return items is None or path.removeprefix(mount["mountPath"] + "/") in {item["path"] for item in items}
    return False


CHECKS: tuple[Check, ...] = (
    _names,
    _selectors,
    _references,
    _scaling,
    _budgets,
    _containers_are_sound,
    _settings_are_known,
)


def _called(manifest: Manifest) -> str:
    return f"{manifest['kind']} {manifest['metadata']['name']}"


def _labels(workload: Manifest) -> dict[str, str]:
    return dict(workload["spec"]["template"]["metadata"].get("labels", {}))


def _fits(selector: Manifest, labels: dict[str, str]) -> bool:
    wanted = selector.get("matchLabels", {})
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        labels.get(each["key"]) in each["values"] for each in selector.get("matchExpressions", [])
    )


def _containers(workload: Manifest) -> list[Manifest]:
    spec = workload["spec"]["template"]["spec"]
    return [*spec.get("initContainers", []), *spec["containers"]]


def _ports(container: Manifest) -> Iterator[str | int]:
    for port in container.get("ports", []):
        yield from (port["containerPort"], port.get("name", ""))


def _config_maps(spec: Manifest) -> Iterator[str]:
    for container in spec["containers"]:
        for source in container.get("envFrom", []):
            if "configMapRef" in source:
                yield source["configMapRef"]["name"]


def _secrets(spec: Manifest) -> Iterator[str]:
    for volume in spec.get("volumes", []):
        if "secret" in volume:
            yield volume["secret"]["secretName"]
    for container in spec["containers"]:
        for variable in container.get("env", []):
            if reference := variable.get("valueFrom", {}).get("secretKeyRef"):
                yield reference["name"]


def _amount(quantity: str | int) -> float:
    number = str(quantity).rstrip("mKMGi")
    return float(number) * _UNITS[str(quantity).removeprefix(number)]
