#!/usr/bin/env bash
# Builds what people without Python install, on Linux: a bundle, a .deb and a tarball with install.sh.
#
#   packaging/build.sh [--out DIR] [--env DIR] [--only-pack] [--force]
#
#   --out DIR     where to put them (build/packaging)
#   --env DIR     a virtual environment to build in, kept for the next time (DIR of --out/env); made if it is not there
#   --only-pack   the bundle is there already: packs it again
#   --force       replaces a .deb and a tarball that are there
#
# PYTHON names the Python to build with (python3.11). TORCH_INDEX is the index that has PyTorch without CUDA; empty where pip's own
# configuration has one. Needs a C compiler for the native kernel, binutils and dpkg-deb; and zstd. Exit status 2: something is missing.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
out=$root/build/packaging env='' only_pack='' force=''
fail() { echo "build.sh: $*" >&2; exit 2; }
while (($#)); do
  case $1 in
    --out) (($# > 1)) || fail "--out wants a folder"; out=$2; shift 2 ;;
    --env) (($# > 1)) || fail "--env wants a folder"; env=$2; shift 2 ;;
    --only-pack) only_pack=1; shift ;;
    --force) force=--force; shift ;;
    -h | --help) sed -n '2,13p' "$0"; exit 0 ;;
    *) fail "$1: no such option; see --help" ;;
  esac
done
[[ $(uname) == Linux ]] || fail "builds on Linux alone; release.yml has the commands for $(uname)"
for tool in dpkg-deb:dpkg zstd:zstd readelf:binutils strip:binutils; do
  command -v "${tool%%:*}" >/dev/null || fail "${tool%%:*} is missing (Debian: apt install ${tool##*:})"
done
mkdir -p "$out"
out=$(cd "$out" && pwd)
env=${env:-$out/env}
python=$env/bin/python
version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' "$root/explorer/__init__.py")
machine=$(uname -m)
said() { printf '\n=== %s (%d s)\n' "$1" "$SECONDS"; }

if [[ -z $only_pack ]]; then
  if [[ ! -x $python ]]; then
    said "environment: $env"
    command -v "${PYTHON:-python3.11}" >/dev/null || fail "${PYTHON:-python3.11}: no such Python; PYTHON names another"
    "${PYTHON:-python3.11}" -m venv "$env"
  fi
  said 'packages'
  index=${TORCH_INDEX-}
  "$python" -m pip install --quiet --constraint "$root/packaging/constraints.txt" ${index:+--extra-index-url "$index"} \
    "$root[export]" "pyinstaller==6.22.3"
  "$python" -m pip install --quiet --force-reinstall --no-deps "$root"  # this checkout, not an earlier one of the same version
  "$python" -c 'import torch, sys; sys.exit(torch.version.cuda is not None)' ||
    fail "the environment has PyTorch with CUDA, which is several gigabytes: TORCH_INDEX shall name an index of the CPU builds"
  "$python" -c 'from explorer.backends.native import library; import sys; sys.exit(not library.PATH.is_file())' ||
    fail "the native kernel was not built: install a C compiler (Debian: apt install gcc)"
  said 'bundle'
  # Not compressed: a module is there at once, and what packs the bundle does it better over all of it.
  (cd "$out" && PYINSTALLER_ZLIB_COMPRESSION_LEVEL=0 "$env/bin/pyinstaller" --noconfirm --log-level WARN --distpath "$out/dist" --workpath "$out/work" \
    "$root/packaging/pyinstaller/generative-explorer.spec")
fi
bundle=$out/dist/generative-explorer
[[ -x $bundle/generative-explorer ]] || fail "$bundle: there is no bundle; leave --only-pack out"

said 'files around it'
stage=$out/stage
"$root/packaging/linux/lay_out.sh" "$bundle" "$stage" "$version" "$python"

said 'tarball'
tarball=$out/generative-explorer-$version-linux-$machine.tar.zst
[[ ! -e $tarball || -n $force ]] || fail "$tarball: is there already; --force replaces it"
tar --create --directory "$stage/.." --owner=0 --group=0 --numeric-owner --sort=name --transform "s,^stage,generative-explorer-$version," stage |
  zstd --quiet --force -T0 -10 -o "$tarball"

said '.deb'
"$root/packaging/linux/build_deb.sh" "$stage" "$out" "$version" $force

said 'done'
du -sm "$bundle" | awk '{print "bundle: " $1 " MiB"}'
(cd "$out" && for file in *"$version"*.deb "${tarball##*/}"; do
  printf '%s: %d bytes\n' "$file" "$(stat -c %s "$file")"
  sha256sum "$file"
done)
