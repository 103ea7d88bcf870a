#include "core/congress/fallback/row_tick.h"

#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/map.h"
#include "core/base/zone.h"
#include "core/congress/fallback/row_words.h"
#include "core/congress/title.h"

#include "catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define REPEATS_MOST 100 /* taken back and typed again */

struct flaw_words {
    const char *name, *sentence;
};
static const struct flaw_words flaw_words[ROW_FLAW_COUNT] = {
    [ROW_FLAW_NONE] = {"", ""},
    [ROW_FLAW_SHORT] = {"short", "a row code has five characters"},
    [ROW_FLAW_LONG] = {"long", "a row code has five characters"},
    [ROW_FLAW_STRANGE] = {"strange", "this character stands in no row code"},
    [ROW_FLAW_WRONG] = {"wrong", "the check character does not fit: one of the five is mistyped"},
    [ROW_FLAW_UNKNOWN] = {"unknown", "nobody of this event has this row code"},
    [ROW_FLAW_GONE] = {"gone", "whoever had this row code was removed from the event"},
    [ROW_FLAW_WORDS] = {"words", "this is neither a time nor a direction"},
    [ROW_FLAW_NO_TIME] = {"no_time", "there is no time"},
    [ROW_FLAW_TIME] = {"time", "this is no time of day"},
    [ROW_FLAW_DATE] = {"date", "this is no date"},
    [ROW_FLAW_FUTURE] = {"future", "this moment is still to come"},
    [ROW_FLAW_EARLY] = {"early", "the event was not open for check-in yet"},
    [ROW_FLAW_LATE] = {"late", "the event was over"},
    [ROW_FLAW_GATE] = {"gate", "there is no such gate"},
    [ROW_FLAW_DIRECTION] = {"direction", "nobody goes that way through this gate"},
};

const char *row_flaw_name(enum row_flaw flaw) { return (unsigned)flaw < ROW_FLAW_COUNT ? flaw_words[flaw].name : ""; }
const char *row_flaw_sentence(enum row_flaw flaw) { return (unsigned)flaw < ROW_FLAW_COUNT ? flaw_words[flaw].sentence : ""; }

/* --- reading ----------------------------------------------------------------------------------------------------------------------------------- */

/* The first flaw is told: what follows from it would only confuse. */
static void flaw(struct row_tick *tick, enum row_flaw which, const char *about)
{
    if (tick->flaw != ROW_FLAW_NONE) return;
    tick->flaw = which;
    tick->about = about ? about : "";
}

static const char *said(const char *word, const char *once)
{
    return word && *word ? word : once && *once ? once : NULL;
}

static void read_code(struct row_tick *tick)
{
    static const enum row_flaw flaws[] = {[ROW_CODE_SHORT] = ROW_FLAW_SHORT, [ROW_CODE_LONG] = ROW_FLAW_LONG, [ROW_CODE_STRANGE] = ROW_FLAW_STRANGE,
                                          [ROW_CODE_WRONG] = ROW_FLAW_WRONG};
    enum row_code_flaw found = row_code_read(tick->typed, tick->code);
    if (found != ROW_CODE_GOOD) flaw(tick, flaws[found], tick->typed);
}

static void read_place(struct arena *arena, const struct programme *programme, const char *gate, const char *direction, struct row_tick *tick)
{
    bool out = false;
    tick->gate = gate ? programme_gate_by_code(programme, gate) : NULL;
    if (!tick->gate) {
        flaw(tick, ROW_FLAW_GATE, gate);
        return;
    }
    bool handout = tick->gate->kind == GATE_HANDOUT;
    if (!direction) out = !handout && !tick->gate->lets_in;
    else if (!row_words_direction(arena, direction, &out)) flaw(tick, ROW_FLAW_DIRECTION, direction);
    if (handout ? out : out ? !tick->gate->lets_out : !tick->gate->lets_in) flaw(tick, ROW_FLAW_DIRECTION, direction);
    tick->going_out = out;
}

/* "2026-12-01T07:52" and "1/12/2026 07:52" bring their day along. */
static bool split_moment(struct arena *arena, const char *text, const char **ret_date, const char **ret_time)
{
    size_t n = strcspn(text, "T ");
    if (!text[n] || n == 0) return false;
    *ret_date = arena_strndup(arena, text, n);
    *ret_time = text + n + 1 + strspn(text + n + 1, " ");
    return *ret_date != NULL;
}

