"""What a scan costs, measured; see README.md."""
