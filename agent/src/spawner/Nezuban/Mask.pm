# Hides secrets in a stream of bytes: each occurrence becomes ***, also one that is cut in two by the border of a reading.
#
# Responsible for the bytes alone. Not responsible for where they go (Waiter.pm). What may be the beginning of a secret is held back until more
# comes or the stream ends; that is less than the longest secret.
package Nezuban::Mask;
use strict;
use warnings;

use constant MASK => '***';

# Returns undef where there is nothing to hide.
sub new {
    my ($class, @secrets) = @_;
    my @wanted = sort { length $b <=> length $a } grep { length } @secrets;
    return undef unless @wanted;
    my %first;
    push @{ $first{ substr $_, 0, 1 } }, $_ for @wanted;
    # covered: so many bytes at the beginning of what is held belong to a secret whose mask is written already.
    return bless { secrets => \@wanted, first => \%first, longest => length $wanted[0], held => '', covered => 0 }, $class;
}

# What may be written now.
sub take {
    my ($self, $bytes) = @_;
    my $text = $self->{held} . $bytes;
    return $self->hide($text, $self->hold_from($text));
}

# The rest, at the end of the stream.
sub rest {
    my ($self) = @_;
    return $self->hide($self->{held}, length $self->{held});
}

# Where the longest end of the text begins that is the beginning of a secret and not a whole one.
sub hold_from {
    my ($self, $text) = @_;
    my $length = length $text;
    my $from = $length - $self->{longest} + 1;
    for my $at (($from < 0 ? 0 : $from) .. $length - 1) {
        my $candidates = $self->{first}{ substr $text, $at, 1 } or next;
        my $end = substr $text, $at;
        for my $secret (@$candidates) {
            return $at if length $end < length $secret && substr($secret, 0, length $end) eq $end;
        }
    }
    return $length;
}

# Gives everything before $until, and holds the rest.
sub hide {
    my ($self, $text, $until) = @_;
    my ($result, $at) = ('', $self->{covered});
    $at = $until if $at > $until;
    my $covered = $self->{covered} > $until ? $self->{covered} - $until : 0;
    for my $place (places($self, $text)) {
        my ($begin, $end) = @$place;
        last if $begin >= $until;
        # One that overlaps what is masked already makes that longer and no second mask.
        my $joined = $begin < $self->{covered};
        if (!$joined) {
            $result .= substr($text, $at, $begin - $at) if $begin > $at;
            $result .= MASK;
        }
        $covered = $end - $until if $end > $until;
        $at = $end if $end > $at;
    }
    $result .= substr($text, $at, $until - $at) if $at < $until;
    $self->{held} = substr $text, $until;
    $self->{covered} = $covered;
    return $result;
}

# Where secrets stand, those that overlap as one: [begin, end), in order.
sub places {
    my ($self, $text) = @_;
    my @found;
    for my $secret (@{ $self->{secrets} }) {
        my $at = -1;
        while (($at = index $text, $secret, $at + 1) >= 0) { push @found, [$at, $at + length $secret] }
    }
    my @merged;
    for my $place (sort { $a->[0] <=> $b->[0] } @found) {
        if (@merged && $place->[0] < $merged[-1][1]) {
            $merged[-1][1] = $place->[1] if $place->[1] > $merged[-1][1];
        }
        else { push @merged, [@$place] }
    }
    return @merged;
}

1;
