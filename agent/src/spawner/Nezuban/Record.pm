# The records of an attempt's folder: lines "key value", closed by a line "end". A record without that line does not exist.
# Read by agent/src/attempts/attempt-record.ts.
package Nezuban::Record;
use strict;
use warnings;
use Fcntl qw(O_WRONLY O_CREAT O_EXCL O_TRUNC);
use IO::Handle ();

# Values are any bytes: controls, "%" and bytes beyond ASCII travel as %XX.
sub format {
    my @pairs = @_;
    my $text = '';
    while (my ($key, $value) = splice @pairs, 0, 2) {
        next unless defined $value;
        $value =~ s/([^\x20-\x24\x26-\x7e])/sprintf '%%%02X', ord $1/ge;
        $text .= "$key $value\n";
    }
    return $text . "end\n";
}

# Writes the record in one write. Returns false with $! set.
sub write_plain {
    my ($path, @pairs) = @_;
    sysopen my $file, $path, O_WRONLY | O_CREAT | O_TRUNC, 0600 or return 0;
    return write_all($file, Nezuban::Record::format(@pairs)) && close $file;
}

# Writes the record so that it is on disk whole or not at all. Returns false with $! set.
sub write_durable {
    my ($path, @pairs) = @_;
    my $draft = "$path.draft";
    sysopen my $file, $draft, O_WRONLY | O_CREAT | O_TRUNC, 0600 or return 0;
    write_all($file, Nezuban::Record::format(@pairs)) or return 0;
    $file->sync or return 0;
    close $file or return 0;
    rename $draft, $path or return 0;
    return 1;
}

# Makes a rename in this folder durable.
sub sync_folder {
    my ($path) = @_;
    open my $folder, '<', $path or return 0;
    return $folder->sync;
}

sub write_all {
    my ($file, $bytes) = @_;
    my $done = 0;
    while ($done < length $bytes) {
        my $wrote = syswrite $file, $bytes, length($bytes) - $done, $done;
        next if !defined $wrote && $!{EINTR};
        return 0 unless defined $wrote;
        $done += $wrote;
    }
    return 1;
}

1;
