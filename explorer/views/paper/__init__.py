"""What is on the screen, on paper: plots as SVG, PDF and CSV, panels as pictures, equations as LaTeX; everywhere alike."""
