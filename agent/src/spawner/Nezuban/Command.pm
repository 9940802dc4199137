# The command's process between fork and exec: who it is, where it stands, what it sees.
#
# Responsible for everything that docs/internals/attempt-life.md says under "The run". Not responsible for watching it (Waiter.pm).
# `become` never returns. A failure is told through the error pipe, which closes by itself when exec succeeds.
package Nezuban::Command;
use strict;
use warnings;
use POSIX ();
use Nezuban::Given;
use Nezuban::Kernel;
use Nezuban::Limits;
use Nezuban::Record;
use Nezuban::Tool;

use constant DEFAULT_PATH => '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
# Below PIPE_BUF, so that the waiter reads it whole.
use constant REASON_BYTES_MAX => 2000;
use constant ID_PROGRAMS  => qw(/usr/bin/id /bin/id);

# $pipes: stdout, stderr, errors: write ends.
sub become {
    my ($context, $request, $pipes) = @_;
    my $done = eval { prepare_and_exec($context, $request, $pipes); 1 };
    my $failure = $@;
    my ($code, $reason) = ref $failure ? @$failure : ('', "$failure");
    chomp $reason;
    Nezuban::Record::write_all($pipes->{errors}, "$code\n" . substr $reason, 0, REASON_BYTES_MAX);
    POSIX::_exit(127);
}

