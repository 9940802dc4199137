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
use Nezuban::Said;
use Nezuban::Tool;

use constant DEFAULT_PATH => '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
# Below PIPE_BUF, so that the waiter reads it whole.
use constant REASON_BYTES_MAX => 2000;
# With the text below PIPE_BUF. One that is longer is said by its English text alone.
use constant SAID_BYTES_MAX => 1900;
use constant ID_PROGRAMS  => qw(/usr/bin/id /bin/id);

# $pipes: stdout, stderr, errors: write ends.
sub become {
    my ($context, $request, $pipes) = @_;
    my $done = eval { prepare_and_exec($context, $request, $pipes); 1 };
    my $failure = $@;
    Nezuban::Record::write_all($pipes->{errors}, failure_line(ref $failure ? @$failure : ('', "$failure", '')));
    POSIX::_exit(127);
}

sub prepare_and_exec {
    my ($context, $request, $pipes) = @_;
    POSIX::setsid();
    my $person = find_person($context, $request);
    # The pid is on record before the first instruction of the command, whoever dies next.
    Nezuban::Record::write_plain("$request->{folder}/started",
        pid => $$, start => Nezuban::Kernel::start_time($$), at => $request->{at})
        or die Nezuban::Said::failure('', 'agent_start_record', trouble => Nezuban::Said::trouble());
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
    die Nezuban::Said::failure('', 'agent_execute', program => Nezuban::Said::text($words[0]), trouble => Nezuban::Said::trouble());
}

# What the waiter reads, and `finish` there takes apart: refusal, what is said by code (without the byte that separates the two), text.
sub failure_line {
    my ($code, $reason, $said) = @_;
    chomp $reason;
    $said =~ s/([%\n])/sprintf '%%%02X', ord $1/ge;
    $said = '' if length $said > SAID_BYTES_MAX;
    return "$code\n$said\n" . substr $reason, 0, REASON_BYTES_MAX;
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
        die Nezuban::Said::failure('', 'agent_execute', program => Nezuban::Said::text($words[0]), trouble => Nezuban::Said::trouble());
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
        die Nezuban::Said::failure('user_unknown', 'agent_user_unknown', user => Nezuban::Said::text($wanted)) unless @entry;
        die Nezuban::Said::failure('not_permitted', 'agent_cannot_become', user => Nezuban::Said::text($wanted)) if $> != 0 && $entry[2] != $>;
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
        die Nezuban::Said::failure('not_permitted', 'agent_not_in_group', group => Nezuban::Said::text($foreign)) if defined $foreign;
        return;
    }
    $person->{gid} = $group if defined $group;
    $person->{groups} = $given if defined $given;
}

sub group_id {
    my ($name) = @_;
    my $gid = getgrnam $name;
    $gid = $name if !defined $gid && $name =~ /^\d+$/ && defined getgrgid $name;
    die Nezuban::Said::failure('user_unknown', 'agent_group_unknown', group => Nezuban::Said::text($name)) unless defined $gid;
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
        die Nezuban::Said::failure('', 'agent_take_groups', groups => Nezuban::Said::text($wanted), trouble => Nezuban::Said::trouble()) if $!;
    }
    POSIX::setgid($person->{gid}) or die Nezuban::Said::failure('', 'agent_take_group', group => Nezuban::Said::text($person->{gid}), trouble => Nezuban::Said::trouble()) if $person->{gid} != $( + 0 || $person->{gid} != $) + 0;
    return if $person->{uid} == 0;
    POSIX::setuid($person->{uid}) or die Nezuban::Said::failure('', 'agent_become', user => Nezuban::Said::text($person->{name}), trouble => Nezuban::Said::trouble());
    die Nezuban::Said::failure('', 'agent_became_not', user => Nezuban::Said::text($person->{name})) if $> != $person->{uid} || $< != $person->{uid};
}

sub enter_working_directory {
    my ($request, $person) = @_;
    my $wanted = $request->{workingDirectory};
    if (defined $wanted) {
        chdir $wanted or die Nezuban::Said::failure('', 'agent_working_directory', path => Nezuban::Said::text($wanted), trouble => Nezuban::Said::trouble());
    }
    else {
        chdir $person->{home} or chdir '/' or die Nezuban::Said::failure('', 'agent_working_directory', path => Nezuban::Said::text('/'), trouble => Nezuban::Said::trouble());
    }
}

sub open_standard_input {
    my ($context, $path) = @_;
    my $source = $context->{null};
    if (defined $path) {
        open $source, '<', $path or die Nezuban::Said::failure('', 'agent_standard_input', path => Nezuban::Said::text($path), trouble => Nezuban::Said::trouble());
        die Nezuban::Said::failure('', 'agent_standard_input', path => Nezuban::Said::text($path), trouble => Nezuban::Said::word('os_is_directory')) if -d $source;
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
