/*
 * Sends numbered syslog lines by UDP at a constant rate, to one receiver or to two, from several sources: addresses of the
 * loopback network where the receiver is there, ports elsewhere.
 *
 *   sender RUN RATE SECONDS SOURCES ADDRESS:PORT [ADDRESS:PORT]
 *
 * Responsible for the rate: every millisecond what is due goes out by sendmmsg(2). Prints how many lines were sent, how many the kernel
 * refused, and how long it took. Made and started by load.ts.
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
#define LINE 256

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc < 6) return 2;
  const char *run = argv[1];
  const double rate = atof(argv[2]), seconds = atof(argv[3]);
  const int sources = atoi(argv[4]), ports = argc - 5;
  int sockets[64][2];
  for (int s = 0; s < sources && s < 64; s++)
    for (int p = 0; p < ports && p < 2; p++) {
      struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
      char text[32], target[64];
      snprintf(target, sizeof target, "%s", argv[5 + p]);
      char *colon = strchr(target, ':');
      if (!colon) return 2;
      *colon = 0;
      to.sin_port = htons(atoi(colon + 1));
      inet_pton(AF_INET, target, &to.sin_addr);
      snprintf(text, sizeof text, "127.0.0.%d", 2 + s);
      if (!strncmp(target, "127.", 4)) inet_pton(AF_INET, text, &from.sin_addr);
      int fd = socket(AF_INET, SOCK_DGRAM, 0);
      if (bind(fd, (struct sockaddr *)&from, sizeof from) || connect(fd, (struct sockaddr *)&to, sizeof to)) return 3;
      sockets[s][p] = fd;
    }
  static char lines[BATCH][LINE];
  struct iovec parts[BATCH];
  struct mmsghdr messages[BATCH];
  memset(messages, 0, sizeof messages);
  const long total = (long)(rate * seconds);
  long sent = 0, failed = 0;
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
    const int source = (sent / BATCH) % sources;
    for (int i = 0; i < count; i++) {
      int length = snprintf(lines[i], LINE,
                            "<134>Nov 26 13:00:00 device-%d app[%ld]: run=%s n=%ld port 17 of the switch reports what devices report, about as long",
                            source, sent % 4096, run, sent + i);
      parts[i] = (struct iovec){lines[i], length};
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    for (int p = 0; p < ports; p++)
      for (int at = 0; at < count;) {
        int done = sendmmsg(sockets[source][p], messages + at, count - at, 0);
        if (done < 0 && (errno == ECONNREFUSED || errno == EINTR)) continue;
        if (done <= 0) {
          failed += count - at;
          break;
        }
        at += done;
      }
    sent += count;
  }
  printf("{\"sent\":%ld,\"failed\":%ld,\"seconds\":%.3f}\n", sent, failed, now() - began);
  return 0;
}
