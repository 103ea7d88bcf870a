/* Member cards: given in turns that may be broken off, never twice; whom a filter names; the event that a card opens. And ids of handovers. */
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "core/base/zone.h"
#include "core/congress/badges/handover.h"
#include "core/congress/badges/member_card.h"
#include "core/congress/badges/reissue.h"
#include "core/congress/delegate_page.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/papers/papers.h"
#include "core/congress/store/store.h"
#include "tests/unit/check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PEOPLE 1203 /* two whole turns and a part of one */

struct place {
    struct check check;
    struct store store;
    struct arena arena;
    struct id_source ids;
};

/* Person i is of unit B (i % 3 == 1), C, which is beneath B (i % 3 == 2), or none. P0001 is in a past event, in the running one without mandate, and in the
 * next two; P0002 in a past one and the running one; P0004 in past ones only. */
static void write_event(struct buf *out, const char *slug, const char *starts, const char *ends, const char *delegates)
{
    buf_printf(out,
               "{\"slug\":\"%s\",\"kind\":\"meeting\",\"title\":\"T\",\"timezone\":\"UTC\",\"starts\":\"%s\",\"ends\":\"%s\","
               "\"categories\":[{\"code\":\"c\",\"title\":\"C\"}],\"delegates\":[%s]}", slug, starts, ends, delegates);
}

static enum err write_file(const char *path, int64_t now_ms, struct fault *fault)
{
    struct buf out;
    char day[6][ZONE_TEXT_SIZE], end[6][ZONE_TEXT_SIZE]; /* an hour later */
    static const int days[] = {-30, -20, -1, 1, 10, 20};
    buf_init(&out, BUF_LIMIT_BODY);
    for (size_t i = 0; i < 6; i++)
        if (zone_format("UTC", now_ms + days[i] * CLOCK_DAY, day[i]) != OK || zone_format("UTC", now_ms + days[i] * CLOCK_DAY + CLOCK_HOUR, end[i]) != OK)
            return ERR_BUG;
    buf_puts(&out, "{\"format\":\"plenum-events/1\",\"organization\":{\"name\":{\"vi\":\"Hội\",\"en\":\"Union\"},\"languages\":[\"en\",\"vi\"],"
                   "\"units\":[{\"code\":\"B\",\"name\":\"Unit B\",\"order\":2},{\"code\":\"C\",\"name\":\"Unit C\",\"parent\":\"B\",\"order\":1}]},\"people\":[");
    for (int i = 0; i < PEOPLE; i++)
        buf_printf(&out, "%s{\"code\":\"P%04d\",\"name\":\"Name %d\",\"joined\":\"2004\"%s}", i ? "," : "", i, i,
                   i % 3 == 1 ? ",\"unit\":\"B\"" : i % 3 == 2 ? ",\"unit\":\"C\"" : "");
    buf_puts(&out, "],\"events\":[");
    write_event(&out, "past", day[0], end[0], "{\"person\":\"P0001\",\"category\":\"c\"},{\"person\":\"P0004\",\"category\":\"c\"}");
    buf_putc(&out, ',');
    write_event(&out, "lately", day[1], end[1], "{\"person\":\"P0002\",\"category\":\"c\"},{\"person\":\"P0004\",\"category\":\"c\"}");
    buf_putc(&out, ',');
    write_event(&out, "running", day[2], day[3], "{\"person\":\"P0001\",\"category\":\"c\",\"status\":\"withdrawn\"},{\"person\":\"P0002\",\"category\":\"c\"}");
    buf_putc(&out, ',');
    write_event(&out, "later", day[5], end[5], "{\"person\":\"P0001\",\"category\":\"c\"}");
    buf_putc(&out, ',');
    write_event(&out, "next", day[4], end[4], "{\"person\":\"P0001\",\"category\":\"c\"}");
    buf_puts(&out, "]}");
    enum err e = buf_ok(&out) ? file_write_atomic(path, out.data, out.length, 0600, fault) : ERR_NOMEM;
    buf_release(&out);
    return e;
}

static bool stop_at_once(void *data, size_t done, size_t total)
{
    (void)done, (void)total;
    ++*(int *)data;
    return false;
}

static size_t issue(struct place *p, const struct badge_list_filter *filter)
{
    size_t issued = SIZE_MAX;
    CHECK(&p->check, member_card_issue(p->store.db, filter, "test", 1, NULL, NULL, &issued, NULL) == OK);
    return issued;
}

