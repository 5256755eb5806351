#!/bin/sh
# Installs what the tests need beyond Python packages: a browser, a TURN server and a library of Playwright's own node.
# With CARTREF_NO_APT set nothing is installed; with CARTREF_REQUIRE_PROGRAMS set a missing program is an error.
set -eu
missing=''
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v turnserver >/dev/null 2>&1 || missing="$missing coturn"
[ -n "$(find /usr/lib /lib -name 'libatomic.so.1' 2>/dev/null | head -n 1)" ] || missing="$missing libatomic1"
[ -z "$missing" ] && exit 0

if [ -z "${CARTREF_NO_APT:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing for the tests:$missing"
  # shellcheck disable=SC2086
  if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null; then
    exit 0
  fi
fi
echo "" >&2
echo "!!! MISSING PROGRAMS:$missing" >&2
echo "!!! Tests that need them will be skipped. As root: apt install$missing" >&2
echo "" >&2
[ -z "${CARTREF_REQUIRE_PROGRAMS:-}" ]
