#!/bin/sh
# Installs Generative Explorer from the unpacked tarball that this file lies in, for one person or, as root, for everybody.
#
#   ./install.sh [--prefix DIR] [--uninstall] [--force]
#
#   --prefix DIR   ~/.local if left out; /usr/local for root
#   --uninstall    removes what was installed there; sessions, settings and caches stay
#   --force        replaces what is installed there
set -eu
name=generative-explorer
here=$(cd "$(dirname "$0")" && pwd)
if [ "$(id -u)" = 0 ]; then prefix=/usr/local; else prefix=${HOME:?}/.local; fi
uninstall='' force=''
fail() { echo "install.sh: $*" >&2; exit 2; }
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) [ $# -gt 1 ] || fail "--prefix wants a folder"; prefix=$2; shift 2 ;;
    --uninstall) uninstall=1; shift ;;
    --force) force=1; shift ;;
    -h | --help) sed -n '2,8p' "$0"; exit 0 ;;
    *) fail "$1: no such option; see --help" ;;
  esac
done
lib=$prefix/lib/$name
program=$prefix/bin/$name

remove() {
  # Only what is ours: the link that points to it, and the files of our names.
  [ ! -L "$program" ] || rm -f "$program"
  rm -rf "$lib" "$prefix/share/doc/$name"
  rm -f "$prefix/share/applications/$name.desktop" "$prefix/share/mime/packages/$name.xml" \
    "$prefix/share/metainfo/io.github.generative_explorer.GenerativeExplorer.metainfo.xml"
  for icon in "$prefix"/share/icons/hicolor/*/apps/$name.png "$prefix"/share/icons/hicolor/scalable/apps/$name.svg; do
    rm -f "$icon"
  done
}

told_to_the_desktop() {
  # What the desktop knows of programs and kinds of files; where these tools are not there, it looks itself.
  if command -v update-desktop-database >/dev/null 2>&1; then update-desktop-database -q "$prefix/share/applications" || true; fi
  if command -v update-mime-database >/dev/null 2>&1 && [ -d "$prefix/share/mime" ]; then
    update-mime-database "$prefix/share/mime" >/dev/null 2>&1 || true
  fi
}

if [ -n "$uninstall" ]; then
  [ -d "$lib" ] || fail "$lib: is not installed there"
  remove
  told_to_the_desktop
  echo "$name is gone from $prefix"
  exit 0
fi

[ -x "$here/lib/$name" ] || fail "$here/lib/$name: is missing: unpack the whole tarball"
if [ -e "$lib" ] || [ -e "$program" ]; then
  [ -n "$force" ] || fail "$lib: is installed already; --force replaces it, --uninstall removes it"
  if [ -e "$program" ] && [ ! -L "$program" ]; then fail "$program: is not ours, and stays"; fi
  remove
fi
mkdir -p "$prefix/lib" "$prefix/bin" "$prefix/share" || fail "$prefix: cannot be written"
cp -R "$here/lib" "$lib" || { rm -rf "$lib"; fail "$lib: cannot be written"; }
(cd "$here/share" && tar cf - .) | (cd "$prefix/share" && tar xf -)
ln -s "../lib/$name/$name" "$program"
# The menu's entry names the program itself: not every session has ~/.local/bin on its path.
sed "s,^Exec=$name,Exec=\"$program\"," "$here/share/applications/$name.desktop" >"$prefix/share/applications/$name.desktop"
told_to_the_desktop
"$program" --version >/dev/null || fail "$program: does not run here"
echo "installed: $program"
case ":$PATH:" in *":$prefix/bin:"*) ;; *) echo "$prefix/bin is not on your PATH: the desktop's menu has it, or call $program" ;; esac
command -v ffmpeg >/dev/null 2>&1 || echo "ffmpeg is not installed: without it everything works but films (.mp4)"
