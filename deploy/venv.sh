#!/bin/sh
# Usage: venv.sh PYTHON VENV LOCK. Builds the virtual environment and installs exactly what the hashed lock names.
set -eu
python=$1 venv=$2 lock=$3
deploy=$(dirname "$0") tools=$(dirname "$lock")/tools.lock

if ! command -v "$python" >/dev/null 2>&1; then
  echo "cartref: Python 3.11 or later is needed, and '$python' was not found" >&2
  sh "$deploy/install.sh" python3 python3-venv
fi
"$python" - <<'PY' || { echo "cartref: Python 3.11 or later is needed; name one with 'make PYTHON=/path/to/python3.11'" >&2; exit 1; }
import sys
sys.exit(sys.version_info < (3, 11))
PY

# An earlier run may have been cut off, so the question is whether these two work, not whether they exist.
if ! { "$venv/bin/python" -c '' && "$venv/bin/uv" --version; } >/dev/null 2>&1; then
  if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    echo "cartref: this Python can't make virtual environments without python3-venv" >&2
    sh "$deploy/install.sh" python3-venv
  fi
  "$python" -m venv --clear "$venv"
  "$venv/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r "$tools"
fi

# The installer and the builder are pinned by hash too, and follow their lock; then come the packages.
echo "cartref: installing what $lock names into $venv" >&2
for pinned in "$tools" "$lock"; do
  "$venv/bin/uv" pip install -q --require-hashes --python "$venv/bin/python" -r "$pinned"
done
"$venv/bin/uv" pip install -q --no-deps --no-build-isolation --python "$venv/bin/python" -e .