static struct member_card_count look(struct place *p, const struct badge_list_filter *filter)
{
    struct member_card_count count = {0};
    CHECK(&p->check, member_card_look(p->store.db, &p->arena, filter, &count, NULL) == OK);
    return count;
}

static void check_turns(struct place *p)
{
    struct check *c = &p->check;
    const struct badge_list_filter all = {0}, below = {.unit = "B"}, lowest = {.unit = "C"};
    const char *const twice[] = {"P0003", "P0006", "P0003"}, *const wrong[] = {"P0003", "P9999"}, *const elsewhere[] = {"P0001"};
    const struct badge_list_filter chosen = {.only = twice, .only_count = 3}, unknown = {.only = wrong, .only_count = 2};
    const struct badge_list_filter stranger = {.unit = "C", .only = elsewhere, .only_count = 1}, nowhere = {.unit = "D"};
    struct fault fault = {0};
    size_t issued = 0;
    int calls = 0;
    CHECK(c, member_card_issue(p->store.db, &unknown, "test", 1, NULL, NULL, &issued, &fault) == ERR_NOT_FOUND && strstr(fault.text, "P9999"));
    CHECK(c, member_card_issue(p->store.db, &stranger, "test", 1, NULL, NULL, &issued, &fault) == ERR_NOT_FOUND && strstr(fault.text, "\"C\""));
    CHECK(c, member_card_issue(p->store.db, &nowhere, "test", 1, NULL, NULL, &issued, &fault) == ERR_NOT_FOUND && strstr(fault.text, "\"D\""));
    CHECK(c, look(p, &all).new_cards == PEOPLE);
    CHECK(c, issue(p, &chosen) == 2);
    CHECK(c, issue(p, &lowest) == PEOPLE / 3);
    CHECK(c, issue(p, &below) == PEOPLE / 3);
    CHECK(c, look(p, &below).people == PEOPLE / 3 * 2);
    CHECK(c, look(p, &all).new_cards == PEOPLE / 3 - 2);
    CHECK(c, issue(p, &all) == PEOPLE / 3 - 2);
    CHECK(c, issue(p, &all) == 0);
    CHECK(c, member_card_issue(p->store.db, &all, "test", 1, stop_at_once, &calls, &issued, NULL) == OK && calls == 0);
}

/* Broken off after the first turn, then taken up again. */
static void check_break(struct place *p)
{
    const struct badge_list_filter all = {0};
    struct fault fault = {0};
    size_t issued = 0;
    int calls = 0;
    CHECK(&p->check, member_card_issue(p->store.db, &all, "test", 1, stop_at_once, &calls, &issued, &fault) == ERR_TIMEOUT && calls == 1);
    CHECK(&p->check, look(p, &all).new_cards == PEOPLE - MEMBER_CARD_TURN);
    CHECK(&p->check, issue(p, &all) == PEOPLE - MEMBER_CARD_TURN);
}

static const char *token_of(const struct badge_list_row *row)
{
    return strrchr(row->url, '/') + 1;
}

static const char *event_of(struct place *p, const struct badge_list_row *row, int64_t now_ms)
{
    struct delegate_page page = {0};
    struct paper_viewer viewer = {0};
    enum err e = delegate_page_load(p->store.db, &p->arena, token_of(row), now_ms, &page);
    enum err papers = paper_viewer_by_token(p->store.db, &p->arena, token_of(row), now_ms, &viewer);
    if (e != OK) return err_name(e);
    if (!page.event) return papers == ERR_NOT_FOUND ? "none" : "papers of nothing";
    return papers == OK && strcmp(viewer.event, page.event) == 0 ? page.event : "papers of another event";
}

static const char *opened(struct place *p, const char *code, int64_t now_ms)
{
    const char *const only[] = {code};
    const struct badge_list_filter filter = {.only = only, .only_count = 1};
    struct badge_list list = {0};
    enum err e = member_card_load(p->store.db, &p->arena, &filter, "http://x", &list, NULL);
    return e == OK && list.count == 1 ? event_of(p, &list.rows[0], now_ms) : err_name(e);
}

static void check_opened(struct place *p, int64_t now_ms)
{
    struct check *c = &p->check;
    CHECK_TEXT(c, opened(p, "P0001", now_ms), "next");
    CHECK_TEXT(c, opened(p, "P0001", now_ms + 15 * CLOCK_DAY), "later");
    CHECK_TEXT(c, opened(p, "P0001", now_ms + 40 * CLOCK_DAY), "later");
    CHECK_TEXT(c, opened(p, "P0002", now_ms), "running");
    CHECK_TEXT(c, opened(p, "P0004", now_ms), "lately");
    CHECK_TEXT(c, opened(p, "P0003", now_ms), "none");
}

