#!/usr/bin/env bash
# Signs the app, makes the disk image, has Apple notarize it, and staples the ticket to it. Run on macOS:
#
#   packaging/macos/notarize.sh [--force] APP OUT.dmg
#
# IDENTITY   the certificate, "Developer ID Application: NAME (TEAM)"; "-" signs for this machine alone, and notarizes nothing
# PROFILE    the keychain's profile for notarytool, kept once by: xcrun notarytool store-credentials PROFILE --apple-id … --team-id …
#
# Needs dmgbuild (pip install dmgbuild). Exit status 2: something is missing.
set -euo pipefail
fail() { echo "notarize.sh: $*" >&2; exit 2; }
force=''
[[ ${1:-} == --force ]] && { force=1; shift; }
[[ ${1:-} == -h || ${1:-} == --help ]] && { sed -n '2,10p' "$0"; exit 0; }
(($# == 2)) || fail "wants the app and the image; see --help"
app=$1 image=$2
here=$(cd "$(dirname "$0")" && pwd)
[[ $(uname) == Darwin ]] || fail "runs on macOS alone"
[[ -d $app/Contents/MacOS ]] || fail "$app: is no app"
[[ ! -e $image || -n $force ]] || fail "$image: is there already; --force replaces it"
: "${IDENTITY:?names the certificate, or - for none}"
command -v dmgbuild >/dev/null || fail "dmgbuild is missing: python -m pip install dmgbuild"
options=(--force --options runtime --timestamp --entitlements "$here/entitlements.plist" --sign "$IDENTITY")
[[ $IDENTITY == - ]] && options=(--force --sign -)

# From the inside out: a signature seals what lies below it. ffmpeg and torch_shm_manager are programs among the libraries.
find "$app/Contents" -type f \( -name '*.dylib' -o -name '*.so' -o -perm -u+x \) -print0 |
  while IFS= read -r -d '' each; do
    file --brief "$each" | grep -q 'Mach-O' && codesign "${options[@]}" "$each"
  done
find "$app/Contents/Frameworks" -type d -name '*.framework' -print0 | xargs -0 -I{} codesign "${options[@]}" {}
codesign "${options[@]}" "$app"
codesign --verify --deep --strict "$app"

rm -f "$image"
dmgbuild -s "$here/dmg_settings.py" -D "app=$app" 'Generative Explorer' "$image"
[[ $IDENTITY == - ]] && { echo "$image: signed for this machine alone"; exit 0; }
codesign --timestamp --sign "$IDENTITY" "$image"
: "${PROFILE:?names the profile of notarytool}"
xcrun notarytool submit "$image" --keychain-profile "$PROFILE" --wait
xcrun stapler staple "$image"
spctl --assess --type open --context context:primary-signature --verbose "$image"
