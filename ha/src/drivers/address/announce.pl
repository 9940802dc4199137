#!/usr/bin/perl
# Tells the neighbours on a link that an address is here now: announce.pl INTERFACE ADDRESS
#
# Without it routers and devices go on sending to the host that had the address before, until their caches expire. Sends what RFC 5227
# section 3 and RFC 4861 section 7.2.6 say: for IPv4 a gratuitous ARP, as request and as reply since some listen to one of them alone; for
# IPv6 an unsolicited neighbour advertisement with the override flag. In Perl, which the agent needs anyway: Node has no raw sockets, and
# arping is not installed everywhere. Called by floating-address.ts.
use strict;
use warnings;
use Socket qw(AF_INET AF_INET6 SOCK_RAW inet_pton);

use constant AF_PACKET     => 17;
use constant ETHERTYPE_ARP => 0x0806;
use constant ETHERTYPE_V6  => 0x86dd;
use constant ICMPV6        => 58;
# All nodes on the link, as an address and as the Ethernet group that belongs to it.
use constant ALL_NODES     => 'ff02::1';
use constant ALL_NODES_MAC => "\x33\x33\x00\x00\x00\x01";
use constant BROADCAST     => "\xff" x 6;

my ($interface, $text) = @ARGV;
die "usage: announce.pl INTERFACE ADDRESS\n" unless defined $text;
my $index = read_line("/sys/class/net/$interface/ifindex");
my $mac   = pack 'H12', read_line("/sys/class/net/$interface/address") =~ s/://gr;
my $v4    = inet_pton(AF_INET,  $text);
my $v6    = inet_pton(AF_INET6, $text);
die "$text is no IP address\n" unless defined $v4 or defined $v6;

if (defined $v4) {
    send_frame(ETHERTYPE_ARP, BROADCAST, arp($_)) for 1, 2;
} else {
    send_frame(ETHERTYPE_V6, ALL_NODES_MAC, advertisement());
}

# Operation 1 asks, 2 answers; both name the address as sender and target.
sub arp {
    my ($operation) = @_;
    my $target = $operation == 1 ? "\0" x 6 : $mac;
    return pack('nnCCn', 1, 0x0800, 6, 4, $operation) . $mac . $v4 . $target . $v4;
}

sub advertisement {
    my $group = inet_pton(AF_INET6, ALL_NODES);
    # Type 136, flag "override", the address, and the option "target link-layer address" of 8 bytes.
    my $body = pack('CCnN', 136, 0, 0, 0x20000000) . $v6 . pack('CC', 2, 1) . $mac;
    my $pseudo = $v6 . $group . pack 'NN', length $body, ICMPV6;
    substr $body, 2, 2, pack 'n', checksum($pseudo . $body);
    return pack('NnCC', 6 << 28, length $body, ICMPV6, 255) . $v6 . $group . $body;
}

sub checksum {
    my ($bytes) = @_;
    my $sum = 0;
    $sum += $_ for unpack 'n*', $bytes;
    $sum = ($sum & 0xffff) + ($sum >> 16) while $sum >> 16;
    return ~$sum & 0xffff;
}

sub send_frame {
    my ($type, $to, $payload) = @_;
    socket my $socket, AF_PACKET, SOCK_RAW, 0 or die "no raw socket: $!\n";
    # struct sockaddr_ll (packet(7)): the protocol is in network order.
    my $address = pack 'SnlSCCa8', AF_PACKET, $type, $index, 1, 0, 6, $to;
    my $frame = $to . $mac . pack('n', $type) . $payload;
    defined send $socket, $frame, 0, $address or die "cannot send on $interface: $!\n";
}

sub read_line {
    my ($file) = @_;
    open my $handle, '<', $file or die "there is no interface $interface\n";
    chomp(my $line = <$handle>);
    return $line;
}
