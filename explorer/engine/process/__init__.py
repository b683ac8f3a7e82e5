"""An engine in a process of its own: frames on its stdin and stdout, and the window's link to it."""
