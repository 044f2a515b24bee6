#!/usr/bin/env bash
# Makes the virtual environment .venv at the repository root and installs hrlctl into it.
#
#   bash scripts/setup.sh          what hrlctl needs to run
#   bash scripts/setup.sh --dev    and what its tests and checks need
#
# Uses uv where it is installed, Python's venv and pip otherwise. Does nothing when the environment
# is up to date, and rebuilds one that is broken or was moved. Everything is said on stderr, so that
# the stdout of a script that calls this one stays clean.
set -euo pipefail
exec 1>&2
unset PYTHONHOME CDPATH

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
venv=$root/.venv
stamp=$venv/.hrlctl-setup

say() { printf 'setup: %s\n' "$*"; }
fail() {
    say "$@"
    exit 1
}

groups=run
case ${1-} in
    '') ;;
    --dev) groups='run dev' ;;
    *) fail "unknown argument '$1'; the only one is --dev" ;;
esac

# Two lines: where the environment belongs, and what was installed from.
place() { printf 'root %s' "$root"; }
key() { printf 'python %s, pyproject %s' "$("$venv/bin/python" -V)" "$(cksum <"$root/pyproject.toml")"; }

runs() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# Whether top-level modules can be found, without the seconds that importing torch takes.
has() {
    "$venv/bin/python" - "$@" <<'PY' >/dev/null 2>&1
import importlib.util, sys
sys.exit(any(importlib.util.find_spec(name) is None for name in sys.argv[1:]))
PY
}

up_to_date() {
    [ -f "$stamp" ] && runs "$venv/bin/python" && [ -x "$venv/bin/hrlctl" ] || return 1
    {
        read -r stamped_place && read -r stamped_key && read -r stamped_groups
    } <"$stamp" || return 1
    [ "$stamped_place" = "$(place)" ] && [ "$stamped_key" = "$(key)" ] || return 1
    case $groups in
        run) has hrlctl torch torchvision typer ;;
        *) [ "$stamped_groups" = "$groups" ] && has hrlctl torch torchvision typer pytest mypy ;;
    esac
}

find_python() {
    local name
    for name in python3 python3.13 python3.12 python3.11 python3.14 python; do
        if command -v "$name" >/dev/null && runs "$name"; then
            command -v "$name"
            return
        fi
    done
    return 1
}

make_environment() {
    local python version
    if ! python=$(find_python); then
        if command -v uv >/dev/null; then
            say "no Python 3.11 or newer here; uv downloads Python 3.12 (about 30 MB)"
            python=3.12
        else
            version=$(python3 -V 2>/dev/null) || version='not installed'
            say "hrlctl needs Python 3.11 or newer; python3 here: $version"
            fail "install one (Debian, Ubuntu: apt install python3.11-venv; macOS: brew install python@3.12), or install uv"
        fi
    fi
    say "making .venv with $python"
    if command -v uv >/dev/null; then
        uv venv --quiet --clear --python "$python" "$venv"
        return
    fi
    if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        fail "$python has no venv module; on Debian and Ubuntu: apt install python$version-venv"
    fi
    "$python" -m venv --clear "$venv"
}

has_gpu() { nvidia-smi -L 2>/dev/null | grep '^GPU' >/dev/null; }

announce() {
    if [ "$1" = cpu ]; then
        say "downloads PyTorch for the CPU (about 200 MB) and small packages (about 100 MB); 1.5 GB on disk"
    else
        say "downloads PyTorch with CUDA (about 3 GB) and small packages (about 100 MB); 5.5 GB on disk"
    fi
    say "what the installer's cache already holds is not downloaded again"
}

install_with_uv() {
    local backend=cpu
    if has torch || [ "$(uname -s)" != Linux ]; then
        has torch || announce cpu
        uv pip install --python "$venv/bin/python" "$@"
        return
    fi
    if has_gpu; then
        backend=auto
        announce cuda
    else
        announce cpu
    fi
    if ! uv pip install --python "$venv/bin/python" --torch-backend "$backend" "$@"; then
        say "uv could not install PyTorch with --torch-backend $backend (its message stands above)"
        say "falling back to the default build:"
        announce cuda
        uv pip install --python "$venv/bin/python" "$@"
    fi
}

install_with_pip() {
    "$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$venv/bin/python" -m ensurepip
    if [ "$groups" != run ]; then
        # Dependency groups (PEP 735) came with pip 25.1.
        "$venv/bin/python" -m pip install --quiet --upgrade 'pip>=25.1'
    fi
    if ! has torch; then
        if [ "$(uname -s)" = Linux ]; then
            announce cuda
            has_gpu || say "pip cannot choose the smaller CPU build; with uv installed this would be about 300 MB"
        else
            announce cpu
        fi
    fi
    "$venv/bin/python" -m pip install "$@"
}

up_to_date && exit 0

# One setup at a time, where the system has flock: the lock is on the repository's folder itself.
if command -v flock >/dev/null; then
    exec 9<"$root"
    if ! flock --nonblock 9; then
        say "another setup is running in this folder; waiting for it"
        flock 9
    fi
    up_to_date && exit 0
fi

if ! runs "$venv/bin/python"; then
    make_environment
elif [ -f "$stamp" ] && [ "$(head -n 1 "$stamp")" != "$(place)" ]; then
    say ".venv was made for another folder; making it anew"
    make_environment
fi

# An environment that once had the development group keeps it up to date.
if [ -f "$stamp" ] && [ "$(sed -n 3p "$stamp")" = 'run dev' ]; then
    groups='run dev'
fi
rm -f "$stamp"

set -- --editable "$root"
if [ "$groups" != run ]; then
    set -- "$@" --group "$root/pyproject.toml:dev"
fi
if command -v uv >/dev/null; then
    install_with_uv "$@"
else
    install_with_pip "$@"
fi
if [ "$groups" != run ]; then
    # pyautogui brings python3-Xlib, an old copy of python-xlib in the same folder: the one that was
    # written last is there, and it has to be the new one.
    if command -v uv >/dev/null; then
        uv pip install --python "$venv/bin/python" --quiet --no-deps --reinstall-package python-xlib python-xlib
    else
        "$venv/bin/python" -m pip install --quiet --no-deps --force-reinstall python-xlib
    fi
fi

printf '%s\n%s\n%s\n' "$(place)" "$(key)" "$groups" >"$stamp.new"
mv -f "$stamp.new" "$stamp"
say "done; hrlctl is in $venv/bin (source $venv/bin/activate puts it on the path)"
