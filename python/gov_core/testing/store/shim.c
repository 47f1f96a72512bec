/* Logs what a process writes to files of one prefix, and in which order it was made durable.
 *
 * LD_PRELOAD with GOV_POWER_PREFIX (of paths) and GOV_POWER_LOG. The log is a row of records: one byte of kind,
 * then 32 bits of file, 64 bits of offset, 32 bits of length, and for a write its bytes:
 *   'O' a file is opened: the bytes are its path      'W' write          'T' truncate to offset
 *   'S' the file is durable                            'D' the file is gone
 *   'A' the process has acknowledged: offset is the number it gave (see acknowledge)
 * SQLite writes its index of the log through memory; it is made again after a crash and is not logged.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define MOST_FILES 4096

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;
static const char *prefix;
static char watched[MOST_FILES];

static ssize_t (*real_pwrite64)(int, const void *, size_t, off64_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_open64)(const char *, int, ...);
static int (*real_close)(int);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate64)(int, off64_t);
static int (*real_unlink)(const char *);

__attribute__((constructor)) static void start(void) {
    real_pwrite64 = dlsym(RTLD_NEXT, "pwrite64");
    real_write = dlsym(RTLD_NEXT, "write");
    real_open64 = dlsym(RTLD_NEXT, "open64");
    real_close = dlsym(RTLD_NEXT, "close");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_ftruncate64 = dlsym(RTLD_NEXT, "ftruncate64");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
    prefix = getenv("GOV_POWER_PREFIX");
    const char *path = getenv("GOV_POWER_LOG");
    if (prefix && path) log_fd = real_open64(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
}

static void note(char kind, uint32_t file, uint64_t offset, const void *bytes, uint32_t length) {
    if (log_fd < 0) return;
    unsigned char head[17];
    head[0] = (unsigned char)kind;
    memcpy(head + 1, &file, 4);
    memcpy(head + 5, &offset, 8);
    memcpy(head + 13, &length, 4);
    pthread_mutex_lock(&turn);
    if (real_write(log_fd, head, sizeof head) != sizeof head) abort();
    if (bytes && length && real_write(log_fd, bytes, length) != (ssize_t)length) abort();
    pthread_mutex_unlock(&turn);
}

static int is_watched(int fd) { return fd >= 0 && fd < MOST_FILES && watched[fd]; }

/* A file of the store, or the folder it is in: flushing that makes it durable which files there are. */
static int belongs(const char *path) {
    size_t length = strlen(path);
    if (prefix && strncmp(prefix, path, length) == 0 && prefix[length] == '/' && !strchr(prefix + length + 1, '/'))
        return 1;
    if (!prefix || strncmp(path, prefix, strlen(prefix)) != 0) return 0;
    return length < 4 || strcmp(path + length - 4, "-shm") != 0;
}

static int opened(int fd, const char *path) {
    if (fd >= 0 && fd < MOST_FILES && (watched[fd] = (char)belongs(path)))
        note('O', (uint32_t)fd, 0, path, (uint32_t)strlen(path));
    return fd;
}

int open64(const char *path, int flags, ...) {
    mode_t mode = 0;
    if (flags & (O_CREAT | O_TMPFILE)) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
    }
    return opened(real_open64(path, flags, mode), path);
}

int open(const char *path, int flags, ...) {
    mode_t mode = 0;
    if (flags & (O_CREAT | O_TMPFILE)) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
    }
    return opened(real_open64(path, flags, mode), path);
}

int close(int fd) {
    if (is_watched(fd)) watched[fd] = 0;
    return real_close(fd);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
    ssize_t written = real_pwrite64(fd, bytes, length, offset);
    if (written > 0 && is_watched(fd)) note('W', (uint32_t)fd, (uint64_t)offset, bytes, (uint32_t)written);
    return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
    return pwrite64(fd, bytes, length, offset);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    off_t offset = is_watched(fd) ? lseek(fd, 0, SEEK_CUR) : 0;
    ssize_t written = real_write(fd, bytes, length);
    if (written > 0 && is_watched(fd)) note('W', (uint32_t)fd, (uint64_t)offset, bytes, (uint32_t)written);
    return written;
}

int ftruncate64(int fd, off64_t length) {
    int result = real_ftruncate64(fd, length);
    if (result == 0 && is_watched(fd)) note('T', (uint32_t)fd, (uint64_t)length, NULL, 0);
    return result;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

int fsync(int fd) {
    int result = real_fsync(fd);
    if (result == 0 && is_watched(fd)) note('S', (uint32_t)fd, 0, NULL, 0);
    return result;
}

int fdatasync(int fd) {
    int result = real_fdatasync(fd);
    if (result == 0 && is_watched(fd)) note('S', (uint32_t)fd, 0, NULL, 0);
    return result;
}

int unlink(const char *path) {
    int result = real_unlink(path);
    if (result == 0 && belongs(path)) note('D', 0, 0, path, (uint32_t)strlen(path));
    return result;
}

/* Called by the writer, over ctypes, when an append has returned. */
void acknowledge(uint64_t number) { note('A', 0, number, NULL, 0); }
