"""The built-in checks: each module holds one, named alike."""
