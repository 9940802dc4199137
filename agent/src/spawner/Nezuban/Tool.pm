# Tools: what an attempt does itself instead of starting a command. A tool runs in the command's process, without an exec: it shares its memory with
# the spawner, so that hundreds of long waits cost little.
#
# Responsible for loading a tool before the process becomes somebody else, for cutting it off from the waiter that it was forked from, and for
# what all tools need: words, exit codes, running programs. Not responsible for what a tool does (Tool/*.pm).
package Nezuban::Tool;
use strict;
use warnings;
use POSIX ();
use Nezuban::Record;

# The same words as protocol/src/agent/tool-inputs.ts.
use constant {
    WARNING => 1, ABNORMAL => 2, USAGE => 64, UNREACHABLE => 69, TROUBLE => 74, TRY_AGAIN => 75, NO_ANSWER => 76,
    PERMISSION => 77, NOT_INSTALLED => 78, TIME_OVER => 124,
};

my %MODULES = (file_watch => 'FileWatch', file_monitor => 'FileMonitor', ssh => 'Ssh', container => 'Container');

# Called while the process may still read the agent's own files. Returns what `run` wants.
sub load {
    my ($request) = @_;
    my $module = $MODULES{ $request->{tool} } or die ['bad_order', "the agent has no tool $request->{tool}"];
    require "Nezuban/Tool/$module.pm";
    my $main = "Nezuban::Tool::$module"->can('main') or die "tool $request->{tool} has no main\n";
    my $input = { unpack '(N/a*)*', $request->{toolInput} // '' };
    # What it needs of the agent's own folder.
    my $prepare = "Nezuban::Tool::$module"->can('prepare');
    $prepare->($input, $request) if $prepare;
    return { main => $main, name => $request->{tool}, input => $input };
}

# Never returns. $handles: what the process has of the waiter and the spawner. One of them tells the waiter, by being closed, that the start has
# succeeded, as an exec does; others would keep the waiter from seeing the end of the output.
sub run {
    my ($tool, $request, $handles) = @_;
    $0 = "nezuban-tool $tool->{name} $request->{id}";
    STDOUT->autoflush(1);
    STDERR->autoflush(1);
    close $_ for @$handles;
    delete @$request{qw(toolInput secrets stdin files script)};
    my $code = eval { $tool->{main}->($tool->{input}, $request) };
    if (!defined $code) {
        say_error("the tool $tool->{name} failed: $@");
        $code = TROUBLE;
    }
    POSIX::_exit($code);
}

# One line for whoever reads the attempt's output.
sub say_error {
    my ($text) = @_;
    chomp $text;
    Nezuban::Record::write_all(\*STDERR, "$text\n");
}

sub say_result {
    my ($text) = @_;
    Nezuban::Record::write_all(\*STDOUT, "$text\n");
}

sub list { return unpack '(N/a*)*', $_[0] // '' }

# A text that goes into one line: controls are shown as what they are.
sub one_line {
    my ($text) = @_;
    $text =~ s/([\x00-\x1f\x7f])/sprintf '\\x%02x', ord $1/ge;
    return $text;
}

# The first of these programs that the PATH has, or undef.
sub find_program {
    my (@names) = @_;
    for my $name (@names) {
        for my $folder (split /:/, $ENV{PATH} // '') {
            return "$folder/$name" if -f "$folder/$name" && -x _;
        }
    }
    return undef;
}

1;
