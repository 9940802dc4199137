# Tool "container": runs a container by the command line of docker or podman, and takes its result.
#
# The container is made, started with its output attached, and removed, one command each, and does not hang on this tool. Its name is the same for
# all tries of a run on this node. So a try that follows one of unknown result (this tool, its waiter or the host died) finds the container by its
# name and takes its result, and never starts a second one. Its output is then what the engine has kept, when it has ended. (`logs --follow` is not
# used: that of podman loses pieces in the middle of long outputs.)
#
# | the try before is of unknown result, and the container | then |
# | --- | --- |
# | was made and never started | it is started |
# | runs | its end is waited for |
# | has ended | its output and exit code are taken |
# | is not there | exit code 76: nobody can say whether it ran; nothing is started |
#
# Limits are the engine's to hold. One that an engine would pass over with a warning is found before the start, and nothing is started. What a container
# uses is read from its cgroup while it runs, as far as the user of the unit may look, and told with the end (Limits.pm).
#
# Exit codes: the container's own; 64 for a wrong name of an image; 125 where the engine could not make or start it; 76; 78 where there is no engine on this host.
package Nezuban::Tool::Container;
use strict;
use warnings;
use Errno ();
use Fcntl qw(O_WRONLY O_CREAT O_EXCL);
use POSIX ();
use Nezuban::Kernel;
use Nezuban::Limits;
use Nezuban::Record;
use Nezuban::Tool;

use constant ENGINE_FAILED => 125;
# As a shell says of TERM.
use constant STOPPED => 143;
# An answer of the engine to a question of ours.
use constant ANSWER_BYTES_MAX => 64 * 1024;
# The same number as in core/src/jobs/attempt-rules.ts.
use constant OWN_MS => 15_000;
# What a container that has ended has written lies on this host: an engine that gives none for so long gives none any more. Less than OWN_MS, so that
# a stop is not overtaken by KILL.
use constant QUIET_MS => 8_000;
# How soon an end or a stop is noticed.
use constant TICK_S => 0.1;
# How often it is looked whether the container has ended and the engine has not noticed.
use constant LOOK_MS => 30_000;

# Of a container that has run so long its use is read, and so often.
use constant USAGE_MS => 1_000;
# Of docker, which has none of its own: the same number as agentLimits.processesPerAttempt.
use constant DOCKER_PROCESSES => 4096;

# While it may still write to the attempt's folder.
sub prepare {
    my ($input, $request) = @_;
    sysopen $input->{told}, "$request->{folder}/" . Nezuban::Limits::TOLD, O_WRONLY | O_CREAT | O_EXCL, 0600 or delete $input->{told};
}

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
    # TERM reaches this process alone. What makes or starts the container is told to give up; the others end when the container does.
    local $SIG{TERM} = sub { $run->{stop} = 1; kill 'TERM', -$run->{making} if defined $run->{making} };
    my $state = state_of($run);
    if (!defined $state) {
        my $other = @names > 1 && $engine =~ m{/docker\z} ? Nezuban::Tool::find_program('podman') : undef;
        Nezuban::Tool::say_error('There is podman on this host, too: "engine: podman" takes it.') if defined $other;
        return ENGINE_FAILED;
    }
    my ($to_start, $refused) = $input->{resume} ? resume($run, $state) : make($run, $state);
    return $refused if defined $refused;
    my $ended = $to_start ? start($run) : wait_for_end($run);
    tell_usage($run, $ended);
    return ENGINE_FAILED unless defined $ended;
    remove($run) if getppid == $run->{parent};
    return $ended;
}

# '' where there is no such container; undef where the engine does not answer.
sub state_of {
    my ($run) = @_;
    my ($code, $said) = ask($run, 'container', 'inspect', '--format', '{{.State.Status}}', $run->{name});
    chomp $said;
    return $said if $code == 0;
    return '' if $said =~ /no such (container|object)|no container with name/i;
    Nezuban::Tool::say_error(called($run) . " does not answer: $said");
    return undef;
}

# What people call the engine.
sub called {
    my ($run) = @_;
    return $run->{engine} =~ m{([^/]+)\z} ? $1 : $run->{engine};
}

