/* `plenum figures fix|list|show`: fixes the figure of an event, lists what was fixed, shows one with its list; beside a running server. */
#include "core/base/clock.h"
#include "core/base/zone.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/figures/fixed.h"
#include "server/commands/commands.h"
#include "server/fixed_job.h"
#include "server/fixed_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct work {
    const char *data, *event, *at, *label, *category, *language;
    bool json, people, csv;
    int64_t number;
    struct store store;
    struct arena arena;
    struct i18n *i18n;
    struct fixed_words words;
    struct programme *programme;
    struct fixed_figure figure;
};

static void release(struct work *w)
{
    store_close(&w->store);
    arena_release(&w->arena);
    i18n_free(w->i18n);
}

/* Opens folder, words and event. */
static enum err begin(struct work *w, enum store_mode mode, struct fault *fault)
{
    if (!w->event) return fault_set(fault, ERR_USAGE, "--event SLUG is needed");
    enum err e = i18n_load(&w->i18n, fault);
    if (e == OK) e = store_open(store_choose_folder(w->data), mode, &w->store, fault);
    if (e != OK) return e;
    e = programme_load(w->store.db, &w->arena, w->event, &w->programme);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no event \"%.60s\"", w->event);
    if (e == OK) e = fixed_words_load(w->store.db, &w->arena, w->i18n, &w->words);
    return e == OK ? OK : db_fault(w->store.db, e, fault, "read the event");
}

static enum err find(struct work *w, struct fault *fault)
{
    enum err e = fixed_find(w->store.db, &w->arena, w->programme->event_id, w->number, &w->figure);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no fixed figure %" PRId64 " of %.60s", w->number, w->event);
    return e == OK ? OK : db_fault(w->store.db, e, fault, "read the fixed figure");
}

static const char *local(const struct fixed_figure *f, int64_t ms, char out[ZONE_TEXT_SIZE])
{
    return zone_format(f->timezone, ms, out) == OK ? out : "-";
}

static void print_line(struct work *w, const struct fixed_figure *f)
{
    char at[ZONE_TEXT_SIZE], known[ZONE_TEXT_SIZE];
    printf("%" PRId64 "  as of %s, fixed %s by %s%s%s, seal %.16s\n", f->number, local(f, f->content.at_ms, at), local(f, f->content.known_ms, known), f->actor,
           f->label ? ", " : "", f->label ? f->label : "", f->hash);
    char *sentence = fixed_sentence(&w->arena, f, w->language ? w->language : w->words.tags[0]);
    printf("   %s\n", sentence ? sentence : "");
}

static enum err print_figure(struct work *w, struct fault *fault)
{
    json_t *out = w->json ? fixed_json(&w->figure) : NULL;
    if (!w->json) print_line(w, &w->figure);
    if (!w->json) return OK;
    enum err e = out ? command_print_json(out, true, fault) : ERR_NOMEM;
    json_decref(out);
    return e;
}

/* --- fix ---------------------------------------------------------------------------------------------------------------------------------------------- */

/* May run again when somebody else writes: what is known is known at this moment. */
static enum err apply_fix(struct db *db, void *arg, struct fault *fault)
{
    struct work *w = arg;
    struct id_source ids = {0};
    char request[ID_UUID_SIZE];
    bool again;
    id_uuid7(request);
    struct fixed_wish wish = {.request = request, .label = w->label, .category = w->category, .now_ms = clock_now_ms(), .actor = "command line", .say = fixed_words_say,
                              .say_context = &w->words};
    enum err e = fixed_moment_read(w->programme->timezone, w->at, &wish.at_ms, fault);
    return e == OK ? fixed_fix(db, &w->arena, &ids, w->programme, &wish, &w->number, &again, fault) : e;
}

