/*
 * Preloaded into a process, it makes one of its changes below FAULTS_FOLDER fail. FAULTS_CONTROL is a file of five 32-bit
 * numbers, shared with whoever arms it: which change is to fail (0: none), the errno (0: write half of it, and fail the
 * next with ENOSPC), how many fail in a row, how many changes have been seen, how many have failed.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum outcome { PASS, FAIL, HALF };

struct control {
  int32_t target;
  int32_t error;
  int32_t length;
  int32_t seen;
  int32_t failed;
};

static struct control *control;
static const char *folder;

__attribute__((constructor)) static void load(void) {
  const char *path = getenv("FAULTS_CONTROL");
  folder = getenv("FAULTS_FOLDER");
  if (!path || !folder) return;
  int fd = open(path, O_RDWR);
  if (fd < 0) return;
  void *mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped != MAP_FAILED) control = mapped;
  close(fd);
}

static enum outcome judge(const char *path) {
  if (!control || strncmp(path, folder, strlen(folder)) != 0) return PASS;
  int32_t number = __atomic_add_fetch(&control->seen, 1, __ATOMIC_SEQ_CST);
  int32_t target = control->target;
  if (target == 0 || number < target || number >= target + control->length) return PASS;
  __atomic_add_fetch(&control->failed, 1, __ATOMIC_SEQ_CST);
  if (control->error == 0 && number == target) return HALF;
  errno = control->error ? control->error : ENOSPC;
  return FAIL;
}

static enum outcome judge_descriptor(int fd) {
  if (!control) return PASS;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return PASS;
  path[length] = '\0';
  return judge(path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *bytes, size_t count) {
  switch (judge_descriptor(fd)) {
    case FAIL: return -1;
    case HALF: return REAL(write)(fd, bytes, count > 1 ? count / 2 : count);
    default: return REAL(write)(fd, bytes, count);
  }
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  switch (judge_descriptor(fd)) {
    case FAIL: return -1;
    case HALF: return REAL(pwrite64)(fd, bytes, count > 1 ? count / 2 : count, at);
    default: return REAL(pwrite64)(fd, bytes, count, at);
  }
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  switch (judge_descriptor(fd)) {
    case FAIL: return -1;
    case HALF: return REAL(writev)(fd, parts, count > 1 ? count / 2 : count);
    default: return REAL(writev)(fd, parts, count);
  }
}

/* LevelDB writes by stdio, whose own calls cannot be replaced. As glibc does, a failed flush drops what was buffered. */
int (fflush_unlocked)(FILE *file) {
  switch (judge_descriptor(fileno(file))) {
    case FAIL:
      __fpurge(file);
      return EOF;
    case HALF: {
      ssize_t half = REAL(write)(fileno(file), file->_IO_write_base, __fpending(file) / 2);
      __fpurge(file);
      errno = half < 0 ? errno : ENOSPC;
      return EOF;
    }
    default: return REAL(fflush_unlocked)(file);
  }
}

/* A failed write leaves half of its bytes, and all that was buffered before, for closing to write. */
size_t (fwrite_unlocked)(const void *bytes, size_t size, size_t count, FILE *file) {
  if (judge_descriptor(fileno(file)) == PASS) return REAL(fwrite_unlocked)(bytes, size, count, file);
  int error = errno ? errno : ENOSPC;
  size_t written = REAL(fwrite_unlocked)(bytes, size, count / 2, file);
  errno = error;
  return written;
}

int fsync(int fd) { return judge_descriptor(fd) == FAIL ? -1 : REAL(fsync)(fd); }
int fdatasync(int fd) { return judge_descriptor(fd) == FAIL ? -1 : REAL(fdatasync)(fd); }
int ftruncate64(int fd, off64_t size) { return judge_descriptor(fd) == FAIL ? -1 : REAL(ftruncate64)(fd, size); }
int mkdir(const char *path, mode_t mode) { return judge(path) == FAIL ? -1 : REAL(mkdir)(path, mode); }
int unlink(const char *path) { return judge(path) == FAIL ? -1 : REAL(unlink)(path); }
int rename(const char *from, const char *to) { return judge(to) == FAIL ? -1 : REAL(rename)(from, to); }

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if ((flags & O_CREAT) && judge(path) == FAIL) return -1;
  return REAL(open64)(path, flags, mode);
}
