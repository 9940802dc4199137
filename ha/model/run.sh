#!/bin/bash
# Checks the Promela model of the pair's protocol (pair.pml) with spin: the clean model must be verified completely,
# every mutation must be caught, every goal must be reached. See README.md.
#
#   run.sh           the bounds of the README's first table, about 7 minutes and 2 GiB
#   run.sh --quick   small bounds, about a minute
#   run.sh --large   only the larger clean bounds, about 25 minutes, up to 6 GiB
#
# Exit code: 0 all as expected, 1 a clean model failed, a mutation survived or a goal was missed, 2 cannot run.
set -euo pipefail

mode=full
case "${1:-}" in
  '') ;;
  --quick) mode=quick ;;
  --large) mode=large ;;
  *) echo "run.sh: unknown option ${1}; known are --quick and --large" >&2; exit 2 ;;
esac
for tool in spin gcc; do
  if ! command -v "$tool" >/dev/null; then
    echo "run.sh: $tool is not installed; on Debian: apt-get install spin gcc" >&2
    exit 2
  fi
done

model="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/pair.pml"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
failed=0
memory_mib=8000
depth_limit=20000
clean_optimise=-O2
[ $mode = quick ] && clean_optimise=-O0 # compiling would take longer than searching

# Mutations that break the rules for data: these must also be caught when no clock exists at all.
data_mutations=(ACCEPT_OLD_TERM ADOPTION_COUNTS BACK_OUT COPY_KEEPS_TOKEN EARLY_MEMBER ELIGIBILITY MAJORITY_OF_ONE
  NAMES_FIRST NO_ADOPTION NO_GATE NO_TOKEN OPEN_EARLY OWN_ROSTER_IGNORED PROBE_POSITION REDUCE_AT_ELECTION SNAPSHOT
  TOKEN_LATE VOTE_FORGOTTEN VOTE_TWICE)
# Mutations of leases and promises: only the claim one_acts can catch them; without clocks the data stays whole.
lease_mutations=(IN_WITHOUT_LEASE NO_FENCE NO_QUIET NO_STAND_DOWN PROMISE_IGNORED PROMISE_SHORT SELF_VOTE SOLE_KEPT)
goals=(SWITCH REJOIN SOLE PAIRED)
# Rules that the model shows to be unnecessary within these bounds.
relaxations=(FENCE HEARTBEAT PROMOTE IN ADOPT)