sub prepare_and_exec {
    my ($context, $request, $pipes) = @_;
    POSIX::setsid();
    my $person = find_person($context, $request);
    # The pid is on record before the first instruction of the command, whoever dies next.
    Nezuban::Record::write_plain("$request->{folder}/started",
        pid => $$, start => Nezuban::Kernel::start_time($$), at => $request->{at})
        or die "cannot write the start record: $!\n";
    POSIX::dup2(fileno $pipes->{stdout}, 1);
    POSIX::dup2(fileno $pipes->{stderr}, 2);
    my $given = Nezuban::Given::prepare($request, $person);
    # Its code may lie where only the agent can read.
    my $tool = defined $request->{tool} ? Nezuban::Tool::load($request) : undef;
    Nezuban::Limits::take($request->{attempt}, $person->{uid});
    take_identity($person) unless $request->{takesIdentityItself};
    umask oct($request->{umask} // '022');
    enter_working_directory($request, $person);
    open_standard_input($context, $given->{stdin} // $request->{stdinFile});
    %ENV = (environment($context, $request, $person), %{ $given->{variables} });
    # Ignored signals stay ignored over exec; the command starts as from a fresh terminal.
    $SIG{$_} = 'DEFAULT' for qw(CHLD PIPE INT HUP TERM USR1);
    Nezuban::Tool::run($tool, $request, [grep { defined } @$context{qw(hints null)}, @$pipes{qw(stdout stderr errors)}, @{ $pipes->{readers} }]) if defined $tool;
    my @words = defined $given->{script} ? Nezuban::Given::words_of_script($request, $given->{script}) : unpack '(N/a*)*', $request->{words};
    { no warnings 'exec'; exec { $words[0] } @words; }
    die "cannot execute $words[0]: $!\n";
}

# The command that ends another: the same person, place, environment and bounds, and the number of what runs. It never returns; what keeps it from
# running is said on the attempt's standard error ($output).
sub become_stop {
    my ($context, $request, $output) = @_;
    my $done = eval {
        POSIX::setsid();
        my $person = find_person($context, $request);
        POSIX::dup2(fileno $output, $_) for 1, 2;
        Nezuban::Limits::take($request->{attempt}, $person->{uid});
        take_identity($person);
        umask oct($request->{umask} // '022');
        enter_working_directory($request, $person);
        open_standard_input($context, undef);
        %ENV = (environment($context, $request, $person), NEZUBAN_PID => $request->{attempt}{pid});
        $SIG{$_} = 'DEFAULT' for qw(CHLD PIPE INT HUP TERM USR1);
        my @words = unpack '(N/a*)*', $request->{stopWords};
        { no warnings 'exec'; exec { $words[0] } @words; }
        die "cannot execute $words[0]: $!\n";
    };
    my $failure = ref $@ ? $@->[1] : "$@";
    chomp $failure;
    Nezuban::Record::write_all($output, 'The stop command could not be run: ' . substr($failure, 0, REASON_BYTES_MAX) . "\n");
    POSIX::_exit(127);
}

# { name, uid, gid, groups, home, shell, switch } of who the command shall be.
sub find_person {
    my ($context, $request) = @_;
    my @entry = @{ $context->{own_user} };
    my $switch = 0;
    if (defined $request->{user}) {
        my $wanted = $request->{user};
        @entry = getpwnam $wanted;
        @entry = getpwuid $wanted if !@entry && $wanted =~ /^\d+$/;
        die ['user_unknown', "user $wanted is not known on this host"] unless @entry;
        die ['not_permitted', "the agent runs as an ordinary user and cannot become $wanted"] if $> != 0 && $entry[2] != $>;
        $switch = $> == 0 && $entry[2] != 0;
    }
    my %person = (
        name => $entry[0] // "$>", uid => $entry[2] // $>, gid => $entry[3] // $) + 0,
        home => $entry[7] // '/', shell => $entry[8] // '/bin/sh', groups => undef,
    );
    $person{groups} = own_groups($person{name}) if $switch;
    choose_groups($request, \%person);
    return \%person;
}

sub choose_groups {
    my ($request, $person) = @_;
    my $group = defined $request->{group} ? group_id($request->{group}) : undef;
    my $given = defined $request->{supplementaryGroups} ? [map { group_id($_) } unpack '(N/a*)*', $request->{supplementaryGroups}] : undef;
    if ($> != 0) {
        my %mine = map { $_ => 1 } split / /, $);
        my ($foreign) = grep { !$mine{$_} } grep { defined } $group, @{ $given // [] };
        die ['not_permitted', "the agent runs as an ordinary user that is not in group $foreign"] if defined $foreign;
        return;
    }
    $person->{gid} = $group if defined $group;
    $person->{groups} = $given if defined $given;
}

sub group_id {
    my ($name) = @_;
    my $gid = getgrnam $name;
    $gid = $name if !defined $gid && $name =~ /^\d+$/ && defined getgrgid $name;
    die ['user_unknown', "group $name is not known on this host"] unless defined $gid;
    return $gid;
}

# The name service answers "which groups has this user" through id(1) alone: directories such as SSSD do not list all groups.
sub own_groups {
    my ($name) = @_;
    local $SIG{CHLD} = 'DEFAULT';
    for my $program (grep { -x } ID_PROGRAMS) {
        open my $output, '-|', $program, '-G', $name or next;
        my $line = <$output>;
        close $output or next;
        return [$line =~ /(\d+)/g];
    }
    my @groups;
    while (my @entry = getgrent) {
        push @groups, $entry[2] if grep { $_ eq $name } split / /, $entry[3];
    }
    return \@groups;
}

# None: those of the agent stay. Never an empty list, which would mean that, too.
sub groups_to_take {
    my ($person) = @_;
    my $groups = $person->{groups} // return ();
    return @$groups ? @$groups : $person->{gid};
}

sub take_identity {
    my ($person) = @_;
    return if $> != 0;
    my @groups = groups_to_take($person);
    # Assigning to $) sets the effective group and, from the second number on, the supplementary groups.
    if (@groups) {
        my $wanted = join ' ', $person->{gid}, @groups;
        $! = 0;
        $) = $wanted;
        die "cannot take groups $wanted: $!\n" if $!;
    }
    POSIX::setgid($person->{gid}) or die "cannot take group $person->{gid}: $!\n" if $person->{gid} != $( + 0 || $person->{gid} != $) + 0;
    return if $person->{uid} == 0;
    POSIX::setuid($person->{uid}) or die "cannot become $person->{name}: $!\n";
    die "cannot become $person->{name}\n" if $> != $person->{uid} || $< != $person->{uid};
}

sub enter_working_directory {
    my ($request, $person) = @_;
    my $wanted = $request->{workingDirectory};
    if (defined $wanted) {
        chdir $wanted or die "working directory $wanted: $!\n";
    }
    else {
        chdir $person->{home} or chdir '/' or die "working directory /: $!\n";
    }
}

sub open_standard_input {
    my ($context, $path) = @_;
    my $source = $context->{null};
    if (defined $path) {
        open $source, '<', $path or die "standard input $path: $!\n";
        die "standard input $path: Is a directory\n" if -d $source;
    }
    POSIX::dup2(fileno $source, 0);
}

sub environment {
    my ($context, $request, $person) = @_;
    return (
        LANG => 'C.UTF-8', %{ $context->{locale} },
        PATH => DEFAULT_PATH, HOME => $person->{home}, USER => $person->{name}, LOGNAME => $person->{name}, SHELL => $person->{shell},
        unpack('(N/a*)*', $request->{environment} // ''),
        NEZUBAN_ATTEMPT_ID => $request->{id},
        # A program of the agent's own, which lies where only the agent can read: it becomes this person once it is loaded.
        $request->{takesIdentityItself} ? (NEZUBAN_TRANSFERS => "$context->{home}/transfers", NEZUBAN_WAITER => getppid, NEZUBAN_BECOME => join ' ', @$person{qw(uid gid)}, groups_to_take($person)) : (),
    );
}

1;
