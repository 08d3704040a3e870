#!/usr/bin/env bash
# Builds everything and runs every test project; the last line is "N passed, N failed, N skipped".
# As root it first installs the Debian packages the interop tests need; otherwise those tests say what they skip and why.
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

# libidn12 is for Exim, which its tests unpack beside Postfix instead of installing it.
packages=(nsd unbound unbound-host ldnsutils bind9-dnsutils postfix swaks libnet-ssleay-perl openssl iproute2 curl python3 libidn12 dante-server microsocks
  dovecot-core dovecot-submissiond sasl2-bin libsasl2-modules libsasl2-modules-db gsasl gcc libc6-dev libssl-dev)

install_peers() {
  local missing=() p
  for p in "${packages[@]}"; do dpkg -s "$p" >/dev/null 2>&1 || missing+=("$p"); done
  [ ${#missing[@]} -eq 0 ] && return 0
  echo "installing: ${missing[*]}"
  # The servers are started by the tests, in their own folders and namespaces, never by the package.
  local policy=/usr/sbin/policy-rc.d made=
  if [ ! -e $policy ]; then printf '#!/bin/sh\nexit 101\n' > $policy; chmod +x $policy; made=1; fi
  echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}"; } \
    > "$logs/apt.log" 2>&1 || { echo "the packages could not be installed; tests that need them are skipped:"; tail -n 3 "$logs/apt.log"; }
  [ -n "$made" ] && rm -f $policy
  return 0
}

logs=$(mktemp -d); trap 'rm -rf "$logs"' EXIT
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then install_peers
else echo "not root: nothing is installed; interop tests that need root or missing servers are skipped"; fi

configuration=${CONFIGURATION:-Release}
dotnet build Mail.Security.sln -c "$configuration" --nologo -v q || { echo "the build failed"; echo "0 passed, 1 failed, 0 skipped"; exit 1; }

passed=0 failed=0 skipped=0
for project in tests/*/*.csproj; do
  name=$(basename "$project" .csproj)
  grep -q '<IsTestProject>false' "$project" && continue
  [ -n "$(find "tests/$name" -name '*.cs' -not -path '*/obj/*' -print -quit)" ] || continue
  binary="tests/$name/bin/$configuration/net10.0/$name"
  log="$logs/$name.log"
  started=$SECONDS
  "$binary" --no-ansi --progress off > "$log" 2>&1
  code=$?
  count() { grep -oE "^ *$1: *[0-9]+" "$log" | tail -n 1 | grep -oE '[0-9]+$' || echo 0; }
  p=$(count succeeded) f=$(count failed) s=$(count skipped)
  # A run that broke without counting a failure (crash, no test at all) is a failure.
  if [ $code -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  printf '%-40s %5d passed %3d failed %3d skipped  %4ds\n' "$name" "$p" "$f" "$s" $((SECONDS - started))
  if [ "$f" -gt 0 ]; then cat "$log"; else grep -A 1 -E '^ *skipped ' "$log" | grep -v '^--' || true; fi
done
# What the wire may allocate: budgets are asserted, times are not.
started=$SECONDS
if "benchmarks/Mail.Security.Benchmarks/bin/$configuration/net10.0/Mail.Security.Benchmarks" budgets > "$logs/budgets.log" 2>&1; then passed=$((passed + 1)) verdict='1 passed   0 failed'
else failed=$((failed + 1)) verdict='0 passed   1 failed'; cat "$logs/budgets.log"; fi
printf '%-40s     %s   0 skipped  %4ds\n' 'allocation budgets' "$verdict" $((SECONDS - started))
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