static void check_list(struct place *p)
{
    struct check *c = &p->check;
    const struct badge_list_filter all = {.for_name_order = true};
    const char *const only[] = {"P0003", "P0001"};
    const struct badge_list_filter two = {.only = only, .only_count = 2};
    struct badge_list list = {0};
    CHECK(c, member_card_load(p->store.db, &p->arena, &all, "http://x", &list, NULL) == OK && list.count == PEOPLE && list.event_id == 0 && !list.event);
    CHECK_TEXT(c, list.organization, "Union");
    CHECK(c, strcmp(list.rows[0].delegation, "Unit C") == 0 && strcmp(list.rows[PEOPLE / 3].delegation, "Unit B") == 0 && !list.rows[PEOPLE - 1].delegation);
    CHECK(c, list.rows[0].name_sort && list.rows[0].number && list.rows[0].joined && list.rows[0].issue == 1 && list.rows[0].delegate_id == 0);
    CHECK(c, member_card_load(p->store.db, &p->arena, &two, "http://x", &list, NULL) == OK && list.count == 2);
}

struct losing {
    struct place *place;
    struct reissue reissue;
};

static enum err lose(struct db *db, void *arg, struct fault *fault)
{
    struct losing *l = arg;
    return reissue_apply(db, &l->reissue, "test", 2, fault);
}

static void check_lost(struct place *p, int64_t now_ms)
{
    struct check *c = &p->check;
    const char *const only[] = {"P0002"};
    const struct badge_list_filter one = {.only = only, .only_count = 1};
    struct badge_list before = {0}, after = {0};
    struct losing losing = {.place = p};
    CHECK(c, member_card_load(p->store.db, &p->arena, &one, "http://x", &before, NULL) == OK);
    CHECK(c, reissue_plan_card(p->store.db, &p->arena, &p->ids, "P0002", &losing.reissue, NULL) == OK);
    CHECK(c, db_transaction(p->store.db, lose, &losing, NULL) == OK);
    CHECK(c, member_card_load(p->store.db, &p->arena, &one, "http://x", &after, NULL) == OK && after.count == 1 && after.rows[0].issue == 2);
    CHECK_TEXT(c, event_of(p, &before.rows[0], now_ms), err_name(ERR_DENIED));
    CHECK_TEXT(c, event_of(p, &after.rows[0], now_ms), "running");
    CHECK(c, issue(p, &one) == 0);
}

static void check_ids(struct check *c)
{
    static const char *const bad[] = {"", "0", "-1", "1x", " 1", "9223372036854775808", "99999999999999999999", "0x1"};
    int64_t id = 0;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) CHECK(c, !handover_read_id(bad[i], &id));
    CHECK(c, handover_read_id("9223372036854775807", &id) && id == INT64_MAX);
}

static void run(struct place *p, const char *file, void (*story)(struct place *p), int64_t now_ms)
{
    char folder[] = "/tmp/plenum-test-XXXXXX", command[64];
    struct fault fault = {0};
    json_t *report = NULL;
    CHECK(&p->check, mkdtemp(folder));
    struct import_options options = {.file = file, .folder = folder, .actor = "test"};
    bool ready = CHECK(&p->check, event_file_import(&options, &report, &fault) == OK && store_open(folder, STORE_WRITE, &p->store, &fault) == OK);
    json_decref(report);
    if (ready) {
        story(p);
        check_list(p);
        check_opened(p, now_ms);
        check_lost(p, now_ms);
    } else {
        printf("# %s\n", fault.text);
    }
    store_close(&p->store);
    arena_clear(&p->arena);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    CHECK(&p->check, system(command) == 0);
}

int main(void)
{
    struct place p = {0};
    char file[] = "/tmp/plenum-test-file-XXXXXX";
    int64_t now_ms = clock_now_ms();
    int fd = mkstemp(file);
    CHECK(&p.check, crypto_init() == OK && fd >= 0 && write_file(file, now_ms, NULL) == OK);
    run(&p, file, check_turns, now_ms);
    run(&p, file, check_break, now_ms);
    check_ids(&p.check);
    (void)remove(file);
    arena_release(&p.arena);
    return check_done(&p.check, "congress/badges member cards");
}
