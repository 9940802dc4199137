# Tool "ssh": a command on a host without an agent, by the ssh client of this host.
#
# The command goes over standard input as part of a script for /bin/sh, so neither it nor its environment is in an argument, here or there. There it
# runs in a session of its own. The script holds the connection: when that ends, for whatever reason (a stop, the death of this tool or host, a
# lost network that the server there notices), it sends TERM to the session, and KILL to what is left of it. What has left that session by
# itself goes on there, and is not known here.
#
# | what happens | exit code |
# | --- | --- |
# | the command ended there | its own; 128 and the number of a signal |
# | no connection, an unknown host key, no permission to log in: nothing ran | 69 |
# | the connection was lost after the command had begun | 76 |
# | the key, or the list of known hosts, cannot be read | 77 |
# | no ssh client here | 78 |
package Nezuban::Tool::Ssh;
use strict;
use warnings;
use Errno ();
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK O_WRONLY O_CREAT O_EXCL O_NOFOLLOW);
use POSIX ();
use Nezuban::Record;
use Nezuban::Tool;

# A server that does not answer to four of these is lost.
use constant { ALIVE_INTERVAL_S => 15, ALIVE_COUNT => 4 };
use constant READ_BYTES => 65536;

sub main {
    my ($input, $request) = @_;
    my $ssh = Nezuban::Tool::find_program('ssh');
    if (!defined $ssh) {
        Nezuban::Tool::say_error('There is no ssh client on this host; install openssh-client.');
        return Nezuban::Tool::NOT_INSTALLED;
    }
    for my $file (grep { defined } @$input{qw(keyFile knownHostsFile)}) {
        next if open my $readable, '<', $file;
        Nezuban::Tool::say_error("$file cannot be read: $!");
        return Nezuban::Tool::PERMISSION;
    }
    my $known = $input->{knownHostsFile} // write_known_hosts($input->{knownHosts}, $request->{id});
    my $mark = 'nezuban-' . unpack 'H*', random_bytes(12);
    my $session = {
        mark => $mark, script => script_for($input, $mark), begun => 0, ended => 0, rest => '',
        forget => defined $input->{knownHostsFile} ? undef : $known,
    };
    my $stop = 0;
    local $SIG{TERM} = sub { $stop = 1 };
    local $SIG{PIPE} = 'IGNORE';
    begin($session, $ssh, arguments($input, $known));
    my $code = attend($session, \$stop);
    forget_known_hosts($session);
    return outcome($session, $input, $code);
}

sub outcome {
    my ($session, $input, $code) = @_;
    return $code if $session->{ended};
    my $place = "$input->{login}\@$input->{host}";
    if ($session->{begun}) {
        Nezuban::Tool::say_error("The connection to $place was lost while the command ran there as process $session->{begun}. It is ended there as soon as that host notices; how it ended is not known.");
        return Nezuban::Tool::NO_ANSWER;
    }
    Nezuban::Tool::say_error("Nothing ran on $place.");
    return Nezuban::Tool::UNREACHABLE;
}

# Nothing of the user's or the host's own configuration counts: the unit says everything.
sub arguments {
    my ($input, $known) = @_;
    my @options = (
        'BatchMode=yes', 'StrictHostKeyChecking=yes', "UserKnownHostsFile=\"$known\"", 'GlobalKnownHostsFile=/dev/null',
        'UpdateHostKeys=no', 'VerifyHostKeyDNS=no', 'PreferredAuthentications=publickey', 'PasswordAuthentication=no',
        'KbdInteractiveAuthentication=no', 'IdentitiesOnly=yes', 'IdentityAgent=none', 'ForwardAgent=no', 'ForwardX11=no',
        'ClearAllForwardings=yes', 'PermitLocalCommand=no', 'ControlMaster=no', 'ControlPath=none', 'ProxyCommand=none',
        'ConnectionAttempts=1', "ConnectTimeout=$input->{connectTimeoutS}", 'ServerAliveInterval=' . ALIVE_INTERVAL_S,
        'ServerAliveCountMax=' . ALIVE_COUNT, 'RequestTTY=no', 'EscapeChar=none', 'LogLevel=ERROR',
    );
    return ('-F', '/dev/null', (map { ('-o', $_) } @options), '-i', $input->{keyFile}, '-p', $input->{port}, '-l', $input->{login},
        '--', $input->{host}, 'exec /bin/sh');
}

# One compound command: a shell runs it only when it has read all of it, and reads nothing behind it, so that what is left of its
# standard input is the connection.
sub script_for {
    my ($input, $mark) = @_;
    my %environment = Nezuban::Tool::list($input->{environment});
    my $exports = join '', map { "export $_=" . quoted($environment{$_}) . "\n" } grep { /\A[A-Za-z_][A-Za-z0-9_]*\z/ } sort keys %environment;
    my $command = quoted($input->{command});
    my $patience = POSIX::ceil($input->{killAfterMs} / 1000);
    return <<"END";
{
$exports
exec 3<&0
own=
if command -v setsid >/dev/null 2>&1; then own=setsid; fi
\$own /bin/sh -c $command </dev/null 3<&- &
it=\$!
printf '%s\\n' "$mark begun \$it" >&2
{
  cat <&3 >/dev/null
  trap '' TERM
  kill -s TERM -- "-\$it" || kill -s TERM "\$it"
  sleep $patience
  kill -s KILL -- "-\$it" || kill -s KILL "\$it"
} >/dev/null 2>&1 &
guard=\$!
exec 3<&-
wait "\$it"
code=\$?
kill "\$guard" 2>/dev/null
printf '%s\\n' "$mark ended \$code" >&2
exit "\$code"
}
END
}

