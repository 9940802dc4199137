# What an attempt may use: memory, processes, processor time, open files, size of files and core dumps; and what it has used.
#
# Responsible for finding what this host can hold (`prepare`, once a spawner), for bounding an attempt (`hold`, in its waiter; `take`, in the
# command's process), and for what is known at its end (`result`). Not responsible for which bounds: the order says them
# (agent/src/spawner/launch-request.ts). Means: cgroup version 2; version 1; the limits of the kernel for each process.
#
# | bound | cgroup 2 | cgroup 1 | neither |
# | --- | --- | --- | --- |
# | memory | memory.max, no swap, all of it ends at once | memory.limit_in_bytes | refused |
# | processes | pids.max | pids.max | RLIMIT_NPROC, which counts all that the user runs; refused for root |
# | processes, by default | pids.max | pids.max | its waiter counts, and ends it (`is_beyond`); the user may have half of the host's numbers |
# | cpus, cpuShare | cpu.max, cpu.weight | cpu.cfs_quota_us, cpu.shares | refused |
# | openFiles, fileSize, coreSize | | | of each process, by the kernel, everywhere |
package Nezuban::Limits;
use strict;
use warnings;
use Nezuban::Kernel;
use Nezuban::Members;
use Nezuban::Said;

use constant CONTROLLERS => qw(memory pids cpu);
# The period of the quota of processor time, as everybody has it; in microseconds.
use constant CPU_PERIOD_US => 100_000;
# cpu.weight 100 and cpu.shares 1024 are what everybody has who asks for nothing.
use constant SHARES_PER_WEIGHT => 10.24;
use constant SIGXFSZ => 25;
# The name of the group that the agent's own processes stand in: in one whose children are bounded, version 2 allows no process.
use constant OWN_GROUP => 'nezuban.agent';
# What a tool has told of what it has started, in the attempt's folder: lines "key value".
use constant TOLD => 'told';
my %RLIMITS = (fileSize => 1, coreSize => 4, processes => 6, openFiles => 7);
my %CALLED = (
    memory => 'agent_limit_memory', processes => 'agent_limit_processes', cpus => 'agent_limit_cpus', cpuShare => 'agent_limit_cpu_share',
    openFiles => 'agent_limit_open_files', fileSize => 'agent_limit_file_size', coreSize => 'agent_limit_core_size',
);

# $folder: the cgroup 2 that children can be made in, or undef. $without: none of version 1 is looked for either. Gives { version, folders => { controller => folder } }.
sub prepare {
    my ($folder, $without) = @_;
    my $held = { version => 0, folders => {} };
    if (defined $folder) {
        my $enabled = enable($folder);
        return { version => 2, folders => { map { $_ => $folder } @$enabled } } if @$enabled;
    }
    return $held if defined $without;
    my $old = folders_of_version_1();
    return %$old ? { version => 1, folders => $old } : $held;
}

# For the agent's log.
sub words {
    my ($held) = @_;
    return 'limits of each process alone' unless %{ $held->{folders} };
    return join(' ', sort keys %{ $held->{folders} }) . " by cgroup $held->{version}";
}

# The controllers that bound the children of this group, after what is missing has been asked for.
sub enable {
    my ($folder) = @_;
    my %there = map { $_ => 1 } split ' ', Nezuban::Kernel::read_file("$folder/cgroup.controllers") // '';
    my @wanted = grep { $there{$_} } CONTROLLERS;
    return [] unless @wanted;
    my $asked = join ' ', map { "+$_" } @wanted;
    if (!write_file("$folder/cgroup.subtree_control", $asked) && $!{EBUSY} && step_aside($folder)) {
        write_file("$folder/cgroup.subtree_control", $asked);
    }
    my %on = map { $_ => 1 } split ' ', Nezuban::Kernel::read_file("$folder/cgroup.subtree_control") // '';
    return [grep { $on{$_} } @wanted];
}

# Moves what stands in the group into one below it. Only where all of it is ours: a service, or a group of nobody but this process and those above it.
sub step_aside {
    my ($folder) = @_;
    my %ours = map { $_ => 1 } own_ancestors();
    my @pids = split ' ', Nezuban::Kernel::read_file("$folder/cgroup.procs") // '';
    return 0 if $folder =~ /\.scope\z/ || ($folder !~ /\.service\z/ && grep { !$ours{$_} } @pids);
    my $own = "$folder/" . OWN_GROUP;
    return 0 unless -d $own || mkdir $own;
    write_file("$own/cgroup.procs", $_) for @pids;
    return 1;
}

sub own_ancestors {
    my @pids = ($$);
    while (@pids < 1_000) {
        my (undef, $parent) = Nezuban::Kernel::stat_of($pids[-1]) or last;
        last unless $parent;
        push @pids, $parent;
    }
    return @pids;
}

