#!/usr/bin/env bash
# Runs all of the app as people get it, in a clean root that holds a bare Debian and the .deb, and nothing else: no Python, no PySide6.
#
#   packaging/smoke.sh [--deb FILE] [--root DIR] [--suite NAME] [--keep]      as root
#   packaging/smoke.sh --bundle DIR                                           here, by anybody: the folder that PyInstaller made
#
#   --deb FILE     the .deb (the newest of build/packaging)
#   --root DIR     where the clean root is made (a temporary folder); one that is there is used as it is
#   --suite NAME   Debian's release (bookworm)
#   --keep         leaves the root and what was written in it
#
# Every command, every workspace drawn, a film, the ways of running networks, an exported graph opened again, a window in which a run of
# one epoch is started by its keys, and whether every library finds those that it needs. Needs mmdebstrap for a root, and Xvfb and xdotool
# for the window, which is left out where they are missing. Exit status: 0 all went well; 1 something did not; 2 it could not be tried.
set -uo pipefail
root_of_sources=$(cd "$(dirname "$0")/.." && pwd)
deb='' bundle='' root='' suite=bookworm keep=''
fail() { echo "smoke.sh: $*" >&2; exit 2; }
while (($#)); do
  case $1 in
    --deb | --bundle | --root | --suite) (($# > 1)) || fail "$1 wants a value"; declare "${1#--}=$2"; shift 2 ;;
    --keep) keep=1; shift ;;
    -h | --help) sed -n '2,15p' "$0"; exit 0 ;;
    *) fail "$1: no such option; see --help" ;;
  esac
done

work=$(mktemp -d)
started=()
cleanup() {
  for each in "${started[@]}"; do kill "$each" 2>/dev/null; done
  if [[ -n $root && -z $bundle ]]; then
    for each in proc dev tmp/.X11-unix; do mountpoint -q "$root/$each" && umount "$root/$each"; done
    [[ -n $keep ]] || rm -rf --one-file-system "$root"
  fi
  rm -rf "$work"
}
trap cleanup EXIT

# --- where it runs

if [[ -n $bundle ]]; then
  [[ -x $bundle/generative-explorer ]] || fail "$bundle: holds no generative-explorer"
  bundle=$(cd "$bundle" && pwd)
  lib=$bundle/_internal place=$work/place program=$bundle/generative-explorer
  mkdir -p "$place"
  clean=(env -i HOME="$place/home" PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8)
  [[ -n ${WINDIR:-} ]] && clean=(env)  # without its variables no program of Windows runs
  inside() { (cd "$place" && "${clean[@]}" GENERATIVE_EXPLORER_HOME="$place/home" "$@"); }
