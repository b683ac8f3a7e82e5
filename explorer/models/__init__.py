"""Networks only: no files, no schedules, no Qt."""
