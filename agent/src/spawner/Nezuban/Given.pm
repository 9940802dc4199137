# Files that an order gives to its command: a script, standard input, and others whose paths stand in variables.
#
# Responsible for writing them into the attempt's folder for whoever runs the command alone, and for removing them. Not responsible for starting
# anything (Command.pm). They may hold secrets: they are there while the command runs and no longer (docs/internals/attempt-life.md).
package Nezuban::Given;
use strict;
use warnings;
use Fcntl qw(O_WRONLY O_CREAT O_EXCL F_SETFD);
use Nezuban::Record;
use Nezuban::Said;

use constant PREFIX => 'given-';

# Writes all of them. Called in the command's process while it is still the agent. Gives { script, stdin, variables }: paths to open.
sub prepare {
    my ($request, $person) = @_;
    my %given = (variables => {});
    $given{script} = write_file($request, $person, script => $request->{script}, 0700) if defined $request->{script};
    $given{stdin} = write_file($request, $person, stdin => $request->{stdin}, 0600) if defined $request->{stdin};
    my @files = unpack '(N/a*)*', $request->{files} // '';
    while (my ($variable, $text) = splice @files, 0, 2) {
        $given{variables}{$variable} = write_file($request, $person, "file-$variable", $text, 0600);
    }
    return \%given;
}

# The path by which the command reaches it. Another user cannot go through the agent's folders: he gets it as an open file.
sub write_file {
    my ($request, $person, $name, $text, $mode) = @_;
    my $path = "$request->{folder}/" . PREFIX . $name;
    sysopen my $file, $path, O_WRONLY | O_CREAT | O_EXCL, $mode or die Nezuban::Said::failure('', 'agent_given_write', path => Nezuban::Said::text($path), trouble => Nezuban::Said::trouble());
    Nezuban::Record::write_all($file, $text) or die Nezuban::Said::failure('', 'agent_given_write', path => Nezuban::Said::text($path), trouble => Nezuban::Said::trouble());
    close $file or die Nezuban::Said::failure('', 'agent_given_write', path => Nezuban::Said::text($path), trouble => Nezuban::Said::trouble());
    chmod $mode, $path or die Nezuban::Said::failure('', 'agent_given_mode', path => Nezuban::Said::text($path), trouble => Nezuban::Said::trouble());
    return $path if $person->{uid} == $>;
    chown $person->{uid}, $person->{gid}, $path or die Nezuban::Said::failure('', 'agent_given_owner', path => Nezuban::Said::text($path), user => Nezuban::Said::text($person->{name}), trouble => Nezuban::Said::trouble());
    open my $open, '<', $path or die Nezuban::Said::failure('', 'agent_given_open', path => Nezuban::Said::text($path), trouble => Nezuban::Said::trouble());
    fcntl $open, F_SETFD, 0 or die Nezuban::Said::failure('', 'agent_given_keep', path => Nezuban::Said::text($path), trouble => Nezuban::Said::trouble());
    # Kept to the exec: this process becomes the command.
    push @{ $request->{kept_open} }, $open;
    return '/proc/self/fd/' . fileno $open;
}

# Interpreter, its one argument, the script, its own arguments: as the kernel reads the first line. Without one it is a shell script.
sub words_of_script {
    my ($request, $path) = @_;
    my ($line) = $request->{script} =~ /\A#![ \t]*([^\r\n]*)/;
    my ($interpreter, $argument) = defined $line && $line ne '' ? split /[ \t]+/, $line, 2 : ('/bin/sh');
    $argument =~ s/[ \t]+\z// if defined $argument;
    return ($interpreter, defined $argument && $argument ne '' ? $argument : (), $path, unpack '(N/a*)*', $request->{scriptArguments} // '');
}

# Once the command has ended.
sub remove {
    my ($folder) = @_;
    opendir my $directory, $folder or return;
    unlink "$folder/$_" for grep { index($_, PREFIX) == 0 } readdir $directory;
    closedir $directory;
}

1;
