"""The parts of tools/random_user.py: a hand that does anything, anywhere, and eyes that see what that does to the app."""
