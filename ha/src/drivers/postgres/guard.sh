#!/bin/sh
# Starts PostgreSQL so that it ends when the keeper ends, however that ends.  Usage: guard.sh DATA_DIRECTORY COMMAND...
#
# This shell becomes the postmaster ("exec"), so the pid that the keeper spawned is the postmaster's. Before that it leaves a watcher behind,
# which reads a pipe that only the keeper holds (descriptor 3). When the keeper dies, by whatever signal, the pipe closes and the watcher
# asks the postmaster for a fast shutdown, after 8 s for an immediate one. A line on the pipe means that the postmaster has ended already.
# The watcher exists before the postmaster does: there is no moment in which the keeper's death goes unnoticed.
# It is forked twice, because the postmaster must not have a child that it did not start. The pid file ends the wait, not the pid alone:
# where nobody reaps orphans (some containers), a dead postmaster keeps its pid.
data=$1
shift
postmaster=$$
( (
  trap '' INT TERM HUP QUIT
  exec </dev/null >/dev/null 2>&1
  if read -r _ <&3; then exit; fi
  kill -INT "$postmaster"
  waited=0
  while [ -e "$data/postmaster.pid" ] && kill -0 "$postmaster" && [ "$waited" -lt 80 ]; do
    sleep 0.1
    waited=$((waited + 1))
  done
  if [ -e "$data/postmaster.pid" ]; then kill -QUIT "$postmaster"; fi
) & )
exec "$@" 3<&-
