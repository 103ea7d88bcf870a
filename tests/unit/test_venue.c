/* The findings about machine and network, from roots and structs of our own; who has reached us; whom the phones ask. */
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "server/venue/proof.h"
#include "server/venue/probes.h"
#include "server/venue/venue.h"
#include "server/venue/watch.h"
#include "tests/unit/check.h"

#include <stdlib.h>
#include <unistd.h>

#define HOUR INT64_C(3600000)

struct bench {
    struct check check;
    struct arena arena;
    char root[64];
    struct venue_machine machine;
    struct venue_plan plan;
};

static void write_file(struct bench *b, const char *path, const char *text)
{
    const char *whole = file_join(&b->arena, b->root, path), *folder = file_folder(&b->arena, whole);
    CHECK(&b->check, file_make_directories(folder, NULL) == OK && file_write_atomic(whole, text, strlen(text), 0600, NULL) == OK);
}

static void link_file(struct bench *b, const char *path, const char *to)
{
    const char *whole = file_join(&b->arena, b->root, path);
    CHECK(&b->check, file_make_directories(file_folder(&b->arena, whole), NULL) == OK && symlink(to, whole) == 0);
}

static void reset(struct bench *b)
{
    (void)snprintf(b->root, sizeof b->root, "/tmp/plenum-test-venue-XXXXXX");
    CHECK(&b->check, mkdtemp(b->root) != NULL);
    b->machine = (struct venue_machine){
        .roots = {file_join(&b->arena, b->root, "proc"), file_join(&b->arena, b->root, "sys"),
                  file_join(&b->arena, b->root, "etc"), file_join(&b->arena, b->root, "run")},
        .addresses = {{"eth0", "10.0.0.5", 24, LEASE_FIXED}}, .address_count = 1, .now_ms = INT64_C(1800000000000), .clock = CLOCK_SYNCED, .files = 20000,
        .free_bytes = INT64_C(50000000000), .free_inodes = 1000000};
    b->plan = (struct venue_plan){.event = "e", .timezone = "Asia/Ho_Chi_Minh", .delegates = 100, .phones = 150, .port = 8080, .tls_port = 8443,
                                  .public_host = "10.0.0.5:8080"};
}

static struct venue_list judge(struct bench *b)
{
    struct venue_list list = {.arena = &b->arena};
    venue_judge_network(&b->plan, &b->machine, &list);
    venue_judge_ports(&b->plan, &b->machine, &list);
    venue_judge_machine(&b->plan, &b->machine, &list);
    venue_judge_power(&b->machine, &list);
    return list;
}

/* "ok bad" for the findings of this id, as "state/grade state/grade". */
static const char *found(struct bench *b, const char *id)
{
    const struct venue_list list = judge(b);
    const char *all = "";
    for (size_t i = 0; i < list.count; i++)
        if (strcmp(list.items[i].id, id) == 0)
            all = arena_printf(&b->arena, "%s%s%s/%s", all, all[0] ? " " : "", list.items[i].state, venue_grade_name(list.items[i].grade));
    return all;
}

#define FOUND(id, want) CHECK_TEXT(&b->check, found(b, id), want)

static void test_network(struct bench *b)
{
    reset(b);
    FOUND("address", "");
    FOUND("lease", "fixed/ok");
    FOUND("subnet", "ok/ok");
    b->plan.phones = 240;
    FOUND("subnet", "tight/warning");
    b->plan.phones = 5000;
    FOUND("subnet", "small/bad");
    b->machine.addresses[0].prefix = 21;
    b->plan.phones = 2000;
    FOUND("subnet", "ok/ok");
    b->machine.addresses[0].lease = LEASE_DYNAMIC;
    FOUND("lease", "dhcp/warning");
    b->machine.addresses[0].lease = LEASE_UNKNOWN;
    FOUND("lease", "unknown/warning");
    FOUND("link", "virtual/warning");
    write_file(b, "sys/class/net/eth0/device/uevent", "DRIVER=e1000e\n");
    FOUND("link", "cable/ok");
    write_file(b, "sys/class/net/eth0/speed", "100\n");
    FOUND("link", "slow/warning");
    write_file(b, "sys/class/net/eth0/phy80211/name", "phy0\n");
    FOUND("link", "wifi/warning");
    b->plan.public_host = "10.0.0.9:8080";
    FOUND("address", "absent/bad");
    b->plan.public_host = "127.0.0.1:8080";
    FOUND("address", "loopback/bad");
    b->plan.public_host = "congress.example.org";
    FOUND("address", "name/ok");
    b->plan.guessed = true;
    FOUND("address", "guessed/warning");
}