# Of hosts where version 2 has no controllers: a folder in each hierarchy that groups can be made in.
sub folders_of_version_1 {
    my %own = map { m{^\d+:([^:]+):(/.*)$} ? map { ($_ => $2) } split(/,/, $1) : () } split /\n/, Nezuban::Kernel::read_file('/proc/self/cgroup') // '';
    my %folders;
    for my $line (split /\n/, Nezuban::Kernel::read_file('/proc/self/mountinfo') // '') {
        my ($fields, $rest) = split / - /, $line;
        my ($type, undef, $options) = split / /, $rest // '';
        next unless defined $options && $type eq 'cgroup';
        my ($root, $mount) = (split / /, $fields)[3, 4];
        for my $controller (CONTROLLERS) {
            my $path = $own{$controller};
            next if !defined $path || defined $folders{$controller} || !grep { $_ eq $controller } split /,/, $options;
            # Of a mount that shows a part of the tree alone, as in containers.
            $path =~ s/\A\Q$root\E// if $root ne '/';
            my $folder = $path eq '/' || $path eq '' ? $mount : "$mount$path";
            my $trial = "$folder/nezuban.trial.$$";
            next unless mkdir $trial;
            rmdir $trial;
            Nezuban::Kernel::remove_empty_cgroups($folder);
            $folders{$controller} = $folder;
        }
    }
    return \%folders;
}

