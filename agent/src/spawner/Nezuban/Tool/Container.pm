# Tool "container": runs a container by the command line of docker or podman, and takes its result.
#
# The container is made, started, followed, waited for and removed, one command each, and does not hang on this tool. Its name is the same for
# all tries of a run on this node. So a try that follows one of unknown result (this tool, its waiter or the host died) finds the container by its
# name and takes its result, and never starts a second one.
#
# | the try before is of unknown result, and the container | then |
# | --- | --- |
# | was made and never started | it is started |
# | runs | it is followed |
# | has ended | its output and exit code are taken |
# | is not there | exit code 76: nobody can say whether it ran; nothing is started |
#
# Exit codes: the container's own; 64 for a wrong name of an image; 125 where the engine could not make or start it; 76; 78 where there is no engine on this host.
package Nezuban::Tool::Container;
use strict;
use warnings;
use Errno ();
use POSIX ();
use Nezuban::Kernel;
use Nezuban::Record;
use Nezuban::Tool;

use constant ENGINE_FAILED => 125;
# An answer of the engine to a question of ours.
use constant ANSWER_BYTES_MAX => 64 * 1024;
# The same number as in core/src/jobs/attempt-rules.ts.
use constant OWN_MS => 15_000;

sub main {
    my ($input, $request) = @_;
    # A place in it may have been filled with anything; what begins with "-" would be an option of the engine.
    if ($input->{image} !~ /\A[^-\s\0][^\s\0]*\z/) {
        Nezuban::Tool::say_error('"' . Nezuban::Tool::one_line($input->{image}) . '" is no name of an image.');
        return Nezuban::Tool::USAGE;
    }
    my @names = $input->{engine} eq 'auto' ? qw(docker podman) : $input->{engine};
    my $engine = Nezuban::Tool::find_program(@names);
    if (!defined $engine) {
        Nezuban::Tool::say_error('There is no container engine on this host: ' . join(' nor ', @names) . ' is in ' . ($ENV{PATH} // '') . '.');
        return Nezuban::Tool::NOT_INSTALLED;
    }
    my $run = { engine => $engine, name => $input->{name}, input => $input, stop => 0, parent => getppid, folder => $request->{folder}, environment => { Nezuban::Tool::list($input->{environment}) } };
    local $SIG{TERM} = sub { $run->{stop} = 1 };
    my $state = state_of($run);
    return ENGINE_FAILED unless defined $state;
    my $refused = $input->{resume} ? resume($run, $state) : make($run, $state);
    return $refused if defined $refused;
    my $code = follow($run);
    remove($run) if defined $code && getppid == $run->{parent};
    return $code // ENGINE_FAILED;
}

# '' where there is no such container; undef where the engine does not answer.
sub state_of {
    my ($run) = @_;
    my ($code, $said) = ask($run, 'container', 'inspect', '--format', '{{.State.Status}}', $run->{name});
    chomp $said;
    return $said if $code == 0;
    return '' if $said =~ /no such (container|object)|no container with name/i;
    Nezuban::Tool::say_error("$run->{engine} does not answer: $said");
    return undef;
}

# An exit code where nothing is to be followed; undef where there is something.
sub resume {
    my ($run, $state) = @_;
    if ($state eq '') {
        Nezuban::Tool::say_error("The container $run->{name} of the try before is not there. Nobody can say whether it ran, so it is not started again.");
        return Nezuban::Tool::NO_ANSWER;
    }
    if ($state eq 'created' || $state eq 'configured' || $state eq 'initialized') {
        Nezuban::Tool::say_error("The container $run->{name} was made by the try before and never started; it is started now.");
        return start($run);
    }
    Nezuban::Tool::say_error("The container $run->{name} of the try before is there ($state); its result is taken.");
    return undef;
}

sub make {
    my ($run, $state) = @_;
    if ($state ne '') {
        # Left by a try that has ended: its result is known, so it may go, unless it runs for whatever reason.
        if ($state eq 'running' || $state eq 'paused' || $state eq 'restarting') {
            Nezuban::Tool::say_error("A container with the name $run->{name} runs already; it is left alone, and none is started beside it.");
            return Nezuban::Tool::NO_ANSWER;
        }
        remove($run);
    }
    my ($code, $said) = ask($run, create_words($run));
    if ($run->{stop}) {
        # While the image was fetched, perhaps. It was not started.
        remove($run) if (state_of($run) // '') ne '';
        return 143;
    }
    return start($run) if $code == 0;
    Nezuban::Tool::say_error($said);
    return ENGINE_FAILED;
}

sub start {
    my ($run) = @_;
    my ($code, $said) = ask($run, 'start', $run->{name});
    return undef if $code == 0;
    if ($run->{stop}) {
        # The stop came in the middle of it: it may have been started all the same, and then it is stopped as any other.
        my $state = state_of($run) // '';
        return undef if $state eq 'running' || $state eq 'exited';
        remove($run);
        return 143;
    }
    Nezuban::Tool::say_error($said);
    remove($run);
    return ENGINE_FAILED;
}

# The engine's own command reads these; a value for the container must not reach it. Their values stand in arguments, which everybody on the host
# can read: so there are no more of them than there must be.
my $ENGINES_OWN = qr/\A(?:
    PATH|HOME|USER|LOGNAME|SHELL|LANG|TMPDIR|LD_.*|XDG_.*|(?:http|https|no|ftp|all)_proxy|(?:HTTP|HTTPS|NO|FTP|ALL)_PROXY|SSL_CERT_(?:FILE|DIR)
    |DOCKER_(?:HOST|CONFIG|CONTEXT|TLS|TLS_VERIFY|CERT_PATH|API_VERSION|CONTENT_TRUST|CONTENT_TRUST_SERVER|DEFAULT_PLATFORM|CUSTOM_HEADERS)
    |PODMAN_(?:CONNECTIONS_CONF|USERNS|PROXY)|CONTAINER_(?:HOST|CONNECTION|SSHKEY)|CONTAINERS_.*CONF.*|STORAGE_(?:DRIVER|OPTS)|REGISTRY_AUTH_FILE
    |GO(?:DEBUG|GC|MAXPROCS|MEMLIMIT|TRACEBACK|RACE|COVERDIR)
)\z/x;

# Values of the environment are in no argument, because they may be secret: the engine takes them from its own environment.
sub create_words {
    my ($run) = @_;
    my $input = $run->{input};
    my @words = ('create', '--name', $run->{name}, '--label', "nezuban=$run->{name}", '--pull', $input->{pull});
    push @words, '--network', $input->{network} if defined $input->{network};
    push @words, '--user', $input->{runAs} if defined $input->{runAs};
    push @words, '--workdir', $input->{workdir} if defined $input->{workdir};
    push @words, '--memory', $input->{memory} if defined $input->{memory};
    push @words, '--cpus', $input->{cpus} if defined $input->{cpus};
    push @words, '--entrypoint', $input->{entrypoint} if defined $input->{entrypoint};
    push @words, '--volume', $_ for Nezuban::Tool::list($input->{volumes});
    push @words, '--env', $_ =~ $ENGINES_OWN ? "$_=$run->{environment}{$_}" : $_ for sort keys %{ $run->{environment} };
    return (@words, $input->{image}, Nezuban::Tool::list($input->{arguments}));
}

# Passes the output on until the container has ended. Its exit code; undef where the engine fails, and it is left as it is.
sub follow {
    my ($run) = @_;
    my $logs = spawn($run, ['logs', '--follow', $run->{name}], {});
    my $waiting = spawn($run, ['wait', $run->{name}], { answer => 1 });
    my $stopping;
    while (!finished($waiting)) {
        if (getppid != $run->{parent}) {
            # Nobody hears the result any more: the next try takes it, so the container stays.
            kill 'KILL', $logs->{pid}, $waiting->{pid};
            POSIX::_exit(Nezuban::Tool::TROUBLE);
        }
        $stopping //= begin_stop($run) if $run->{stop};
        if (defined $stopping && finished($stopping) && !$stopping->{killed}) {
            # A stop that has come back has ended it, or nothing will but this.
            $stopping->{killed} = 1;
            ask($run, 'kill', $run->{name}) if (state_of($run) // '') eq 'running';
        }
        select undef, undef, undef, 0.1;
    }
    waitpid $_->{pid}, 0 for grep { !$_->{done} } $logs, $stopping // ();
    my ($code) = $waiting->{said} =~ /^(\d+)\s*$/m;
    return $code & 255 if $waiting->{code} == 0 && defined $code;
    Nezuban::Tool::say_error("$run->{engine} cannot say how $run->{name} ended: $waiting->{said}");
    return undef;
}

# What the newest cancel allows beyond the time that this tool needs itself is the container's grace; without any it is killed.
sub begin_stop {
    my ($run) = @_;
    my ($allowed) = (Nezuban::Kernel::read_file("$run->{folder}/cancel") // '') =~ /^killAfterMs (\d+)$/m;
    my $grace = defined $allowed ? $allowed - OWN_MS : $run->{input}{stopAfterMs};
    return spawn($run, ['kill', $run->{name}], { quiet => 1 }) if $grace <= 0;
    return spawn($run, ['stop', '-t', POSIX::ceil($grace / 1000), $run->{name}], { quiet => 1 });
}

sub remove {
    my ($run) = @_;
    my ($code, $said) = ask($run, 'rm', '--force', $run->{name});
    Nezuban::Tool::say_error("The container $run->{name} could not be removed: $said") if $code != 0;
}

# A command of the engine beside this tool. `answer`: what it says is kept; `quiet`: it is not passed on.
sub spawn {
    my ($run, $words, $how) = @_;
    my ($reader, $writer);
    if ($how->{answer}) { pipe $reader, $writer or die "pipe: $!\n" }
    my $pid = fork;
    die "cannot fork: $!\n" unless defined $pid;
    if ($pid == 0) {
        # All of the attempt get TERM at once; these end when the container does. Fetching an image ends at once, and what an engine without a
        # daemon starts must not find TERM ignored.
        $SIG{TERM} = $words->[0] =~ /\A(?:create|start)\z/ ? 'DEFAULT' : 'IGNORE';
        if (defined $writer) { POSIX::dup2(fileno $writer, $_) for 1, 2 }
        elsif ($how->{quiet}) { open my $null, '>', '/dev/null'; POSIX::dup2(fileno $null, 1) }
        if ($words->[0] eq 'create') {
            $ENV{$_} = $run->{environment}{$_} for grep { $_ !~ $ENGINES_OWN } keys %{ $run->{environment} };
        }
        { no warnings 'exec'; exec { $run->{engine} } $run->{engine}, @$words; }
        POSIX::_exit(127);
    }
    close $writer if defined $writer;
    return { pid => $pid, reader => $reader, said => '', done => 0, code => undef };
}

# Whether the command has ended; then `code` and `said` are what came of it.
sub finished {
    my ($command) = @_;
    return 1 if $command->{done};
    my $pid = waitpid $command->{pid}, POSIX::WNOHANG();
    return 0 if $pid == 0;
    $command->{code} = $? & 127 ? 255 : $? >> 8;
    $command->{done} = 1;
    read_answer($command) if defined $command->{reader};
    return 1;
}

sub read_answer {
    my ($command) = @_;
    while (1) {
        my $got = sysread $command->{reader}, my ($bytes), 4096;
        next if !defined $got && $!{EINTR};
        last unless $got;
        $command->{said} .= $bytes if length $command->{said} < ANSWER_BYTES_MAX;
    }
    close delete $command->{reader};
}

# Exit code and what was said, of a command that ends soon.
sub ask {
    my ($run, @words) = @_;
    my $command = spawn($run, \@words, { answer => 1 });
    read_answer($command);
    1 while waitpid($command->{pid}, 0) == -1 && $!{EINTR};
    @$command{qw(code done)} = ($? & 127 ? 255 : $? >> 8, 1);
    return @$command{qw(code said)};
}

1;
