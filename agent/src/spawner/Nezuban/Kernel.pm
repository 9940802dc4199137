# What Perl does not wrap of the kernel: clocks, subreaper, pidfd, cgroups, start times.
#
# Every function has an answer for kernels and architectures that lack the thing; the caller is told by undef or false.
package Nezuban::Kernel;
use strict;
use warnings;
use POSIX ();

# The numbers of the system calls differ by architecture, except for those that came after all of them were unified.
use constant { SYS_PIDFD_OPEN => 434, SYS_CLONE3 => 435 };
my %NUMBERS = (
    x86_64  => { clock_gettime => 228, prctl => 157, statfs => 137, prlimit => 302, getrusage => 98 },
    aarch64 => { clock_gettime => 113, prctl => 167, statfs => 43, prlimit => 261, getrusage => 165 },
    riscv64 => { clock_gettime => 113, prctl => 167, statfs => 43, prlimit => 261, getrusage => 165 },
);
use constant { CLOCK_REALTIME => 0, CLOCK_MONOTONIC => 1, PR_SET_CHILD_SUBREAPER => 36 };
use constant { CLONE_INTO_CGROUP => 2**33, SIGCHLD => 17, O_PATH_DIRECTORY => 0x210000 };

# A 32-bit Perl on a 64-bit kernel would use the wrong numbers: pointers must be 8 bytes wide.
my $usual_priority = eval { getpriority 0, 0 } // 0;
my $machine = (POSIX::uname())[4];
my $numbers = length(pack 'p', undef) == 8 && $^O eq 'linux' ? $NUMBERS{$machine} : undef;

# Milliseconds since 1970.
sub now_ms { return clock_ms(CLOCK_REALTIME) }

# Milliseconds of a clock that nobody can set; for deadlines.
sub monotonic_ms { return clock_ms(CLOCK_MONOTONIC) }

sub clock_ms {
    my ($clock) = @_;
    if ($numbers) {
        my $time = "\0" x 16;
        if (syscall($numbers->{clock_gettime}, $clock, $time) == 0) {
            my ($seconds, $nanoseconds) = unpack 'qq', $time;
            return $seconds * 1000 + int($nanoseconds / 1_000_000);
        }
    }
    return int(Time::HiRes::time() * 1000) if eval { require Time::HiRes; 1 };
    return time * 1000;
}

