"""The machinery below the rooms: database, spool, embedded Valkey, heartbeat, readiness, logs."""
