"""Which check is evidence for which control: one YAML file for each framework and version."""
