/* `plenum photos add|missing|remove` */
#include "core/congress/photos/photos.h"
#include "core/base/clock.h"
#include "core/base/crew.h"
#include "core/congress/title.h"
#include "server/commands/commands.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define PATHS_MOST 4096
#define TOLD_MOST 200 /* lines of one kind */

/* Why, in words for the person at the command line. */
static const char *sentence(const char *why)
{
    static const struct {
        const char *why, *words;
    } known[] = {{"namesakes", "several people bear this name"}, {"code_or_number", "the code of one, the badge number of another"},
                 {"disagree", "code and name speak of different people"}, {"accents", "the letters fit, the accents do not"},
                 {"more_than_code", "there is more in the name than the code"}, {"part_of_name", "only a part of the name"},
                 {"nobody", "nobody is called so"}, {"newer_file", "another file of this person is newer"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i].why, why) == 0) return known[i].words;
    return why;
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void print_people(const json_t *people)
{
    size_t i;
    json_t *person;
    json_array_foreach(people, i, person) printf("%s %s %s", i ? "," : " –", text_of(person, "code"), text_of(person, "name"));
}

static void print_files(const json_t *report, const char *outcome, const char *title)
{
    size_t i, told = 0, all = (size_t)json_integer_value(json_object_get(json_object_get(report, "counts"), outcome));
    json_t *file;
    if (!all) return;
    printf("%s:\n", title);
    json_array_foreach(json_object_get(report, "files"), i, file) {
        if (strcmp(text_of(file, "outcome"), outcome) != 0 || ++told > TOLD_MOST) continue;
        printf("  %s: %s", text_of(file, "file"), sentence(text_of(file, "why")));
        print_people(json_object_get(file, "people"));
        printf("\n");
    }
    if (all > TOLD_MOST) printf("  … and %zu more (--json tells all)\n", all - TOLD_MOST);
}

static void print_missing(const json_t *missing)
{
    struct arena arena = {0};
    const char *unit = NULL;
    size_t i;
    json_t *person;
    json_array_foreach(missing, i, person) {
        const char *here = text_of(person, "unit"), *number = text_of(person, "number"), *name = text_of(person, "unit_name");
        bool other = i == 0 || strcmp(here ? here : "", unit ? unit : "") != 0;
        if (other) printf("  %s%s%s\n", here ? here : "–", name ? " " : "", name ? title_pick(&arena, name, "vi") : "");
        printf("    %-10s %s%s%s\n", text_of(person, "code"), text_of(person, "name"), number ? " – " : "", number ? number : "");
        unit = here;
    }
    arena_release(&arena);
}

static void print_report(const json_t *report)
{
    static const char *const names[][2] = {{"new", "new"}, {"replaced", "replaced"}, {"same", "unchanged"}, {"older", "older files"}, {"doubtful", "doubtful"},
                                           {"unknown", "of nobody"}, {"refused", "refused"}};
    const json_t *counts = json_object_get(report, "counts");
    print_files(report, "older", "Left out, because there is a newer one");
    print_files(report, "doubtful", "Doubtful: nothing was done with these");
    print_files(report, "unknown", "Of nobody");
    print_files(report, "refused", "Refused");
    printf("%zu files:", json_array_size(json_object_get(report, "files")));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        long long n = json_integer_value(json_object_get(counts, names[i][0]));
        if (n) printf(" %lld %s;", n, names[i][1]);
    }
    printf(" %lld people have no photo yet%s\n", (long long)json_integer_value(json_object_get(report, "without_photo")),
           json_is_true(json_object_get(report, "dry_run")) ? " (dry run: nothing was changed)" : "");
}

/* Ctrl-C is asked for between two files, so that nothing is half done. */
struct watch {
    int signals;
    bool shows;
};

static bool on_progress(void *data, size_t done, size_t total)
{
    const struct watch *watch = data;
    struct signalfd_siginfo info;
    if (watch->signals >= 0 && read(watch->signals, &info, sizeof info) > 0) return false;
    if (watch->shows) {
        fprintf(stderr, "\r%zu of %zu%s", done, total, done == total ? "\n" : "");
        (void)fflush(stderr);
    }
    return true;
}

static void watch_begin(struct watch *watch, sigset_t *before)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &ends, before);
    watch->signals = signalfd(-1, &ends, SFD_NONBLOCK | SFD_CLOEXEC);
    watch->shows = isatty(STDERR_FILENO) == 1;
}

static void watch_end(struct watch *watch, const sigset_t *before)
{
    if (watch->signals >= 0) (void)close(watch->signals);
    (void)sigprocmask(SIG_SETMASK, before, NULL);
}

static enum err add(const char *data, struct photo_add *photos, json_t **ret, struct fault *fault)
{
    struct store store = {0};
    struct watch watch;
    sigset_t before;
    enum err e = store_open(store_choose_folder(data), photos->dry_run ? STORE_READ : STORE_WRITE, &store, fault);
    if (e != OK) return e;
    watch_begin(&watch, &before);
    photos->folder = store.folder;
    photos->on_progress = on_progress;
    photos->progress_data = &watch;
    e = photo_add_files(store.db, photos, ret, fault);
    watch_end(&watch, &before);
    store_close(&store);
    return e;
}

