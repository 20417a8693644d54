"""The API for other programs of the office: read-only, a token per program, described by OpenAPI at /api/openapi.json."""

from dashboards.api.app import create_api

__all__ = ["create_api"]
