# What the waiter says of an attempt: each sentence by its code, with the values of its places, beside its English text.
#
# Responsible for the English words and for the form that goes into records. The same words stand with Japanese ones in
# protocol/src/sentences/agent-sentences.ts; said-words.test.ts compares them. Not responsible for who hears it.
package Nezuban::Said;
use strict;
use warnings;
use Errno ();

# A value is "=" and a text, or "@" and the code of a word that has two languages.
my %ENGLISH = (
    agent_fork => 'cannot fork: {trouble}',
    agent_make_folder => q{cannot make the attempt's folder: {trouble}},
    agent_claim => 'cannot claim the attempt: {trouble}',
    agent_start_record => 'cannot write the start record: {trouble}',
    agent_execute => 'cannot execute {program}: {trouble}',
    agent_user_unknown => 'user {user} is not known on this host',
    agent_cannot_become => 'the agent runs as an ordinary user and cannot become {user}',
    agent_not_in_group => 'the agent runs as an ordinary user that is not in group {group}',
    agent_group_unknown => 'group {group} is not known on this host',
    agent_take_groups => 'cannot take groups {groups}: {trouble}',
    agent_take_group => 'cannot take group {group}: {trouble}',
    agent_become => 'cannot become {user}: {trouble}',
    agent_became_not => 'cannot become {user}',
    agent_working_directory => 'working directory {path}: {trouble}',
    agent_standard_input => 'standard input {path}: {trouble}',
    agent_given_write => 'cannot write {path}: {trouble}',
    agent_given_mode => 'cannot give {path} its mode: {trouble}',
    agent_given_owner => 'cannot give {path} to {user}: {trouble}',
    agent_given_open => 'cannot open {path}: {trouble}',
    agent_given_keep => 'cannot keep {path} open: {trouble}',
    agent_limit => 'the limit of {limit} cannot be held on this host: {trouble}',
    agent_limit_group => 'the command cannot be put into {group}: {trouble}',
    agent_limit_memory => 'memory',
    agent_limit_processes => 'the number of processes',
    agent_limit_cpus => 'the quota of processor time',
    agent_limit_cpu_share => 'the share of processor time',
    agent_limit_open_files => 'the number of open files',
    agent_limit_file_size => 'the size of files',
    agent_limit_core_size => 'the size of core dumps',
    agent_no_memory_group => 'the agent has no cgroup with the controller "memory"',
    agent_no_cpu_group => 'the agent has no cgroup with the controller "cpu"',
    agent_root_not_bounded => 'the agent has no cgroup with the controller "pids", and root is not bounded in another way',
    agent_processor_unknown => 'the kernel is not asked for it on this kind of processor',
    agent_end_file_trouble => 'cannot be looked at: {trouble}',
    agent_end_file_missing => 'is not there',
    agent_end_file_old => 'was not updated',
    agent_end_file_unknown => 'could not be looked at before the start',
    agent_user_not_taken => 'its user cannot be taken',
    agent_file_system_silent => 'its file system does not answer',
    os_no_entry => 'No such file or directory',
    os_no_access => 'Permission denied',
    os_not_permitted => 'Operation not permitted',
    os_no_space => 'No space left on device',
    os_quota => 'Disk quota exceeded',
    os_no_memory => 'Cannot allocate memory',
    os_try_again => 'Resource temporarily unavailable',
    os_files_of_process => 'Too many open files',
    os_not_directory => 'Not a directory',
    os_is_directory => 'Is a directory',
    os_no_format => 'Exec format error',
    os_text_busy => 'Text file busy',
    os_input_output => 'Input/output error',
    os_read_only => 'Read-only file system',
    os_too_long => 'Argument list too long',
    os_name_long => 'File name too long',
    os_loop => 'Too many levels of symbolic links',
    os_stale => 'Stale file handle',
);
# What the kernel says most often. Anything else stays in its words.
my %OF_ERRNO = (
    ENOENT => 'os_no_entry',
    EACCES => 'os_no_access',
    EPERM => 'os_not_permitted',
    ENOSPC => 'os_no_space',
    EDQUOT => 'os_quota',
    ENOMEM => 'os_no_memory',
    EAGAIN => 'os_try_again',
    EMFILE => 'os_files_of_process',
    ENOTDIR => 'os_not_directory',
    EISDIR => 'os_is_directory',
    ENOEXEC => 'os_no_format',
    ETXTBSY => 'os_text_busy',
    EIO => 'os_input_output',
    EROFS => 'os_read_only',
    E2BIG => 'os_too_long',
    ENAMETOOLONG => 'os_name_long',
    ELOOP => 'os_loop',
    ESTALE => 'os_stale',
);

# { code, values, text }: said("code", place => value ...).
sub said {
    my ($code, %values) = @_;
    (my $text = $ENGLISH{$code}) =~ s/\{(\w+)\}/english($values{$1})/ge;
    return { text => $text, said => join "\0", $code, map { ($_ => $values{$_}) } sort keys %values };
}

# As what `die` is given: [refusal, text, said]. The refusal is a code of the protocol; '' where it is none.
sub failure {
    my ($refusal, $code, @values) = @_;
    my $it = said($code, @values);
    return [$refusal, @$it{qw(text said)}];
}

sub text { return "=$_[0]" }
sub word { return "\@$_[0]" }

# What the kernel said last.
sub trouble {
    my ($name) = grep { exists $!{$_} && $!{$_} } sort keys %OF_ERRNO;
    return defined $name ? word($OF_ERRNO{$name}) : text("$!");
}

sub english {
    my ($value) = @_;
    return substr($value, 0, 1) eq '@' ? $ENGLISH{ substr $value, 1 } : substr $value, 1;
}

1;
