#!/usr/bin/env bash
# Makes a .deb of what lay_out.sh laid out: build_deb.sh STAGE OUT VERSION [--force]
# DEB_COMPRESSION (xz) and DEB_LEVEL (6) are dpkg-deb's: zstd at 3 takes seconds instead of minutes, and a third more room.
set -euo pipefail
stage=$1 out=$2 version=$3 force=${4:-}
name=generative-explorer
architecture=$(dpkg --print-architecture)
deb=$out/${name}_${version}_$architecture.deb
[[ ! -e $deb || $force == --force ]] || { echo "build_deb.sh: $deb: is there already; --force replaces it" >&2; exit 2; }
tree=$out/deb
rm -rf "$tree"
mkdir -p "$tree/DEBIAN" "$tree/usr/lib" "$tree/usr/bin"
cp --archive --link "$stage/lib" "$tree/usr/lib/$name"
cp --archive "$stage/share" "$tree/usr/share"
ln -s "../lib/$name/$name" "$tree/usr/bin/$name"
mv "$tree/usr/share/doc/$name/LICENSE" "$tree/usr/share/doc/$name/copyright"

# The newest version of the C library that anything in it asks for.
glibc=$(find "$tree/usr/lib/$name" -type f \( -name '*.so*' -o -name "$name" \) -exec readelf --version-info {} + 2>/dev/null |
  grep -o 'GLIBC_2\.[0-9]*' | sort -V | tail -1)
# What Qt, its plugin for X and torch load of the system (explorer/cli/display.py); names with t64 are those of Debian 13 and Ubuntu 24.04.
depends=(
  "libc6 (>= ${glibc#GLIBC_})" libstdc++6 libgcc-s1 ffmpeg libegl1 libgl1 libdbus-1-3 libfontconfig1 libfreetype6
  "libglib2.0-0t64 | libglib2.0-0" libx11-6 libx11-xcb1 libxcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1
  libxcb-randr0 libxcb-render0 libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-util1 libxcb-xfixes0 libxcb-xkb1
  libxkbcommon0 libxkbcommon-x11-0 libwayland-client0 libwayland-cursor0 libwayland-egl1
)
list=$(printf '%s, ' "${depends[@]}")
cat >"$tree/DEBIAN/control" <<CONTROL
Package: $name
Version: $version
Architecture: $architecture
Maintainer: The Generative Explorer developers <generative-explorer@localhost>
Installed-Size: $(du -sk --exclude=DEBIAN "$tree" | cut -f1)
Depends: ${list%, }
Recommends: desktop-file-utils, shared-mime-info, hicolor-icon-theme
Section: science
Priority: optional
Description: see how a diffusion model and a VAE make images
 Scrub through the reverse chain of a diffusion model step by step, put three
 ways of training the same network side by side under the same noise, drag a
 point through a two-dimensional latent space and watch the digit change.
 .
 Comes with trained models, MNIST and emoji, and works offline. It opens
 checkpoints of diffusers, of most DDPM code, exported graphs, autoencoders.
CONTROL
(cd "$tree" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
find "$tree" -type d -exec chmod 755 {} +
dpkg-deb --root-owner-group -Z"${DEB_COMPRESSION:-xz}" -z"${DEB_LEVEL:-6}" --build "$tree" "$deb" >/dev/null
rm -rf "$tree"
echo "$deb"
