"""The house rules that a machine can check: who may import whom, where things stand, and how large they may grow."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("contracts", "kit", "services", "gateway", "workflows", "deploy")
SERVICES = ("identity", "goals", "sessions", "notifications")
FIXED = ("__init__", "__main__", "settings", "app", "routes", "consumers", "actions", "store", "model")
LONGEST_FILE, LONGEST_FUNCTION = 350, 45
READS_AND_WRITES = {"find", "find_one", "update_one", "update_many", "replace_one", "insert_one", "aggregate"}
WITHOUT_TENANT = {
    ("kit/mongo.py", "find_by"),  # of who is not yet signed in
    ("kit/mongo.py", "queue"),  # a worker of the part itself
    ("kit/mongo.py", "select"),  # whoever calls it has named it in the query, and is looked at here too
    ("kit/audit.py", "_select"),
    ("kit/projection.py", "_renew"),  # its caller has named it in `known`
    ("kit/mongo.py", "since"),  # the platform's own
    ("services/identity/store.py", "organisation_ids"),  # the nightly comparison asks for all of them, by id alone
    ("kit/outbox.py", "empty"),  # the relay
    ("kit/outbox.py", "read"),
    ("kit/outbox.py", "clear"),
}

# A forbidden import, the file it is planted in, and the rule that must name it.
PLANTS = [
    ("kit/clock.py", "import gateway.app", "deploy over parts over kit over contracts"),
    ("contracts/wire.py", "import kit.clock", "deploy over parts over kit over contracts"),
    ("gateway/live.py", "import workflows.facts", "deploy over parts over kit over contracts"),
    ("services/goals/actions/goals.py", "import services.identity.store", "The four services never import each other"),
    ("services/sessions/store.py", "import services.sessions.routes", "Inside a service everything flows one way"),
    ("services/goals/model/goals.py", "import random", "Models and machines are pure"),
    ("services/sessions/model/checkins.py", "import kit.clock", "Models and machines are pure"),
    ("workflows/machine.py", "import kit.clock", "Models and machines are pure"),
    ("kit/recurrence.py", "import kit.clock", "The reader of recurrence rules is pure"),
    ("kit/recurrence.py", "import random", "The reader of recurrence rules is pure"),
    ("contracts/goals/goal.py", "import starlette", "Contracts know msgspec alone"),
    ("services/goals/actions/goals.py", "import pymongo", "Only stores, kit.database and kit.mongo know MongoDB"),
    ("kit/outbox.py", "import aio_pika", "Only kit.bus and kit.letters know aio_pika"),
    ("kit/process.py", "import temporalio", "Only the workflows part knows Temporal"),
]


def _sources() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).parent / "lint-imports"
    return subprocess.run([tool, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def test_every_import_keeps_the_rules() -> None:
    result = _lint(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources in another place, where something may be planted."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.mark.parametrize(("file", "plant", "rule"), PLANTS, ids=[f"{plant} in {file}" for file, plant, _ in PLANTS])
def test_a_forbidden_import_is_found(copy: Path, file: str, plant: str, rule: str) -> None:
    planted = copy / file
    before = planted.read_text()
    planted.write_text(f"{before}\n{plant}\n")
    try:
        result = _lint(copy)
    finally:
        planted.write_text(before)
    assert result.returncode == 1
    assert f"{rule} BROKEN" in " ".join(result.stdout.split())


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_same_files(service: str) -> None:
    folder = ROOT / "services" / service
    found = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert set(FIXED) <= found


@pytest.mark.parametrize("path", _sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_small_and_typed(path: Path) -> None:
    text = path.read_text()
    if path.parent.name != "contracts":  # one owner's whole contract is read, and compared, as one list
        assert text.count("\n") <= LONGEST_FILE
    for function in _functions(ast.parse(text)):
        assert (function.end_lineno or 0) - function.lineno < LONGEST_FUNCTION, function.name
        assert function.returns is not None, f"{function.name} does not say what it returns"


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_query_names_the_organisation() -> None:
    calls = list(_queries())
    assert {"page", "all", "begins", "get_many", "time_totals"} <= {function.name for _, function in calls}, (
        "the search for queries finds nothing, so it shows nothing"
    )
    without = [f"{path}: {function.name}" for path, function in calls if "org_id" not in ast.unparse(function)]
    assert without == []


def _queries() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in [*(ROOT / "services").rglob("store.py"), *(ROOT / "kit").glob("*.py")]:
        name = str(path.relative_to(ROOT))
        for function in _functions(ast.parse(path.read_text())):
            if (name, function.name) not in WITHOUT_TENANT and any(map(_is_query, ast.walk(function))):
                yield name, function


def _is_query(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    if not isinstance(node.func, ast.Attribute):
        return ast.unparse(node.func) == "Walk"
    of = ast.unparse(node.func.value)
    return node.func.attr == "select" or (node.func.attr in READS_AND_WRITES and of.endswith("collection"))


def test_each_decision_has_a_number_of_its_own() -> None:
    numbers = [page.name[:4] for page in (ROOT / "docs" / "decisions").glob("*.md")]
    assert sorted(numbers) == [f"{number:04}" for number in range(1, len(numbers) + 1)]
