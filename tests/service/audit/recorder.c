/* Records what a process writes to files below a folder: preloaded, it stands before the C library's calls.
 *
 * RECORDED_FOLDER names the folder, RECORDED_LOG the log. Each call that changed something is one line of the log:
 *   W path offset length, then the bytes;  T path length (truncated);  S path (flushed);  D path (removed);  M text (a mark,
 *   by writing to the descriptor of RECORDED_FOLDER/mark).
 * One thread at a time writes to the log. The process must not fork while it is recorded.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static int log_handle = -2;
static const char *folder;
static ssize_t (*real_write)(int, const void *, size_t);

static int is_recorded(int handle, char *path) {
    char link[64];
    if (log_handle == -2) {
        const char *name = getenv("RECORDED_LOG");
        folder = getenv("RECORDED_FOLDER");
        real_write = dlsym(RTLD_NEXT, "write");
        log_handle = name && folder ? open(name, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
    }
    if (log_handle < 0 || handle == log_handle)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0)
        return 0;
    path[length] = 0;
    return strncmp(path, folder, strlen(folder)) == 0;
}

static void put(const char *head, const void *bytes, size_t length) {
    pthread_mutex_lock(&turn);
    real_write(log_handle, head, strlen(head));
    if (length)
        real_write(log_handle, bytes, length);
    pthread_mutex_unlock(&turn);
}

static void wrote(int handle, const void *bytes, ssize_t done, off_t offset) {
    char path[PATH_MAX], head[PATH_MAX + 64];
    if (done > 0 && is_recorded(handle, path)) {
        snprintf(head, sizeof head, "W %s %lld %zd\n", path, (long long)offset, done);
        put(head, bytes, (size_t)done);
    }
}

ssize_t pwrite(int handle, const void *bytes, size_t length, off_t offset) {
    ssize_t (*real)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite");
    ssize_t done = real(handle, bytes, length, offset);
    wrote(handle, bytes, done, offset);
    return done;
}

ssize_t pwrite64(int handle, const void *bytes, size_t length, off64_t offset) {
    ssize_t (*real)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");
    ssize_t done = real(handle, bytes, length, offset);
    wrote(handle, bytes, done, (off_t)offset);
    return done;
}

ssize_t write(int handle, const void *bytes, size_t length) {
    ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    ssize_t done = real(handle, bytes, length);
    char path[PATH_MAX];
    if (done > 0 && handle > 2 && is_recorded(handle, path))
        wrote(handle, bytes, done, lseek(handle, 0, SEEK_CUR) - done);
    return done;
}

static int flushed(int handle, const char *name) {
    int (*real)(int) = dlsym(RTLD_NEXT, name);
    int done = real(handle);
    char path[PATH_MAX], head[PATH_MAX + 64];
    if (done == 0 && is_recorded(handle, path)) {
        snprintf(head, sizeof head, "S %s\n", path);
        put(head, NULL, 0);
    }
    return done;
}

int fsync(int handle) { return flushed(handle, "fsync"); }
int fdatasync(int handle) { return flushed(handle, "fdatasync"); }

static int cut(int handle, off_t length, const char *name) {
    int (*real)(int, off_t) = dlsym(RTLD_NEXT, name);
    int done = real(handle, length);
    char path[PATH_MAX], head[PATH_MAX + 64];
    if (done == 0 && is_recorded(handle, path)) {
        snprintf(head, sizeof head, "T %s %lld\n", path, (long long)length);
        put(head, NULL, 0);
    }
    return done;
}

int ftruncate(int handle, off_t length) { return cut(handle, length, "ftruncate"); }
int ftruncate64(int handle, off64_t length) { return cut(handle, (off_t)length, "ftruncate64"); }
