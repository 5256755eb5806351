#!/bin/sh
# Installs what the tests need beyond Python packages: a browser, a TURN server and a library of Playwright's own node.
# What can't be installed is said, and its tests are skipped; with CARTREF_REQUIRE_PROGRAMS set it is an error.
set -eu
missing=''
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v turnserver >/dev/null 2>&1 || missing="$missing coturn"
[ -n "$(find /usr/lib /lib -name 'libatomic.so.1' 2>/dev/null | head -n 1)" ] || missing="$missing libatomic1"
[ -z "$missing" ] && exit 0

# shellcheck disable=SC2086
sh "$(dirname "$0")/install.sh" $missing && exit 0
echo "" >&2
echo "!!! MISSING PROGRAMS:$missing" >&2
if [ -n "${CARTREF_REQUIRE_PROGRAMS:-}" ]; then
  echo "!!! All tests must run here (CARTREF_REQUIRE_PROGRAMS is set), so this is a failure." >&2
  exit 1
fi
echo "!!! The tests that need them will be skipped." >&2
echo "" >&2
