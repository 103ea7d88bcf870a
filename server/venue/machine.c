/* What only system calls tell. Everything that stands in files is read by the judges, under roots that a test may set. */
#include "server/venue/venue.h"

#include "core/base/clock.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <unistd.h>

#define FOREVER 0xffffffffu /* of an address's lifetime: rtnetlink(7) */

/* An address that the kernel will take away by itself came from DHCP: dhclient, NetworkManager, networkd and dhcpcd all set a lifetime. */
static void take_address(const struct nlmsghdr *message, struct venue_machine *machine)
{
    const struct ifaddrmsg *about = NLMSG_DATA(message);
    struct venue_address found = {.prefix = about->ifa_prefixlen};
    const struct rtattr *attribute = IFA_RTA(about);
    int left = (int)IFA_PAYLOAD(message);
    struct in_addr address = {0};
    if (about->ifa_family != AF_INET || machine->address_count == VENUE_ADDRESSES || !if_indextoname(about->ifa_index, found.device)) return;
    for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
        if (attribute->rta_type == IFA_LOCAL || (attribute->rta_type == IFA_ADDRESS && address.s_addr == 0)) memcpy(&address, RTA_DATA(attribute), sizeof address);
        if (attribute->rta_type != IFA_CACHEINFO) continue;
        struct ifa_cacheinfo life;
        memcpy(&life, RTA_DATA(attribute), sizeof life);
        found.lease = life.ifa_valid == FOREVER ? LEASE_FIXED : LEASE_DYNAMIC;
    }
    if (about->ifa_flags & IFA_F_PERMANENT) found.lease = LEASE_FIXED;
    if (ntohl(address.s_addr) >> 24 == 127 || address.s_addr == 0) return;
    (void)inet_ntop(AF_INET, &address, found.text, sizeof found.text);
    machine->addresses[machine->address_count++] = found;
}

static void read_addresses(struct venue_machine *machine)
{
    struct {
        struct nlmsghdr head;
        struct ifaddrmsg body;
    } ask = {.head = {.nlmsg_len = sizeof ask, .nlmsg_type = RTM_GETADDR, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP, .nlmsg_seq = 1},
             .body = {.ifa_family = AF_INET}};
    _Alignas(struct nlmsghdr) char answer[32768];
    const struct timeval patience = {.tv_sec = 1};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0) return;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    bool done = send(fd, &ask, sizeof ask, 0) != (ssize_t)sizeof ask;
    while (!done) {
        ssize_t got = recv(fd, answer, sizeof answer, 0);
        if (got <= 0) break;
        size_t left = (size_t)got;
        for (const struct nlmsghdr *at = (const struct nlmsghdr *)(void *)answer; NLMSG_OK(at, left) && !done; at = NLMSG_NEXT(at, left)) {
            done = at->nlmsg_type == NLMSG_DONE || at->nlmsg_type == NLMSG_ERROR;
            if (at->nlmsg_type == RTM_NEWADDR) take_address(at, machine);
        }
    }
    (void)close(fd);
}

static enum venue_clock read_clock(void)
{
    struct timex timex = {0};
    int state = adjtimex(&timex);
    if (state < 0) return CLOCK_UNKNOWN;
    return state == TIME_ERROR || (timex.status & STA_UNSYNC) ? CLOCK_FREE : CLOCK_SYNCED;
}

static void read_room(const char *folder, struct venue_machine *machine)
{
    struct statvfs about;
    machine->free_bytes = machine->free_inodes = -1;
    if (statvfs(folder, &about) != 0) return;
    machine->free_bytes = (int64_t)about.f_bavail * (int64_t)about.f_frsize;
    if (about.f_files > 0) machine->free_inodes = (int64_t)about.f_favail; /* btrfs and the like count none */
}

void venue_machine_read(const char *folder, struct venue_machine *ret)
{
    struct rlimit limit;
    *ret = (struct venue_machine){.roots = {"/proc", "/sys", "/etc", "/run"}, .now_ms = clock_now_ms(), .files = -1};
    read_addresses(ret);
    ret->clock = read_clock();
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max != RLIM_INFINITY) ret->files = (int64_t)limit.rlim_max; /* the server takes all it may have */
    read_room(folder, ret);
}