static int run_add(int argc, char **argv)
{
    const char *data = NULL, *paths[PATHS_MOST];
    bool json = false;
    struct photo_add photos = {.paths = paths, .threads = crew_threads_here(), .actor = "command line"};
    const struct opt options[] = {
        COMMAND_DATA(&data),
        {"event", 0, OPT_TEXT, &photos.event, "SLUG", "only the delegates of this event; files may also be named by badge number then", 0, 0},
        {"unit", 0, OPT_TEXT, &photos.unit, "CODE", "only the people of this unit (with --event: this delegation)", 0, 0},
        {"dry-run", 0, OPT_FLAG, &photos.dry_run, NULL, "decode and match everything, change nothing", 0, 0},
        {"json", 0, OPT_FLAG, &json, NULL, "the whole report as JSON", 0, 0},
    };
    const struct opt_command command = {"plenum photos add DIR|FILE… [options]",
                                        "Takes photos in, each for the person whom the file's name names: by code (P0001.jpg), badge number (127.jpg), name "
                                        "(Nguyen Van An.jpg), or code and name. Nothing is guessed: what is doubtful is listed. Told at the end: how many have no "
                                        "photo yet.",
                                        options, sizeof options / sizeof options[0], 1, PATHS_MOST};
    struct fault fault = {0};
    json_t *report = NULL;
    size_t count = 0;
    int code;
    if (!command_parse(&command, argc, argv, paths, &count, &code)) return code;
    photos.path_count = count;
    enum err e = add(data, &photos, &report, &fault);
    if (e == OK && json) e = command_print_json(report, true, &fault);
    else if (e == OK) print_report(report);
    json_decref(report);
    return command_end("photos add", e, &fault);
}

static int run_missing(int argc, char **argv)
{
    const char *data = NULL, *event = NULL, *unit = NULL;
    bool json = false;
    const struct opt options[] = {
        COMMAND_DATA(&data),
        {"event", 0, OPT_TEXT, &event, "SLUG", "only the delegates of this event", 0, 0},
        {"unit", 0, OPT_TEXT, &unit, "CODE", "only the people of this unit (with --event: this delegation)", 0, 0},
        {"json", 0, OPT_FLAG, &json, NULL, "as JSON", 0, 0},
    };
    const struct opt_command command = {"plenum photos missing [options]", "Lists who has no photo yet, by delegation.", options,
                                        sizeof options / sizeof options[0], 0, 0};
    struct fault fault = {0};
    struct store store = {0};
    struct arena arena = {0};
    struct photo_people people = {0};
    int code;
    if (!command_parse(&command, argc, argv, NULL, NULL, &code)) return code;
    enum err e = store_open(store_choose_folder(data), STORE_READ, &store, &fault);
    if (e == OK) e = photo_people_load(store.db, &arena, event, unit, &people, &fault);
    json_t *missing = e == OK ? photo_missing(&people) : NULL;
    if (e == OK && !missing) e = ERR_NOMEM;
    if (e == OK && json) e = command_print_json(missing, true, &fault);
    if (e == OK && !json) {
        print_missing(missing);
        printf("%zu of %zu people have no photo yet\n", json_array_size(missing), people.count);
    }
    json_decref(missing);
    arena_release(&arena);
    store_close(&store);
    return command_end("photos missing", e, &fault);
}

static enum err apply_remove(struct db *db, void *arg, struct fault *fault)
{
    struct arena arena = {0};
    struct id_source ids = {0};
    struct register_doing doing = {.db = db, .arena = &arena, .ids = &ids, .at_ms = clock_now_ms(), .actor = "command line", .source = "photos", .fault = fault};
    enum err e = register_begin(&doing);
    if (e == OK) e = photo_remove(&doing, arg);
    if (e == OK && (e = audit_write(db, clock_now_ms(), "command line", "photo remove", arg, NULL)) != OK) (void)db_fault(db, e, fault, "write the audit log");
    arena_release(&arena);
    return e;
}

static int run_remove(int argc, char **argv)
{
    const char *data = NULL, *person = NULL;
    const struct opt options[] = {COMMAND_DATA(&data)};
    const struct opt_command command = {"plenum photos remove CODE", "Takes the photo of a person away; badges show initials then.", options, 1, 1, 1};
    struct fault fault = {0};
    char copy[128];
    int code;
    if (!command_parse(&command, argc, argv, &person, NULL, &code)) return code;
    (void)snprintf(copy, sizeof copy, "%s", person);
    enum err e = command_apply(data, apply_remove, copy, &fault);
    return command_end("photos remove", e, &fault);
}

int command_photos(int argc, char **argv)
{
    static const struct command_verb verbs[] = {{"add", run_add, "take photos in, matched by the names of their files"},
                                                {"missing", run_missing, "who has none yet"},
                                                {"remove", run_remove, "take one away"}};
    return command_verbs("photos", verbs, sizeof verbs / sizeof verbs[0], argc, argv);
}
