"""Whatever the OpenAPI document allows to be asked is answered as the document says, never with a fault of ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.schemas import APIOperation

from guarded import MARK, two_lines
from runs import run_plant

ENDLESS = "/api/live"
THERE = {"at": "line-1/press", "signal": ["line-1/press/temperature"], "kind": "alarm", "entry": "1", "last": "3 d"}
THERE |= {"since": "", "until": "", "format": "", "by": "", "table": "", "after": "", "name": "oee", "limit": 50}
"""What there is at the plant; a query of these is answered."""
SETTINGS = {
    "/api/studies/first-mover": {"bad": "last 4 h"},
    "/api/studies/test-to-machine": {"after": "600"},
    "/api/studies/what-moved": {"bad": "last 4 h"},
}
"""What some studies have to be told, or call as a page of rows is called."""
OURS = ("plant", "samples", "studies", "ledger", "alarms", "acts")
KEPT = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
CAREFUL = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)


@pytest.fixture(scope="module")
def operations(tmp_path_factory) -> Iterator[list[APIOperation]]:
    """Of a plant that is running, with a day of history."""
    load_all_checks()
    with run_plant(two_lines(tmp_path_factory.mktemp("schema") / "works")) as run:
        found = schemathesis.openapi.from_url(f"{run.url}/api/openapi.json", timeout=60)
        yield [o.ok() for o in found.get_all_operations() if o.ok().path != ENDLESS]


def test_every_operation_keeps_to_the_document(operations):
    wrong = {o.label: found for o in operations if set(o.tags or ()) & set(OURS) and (found := strayed(o))}
    assert not wrong, "\n\n".join(f"{label}: {said}" for label, said in wrong.items())


def test_what_is_there_is_answered_as_the_document_says(operations):
    wrong = {}
    for operation in operations:
        if operation.method.upper() != "GET" or not set(operation.tags or ()) & set(OURS):
            continue
        known = {p.name for p in operation.query}, {p.name for p in operation.path_parameters}
        query, path = ({k: v for k, v in THERE.items() if k in names} for names in known)
        query |= SETTINGS.get(operation.path, {})
        needed = {p.name for p in operation.query if p.is_required}
        if not needed <= query.keys() or operation.path.startswith(("/api/schedules/", "/api/paper/")):
            continue  # what it is about has its own tests
        case = operation.Case(query=query, path_parameters=path)
        answer = case.call(headers=MARK, timeout=60)
        if answer.status_code not in (200, 409) and "cannot be answered there" not in answer.text:
            wrong[operation.label] = answer.text[:500]
        try:
            case.validate_response(answer, checks=[CHECKS.get_one(name) for name in KEPT])
        except Exception as failure:
            wrong[operation.label] = f"{type(failure).__name__}: {failure}"[:2000]
    assert not wrong, "\n\n".join(f"{label}: {said}" for label, said in wrong.items())


def strayed(operation: APIOperation) -> str:
    """What an operation does that the document does not say, asked many ways; "" where nothing."""

    @CAREFUL
    @given(case=operation.as_strategy())
    def asked(case: schemathesis.Case) -> None:
        checks = [CHECKS.get_one(name) for name in KEPT]
        case.validate_response(case.call(headers=MARK, timeout=60), checks=checks)

    try:
        asked()
    except Exception as failure:
        return f"{type(failure).__name__}: {failure}"[:3000]
    return ""
