#!/usr/bin/env bash
# Brings PublicAPI.Unshipped.txt of one package in step with its public surface.
# Usage: eng/public-api.sh Primitives [Smtp ...]
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
for name in "$@"; do
  dir="$top/src/Mail.Security.$name"
  printf '#nullable enable\n' > "$dir/PublicAPI.Unshipped.txt"
  log=$(mktemp)
  dotnet build "$dir" --nologo --no-incremental -v q -p:TreatWarningsAsErrors=false -p:MSBuildTreatWarningsAsErrors=false -p:WarningLevel=9999 > "$log" 2>&1 || { grep -E 'error' "$log" | sort -u | head -20; exit 1; }
  { printf '#nullable enable\n'; grep -oP "RS0016: Symbol '\K.*(?=' is not part of the declared)" "$log" | grep -vxFf "$dir/PublicAPI.Shipped.txt" | LC_ALL=C sort -u; } > "$dir/PublicAPI.Unshipped.txt"
  echo "$name: $(($(wc -l < "$dir/PublicAPI.Unshipped.txt") - 1)) members"
done