sub quoted {
    my ($text) = @_;
    $text =~ s/'/'\\''/g;
    return "'$text'";
}

sub begin {
    my ($session, $ssh, @arguments) = @_;
    pipe my $their_input, my $input or die "pipe: $!\n";
    pipe my $errors, my $their_errors or die "pipe: $!\n";
    my $pid = fork;
    die "cannot fork: $!\n" unless defined $pid;
    if ($pid == 0) {
        POSIX::dup2(fileno $their_input, 0);
        POSIX::dup2(fileno $their_errors, 2);
        # It stays to hear how the command ended, when all of the attempt get TERM.
        $SIG{TERM} = 'IGNORE';
        $SIG{PIPE} = 'DEFAULT';
        { no warnings 'exec'; exec { $ssh } 'ssh', @arguments; }
        POSIX::_exit(255);
    }
    close $_ for $their_input, $their_errors;
    fcntl $input, F_SETFL, fcntl($input, F_GETFL, 0) | O_NONBLOCK;
    @$session{qw(pid input errors)} = ($pid, $input, $errors);
}

# Sends the script, keeps the connection, and hears what is said, until ssh has ended. Its exit code.
sub attend {
    my ($session, $stop) = @_;
    while (defined $session->{errors}) {
        if ($$stop && defined $session->{input}) {
            # What has not been read whole is not run.
            kill 'KILL', $session->{pid} if $session->{script} ne '';
            close delete $session->{input};
        }
        my ($readable, $writable) = ('', '');
        vec($readable, fileno $session->{errors}, 1) = 1;
        vec($writable, fileno $session->{input}, 1) = 1 if defined $session->{input} && $session->{script} ne '';
        # Bounded, because a signal that comes just before it would be noticed late.
        next if select($readable, $writable, undef, 1) <= 0;
        send_script($session) if defined $session->{input} && vec $writable, fileno $session->{input}, 1;
        hear($session) if vec $readable, fileno $session->{errors}, 1;
    }
    waitpid $session->{pid}, 0;
    return $? & 127 ? 255 : $? >> 8;
}

sub send_script {
    my ($session) = @_;
    my $wrote = syswrite $session->{input}, $session->{script};
    if (defined $wrote) { substr $session->{script}, 0, $wrote, '' }
    elsif (!$!{EAGAIN} && !$!{EINTR}) { close delete $session->{input} }
}

# Passes on what is said there; lines with the mark are for this tool.
sub hear {
    my ($session) = @_;
    my $got = sysread $session->{errors}, my $bytes, READ_BYTES;
    return if !defined $got && ($!{EINTR} || $!{EAGAIN});
    if (!$got) {
        Nezuban::Record::write_all(\*STDERR, $session->{rest});
        close delete $session->{errors};
        return;
    }
    $session->{rest} .= $bytes;
    my $mark = $session->{mark};
    $session->{rest} =~ s/^\Q$mark\E begun (\d+)\n//m and ($session->{begun}) = ($1), forget_known_hosts($session);
    $session->{rest} =~ s/\Q$mark\E ended \d+\n// and $session->{ended} = 1;
    # A beginning of the mark is held back, until its rest has come.
    my $held = '';
    for my $length (reverse 1 .. length $mark) {
        next if substr($session->{rest}, -$length) ne substr $mark, 0, $length;
        $held = substr $session->{rest}, -$length;
        last;
    }
    $held = $1 if $session->{rest} =~ /(\Q$mark\E[^\n]*)\z/;
    my $said = substr $session->{rest}, 0, length($session->{rest}) - length $held;
    Nezuban::Record::write_all(\*STDERR, $said);
    $session->{rest} = $held;
}

# Host keys are no secret. The file is there until the host has been checked.
sub write_known_hosts {
    my ($lines, $id) = @_;
    my $path = "/tmp/.nezuban-$id.known_hosts";
    unlink $path;
    sysopen my $file, $path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600 or die "cannot write $path: $!\n";
    Nezuban::Record::write_all($file, "$lines\n") or die "cannot write $path: $!\n";
    close $file or die "cannot write $path: $!\n";
    return $path;
}

sub forget_known_hosts {
    my ($session) = @_;
    unlink delete $session->{forget} if defined $session->{forget};
}

sub random_bytes {
    my ($count) = @_;
    open my $random, '<', '/dev/urandom' or die "/dev/urandom: $!\n";
    sysread $random, my ($bytes), $count;
    return $bytes;
}

1;
