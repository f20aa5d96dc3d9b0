"""What a worker process does: it listens to the queue and sweeps the database every second."""
