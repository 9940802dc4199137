#!/usr/bin/perl
# The spawner: forks one waiter for each launch request, and does nothing else, so that it stays small and quick to fork.
#
# Responsible for reading requests and forking. Not responsible for anything of an attempt's life: that is Nezuban/Waiter.pm.
# Started by the agent (spawner-client.ts) in a session of its own: spawner.pl HOME [no-cgroup]. Ends at the end of its standard input.
#
# A request is a 4-byte length (big endian) and that many bytes: strings, each with a 4-byte length, as name, value, name, value ...
use strict;
use warnings;
use Fcntl qw(O_WRONLY O_NONBLOCK);
use POSIX ();

my $here;
BEGIN { ($here) = __FILE__ =~ m{^(.*)/[^/]*$}; $here = '.' unless defined $here; unshift @INC, $here; }
use Nezuban::Kernel;
use Nezuban::Limits;
use Nezuban::Waiter;

# An order is at most one frame of the link (4 MiB); anything longer is a broken pipe of ours, not a request.
use constant REQUEST_BYTES_MAX => 8 * 1024 * 1024;
# Room for about 20,000 hints while the agent is busy. The kernel's limit for ordinary users is 1 MiB too.
use constant HINT_PIPE_BYTES   => 1024 * 1024;
use constant F_SETPIPE_SZ      => 1031;
# How often groups are tidied away, at a launch: what one left behind stays as long as nothing is launched, too.
use constant TIDY_SECONDS      => 60;

my $tidied_at = time;

main();

sub main {
    my ($home, $without) = @ARGV;
    die "usage: spawner.pl HOME\n" unless defined $home;
    $0 = "nezuban-spawner $home";
    close_inherited_descriptors();
    POSIX::sigprocmask(POSIX::SIG_SETMASK(), POSIX::SigSet->new);
    # Waiters are reaped by the kernel: nobody here waits for them.
    $SIG{CHLD} = 'IGNORE';
    $SIG{$_} = 'IGNORE' for qw(PIPE INT HUP);
    umask 077;
    # What a waiter that is killed leaves behind becomes a child of this process, where the agent finds it whatever it calls itself
    # (process-table.ts), instead of one among all those of the first process.
    Nezuban::Kernel::become_subreaper();

    my $context = {
        home       => $home,
        attempts   => "$home/attempts",
        hints      => open_hints("$home/hints"),
        null       => open_null(),
        boot       => Nezuban::Kernel::boot_id(),
        cgroup     => defined $without ? undef : Nezuban::Kernel::find_cgroup(),
        locale     => { map { defined $ENV{$_} ? ($_ => $ENV{$_}) : () } qw(LANG TZ) },
        own_user   => [getpwuid $<],
    };
    $context->{limits} = Nezuban::Limits::prepare($context->{cgroup}, $without);
    # Read by spawner-client.ts, for the agent's log.
    my $containment = defined $context->{cgroup} ? "cgroup $context->{cgroup}" : 'mark';
    print STDERR "containment: $containment; bounds: " . Nezuban::Limits::words($context->{limits}) . "\n";
    chdir '/';
    while (defined(my $payload = read_request())) {
        launch($context, { unpack '(N/a*)*', $payload });
        tidy($context) if time - $tidied_at >= TIDY_SECONDS;
    }
}

sub launch {
    my ($context, $request) = @_;
    my $pid = fork;
    if (!defined $pid) {
        Nezuban::Waiter::give_up($context, $request, 'agent_fork');
    }
    elsif ($pid == 0) {
        my $ok = eval { Nezuban::Waiter::run($context, $request); 1 };
        print STDERR "waiter of $request->{id}: $@" unless $ok;
        POSIX::_exit($ok ? 0 : 1);
    }
}

# Groups that a daemon was left in outlive their waiter. Once it has ended nothing is in them.
sub tidy {
    my ($context) = @_;
    $tidied_at = time;
    my %folders = map { $_ => 1 } grep { defined } $context->{cgroup}, values %{ $context->{limits}{folders} };
    Nezuban::Kernel::remove_empty_cgroups($_) for keys %folders;
}

# Returns the next request, or undef at the end of the input.
sub read_request {
    my $header = read_bytes(4);
    return undef unless defined $header;
    my $length = unpack 'N', $header;
    die "a request of $length bytes is not one of ours\n" if $length > REQUEST_BYTES_MAX;
    return read_bytes($length);
}

sub read_bytes {
    my ($wanted) = @_;
    my $bytes = '';
    while (length $bytes < $wanted) {
        my $got = sysread STDIN, $bytes, $wanted - length $bytes, length $bytes;
        next if !defined $got && $!{EINTR};
        # A request that was cut off by the agent's death was never handed over.
        return undef unless $got;
    }
    return $bytes;
}

# Hints are best effort: without the FIFO the agent finds everything by looking at the files.
sub open_hints {
    my ($path) = @_;
    return undef unless sysopen my $hints, $path, O_WRONLY | O_NONBLOCK;
    eval { fcntl $hints, F_SETPIPE_SZ, HINT_PIPE_BYTES };
    return $hints;
}

sub open_null {
    open my $null, '+<', '/dev/null' or die "cannot open /dev/null: $!\n";
    return $null;
}

sub close_inherited_descriptors {
    opendir my $directory, '/proc/self/fd' or return;
    my $own = fileno $directory;
    my @inherited = grep { /^\d+$/ && $_ > 2 && $_ != $own } readdir $directory;
    closedir $directory;
    # Perl marks its own descriptors close-on-exec; the script itself is among them and may be closed.
    POSIX::close($_) for @inherited;
}
