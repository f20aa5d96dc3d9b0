"""Do what officers answer, act when they are silent, and let a citizen cancel with a PIN."""
