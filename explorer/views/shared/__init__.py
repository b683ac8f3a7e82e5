"""What several workspaces share: questions to the engine, inspector rows, words, opening a lane."""
