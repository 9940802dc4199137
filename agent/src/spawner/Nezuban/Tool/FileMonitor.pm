# Tool "file_monitor": a file watch that goes on. Each file that is found goes to stdout as one line of JSON with a number that rises by one; beats
# say that it lives. What is looked for, and when it counts, is as in FileWatch.pm.
#
# What it knows (which files it has seen, which it has told under which number) lies in two files of the agent's folder, WATCH.a and WATCH.b, and is
# on the disk before a find is told. So whoever begins it again (the manager, after anything) names the number that he has, gets all later finds
# once more, and nothing is missed or new twice, whether the tool, the agent or the host has restarted meanwhile.
#
# | what happens | what it does |
# | --- | --- |
# | it is begun again | goes on from what it knows; what came and went meanwhile was never seen |
# | what it knows is gone, and it had begun before | says so; what has come about since `sinceMs` counts, what was there before does not |
# | another one of the same key still runs | waits for it for a while, then ends with exit code 75 |
# | a pattern fits more files than it can know | says so and ends with exit code 74: what it does not look at it could not tell |
# | a name is not UTF-8 | tells its bytes as `\xNN`, and that they are none: no session can be given such a path |
# | it has written much | ends with exit code 0: it is begun again, and what has been taken is forgotten |
package Nezuban::Tool::FileMonitor;
use strict;
use warnings;
use Fcntl qw(:flock);
use IO::Handle ();
use Nezuban::Kernel;
use Nezuban::Record;
use Nezuban::Tool;
use Nezuban::Tool::FileWatch;

# The one before it ends within the time that a cancel takes.
use constant LOCK_WAIT_MS => 15_000;
# Lines and bytes after which it wants to be begun again: output and memory stay small.
use constant { LINES_MAX => 50_000, LOG_BYTES_MAX => 16 * 1024 * 1024 };
# For each pattern. Each costs about a hundred bytes of what it knows, on the disk, and a kilobyte of memory.
use constant KNOWN_MAX => 50_000;
# Of a path that is told with its bytes.
use constant SHOWN_MAX => 2_000;
# The agent removes what nobody has written to for weeks.
use constant TOUCH_MS => 3_600_000;

my @sides;

my $utf8 = qr/\A(?:
    [\x00-\x7f] | [\xc2-\xdf][\x80-\xbf] | \xe0[\xa0-\xbf][\x80-\xbf] | [\xe1-\xec\xee\xef][\x80-\xbf]{2} | \xed[\x80-\x9f][\x80-\xbf]
    | \xf0[\x90-\xbf][\x80-\xbf]{2} | [\xf1-\xf3][\x80-\xbf]{3} | \xf4[\x80-\x8f][\x80-\xbf]{2}
)*+\z/x;

# Still as the agent, whose folder nobody else can enter.
sub prepare {
    my ($input, $request) = @_;
    my ($home) = $request->{folder} =~ m{\A(.*)/attempts/[^/]+\z} or die "no home around $request->{folder}\n";
    mkdir "$home/watches", 0700;
    for my $side (qw(a b)) {
        open my $file, '+>>', "$home/watches/$input->{key}.$side" or die "cannot keep what the watch knows: $!\n";
        binmode $file;
        push @sides, $file;
    }
}

sub main {
    my ($input) = @_;
    my $until = Nezuban::Kernel::monotonic_ms() + LOCK_WAIT_MS;
    until (flock $sides[0], LOCK_EX | LOCK_NB) {
        if (Nezuban::Kernel::monotonic_ms() > $until) {
            Nezuban::Tool::say_error('an earlier watch still runs');
            return Nezuban::Tool::TRY_AGAIN;
        }
        select undef, undef, undef, 0.1;
    }
    return Nezuban::Tool::FileWatch::watch_by(\&look, $input);
}

