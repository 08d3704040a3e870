#!/usr/bin/env bash
# The soak: many idle connections and some active ones, a third of them misbehaving; fails when the server grows, a session sticks, or
# a reply is wrong. Writes results/soak.md when it runs a minute or more.
#   benchmarks/soak.sh [--minutes 10] [--idle 10000] [--active 200]
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
log=$(mktemp); trap 'rm -f "$log"' EXIT
dotnet build Mail.Security.Benchmarks -c Release --nologo -v q >"$log" 2>&1 || { cat "$log"; exit 1; }
# Each connection is a file in two processes, and our listener keeps a second one free for each.
ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"
Mail.Security.Benchmarks/bin/Release/net10.0/Mail.Security.Benchmarks soak "$@"
