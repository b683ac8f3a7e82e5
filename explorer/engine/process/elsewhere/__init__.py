"""An engine on another machine: its frames cut up so that nothing waits behind what is large, and files carried by their hashes."""
