"""The work of a worker process: it listens to the queue and sweeps the database every second."""
