#!/bin/sh
# Starts the TURN server: turnserver.conf, plus what is this deployment's own. Further arguments go to turnserver as they are.
# The secret travels in a file that only this user can read, never on a command line, which every user of the host can list.
set -eu
umask 077
: "${CARTREF_TURN_SECRET:?is needed: the same as the signalling service has}"
: "${CARTREF_TURN_REALM:?is needed: the name of the TURN server, such as turn.clinic.example}"
: "${CARTREF_TURN_ADDRESSES:?is needed: the addresses of this host to listen on and relay from, such as '203.0.113.7 2001:db8::7'}"
: "${CARTREF_TURN_CERTIFICATE:?is needed: the file of the certificate for the realm}"
: "${CARTREF_TURN_CERTIFICATE_KEY:?is needed: the file of its private key}"
for file in "$CARTREF_TURN_CERTIFICATE" "$CARTREF_TURN_CERTIFICATE_KEY"; do
  # turnserver itself would only warn, and go on without TLS.
  [ -r "$file" ] || { echo "turnserver.sh: can't read $file" >&2; exit 1; }
done

run=${CARTREF_TURN_RUN:-/run/turn}
mkdir -p "$run"
chmod 711 "$run"
# It wants a user database, though nobody is in it: filled with empty tables at the start, only read as "nobody" later.
: >"$run/turndb"
chmod 644 "$run/turndb"
{
  cat "$(dirname "$0")/turnserver.conf"
  echo "static-auth-secret=$CARTREF_TURN_SECRET"
  echo "realm=$CARTREF_TURN_REALM"
  for address in $CARTREF_TURN_ADDRESSES; do
    echo "listening-ip=$address"
    echo "relay-ip=$address"
  done
  echo "listening-port=${CARTREF_TURN_PORT:-3478}"
  echo "tls-listening-port=${CARTREF_TURN_TLS_PORT:-5349}"
  echo "cert=$CARTREF_TURN_CERTIFICATE"
  echo "pkey=$CARTREF_TURN_CERTIFICATE_KEY"
  echo "userdb=$run/turndb"
  echo "pidfile=$run/turnserver.pid"
  # "public/private" pairs, for a host whose provider translates addresses.
  for pair in ${CARTREF_TURN_EXTERNAL_IP:-}; do
    echo "external-ip=$pair"
  done
  # As root it opens its ports, 443 among them, and is nobody from then on.
  if [ "$(id -u)" = 0 ]; then
    echo "proc-user=nobody"
    echo "proc-group=nogroup"
  fi
} >"$run/turnserver.conf"
unset CARTREF_TURN_SECRET
exec turnserver -c "$run/turnserver.conf" "$@"
