"""The main window: rail, menus, bars, dialogs, the checkpoint library."""
