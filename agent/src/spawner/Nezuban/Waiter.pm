# The waiter: one process an attempt, from the claim to the exit record. It outlives spawner and agent.
#
# Responsible for the claim, the output files, deadline and cancel, and the exit record. Not responsible for receipts: the agent reads the
# records. The whole life is specified in docs/internals/attempt-life.md. Forked by spawner.pl, which calls `run` once a request.
package Nezuban::Waiter;
use strict;
use warnings;
use Errno ();
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK O_WRONLY O_CREAT O_APPEND O_TRUNC);
use IO::Handle ();
use POSIX ();
use Nezuban::Command;
use Nezuban::EndFile;
use Nezuban::Given;
use Nezuban::Kernel;
use Nezuban::Left;
use Nezuban::Limits;
use Nezuban::Mask;
use Nezuban::Members;
use Nezuban::Record;
use Nezuban::Said;
use Nezuban::Stop;

# One reading of a pipe: its default capacity.
use constant READ_BYTES => 65536;
# What lies in the pipes when the command ends is taken up to this; a background process may write for ever.
use constant DRAIN_BYTES_MAX => 1024 * 1024;
# New output is told to the agent at most this often: quick for eyes, cheap for a chatty command.
use constant OUTPUT_HINT_MS => 100;
# What is kept of the end of a stream that is longer than its limit: where a command says what went wrong. The protocol's bound
# (agentLinkLimits.outputTailBytesMax): one chunk takes it to the manager.
use constant TAIL_BYTES_MAX => 65536;
# How often, in bytes that were kept, the free space of the disk is looked at.
use constant DISK_LOOK_BYTES => 16 * 1024 * 1024;
# After KILL: what is not gone by then hangs in the kernel, and waiting longer does not help.
use constant KILL_PATIENCE_MS => 5000;
# The most that killing itself adds to that.
use constant KILLING_MS_MAX => 60_000;
# How often the end of a group that was told to end is looked at, and KILL repeated.
use constant ENDING_TICK_MS => 50;
# Without a pidfd the death of a command that left its pipes to others is noticed this late at worst.
use constant BLIND_TICK_MS => 1000;
# How often the processes of an attempt are counted that the kernel does not count.
use constant COUNT_TICK_MS => 1000;

sub run {
    my ($context, $request) = @_;
    # Only there to wake up: orphans of the command become children of this process and want reaping.
    $SIG{CHLD} = sub { };
    # An orderly shutdown of the host TERMs everybody: the waiter stays to record how its command ended.
    $SIG{TERM} = 'IGNORE';
    my $cancel_asked = 0;
    $SIG{USR1} = sub { $cancel_asked = 1 };
    POSIX::setsid();
    $0 = "nezuban-waiter $request->{id}";
    # The spawner's input must not be kept open by a waiter.
    POSIX::dup2(fileno $context->{null}, $_) for 0, 1;
    my $attempt = claim($context, $request) or return;
    start($context, $request, $attempt);
    watch($attempt, \$cancel_asked);
    finish($attempt);
    Nezuban::Left::linger($attempt);
}

# Tells the agent that this request was given up and nothing ran. $code: a sentence with the place {trouble}. Called while `$!` says it.
sub give_up {
    my ($context, $request, $code) = @_;
    my $trouble = Nezuban::Said::trouble();
    $trouble =~ s/[^\x20-\x7e]/?/g;
    hint($context->{hints}, "f $request->{id} $request->{generation} $code " . substr $trouble, 0, 200);
}

# Lines below PIPE_BUF are written whole or not at all. A full or unread FIFO loses the hint: the agent also looks by itself.
sub hint {
    my ($hints, $line) = @_;
    syswrite $hints, "$line\n" if defined $hints;
}

