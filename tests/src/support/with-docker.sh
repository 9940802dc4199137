#!/bin/sh
# Runs a command on a host that has docker with a daemon, for a machine that has none: Debian's packages are fetched into a folder of the temporary
# directory; the daemon runs in namespaces of its own for mounts, processes and the network, without a bridge or rules for packets, on the storage driver
# vfs, and ends with the command. Nothing is installed, nothing is left on the machine but that folder. For root on Debian. Called by hand:
# sh tests/src/support/with-docker.sh npx node --test agent/src/tools/container-engine.test.ts
set -eu
folder=${NEZUBAN_DOCKER_FOLDER:-${TMPDIR:-/tmp}/nezuban-docker}
if [ "${1:-}" != --inside ]; then
  if [ ! -e "$folder/ready" ]; then
    rm -rf "$folder"
    mkdir -p "$folder/debs" "$folder/root"
    (
      cd "$folder/debs"
      apt-get download docker.io containerd runc busybox-static
      for each in *.deb; do dpkg-deb -x "$each" "$folder/root"; done
    )
    [ -d "$folder/root/bin" ] && mv "$folder/root/bin/"* "$folder/root/usr/bin/"
    touch "$folder/ready"
  fi
  # What is left of a daemon in its processes goes with the first process of the namespace.
  exec unshare --mount --net --pid --fork --kill-child --mount-proc --propagation private sh "$0" --inside "$@"
fi
shift
export PATH="$folder/root/usr/bin:$folder/root/usr/sbin:$PATH"
ip link set lo up
mount -t tmpfs tmpfs /run
dockerd --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/pid" --host unix:///run/docker.sock \
  --storage-driver vfs --bridge none --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false > "$folder/log" 2>&1 &
daemon=$!
export DOCKER_HOST=unix:///run/docker.sock
tries=0
until docker version > /dev/null 2>&1; do
  tries=$((tries + 1))
  if [ $tries -ge 120 ]; then
    tail "$folder/log" >&2
    exit 1
  fi
  sleep 0.5
done
code=0
"$@" || code=$?
kill "$daemon"
wait "$daemon" || true
rm -rf "$folder/data" "$folder/exec"
exit "$code"