static int run_fix(int argc, char **argv)
{
    struct work w = {0};
    const struct opt options[] = {COMMAND_DATA(&w.data),
        {"event", 0, OPT_TEXT, &w.event, "SLUG", "the event", 0, 0},
        {"label", 0, OPT_TEXT, &w.label, "TEXT", "what it is of: the session, for example", 0, 0},
        {"at", 0, OPT_TEXT, &w.at, "TIME", "of an earlier moment: 2026-12-01T08:05 local to the event, or with an offset", 0, 0},
        {"category", 0, OPT_TEXT, &w.category, "CODE", "counts the people of one category only", 0, 0},
        {"lang", 0, OPT_TEXT, &w.language, "LANGUAGE", "the sentence in this language (default: the event's first)", 0, 0},
        {"json", 0, OPT_FLAG, &w.json, NULL, "as GET …/figures/fixed answers", 0, 0}};
    const struct opt_command command = {"plenum figures fix --event SLUG [--at TIME] [--label TEXT] [--category CODE] [options]",
                                        "Fixes the figure: who, when, how many, and the list by name. It is never altered; what is learnt later stands beside it.",
                                                options,
                                        sizeof options / sizeof options[0], 0, 0};
    struct fault fault = {0};
    int code;
    if (!command_parse(&command, argc, argv, NULL, NULL, &code)) return code;
    enum err e = begin(&w, STORE_WRITE, &fault);
    if (e == OK) e = db_transaction(w.store.db, apply_fix, &w, &fault);
    if (e == OK) e = find(&w, &fault);
    if (e == OK) e = print_figure(&w, &fault);
    release(&w);
    return command_end("figures fix", e, &fault);
}

/* --- list --------------------------------------------------------------------------------------------------------------------------------------------- */

static enum err print_list(struct work *w, struct fault *fault)
{
    struct fixed_figure *list;
    size_t n;
    enum err e = fixed_list(w->store.db, &w->arena, w->programme->event_id, INT64_MAX, FIXED_MOST, &list, &n);
    if (e != OK) return db_fault(w->store.db, e, fault, "read the fixed figures");
    json_t *out = json_array();
    for (size_t i = 0; i < n; i++)
        if (!w->json) print_line(w, &list[i]);
        else if (json_array_append_new(out, fixed_json(&list[i])) != 0) e = ERR_NOMEM;
    if (e == OK && w->json) e = command_print_json(out, true, fault);
    json_decref(out);
    return e;
}

static int run_list(int argc, char **argv)
{
    struct work w = {0};
    const struct opt options[] = {COMMAND_DATA(&w.data),
        {"event", 0, OPT_TEXT, &w.event, "SLUG", "the event", 0, 0},
        {"lang", 0, OPT_TEXT, &w.language, "LANGUAGE", "the sentences in this language (default: the event's first)", 0, 0},
        {"json", 0, OPT_FLAG, &w.json, NULL, "as GET …/figures/fixed answers", 0, 0}};
    const struct opt_command command = {"plenum figures list --event SLUG [options]", "What was fixed, the newest first.", options,
            sizeof options / sizeof options[0], 0, 0};
    struct fault fault = {0};
    int code;
    if (!command_parse(&command, argc, argv, NULL, NULL, &code)) return code;
    enum err e = begin(&w, STORE_READ, &fault);
    if (e == OK) e = print_list(&w, &fault);
    release(&w);
    return command_end("figures list", e, &fault);
}

/* --- show --------------------------------------------------------------------------------------------------------------------------------------------- */

static enum err print_csv(const json_t *people, struct fault *fault)
{
    static const char *const columns[] = {"number", "name", "person", "seat", "category", "delegation", "status", "state", "excused", "stands_for", "by_group",
            "first", "last", NULL};
    struct buf out;
    buf_init(&out, BUF_LIMIT_FILE);
    enum err e = export_csv(people, columns, &out);
    if (e == OK && (fwrite(out.data, 1, out.length, stdout) != out.length || fflush(stdout) != 0)) e = fault_set(fault, ERR_IO, "standard output cannot be written");
    buf_release(&out);
    return e;
}

