"""The engine: reads AWS into a posture, judges it, and knows no check and no format by name."""
