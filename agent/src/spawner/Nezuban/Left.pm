# What an attempt leaves behind: processes that go on after its end was recorded.
#
# Responsible for what they still write, for a bomb among them, and for the groups once they are gone. Not responsible for naming them: the exit
# record does (Waiter.pm), whose last act this is.
package Nezuban::Left;
use strict;
use warnings;
use Nezuban::Kernel;
use Nezuban::Limits;
use Nezuban::Members;

# So long after its end, too: of a bomb the first process ends at once. A daemon that it was to start has not so many in its first minute.
use constant LEFT_COUNTED_MS => 60_000;

# A background process that still holds the pipe would die of SIGPIPE at its next line: its output is emptied into nothing instead. And a bomb whose
# first process has ended goes on: it is counted for a while.
sub linger {
    my ($attempt) = @_;
    my @pipes = grep { defined } map { $_->{pipe} } @{ $attempt->{streams} };
    my $count_until = $attempt->{counted} ? Nezuban::Kernel::monotonic_ms() + LEFT_COUNTED_MS : 0;
    while (1) {
        my $counts = !Nezuban::Waiter::reap($attempt) && Nezuban::Kernel::monotonic_ms() < $count_until;
        last unless @pipes || $counts;
        end_left($attempt) if $counts && Nezuban::Limits::is_beyond($attempt);
        my $bits = '';
        vec($bits, fileno $_, 1) = 1 for @pipes;
        next if select(my $readable = $bits, undef, undef, $counts ? Nezuban::Waiter::COUNT_TICK_MS() / 1000 : undef) <= 0;
        @pipes = grep { !vec($readable, fileno $_, 1) || is_open($_) } @pipes;
    }
    Nezuban::Limits::remove($attempt);
    rmdir $attempt->{cgroup} if defined $attempt->{cgroup};
}

# Its end is recorded already: the agent's log has to do.
sub end_left {
    my ($attempt) = @_;
    my $give_up_at = Nezuban::Kernel::monotonic_ms() + Nezuban::Waiter::KILL_PATIENCE_MS();
    while (!Nezuban::Waiter::reap($attempt) && Nezuban::Kernel::monotonic_ms() < $give_up_at) {
        Nezuban::Members::signal($attempt, 'KILL');
        select undef, undef, undef, Nezuban::Waiter::ENDING_TICK_MS() / 1000;
    }
    print STDERR "what $attempt->{id} left behind had more than $attempt->{limits}{processes} processes and was killed\n";
}

sub is_open {
    my ($pipe) = @_;
    my $got = sysread $pipe, my $bytes, Nezuban::Waiter::READ_BYTES();
    return defined $got ? $got > 0 : $!{EAGAIN} || $!{EINTR};
}

1;
