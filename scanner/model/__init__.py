"""The nouns: frozen, typed, serializable."""