#define TABLE "  sl  local_address rem_address   st tx_queue\n"
static void test_ports(struct bench *b)
{
    reset(b);
    FOUND("port", "closed/bad closed/bad");
    write_file(b, "proc/net/tcp", TABLE "   0: 00000000:1F90 00000000:0000 0A 0:0 0:0 0 0\n   1: 0100007F:20FB 00000000:0000 0A 0:0\n");
    FOUND("port", "ok/ok loopback/bad");
    write_file(b, "proc/net/tcp", TABLE "   0: 0500000A:1F90 00000000:0000 01 0:0 0:0 0 0\n   1: 0600000A:20FB 00000000:0000 0A 0:0\n");
    FOUND("port", "closed/bad elsewhere/bad"); /* an open connection is no listener */
    write_file(b, "proc/net/tcp6", TABLE "   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 0\n"
               "   1: 0000000000000000FFFF00000500000A:20FB 00000000000000000000000000000000:0000 0A 0\n");
    FOUND("port", "ok/ok ok/ok");
    FOUND("port80", "free/ok");
    write_file(b, "proc/net/tcp", TABLE "   0: 00000000:0050 00000000:0000 0A 0:0\n");
    FOUND("port80", "taken/warning");
    FOUND("firewall", "unknown/warning");
    write_file(b, "proc/modules", "e1000e 1 0 - Live 0x0\n");
    FOUND("firewall", "none/ok");
    write_file(b, "proc/modules", "nf_tables 1 0 - Live 0x0\n");
    FOUND("firewall", "tables/warning");
    write_file(b, "run/firewalld.pid", "1\n");
    FOUND("firewall", "firewalld/warning");
    write_file(b, "etc/ufw/ufw.conf", "# x\nENABLED=yes\n");
    FOUND("firewall", "ufw/warning");
    write_file(b, "etc/ufw/user.rules", "-A ufw-user-input -p tcp --dport 8080 -j ACCEPT\n");
    FOUND("firewall", "ufw_open/ok");
    write_file(b, "proc/sys/net/core/somaxconn", "128\n");
    FOUND("backlog", "small/warning");
    write_file(b, "proc/sys/net/core/somaxconn", "4096\n");
    FOUND("backlog", "ok/ok");
}

static void test_machine(struct bench *b)
{
    reset(b);
    FOUND("clock", "synced/ok");
    b->machine.clock = CLOCK_FREE;
    FOUND("clock", "free/warning");
    b->plan.newest_ms = b->machine.now_ms + HOUR;
    FOUND("clock", "behind/bad");
    FOUND("zone", "");
    link_file(b, "etc/localtime", "/usr/share/zoneinfo/Asia/Bangkok"); /* another name, the same time */
    FOUND("zone", "same/ok");
    b->plan.timezone = "Africa/Maputo";
    FOUND("zone", "other/warning");
    FOUND("disk", "ok/ok");
    b->machine.free_bytes = 500000000;
    FOUND("disk", "tight/warning");
    b->plan.blob_bytes = 600000000;
    FOUND("disk", "full/bad");
    FOUND("inodes", "ok/ok");
    b->machine.free_inodes = 10;
    FOUND("inodes", "few/bad");
    b->machine.free_inodes = -1;
    FOUND("inodes", "");
    FOUND("files", "ok/ok");
    b->plan.phones = 30000;
    FOUND("files", "few/bad");
    b->machine.files = -1;
    FOUND("files", "unlimited/ok");
}

static void test_power(struct bench *b)
{
    reset(b);
    FOUND("power", "no_battery/warning");
    FOUND("sleep", "cannot/ok");
    write_file(b, "sys/power/state", "freeze mem disk\n");
    FOUND("sleep", "desktop/warning");
    write_file(b, "sys/class/power_supply/BAT0/type", "Battery\n");
    write_file(b, "sys/class/power_supply/BAT0/capacity", "40\n");
    write_file(b, "sys/class/power_supply/AC/type", "Mains\n");
    write_file(b, "sys/class/power_supply/AC/online", "1\n");
    FOUND("power", "low/warning");
    write_file(b, "sys/class/power_supply/BAT0/capacity", "97\n");
    FOUND("power", "ok/ok");
    write_file(b, "sys/class/power_supply/AC/online", "0\n");
    FOUND("power", "battery/bad");
    FOUND("sleep", "lid/warning");
    write_file(b, "etc/systemd/logind.conf", "[Login]\nHandleLidSwitch=ignore\n#IdleAction=suspend\n");
    FOUND("sleep", "desktop/warning");
    write_file(b, "etc/systemd/logind.conf.d/10.conf", "[Login]\nIdleAction=suspend\n");
    FOUND("sleep", "idle/bad");
    link_file(b, "etc/systemd/system/sleep.target", "/dev/null");
    link_file(b, "etc/systemd/system/suspend.target", "/dev/null");
    FOUND("sleep", "masked/ok");
}

