#!/bin/sh
# Runs a command under a kernel of its own that has cgroup version 2 with all controllers, for a machine that has none, or has them in version 1: Debian's
# user-mode Linux is fetched into a folder of the temporary directory and takes the files of this machine as its own. Nothing is installed, nothing is left
# on the machine but that folder. For root on Debian. The command has neither a network beyond its own loopback nor a terminal. Called by hand:
# sh tests/src/support/with-cgroup2.sh npx node --test agent/src/agent-limits.test.ts
set -eu
folder=${NEZUBAN_UML_FOLDER:-${TMPDIR:-/tmp}/nezuban-uml}
if [ "${1:-}" != --inside ]; then
  if [ ! -e "$folder/ready" ]; then
    rm -rf "$folder"
    mkdir -p "$folder/root"
    (
      cd "$folder"
      apt-get download user-mode-linux
      dpkg-deb -x user-mode-linux_*.deb root
    )
    touch "$folder/ready"
  fi
  self=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")
  {
    printf '#!/bin/sh\nexport PATH=%s HOME=/tmp\ncd %s\n' "$PATH" "$(pwd)"
    printf 'sh %s --inside' "$self"
    for each; do printf " '%s'" "$each"; done
    printf '\necho "$?" > %s/code\nsync\necho o > /proc/sysrq-trigger\nsleep 60\n' "$folder"
  } > "$folder/init"
  chmod 755 "$folder/init"
  rm -f "$folder/code"
  TMPDIR=$folder "$folder/root/usr/bin/linux.uml" "mem=${NEZUBAN_UML_MEMORY:-3G}" root=/dev/root rootfstype=hostfs rootflags=/ rw "init=$folder/init" quiet con=null con0=null,fd:1 < /dev/null
  exit "$(cat "$folder/code")"
fi
shift
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
# For what tests write: files of this machine belong to root whoever makes them.
mount -t tmpfs -o mode=1777 tmpfs /run
export TMPDIR=/run
ip link set lo up
# As under a service manager: the agent's group is not the root, and what stands in it has to step aside.
mkdir /sys/fs/cgroup/nezuban-agent.service
echo '+memory +pids +cpu' > /sys/fs/cgroup/cgroup.subtree_control
echo $$ > /sys/fs/cgroup/nezuban-agent.service/cgroup.procs
"$@"
