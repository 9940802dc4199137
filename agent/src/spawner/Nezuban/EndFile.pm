# The file that decides how a command has ended: whether it is there at the end, or has been written since the start.
#
# Responsible for looking. A process of its own looks, so that a file system that hangs cannot hang the waiter; it looks as the user of the
# command, so that nobody learns more by it than the command could. Called by Waiter.pm, which puts what is said into the exit record; what
# follows from it the manager decides.
package Nezuban::EndFile;
use strict;
use warnings;
use Errno ();
use POSIX ();
use Nezuban::Command;
use Nezuban::Kernel;
use Nezuban::Record;
use Nezuban::Said;

# A file system that takes longer does not answer.
use constant LOOK_MS => 10_000;

# What is remembered of the time before the start. undef: the order names no file.
sub before {
    my ($context, $request) = @_;
    my ($path, $is) = unpack '(N/a*)*', $request->{endFile} // '';
    return undef unless defined $path;
    my $become = sub { Nezuban::Command::take_identity(Nezuban::Command::find_person($context, $request)) };
    return { path => $path, become => $become, before => $is eq 'updated' ? look($path, $become) : undef };
}

# undef where it is as it should be, else why not, said as the rest of a sentence about the file.
sub judge {
    my ($file) = @_;
    my ($now, $trouble) = split /\n/, look(@$file{qw(path become)}), 2;
    return Nezuban::Said::said('agent_end_file_trouble', trouble => $trouble) if $now eq 'trouble';
    return Nezuban::Said::said('agent_end_file_missing') if $now eq 'none';
    return undef unless defined $file->{before};
    my ($before) = split /\n/, $file->{before}, 2;
    return Nezuban::Said::said('agent_end_file_old') if $before eq $now;
    # Nobody could say how it was before.
    return $before eq 'trouble' ? Nezuban::Said::said('agent_end_file_unknown') : undef;
}

# 'none', a signature, or 'trouble' with a line that says which, as a value of a sentence.
sub look {
    my ($path, $become) = @_;
    pipe my $reader, my $writer or return "trouble\n" . Nezuban::Said::text("pipe: $!");
    my $pid = fork;
    return "trouble\n" . Nezuban::Said::text("cannot fork: $!") unless defined $pid;
    if ($pid == 0) {
        # Of a user that cannot be taken nothing is run either: the command's own end says why.
        my $is_he = eval { $become->(); 1 };
        my @stat = !$is_he ? () : eval { require Time::HiRes; 1 } ? Time::HiRes::stat($path) : stat $path;
        my $said = !$is_he ? "trouble\n" . Nezuban::Said::word('agent_user_not_taken') : @stat ? join ':', @stat[0, 1, 7, 9] : $!{ENOENT} || $!{ENOTDIR} ? 'none' : "trouble\n" . Nezuban::Said::trouble();
        Nezuban::Record::write_all($writer, $said);
        POSIX::_exit(0);
    }
    close $writer;
    my $said = listen_for($reader);
    kill 'KILL', $pid if $said eq '';
    waitpid $pid, $said eq '' ? POSIX::WNOHANG() : 0;
    return $said eq '' ? "trouble\n" . Nezuban::Said::word('agent_file_system_silent') : $said;
}

sub listen_for {
    my ($reader) = @_;
    my $until = Nezuban::Kernel::monotonic_ms() + LOOK_MS;
    my $said = '';
    while ((my $left = $until - Nezuban::Kernel::monotonic_ms()) > 0) {
        vec(my $bits = '', fileno $reader, 1) = 1;
        next if select($bits, undef, undef, $left / 1000) <= 0;
        my $got = sysread $reader, $said, 4096, length $said;
        next if !defined $got;
        return $said if $got == 0;
    }
    return '';
}

1;