# { name => number } of what the order asks for.
sub asked {
    my ($request) = @_;
    return { unpack '(N/a*)*', $request->{limits} // '' };
}

# Bounds the attempt's groups, before anything runs in them. Gives the failure of what cannot be held, else undef.
sub hold {
    my ($attempt, $request, $held) = @_;
    my $limits = $attempt->{limits} = asked($request);
    my $is_default = $attempt->{default_processes} = $request->{processesAreDefault} ? 1 : 0;
    $attempt->{groups} = groups_of($attempt, $held);
    for my $name (sort keys %$limits) {
        my $why = $RLIMITS{$name} && $name ne 'processes' ? undef : hold_one($attempt, $name, $held);
        if ($name eq 'processes' && $is_default) {
            $attempt->{counted} = defined $why || !defined $attempt->{groups}{pids};
            $attempt->{others} = Nezuban::Kernel::tasks_of_host();
            next;
        }
        next unless defined $why;
        return not_held($name, $why);
    }
    return undef;
}

sub not_held {
    my ($name, $why) = @_;
    return Nezuban::Said::failure('limit_not_held', 'agent_limit', limit => Nezuban::Said::word($CALLED{$name}), trouble => $why);
}

# { controller => folder }: of version 2 the attempt's own group for all; of version 1 one in each hierarchy that is needed.
sub groups_of {
    my ($attempt, $held) = @_;
    my $limits = $attempt->{limits};
    return {} unless defined $held && %{ $held->{folders} };
    if ($held->{version} == 2) {
        return {} unless defined $attempt->{cgroup};
        return { map { $_ => $attempt->{cgroup} } keys %{ $held->{folders} } };
    }
    my %needed = (memory => defined $limits->{memory}, pids => defined $limits->{processes}, cpu => defined $limits->{cpus} || defined $limits->{cpuShare});
    my %groups;
    for my $controller (grep { $needed{$_} } keys %{ $held->{folders} }) {
        my $group = "$held->{folders}{$controller}/nezuban.$attempt->{id}.$$";
        $groups{$controller} = $group if -d $group || mkdir $group;
    }
    return \%groups;
}

# Why not, as a value of a sentence, or undef.
sub hold_one {
    my ($attempt, $name, $held) = @_;
    my $value = $attempt->{limits}{$name};
    my $controller = $name eq 'memory' ? 'memory' : $name eq 'processes' ? 'pids' : 'cpu';
    my $group = $attempt->{groups}{$controller};
    if (!defined $group) {
        # Then by the kernel's limit for the user, in `take`, where it is known who that is.
        return undef if $name eq 'processes';
        return Nezuban::Said::word("agent_no_${controller}_group");
    }
    my $old = $held->{version} == 1;
    my ($quota, $weight) = (int($value * CPU_PERIOD_US), $value);
    my @files =
        $name eq 'memory' ? ($old ? (['memory.limit_in_bytes', $value], ['memory.memsw.limit_in_bytes', $value, 1]) : (['memory.max', $value], ['memory.swap.max', 0, 1], ['memory.oom.group', 1, 1]))
        : $name eq 'processes' ? (['pids.max', $value])
        : $name eq 'cpus' ? ($old ? (['cpu.cfs_period_us', CPU_PERIOD_US], ['cpu.cfs_quota_us', $quota]) : (['cpu.max', "$quota " . CPU_PERIOD_US]))
        : $old ? (['cpu.shares', shares_of($weight)]) : (['cpu.weight', $weight]);
    for my $file (@files) {
        my ($path, $text, $may_lack) = @$file;
        next if $may_lack && !-e "$group/$path";
        return Nezuban::Said::text("$group/$path: $!") unless write_file("$group/$path", $text);
    }
    return undef;
}

sub shares_of {
    my $shares = int($_[0] * SHARES_PER_WEIGHT);
    return $shares < 2 ? 2 : $shares;
}

# In the command's process, while it may still do everything that the agent may. $uid: whom it becomes.
sub take {
    my ($attempt, $uid) = @_;
    # Of version 2 it stands there since its birth, where the kernel can do that.
    my %entered = map { $_ => 1 } values %{ $attempt->{groups} };
    for my $group (grep { !($attempt->{born_inside} && $_ eq ($attempt->{cgroup} // '')) } sort keys %entered) {
        write_file("$group/cgroup.procs", $$) or die Nezuban::Said::failure('limit_not_held', 'agent_limit_group', group => Nezuban::Said::text($group), trouble => Nezuban::Said::trouble());
    }
    my $limits = $attempt->{limits};
    for my $name (grep { defined $limits->{$_} } sort keys %RLIMITS) {
        if ($name eq 'processes') {
            next if defined $attempt->{groups}{pids};
            take_processes($attempt, $uid);
            next;
        }
        my $why = lower($name, $limits->{$name});
        die not_held($name, $why) if defined $why;
    }
}

sub take_processes {
    my ($attempt, $uid) = @_;
    return if $attempt->{default_processes} && $uid == 0;
    my $most = $uid == 0 ? 0 : $attempt->{limits}{processes} + tasks_of($uid);
    # What nobody asked for must not end work because the same user has much other work: it only leaves the host its other half.
    my $half = int(Nezuban::Kernel::tasks_of_host_max() / 2);
    $most = $half if $attempt->{default_processes} && $most < $half;
    my $why = $uid == 0 ? Nezuban::Said::word('agent_root_not_bounded') : lower('processes', $most);
    die not_held('processes', $why) if defined $why && !$attempt->{default_processes};
}

# Whether an attempt that only its waiter counts has more processes and threads than its default. What the host has in all is quickly read: only
# where that has grown by so much beside what others had is it counted whose they are.
sub is_beyond {
    my ($attempt) = @_;
    my $tasks = Nezuban::Kernel::tasks_of_host() // return 0;
    my $most = $attempt->{limits}{processes};
    $attempt->{others} = $tasks if !defined $attempt->{others} || $tasks < $attempt->{others};
    return 0 if $tasks - $attempt->{others} <= $most;
    # It may be a bomb, of this attempt or another, which leaves no time to anybody who does not come first.
    Nezuban::Kernel::hurry();
    my $own = 0;
    $own += Nezuban::Kernel::threads_of($_) for Nezuban::Members::pids($attempt);
    $attempt->{others} = $tasks - $own;
    return 1 if $own > $most;
    Nezuban::Kernel::calm();
    return 0;
}

# Sets both limits of this process. Gives why it cannot, or undef. What is lower already counts as held only if nobody asked for more.
sub lower {
    my ($name, $value) = @_;
    my $now = Nezuban::Kernel::resource_limit($RLIMITS{$name});
    return Nezuban::Said::word('agent_processor_unknown') unless defined $now;
    return undef if Nezuban::Kernel::set_resource_limit($RLIMITS{$name}, $value);
    return Nezuban::Said::text("the agent itself may have no more than $now->[1]") if $value > $now->[1];
    return Nezuban::Said::trouble();
}

# Processes and threads of a user beside this one, which is what the kernel counts.
sub tasks_of {
    my ($uid) = @_;
    my $count = 0;
    opendir my $proc, '/proc' or return 0;
    for my $pid (grep { /^\d+$/ && $_ != $$ } readdir $proc) {
        my $owner = (stat "/proc/$pid")[4];
        next unless defined $owner && $owner == $uid;
        my ($threads) = (Nezuban::Kernel::read_file("/proc/$pid/status") // '') =~ /^Threads:\s+(\d+)/m;
        $count += $threads // 1;
    }
    closedir $proc;
    return $count;
}

# What was used, and which limit ended it, as pairs for the exit record. Called when the command has ended, before its groups go.
sub result {
    my ($attempt) = @_;
    my $groups = $attempt->{groups} // {};
    my ($cpu_ms, $largest) = Nezuban::Kernel::usage_of_children();
    my $memory = number_in($groups->{memory}, 'memory.peak') // number_in($groups->{memory}, 'memory.max_usage_in_bytes');
    my $cpu_us = event_in($groups->{cpu} // $attempt->{cgroup}, 'cpu.stat', 'usage_usec');
    my $limit = reached($attempt);
    my %told = defined $attempt->{tool} ? told($attempt) : ();
    return %told if %told;
    return (
        memoryPeak => $memory // $largest, memoryOf => defined $memory ? 'all' : defined $largest ? 'largest' : undef,
        cpuMs => defined $cpu_us ? int($cpu_us / 1000) : $cpu_ms,
        processesPeak => number_in($groups->{pids}, 'pids.peak'),
        defined $limit ? (limit => $limit, limitMax => $attempt->{limits}{$limit}, limitIsDefault => $limit eq 'processes' && $attempt->{default_processes} || undef) : (),
    );
}

sub told {
    my ($attempt) = @_;
    return (Nezuban::Kernel::read_file("$attempt->{folder}/" . TOLD) // '') =~ /^(memoryPeak|memoryOf|cpuMs|processesPeak|limit|limitMax) (\w+)$/mg;
}

# { controller => folder } of any process that has one of its own, as far as this host shows it.
sub groups_of_process {
    my ($pid) = @_;
    my $text = Nezuban::Kernel::read_file("/proc/$pid/cgroup") // '';
    my $ours = Nezuban::Kernel::read_file('/proc/self/cgroup') // '';
    my %groups;
    for my $controller (qw(memory pids cpuacct)) {
        next if group_line($ours, $controller) eq group_line($text, $controller);
        my ($path) = $text =~ m{^\d+:(?:[^:]*,)?$controller(?:,[^:]*)?:(/.+)$}m;
        my $group = defined $path ? "/sys/fs/cgroup/$controller$path" : $text =~ m{^0::(/.+)$}m ? "/sys/fs/cgroup$1" : next;
        $groups{$controller} = $group if -d $group;
    }
    return \%groups;
}

# The line of /proc/PID/cgroup that says where a process stands for this controller.
sub group_line {
    my ($text, $controller) = @_;
    my ($line) = $text =~ /^(\d+:(?:[^:]*,)?$controller(?:,[^:]*)?:.*)$/m;
    ($line) = $text =~ /^(0::.*)$/m unless defined $line;
    return $line // '';
}

sub usage_in {
    my ($groups) = @_;
    my $memory = number_in($groups->{memory}, 'memory.peak') // number_in($groups->{memory}, 'memory.max_usage_in_bytes');
    my $ns = number_in($groups->{cpuacct}, 'cpuacct.usage');
    my $us = defined $ns ? int($ns / 1000) : event_in($groups->{cpuacct}, 'cpu.stat', 'usage_usec');
    return (
        memoryPeak => $memory, memoryOf => defined $memory ? 'all' : undef,
        cpuMs => defined $us ? int($us / 1000) : undef, processesPeak => number_in($groups->{pids}, 'pids.peak'),
    );
}

# The limit that the command ended by, as far as the kernel tells; undef: none, or it ended well in spite of it.
sub reached {
    my ($attempt) = @_;
    my ($status, $groups, $limits) = @$attempt{qw(status groups limits)};
    return undef unless $status && $limits;
    return 'processes' if $attempt->{beyond};
    return 'memory' if defined $limits->{memory} && (event_in($groups->{memory}, 'memory.events', 'oom_kill') // event_in($groups->{memory}, 'memory.oom_control', 'oom_kill'));
    return 'fileSize' if defined $limits->{fileSize} && (($status & 127) == SIGXFSZ || $status >> 8 == 128 + SIGXFSZ);
    return 'processes' if defined $limits->{processes} && event_in($groups->{pids}, 'pids.events', 'max');
    return undef;
}

# The groups of version 1; that of version 2 goes with its waiter. One that still holds a process stays until a spawner tidies up.
sub remove {
    my ($attempt) = @_;
    my $own = $attempt->{cgroup} // '';
    rmdir for grep { $_ ne $own } values %{ $attempt->{groups} // {} };
}

sub number_in {
    my ($group, $file) = @_;
    return undef unless defined $group;
    my ($number) = (Nezuban::Kernel::read_file("$group/$file") // '') =~ /^(\d+)$/m;
    return $number;
}

sub event_in {
    my ($group, $file, $event) = @_;
    return undef unless defined $group;
    my ($number) = (Nezuban::Kernel::read_file("$group/$file") // '') =~ /^$event (\d+)$/m;
    return $number;
}

sub write_file {
    my ($path, $text) = @_;
    open my $file, '>', $path or return 0;
    my $wrote = syswrite $file, "$text";
    my $error = $!;
    close $file;
    $! = $error;
    return defined $wrote;
}

1;