# Makes this process the one owner of the attempt. Returns undef if somebody else is, or a newer spawner has taken over.
sub claim {
    my ($context, $request) = @_;
    my $id = $request->{id};
    my $folder = "$context->{attempts}/$id";
    my $start = Nezuban::Kernel::start_time($$);
    my $draft = "$context->{attempts}/.claim-$$-$start";
    my $cgroup = defined $context->{cgroup} ? "$context->{cgroup}/nezuban.$id.$$" : undef;
    $cgroup = undef if defined $cgroup && !mkdir $cgroup;
    my $abandon = sub { unlink "$draft/waiter"; rmdir $draft; rmdir $cgroup if defined $cgroup; return undef };

    my $made = mkdir($draft, 0700)
        && Nezuban::Record::write_plain("$draft/waiter", pid => $$, start => $start, boot => $context->{boot}, cgroup => $cgroup);
    if (!$made) {
        give_up($context, $request, 'agent_make_folder');
        return $abandon->();
    }
    if (!rename $draft, $folder) {
        give_up($context, $request, 'agent_claim') unless $!{ENOTEMPTY} || $!{EEXIST};
        return $abandon->();
    }
    my $generation = Nezuban::Kernel::read_file("$context->{attempts}/.generation") // '';
    if ($generation ne $request->{generation}) {
        unlink "$folder/waiter";
        rmdir $folder;
        return $abandon->();
    }
    my @secrets = unpack '(N/a*)*', $request->{secrets} // '';
    return {
        id => $id, folder => $folder, hints => $context->{hints}, cgroup => $cgroup, mark => $id, tool => $request->{tool},
        subreaper => Nezuban::Kernel::become_subreaper(),
        timeout => $request->{timeoutMs}, kill_after => $request->{killAfterMs},
        deadline => undef, ending => undef, cancelled => 0, timed_out => 0,
        status => undef, started_at => undef, failure => '',
        seen => 0, output_hint_at => 0, output_hint_due => 0,
        streams => [map { { name => $_, limit => $request->{outputBytesMax}, kept => 0, seen => 0, tail => '', file => undef, broken => 0, mask => Nezuban::Mask->new(@secrets) } } qw(stdout stderr)],
        disk_looked_at => 0,
    };
}

sub start {
    my ($context, $request, $attempt) = @_;
    pipe my $error_reader, my $error_writer or die "pipe: $!\n";
    my (%writers, $pid);
    for my $stream (@{ $attempt->{streams} }) {
        pipe $stream->{pipe}, $writers{ $stream->{name} } or die "pipe: $!\n";
    }
    $attempt->{end_file} = Nezuban::EndFile::before($context, $request);
    my $unheld = Nezuban::Limits::hold($attempt, $request, $context->{limits});
    if (defined $unheld) {
        close $_ for $error_writer, values %writers;
        @$attempt{qw(failure status)} = (Nezuban::Command::failure_line(@$unheld), 0);
        return;
    }
    $request->{folder} = $attempt->{folder};
    $request->{attempt} = $attempt;
    $request->{at} = $attempt->{started_at} = Nezuban::Kernel::now_ms();
    $pid = fork_inside($attempt);
    if (defined $pid && $pid == 0) {
        my @readers = ($error_reader, map { $_->{pipe} } @{ $attempt->{streams} });
        Nezuban::Command::become($context, $request, { %writers, errors => $error_writer, readers => \@readers });
    }
    Nezuban::Stop::ready($context, $request, $attempt, $writers{stderr});
    close $_ for $error_writer, values %writers;
    if (!defined $pid) {
        @$attempt{qw(failure status)} = (Nezuban::Command::failure_line(@{ Nezuban::Said::failure('', 'agent_fork', trouble => Nezuban::Said::trouble()) }), 0);
        return;
    }
    unblock($_) for $error_reader, map { $_->{pipe} } @{ $attempt->{streams} };
    $attempt->{errors} = $error_reader;
    $attempt->{pid} = $pid;
    $attempt->{pidfd} = Nezuban::Kernel::open_pidfd($pid);
    $attempt->{deadline} = Nezuban::Kernel::monotonic_ms() + $attempt->{timeout} if defined $attempt->{timeout};
}