static void test_watch(struct check *check)
{
    struct watch *watch = NULL;
    struct watch_figures f;
    const int64_t now = 500000 * HOUR + 1800000;
    char peer[32];
    CHECK(check, watch_new(false, &watch) == OK && !watch_answers_probes(watch));
    watch_figures(watch, now - HOUR, now, &f);
    CHECK(check, f.first_ms == 0 && f.phones == 0 && f.last_minute == 0);
    watch_count(watch, "10.0.0.1", false, now - 500000);
    watch_figures(watch, now - HOUR, now, &f);
    CHECK(check, f.first_ms == 0 && f.phones == 0);
    for (int i = 0; i < 5000; i++) {
        (void)snprintf(peer, sizeof peer, "10.0.%d.%d", i / 250, i % 250);
        watch_count(watch, peer, true, now - 1000 * (i % 60));
        watch_count(watch, peer, true, now - 1000 * (i % 60));
    }
    watch_figures(watch, now - HOUR, now, &f);
    CHECK(check, f.first_ms == now);
    CHECK(check, f.phones > 4750 && f.phones < 5250); /* 4 standard errors */
    CHECK(check, f.last_minute == 10000);
    watch_figures(watch, now + HOUR, now + 2 * HOUR, &f);
    CHECK(check, f.phones == 0 && f.last_minute == 0 && f.first_ms == now);
    watch_count(watch, "10.0.0.1", true, now + 26 * HOUR); /* the same place in the ring of hours */
    watch_figures(watch, now + 3 * HOUR, now + 26 * HOUR, &f);
    CHECK(check, f.phones == 1);
    watch_set_answers_probes(watch, true);
    CHECK(check, watch_answers_probes(watch));
    watch_free(watch);
}

static void test_small(struct bench *b)
{
    char one[PROOF_SIZE], two[PROOF_SIZE];
    struct check *check = &b->check;
    CHECK(check, proof_make("key", "nonce-1", one) && proof_make("key", "nonce-1", two) && strcmp(one, two) == 0);
    CHECK(check, proof_make("other", "nonce-1", two) && strcmp(one, two) != 0);
    CHECK(check, !proof_make(NULL, "n", one) && !proof_make("key", "", one) && !proof_make("key", "a b", one) && !proof_make("key", "a|b", one));
    CHECK(check, probes_find("captive.apple.com:80", "/hotspot-detect.html") != NULL && probes_find("captive.apple.com", "/generate_204") == NULL);
    CHECK(check, probes_find("captive.apple.co", "/") == NULL && probes_find("", "/") == NULL);
    for (size_t i = 0; probes_at(i); i++) CHECK(check, probes_find(probes_at(i)->host, probes_at(i)->path) == probes_at(i)); /* none stands twice */
    CHECK_TEXT(check, venue_size(&b->arena, 1500), "2 KB");
    CHECK_TEXT(check, venue_size(&b->arena, 2500000000), "2.5 GB");
}

/* Every finding that a judge can make has its words, and what is not fine says what to do: taken from the tests above by the words' table. */
static void test_words(struct bench *b)
{
    struct i18n *i18n = NULL;
    const struct venue_item item = {.id = "subnet", .state = "small", .values = {"/24", "5000", "/19"}};
    CHECK(&b->check, i18n_load(&i18n, NULL) == OK);
    if (!i18n) return;
    CHECK_TEXT(&b->check, venue_what(&b->arena, i18n, I18N_EN, &item), "A /24 network is too small for the 5000 phones expected: the last ones get no address.");
    CHECK_TEXT(&b->check, venue_todo(&b->arena, i18n, I18N_EN, &item), "Make it /19, and the leases short (one hour).");
    reset(b);
    const struct venue_list list = judge(b);
    for (size_t i = 0; i < list.count; i++)
        for (int language = 0; language < I18N_COUNT; language++) {
            CHECK(&b->check, venue_what(&b->arena, i18n, language, &list.items[i])[0] != '\0');
            CHECK(&b->check, list.items[i].grade == VENUE_OK || venue_todo(&b->arena, i18n, language, &list.items[i])[0] != '\0');
        }
    i18n_free(i18n);
}

int main(void)
{
    static struct bench bench;
    if (crypto_init() != OK) return 1;
    test_network(&bench);
    test_ports(&bench);
    test_machine(&bench);
    test_power(&bench);
    test_watch(&bench.check);
    test_small(&bench);
    test_words(&bench);
    arena_release(&bench.arena);
    return check_done(&bench.check, "venue");
}
