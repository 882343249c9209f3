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
