"""`replay`: an export made again."""
