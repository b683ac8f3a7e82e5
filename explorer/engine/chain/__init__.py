"""Chains of Reverse chain and Compare: sampled lane by lane, kept as frames, shown at any step."""
