/* A disk and a clock with faults, for LD_PRELOAD on Linux: cc -shared -fPIC -o disk-faults.so disk-faults.c -ldl
   FAULT_BELOW=/folder   where the disk is
   FAULT_CLOCK=/file     the number of seconds in that file is added to the wall clock
   Below the folder: a folder cannot be synced (EINVAL), free space is told as 0 of 0, a rename onto a file is refused
   (EEXIST), an open file cannot be unlinked (EBUSY for ".reserve"), and a folder ".Spotlight-V100" cannot be listed. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define NEXT(name)                     \
  static __typeof__(&name) next;       \
  if (!next) next = dlsym(RTLD_NEXT, #name)

static int below(const char *path) {
  const char *folder = getenv("FAULT_BELOW");
  return folder && strncmp(path, folder, strlen(folder)) == 0;
}

static int refuse(int code) {
  errno = code;
  return -1;
}

int fsync(int fd) {
  NEXT(fsync);
  struct stat found;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  if (fstat(fd, &found) == 0 && S_ISDIR(found.st_mode)) {
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = 0;
    if (below(path)) return refuse(EINVAL);
  }
  return next(fd);
}

int statfs(const char *path, struct statfs *told) {
  NEXT(statfs);
  int result = next(path, told);
  if (result == 0 && below(path)) told->f_blocks = told->f_bfree = told->f_bavail = 0;
  return result;
}

int statfs64(const char *path, struct statfs64 *told) {
  NEXT(statfs64);
  int result = next(path, told);
  if (result == 0 && below(path)) told->f_blocks = told->f_bfree = told->f_bavail = 0;
  return result;
}

int rename(const char *from, const char *to) {
  NEXT(rename);
  if (below(to) && access(to, F_OK) == 0) return refuse(EEXIST);
  return next(from, to);
}

int unlink(const char *path) {
  NEXT(unlink);
  if (below(path) && strstr(path, "/.reserve")) return refuse(EBUSY);
  return next(path);
}

int scandir64(const char *path, struct dirent64 ***names, int (*only)(const struct dirent64 *),
              int (*order)(const struct dirent64 **, const struct dirent64 **)) {
  NEXT(scandir64);
  if (below(path) && strstr(path, ".Spotlight-V100")) return refuse(EACCES);
  return next(path, names, only, order);
}

int scandir(const char *path, struct dirent ***names, int (*only)(const struct dirent *),
            int (*order)(const struct dirent **, const struct dirent **)) {
  NEXT(scandir);
  if (below(path) && strstr(path, ".Spotlight-V100")) return refuse(EACCES);
  return next(path, names, only, order);
}

static long ahead(void) {
  const char *name = getenv("FAULT_CLOCK");
  FILE *file = name ? fopen(name, "re") : NULL;
  long seconds = 0;
  if (file) {
    if (fscanf(file, "%ld", &seconds) != 1) seconds = 0;
    fclose(file);
  }
  return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  NEXT(clock_gettime);
  int result = next(clock, time);
  if (result == 0 && clock == CLOCK_REALTIME) time->tv_sec += ahead();
  return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  static int (*next)(struct timeval *, void *);
  if (!next) next = dlsym(RTLD_NEXT, "gettimeofday");
  int result = next(time, zone);
  if (result == 0) time->tv_sec += ahead();
  return result;
}
