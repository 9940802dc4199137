# Sends numbered syslog datagrams from one address at a steady rate: storm.pl SOURCE PORT PER_SECOND SECONDS TAG. Says how many it sent.
use strict;
use warnings;
use Socket;
use Time::HiRes qw(time);
my ($source, $port, $rate, $seconds, $tag) = @ARGV;
socket(my $socket, PF_INET, SOCK_DGRAM, getprotobyname('udp') || 17) or die "socket: $!";
bind($socket, sockaddr_in(0, inet_aton($source))) or die "bind: $!";
connect($socket, sockaddr_in($port, inet_aton('127.0.0.1'))) or die "connect: $!";
my ($start, $tried, $sent) = (time, 0, 0);
while ((my $passed = time - $start) < $seconds) {
  while ($tried < $passed * $rate) {
    $tried++;
    $sent++ if defined send($socket, "<34>1 2026-01-01T00:00:00Z host $tag - - - number $tried", 0);
  }
  select(undef, undef, undef, 0.001);
}
print "$sent\n";
