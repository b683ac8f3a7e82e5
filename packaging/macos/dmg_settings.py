"""What the disk image shows, for dmgbuild.

Run on macOS: `dmgbuild -s packaging/macos/dmg_settings.py -D app="PATH/Generative Explorer.app" "Generative Explorer" OUT.dmg`
"""

from __future__ import annotations

import os.path

application = defines.get("app", "build/packaging/dist/Generative Explorer.app")  # type: ignore[name-defined]  # noqa: F821
_name = os.path.basename(application)

format = "ULMO"  # noqa: A001 - lzma, which macOS reads since 10.15
files = [application]
symlinks = {"Applications": "/Applications"}
icon_locations = {_name: (160, 190), "Applications": (460, 190)}
hide_extensions = [_name]
background = "builtin-arrow"
window_rect = ((200, 200), (620, 400))
default_view = "icon-view"
show_icon_preview = False
show_status_bar = show_tab_view = show_toolbar = show_pathbar = show_sidebar = False
icon_size = 112
text_size = 13
