#!/bin/sh
# Remakes cartref/static/vendor and the icon sprite from the npm packages that package-lock.json pins. For developers, with
# Node 20 or later and npm; the results are kept in the repository, so that running Cartref needs neither.
set -eu
cd "$(dirname "$0")/.."
vendor=cartref/static/vendor img=cartref/static/img font=atkinson-hyperlegible-next

npm ci --silent --no-audit --no-fund

node node_modules/sass/sass.js --load-path=node_modules --style=compressed --no-source-map --quiet-deps \
  deploy/nhsuk.scss "$vendor/nhsuk.css"

cp node_modules/nhsuk-frontend/dist/nhsuk/assets/images/nhsuk-icon-cross.svg "$vendor/"

mkdir -p "$vendor/fonts"
for subset in latin latin-ext; do
  for weight in 400 700; do
    cp "node_modules/@fontsource/$font/files/$font-$subset-$weight-normal.woff2" "$vendor/fonts/"
  done
done
cp "node_modules/@fontsource/$font/LICENSE" "$vendor/fonts/OFL.txt"

node deploy/sprite.mjs deploy/icons.txt node_modules/lucide-static/icons > "$img/icons.svg"
cp node_modules/lucide-static/LICENSE "$img/LUCIDE-LICENSE.txt"
