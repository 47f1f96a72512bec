/* Loaded before a server of PostgreSQL: while the file named by GOV_CORE_REFUSE is there, files of tables do not
   grow. Its first byte says why: F the disk is full, anything else it is broken. All other files are left alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int refused(int file, off_t end) {
    const char *name = getenv("GOV_CORE_REFUSE");
    char link[64], path[4096], why = 0;
    struct stat state;
    ssize_t length;
    int flag;

    if (name == NULL || (flag = open(name, O_RDONLY | O_CLOEXEC)) < 0)
        return 0;
    length = read(flag, &why, 1);
    close(flag);
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    if (strstr(path, "/base/") == NULL || fstat(file, &state) < 0 || end <= state.st_size)
        return 0;
    return why == 'F' ? ENOSPC : EIO;
}

ssize_t pwrite(int file, const void *data, size_t size, off_t offset) {
    static ssize_t (*real)(int, const void *, size_t, off_t);
    int error = refused(file, offset + (off_t) size);

    if (error) {
        errno = error;
        return -1;
    }
    if (real == NULL)
        real = (ssize_t (*)(int, const void *, size_t, off_t)) dlsym(RTLD_NEXT, "pwrite");
    return real(file, data, size, offset);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t offset) {
    static ssize_t (*real)(int, const struct iovec *, int, off_t);
    off_t end = offset;
    int error;

    for (int each = 0; each < count; each++)
        end += (off_t) parts[each].iov_len;
    error = refused(file, end);
    if (error) {
        errno = error;
        return -1;
    }
    if (real == NULL)
        real = (ssize_t (*)(int, const struct iovec *, int, off_t)) dlsym(RTLD_NEXT, "pwritev");
    return real(file, parts, count, offset);
}

int posix_fallocate(int file, off_t offset, off_t size) {
    static int (*real)(int, off_t, off_t);
    int error = refused(file, offset + size);

    if (error)
        return error;
    if (real == NULL)
        real = (int (*)(int, off_t, off_t)) dlsym(RTLD_NEXT, "posix_fallocate");
    return real(file, offset, size);
}