# True where descendants that lose their parent become children of this process.
sub become_subreaper {
    return 0 unless $numbers;
    return syscall($numbers->{prctl}, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0;
}

# A handle that becomes readable when the process ends; undef where the kernel has none (before Linux 5.3).
sub open_pidfd {
    my ($pid) = @_;
    return undef unless $numbers;
    my $fd = syscall(SYS_PIDFD_OPEN, $pid, 0);
    return undef if $fd < 0;
    open my $handle, '<&=', $fd or return undef;
    return $handle;
}

# Like fork, with the child inside the cgroup; undef where that is not possible.
sub fork_into_cgroup {
    my ($path) = @_;
    return undef unless $numbers;
    my $directory = POSIX::open($path, O_PATH_DIRECTORY);
    return undef unless defined $directory;
    # struct clone_args: flags pidfd child_tid parent_tid exit_signal stack stack_size tls set_tid set_tid_size cgroup
    my $arguments = pack 'Q11', CLONE_INTO_CGROUP, 0, 0, 0, SIGCHLD, 0, 0, 0, 0, 0, $directory;
    my $pid = syscall(SYS_CLONE3, $arguments, 88);
    POSIX::close($directory);
    return $pid < 0 ? undef : $pid;
}

# The folder of this process's own cgroup (version 2) if children can be made there, else undef.
sub find_cgroup {
    my $mount;
    for my $line (split /\n/, read_file('/proc/self/mountinfo') // '') {
        my ($fields, $type) = split / - /, $line;
        next unless defined $type && $type =~ /^cgroup2 /;
        $mount = (split / /, $fields)[4];
        last;
    }
    return undef unless defined $mount;
    my ($own) = (read_file('/proc/self/cgroup') // '') =~ m{^0::(/.*)$}m;
    return undef unless defined $own;
    # Where a spawner before this one has stepped aside (Limits.pm), or the service manager has put the agent.
    $own =~ s{(?<=.)/nezuban\.agent\z}{};
    my $folder = $own eq '/' ? $mount : "$mount$own";
    my $trial = "$folder/nezuban.trial.$$";
    return undef unless mkdir $trial;
    my $usable = -w "$trial/cgroup.procs" && -w "$folder/cgroup.procs" && -e "$trial/cgroup.kill";
    rmdir $trial;
    remove_empty_cgroups($folder) if $usable;
    return $usable ? $folder : undef;
}

# So many are tried at once, which takes some milliseconds; more are found the next time.
use constant TIDIED_MAX => 1000;

# Groups whose waiter is gone, left behind by attempts with leftovers. One that still holds a process refuses to go.
sub remove_empty_cgroups {
    my ($folder) = @_;
    opendir my $directory, $folder or return;
    my $tidied = 0;
    while ($tidied < TIDIED_MAX && defined(my $name = readdir $directory)) {
        $tidied++ if $name =~ /^nezuban\..*\.(\d+)$/ && !kill(0, $1) && rmdir "$folder/$name";
    }
    closedir $directory;
}

# Output of commands leaves so much of the disk to everybody else: a twentieth, within bounds. More than the agent itself needs in order to
# take new work (agentLimits.diskFreeBytesMin), so that a chatty command does not stop the others.
use constant { DISK_RESERVE_MIN => 128 * 1024 * 1024, DISK_RESERVE_MAX => 2 * 1024 * 1024 * 1024 };

# True where the file system of the folder has no room left for output. Where the kernel is not asked in this way, the full disk itself tells.
sub disk_nearly_full {
    my ($folder) = @_;
    return 0 unless $numbers;
    my $facts = "\0" x 256;
    return 0 if syscall($numbers->{statfs}, $folder, $facts) != 0;
    # struct statfs: type, block size, blocks, free ones, free ones for everybody, each of 64 bits.
    my (undef, $size, $blocks, undef, $free) = unpack 'q5', $facts;
    my $reserve = $size * $blocks / 20;
    $reserve = DISK_RESERVE_MIN if $reserve < DISK_RESERVE_MIN;
    $reserve = DISK_RESERVE_MAX if $reserve > DISK_RESERVE_MAX;
    return $free * $size < $reserve;
}

# [soft, hard] of a limit that the kernel sets this process; undef where it is not asked. What has none is a very large number.
sub resource_limit {
    my ($resource) = @_;
    return undef unless $numbers;
    my $facts = "\0" x 16;
    return undef if syscall($numbers->{prlimit}, 0, $resource, 0, $facts) != 0;
    return [unpack 'QQ', $facts];
}

sub set_resource_limit {
    my ($resource, $value) = @_;
    return 0 unless $numbers;
    my $facts = pack 'QQ', $value, $value;
    return syscall($numbers->{prlimit}, 0, $resource, $facts, 0) == 0;
}

# (processor time in ms, peak in bytes of the largest process) of all children that have been waited for, and theirs; empty where it is not asked.
sub usage_of_children {
    return unless $numbers;
    my $facts = "\0" x 144;
    return if syscall($numbers->{getrusage}, -1, $facts) != 0;
    my ($user_s, $user_us, $system_s, $system_us, $largest_kib) = unpack 'q5', $facts;
    return (($user_s + $system_s) * 1000 + int(($user_us + $system_us) / 1000), $largest_kib * 1024);
}

sub boot_id {
    my $id = read_file('/proc/sys/kernel/random/boot_id') // 'unknown';
    chomp $id;
    return $id;
}

# (state, parent, group, session, start time) of a process, or the empty list. The name may hold spaces and brackets.
sub stat_of {
    my ($pid) = @_;
    my $text = read_file("/proc/$pid/stat");
    return unless defined $text && $text =~ s/^.*\) //s;
    return (split / /, $text)[0, 1, 2, 3, 19];
}

# Threads of a process.
sub threads_of {
    my ($pid) = @_;
    my $text = read_file("/proc/$pid/stat");
    return 0 unless defined $text && $text =~ s/^.*\) //s;
    return (split / /, $text)[17] // 1;
}

# Processes and threads of the whole host, in one short reading; undef where it is not told.
sub tasks_of_host {
    my ($tasks) = (read_file('/proc/loadavg') // '') =~ m{/(\d+) };
    return $tasks;
}

# How many there may be.
sub tasks_of_host_max {
    my ($least) = sort { $a <=> $b } map { (read_file("/proc/sys/kernel/$_") // '') =~ /^(\d+)/ ? $1 : () } qw(pid_max threads-max);
    return $least // 0;
}

# While this runs no death of a child is told: of more than 120 within one step of a program Perl dies itself. They count as one afterwards.
sub undisturbed {
    my ($work) = @_;
    my $before = POSIX::SigSet->new;
    POSIX::sigprocmask(POSIX::SIG_BLOCK(), POSIX::SigSet->new(POSIX::SIGCHLD()), $before);
    my @result = $work->();
    POSIX::sigprocmask(POSIX::SIG_SETMASK(), $before);
    return @result;
}

# In front of everything that computes, where the agent may do that: what is to be ended may be thousands, and as quick. The scheduler may know the
# priority of a session alone (autogroup).
sub hurry { take_priority(-20, -20) }

# As before: what this process starts would have its priority.
sub calm { take_priority($usual_priority, 0) }

sub take_priority {
    my ($own, $of_session) = @_;
    eval { setpriority 0, 0, $own };
    open my $file, '>', '/proc/self/autogroup' or return;
    syswrite $file, $of_session;
}

sub start_time {
    my ($pid) = @_;
    my @stat = stat_of($pid);
    return $stat[4] // 0;
}

# The whole of a small file, or undef.
sub read_file {
    my ($path) = @_;
    open my $file, '<', $path or return undef;
    my $text = '';
    while (1) {
        my $got = sysread $file, $text, 65536, length $text;
        return undef unless defined $got;
        last unless $got;
    }
    return $text;
}

1;
