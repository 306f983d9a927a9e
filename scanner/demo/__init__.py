"""An AWS for people without one: an organization that teaches, served by moto on 127.0.0.1."""
