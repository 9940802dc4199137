#!/bin/sh
# A stand-in for the command line of docker or podman, for tests on machines without an engine: what the tool "container" uses of it, as their
# manuals describe it. Containers are folders beside it; what they run is a process of its own, as with a daemon. What was called is in `calls`.
here=$(dirname "$0")
all=$here/containers
mkdir -p "$all"
what=$1
printf '%s\n' "$*" >> "$here/calls"
shift
[ -f "$here/broken" ] && { echo 'Cannot connect to the daemon. Is it running?' >&2; exit 1; }
last() { for each; do :; done; printf %s "$each"; }
none() { echo "Error response from daemon: No such container: $1" >&2; exit 1; }
status() {
  if [ -f "$all/$1/code" ]; then echo exited; elif [ -f "$all/$1/pid" ]; then echo running; else echo created; fi
}
case $what in
container)
  name=$(last "$@")
  [ -d "$all/$name" ] || none "$name"
  case $* in
  *OOMKilled*) [ -f "$here/greedy" ] && echo true 67108864 || echo false 0 ;;
  *State.Pid*) echo 0 ;;
  *HostConfig*) [ -f "$here/limitless" ] && echo 0 0 0 0 || echo 1 1 1 1 ;;
  *) status "$name" ;;
  esac
  ;;
create)
  name= entry= pull=missing
  environment=
  while :; do
    case $1 in
    --name) name=$2; shift 2 ;;
    --entrypoint) entry=$2; shift 2 ;;
    --pull) pull=$2; shift 2 ;;
    --env) environment="$environment $2"; shift 2 ;;
    --*) shift 2 ;;
    *) break ;;
    esac
  done
  image=$1
  shift
  [ "$image" = slow ] && sleep 30
  [ "$image" = missing ] && { echo "Unable to find image 'missing:latest' locally" >&2; exit 125; }
  mkdir "$all/$name" 2>/dev/null || { echo "Conflict. The container name \"/$name\" is already in use." >&2; exit 125; }
  for each in $environment; do
    case $each in *=*) echo "export '$each'" ;; *) printf "export %s='%s'\n" "$each" "$(printenv "$each")" ;; esac
  done > "$all/$name/environment"
  # The image "tool" is this machine: its entry point is what the first argument says.
  { [ -n "$entry" ] && printf '%s\n' "$entry"; for each; do printf '%s\n' "$each"; done; } > "$all/$name/words"
  echo 0123456789abcdef
  ;;
start)
  # start --attach NAME
  shift
  [ -d "$all/$1" ] || none "$1"
  [ -f "$here/unstartable" ] && { echo 'OCI runtime create failed: exec: "x": executable file not found' >&2; exit 1; }
  name=$1
  (
    unset NEZUBAN_ATTEMPT_ID
    . "$all/$name/environment"
    set --
    while IFS= read -r word; do set -- "$@" "$word"; done < "$all/$name/words"
    cd "$all/$name" || exit 1
    setsid sh -c 'trap : TERM; echo $$ > pid; "$@" > out 2> err < /dev/null; echo $? > code.draft; mv code.draft code' container "$@" > /dev/null 2>&1 &
  )
  while [ ! -f "$all/$name/pid" ]; do sleep 0.01; done
  sent=0
  while :; do
    done=$(status "$name")
    size=$(2>/dev/null wc -c < "$all/$name/out" || echo 0)
    [ "$size" -gt "$sent" ] && tail -c +$((sent + 1)) "$all/$name/out" | head -c $((size - sent))
    sent=$size
    [ "$done" = exited ] && { cat "$all/$name/err" >&2; [ -f "$here/clinging" ] && exec sleep 60; exit "$(cat "$all/$name/code")"; }
    sleep 0.05
  done
  ;;
logs)
  [ -d "$all/$1" ] || none "$1"
  cat "$all/$1/out"
  cat "$all/$1/err" >&2
  [ -f "$here/clinging" ] && exec sleep 60
  ;;
wait)
  [ -d "$all/$1" ] || none "$1"
  while [ "$(status "$1")" != exited ]; do sleep 0.05; done
  cat "$all/$1/code"
  ;;
stop)
  grace=$2
  name=$3
  [ -d "$all/$name" ] || none "$name"
  pid=$(cat "$all/$name/pid")
  kill -s TERM -- "-$pid" 2>/dev/null
  i=0
  while [ "$(status "$name")" != exited ] && [ $i -lt $((grace * 10)) ]; do sleep 0.1; i=$((i + 1)); done
  if [ "$(status "$name")" != exited ]; then
    kill -s KILL -- "-$pid" 2>/dev/null
    echo 137 > "$all/$name/code"
  fi
  echo "$name"
  ;;
kill)
  kill -s KILL -- "-$(cat "$all/$1/pid")" 2>/dev/null
  echo 137 > "$all/$1/code"
  echo "$1"
  ;;
rm)
  name=$2
  [ -d "$all/$name" ] || none "$name"
  [ -f "$all/$name/pid" ] && [ ! -f "$all/$name/code" ] && kill -s KILL -- "-$(cat "$all/$name/pid")" 2>/dev/null
  rm -rf "${all:?}/$name"
  echo "$name"
  ;;
*)
  echo "unknown command $what" >&2
  exit 125
  ;;
esac
