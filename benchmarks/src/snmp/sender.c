/*
 * Sends one SNMP trap again and again by UDP at a constant rate, each with its number in it.
 *
 *   sender HEX OFFSET RATE SECONDS PORT
 *
 * HEX is the datagram, OFFSET where eight hexadecimal digits of the number belong. Every half millisecond what is due goes out by
 * sendmmsg(2). Prints how many were sent and how long it took. Made and started by ../snmp.ts.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define SIZE 1024

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc < 6) return 2;
  const char *hex = argv[1];
  const size_t length = strlen(hex) / 2, offset = atoi(argv[2]);
  if (length > SIZE || offset + 8 > length) return 2;
  const double rate = atof(argv[3]), seconds = atof(argv[4]);
  static unsigned char datagrams[BATCH][SIZE];
  for (int i = 0; i < BATCH; i++)
    for (size_t at = 0; at < length; at++) {
      unsigned byte;
      sscanf(hex + 2 * at, "%2x", &byte);
      datagrams[i][at] = byte;
    }
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[5]))};
  inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (connect(fd, (struct sockaddr *)&to, sizeof to)) return 3;
  struct iovec parts[BATCH];
  struct mmsghdr messages[BATCH];
  memset(messages, 0, sizeof messages);
  for (int i = 0; i < BATCH; i++) {
    parts[i] = (struct iovec){datagrams[i], length};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  const long total = (long)(rate * seconds);
  long sent = 0;
  const double began = now();
  while (sent < total) {
    long due = (long)((now() - began) * rate);
    if (due > total) due = total;
    if (due <= sent) {
      struct timespec pause = {0, 500000};
      nanosleep(&pause, NULL);
      continue;
    }
    int count = due - sent > BATCH ? BATCH : (int)(due - sent);
    for (int i = 0; i < count; i++) {
      char number[9];
      snprintf(number, sizeof number, "%08lx", sent + i);
      memcpy(datagrams[i] + offset, number, 8);
    }
    for (int at = 0; at < count;) {
      int done = sendmmsg(fd, messages + at, count - at, 0);
      if (done < 0 && (errno == ECONNREFUSED || errno == EINTR)) continue;
      if (done <= 0) return 4;
      at += done;
    }
    sent += count;
  }
  printf("{\"sent\":%ld,\"seconds\":%.3f}\n", sent, now() - began);
  return 0;
}