# A container that somebody may still be in. `stopping` is a word of podman, as `stopped` is: ended, and not yet cleaned up.
sub is_alive { return $_[0] =~ /\A(?:running|paused|restarting|stopping)\z/ }
sub has_ended { return $_[0] =~ /\A(?:stopped|exited|dead)\z/ }
sub is_unstarted { return $_[0] =~ /\A(?:created|configured|initialized)\z/ }

# Whether it is to be started; or an exit code where there is nothing to start or to wait for.
sub resume {
    my ($run, $state) = @_;
    if ($state eq '') {
        Nezuban::Tool::say_error("The container $run->{name} of the try before is not there. Nobody can say whether it ran, so it is not started again.");
        return (0, Nezuban::Tool::NO_ANSWER);
    }
    if (is_unstarted($state)) {
        Nezuban::Tool::say_error("The container $run->{name} was made by the try before and never started; it is started now.");
        return 1;
    }
    Nezuban::Tool::say_error("The container $run->{name} of the try before is there ($state); its result is taken.");
    return 0;
}

# As `resume`.
sub make {
    my ($run, $state) = @_;
    if ($state ne '') {
        # Left by a try that has ended: its result is known, so it may go, unless it runs for whatever reason.
        if (is_alive($state)) {
            Nezuban::Tool::say_error("A container with the name $run->{name} runs already; it is left alone, and none is started beside it.");
            return (0, Nezuban::Tool::NO_ANSWER);
        }
        remove($run);
    }
    return (0, STOPPED) if $run->{stop};
    my $command = spawn($run, [create_words($run)], { answer => 1, group => 1 });
    $run->{making} = $command->{pid};
    # A stop that came before there was a number to tell it to.
    kill 'TERM', -$command->{pid} if $run->{stop};
    my ($code, $said) = answer_of($command);
    delete $run->{making};
    if ($run->{stop}) {
        # While the image was fetched, perhaps. It was not started.
        remove($run) if (state_of($run) // '') ne '';
        return (0, STOPPED);
    }
    return not_held($run) ? (0, ENGINE_FAILED) : 1 if $code == 0;
    Nezuban::Tool::say_error($said);
    return (0, ENGINE_FAILED);
}

# Starts it, its output being ours, and gives its exit code; undef where the engine could not start it, or cannot say how it ended.
sub start {
    my ($run) = @_;
    my $attached = spawn($run, ['start', '--attach', $run->{name}], {});
    attend($run, $attached);
    my $state = state_of($run);
    return undef unless defined $state;
    if (is_unstarted($state)) {
        # What the engine had to say about it has been passed on.
        remove($run);
        return undef;
    }
    return exit_code($run) unless is_alive($state);
    Nezuban::Tool::say_error('The output of ' . called($run) . " ended before $run->{name} did; what it writes from here on is not kept.");
    return attend_wait($run);
}

# The end of a container that is not attached, and then its output.
sub wait_for_end {
    my ($run) = @_;
    my $code = attend_wait($run);
    return undef unless defined $code;
    my $logs = spawn($run, ['logs', $run->{name}], {});
    let_go($run, $logs) unless ends_while_it_moves($logs);
    return $code;
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
    push @words, '--memory', $input->{memory}, '--memory-swap', $input->{memory} if defined $input->{memory};
    push @words, '--cpus', $input->{cpus} if defined $input->{cpus};
    push @words, limit_words($run);
    push @words, '--entrypoint', $input->{entrypoint} if defined $input->{entrypoint};
    push @words, '--volume', $_ for Nezuban::Tool::list($input->{volumes});
    push @words, '--env', $_ =~ $ENGINES_OWN ? "$_=$run->{environment}{$_}" : $_ for sort keys %{ $run->{environment} };
    return (@words, $input->{image}, Nezuban::Tool::list($input->{arguments}));
}

sub limit_words {
    my ($run) = @_;
    my $limits = limits_of($run);
    my $processes = $limits->{processes} // (called($run) eq 'docker' ? DOCKER_PROCESSES : undef);
    my @words;
    push @words, '--pids-limit', $processes if defined $processes;
    push @words, '--cpu-shares', Nezuban::Limits::shares_of($limits->{cpuShare}) if defined $limits->{cpuShare};
    push @words, '--ulimit', "nofile=$limits->{openFiles}:$limits->{openFiles}" if defined $limits->{openFiles};
    push @words, '--ulimit', "fsize=$limits->{fileSize}:$limits->{fileSize}" if defined $limits->{fileSize};
    push @words, '--ulimit', "core=$limits->{coreSize}:$limits->{coreSize}" if defined $limits->{coreSize};
    return @words;
}

sub limits_of { return { Nezuban::Tool::list($_[0]{input}{limits}) } }

# Whether the engine has passed over a limit that was asked for, as docker does with a warning where the kernel lacks it. Then the container goes.
sub not_held {
    my ($run) = @_;
    my $limits = limits_of($run);
    my %asked = (Memory => $run->{input}{memory}, NanoCpus => $run->{input}{cpus}, PidsLimit => $limits->{processes}, CpuShares => $limits->{cpuShare});
    my @names = sort grep { defined $asked{$_} } keys %asked;
    return 0 unless @names;
    my $is_podman = called($run) eq 'podman';
    # podman can be set up to run containers without cgroups, and passes over all of them then.
    my ($code, $said) = ask($run, 'container', 'inspect', '--format', join(' ', map { "{{.HostConfig.$_}}" } @names, $is_podman ? 'Cgroups' : ()), $run->{name});
    my @held = $code == 0 ? split ' ', $said : ();
    @held = () if $is_podman && (pop(@held) // '') eq 'disabled';
    my @lost = grep { ($held[$_] // '') !~ /\A[1-9]/ } 0 .. $#names;
    return 0 unless @lost;
    my %called = (Memory => 'memory', NanoCpus => 'processor time', PidsLimit => 'processes', CpuShares => 'the share of processor time');
    Nezuban::Tool::say_error('The limit of ' . join(' and ', map { $called{ $names[$_] } } @lost) . ' cannot be held by ' . called($run) . ' on this host; the container was not started.');
    remove($run);
    return 1;
}

# Reads what it uses: its cgroup is gone when it has ended.
sub look_at_usage {
    my ($run, $now) = @_;
    return unless defined $run->{input}{told};
    $run->{usage_at} //= $now + USAGE_MS;
    return if $now < $run->{usage_at};
    $run->{usage_at} = $now + USAGE_MS;
    if (!defined $run->{groups}) {
        my ($code, $pid) = ask($run, 'container', 'inspect', '--format', '{{.State.Pid}}', $run->{name});
        $run->{groups} = $code == 0 && $pid =~ /\A([1-9]\d*)\s*\z/ ? Nezuban::Limits::groups_of_process($1) : {};
    }
    my %seen = Nezuban::Limits::usage_in($run->{groups});
    $run->{usage}{$_} = $seen{$_} for grep { defined $seen{$_} } keys %seen;
}

# What is known of it, for the waiter.
sub tell_usage {
    my ($run, $ended) = @_;
    my $told = $run->{input}{told};
    return unless defined $told;
    my %usage = %{ $run->{usage} // {} };
    if ($ended && defined $run->{input}{memory}) {
        my ($code, $said) = ask($run, 'container', 'inspect', '--format', '{{.State.OOMKilled}} {{.HostConfig.Memory}}', $run->{name});
        @usage{qw(limit limitMax)} = ('memory', $1) if $code == 0 && $said =~ /\Atrue (\d+)/;
    }
    Nezuban::Record::write_all($told, join '', map { "$_ $usage{$_}\n" } sort keys %usage);
}

# Waits for the end of a command that lasts as long as the container does, and carries out a stop meanwhile.
sub attend {
    my ($run, $command) = @_;
    my ($stopping, $look_at) = (undef, Nezuban::Kernel::monotonic_ms() + LOOK_MS);
    while (!finished($command)) {
        if (getppid != $run->{parent}) {
            # Nobody hears the result any more: the next try takes it, so the container stays.
            kill 'KILL', $command->{pid};
            POSIX::_exit(Nezuban::Tool::TROUBLE);
        }
        select undef, undef, undef, TICK_S;
        my $now = Nezuban::Kernel::monotonic_ms();
        look_at_usage($run, $now);
        next unless $run->{stop} || $now >= $look_at;
        $look_at = $now + LOOK_MS;
        my $state = state_of($run) // '';
        if (has_ended($state)) { let_go($run, $command) unless ends_while_it_moves($command) }
        elsif ($run->{stop} && is_alive($state)) {
            # A stop that has come back has ended it, or nothing will but a kill.
            if (!defined $stopping) { $stopping = begin_stop($run) }
            elsif (finished($stopping)) { ask($run, 'kill', $run->{name}) }
        }
    }
    answer_of($stopping) if defined $stopping;
}

sub attend_wait {
    my ($run) = @_;
    my $waiting = spawn($run, ['wait', $run->{name}], { answer => 1 });
    attend($run, $waiting);
    return exit_code($run, $waiting->{let_go} ? undef : $waiting);
}

# As the engine says it; undef where it cannot.
sub exit_code {
    my ($run, $waiting) = @_;
    my ($code, $said) = answer_of($waiting // spawn($run, ['wait', $run->{name}], { answer => 1 }));
    my ($number) = $said =~ /^(\d+)\s*$/m;
    return $number & 255 if $code == 0 && defined $number;
    Nezuban::Tool::say_error(called($run) . " cannot say how $run->{name} ended: $said");
    return undef;
}

# The rest of the output of a container that has ended comes, however long it is. False if nothing comes any more and the command does not end.
sub ends_while_it_moves {
    my ($command) = @_;
    my ($moved, $quiet_since) = ('', Nezuban::Kernel::monotonic_ms());
    while (!finished($command)) {
        my $now = Nezuban::Kernel::monotonic_ms();
        my ($bytes) = (Nezuban::Kernel::read_file("/proc/$command->{pid}/io") // '') =~ /^wchar: (\d+)/m;
        ($moved, $quiet_since) = ($bytes // '', $now) if ($bytes // '') ne $moved;
        return 0 if $now - $quiet_since > QUIET_MS;
        select undef, undef, undef, TICK_S / 5;
    }
    return 1;
}

sub let_go {
    my ($run, $command) = @_;
    Nezuban::Tool::say_error("$run->{name} has ended, and " . called($run) . ' neither gives more of its output nor ends it; there may be more of it.')
        unless defined $command->{reader};
    $command->{let_go} = 1;
    kill 'KILL', $command->{pid};
    answer_of($command);
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

# A command of the engine beside this tool. `answer`: what it says is kept; `quiet`: it is not passed on; `group`: it and its helpers can be signalled at once.
sub spawn {
    my ($run, $words, $how) = @_;
    my ($reader, $writer);
    if ($how->{answer}) { pipe $reader, $writer or die "pipe: $!\n" }
    # TERM waits until each of the two takes it in its own way.
    my $before = POSIX::SigSet->new;
    POSIX::sigprocmask(POSIX::SIG_BLOCK(), POSIX::SigSet->new(POSIX::SIGTERM()), $before);
    my $pid = fork;
    if (!defined $pid) {
        my $why = $!;
        POSIX::sigprocmask(POSIX::SIG_SETMASK(), $before);
        die "cannot fork: $why\n";
    }
    if ($pid == 0) {
        setpgrp 0, 0 if $how->{group};
        # What an engine without a daemon starts must not find TERM ignored.
        $SIG{TERM} = 'DEFAULT';
        POSIX::sigprocmask(POSIX::SIG_SETMASK(), $before);
        if (defined $writer) { POSIX::dup2(fileno $writer, $_) for 1, 2 }
        elsif ($how->{quiet}) { open my $null, '>', '/dev/null'; POSIX::dup2(fileno $null, 1) }
        if ($words->[0] eq 'create') {
            $ENV{$_} = $run->{environment}{$_} for grep { $_ !~ $ENGINES_OWN } keys %{ $run->{environment} };
        }
        { no warnings 'exec'; exec { $run->{engine} } $run->{engine}, @$words; }
        POSIX::_exit(127);
    }
    # Here, too: whoever comes first.
    setpgrp $pid, $pid if $how->{group};
    POSIX::sigprocmask(POSIX::SIG_SETMASK(), $before);
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
    return answer_of(spawn($run, \@words, { answer => 1 }));
}

sub answer_of {
    my ($command) = @_;
    if (!$command->{done}) {
        read_answer($command) if defined $command->{reader};
        1 while waitpid($command->{pid}, 0) == -1 && $!{EINTR};
        @$command{qw(code done)} = ($? & 127 ? 255 : $? >> 8, 1);
    }
    return ($command->{code}, $command->{said} =~ s/\A\s+//r);
}

1;
