"""What those who run Siaga need beside incidents: results, retention, spend, key rotation."""