static void read_moment(struct arena *arena, const struct programme *programme, const struct row_setting *setting, const struct row_words *words,
                        struct row_tick *tick)
{
    struct zone_time once = {0}, t = {0};
    const char *date = said(words->date, setting->date), *time = said(words->time, NULL);
    bool has_hour = setting->time && row_words_time(setting->time, -1, &once);
    if (time) (void)split_moment(arena, time, &date, &time);
    if (!date || !row_words_date(date, &t)) {
        flaw(tick, ROW_FLAW_DATE, date);
        return;
    }
    if (!time) {
        if (!has_hour) flaw(tick, setting->time && *setting->time ? ROW_FLAW_TIME : ROW_FLAW_NO_TIME, setting->time);
        t.hour = once.hour;
        t.minute = once.minute;
        t.second = once.second;
    } else if (!row_words_time(time, has_hour ? once.hour : -1, &t)) {
        flaw(tick, ROW_FLAW_TIME, time);
    }
    if (tick->flaw != ROW_FLAW_TIME && tick->flaw != ROW_FLAW_NO_TIME && zone_instant(programme->timezone, &t, &tick->at_ms) != OK) flaw(tick, ROW_FLAW_DATE, date);
}

enum err row_tick_read(struct arena *arena, const struct programme *programme, const struct row_setting *setting, const struct row_words *words, size_t line,
                       struct row_tick *ret)
{
    *ret = (struct row_tick){.line = line, .about = "", .typed = words->code ? words->code : ""};
    read_code(ret);
    read_place(arena, programme, said(words->gate, setting->gate), said(words->direction, setting->direction), ret);
    read_moment(arena, programme, setting, words, ret);
    return arena->is_short ? ERR_NOMEM : OK;
}

/* A code, then what looks like a time or a direction. */
static enum err read_line(struct arena *arena, const struct programme *programme, const struct row_setting *setting, char *line, size_t number,
                          struct row_tick *ret)
{
    struct row_words words = {0};
    const char *strange = NULL;
    bool out;
    for (char *p = line; *p;) {
        size_t n = strcspn(p, " \t,;\r");
        char *next = p + n + (p[n] != '\0');
        struct zone_time t;
        p[n] = '\0';
        if (n == 0) {
            p = next;
            continue;
        }
        if (!words.code) words.code = p;
        else if (!words.direction && row_words_direction(arena, p, &out)) words.direction = p;
        else if (!words.time && row_words_time(p, 0, &t)) words.time = p;
        else if (!words.time && strpbrk(p, "0123456789")) words.time = p;
        else if (!strange) strange = p;
        p = next;
    }
    enum err e = row_tick_read(arena, programme, setting, &words, number, ret);
    if (strange) flaw(ret, ROW_FLAW_WORDS, strange);
    return e;
}

enum err row_ticks_read(struct arena *arena, const struct programme *programme, const struct row_setting *setting, const char *text, struct row_tick **ret,
                        size_t *ret_count)
{
    struct row_tick *list = NULL;
    size_t count = 0, capacity = 0, number = 0;
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "\n");
        char *line = arena_strndup(arena, p, n);
        p += n + (p[n] == '\n');
        number++;
        if (!line) return ERR_NOMEM;
        if (strspn(line, " \t,;\r") == strlen(line)) continue;
        if (count == ROW_TICKS_MOST) return ERR_LIMIT;
        if (arena_grow(arena, &list, &capacity, count, sizeof *list) != 0) return ERR_NOMEM;
        enum err e = read_line(arena, programme, setting, line, number, &list[count++]);
        if (e != OK) return e;
    }
    *ret = list;
    *ret_count = count;
    return OK;
}

/* --- whose they are ---------------------------------------------------------------------------------------------------------------------------- */

static void check_moment(const struct programme *programme, int64_t now_ms, struct row_tick *tick)
{
    if (tick->at_ms > now_ms + ROW_TICK_AHEAD_MS) flaw(tick, ROW_FLAW_FUTURE, NULL);
    if (tick->at_ms < programme->opens_ms) flaw(tick, ROW_FLAW_EARLY, NULL);
    if (tick->at_ms >= programme_closes_ms(programme, NULL)) flaw(tick, ROW_FLAW_LATE, NULL);
}

static enum err find_person(struct db *db, struct arena *arena, const struct programme *programme, struct row_tick *tick)
{
    struct sql_row_find_row row;
    if (!tick->code[0]) return OK;
    enum err e = sql_row_find(db, arena, programme->event_id, tick->code, &row);
    if (e == ERR_NOT_FOUND) flaw(tick, ROW_FLAW_UNKNOWN, tick->typed);
    if (e != OK) return e == ERR_NOT_FOUND ? OK : e;
    if (row.delegate_id == DB_NULL || !row.token_id) {
        flaw(tick, ROW_FLAW_GONE, tick->typed);
        return OK;
    }
    tick->delegate_id = row.delegate_id;
    tick->name = row.name;
    tick->number = row.number;
    tick->delegation = row.delegation;
    tick->category = row.category;
    tick->seat = row.seat;
    if (row.namesakes > 1 && row.born) tick->born = arena_strndup(arena, row.born, strspn(row.born, "0123456789"));
    return arena->is_short ? ERR_NOMEM : OK;
}

