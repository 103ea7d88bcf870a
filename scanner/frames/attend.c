#include "scanner/frames/attend.h"
#include "core/base/clock.h"

#include <errno.h>
#include <poll.h>

#define PAUSE_MS_LEAST 250
#define PAUSE_MS_MOST 4000
#define PAUSE_MS_GONE 500
#define SETTLED_MS 10000
#define SEARCH_MS 2000

const char *device_state_name(enum device_state state)
{
    static const char *const names[DEVICE_STATES] = {"reads", "gone", "busy", "denied", "silent", "fails"};
    return names[state];
}

void attend_init(struct attend *attend, const struct device_settings *settings)
{
    *attend = (struct attend){.settings = *settings, .pause_ms = PAUSE_MS_LEAST};
}

static void tell(struct attend *attend, enum device_state state, const char *device, const char *text)
{
    struct device_news news = {.state = state, .device = device, .text = text};
    attend->has_told = true;
    attend->told = state;
    if (attend->settings.tell) attend->settings.tell(attend->settings.ctx, &news);
}

void attend_tell_good(struct attend *attend, const char *device, const char *text)
{
    int64_t now = clock_steady_ms();
    if (!attend->good_since_ms) attend->good_since_ms = now;
    else if (now - attend->good_since_ms > SETTLED_MS) attend->pause_ms = PAUSE_MS_LEAST;
    attend->seen = DEVICE_READS;
    if (!attend->has_told || attend->told != DEVICE_READS) tell(attend, DEVICE_READS, device, text);
}

bool attend_wait(struct attend *attend, enum device_state state, const char *text)
{
    /* A node that has just appeared belongs to root until udev has been there, and a camera that was pulled out fails in several ways at once: between two ways
     * not to work, only what is found twice in a row is said. */
    bool is_first = !attend->has_told || attend->told == DEVICE_READS;
    if (state != attend->seen && attend->seen != DEVICE_READS) attend->pause_ms = PAUSE_MS_LEAST; /* something happens there: soon again */
    if (is_first || (state != attend->told && state == attend->seen)) tell(attend, state, attend->settings.path, text);
    attend->seen = state;
    attend->good_since_ms = 0;
    int64_t pause = attend->pause_ms, most = state == DEVICE_GONE ? PAUSE_MS_GONE : PAUSE_MS_MOST;
    attend->pause_ms = pause * 2 < PAUSE_MS_MOST ? pause * 2 : PAUSE_MS_MOST;
    return attend_poll(attend, -1, (int)(pause < most ? pause : most), NULL) >= 0;
}

enum device_state attend_state_of_errno(int number)
{
    if (number == ENOENT || number == ENODEV || number == ENXIO || number == ENOTDIR) return DEVICE_GONE;
    if (number == EBUSY) return DEVICE_BUSY;
    if (number == EACCES || number == EPERM) return DEVICE_DENIED;
    return DEVICE_FAILS;
}

bool attend_may_search(struct attend *attend)
{
    int64_t now = clock_steady_ms();
    if (now < attend->search_ms) return false;
    attend->search_ms = now + SEARCH_MS;
    return true;
}

int attend_poll(const struct attend *attend, int fd, int ms, short *ret_events)
{
    int64_t until = clock_steady_ms() + ms;
    for (;;) {
        struct pollfd wait[2] = {{.fd = attend->settings.stop_fd, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
        int64_t left = ms < 0 ? -1 : until - clock_steady_ms();
        int n = poll(wait, 2, ms < 0 ? -1 : left > 0 ? (int)left : 0);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -1;
        if (wait[0].revents) return -1;
        if (ret_events) *ret_events = wait[1].revents;
        return n > 0;
    }
}
