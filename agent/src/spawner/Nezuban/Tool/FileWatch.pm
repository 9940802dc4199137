# Tool "file_watch": waits until files are made, changed, deleted, or there. Found paths go to stdout, one a line; everything else to stderr.
#
# Two processes: one looks, the other waits for it, so that a file system that hangs cannot hang the watch: the time still ends, and what hangs is
# named. It changes nothing.
#
# | what happens to the watched place | what the watch does |
# | --- | --- |
# | the folder is not there, or goes away | says so and goes on: it may come. For `deleted` a path without its folder is gone |
# | a permission is missing | ends at once, exit code 77: a person must act |
# | a symbolic link | what it leads to counts; one that leads nowhere is not there |
# | a folder at the path | counts only where the path ends with "/" |
# | the file system answers with an error (EIO, ESTALE) | says so and goes on |
# | the file system does not answer | says so after 30 s; at the timeout ends with exit code 124 |
# | whoever started it is gone | ends |
package Nezuban::Tool::FileWatch;
use strict;
use warnings;
use Errno ();
use File::Glob ();
use POSIX ();
use Nezuban::Kernel;
use Nezuban::Tool;

# Beyond, a pattern finds more than anybody wants to read.
use constant FOUND_MAX => 10_000;
# A round that takes longer is said to hang.
use constant HANG_MS => 30_000;
# How often the one that waits looks whether it is still wanted.
use constant TICK_MS => 1_000;

my $hires = eval { require Time::HiRes; 1 };

# Exit code.
sub main { return watch_by(\&look, $_[0]) }