enum err row_ticks_find(struct db *db, struct arena *arena, const struct programme *programme, int64_t now_ms, struct row_tick *ticks, size_t count,
                        size_t *ret_flaws)
{
    size_t flaws = 0;
    for (size_t i = 0; i < count; i++) {
        enum err e = find_person(db, arena, programme, &ticks[i]);
        if (e != OK) return e;
        if (ticks[i].flaw == ROW_FLAW_NONE) check_moment(programme, now_ms, &ticks[i]);
        flaws += ticks[i].flaw != ROW_FLAW_NONE;
    }
    *ret_flaws = flaws;
    return OK;
}

/* --- taking ------------------------------------------------------------------------------------------------------------------------------------- */

/* A UUID (version 8, RFC 9562 §5.8) made of what the tick says: the same row typed again is the same scan. */
static enum err name_scan(struct arena *arena, const struct row_tick *tick, unsigned repeat, char out[ID_UUID_SIZE])
{
    char hex[CRYPTO_HASH_HEX];
    const char *text = arena_printf(arena, "paper %" PRId64 " %" PRId64 " %s %" PRId64 " %u", tick->delegate_id, tick->gate->id, tick->going_out ? "out" : "in",
                                    tick->at_ms, repeat);
    if (!text) return ERR_NOMEM;
    crypto_sha256_hex(text, strlen(text), hex);
    hex[12] = '8';
    hex[16] = "89ab"[(hex[16] >= 'a' ? hex[16] - 'a' + 10 : hex[16] - '0') & 3];
    (void)snprintf(out, ID_UUID_SIZE, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
    return OK;
}

/* The name under which it is recorded, or will be: what was taken back may be typed again. */
static enum err find_scan(struct db *db, struct arena *arena, struct row_tick *tick)
{
    struct sql_row_typed_row row;
    tick->again = false;
    for (unsigned repeat = 0; repeat < REPEATS_MOST; repeat++) {
        enum err e = name_scan(arena, tick, repeat, tick->scan_id);
        if (e == OK) e = sql_row_typed(db, arena, tick->scan_id, &row);
        if (e == ERR_NOT_FOUND) return OK;
        if (e != OK) return e;
        if (row.undone_ms != DB_NULL) continue;
        tick->again = true;
        tick->typed_ms = row.received_ms;
        tick->typed_by = row.account;
        return OK;
    }
    return ERR_LIMIT;
}

static struct checkin_scan scan_of(const struct row_tick *tick)
{
    enum outcome told = tick->gate->kind == GATE_HANDOUT ? OUTCOME_handed_out : tick->going_out ? OUTCOME_left : OUTCOME_admitted;
    return (struct checkin_scan){.scan_id = tick->scan_id, .on_paper = tick->delegate_id, .gate = tick->gate->code, .going_out = tick->going_out,
                                 .scanned_ms = tick->at_ms, .age_ms = DB_NULL, .asks = false, .told = told, .roster = DB_NULL};
}

/* Nobody's device told it: who typed it did. */
static enum err as_scan(struct db *db, struct arena *arena, const struct checkin_source *source, struct row_tick *tick, struct checkin_source *ret_source,
                        struct checkin_scan *ret_scan)
{
    *ret_source = *source;
    ret_source->gate_id = ret_source->device_id = DB_NULL;
    enum err e = find_scan(db, arena, tick);
    if (e == OK) *ret_scan = scan_of(tick);
    return e;
}

enum err row_tick_take(struct db *db, struct arena *arena, struct write_tools *tools, const struct checkin_source *source, struct row_tick *tick)
{
    struct checkin_source who;
    struct checkin_scan scan;
    enum err e = as_scan(db, arena, source, tick, &who, &scan);
    if (e != OK) return e;
    e = checkin_apply(db, arena, tools, &who, &scan, &tick->answer);
    tick->taken = e == OK;
    return e;
}

enum err row_tick_preview(struct db *db, struct arena *arena, struct programme_cache *programmes, const struct checkin_source *source, struct row_tick *tick)
{
    struct checkin_source who;
    struct checkin_scan scan;
    enum err e = as_scan(db, arena, source, tick, &who, &scan);
    if (e != OK) return e;
    e = checkin_preview(db, arena, programmes, &who, &scan, &tick->answer);
    tick->taken = e == OK;
    return e;
}

enum err row_ticks_mark_repeats(struct arena *arena, int64_t now_ms, struct row_tick *ticks, size_t count)
{
    struct map seen = {.arena = arena};
    for (size_t i = 0; i < count; i++) {
        if (!ticks[i].taken || ticks[i].again) continue;
        ticks[i].again = map_get(&seen, ticks[i].scan_id) != NULL;
        ticks[i].typed_ms = now_ms;
        if (!ticks[i].again && map_put(&seen, ticks[i].scan_id, &ticks[i]) != 0) return ERR_NOMEM;
    }
    return OK;
}
