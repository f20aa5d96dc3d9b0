"""What officers answer, when their silence is acted upon, and how a citizen cancels with a PIN."""
