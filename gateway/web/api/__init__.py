"""/api/v1: what a user's monitor shows, as JSON for other systems, and what these may do.

A request proves who it is by a key (`Authorization: Bearer <key>`) or, to read, by a log-in. A key sees the units of
the user that it acts for, and may do what its scopes say (`gateway.identity.api_keys`). Times are UTC (ISO 8601),
positions degrees WGS 84, distances and radii metres, numbers E.164. Errors are problem details (RFC 9457).
"""

from gateway.web.api import acts, cap, page, reads  # noqa: F401 - they add their routes
from gateway.web.api.door import api

__all__ = ["api"]
