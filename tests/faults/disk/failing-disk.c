/*
 * Preloaded into the server, it refuses to write to the database as the file FAULT_FILE says: nothing while that is
 * empty or absent, else ENOSPC, EIO or EROFS. Reading goes on, as it does on a disk that is full or read-only.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fault_for(int fd) {
  char link[64], path[4096], word[16] = "";
  const char *fault_file = getenv("FAULT_FILE");
  if (fault_file == NULL) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  if (strstr(path, "tidemark.db") == NULL) return 0;
  int handle = open(fault_file, O_RDONLY);
  if (handle < 0) return 0;
  length = read(handle, word, sizeof word - 1);
  close(handle);
  if (strncmp(word, "ENOSPC", 6) == 0) return ENOSPC;
  if (strncmp(word, "EROFS", 5) == 0) return EROFS;
  return strncmp(word, "EIO", 3) == 0 ? EIO : 0;
}

#define REFUSE(fd)                                                                                                     \
  do {                                                                                                                 \
    int fault = fault_for(fd);                                                                                         \
    if (fault != 0) {                                                                                                  \
      errno = fault;                                                                                                   \
      return -1;                                                                                                       \
    }                                                                                                                  \
  } while (0)

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
  static ssize_t (*next)(int, const void *, size_t, off64_t);
  if (next == NULL) next = dlsym(RTLD_NEXT, "pwrite64");
  REFUSE(fd);
  return next(fd, bytes, count, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  static ssize_t (*next)(int, const void *, size_t, off_t);
  if (next == NULL) next = dlsym(RTLD_NEXT, "pwrite");
  REFUSE(fd);
  return next(fd, bytes, count, offset);
}

int fsync(int fd) {
  static int (*next)(int);
  if (next == NULL) next = dlsym(RTLD_NEXT, "fsync");
  REFUSE(fd);
  return next(fd);
}

int fdatasync(int fd) {
  static int (*next)(int);
  if (next == NULL) next = dlsym(RTLD_NEXT, "fdatasync");
  REFUSE(fd);
  return next(fd);
}
