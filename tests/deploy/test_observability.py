"""Alerts, dashboards and the runbook: they stand on metrics that exist, and each alert says what to do."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from deploy.local.parts import PARTS
from deploy.local.stack import Stack
from kit import metrics
from tests.system.polling import until

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "observability"
ALERTS: list[dict[str, Any]] = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"][0]["rules"]
OTHERS = {"up"}  # Prometheus' own
_METRIC = re.compile(r"\b(up|inzpireu_\w+)\b")


def _panels() -> list[dict[str, Any]]:
    return [
        panel for file in (FOLDER / "dashboards").glob("*.json") for panel in json.loads(file.read_text())["panels"]
    ]


def _used() -> set[str]:
    shown = [target["expr"] for panel in _panels() for target in panel.get("targets", ())]
    return {name for expression in [*shown, *(rule["expr"] for rule in ALERTS)] for name in _METRIC.findall(expression)}


async def test_every_metric_that_is_looked_at_exists_in_a_live_scrape(stack: Stack) -> None:
    found: set[str] = set()

    async def scraped() -> bool:
        for part in PARTS:
            async with aiohttp.ClientSession() as http, http.get(f"{stack.site.url(part)}/metrics") as answer:
                assert answer.status == 200
                for name, kind in re.findall(r"^# TYPE (\w+) (\w+)$", await answer.text(), re.MULTILINE):
                    ends = ("_bucket", "_count", "_sum") if kind == "histogram" else ("",)
                    found.update(f"{name}{end}" for end in ends)
        return found >= _used() - OTHERS

    await until(scraped, "all metrics of alerts and dashboards")
    assert len(_used()) > 8


def test_every_metric_is_looked_at_somewhere() -> None:
    ours = {each._name for each in vars(metrics).values() if hasattr(each, "_labelnames")}
    looked_at = {re.sub(r"_(bucket|count|sum|total)$", "", name) for name in _used()}
    assert ours - looked_at == set()


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_has_an_entry_in_the_runbook(rule: dict[str, Any]) -> None:
    runbook = (ROOT / "docs" / "runbook.md").read_text()
    entry = re.search(rf"^### {rule['alert']}\n(.*?)(?=^##|\Z)", runbook, re.MULTILINE | re.DOTALL)
    assert entry, f"docs/runbook.md says nothing about {rule['alert']}"
    assert rule["annotations"]["runbook"] == f"docs/runbook.md#{rule['alert'].lower()}"
    for question in ("**Means.**", "**Look.**", "**Do.**"):
        assert question in entry[1]


def test_the_operators_rules_are_the_same() -> None:
    component = yaml.safe_load((ROOT / "deploy/k8s/components/monitoring/alerts.yaml").read_text())
    assert component["spec"]["groups"][0]["rules"] == ALERTS


def test_the_rules_fire_when_they_should(tmp_path: Path) -> None:
    promtool = shutil.which("promtool") or shutil.which(ROOT / ".inzpireu/tools/prometheus/usr/bin/promtool")
    if not promtool:
        assert not os.environ.get("CI"), "the gate needs promtool"
        pytest.skip("Install Prometheus' promtool to try the alert rules")
    for file in (FOLDER / "alerts.yml", ROOT / "tests/deploy/alerts_test.yml"):
        shutil.copy(file, tmp_path)
    done = subprocess.run(
        [promtool, "test", "rules", "alerts_test.yml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_panel_says_what_it_shows() -> None:
    shown = [panel for panel in _panels() if panel["type"] != "row"]
    assert len(shown) > 10
    assert all(panel["title"] and panel["description"] for panel in shown)
