"""Machine -> samples: one file a protocol."""
