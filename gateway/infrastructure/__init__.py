"""The machinery that the rooms stand on: database, spool, embedded Valkey, heartbeat, readiness, logs."""
