#!/usr/bin/env bash
# The Loopback floor: our server beside its baselines, servers on one core, the load on another. Prints the table of goals and
# writes results/loopback.md. A baseline that cannot be had is left out and said to be.
#   benchmarks/loopback.sh [--quick|--full] [--only pipelined,envelope,lockstep,sizes,bdat,others,starttls,sessions,growth,idle,wire]
#                          [--print] [--serve "--pool"]
#   benchmarks/loopback.sh client [--quick|--full] [--rounds N] [--print]: our client beside its baselines; writes results/client.md.
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
readonly npm_version=3.21.6

work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
say() { printf '%s\n' "$*" >&2; }

dotnet build Mail.Security.Benchmarks -c Release --nologo -v q >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
program=Mail.Security.Benchmarks/bin/Release/net10.0/Mail.Security.Benchmarks
arguments=()

# The packages never start a service of their own.
install_packages() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
  local missing=() p made=
  for p in python3-aiosmtpd postfix; do dpkg -s "$p" >/dev/null 2>&1 || missing+=("$p"); done
  [ ${#missing[@]} -eq 0 ] && return 0
  say "installing: ${missing[*]}"
  if [ ! -e /usr/sbin/policy-rc.d ]; then printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d; made=1; fi
  echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections || true
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}"; } >"$work/apt.log" 2>&1 \
    || say "could not be installed: $(tail -n 1 "$work/apt.log")"
  if [ -n "$made" ]; then rm -f /usr/sbin/policy-rc.d; fi
}
install_packages

if [ "${1:-}" = client ]; then
  shift
  if [ "$(nproc)" -ge 2 ] && command -v taskset >/dev/null; then arguments+=(--core 0); else say "one core or no taskset: nothing is pinned"; fi
  "$program" loopback client "${arguments[@]}" "$@"
  exit
fi

if command -v gcc >/dev/null; then
  gcc -O2 -march=native -Wall -Wextra -o "$work/floor" baselines/floor.c && arguments+=(--floor "$work/floor")
else say "no gcc: the C floor is left out"; fi

# Debian's package belongs to Debian's Python.
for python in /usr/bin/python3 python3; do
  if "$python" -c 'import aiosmtpd' 2>/dev/null; then arguments+=(--python "$python"); break; fi
done

if command -v npm >/dev/null && command -v node >/dev/null; then
  if timeout 60 npm install --silent --no-audit --no-fund --prefix "$work/npm" "smtp-server@$npm_version" >"$work/npm.log" 2>&1
  then arguments+=(--npm "$work/npm@$npm_version")
  else say "npm smtp-server is left out: $(tail -n 1 "$work/npm.log")"; fi
fi

ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
pin=()
if [ "$(nproc)" -ge 2 ] && command -v taskset >/dev/null; then pin=(taskset -c 1); arguments+=(--core 0)
else say "one core or no taskset: nothing is pinned"; fi
"${pin[@]}" "$program" loopback "${arguments[@]}" "$@"
