#!/bin/sh
# Usage: venv.sh PYTHON VENV LOCK. Builds the virtual environment and installs exactly what the hashed lock names.
set -eu
python=$1 venv=$2 lock=$3

if ! command -v "$python" >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends python3 python3-venv
  else
    echo "cartref: Python 3.11 or later is needed, and '$python' was not found. On Debian: apt install python3 python3-venv" >&2
    exit 1
  fi
fi
"$python" - <<'PY' || { echo "cartref: Python 3.11 or later is needed; name one with 'make PYTHON=/path/to/python3.11'" >&2; exit 1; }
import sys
sys.exit(sys.version_info < (3, 11))
PY

if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -c 'import pip' >/dev/null 2>&1; then
  if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
      echo "cartref: installing python3-venv" >&2
      apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv
    else
      echo "cartref: this Python has no venv module. As root: apt install python3-venv" >&2
      exit 1
    fi
  fi
  "$python" -m venv "$venv"
fi

# The installer and the builder are pinned by hash too; then the installer brings what the lock names.
tools=$(dirname "$lock")/tools.lock
if ! "$venv/bin/python" -c 'import setuptools, uv' >/dev/null 2>&1; then
  "$venv/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r "$tools"
fi
"$venv/bin/uv" pip install -q --require-hashes --python "$venv/bin/python" -r "$lock"
"$venv/bin/uv" pip install -q --no-deps --no-build-isolation --python "$venv/bin/python" -e .
