#!/bin/sh
# Usage: install.sh PACKAGE... Installs Debian packages when it may: as root, with apt, and without CARTREF_NO_APT.
# Otherwise, or when apt fails, it says what to install, and fails.
set -eu
if [ -z "${CARTREF_NO_APT:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "cartref: installing $*" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null && exit 0
fi
echo "cartref: not installed: $*. On Debian, as root: apt install $*" >&2
exit 1
