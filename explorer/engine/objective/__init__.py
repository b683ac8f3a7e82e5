"""What the Objective workspace asks for: the bound, term by term."""
