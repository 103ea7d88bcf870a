#include "core/congress/fallback/row_file.h"

#include "core/base/clock.h"
#include "core/base/csv.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/congress/store/store.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum column { COLUMN_CODE, COLUMN_TIME, COLUMN_DATE, COLUMN_DIRECTION, COLUMN_GATE, COLUMN_NONE, COLUMN_COUNT };

/* Folded; how the columns may be called. Names and notes are for whoever types. */
static const struct {
    const char *word;
    enum column column;
} column_words[] = {
    {"code", COLUMN_CODE}, {"ma", COLUMN_CODE}, {"time", COLUMN_TIME}, {"gio", COLUMN_TIME}, {"date", COLUMN_DATE}, {"ngay", COLUMN_DATE},
    {"direction", COLUMN_DIRECTION}, {"huong", COLUMN_DIRECTION}, {"gate", COLUMN_GATE}, {"cua", COLUMN_GATE},
    {"name", COLUMN_NONE}, {"ten", COLUMN_NONE}, {"ho va ten", COLUMN_NONE}, {"note", COLUMN_NONE}, {"ghi chu", COLUMN_NONE},
};

struct work {
    const struct row_file_options *options;
    struct arena arena, piece;
    struct store store;
    struct write_tools tools;
    struct programme *programme;
    struct checkin_source source;
    struct csv_row *rows;
    size_t row_count;
    int at[COLUMN_COUNT]; /* of each column; -1: there is none */
    struct row_tick *ticks;
    size_t count, flaws, from, piece_count;
    int64_t fresh, known, conflicts;
    json_t *results;
};

/* -1: no column of ours. */
static int column_of(struct arena *arena, const char *title)
{
    const char *folded = text_fold(arena, title);
    for (size_t i = 0; folded && i < sizeof column_words / sizeof *column_words; i++)
        if (strcmp(folded, column_words[i].word) == 0) return (int)column_words[i].column;
    return folded && (strncmp(folded, "x ", 2) == 0 || !*folded) ? COLUMN_NONE : -1;
}

bool row_file_is_one(const char *path)
{
    char start[512];
    struct arena arena = {0};
    struct csv_row *rows;
    size_t n = 0;
    bool has[COLUMN_COUNT] = {false};
    int fd = file_is_plain(path) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t got = fd < 0 ? -1 : read(fd, start, sizeof start);
    if (fd >= 0) close(fd);
    const char *end = got > 0 ? memchr(start, '\n', (size_t)got) : NULL;
    size_t length = end ? (size_t)(end - start) : got > 0 ? (size_t)got : 0;
    if (length && csv_read(&arena, start, length, &rows, &n, NULL) == OK && n)
        for (size_t i = 0; i < rows[0].count; i++) {
            int column = column_of(&arena, rows[0].cells[i]);
            if (column >= 0) has[column] = true;
        }
    arena_release(&arena);
    return has[COLUMN_CODE] && has[COLUMN_TIME];
}

/* --- reading ------------------------------------------------------------------------------------------------------------------------------------- */

static enum err read_columns(struct work *w, struct fault *fault)
{
    const char *file = w->options->file;
    for (int i = 0; i < COLUMN_COUNT; i++) w->at[i] = -1;
    if (!w->row_count) return fault_set(fault, ERR_INPUT, "%s: is empty", file);
    for (size_t i = 0; i < w->rows[0].count; i++) {
        int column = column_of(&w->arena, w->rows[0].cells[i]);
        if (column < 0)
            return fault_set(fault, ERR_INPUT, "%s:1: the column \"%.40s\" is none of code, time, date, direction, gate, name, note", file, w->rows[0].cells[i]);
        if (column != COLUMN_NONE && w->at[column] >= 0) return fault_set(fault, ERR_INPUT, "%s:1: the column \"%.40s\" is there twice", file, w->rows[0].cells[i]);
        w->at[column] = (int)i;
    }
    if (w->at[COLUMN_CODE] < 0 || w->at[COLUMN_TIME] < 0) return fault_set(fault, ERR_INPUT, "%s:1: the columns code and time are needed", file);
    return OK;
}

static const char *cell(const struct work *w, const struct csv_row *row, enum column column)
{
    return w->at[column] >= 0 && (size_t)w->at[column] < row->count ? row->cells[w->at[column]] : NULL;
}

static enum err read_ticks(struct work *w)
{
    w->count = w->row_count - 1;
    w->ticks = arena_array(&w->arena, w->count + 1, sizeof *w->ticks);
    if (!w->ticks) return ERR_NOMEM;
    for (size_t i = 0; i < w->count; i++) {
        const struct csv_row *row = &w->rows[i + 1];
        const struct row_words words = {.code = cell(w, row, COLUMN_CODE), .time = cell(w, row, COLUMN_TIME), .date = cell(w, row, COLUMN_DATE),
                                        .direction = cell(w, row, COLUMN_DIRECTION), .gate = cell(w, row, COLUMN_GATE)};
        enum err e = row_tick_read(&w->arena, w->programme, &w->options->setting, &words, row->line, &w->ticks[i]);
        if (e != OK) return e;
    }
    return OK;
}

