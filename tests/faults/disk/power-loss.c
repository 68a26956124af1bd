/*
 * Preloaded into a server, it keeps in DURABLE_DIR what a power cut would leave of the database and its write-ahead log:
 * a write reaches the copy only when its file is synced. The rest is as if it had stayed in the disk's cache.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define FILES 16
#define RANGES 65536

struct range { off_t offset; size_t count; };
static struct file { char path[4096]; int copy; size_t ranges; struct range dirty[RANGES]; } files[FILES];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* The database and its log by the name of what the descriptor is open on; nothing else is kept. */
static struct file *file_of(int fd) {
  char link[64], path[4096], copy[8192];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return NULL;
  path[length] = 0;
  const char *name = strrchr(path, '/');
  if (name == NULL || (strcmp(name, "/tidemark.db") != 0 && strcmp(name, "/tidemark.db-wal") != 0)) return NULL;
  for (int at = 0; at < FILES; at++) {
    if (files[at].path[0] == 0) {
      snprintf(copy, sizeof copy, "%s%s", getenv("DURABLE_DIR"), name);
      strcpy(files[at].path, path);
      files[at].copy = open(copy, O_RDWR | O_CREAT, 0600);
    }
    if (strcmp(files[at].path, path) == 0) return &files[at];
  }
  abort();
}

static void note(int fd, off_t offset, ssize_t count) {
  if (count <= 0) return;
  pthread_mutex_lock(&mutex);
  struct file *file = file_of(fd);
  if (file != NULL) {
    if (file->ranges == RANGES) abort();
    file->dirty[file->ranges++] = (struct range){ offset, (size_t)count };
  }
  pthread_mutex_unlock(&mutex);
}

static void make_durable(int fd) {
  static ssize_t (*write_copy)(int, const void *, size_t, off_t);
  if (write_copy == NULL) write_copy = dlsym(RTLD_NEXT, "pwrite");
  pthread_mutex_lock(&mutex);
  struct file *file = file_of(fd);
  struct stat now;
  if (file != NULL && fstat(fd, &now) == 0) {
    char *bytes = malloc(1 << 20);
    for (size_t at = 0; at < file->ranges; at++) {
      struct range range = file->dirty[at];
      if (range.count > (1 << 20)) abort();
      ssize_t got = pread(fd, bytes, range.count, range.offset);
      if (got > 0 && write_copy(file->copy, bytes, (size_t)got, range.offset) != got) abort();
    }
    free(bytes);
    file->ranges = 0;
    if (ftruncate(file->copy, now.st_size) != 0) abort();
  }
  pthread_mutex_unlock(&mutex);
}

#define WRITE(name, offset_type)                                                                                       \
  ssize_t name(int fd, const void *bytes, size_t count, offset_type offset) {                                          \
    static ssize_t (*next)(int, const void *, size_t, offset_type);                                                    \
    if (next == NULL) next = dlsym(RTLD_NEXT, #name);                                                                  \
    ssize_t written = next(fd, bytes, count, offset);                                                                  \
    note(fd, offset, written);                                                                                         \
    return written;                                                                                                    \
  }
WRITE(pwrite, off_t)
WRITE(pwrite64, off64_t)

#define SYNC(name)                                                                                                     \
  int name(int fd) {                                                                                                   \
    static int (*next)(int);                                                                                           \
    if (next == NULL) next = dlsym(RTLD_NEXT, #name);                                                                  \
    int result = next(fd);                                                                                             \
    if (result == 0) make_durable(fd);                                                                                 \
    return result;                                                                                                     \
  }
SYNC(fsync)
SYNC(fdatasync)