else
  ((EUID == 0)) || fail "a clean root wants root; --bundle DIR tries a bundle here"
  deb=${deb:-$(ls -t "$root_of_sources"/build/packaging/*.deb 2>/dev/null | head -1)}
  [[ -f $deb ]] || fail "${deb:-a .deb}: is not there; packaging/build.sh makes one"
  root=${root:-$work/root}
  if [[ ! -d $root/usr ]]; then
    command -v mmdebstrap >/dev/null || fail "mmdebstrap is missing (Debian: apt install mmdebstrap)"
    echo "a clean root: $suite in $root"
    mmdebstrap --quiet --mode=root --variant=apt "$suite" "$root" >"$work/root.log" 2>&1 || { tail -5 "$work/root.log" >&2; fail "no clean root"; }
  fi
  [[ -e $root/etc/resolv.conf ]] || cp /etc/resolv.conf "$root/etc/"
  cp -n /etc/apt/apt.conf.d/*proxy* "$root/etc/apt/apt.conf.d/" 2>/dev/null
  mount -t proc proc "$root/proc" && mount --bind /dev "$root/dev" || fail "$root: nothing can be mounted there"
  cp "$deb" "$root/generative-explorer.deb"
  printf 'installs: '
  chroot "$root" sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends /generative-explorer.deb' \
    >"$work/install.log" 2>&1 || { tail -20 "$work/install.log"; fail "the .deb does not install"; }
  echo "$(dpkg-deb --field "$deb" Package Version | tr '\n' ' ')with $(chroot "$root" dpkg-query -W | wc -l) packages in all"
  rm -f "$root/generative-explorer.deb"
  chroot "$root" sh -c 'command -v python3 || ls /usr/lib/python3*/os.py' >/dev/null 2>&1 && fail "there is a Python in the clean root"
  lib=/usr/lib/generative-explorer/_internal place=$root/smoke program=generative-explorer
  mkdir -p "$place"
  inside() { chroot "$root" env -i -C /smoke HOME=/smoke/home GENERATIVE_EXPLORER_HOME=/smoke/home PATH=/usr/bin:/bin LANG=C.UTF-8 "$@"; }
fi
mkdir -p "$place/home"

# --- one thing after the other

passed=0 failed=0
check() {  # NAME COMMAND...: done without a fault
  local name=$1 began=$SECONDS
  shift
  if "$@" >"$work/said" 2>&1; then
    passed=$((passed + 1))
    printf 'ok      %-44s %3d s\n' "$name" $((SECONDS - began))
  else
    local status=$?
    failed=$((failed + 1))
    printf 'FAILED  %-44s %3d s, status %d\n' "$name" $((SECONDS - began)) "$status"
    tail -8 "$work/said" | sed 's/^/        /'
  fi
}
app() { inside env QT_QPA_PLATFORM=offscreen "$program" "$@"; }
made() { local file=$1; shift; app "$@" && [[ -s $place/$file ]]; }
says() { local words=$1; shift; app "$@" | grep -q -- "$words"; }
refuses() { app "$@"; [[ $? == 2 ]]; }
by_openvino() {  # FILE ARGUMENTS...: its compiler ends the process on some processors, which is tried elsewhere first, and told
  made "$@" && return
  grep -qE 'OpenVINO cannot compile this network in (fp32|bf16) on this machine' "$work/said" && echo 'refused, as it is where the app is installed'
}
whole_libraries() {
  # Each shared library of the bundle, with those that lie beside it in the same package, finds all that it needs.
  inside sh -c 'find "$1" -name "*.so*" -type f | while IFS= read -r each; do
    ldd "$each" 2>/dev/null | sed -n "s|^[[:space:]]*\(.*\) => not found|\1|p" | while IFS= read -r missing; do
      [ -n "$(find "$1" -name "$missing" | head -1)" ] || echo "$each: $missing"
    done
  done' - "$lib" | tee "$work/missing"
  [[ ! -s $work/missing ]]
}

[[ $(uname) == Linux ]] && check 'every library finds what it needs' whole_libraries
check '--version' says 'generative-explorer [0-9]' --version
check '--help' says 'sample' --help
for name in mnist-ddpm-a mnist-ddpm-b mnist-ddpm-c emoji-ddpm-c mnist-vae-2d mnist-ae-2d mnist-vae-16d mnist-pca-2d mnist-classifier; do
  check "info $name" app info "$name"
done
check 'info --check' app info --check mnist-ddpm-c
check 'bad input is one line, status 2' refuses info no-such-file.safetensors
sampled=(sample --checkpoint mnist-ddpm-c --samples 2 --steps 5)
for ending in png gif npz html; do check "sample .$ending" made "a.$ending" "${sampled[@]}" --out "a.$ending"; done
if inside sh -c 'command -v ffmpeg' >/dev/null || ls "$lib"/imageio_ffmpeg/binaries/ffmpeg-* >/dev/null 2>&1; then
  check 'sample .mp4: a film' made a.mp4 "${sampled[@]}" --out a.mp4
  check 'replay of the film' says identical replay a.mp4 --out b.mp4
else
  check 'without ffmpeg a film is refused in words' refuses "${sampled[@]}" --out a.mp4
fi
check 'replay' says identical replay a.png --out b.png
check 'sample --exact' made exact.npz sample --exact mnist --samples 2 --steps 3 --out exact.npz
check 'sample, emoji' made emoji.png sample --checkpoint emoji-ddpm-c --samples 1 --steps 3 --out emoji.png
[[ -n ${WINDIR:-} ]] || check 'sample --device native' made native.png "${sampled[@]}" --device native --out native.png
check 'sample --device openvino' by_openvino openvino.png "${sampled[@]}" --device openvino --out openvino.png
check 'sample --grid of a sweep' made grid.png "${sampled[@]}" --sweep steps=2,3 --grid --out grid.png
check 'sweep' app sweep --checkpoint mnist-ddpm-c --samples 2 --grid 'seed=0..1 steps=3' --out sweep
check 'decode' made manifold.png decode --checkpoint mnist-vae-2d --grid 4 --out manifold.png
check 'encode' app encode --checkpoint mnist-vae-2d a.png
check 'evaluate' app evaluate --checkpoint mnist-vae-2d --metric elbo --images 50
check 'export to ONNX' made c.onnx export mnist-ddpm-c --out c.onnx
check 'sample --device openvino, bf16' by_openvino bf16.png "${sampled[@]}" --device openvino --precision bf16 --out bf16.png
check 'sample from that graph' by_openvino graph.png sample --checkpoint c.onnx --samples 1 --steps 3 --out graph.png
inside sh -c 'cat >my_model.py' <<'PYTHON'
import statistics
import xml.dom.minidom  # of the standard library, and nothing that the app imports

import diffusers
import explorer

BLOCKS = dict(down_block_types=("DownBlock2D",) * 2, up_block_types=("UpBlock2D",) * 2, block_out_channels=(8, 8), norm_num_groups=4)


def load():
    unet = diffusers.UNet2DModel(sample_size=16, in_channels=1, out_channels=1, layers_per_block=1, **BLOCKS)
    diffusers.DDPMPipeline(unet, diffusers.DDPMScheduler()).save_pretrained("theirs")
    return explorer.Model(network=lambda x, t: unet(x, t).sample, option="C", betas="linear", shape=(1, 16, 16))
PYTHON
check 'sample from a Python file' made python.png sample --checkpoint my_model.py --run-python --samples 1 --steps 3 --out python.png
check 'sample from a folder of diffusers' made theirs.png sample --checkpoint theirs --samples 1 --steps 3 --out theirs.png
check 'export to a folder of diffusers' made again/model_index.json export theirs --out again
small=(--images 256 --batch 16 --epochs 1)
check 'train ddpm' made runs/c/final.safetensors train ddpm --option C --width 8 "${small[@]}" --out runs/c
check 'train vae' made runs/vae/final.safetensors train vae "${small[@]}" --out runs/vae
check 'train pca' app train pca --images 500 --out runs/pca
check 'train on two processes' made runs/two/final.safetensors train ddpm --option C --width 8 "${small[@]}" --device cpu --devices 2 --out runs/two
check 'sample from that run' made run.png sample --checkpoint runs/c/final.safetensors --samples 1 --steps 3 --out run.png
for workspace in reverse-chain compare latent forward objective training variational; do
  check "render $workspace" made "$workspace.png" render "$workspace" --out "$workspace.png"
done

# --- the window

window() {  # a run of one epoch, started in the window by its keys; the window is left by its keys, too
  inside sh -c 'cat >one-epoch.gexplore' <<'DOCUMENT'
{"document": 1, "app": "0.1.0", "files": [], "session": {"workspace": "training", "training": {"length": "own",
 "form": {"model": "C", "images": 256, "batch": 16, "epochs": 1, "width": 8}}}}
DOCUMENT
  inside env DISPLAY="$DISPLAY" "$program" open --profile-window window.json one-epoch.gexplore &
  local shown=$! id='' runs=$place/home/state/runs
  for _ in $(seq 600); do
    kill -0 "$shown" 2>/dev/null || { echo "the window is gone"; return 1; }
    id=$(xdotool search --onlyvisible --name 'Generative Explorer' 2>/dev/null | tail -1)
    [[ -n $id ]] && break
    sleep 0.2
  done
  [[ -n $id ]] || { echo "no window came"; return 1; }
  for _ in $(seq 120); do  # until the document is open, and N asks for a run
    xdotool windowfocus "$id" key n 2>/dev/null
    sleep 1
    xdotool search --onlyvisible --name '^New run' >/dev/null 2>&1 && break
  done
  xdotool search --onlyvisible --name '^New run' windowfocus key Return || { echo "no form of a new run"; return 1; }
  for _ in $(seq 600); do
    compgen -G "$runs/*/final.safetensors" >/dev/null && break
    sleep 0.5
  done
  compgen -G "$runs/*/final.safetensors" >/dev/null || { echo "no run ended"; cat "$runs"/*/errors.log; return 1; }
  for _ in $(seq 120); do  # its last lines are written and its process is over: asked earlier, the window asks back
    grep -q '"phase":"finished"' "$runs"/*/run.json && break
    sleep 0.5
  done
  for _ in $(seq 120); do
    # What the window asks, if it does, is answered with no, and asked again once it has heard that the run is over.
    xdotool search --onlyvisible --name '^Training goes on' windowfocus key Escape 2>/dev/null
    xdotool windowfocus "$id" key ctrl+q 2>/dev/null
    sleep 1
    kill -0 "$shown" 2>/dev/null || break
  done
  wait "$shown" && [[ -s $place/window.json ]] && grep 'launch_to' "$place/window.json"
}
if command -v Xvfb >/dev/null && command -v xdotool >/dev/null; then
  Xvfb -displayfd 3 -screen 0 1440x900x24 -nolisten tcp 3>"$work/display" >/dev/null 2>&1 &
  started+=($!)
  for _ in $(seq 100); do [[ -s $work/display ]] && break; sleep 0.1; done
  export DISPLAY=:$(<"$work/display")
  if [[ -z $bundle ]]; then
    mkdir -p "$root/tmp/.X11-unix"
    mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
  fi
  check 'a run started in the window' window
  grep -h launch_to "$work/said"
else
  echo 'left out: the window (Xvfb and xdotool are missing)'
fi

echo
echo "$passed passed, $failed failed"
((failed == 0))
