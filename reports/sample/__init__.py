"""A sample of verdicts for an audit, in each of its formats: one module, one format."""
