/* Devices that are not there, for one program, to be preloaded (tests/flow/devices_kit.py builds it and plays the devices): whatever is opened as /dev/video…,
 * /dev/v4l/…, or /dev/input/… is a socket in the folder PLENUM_TEST_DEVICES; without one there, it is not plugged in. Each open is answered with an error
 * number, and, when that is 0, with two files: one that is readable when the device has something (poll and read go to it as they are), and the memory that
 * mmap gives. Each ioctl is a question over the socket: request and bytes out, error number, value and bytes back. When the other side closes, the device is
 * gone: ENODEV, POLLERR and POLLHUP. By bare system calls: neither libc's nor a sanitizer's wrappers are in between. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define DEVICES 16
#define BYTES 512

struct device {
    int fd, control, memory; /* fd 0: free */
    int is_video;
};
static struct device devices[DEVICES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct question {
    uint32_t request, length;
    uint8_t bytes[BYTES];
};
struct answer {
    int32_t error, value;
    uint8_t bytes[BYTES];
};

static struct device *find(int fd)
{
    for (int i = 0; fd > 0 && i < DEVICES; i++)
        if (__atomic_load_n(&devices[i].fd, __ATOMIC_ACQUIRE) == fd) return &devices[i];
    return NULL;
}

static int plain_close(int fd) { return (int)syscall(SYS_close, fd); }

/* The answer to an open: four bytes, and two files when they are 0. */
static int receive(int control, int files[2])
{
    int32_t error = ENODEV;
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(2 * sizeof(int))];
    } extra = {0};
    struct iovec part = {&error, sizeof error};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &extra, .msg_controllen = sizeof extra};
    if (recvmsg(control, &message, MSG_CMSG_CLOEXEC) != (ssize_t)sizeof error) return ENODEV;
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (error == 0 && (!head || head->cmsg_len != CMSG_LEN(2 * sizeof(int)))) return ENODEV;
    if (error == 0) memcpy(files, CMSG_DATA(head), 2 * sizeof(int));
    return error;
}

static int open_device(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *folder = getenv("PLENUM_TEST_DEVICES");
    int files[2] = {-1, -1}, error = ENOENT;
    int n = snprintf(address.sun_path, sizeof address.sun_path, "%s/", folder ? folder : "/nowhere");
    for (const char *at = path + 1; *at && n + 1 < (int)sizeof address.sun_path; at++) address.sun_path[n++] = *at == '/' ? '_' : *at;
    int control = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (connect(control, (struct sockaddr *)&address, sizeof address) == 0) error = receive(control, files);
    if (error) {
        plain_close(control);
        errno = error;
        return -1;
    }
    pthread_mutex_lock(&lock);
    for (int i = 0; i < DEVICES; i++) {
        if (devices[i].fd) continue;
        devices[i].control = control;
        devices[i].memory = files[1];
        devices[i].is_video = strstr(path, "/video") != NULL || strstr(path, "/v4l/") != NULL;
        __atomic_store_n(&devices[i].fd, files[0], __ATOMIC_RELEASE);
        break;
    }
    pthread_mutex_unlock(&lock);
    return files[0];
}

static int is_device(const char *path)
{
    return strncmp(path, "/dev/video", 10) == 0 || strncmp(path, "/dev/v4l/", 9) == 0 || strncmp(path, "/dev/input/", 11) == 0;
}

static int open_any(int folder, const char *path, int flags, mode_t mode)
{
    if (is_device(path)) return open_device(path);
    return (int)syscall(SYS_openat, folder, path, flags, mode);
}

#define MODE_OF(flags, mode)                                  \
    mode_t mode = 0;                                          \
    if ((flags) & (O_CREAT | __O_TMPFILE)) {                  \
        va_list list;                                         \
        va_start(list, flags);                                \
        mode = va_arg(list, mode_t);                          \
        va_end(list);                                         \
    }

int open(const char *path, int flags, ...)
{
    MODE_OF(flags, mode)
    return open_any(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    MODE_OF(flags, mode)
    return open_any(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
    MODE_OF(flags, mode)
    return open_any(folder, path, flags, mode);
}

int __open_2(const char *path, int flags);
int __open_2(const char *path, int flags) { return open_any(AT_FDCWD, path, flags, 0); }

int close(int fd)
{
    struct device *device = find(fd);
    if (device) {
        pthread_mutex_lock(&lock);
        plain_close(device->control);
        plain_close(device->memory);
        __atomic_store_n(&device->fd, 0, __ATOMIC_RELEASE);
        pthread_mutex_unlock(&lock);
    }
    return plain_close(fd);
}

/* A real device never makes its program wait for long; a test that does not answer is broken, and shall be seen to be. */
static int ask(struct device *device, const struct question *question, struct answer *answer)
{
    pthread_mutex_lock(&lock);
    ssize_t n = send(device->control, question, 8 + question->length, MSG_NOSIGNAL);
    if (n > 0) n = recv(device->control, answer, sizeof *answer, 0);
    pthread_mutex_unlock(&lock);
    return n < 8 ? ENODEV : answer->error;
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list list;
    va_start(list, request);
    void *argument = va_arg(list, void *);
    va_end(list);
    struct device *device = find(fd);
    if (!device) return (int)syscall(SYS_ioctl, fd, request, argument);
    struct question question = {.request = (uint32_t)request, .length = _IOC_SIZE(request)};
    struct answer answer = {0};
    uint32_t value = (uint32_t)(uintptr_t)argument;
    if (question.length > BYTES) question.length = BYTES;
    if (request == EVIOCGRAB) memcpy(question.bytes, &value, sizeof value);
    else if (argument) memcpy(question.bytes, argument, question.length);
    int error = ask(device, &question, &answer);
    if (error) {
        errno = error;
        return -1;
    }
    if (argument && (_IOC_DIR(request) & _IOC_READ)) memcpy(argument, answer.bytes, question.length);
    char token;
    if (device->is_video && request == VIDIOC_DQBUF) (void)!syscall(SYS_read, fd, &token, 1);
    return answer.value;
}

void *mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset)
{
    struct device *device = find(fd);
    return (void *)syscall(SYS_mmap, at, length, protection, flags, device ? device->memory : fd, offset);
}

ssize_t read(int fd, void *into, size_t length)
{
    ssize_t n = syscall(SYS_read, fd, into, length);
    if (n != 0 || !find(fd)) return n;
    errno = ENODEV;
    return -1;
}

ssize_t __read_chk(int fd, void *into, size_t length, size_t room);
ssize_t __read_chk(int fd, void *into, size_t length, size_t room)
{
    if (length > room) abort();
    return read(fd, into, length);
}

int poll(struct pollfd *polls, nfds_t count, int ms)
{
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    int n = (int)syscall(SYS_ppoll, polls, count, ms < 0 ? NULL : &left, NULL, 8);
    for (nfds_t i = 0; n > 0 && i < count; i++) {
        char byte;
        if (!(polls[i].revents & POLLHUP) || !find(polls[i].fd)) continue;
        polls[i].revents |= POLLERR;
        if (recv(polls[i].fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0) polls[i].revents &= (short)~POLLIN;
    }
    return n;
}

int __poll_chk(struct pollfd *polls, nfds_t count, int ms, size_t room);
int __poll_chk(struct pollfd *polls, nfds_t count, int ms, size_t room)
{
    if (count * sizeof *polls > room) abort();
    return poll(polls, count, ms);
}
