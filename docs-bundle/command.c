/* What the commands share, and the smaller ones: build, list, read. */
#include "docs-bundle/command.h"
#include "core/base/clock.h"
#include "core/congress/store/store.h"
#include "core/congress/title.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void docs_tell(void *progress, const char *path, const char *sentence)
{
    progress_end(progress);
    fprintf(stderr, "plenum-docs: %s: %s\n", path, sentence);
}

enum err docs_parse(const struct opt_command *command, int argc, char **argv, const char **words, size_t *ret_count, bool *ret_done, struct fault *fault)
{
    bool help = false;
    enum err e = opt_parse(command, argc, argv, words, ret_count, &help, fault);
    if (e == OK && help) opt_print_help(command);
    *ret_done = e != OK || help;
    return e;
}

int docs_finish(enum err e, const struct fault *fault)
{
    if (e != OK) fprintf(stderr, "plenum-docs: %s\n", fault->text[0] ? fault->text : err_name(e));
    if (e == OK && (fflush(stdout) != 0 || ferror(stdout))) return fputs("plenum-docs: the result cannot be written\n", stderr), 1;
    return err_exit_code(e);
}

enum err docs_print_json(json_t *value, struct fault *fault)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_FILE);
    enum err e = value ? json_write(value, false, &out) : ERR_NOMEM;
    if (e == OK) printf("%s\n", buf_text(&out));
    else (void)fault_set(fault, e, "not enough memory");
    buf_release(&out);
    json_decref(value);
    return e;
}

/* --- build --------------------------------------------------------------------------------------------------------------------------------- */

/* Now, unless the caller of reproducible builds says when (https://reproducible-builds.org/specs/source-date-epoch/). */
static enum err find_time(int64_t *ret, struct fault *fault)
{
    const char *given = getenv("SOURCE_DATE_EPOCH");
    char *end;
    *ret = clock_now_ms() / 1000 * 1000;
    if (!given || !*given) return OK;
    errno = 0;
    long long seconds = strtoll(given, &end, 10);
    if (*end || errno || seconds < 0 || seconds > 253402300799LL) return fault_set(fault, ERR_USAGE, "SOURCE_DATE_EPOCH is no number of seconds");
    *ret = seconds * 1000;
    return OK;
}

static enum err print_built(const struct bundle_build *b, const struct bundle_built *r, bool as_json, struct fault *fault)
{
    if (r->key_is_new) fprintf(stderr, "plenum-docs: made a signing key for this data folder; its fingerprint is %s (plenum-docs key)\n", r->print);
    if (as_json)
        return docs_print_json(json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:s}", "file", b->output, "documents", (json_int_t)r->papers, "pages",
            (json_int_t)r->pages, "files",
                                         (json_int_t)r->files, "bytes", (json_int_t)r->bytes, "warnings", (json_int_t)r->warnings, "fingerprint", r->print), fault);
    printf("%s: %zu papers, %zu pages, %.1f MB, signed %s\n", b->output, r->papers, r->pages, (double)r->bytes / 1048576, r->print);
    return OK;
}

int docs_command_build(int argc, char **argv)
{
    const char *words[1] = {NULL}, *data = NULL;
    struct opt_list secret = {.count = 0}, leave = {.count = 0};
    struct progress progress;
    struct bundle_build b = {.talk = {docs_tell, progress_show, &progress}};
    bool as_json = false, done;
    const struct opt table[] = {
        {"output", 'o', OPT_TEXT, &b.output, "FILE.zip", "where the bundle goes", 0, 0},
        {"title", 0, OPT_TEXT, &b.title, "TEXT", "a title for the bundle", 0, 0},
        {"allow-secret", 0, OPT_LIST, &secret, "FILE", "take this paper although it bears a secrecy stamp; the bundle says so", 0, 0},
        {"leave-out", 0, OPT_LIST, &leave, "FILE", "leave this file or folder of the folder out", 0, 0},
        {"data", 0, OPT_TEXT, &data, "DIR", "the data folder, whose key signs (default ./plenum-data, or PLENUM_DATA)", 0, 0},
        {"json", 0, OPT_FLAG, &as_json, NULL, "tell the result as one line of JSON", 0, 0},
    };
    const struct opt_command command = {
        .usage = "plenum-docs build DIR -o FILE.zip [options]",
        .about = "Makes a signed bundle of the papers in a folder. Folders and names give session, order and title (\"01 Khai mạc/02. Báo cáo chính trị.pdf\"), or a\n"
                 "manifest.json in the folder does. Text and pictures of pages are made here, once. All of the folder goes in, or nothing is written.",
        .options = table, .option_count = sizeof table / sizeof table[0], .least_words = 1, .most_words = 1};
    struct fault fault = {0};
    struct arena arena = {0};
    struct bundle_built built;
    size_t count;
    enum err e = docs_parse(&command, argc, argv, words, &count, &done, &fault);
    if (done) return docs_finish(e, &fault);
    if (!b.output) return docs_finish(fault_set(&fault, ERR_USAGE, "-o is needed; --help tells more"), &fault);
    b.folder = words[0];
    b.data_folder = store_choose_folder(data);
    b.allow_secret = secret.items;
    b.allow_secret_count = secret.count;
    b.leave_out = leave.items;
    b.leave_out_count = leave.count;
    progress_begin(&progress, "reading");
    e = find_time(&b.signed_ms, &fault);
    if (e == OK) e = bundle_build(&arena, &b, &built, &fault);
    progress_end(&progress);
    if (e == OK) e = print_built(&b, &built, as_json, &fault);
    arena_release(&arena);
    return docs_finish(e, &fault);
}