# build OPTIMISE DEFINES...: makes $work/pan
build() {
  local optimise="$1"
  shift
  rm -rf "${work:?}/build"
  mkdir "$work/build"
  (cd "$work/build" && spin -a "$@" "$model" >spin.log 2>&1 &&
    gcc "$optimise" -w -DSAFETY -DNOREDUCE -DMEMLIM=$memory_mib -o pan pan.c >gcc.log 2>&1) ||
    { echo "run.sh: the model does not build with: $*" >&2; cat "$work"/build/*.log >&2; exit 2; }
}

# explore HASH_BITS: one complete search, its report in $work/build/report
explore() {
  (cd "$work/build" && nice -n 10 ./pan -m$depth_limit "-w$1" >report 2>&1) || true
}

states() { sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' "$work/build/report"; }

# clean LABEL HASH_BITS DEFINES...
clean() {
  local label="$1" bits="$2" begin end
  shift 2
  build "$clean_optimise" "$@"
  begin=$(date +%s)
  explore "$bits"
  end=$(date +%s)
  if grep -q 'errors: 0' "$work/build/report" &&
    ! grep -qE 'max search depth too small|Search not completed|MEMLIM|out of memory' "$work/build/report"; then
    echo "$label: verified, $(states) states, $((end - begin)) s"
  else
    echo "$label: FAILED"
    grep -E '^pan|errors:|Search|MEMLIM|max search' "$work/build/report" || true
    failed=1
  fi
}

# Name of the claim that failed, or of the assertion if it is a goal; and its depth.
found() {
  local line number name depth
  line=$(grep -m1 'assertion violated' "$work/build/report" || true)
  [ -n "$line" ] || return 1
  depth=$(sed -n 's/.*(at depth \([0-9]*\)).*/\1/p' <<<"$line")
  number=$(sed -n 's/.*((\(90[0-9]\)==0)||.*/\1/p' <<<"$line")
  name=$(sed -n "s/^#define \([a-z_]*\) *${number:-none} .*/\1/p" "$model")
  echo "${name:-goal}, depth $depth"
}

# expect NAME MUT|REACH WORD DEFINES...
expect() {
  local switch="$2_$1" word="$3" what
  shift 3
  build -O0 "-D$switch" "$@"
  explore 18
  if what=$(found); then
    echo "$switch: $word ($what)"
  else
    echo "$switch: $(grep -o 'errors: [0-9]*' "$work/build/report"), NOT $word"
    failed=1
  fi
}

bounds() { echo "-DTERMS=$1 -DREVS=$2 -DCOMMITS=$3"; }

# shellcheck disable=SC2046 # the bounds are words
case $mode in
  quick)
    clean 'clean, leases, 2 terms, 4 rosters a term, 1 commit' 20 $(bounds 2 4 1)
    clean 'clean, no clocks, 2 terms, 4 rosters a term, 1 commit' 20 $(bounds 2 4 1) -DNO_CLOCKS
    for m in "${data_mutations[@]}" "${lease_mutations[@]}"; do expect "$m" MUT caught $(bounds 2 4 1); done
    ;;
  full)
    clean 'clean, leases, 3 terms, 4 rosters a term, 2 commits' 26 $(bounds 3 4 2)
    clean 'clean, no clocks, 3 terms, 4 rosters a term, 2 commits' 26 $(bounds 3 4 2) -DNO_CLOCKS
    clean 'clean, no clocks, directories lost, 3 terms, 4 rosters a term, 1 commit' 26 $(bounds 3 4 1) -DNO_CLOCKS -DWIPES
    clean 'clean, leases, nothing forgotten, 2 terms, 4 rosters a term, 1 commit' 24 $(bounds 2 4 1) -DKEEP_ALL
    for g in "${goals[@]}"; do expect "$g" REACH reached $(bounds 3 4 2); done
    for m in "${data_mutations[@]}"; do
      expect "$m" MUT caught $(bounds 3 4 2)
      expect "$m" MUT 'caught without clocks' $(bounds 3 4 2) -DNO_CLOCKS
    done
    for m in "${lease_mutations[@]}"; do expect "$m" MUT caught $(bounds 3 4 2); done
    for r in "${relaxations[@]}"; do clean "relaxed $r, leases, 3 terms, 4 rosters a term, 2 commits" 26 $(bounds 3 4 2) "-DRELAX_$r"; done
    ;;
  large)
    clean 'clean, leases, 3 terms, 6 rosters a term, 2 commits' 27 $(bounds 3 6 2)
    clean 'clean, no clocks, 3 terms, 6 rosters a term, 2 commits' 27 $(bounds 3 6 2) -DNO_CLOCKS
    clean 'clean, leases, 4 terms, 4 rosters a term, 1 commit' 27 $(bounds 4 4 1)
    clean 'clean, no clocks, 4 terms, 4 rosters a term, 1 commit' 27 $(bounds 4 4 1) -DNO_CLOCKS
    clean 'clean, no clocks, 4 terms, 4 rosters a term, 2 commits' 27 $(bounds 4 4 2) -DNO_CLOCKS
    clean 'clean, leases, directories lost, 3 terms, 4 rosters a term, 1 commit' 27 $(bounds 3 4 1) -DWIPES
    clean 'clean, no clocks, directories lost, 3 terms, 4 rosters a term, 2 commits' 27 $(bounds 3 4 2) -DNO_CLOCKS -DWIPES
    ;;
esac
exit $failed