# A child in the attempt's own cgroup, from its birth where the kernel can do that. It takes TERM from its first instruction on: one that came before
# would be lost on it, for the waiter ignores it, and only KILL would end it.
sub fork_inside {
    my ($attempt) = @_;
    my $before = POSIX::SigSet->new;
    POSIX::sigprocmask(POSIX::SIG_BLOCK(), POSIX::SigSet->new(POSIX::SIGTERM()), $before);
    my $pid = fork_held($attempt);
    $SIG{$_} = 'DEFAULT' for defined $pid && $pid == 0 ? qw(TERM USR1 CHLD) : ();
    POSIX::sigprocmask(POSIX::SIG_SETMASK(), $before);
    return $pid;
}

sub fork_held {
    my ($attempt) = @_;
    if (defined $attempt->{cgroup}) {
        $attempt->{born_inside} = 1;
        my $pid = Nezuban::Kernel::fork_into_cgroup($attempt->{cgroup});
        return $pid if defined $pid;
        $attempt->{born_inside} = 0;
    }
    return fork;
}

# Pumps, until the command has ended; after a timeout or cancel, until everything of the attempt has ended too.
sub watch {
    my ($attempt, $cancel_asked) = @_;
    while (1) {
        my $alone = reap($attempt);
        if (!defined $attempt->{ending}) {
            return if defined $attempt->{status};
            begin_ending($attempt, $cancel_asked);
        }
        if (defined $attempt->{ending}) {
            return if defined $attempt->{status} && $alone;
            return unless continue_ending($attempt, $cancel_asked);
        }
        wait_for_news($attempt);
    }
}

