"""Compare: several lanes from the same noise, locked to one step."""
