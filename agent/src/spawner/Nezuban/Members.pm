# Which processes belong to an attempt, and how they are ended.
#
# Responsible for finding and signalling. Not responsible for when (Waiter.pm). The waiter is a child subreaper, so descent is complete;
# where the kernel cannot do that, the mark in the environment and the session stand in for it.
package Nezuban::Members;
use strict;
use warnings;
use Nezuban::Kernel;

# What is listed is for people; a fork bomb must not fill the record.
use constant { LISTED_MAX => 20, COMMAND_BYTES_MAX => 200 };
# Each round stops all that the one before let slip; what is never done in so many is killed as far as it is seen, and looked for again.
use constant STOP_ROUNDS_MAX => 20;

# Pids of all living members, the waiter excluded. $attempt: pid (of the command), cgroup, mark, subreaper.
sub pids {
    my ($attempt) = @_;
    return Nezuban::Kernel::undisturbed(sub { find($attempt) });
}

sub find {
    my ($attempt) = @_;
    my (%parent, %member);
    opendir my $proc, '/proc' or return;
    for my $pid (grep { /^\d+$/ } readdir $proc) {
        next if $pid == $$;
        my ($state, $parent, $group, $session) = Nezuban::Kernel::stat_of($pid) or next;
        next if $state eq 'Z' || $state eq 'X';
        $parent{$pid} = $parent;
        # Not asked where descent is complete: the number of a command that has been reaped may already be somebody else's.
        $member{$pid} = 1 if !$attempt->{subreaper} && defined $attempt->{pid} && ($session == $attempt->{pid} || $group == $attempt->{pid});
    }
    closedir $proc;
    for my $pid (keys %parent) {
        $member{$pid} = 1 if descends($pid, \%parent) || (!$attempt->{subreaper} && has_mark($pid, $attempt->{mark}));
    }
    if (defined $attempt->{cgroup}) {
        $member{$_} = 1 for grep { $parent{$_} } split /\n/, Nezuban::Kernel::read_file("$attempt->{cgroup}/cgroup.procs") // '';
    }
    return sort { $a <=> $b } keys %member;
}

sub descends {
    my ($pid, $parent) = @_;
    # Bounded by the depth of the tree; a loop is not possible, since the table is one reading of a tree.
    for (1 .. 10_000) {
        $pid = $parent->{$pid};
        return 0 unless $pid;
        return 1 if $pid == $$;
    }
    return 0;
}

sub has_mark {
    my ($pid, $mark) = @_;
    my $environment = Nezuban::Kernel::read_file("/proc/$pid/environ");
    return defined $environment && "\0$environment\0" =~ /\0NEZUBAN_ATTEMPT_ID=\Q$mark\E\0/;
}

# Sends a signal to every member. KILL goes through the cgroup as well: in one motion, so that forking faster does not help. Without one the
# members are stopped first, round by round, until a round finds no new one: what is stopped forks no more.
sub signal {
    my ($attempt, $signal) = @_;
    Nezuban::Kernel::undisturbed(sub { signal_all($attempt, $signal) });
}

sub signal_all {
    my ($attempt, $signal) = @_;
    if ($signal eq 'KILL' && defined $attempt->{cgroup} && open my $kill, '>', "$attempt->{cgroup}/cgroup.kill") {
        syswrite $kill, '1';
    }
    elsif ($signal eq 'KILL') {
        Nezuban::Kernel::hurry();
        my %stopped;
        for (1 .. STOP_ROUNDS_MAX) {
            my @new = grep { !$stopped{$_}++ } pids($attempt) or last;
            kill 'STOP', @new;
        }
    }
    my @pids = pids($attempt);
    kill $signal, @pids;
    # A stopped process takes TERM only when it goes on.
    kill 'CONT', @pids if $signal eq 'TERM';
}

# [pid, command line] of what still runs, for the record.
sub list {
    my ($attempt) = @_;
    my @list;
    for my $pid (pids($attempt)) {
        last if @list == LISTED_MAX;
        my $command = Nezuban::Kernel::read_file("/proc/$pid/cmdline") // next;
        $command =~ s/\0+$//;
        $command =~ tr/\0/ /;
        $command = '[' . (Nezuban::Kernel::read_file("/proc/$pid/comm") // '?') =~ s/\n//r . ']' if $command eq '';
        push @list, [$pid, substr $command, 0, COMMAND_BYTES_MAX];
    }
    return @list;
}

1;
