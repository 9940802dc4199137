# The command that ends another, where a unit names one: run when the attempt is stopped or its time is over, before TERM.
#
# Responsible for starting it, for its own bound, and for what became of it. Not responsible for when (Waiter.pm), nor for who it is
# (Command.pm). A kill without grace passes it over.
package Nezuban::Stop;
use strict;
use warnings;
use POSIX ();
use Nezuban::Command;
use Nezuban::Kernel;

# Called when the command has been started. $output: the attempt's standard error, which it writes to, too.
sub ready {
    my ($context, $request, $attempt, $output) = @_;
    return unless defined $request->{stopWords};
    open my $own, '>&', $output or return;
    $attempt->{stop} = { context => $context, request => $request, output => $own, timeout => $request->{stopTimeoutMs} };
}

# False where there is none to be run: none is named, or the command has ended by itself.
sub begin {
    my ($attempt) = @_;
    my $stop = $attempt->{stop};
    return 0 if !defined $stop || defined $stop->{pid} || defined $attempt->{status};
    my $pid = Nezuban::Waiter::fork_inside($attempt);
    return 0 unless defined $pid;
    Nezuban::Command::become_stop($stop->{context}, $stop->{request}, $stop->{output}) if $pid == 0;
    @$stop{qw(pid until)} = ($pid, Nezuban::Kernel::monotonic_ms() + $stop->{timeout});
    return 1;
}

# Whether it may still do something; its own status is taken here.
sub runs {
    my ($attempt) = @_;
    my $stop = $attempt->{stop};
    return 0 if !defined $stop || !defined $stop->{pid} || defined $stop->{status} || $stop->{timed_out};
    my $got = waitpid $stop->{pid}, POSIX::WNOHANG();
    return 1 if $got == 0;
    ended($attempt, $got == $stop->{pid} ? $? : 0);
    return 0;
}

# Its status has been taken.
sub ended {
    my ($attempt, $status) = @_;
    $attempt->{stop}{status} //= $status;
}

# Whether what comes next is due; one whose time is over is killed.
sub is_over {
    my ($attempt) = @_;
    my $stop = $attempt->{stop};
    return 1 if defined $stop->{status};
    return 0 if Nezuban::Kernel::monotonic_ms() < $stop->{until};
    $stop->{timed_out} = 1;
    # It has opened a session: its group has its number.
    kill 'KILL', -$stop->{pid}, $stop->{pid};
    return 1;
}

# Nobody writes to the output any more.
sub close {
    my ($attempt) = @_;
    CORE::close delete $attempt->{stop}{output} if defined $attempt->{stop} && defined $attempt->{stop}{output};
}

# For the exit record; nothing if it was not run.
sub result {
    my ($attempt) = @_;
    my $stop = $attempt->{stop};
    return () unless defined $stop && defined $stop->{pid};
    my $status = $stop->{timed_out} ? undef : $stop->{status};
    return (
        stopPid => $stop->{pid}, stopTimedOut => $stop->{timed_out},
        stopCode => !defined $status || $status & 127 ? undef : $status >> 8,
        stopSignal => defined $status && $status & 127 || undef,
    );
}

1;
