"""One module, one format; each takes a `Report` and knows nothing else."""
