#!/usr/bin/env bash
# Lays out what the .deb and the tarball have in common: lay_out.sh BUNDLE STAGE VERSION PYTHON
#   STAGE/lib          the bundle
#   STAGE/share        what the desktop reads, licences and documentation
#   STAGE/install.sh   for the tarball
set -euo pipefail
bundle=$1 stage=$2 version=$3 python=$4
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
name=generative-explorer
rm -rf "$stage"
mkdir -p "$stage/share/"{applications,metainfo,mime/packages,icons/hicolor/scalable/apps,doc/$name/licences}
cp --archive --reflink=auto "$bundle" "$stage/lib"
find "$stage/lib" -name '*.so*' -type f -size +1M -print0 | while IFS= read -r -d '' library; do
  # Symbols that only a debugger reads. What auditwheel has laid out anew (numpy.libs and the like) is left: strip breaks it.
  case $library in *.libs/*) continue ;; esac
  strip --strip-unneeded "$library" 2>/dev/null || true
done
install -m 644 "$here/$name.desktop" "$stage/share/applications/"
install -m 644 "$here/$name.metainfo.xml" "$stage/share/metainfo/io.github.generative_explorer.GenerativeExplorer.metainfo.xml"
install -m 644 "$here/$name.mime.xml" "$stage/share/mime/packages/$name.xml"
icons=$root/resources/icons
for size in 016 024 032 048 064 128 256; do
  folder=$stage/share/icons/hicolor/$((10#$size))x$((10#$size))/apps
  install -D -m 644 "$icons/app-$size.png" "$folder/$name.png"
done
install -m 644 "$icons/app.svg" "$stage/share/icons/hicolor/scalable/apps/$name.svg"
install -m 644 "$root/LICENSE" "$root/THIRD_PARTY.md" "$stage/share/doc/$name/"
gzip -9 -n -c "$root/CHANGELOG.md" >"$stage/share/doc/$name/changelog.gz"
"$python" "$here/../licences/collect.py" --bundle "$stage/lib" --out "$stage/share/doc/$name/licences"
install -m 755 "$here/install.sh" "$stage/install.sh"
printf '%s\n' "$version" >"$stage/VERSION"
