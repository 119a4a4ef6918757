#!/bin/sh
# Makes the authority and the certificate of the HTTPS examples, for server.example. They are for tests: the keys are
# public.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }
key "$work/authority.key"
openssl req -x509 -new -key "$work/authority.key" -days 36500 -subj "/CN=Authority of the examples" \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign" \
    -out ../https-client/files/authority.pem
key files/key.pem
openssl req -new -key files/key.pem -subj "/CN=server.example" -out "$work/request"
printf '%s\n' "subjectAltName=DNS:server.example,IP:10.0.0.2" "basicConstraints=CA:FALSE" \
    "extendedKeyUsage=serverAuth" > "$work/extensions"
openssl x509 -req -in "$work/request" -CA ../https-client/files/authority.pem -CAkey "$work/authority.key" \
    -CAcreateserial -CAserial "$work/serial" -days 36500 -extfile "$work/extensions" -out files/certificate.pem