# `$look` looks in a process of its own until it has an exit code. Called by FileMonitor.pm, too.
sub watch_by {
    my ($look, $input) = @_;
    my $deadline = defined $input->{timeoutMs} ? Nezuban::Kernel::monotonic_ms() + $input->{timeoutMs} : undef;
    my $parent = getppid;
    pipe my $beats, my $beat or die "pipe: $!\n";
    my $looker = fork;
    die "cannot fork: $!\n" unless defined $looker;
    if ($looker == 0) {
        close $beats;
        my $code = eval { $look->($input, $beat) };
        Nezuban::Tool::say_error("the watch failed: $@") unless defined $code;
        POSIX::_exit($code // Nezuban::Tool::TROUBLE);
    }
    close $beat;
    return wait_for($looker, $beats, { deadline => $deadline, parent => $parent });
}

# Until the looker has ended, the time is over, or nobody wants it any more.
sub wait_for {
    my ($looker, $beats, $bounds) = @_;
    my $heard = Nezuban::Kernel::monotonic_ms();
    my $said = 0;
    while (1) {
        my $now = Nezuban::Kernel::monotonic_ms();
        if (defined $bounds->{deadline} && $now >= $bounds->{deadline}) {
            kill 'KILL', $looker;
            Nezuban::Tool::say_error($said ? 'the time is over, and the file system still does not answer' : 'the time is over');
            reap_within($looker, 1_000);
            return Nezuban::Tool::TIME_OVER;
        }
        if (getppid != $bounds->{parent}) {
            kill 'KILL', $looker;
            return Nezuban::Tool::TROUBLE;
        }
        if (!$said && $now - $heard > HANG_MS) {
            Nezuban::Tool::say_error('the file system has not answered for ' . HANG_MS / 1000 . ' s; still waiting');
            $said = 1;
        }
        my $left = defined $bounds->{deadline} ? $bounds->{deadline} - $now : TICK_MS;
        vec(my $bits = '', fileno $beats, 1) = 1;
        my $ready = select $bits, undef, undef, ($left < TICK_MS ? $left + 1 : TICK_MS) / 1000;
        next if $ready <= 0;
        my $got = sysread $beats, my $bytes, 4096;
        next if !defined $got;
        if ($got == 0) {
            waitpid $looker, 0;
            return $? & 127 ? Nezuban::Tool::TROUBLE : $? >> 8;
        }
        Nezuban::Tool::say_error('the file system answers again') if $said;
        ($heard, $said) = (Nezuban::Kernel::monotonic_ms(), 0);
    }
}

# One that hangs in the kernel cannot be waited for; it is named among what was left.
sub reap_within {
    my ($pid, $ms) = @_;
    my $until = Nezuban::Kernel::monotonic_ms() + $ms;
    while (waitpid($pid, POSIX::WNOHANG()) == 0 && Nezuban::Kernel::monotonic_ms() < $until) {
        select undef, undef, undef, 0.02;
    }
}

sub look {
    my ($input, $beat) = @_;
    my $watch = new_watch($input);
    while (1) {
        my $found = round($watch);
        return Nezuban::Tool::PERMISSION unless defined $found;
        if (@$found) {
            my @lines = map { Nezuban::Tool::one_line($_) } @$found;
            Nezuban::Tool::say_result($_) for @lines;
            Nezuban::Tool::say_error('found: [' . join(',', map { s/(["\\])/\\$1/gr =~ s/\A(.*)\z/"$1"/sr } @lines) . ']');
            return 0;
        }
        # Its reader is gone: SIGPIPE ends this process.
        syswrite $beat, '.';
        select undef, undef, undef, pause_ms($watch) / 1000;
    }
}

sub new_watch {
    my ($input) = @_;
    my @paths = Nezuban::Tool::list($input->{paths});
    return {
        input => $input, kind => $input->{watch}, paths => \@paths, first => 1, problem => {},
        # By path: its signature when it was first seen; undef once it has gone.
        known => {},
        # By path: since when it has looked as it does, and how.
        settling => {},
        # So many are looked at for each pattern; `whole`: more are an error.
        max => FOUND_MAX, whole => 0,
        # By pattern: paths that were there, beyond those that were looked at.
        passed => {},
    };
}

sub pause_ms {
    my ($watch) = @_;
    my $pause = $watch->{input}{intervalMs};
    my $settle = $watch->{input}{settleMs};
    my $now = Nezuban::Kernel::monotonic_ms();
    for my $settling (values %{ $watch->{settling} }) {
        my $left = $settling->{since} + $settle - $now;
        $pause = $left if $left < $pause;
    }
    return $pause < 100 ? 100 : $pause;
}

# One look at everything: the paths that were found, none, or undef where a permission is missing.
sub round {
    my ($watch) = @_;
    my (@found, %candidate);
    my $complete = 1;
    delete $watch->{writers};
    for my $pattern (@{ $watch->{paths} }) {
        my $there = entries($watch, $pattern);
        return undef unless defined $there;
        my @here = settled($watch, candidates($watch, $pattern, $there), \%candidate);
        $complete = 0 unless @here;
        push @found, @here;
    }
    # What is no candidate any more begins to settle anew when it comes again.
    delete @{ $watch->{settling} }{ grep { !$candidate{$_} } keys %{ $watch->{settling} } };
    $watch->{first} = 0;
    return [] if $watch->{input}{match} eq 'all' && !$complete;
    my %once;
    return [grep { !$once{$_}++ } @found];
}

# What there is at a path or pattern: path => signature. undef: a permission is missing. `unsure`: it could not be looked at.
sub entries {
    my ($watch, $pattern) = @_;
    my $folders = $pattern =~ m{/\z};
    my $glob = $pattern =~ /[*?\[\\]/;
    my @paths = $glob ? File::Glob::bsd_glob($pattern, File::Glob::GLOB_QUOTE()) : ($pattern);
    if ($glob) {
        # A folder that cannot be read looks empty to a pattern.
        my ($fixed) = $pattern =~ m{\A([^*?\[\\]*/)};
        if (!opendir my $directory, $fixed) {
            if (!$!{ENOENT} && !$!{ENOTDIR}) {
                trouble($watch, $fixed) or return undef;
                return { map { ($_ => $watch->{known}{$_}) } grep { belongs($_, $pattern) } keys %{ $watch->{known} } };
            }
            note($watch, $fixed, 'is not there');
            return {};
        }
        forget($watch, $fixed);
    }
    my $passed = delete $watch->{passed}{$pattern};
    @paths = bounded($watch, $pattern, \@paths) if @paths > $watch->{max};
    my %there;
    for my $path (@paths) {
        my $signature = signature($path);
        if (defined $signature) {
            forget($watch, $path);
            $there{$path} = $signature if $folders ? $signature->{folder} : !$signature->{folder};
        }
        elsif (!$!{ENOENT} && !$!{ENOTDIR}) {
            trouble($watch, $path) or return undef;
            # Nobody can say whether it is still there: as it was before.
            $there{$path} = $watch->{known}{$path} if defined $watch->{known}{$path};
        }
    }
    # Only now looked at, and not new.
    $watch->{known}{$_} //= $there{$_} for grep { $passed->{$_} } keys %there;
    return \%there;
}

# Those that are known, and of the others as many as there is room for: what is known would look as if it had gone.
sub bounded {
    my ($watch, $pattern, $paths) = @_;
    my $max = $watch->{max};
    die "$pattern fits more than $max files: watch fewer with one pattern\n" if $watch->{whole};
    note($watch, $pattern, "fits more than $max files; the others are not looked at");
    my (@known, @others);
    push @{ $watch->{known}{$_} ? \@known : \@others }, $_ for @$paths;
    my $room = $max - @known;
    my @passed = splice @others, $room > 0 ? $room : 0;
    $watch->{passed}{$pattern} = { map { ($_ => 1) } @passed };
    return (@known, @others);
}

# An error of the file system other than that something is not there. False: it ends the watch.
sub trouble {
    my ($watch, $path) = @_;
    my $denied = $!{EACCES} || $!{EPERM};
    note($watch, $path, "cannot be looked at: $!");
    return $denied ? undef : {};
}

# Says a problem once, until it is another one or gone.
sub note {
    my ($watch, $path, $says) = @_;
    return if ($watch->{problem}{$path} // '') eq $says;
    $watch->{problem}{$path} = $says;
    Nezuban::Tool::say_error(Nezuban::Tool::one_line($path) . " $says");
}

sub forget {
    my ($watch, $path) = @_;
    Nezuban::Tool::say_error(Nezuban::Tool::one_line($path) . ' is there again') if delete $watch->{problem}{$path};
}

sub signature {
    my ($path) = @_;
    my @stat = $hires ? Time::HiRes::stat($path) : stat $path;
    return undef unless @stat;
    my ($device, $inode, $mode, $size, $modified, $changed) = @stat[0, 1, 2, 7, 9, 10];
    return {
        place => "$device:$inode", size => $size, folder => POSIX::S_ISDIR($mode) ? 1 : 0,
        content => "$size:$modified", modified => $modified * 1000, changed => $changed * 1000,
    };
}

# Of what is there, or has gone, that for which the condition holds: path => signature (undef: it has gone).
sub candidates {
    my ($watch, $pattern, $there) = @_;
    my $known = $watch->{known};
    my $counts = $watch->{first} && $watch->{input}{already} eq 'counts';
    return gone($watch, $pattern, $there, $counts) if $watch->{kind} eq 'deleted';
    my %candidate;
    for my $path (keys %$there) {
        my $now = $there->{$path};
        my $before = $known->{$path};
        my $fits = $watch->{kind} eq 'exists'  ? 1
            : $watch->{kind} eq 'created' ? is_new($watch, $path, $now, $counts)
            :                               is_changed($watch, $path, $now);
        # What is new or changed stays so until it has settled.
        $candidate{$path} = $now if ($fits || $watch->{settling}{$path}) && $now->{size} >= $watch->{input}{sizeMin};
        $known->{$path} = $now if !defined $before || ($watch->{kind} eq 'created' && $before->{place} ne $now->{place});
    }
    # What has gone and comes again is new.
    delete $known->{$_} for grep { !$there->{$_} && belongs($_, $pattern) } keys %$known;
    return \%candidate;
}

sub is_new {
    my ($watch, $path, $now, $counts) = @_;
    return 1 if ($watch->{pending}{$path} // '') eq $now->{place};
    my $before = $watch->{known}{$path};
    my $new = $watch->{first} ? $counts || since($watch, $now) : !defined $before || $before->{place} ne $now->{place};
    # Too small yet, or not settled: it is remembered as new.
    $watch->{pending}{$path} = $now->{place} if $new;
    return $new;
}

sub is_changed {
    my ($watch, $path, $now) = @_;
    my $before = $watch->{known}{$path};
    return $before->{content} ne $now->{content} || $before->{place} ne $now->{place} if defined $before;
    return $watch->{first} ? since($watch, $now) : 0;
}

# Whether it has come about since an earlier watch began that was cut off.
sub since {
    my ($watch, $now) = @_;
    my $since = $watch->{input}{sinceMs};
    return defined $since && ($now->{modified} >= $since || $now->{changed} >= $since);
}

sub gone {
    my ($watch, $pattern, $there, $counts) = @_;
    my $known = $watch->{known};
    my %candidate;
    $known->{$_} = $there->{$_} for keys %$there;
    my @missing = grep { !$there->{$_} && belongs($_, $pattern) } keys %$known;
    $candidate{$_} = undef for @missing;
    # Not there from the beginning. For a watch that is begun again nobody can say since when.
    if ($watch->{first} && !%$there) {
        $watch->{never}{$pattern} = 1 if $watch->{input}{already} eq 'counts' || defined $watch->{input}{sinceMs};
    }
    delete $watch->{never}{$pattern} if %$there;
    $candidate{$pattern} = undef if $watch->{never}{$pattern} && !@missing;
    return $watch->{input}{match} eq 'all' && %$there ? {} : \%candidate;
}

# Whether a known path came of this pattern.
sub belongs {
    my ($path, $pattern) = @_;
    return 1 if $path eq $pattern;
    return 0 unless $pattern =~ /[*?\[\\]/;
    my ($fixed) = $pattern =~ m{\A([^*?\[\\]*/)};
    return index($path, $fixed) == 0 && $path =~ pattern_of($pattern);
}

my %compiled;

sub pattern_of {
    my ($glob) = @_;
    return $compiled{$glob} //= do {
        my $regex = '';
        while ($glob =~ /\G(?:(\\.)|(\*)|(\?)|(\[[!^]?\]?[^\]]*\])|(.))/gs) {
            my ($quoted, $star, $one, $class, $plain) = ($1, $2, $3, $4, $5);
            if (defined $quoted)   { $regex .= quotemeta substr $quoted, 1 }
            elsif (defined $star)  { $regex .= '[^/]*' }
            elsif (defined $one)   { $regex .= '[^/]' }
            elsif (defined $class) { $class =~ s/^\[!/[^/; $regex .= $class }
            else                   { $regex .= quotemeta $plain }
        }
        qr/\A$regex\z/s;
    };
}

# Of the candidates, those that have not changed for long enough and that nobody writes to.
sub settled {
    my ($watch, $candidates, $seen) = @_;
    my $now = Nezuban::Kernel::monotonic_ms();
    my $settle = $watch->{input}{settleMs};
    my @settled;
    for my $path (sort keys %$candidates) {
        $seen->{$path} = 1;
        my $looks = defined $candidates->{$path} ? "$candidates->{$path}{place}:$candidates->{$path}{content}" : '';
        my $settling = $watch->{settling}{$path};
        if (!$settling || $settling->{looks} ne $looks) {
            $settling = $watch->{settling}{$path} = { since => $now, looks => $looks };
        }
        next if $now - $settling->{since} < $settle;
        if ($settle > 0 && defined $candidates->{$path} && is_written_to($watch, $path)) {
            note($watch, $path, 'is still open for writing');
            next;
        }
        push @settled, $path;
    }
    return @settled;
}

# Whether a process of this host, as far as this user may see, has the file open for writing. What is open is read once a round.
sub is_written_to {
    my ($watch, $path) = @_;
    my $real = real_path($path) // return 0;
    my $open = $watch->{writers} //= open_files();
    for my $info (@{ $open->{$real} // [] }) {
        my ($flags) = (Nezuban::Kernel::read_file($info) // '') =~ /^flags:\s*([0-7]+)/m;
        return 1 if defined $flags && (oct($flags) & 3) != 0;
    }
    return 0;
}

# By path: what the kernel says of each that has it open.
sub open_files {
    my %open;
    for my $folder (glob '/proc/[0-9]*/fd') {
        opendir my $directory, $folder or next;
        my ($process) = $folder =~ m{^(/proc/\d+)};
        for my $number (readdir $directory) {
            next unless $number =~ /^\d+$/;
            my $path = readlink("$folder/$number") // next;
            push @{ $open{$path} }, "$process/fdinfo/$number" if $path =~ m{^/};
        }
        closedir $directory;
    }
    return \%open;
}

sub real_path {
    my ($path) = @_;
    require Cwd;
    return Cwd::abs_path($path);
}

1;