/* --- list ------------------------------------------------------------------------------------------------------------------------------------ */

static void print_version(const json_t *v)
{
    const json_t *reading = json_object_get(v, "reading"), *bundle = json_object_get(v, "bundle");
    printf("    version %lld  %s  %lld bytes  %s", (long long)json_integer_value(json_object_get(v, "version")), json_string_value(json_object_get(v, "name")),
           (long long)json_integer_value(json_object_get(v, "size")), json_string_value(json_object_get(v, "added")));
    if (reading)
        printf("  %lld pages (%s)", (long long)json_integer_value(json_object_get(reading, "pages")), json_string_value(json_object_get(reading, "source")));
    if (bundle) printf("  from %s", json_string_value(json_object_get(bundle, "signer")));
    if (json_object_get(bundle, "secrecy")) printf("  [%s]", json_string_value(json_object_get(bundle, "secrecy")));
    printf("\n");
}

static void print_papers(const json_t *root)
{
    const json_t *papers = json_object_get(root, "documents"), *paper, *version;
    size_t i, k;
    json_array_foreach(papers, i, paper) {
        const char *language;
        printf("%s  %s\n", json_string_value(json_object_get(paper, "code")), title_pick_json(json_object_get(paper, "title"), "vi", &language));
        json_array_foreach(json_object_get(paper, "versions"), k, version) print_version(version);
    }
    json_array_foreach(json_object_get(root, "twins"), i, paper) {
        const char *open = json_string_value(json_object_get(paper, "open"));
        printf("%s asks for the PIN, but %s is the same file and does not\n", json_string_value(json_object_get(paper, "restricted")), open);
    }
}

int docs_command_list(int argc, char **argv)
{
    const char *event = NULL, *data = NULL;
    bool as_json = false, done;
    const struct opt table[] = {
        {"event", 0, OPT_TEXT, &event, "SLUG", "the event", 0, 0},
        {"data", 0, OPT_TEXT, &data, "DIR", "the data folder (default ./plenum-data, or PLENUM_DATA)", 0, 0},
        {"json", 0, OPT_FLAG, &as_json, NULL, "as one line of JSON", 0, 0},
    };
    const struct opt_command command = {.usage = "plenum-docs list --event SLUG [options]",
        .about = "An event's papers: versions, sizes, pages, and who signed the bundle that brought them.",
                                        .options = table, .option_count = sizeof table / sizeof table[0]};
    struct fault fault = {0};
    struct store store = {0};
    json_t *root = NULL;
    const char *words[1];
    size_t count;
    enum err e = docs_parse(&command, argc, argv, words, &count, &done, &fault);
    if (done) return docs_finish(e, &fault);
    if (!event) return docs_finish(fault_set(&fault, ERR_USAGE, "--event is needed; --help tells more"), &fault);
    e = store_open(store_choose_folder(data), STORE_READ, &store, &fault);
    if (e == OK) e = bundle_list(store.db, event, &root, &fault);
    if (e == OK && as_json) e = docs_print_json(json_incref(root), &fault);
    else if (e == OK) print_papers(root);
    json_decref(root);
    store_close(&store);
    return docs_finish(e, &fault);
}

/* --- read ------------------------------------------------------------------------------------------------------------------------------------ */

int docs_command_read(int argc, char **argv)
{
    const char *event = NULL, *data = NULL, *words[1];
    bool done;
    struct progress progress = {0};
    const struct opt table[] = {
        {"event", 0, OPT_TEXT, &event, "SLUG", "the event", 0, 0},
        {"data", 0, OPT_TEXT, &data, "DIR", "the data folder (default ./plenum-data, or PLENUM_DATA)", 0, 0},
    };
    const struct opt_command command = {.usage = "plenum-docs read --event SLUG [options]",
                                        .about = "Makes text and pictures of pages for papers that came with an event file or by upload. What was read before "
                                            "is left alone.",
                                        .options = table, .option_count = sizeof table / sizeof table[0]};
    struct fault fault = {0};
    struct store store = {0};
    size_t count, read = 0;
    enum err e = docs_parse(&command, argc, argv, words, &count, &done, &fault);
    if (done) return docs_finish(e, &fault);
    if (!event) return docs_finish(fault_set(&fault, ERR_USAGE, "--event is needed; --help tells more"), &fault);
    e = store_open(store_choose_folder(data), STORE_WRITE, &store, &fault);
    if (e == OK) e = docs_read_missing(store.db, store.folder, event, docs_tell, &progress, &read, &fault);
    if (e == OK) printf("%zu papers were read\n", read);
    store_close(&store);
    return docs_finish(e, &fault);
}
