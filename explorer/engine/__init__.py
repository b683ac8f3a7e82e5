"""The engine: one thread owns the models and the device; frozen requests in, frozen results out."""