sub look {
    my ($input, $beat) = @_;
    my $watch = Nezuban::Tool::FileWatch::new_watch({ %$input, match => 'any' });
    my $memory = remembered();
    my $kept = defined $memory->{generation} ? 'kept' : defined $input->{sinceMs} ? 'lost' : 'new';
    @$watch{qw(max whole)} = (KNOWN_MAX, 1);
    $watch->{first} = 0 if $kept eq 'kept';
    $watch->{input}{already} = 'ignored' if $kept eq 'lost';
    delete $watch->{input}{sinceMs} if $kept ne 'lost';
    $watch->{known} = { %{ $memory->{known} } };
    my $self = {
        watch => $watch, known => $memory->{known}, lines => 0, bytes => 0,
        finds => [grep { $_->[0] > $input->{afterSeq} } @{ $memory->{finds} }],
        seq => $memory->{seq} > $input->{afterSeq} ? $memory->{seq} : $input->{afterSeq},
    };
    # Until the first look there is nothing to know: a try that dies before it has not begun.
    begin_log($self, $memory) if $kept eq 'kept';
    say_line($self, $_->[1]) for @{ $self->{finds} };
    my ($begun, $beaten, $touched) = (0, 0, Nezuban::Kernel::monotonic_ms());
    while (1) {
        my $found = Nezuban::Tool::FileWatch::round($watch);
        return Nezuban::Tool::PERMISSION unless defined $found;
        my @new = map { report($self, $_) } @$found;
        if ($begun || $kept eq 'kept') { remember($self, \@new) }
        else {
            push @{ $self->{finds} }, @new;
            note_known($self);
            begin_log($self, $memory);
        }
        my $now = Nezuban::Kernel::monotonic_ms();
        say_line($self, sprintf '{"begun":%d,"memory":"%s"}', Nezuban::Kernel::now_ms(), $kept) unless $begun;
        say_line($self, $_->[1]) for @new;
        if (!$begun || $now - $beaten >= $input->{beatMs}) {
            say_line($self, sprintf '{"beat":%d}', Nezuban::Kernel::now_ms());
            $beaten = $now;
        }
        $begun = 1;
        if ($now - $touched > TOUCH_MS) {
            append($self, "t\n");
            $touched = $now;
        }
        return 0 if $self->{lines} > LINES_MAX || $self->{bytes} > LOG_BYTES_MAX;
        # Its reader is gone: SIGPIPE ends this process.
        syswrite $beat, '.';
        my $pause = Nezuban::Tool::FileWatch::pause_ms($watch);
        my $left = $input->{beatMs} - (Nezuban::Kernel::monotonic_ms() - $beaten);
        $pause = $left < 100 ? 100 : $left if $left < $pause;
        select undef, undef, undef, $pause / 1000;
    }
}

# [number, line] of a find, after which it is nothing new any more.
sub report {
    my ($self, $path) = @_;
    my $watch = $self->{watch};
    my $now = $watch->{kind} eq 'deleted' ? undef : Nezuban::Tool::FileWatch::signature($path);
    delete $watch->{settling}{$path};
    delete $watch->{pending}{$path};
    if ($watch->{kind} eq 'deleted') {
        delete $watch->{known}{$path};
        delete $watch->{never}{$path};
    }
    elsif (defined $now) { $watch->{known}{$path} = $now }
    my $seq = ++$self->{seq};
    my ($shown, $mark) = $path =~ $utf8 ? ($path, '') : (bytes_of($path), ',"notUtf8":true');
    return [$seq, sprintf '{"seq":%d,"path":%s,"change":"%s","size":%s,"modified":%s,"at":%d%s}',
        $seq, json($shown), $watch->{kind}, defined $now ? $now->{size} : 'null',
        defined $now ? int $now->{modified} : 'null', Nezuban::Kernel::now_ms(), $mark];
}

sub bytes_of {
    my ($path) = @_;
    $path =~ s/([^\x20-\x7e])/sprintf '\\x%02x', ord $1/ge;
    return substr $path, 0, SHOWN_MAX;
}

# What has changed of what it knows, and what it has found: on the disk before anybody is told.
sub remember {
    my ($self, $new) = @_;
    my $lines = note_known($self) . join '', map { "f $_->[0] $_->[1]\n" } @$new;
    append($self, $lines) if $lines ne '';
}