# Takes the status of the command, and of detached descendants. True if nothing of the attempt is left: no child, that is.
sub reap {
    my ($attempt) = @_;
    # What has ended keeps its number until then: the stop command may send a signal there.
    return 0 if Nezuban::Stop::runs($attempt);
    while (1) {
        my $pid = waitpid -1, POSIX::WNOHANG();
        return $attempt->{subreaper} || !Nezuban::Members::pids($attempt) if $pid == -1;
        return 0 if $pid == 0;
        Nezuban::Stop::ended($attempt, $?) if $pid == ($attempt->{stop}{pid} // 0);
        next unless $pid == $attempt->{pid};
        $attempt->{status} = $?;
        close delete $attempt->{pidfd} if defined $attempt->{pidfd};
    }
}

sub begin_ending {
    my ($attempt, $cancel_asked) = @_;
    my $now = Nezuban::Kernel::monotonic_ms();
    if ($$cancel_asked) {
        $attempt->{cancelled} = 1;
        end_within($attempt, cancel_kill_after($attempt));
    }
    elsif (defined $attempt->{deadline} && $now >= $attempt->{deadline}) {
        $attempt->{timed_out} = 1;
        end_within($attempt, $attempt->{kill_after});
    }
    elsif (count_is_due($attempt, $now) && Nezuban::Limits::is_beyond($attempt)) {
        $attempt->{beyond} = 1;
        end_within($attempt, 0);
    }
}

sub count_is_due {
    my ($attempt, $now) = @_;
    return 0 unless $attempt->{counted};
    $attempt->{count_at} //= $now;
    return 0 if $now < $attempt->{count_at};
    $attempt->{count_at} = $now + COUNT_TICK_MS;
    return 1;
}

# The time that the newest cancel allows before KILL.
sub cancel_kill_after {
    my ($attempt) = @_;
    my ($given) = (Nezuban::Kernel::read_file("$attempt->{folder}/cancel") // '') =~ /^killAfterMs (\d+)$/m;
    return $given // $attempt->{kill_after};
}

sub end_within {
    my ($attempt, $kill_after) = @_;
    my $now = Nezuban::Kernel::monotonic_ms();
    $attempt->{ending} = { kill_at => $now + $kill_after, give_up_at => $now + $kill_after + KILL_PATIENCE_MS };
    return if $kill_after <= 0;
    if (Nezuban::Stop::begin($attempt)) {
        # Its time comes before that of TERM.
        $attempt->{ending}{$_} += $attempt->{stop}{timeout} for qw(kill_at give_up_at);
        $attempt->{ending}{kill_after} = $kill_after;
        return;
    }
    ask_to_end($attempt);
}

sub ask_to_end {
    my ($attempt) = @_;
    # A tool knows how to end what it has started. Programs that it asks for the result must hear it, and do so only while they live: what the
    # command line of podman starts belongs to the attempt by descent, the container itself included, and no Go program keeps TERM ignored.
    if (defined $attempt->{tool}) { kill $_, $attempt->{pid} for qw(TERM CONT) }
    else { Nezuban::Members::signal($attempt, 'TERM') }
}

# False when everything has been tried.
sub continue_ending {
    my ($attempt, $cancel_asked) = @_;
    my $now = Nezuban::Kernel::monotonic_ms();
    my $ending = $attempt->{ending};
    if ($$cancel_asked) {
        $$cancel_asked = 0;
        # A cancel during the grace of a timeout, or one with less patience than the last, shortens it.
        my $allowed = cancel_kill_after($attempt);
        my $kill_at = $now + $allowed;
        if (defined $ending->{kill_after} && $allowed > 0) {
            # The stop command has its own time, which comes before this one.
            $ending->{kill_after} = $allowed if $allowed < $ending->{kill_after};
        }
        elsif ($kill_at < $ending->{kill_at}) {
            @$ending{qw(kill_at give_up_at)} = ($kill_at, $kill_at + KILL_PATIENCE_MS);
            delete $ending->{kill_after};
        }
    }
    if (defined $ending->{kill_after} && Nezuban::Stop::is_over($attempt)) {
        my $kill_at = $now + delete $ending->{kill_after};
        @$ending{qw(kill_at give_up_at)} = ($kill_at, $kill_at + KILL_PATIENCE_MS);
        ask_to_end($attempt);
    }
    kill_all($attempt) if $now >= $ending->{kill_at};
    return $now < $ending->{give_up_at};
}

# Finding and killing thousands takes its time, which is none of the patience with those that do not go.
sub kill_all {
    my ($attempt) = @_;
    my $ending = $attempt->{ending};
    my $began = Nezuban::Kernel::monotonic_ms();
    Nezuban::Members::signal($attempt, 'KILL');
    my $took = Nezuban::Kernel::monotonic_ms() - $began;
    $ending->{took} = ($ending->{took} // 0) + $took;
    $ending->{give_up_at} += $took if $ending->{took} < KILLING_MS_MAX;
}

# Sleeps until a pipe, the death of the command, a signal or a deadline wants attention, and empties the pipes.
sub wait_for_news {
    my ($attempt) = @_;
    my @open = grep { defined $_->{pipe} } @{ $attempt->{streams} };
    my $bits = '';
    vec($bits, fileno $_, 1) = 1 for grep { defined } $attempt->{errors}, Nezuban::Stop::runs($attempt) ? () : $attempt->{pidfd}, map { $_->{pipe} } @open;
    my $timeout = time_to_sleep($attempt);
    my $ready = select my $readable = $bits, undef, undef, defined $timeout ? $timeout / 1000 : undef;
    $readable = '' if $ready <= 0;
    read_errors($attempt) if defined $attempt->{errors} && vec $readable, fileno $attempt->{errors}, 1;
    for my $stream (@open) {
        pump($attempt, $stream) if vec $readable, fileno $stream->{pipe}, 1;
    }
    tell_output($attempt);
}

# Milliseconds until something is due by the clock; undef: nothing is.
sub time_to_sleep {
    my ($attempt) = @_;
    my $now = Nezuban::Kernel::monotonic_ms();
    my @due;
    if (defined $attempt->{ending}) { push @due, ENDING_TICK_MS }
    else {
        push @due, $attempt->{deadline} - $now if defined $attempt->{deadline};
        push @due, ($attempt->{count_at} // $now) - $now if $attempt->{counted};
    }
    push @due, BLIND_TICK_MS unless defined $attempt->{pidfd};
    push @due, $attempt->{output_hint_at} + OUTPUT_HINT_MS - $now if $attempt->{output_hint_due};
    my ($least) = sort { $a <=> $b } @due;
    return undef unless defined $least;
    # One more, so that the clock has passed the deadline at waking.
    return $least < 0 ? 0 : $least + 1;
}

# The error pipe closes at a successful exec; else it says why there was none.
sub read_errors {
    my ($attempt) = @_;
    my $got = sysread $attempt->{errors}, $attempt->{failure}, 4096, length $attempt->{failure};
    return if !defined $got || $got > 0;
    close delete $attempt->{errors};
    hint($attempt->{hints}, "s $attempt->{id}") if $attempt->{failure} eq '';
}

# One reading of a stream: kept up to the limit, then only its last bytes, the rest counted and dropped. Returns the bytes read, 0 when there are none now or ever.
sub pump {
    my ($attempt, $stream) = @_;
    my $got = sysread $stream->{pipe}, my $bytes, READ_BYTES;
    if (!defined $got) {
        return 0 if $!{EAGAIN} || $!{EINTR};
        $got = 0;
    }
    if ($got == 0) {
        close delete $stream->{pipe};
        take_bytes($attempt, $stream, $stream->{mask}->rest) if defined $stream->{mask};
        return 0;
    }
    take_bytes($attempt, $stream, defined $stream->{mask} ? $stream->{mask}->take($bytes) : $bytes);
    return $got;
}

# What comes of a reading once secrets are hidden: nothing of them reaches the disk.
sub take_bytes {
    my ($attempt, $stream, $bytes) = @_;
    my $got = length $bytes or return;
    my $room = $stream->{limit} - $stream->{kept};
    my $keep = $room < $got ? $room : $got;
    my $kept = $keep > 0 ? keep_output($attempt, $stream, substr $bytes, 0, $keep) : 0;
    $stream->{kept} += $kept;
    $stream->{seen} += $got;
    keep_tail($stream, $kept == 0 ? $bytes : substr $bytes, $kept) if $kept < $got;
    $attempt->{output_hint_due} = 1 if $kept;
}

# Holds the end of what was not kept, in memory that is bounded by twice its size.
sub keep_tail {
    my ($stream, $bytes) = @_;
    my $most = $stream->{limit} < TAIL_BYTES_MAX ? $stream->{limit} : TAIL_BYTES_MAX;
    $stream->{tail} .= $bytes;
    return if length $stream->{tail} <= 2 * $most;
    substr $stream->{tail}, 0, length($stream->{tail}) - $most, '';
}

# Writes the end beside the beginning; the exit record says where it belongs. What cannot be written was dropped.
sub write_tail {
    my ($stream) = @_;
    my $most = $stream->{limit} < TAIL_BYTES_MAX ? $stream->{limit} : TAIL_BYTES_MAX;
    my $tail = substr $stream->{tail}, length($stream->{tail}) > $most ? -$most : 0;
    return 0 if $tail eq '' || !sysopen my $file, "$stream->{folder}/$stream->{name}.tail", O_WRONLY | O_CREAT | O_TRUNC, 0600;
    return Nezuban::Record::write_all($file, $tail) && $file->sync && close($file) ? length $tail : 0;
}

# Returns the bytes that are in the file. A disk that is full, or nearly, breaks the stream for good: a file with a hole would be a lie.
sub keep_output {
    my ($attempt, $stream, $bytes) = @_;
    return 0 if $stream->{broken};
    $attempt->{disk_looked_at} += length $bytes;
    if ($attempt->{disk_looked_at} > DISK_LOOK_BYTES) {
        $attempt->{disk_looked_at} = 0;
        return 0 if $stream->{broken} = Nezuban::Kernel::disk_nearly_full($attempt->{folder});
    }
    if (!defined $stream->{file} && !sysopen $stream->{file}, "$attempt->{folder}/$stream->{name}", O_WRONLY | O_CREAT | O_APPEND, 0600) {
        $stream->{broken} = 1;
        return 0;
    }
    my $done = 0;
    while ($done < length $bytes) {
        my $wrote = syswrite $stream->{file}, $bytes, length($bytes) - $done, $done;
        next if !defined $wrote && $!{EINTR};
        if (!defined $wrote) { $stream->{broken} = 1; last }
        $done += $wrote;
    }
    return $done;
}

sub tell_output {
    my ($attempt) = @_;
    return unless $attempt->{output_hint_due};
    my $now = Nezuban::Kernel::monotonic_ms();
    return if $now - $attempt->{output_hint_at} < OUTPUT_HINT_MS;
    @$attempt{qw(output_hint_due output_hint_at)} = (0, $now);
    hint($attempt->{hints}, "o $attempt->{id}");
}

sub finish {
    my ($attempt) = @_;
    my $ended_at = Nezuban::Kernel::now_ms();
    Nezuban::Stop::close($attempt);
    drain($attempt);
    read_errors($attempt) if defined $attempt->{errors};
    my ($refused, $said, $failure) = split /\n/, $attempt->{failure}, 3;
    $said =~ s/%([0-9A-F]{2})/chr hex $1/ge if defined $said;
    my $unstarted = defined $failure;
    my @left = reap($attempt) ? () : Nezuban::Members::list($attempt);
    my $signal = !$unstarted && defined $attempt->{status} ? $attempt->{status} & 127 : 0;
    my ($stdout, $stderr) = @{ $attempt->{streams} };
    for my $stream (grep { defined $_->{mask} } $stdout, $stderr) { take_bytes($attempt, $stream, $stream->{mask}->rest) }
    Nezuban::Given::remove($attempt->{folder});
    $_->{file}->sync for grep { defined $_->{file} } $stdout, $stderr;
    for my $stream ($stdout, $stderr) {
        $stream->{folder} = $attempt->{folder};
        $stream->{tail_kept} = write_tail($stream);
        $attempt->{seen} += $stream->{seen};
    }
    my $kept = $stdout->{kept} + $stdout->{tail_kept} + $stderr->{kept} + $stderr->{tail_kept};
    my @record = (
        code => $unstarted || $signal || !defined $attempt->{status} ? undef : $attempt->{status} >> 8,
        signal => $signal || undef,
        refused => $refused || undef, startError => $failure, startErrorSaid => defined $said && $said ne '' ? $said : undef,
        pid => $unstarted ? undef : $attempt->{pid}, startedAt => $unstarted ? undef : $attempt->{started_at}, endedAt => $ended_at,
        timedOut => $attempt->{timed_out}, cancelled => $attempt->{cancelled},
        # Kept of the beginning, kept of the end, and where that end ends.
        stdoutBytes => $stdout->{kept}, stdoutTail => $stdout->{tail_kept} || undef, stdoutEnd => $stdout->{tail_kept} ? $stdout->{seen} : undef,
        stderrBytes => $stderr->{kept}, stderrTail => $stderr->{tail_kept} || undef, stderrEnd => $stderr->{tail_kept} ? $stderr->{seen} : undef,
        droppedBytes => $attempt->{seen} - $kept,
        $unstarted ? () : (Nezuban::Limits::result($attempt), Nezuban::Stop::result($attempt)),
        defined $attempt->{end_file} ? end_file_fields(Nezuban::EndFile::judge($attempt->{end_file})) : (),
        map { (leftover => "$_->[0] $_->[1]") } @left,
    );
    write_exit($attempt, @record);
    Nezuban::Limits::remove($attempt);
    rmdir $attempt->{cgroup} if defined $attempt->{cgroup};
}

# The one thing that must not be lost: a full disk is waited out, for as long as it takes.
sub write_exit {
    my ($attempt, @record) = @_;
    until (Nezuban::Record::write_durable("$attempt->{folder}/exit", @record)) {
        return if $!{ENOENT};
        sleep 1;
    }
    hint($attempt->{hints}, "e $attempt->{id}");
    Nezuban::Record::sync_folder($attempt->{folder});
}

# $judged: undef where it is as it should be.
sub end_file_fields {
    my ($judged) = @_;
    return (endFile => 'seen ' . (defined $judged ? $judged->{text} : ''), endFileSaid => defined $judged ? $judged->{said} : undef);
}

sub drain {
    my ($attempt) = @_;
    for my $stream (@{ $attempt->{streams} }) {
        my $taken = 0;
        while (defined $stream->{pipe} && $taken < DRAIN_BYTES_MAX) {
            my $got = pump($attempt, $stream) or last;
            $taken += $got;
        }
    }
}

sub unblock {
    my ($handle) = @_;
    fcntl $handle, F_SETFL, fcntl($handle, F_GETFL, 0) | O_NONBLOCK;
}

1;
