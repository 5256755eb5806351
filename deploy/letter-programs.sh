#!/bin/sh
# Installs the libraries that draw the text of letters (PDF). Without them everything else works, and this says so.
set -eu
missing=''
for package in libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; do
  library=$(echo "$package" | sed 's/-\{0,1\}0$//').so.0
  [ -n "$(find /usr/lib /lib -name "$library" 2>/dev/null | head -n 1)" ] || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

# shellcheck disable=SC2086
sh "$(dirname "$0")/install.sh" $missing && exit 0
echo "cartref: letters can't be printed until this is installed:$missing" >&2