# What is new and not told yet is not known: whoever goes on from here finds it.
sub note_known {
    my ($self) = @_;
    my ($watch, $lines) = ($self->{watch}, '');
    delete @{ $watch->{pending} }{ grep { !$watch->{known}{$_} } keys %{ $watch->{pending} // {} } };
    for my $path (keys %{ $watch->{known} }) {
        next if defined $watch->{pending}{$path};
        my ($now, $before) = ($watch->{known}{$path}, $self->{known}{$path});
        next if $before && $before->{place} eq $now->{place} && $before->{content} eq $now->{content};
        $self->{known}{$path} = { %$now };
        $lines .= known_line($path, $now);
    }
    for my $path (grep { !$watch->{known}{$_} } keys %{ $self->{known} }) {
        delete $self->{known}{$path};
        $lines .= 'd ' . escaped($path) . "\n";
    }
    return $lines;
}

sub known_line { return "k $_[1]{place} $_[1]{content} " . escaped($_[0]) . "\n" }

# Everything once, in the file that does not hold the newest: that one stays whole until this is.
sub begin_log {
    my ($self, $memory) = @_;
    my $generation = ($memory->{generation} // 0) + 1;
    $self->{log} = $sides[$generation % 2];
    truncate $self->{log}, 0 or die "cannot keep what the watch knows: $!\n";
    append($self, "s $generation $self->{seq}\n"
        . join('', map { known_line($_, $self->{known}{$_}) } keys %{ $self->{known} })
        . join('', map { "f $_->[0] $_->[1]\n" } @{ $self->{finds} })
        . "e $generation\n");
    # What everything takes is not what has come to it.
    $self->{bytes} = 0;
}

# The mark behind the lines makes them one: a file without its find would be known, and never told.
sub append {
    my ($self, $lines) = @_;
    $lines .= "c\n";
    $self->{bytes} += length $lines;
    Nezuban::Record::write_all($self->{log}, $lines) or die "cannot keep what the watch knows: $!\n";
    $self->{log}->sync or die "cannot keep what the watch knows: $!\n";
}

# The newest that is whole; last lines without their mark do not count. Without `generation`: there is none.
sub remembered {
    my ($best) = sort { $b->{generation} <=> $a->{generation} } grep { defined $_->{generation} } map { read_log($_) } @sides;
    return $best // { known => {}, finds => [], seq => 0 };
}

sub read_log {
    my ($file) = @_;
    my $read = { known => {}, finds => [], seq => 0 };
    my @group;
    seek $file, 0, 0;
    while (defined(my $line = <$file>)) {
        last unless $line =~ s/\n\z//;
        push @group, $line;
        next if $line ne 'c';
        take_line($read, $_) for @group;
        @group = ();
    }
    return $read;
}

sub take_line {
    my ($read, $line) = @_;
    if ($line =~ /\As (\d+) (\d+)\z/) { @$read{qw(begun seq)} = ($1, $2) }
    elsif ($line =~ /\Ae (\d+)\z/)    { $read->{generation} = $1 if defined $read->{begun} && $read->{begun} == $1 }
    elsif ($line =~ /\Ad (.*)\z/)     { delete $read->{known}{ plain($1) } }
    elsif ($line =~ /\Af (\d+) (.*)\z/) {
        push @{ $read->{finds} }, [$1, $2];
        $read->{seq} = $1 if $1 > $read->{seq};
    }
    elsif ($line =~ /\Ak (\S+) ((\d+):\S+) (.*)\z/) {
        $read->{known}{ plain($4) } = { place => $1, content => $2, size => $3, folder => 0, modified => 0, changed => 0 };
    }
}

sub escaped {
    my ($path) = @_;
    $path =~ s/([%\x00-\x1f])/sprintf '%%%02x', ord $1/ge;
    return $path;
}

sub plain {
    my ($text) = @_;
    $text =~ s/%([0-9a-f]{2})/chr hex $1/ge;
    return $text;
}

sub json {
    my ($text) = @_;
    $text =~ s/(["\\])/\\$1/g;
    $text =~ s/([\x00-\x1f\x7f])/sprintf '\\u%04x', ord $1/ge;
    return "\"$text\"";
}

sub say_line {
    my ($self, $line) = @_;
    $self->{lines}++;
    Nezuban::Tool::say_result($line);
}

1;
