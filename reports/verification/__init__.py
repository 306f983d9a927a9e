"""What `verify` found, in each of its formats: one module, one format."""