/* How the same moment would be counted now, where that is something else. */
static enum err add_now(struct work *w, json_t *out, struct fault *fault)
{
    struct fixed_content now;
    struct fixed_change *changes;
    size_t n = 0;
    const struct fixed_content *c = &w->figure.content;
    enum err e = fixed_gather(w->store.db, &w->arena, w->programme, c->at_ms, clock_now_ms(), c->category, &now, fault);
    if (e == OK) e = fixed_compare(&w->arena, c, &now, &changes, &n);
    if (e == OK && !w->json && n)
        printf("   %zu people are known otherwise by now: present %" PRId64 " of %" PRId64 "\n", n, now.count.present, now.count.expected);
    if (e == OK && w->json && json_object_set_new(out, "now_would_be", n ? fixed_count_json(&now.count) : json_null()) != 0) e = ERR_NOMEM;
    return e;
}

static enum err print_one(struct work *w, struct fault *fault)
{
    enum err e = fixed_load(w->store.db, &w->arena, &w->figure);
    if (e != OK) return db_fault(w->store.db, e, fault, "read the fixed figure");
    json_t *people = json_array(), *out = fixed_json(&w->figure);
    for (size_t i = 0; e == OK && (w->people || w->csv) && i < w->figure.content.person_count; i++)
        if (json_array_append_new(people, fixed_person_json(&w->figure.content.people[i], false)) != 0) e = ERR_NOMEM;
    if (e == OK && w->csv) e = print_csv(people, fault);
    else if (e == OK) {
        if (!w->json) print_line(w, &w->figure);
        if (fixed_json_add_parts(out, &w->figure.content) != 0) e = ERR_NOMEM;
        if (e == OK) e = add_now(w, out, fault);
        if (e == OK && w->people && json_object_set(out, "list", people) != 0) e = ERR_NOMEM;
        if (e == OK && (w->json || w->people)) e = command_print_json(w->json ? out : people, true, fault);
    }
    json_decref(out);
    json_decref(people);
    return e;
}

static int run_show(int argc, char **argv)
{
    struct work w = {0};
    const char *number = NULL;
    const struct opt options[] = {COMMAND_DATA(&w.data),
        {"event", 0, OPT_TEXT, &w.event, "SLUG", "the event", 0, 0},
        {"lang", 0, OPT_TEXT, &w.language, "LANGUAGE", "the sentence in this language (default: the event's first)", 0, 0},
        {"people", 0, OPT_FLAG, &w.people, NULL, "with its list", 0, 0},
        {"csv", 0, OPT_FLAG, &w.csv, NULL, "its list alone, as CSV", 0, 0},
        {"json", 0, OPT_FLAG, &w.json, NULL, "as GET …/figures/fixed/NUMBER answers", 0, 0}};
    const struct opt_command command = {"plenum figures show NUMBER --event SLUG [options]", "One fixed figure, and what is known otherwise by now. Never why "
            "somebody was absent.", options,
                                        sizeof options / sizeof options[0], 1, 1};
    struct fault fault = {0};
    int code;
    if (!command_parse(&command, argc, argv, &number, NULL, &code)) return code;
    w.number = strlen(number) < 9 && strspn(number, "0123456789") == strlen(number) ? strtoll(number, NULL, 10) : 0;
    enum err e = begin(&w, STORE_READ, &fault);
    if (e == OK) e = find(&w, &fault);
    if (e == OK) e = print_one(&w, &fault);
    release(&w);
    return command_end("figures show", e, &fault);
}

bool command_figures_fixed(int argc, char **argv, int *ret_code)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } verbs[] = {{"fix", run_fix}, {"list", run_list}, {"show", run_show}};
    for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(argv[1], verbs[i].name) != 0) continue;
        *ret_code = verbs[i].run(argc - 1, argv + 1);
        return true;
    }
    return false;
}
