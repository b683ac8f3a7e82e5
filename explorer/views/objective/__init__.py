"""Objective: every term of the bound against t, for each option."""
