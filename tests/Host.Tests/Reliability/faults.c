// Loaded before libc (LD_PRELOAD): a disk that is full, a tree that is read-only, and a wall clock that jumps, for one process.
//
// FAULT_ROOT=FOLDER       only paths below it are touched
// FAULT_FULL=PATTERN      the disk is full, and stays full, from the first write to a file whose path matches PATTERN (with * and ?)
// FAULT_SKIP=N            ... but N writes of such files come through first
// FAULT_READONLY=1        nothing below the folder can be changed
// FAULT_LOG=FILE          paths that are opened for writing, one a line
// FAULT_CLOCK=AFTER,DELTA the wall clock jumps by DELTA seconds, AFTER seconds after the start of the process
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
enum { FILES = 65536 };

static _Atomic char watched[FILES]; // by descriptor: 1 a file below the folder that is open for writing, 2 one that fills the disk
static atomic_int full;
static atomic_long skip = -1;

static const char *setting(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static int below(const char *path, char *whole)
{
    const char *root = setting("FAULT_ROOT");
    if (!root || !path) return 0;
    if (path[0] == '/') snprintf(whole, PATH_MAX, "%s", path);
    else
    {
        char here[PATH_MAX];
        if (!getcwd(here, sizeof here) || snprintf(whole, PATH_MAX, "%s/%s", here, path) >= PATH_MAX) return 0;
    }
    size_t length = strlen(root);
    return strncmp(whole, root, length) == 0 && (whole[length] == '/' || whole[length] == 0);
}

static int is_readonly(void) { return setting("FAULT_READONLY") != NULL; }

static int refuses_change(const char *path)
{
    char whole[PATH_MAX];
    if (!is_readonly() || !below(path, whole)) return 0;
    errno = EROFS;
    return 1;
}

static int refuses_entry(const char *path)
{
    char whole[PATH_MAX];
    if (refuses_change(path)) return 1;
    if (!atomic_load(&full) || !below(path, whole)) return 0;
    errno = ENOSPC;
    return 1;
}

static int refuses_open(const char *path, int flags)
{
    struct stat about;
    if ((flags & O_ACCMODE) == O_RDONLY && !(flags & (O_CREAT | O_TRUNC))) return 0;
    if (refuses_change(path)) return 1;
    return (flags & O_CREAT) && stat(path, &about) != 0 && refuses_entry(path);
}

static int opened(int fd, const char *path, int flags)
{
    char whole[PATH_MAX];
    if (fd < 0 || fd >= FILES) return fd;
    atomic_store(&watched[fd], 0);
    if ((flags & O_ACCMODE) == O_RDONLY || !below(path, whole)) return fd;
    const char *place = setting("FAULT_FULL"), *log = setting("FAULT_LOG");
    atomic_store(&watched[fd], place && fnmatch(place, whole, 0) == 0 ? 2 : 1);
    if (log)
    {
        int out = NEXT(open)(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
        char line[PATH_MAX + 1];
        int length = snprintf(line, sizeof line, "%s\n", whole);
        if (out >= 0)
        {
            if (NEXT(write)(out, line, length) < 0) abort();
            NEXT(close)(out);
        }
    }
    return fd;
}

static int refuses_bytes(int fd)
{
    if (fd < 0 || fd >= FILES) return 0;
    char kind = atomic_load(&watched[fd]);
    if (!kind) return 0;
    if (kind == 2 && !atomic_load(&full))
    {
        long unset = -1;
        const char *number = setting("FAULT_SKIP");
        atomic_compare_exchange_strong(&skip, &unset, number ? atol(number) : 0);
        if (atomic_fetch_sub(&skip, 1) <= 0) atomic_store(&full, 1);
    }
    if (!atomic_load(&full)) return 0;
    errno = ENOSPC;
    return 1;
}

#define OPEN(name, before, call)                                 \
    int name before                                              \
    {                                                            \
        va_list list;                                            \
        va_start(list, flags);                                   \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0; \
        va_end(list);                                            \
        if (refuses_open(path, flags)) return -1;                \
        return opened(NEXT(name) call, path, flags);             \
    }
OPEN(open, (const char *path, int flags, ...), (path, flags, mode))
OPEN(open64, (const char *path, int flags, ...), (path, flags, mode))
OPEN(openat, (int at, const char *path, int flags, ...), (at, path, flags, mode))
OPEN(openat64, (int at, const char *path, int flags, ...), (at, path, flags, mode))

int close(int fd)
{
    if (fd >= 0 && fd < FILES) atomic_store(&watched[fd], 0);
    return NEXT(close)(fd);
}

ssize_t write(int fd, const void *bytes, size_t count) { return refuses_bytes(fd) ? -1 : NEXT(write)(fd, bytes, count); }
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) { return refuses_bytes(fd) ? -1 : NEXT(pwrite)(fd, bytes, count, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) { return refuses_bytes(fd) ? -1 : NEXT(pwrite64)(fd, bytes, count, at); }
ssize_t writev(int fd, const struct iovec *parts, int count) { return refuses_bytes(fd) ? -1 : NEXT(writev)(fd, parts, count); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { return refuses_bytes(fd) ? -1 : NEXT(pwritev)(fd, parts, count, at); }
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) { return refuses_bytes(fd) ? -1 : NEXT(pwritev64)(fd, parts, count, at); }
ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t count, unsigned flags) { return refuses_bytes(out) ? -1 : NEXT(copy_file_range)(in, from, out, to, count, flags); }
ssize_t sendfile(int out, int in, off_t *at, size_t count);
ssize_t sendfile(int out, int in, off_t *at, size_t count) { return refuses_bytes(out) ? -1 : NEXT(sendfile)(out, in, at, count); }
ssize_t sendfile64(int out, int in, off64_t *at, size_t count);
ssize_t sendfile64(int out, int in, off64_t *at, size_t count) { return refuses_bytes(out) ? -1 : NEXT(sendfile64)(out, in, at, count); }
int posix_fallocate(int fd, off_t at, off_t length) { return refuses_bytes(fd) ? ENOSPC : NEXT(posix_fallocate)(fd, at, length); }
int posix_fallocate64(int fd, off64_t at, off64_t length) { return refuses_bytes(fd) ? ENOSPC : NEXT(posix_fallocate64)(fd, at, length); }
int fallocate(int fd, int mode, off_t at, off_t length) { return refuses_bytes(fd) ? -1 : NEXT(fallocate)(fd, mode, at, length); }
int fallocate64(int fd, int mode, off64_t at, off64_t length) { return refuses_bytes(fd) ? -1 : NEXT(fallocate64)(fd, mode, at, length); }

int mkdir(const char *path, mode_t mode) { return refuses_entry(path) ? -1 : NEXT(mkdir)(path, mode); }
int link(const char *from, const char *to) { return refuses_entry(to) ? -1 : NEXT(link)(from, to); }
int symlink(const char *from, const char *to) { return refuses_entry(to) ? -1 : NEXT(symlink)(from, to); }
int rename(const char *from, const char *to) { return refuses_change(to) ? -1 : NEXT(rename)(from, to); }
int unlink(const char *path) { return refuses_change(path) ? -1 : NEXT(unlink)(path); }
int rmdir(const char *path) { return refuses_change(path) ? -1 : NEXT(rmdir)(path); }
int chmod(const char *path, mode_t mode) { return refuses_change(path) ? -1 : NEXT(chmod)(path, mode); }

static long jump(void)
{
    static _Atomic long began;
    const char *text = setting("FAULT_CLOCK");
    if (!text) return 0;
    struct timespec now;
    NEXT(clock_gettime)(CLOCK_MONOTONIC, &now);
    long unset = 0;
    atomic_compare_exchange_strong(&began, &unset, now.tv_sec * 1000 + now.tv_nsec / 1000000);
    const char *comma = strchr(text, ',');
    return comma && now.tv_sec * 1000 + now.tv_nsec / 1000000 - atomic_load(&began) >= 1000 * atof(text) ? atol(comma + 1) : 0;
}

__attribute__((constructor)) static void start(void) { jump(); }

int clock_gettime(clockid_t clock, struct timespec *time)
{
    int result = NEXT(clock_gettime)(clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += jump();
    return result;
}

int gettimeofday(struct timeval *time, void *zone)
{
    int result = NEXT(gettimeofday)(time, zone);
    if (result == 0) time->tv_sec += jump();
    return result;
}

time_t time(time_t *out)
{
    time_t now = NEXT(time)(NULL) + jump();
    if (out) *out = now;
    return now;
}
