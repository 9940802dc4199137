#!/bin/sh
# Runs a command on a host that has podman, for a machine that has none: Debian's packages are fetched into a folder of the temporary directory and laid
# over /usr and /etc in a mount namespace of this command alone. Nothing is installed, nothing is left on the machine but that folder. For root on Debian
# or Ubuntu with overlayfs. Called by hand: sh tests/src/support/with-podman.sh npx node --test agent/src/tools/container-engine.test.ts
set -eu
folder=${NEZUBAN_PODMAN_FOLDER:-${TMPDIR:-/tmp}/nezuban-podman}
if [ "${1:-}" != --inside ]; then
  if [ ! -e "$folder/ready" ]; then
    rm -rf "$folder"
    mkdir -p "$folder/debs" "$folder/root"
    (
      cd "$folder/debs"
      apt-get download podman conmon crun libyajl2 libsubid4 libgpgme11 golang-github-containers-image golang-github-containers-common busybox-static
      for each in *.deb; do dpkg-deb -x "$each" "$folder/root"; done
    )
    [ -d "$folder/root/bin" ] && mv "$folder/root/bin/"* "$folder/root/usr/bin/"
    # No network and no cgroups of its own: a machine that is a container or a small virtual one itself may give neither.
    cat > "$folder/root/etc/containers/containers.conf" <<END
[containers]
cgroups = "disabled"
netns = "none"
log_driver = "k8s-file"
default_sysctls = []
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "crun"
END
    cat > "$folder/root/etc/containers/storage.conf" <<END
[storage]
driver = "vfs"
runroot = "$folder/run"
graphroot = "$folder/store"
END
    touch "$folder/ready"
  fi
  exec unshare --mount --propagation private sh "$0" --inside "$@"
fi
shift
mount -t overlay overlay -o "lowerdir=$folder/root/usr:/usr" /usr
mount -t overlay overlay -o "lowerdir=$folder/root/etc:/etc" /etc
# crun refuses a machine with both versions of cgroups.
if [ -d /sys/fs/cgroup/unified ]; then umount -l /sys/fs/cgroup/unified; fi
exec "$@"
