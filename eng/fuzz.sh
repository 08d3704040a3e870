#!/usr/bin/env bash
# Feeds the readers and the server session with mutated input, one target after another, and prints one line for each.
#
#   eng/fuzz.sh [--target NAME]... [--minutes M] [--engine loop|afl] [--seed N] [--keep]
#
#   --target NAME   only this target; may be given several times (default: all; tests/Fuzz/README.md lists them)
#   --minutes M     time in all, shared out evenly (default: 15; fractions are taken)
#   --engine        loop: the engine in tests/Fuzz/Engine (default); afl: afl-fuzz, from Debian's package afl++
#   --seed N        the seed of the engine's mutations (default: the time)
#   --keep          afterwards adds what was found and takes new edges, made small, to tests/Fuzz/Corpus
#
# Results are in artifacts/fuzz/NAME: crashes/, hangs/, and queue/, which the next run goes on from. Exit code: 0 nothing found,
# 1 a crash or a hang, 2 it could not be run.
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_TieredPGO=0

targets=() minutes=15 engine=loop seed=$(date +%s) keep=
usage() { sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 2; }
while [ $# -gt 0 ]; do
  case $1 in
    --keep) keep=1; shift; continue ;;
    --target|--minutes|--engine|--seed) [ $# -ge 2 ] || usage ;;
    *) usage ;;
  esac
  case $1 in --target) targets+=("$2") ;; --minutes) minutes=$2 ;; --engine) engine=$2 ;; --seed) seed=$2 ;; esac
  shift 2
done
case $engine in loop|afl) ;; *) usage ;; esac
if [ "$engine" = afl ] && ! command -v afl-fuzz >/dev/null; then
  echo "afl-fuzz is not installed (Debian: afl++); the engine in tests/Fuzz takes its place" >&2
  engine=loop
fi

dotnet build tests/Fuzz -c Release --nologo -v q -clp:ErrorsOnly >&2 || exit 2
# What is instrumented is a copy; the original output stays what the tests run.
work=artifacts/fuzz
mkdir -p "$work" && bin=$(mktemp -d "$work/bin.XXXXXX") || exit 2
trap 'rm -rf "$bin"' EXIT
cp -r tests/Fuzz/bin/Release/net10.0/. "$bin" || exit 2
tests/Fuzz/bin/Release/net10.0/Mail.Security.Fuzz instrument "$bin" || exit 2
fuzz="$bin/Mail.Security.Fuzz"

[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <("$fuzz" list)
for name in "${targets[@]}"; do "$fuzz" list | grep -qxF -- "$name" || { echo "no target is named $name" >&2; exit 2; }; done
seconds=$(awk -v m="$minutes" -v n=${#targets[@]} 'BEGIN { s = m * 60 / n; printf "%d", s < 1 ? 1 : s }')

run_loop() {
  # A hang or a crash of the process itself ends it; the file "current" holds what it worked on. The next one uses up the time that is left.
  local name=$1 until=$((SECONDS + seconds)) left code
  while left=$((until - SECONDS)); [ $left -gt 0 ]; do
    "$fuzz" run "$name" "$left" "tests/Fuzz/Corpus/$name" "tests/Fuzz/Dictionaries/$name.dict" "$work/$name" "$((seed++))"
    code=$?
    [ $code -le 1 ] && break
    [ -e "$work/$name/current" ] && mkdir -p "$work/$name/crashes" && mv "$work/$name/current" "$work/$name/crashes/died-$code-$seed"
  done
}

run_afl() {
  local name=$1 out="$work/$1/afl" words=() stat
  [ -f "tests/Fuzz/Dictionaries/$name.dict" ] && words=(-x "tests/Fuzz/Dictionaries/$name.dict")
  rm -rf "$out"; mkdir -p "$work/$name/crashes" "$work/$name/hangs"
  AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_BIN_CHECK=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1 \
    afl-fuzz -i "tests/Fuzz/Corpus/$name" -o "$out" "${words[@]}" -m none -t 10000 -V "$seconds" -- "$fuzz" afl "$name" > "$work/$name/afl.log" 2>&1 \
    || { echo "$name: afl-fuzz failed:"; tail -n 5 "$work/$name/afl.log"; }
  for kind in crashes hangs; do find "$out/default/$kind" -name 'id:*' -exec cp {} "$work/$name/$kind/" \; 2>/dev/null; done
  stat() { sed -n "s/^$1 *: *//p" "$out/default/fuzzer_stats" 2>/dev/null; }
  printf '%-20s %10s execs %8s/s %6s edges %5s inputs (%s new) %3s crashes\n' "$name" "$(stat execs_done)" "$(stat execs_per_sec)" "$(stat edges_found)" "$(stat corpus_count)" "$(stat corpus_found)" "$(stat saved_crashes)"
}

for name in "${targets[@]}"; do
  "run_$engine" "$name"
  [ -n "$keep" ] && "$fuzz" minimise "$name" "tests/Fuzz/Corpus/$name" "$work/$name/queue" "tests/Fuzz/Corpus/$name" > "$work/$name/kept" \
    && echo "  $(wc -l < "$work/$name/kept") inputs added to tests/Fuzz/Corpus/$name"
done

found=$(find "$work" -path "$work/bin.*" -prune -o \( -path '*/crashes/*' -o -path '*/hangs/*' \) -type f ! -name '*.txt' -print | sort)
if [ -n "$found" ]; then printf 'crashes and hangs, of this run and earlier ones:\n%s\n' "$found"; exit 1; fi
echo "no crash, no hang"