static enum err read_file(struct work *w, struct fault *fault)
{
    const char *file = w->options->file;
    char *text;
    size_t length;
    enum err e = file_read(&w->arena, file, ROW_FILE_LIMIT, &text, &length, fault);
    if (e == OK && (e = csv_read(&w->arena, text, length, &w->rows, &w->row_count, fault)) != OK) fault_prefix(fault, "%s", file);
    if (e == OK) e = read_columns(w, fault);
    if (e != OK) return e;
    e = programme_load(w->store.db, &w->arena, w->options->event, &w->programme);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no event \"%.64s\"", w->options->event);
    if (e == OK) e = read_ticks(w);
    if (e == OK) e = row_ticks_find(w->store.db, &w->arena, w->programme, w->source.received_ms, w->ticks, w->count, &w->flaws);
    return e == OK ? OK : db_fault(w->store.db, e, fault, "find whose rows these are");
}

/* --- taking --------------------------------------------------------------------------------------------------------------------------------------- */

/* One piece; may run twice. */
static enum err take_piece(struct db *db, void *arg, struct fault *fault)
{
    struct work *w = arg;
    enum err e = OK;
    arena_clear(&w->piece);
    write_tools_begin(&w->tools);
    for (size_t i = 0; e == OK && i < w->piece_count; i++) {
        struct row_tick *tick = &w->ticks[w->from + i];
        e = w->options->dry_run ? row_tick_preview(db, &w->piece, &w->tools.programmes, &w->source, tick) : row_tick_take(db, &w->piece, &w->tools, &w->source, tick);
        if (e == OK && tick->again && tick->typed_by && !(tick->typed_by = arena_strdup(&w->arena, tick->typed_by))) e = ERR_NOMEM; /* told after this piece is cleared */
    }
    if (e == OK && !w->options->dry_run) e = write_tools_flush(&w->tools, db);
    return e == OK ? OK : db_fault(db, e, fault, "record what was ticked");
}

static enum err tell(struct work *w, const struct row_tick *tick)
{
    json_t *value = row_tick_json(&w->piece, w->programme, tick, "vi");
    return value && json_array_append_new(w->results, value) == 0 ? OK : ERR_NOMEM;
}

static enum err take_all(struct work *w, struct fault *fault)
{
    enum err e = OK;
    for (w->from = 0; e == OK && w->from < w->count; w->from += w->piece_count) {
        w->piece_count = w->count - w->from < CHECKIN_PIECE ? w->count - w->from : CHECKIN_PIECE;
        e = w->options->dry_run ? take_piece(w->store.db, w, fault) : db_transaction(w->store.db, take_piece, w, fault);
    }
    if (e == OK && w->options->dry_run) e = row_ticks_mark_repeats(&w->arena, w->source.received_ms, w->ticks, w->count);
    for (size_t i = 0; e == OK && i < w->count; i++) {
        const struct row_tick *tick = &w->ticks[i];
        w->known += tick->again;
        w->fresh += !tick->again;
        w->conflicts += tick->answer.conflict;
        if ((tick->answer.conflict || w->options->dry_run) && tell(w, tick) != OK) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    }
    return e;
}

static enum err note_import(struct db *db, void *arg, struct fault *fault)
{
    const struct work *w = arg;
    struct arena arena = {0};
    const char *detail = arena_printf(&arena, "{\"new\":%lld,\"known\":%lld,\"conflicts\":%lld}", (long long)w->fresh, (long long)w->known, (long long)w->conflicts);
    enum err e = detail ? audit_write(db, w->source.received_ms, w->options->actor, "paper_import", w->options->event, detail) : ERR_NOMEM;
    arena_release(&arena);
    return e == OK ? OK : db_fault(db, e, fault, "write the import down");
}

static enum err tell_flaws(struct work *w, struct fault *fault)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->ticks[i].flaw != ROW_FLAW_NONE && tell(w, &w->ticks[i]) != OK) return fault_set(fault, ERR_NOMEM, "not enough memory");
    return fault_set(fault, ERR_INPUT, "%s: %zu of %zu lines are wrong; nothing was recorded", w->options->file, w->flaws, w->count);
}

static json_t *report(const struct work *w)
{
    return json_pack("{s:s,s:I,s:I,s:I,s:I,s:I,s:O}", "event", w->options->event, "lines", (json_int_t)w->count, "wrong", (json_int_t)w->flaws, "new",
                     (json_int_t)w->fresh, "known", (json_int_t)w->known, "conflicts", (json_int_t)w->conflicts, "results", w->results);
}

enum err row_file_import(const struct row_file_options *options, json_t **ret_report, struct fault *fault)
{
    if (!options->event) return fault_set(fault, ERR_USAGE, "--event SLUG is needed for a list from paper");
    struct work w = {.options = options, .results = json_array()};
    w.source = (struct checkin_source){.event = options->event, .gate_id = DB_NULL, .device_id = DB_NULL, .account_id = DB_NULL, .received_ms = clock_now_ms(),
                                       .actor = options->actor};
    enum err e = w.results ? store_open(options->folder, options->dry_run ? STORE_READ : STORE_WRITE, &w.store, fault) : ERR_NOMEM;
    bool opened = e == OK;
    if (e == OK) e = read_file(&w, fault);
    if (e == OK && w.flaws) e = tell_flaws(&w, fault);
    else if (e == OK) e = take_all(&w, fault);
    if (e == OK && !options->dry_run) e = db_transaction(w.store.db, note_import, &w, fault);
    if (opened && (e == OK || w.flaws) && !(*ret_report = report(&w))) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    write_tools_release(&w.tools);
    json_decref(w.results);
    arena_release(&w.piece);
    arena_release(&w.arena);
    store_close(&w.store);
    return e;
}
