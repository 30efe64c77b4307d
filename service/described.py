"""What the table of routes adds to the OpenAPI document: keys, purposes, kept answers, and the problems of each."""

from __future__ import annotations

from typing import Any

from service.access import Rule, Rules
from service.idempotency import FORM
from service.keys import PURPOSE
from service.routes.contract import refused

SCHEMES = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key: `Authorization: Bearer epv_...`."},
    "key_header": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same in its own header."},
}
X_PURPOSE = {
    "name": "X-Purpose",
    "in": "header",
    "required": False,
    "description": "Code of the purpose, among those of the key; needed for queries once a key was made.",
    "schema": {"type": "string", "pattern": f"^{PURPOSE.pattern}$"},
    "example": "border-check",
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same request gets the same answer again.",
    "schema": {"type": "string", "pattern": f"^{FORM.pattern}$"},
    "example": "5f3d1c1e-6f5e-4f43-9d2b-7a2c5a0f1a11",
}


def with_rules(document: dict[str, Any], rules: Rules) -> dict[str, Any]:
    """Add to each route of an OpenAPI document what its row says.

    Examples:
        >>> document = {"paths": {"/v1/lookups": {"post": {}}}}
        >>> sorted(with_rules(document, Rules.load())["paths"]["/v1/lookups"]["post"]["responses"])
        ['400', '401', '403', '409', '421', '429', '500', '503']
    """
    document.setdefault("components", {})["securitySchemes"] = SCHEMES
    for rule in rules.rows:
        operation = document["paths"].get(rule.path, {}).get(rule.method.lower())
        if operation is not None and not rule.is_public:
            _describe(operation, rule)
    return document


def _describe(operation: dict[str, Any], rule: Rule) -> None:
    operation["security"] = [{"key": []}, {"key_header": []}] + ([{}] if rule.is_open_without_keys else [])
    headers = [X_PURPOSE] if rule.needs_purpose else []
    statuses = [401, 403, 429]
    if rule.keeps_answers:
        headers.append(IDEMPOTENCY_KEY)
        statuses += [400, 409]
    operation["parameters"] = [*operation.get("parameters", ()), *headers]
    operation["responses"] = {**refused(has_body=False, more=tuple(statuses)), **operation.get("responses", {})}
    roles = ", ".join(f"`{role}`" for role in sorted(rule.roles))
    operation["description"] = f"{operation.get('description', '')}\n\nRoles: {roles}.".lstrip()
