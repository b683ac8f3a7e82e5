"""Find anything: every action, term, heading, example and checkpoint by its words."""
