/* plenum-docs verify, plenum-docs install. */
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/congress/store/store.h"
#include "docs-bundle/command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- verify ---------------------------------------------------------------------------------------------------------------------------------- */

struct verdict {
    struct bundle_check check;
    enum bundle_trust trust;
    const char *name; /* as the receiver calls them */
    struct twin_pair *twins;
    size_t twin_count;
};

static const char *trust_word(enum bundle_trust trust)
{
    static const char *const words[] = {"not trusted here", "trusted", "this folder's own"};
    return words[trust];
}

static json_t *show_findings(const struct bundle_check *c, enum check_kind kind)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->count; i++)
        if (c->findings[i].kind == kind) (void)json_array_append_new(list, json_pack("{s:s, s:s}", "path", c->findings[i].path, "why", c->findings[i].sentence));
    return list;
}

static json_t *show_signer(const struct bundle_check *c, enum bundle_trust trust, const char *name)
{
    return json_pack("{s:s, s:s, s:s, s:s?, s:b, s:b}", "key", c->bundle.key, "fingerprint", c->print, "calls_itself", c->bundle.signer, "name", name, "trusted",
                     (int)(trust != TRUST_NONE), "signature_good", (int)c->signature_good);
}

static enum err print_verdict_json(const char *file, const struct verdict *v, bool intact, struct fault *fault)
{
    const struct bundle_check *c = &v->check;
    char when[CLOCK_TEXT_SIZE];
    return docs_print_json(json_pack("{s:s, s:b, s:o, s:s, s:I, s:I, s:b, s:o, s:o, s:o, s:o}", "file", file, "intact", (int)intact, "signer", show_signer(c,
        v->trust, v->name), "signed",
                                     clock_format(c->bundle.signed_ms, when), "documents", (json_int_t)c->bundle.paper_count, "files", (json_int_t)c->bundle.file_count,
                                     "packed_anew", (int)c->packed_anew, "missing", show_findings(c, CHECK_MISSING), "changed", show_findings(c, CHECK_CHANGED),
                                         "extra",
                                     show_findings(c, CHECK_EXTRA), "twins", twins_show(v->twins, v->twin_count)), fault);
}

static void print_verdict(const char *file, const struct verdict *v, bool intact)
{
    const struct bundle_check *c = &v->check;
    char when[CLOCK_TEXT_SIZE];
    for (size_t i = 0; i < c->count; i++) printf("%-8s %s: %s\n", check_word(c->findings[i].kind), c->findings[i].path, c->findings[i].sentence);
    if (c->packed_anew)
        printf("%-8s the archive itself: its records are not those that were written (first at byte %llu); the papers are\n", "changed",
            (unsigned long long)c->packed_offset);
    if (c->signature_good)
        printf("signed by “%s”, %s, %s (%s)\n", v->name ? v->name : c->bundle.signer, c->print, clock_format(c->bundle.signed_ms, when), trust_word(v->trust));
    else printf("names “%s”, %s, as its signer, but the signature is not good\n", c->bundle.signer, c->print);
    printf("%s: %s, %zu papers, %zu files\n", file, intact ? "intact" : "NOT what was signed", c->bundle.paper_count, c->bundle.file_count);
}

/* Whom this folder trusts, if there is a folder; a folder that cannot be read trusts nobody. */
static enum err find_trust(struct arena *arena, const char *folder, struct verdict *v, struct fault *fault)
{
    struct store store = {0};
    struct fault why = {0};
    const char *database = file_join(arena, folder, "plenum.db");
    bool there = database && file_exists(database) && store_open(folder, STORE_READ, &store, &why) == OK;
    enum err e = bundle_trust_find(arena, folder, there ? store.db : NULL, v->check.bundle.key, &v->trust, &v->name, fault);
    store_close(&store);
    return e;
}

static enum err verify(struct arena *arena, const char *file, const char *folder, struct progress *progress, struct verdict *ret, struct fault *fault)
{
    const struct zip_caps caps = {.each = (uint64_t)DOCS_FILE_MOST, .total = (uint64_t)BUNDLE_BYTES_MOST};
    struct zip_reader zip = {.fd = -1};
    enum err e = zip_open(arena, file, &caps, &zip, fault);
    if (e == OK) e = bundle_check(arena, &zip, progress_show, progress, &ret->check, fault);
    progress_end(progress);
    zip_close(&zip);
    if (e != OK) {
        fault_prefix(fault, "%s", file);
        return e;
    }
    if (bundle_twins(arena, &ret->check.bundle, &ret->twins, &ret->twin_count) != OK) return fault_set(fault, ERR_NOMEM, "not enough memory");
    return find_trust(arena, folder, ret, fault);
}

int docs_command_verify(int argc, char **argv)
{
    const char *words[1] = {NULL}, *data = NULL;
    bool as_json = false, must_trust = false, repacked = false, done;
    const struct opt table[] = {
        {"require-trusted", 0, OPT_FLAG, &must_trust, NULL, "refuse (exit code 1) also when the signer is not on this folder's list", 0, 0},
        {"repacked", 0, OPT_FLAG, &repacked, NULL, "the archive may have been packed anew, as long as the papers are what was signed", 0, 0},
        {"data", 0, OPT_TEXT, &data, "DIR", "the data folder whose list of trusted keys is asked (default ./plenum-data, or PLENUM_DATA)", 0, 0},
        {"json", 0, OPT_FLAG, &as_json, NULL, "as one line of JSON", 0, 0},
    };
    const struct opt_command command = {.usage = "plenum-docs verify FILE.zip [options]",
                                        .about = "Says which files are missing, changed, or extra (the manifest does not name them), and whose signature it is.\n"
                                                 "Exit code 0: every byte is what was signed; 1: it is not, or the archive is refused.",
                                        .options = table, .option_count = sizeof table / sizeof table[0], .least_words = 1, .most_words = 1};
    struct progress progress = {.doing = "checking", .wanted = isatty(STDERR_FILENO)}; /* nothing is written: Ctrl-C need not wait */
    struct fault fault = {0};
    struct arena arena = {0};
    struct verdict verdict = {.trust = TRUST_NONE};
    size_t count;
    enum err e = docs_parse(&command, argc, argv, words, &count, &done, &fault);
    if (done) return docs_finish(e, &fault);
    e = verify(&arena, words[0], store_choose_folder(data), &progress, &verdict, &fault);
    for (size_t i = 0; e == OK && i < verdict.twin_count; i++) docs_tell(&progress, verdict.twins[i].restricted, twin_sentence(&arena, &verdict.twins[i]));
    if (e == OK) {
        bool intact = bundle_check_is_intact(&verdict.check) && (repacked || !verdict.check.packed_anew);
        if (as_json) e = print_verdict_json(words[0], &verdict, intact, &fault);
        else print_verdict(words[0], &verdict, intact);
        if (e == OK && !intact) e = fault_set(&fault, ERR_CONFLICT, "%s: is not what was signed", words[0]);
        else if (e == OK && must_trust && verdict.trust == TRUST_NONE) e = fault_set(&fault, ERR_DENIED, "%s: this folder does not trust its signer", words[0]);
    }
    arena_release(&arena);
    return docs_finish(e, &fault);
}

/* --- install --------------------------------------------------------------------------------------------------------------------------------- */

static enum err print_installed_json(const struct bundle_install *w, const struct bundle_installed *r, struct fault *fault)
{
    json_t *counts = json_object(), *list = json_array();
    for (int kind = 0; kind < CHANGE_KIND_COUNT; kind++) (void)json_object_set_new(counts, change_word((enum change_kind)kind),
        json_integer((json_int_t)r->totals[kind]));
    for (size_t i = 0; i < r->count; i++)
        (void)json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:b, s:b, s:s*}", "code", r->changes[i].code, "change", change_word(r->changes[i].kind), "version",
            (json_int_t)r->changes[i].version, "shown", (int)r->changes[i].shown, "held", (int)r->changes[i].held, "stopped", r->changes[i].stamp));
    return docs_print_json(json_pack("{s:s, s:s, s:b, s:o, s:s, s:o, s:o, s:o}", "event", w->event, "file", w->file, "dry_run", (int)w->dry_run, "signer",
                                     show_signer(&r->check, r->trust, r->signer), "manifest", r->check.manifest_sha256, "counts", counts, "documents", list,
                                     "twins", twins_show(r->twins, r->twin_count)), fault);
}

static void print_installed(const struct bundle_install *w, const struct bundle_installed *r)
{
    static const char *const words[] = {"new", "new version", "details changed"};
    for (size_t i = 0; i < r->count; i++)
        if (r->changes[i].kind != CHANGE_SAME) printf("%-16s %s (version %lld)\n", words[r->changes[i].kind], r->changes[i].code, (long long)r->changes[i].version);
    printf("%s%s: %zu new, %zu new versions, %zu with changed details, %zu as before; signed by “%s”\n", w->dry_run ? "would be installed in " : "", w->event,
        r->totals[CHANGE_NEW],
           r->totals[CHANGE_VERSION], r->totals[CHANGE_DETAILS], r->totals[CHANGE_SAME], r->signer);
}

/* What everybody sees now, and what nobody sees yet, must not go by unseen. */
static void tell_showing(struct arena *arena, const struct bundle_install *w, const struct bundle_installed *r, struct progress *progress)
{
    size_t shown = 0, held = 0;
    for (size_t i = 0; i < r->count; i++) {
        const struct bundle_change *c = &r->changes[i];
        shown += c->shown;
        held += c->held && !c->stamp;
        if (c->stamp) docs_tell(progress, c->code, arena_printf(arena, "bears the stamp %s: nobody sees it until the organiser decides (console, Papers)", c->stamp));
    }
    for (size_t i = 0; i < r->twin_count; i++) docs_tell(progress, r->twins[i].restricted, twin_sentence(arena, &r->twins[i]));
    if (shown)
        fprintf(stderr, "plenum-docs: %zu new %s %s on phones at once\n", shown, shown == 1 ? "paper" : "papers", w->dry_run ? "would be shown" : "can now be seen");
    if (held)
        fprintf(stderr, "plenum-docs: %zu new %s until the organiser publishes (console, Papers)%s\n", held, held == 1 ? "paper waits" : "papers wait",
                w->dry_run && !w->hold ? "; with --publish they are shown at once, unless the bundle says otherwise" : "");
}

int docs_command_install(int argc, char **argv)
{
    const char *words[1] = {NULL}, *data = NULL;
    struct progress progress;
    struct bundle_install w = {.actor = "command line", .talk = {docs_tell, progress_show, &progress}};
    bool as_json = false, done;
    const struct opt table[] = {
        {"event", 0, OPT_TEXT, &w.event, "SLUG", "the event", 0, 0},
        {"accept-signer", 0, OPT_TEXT, &w.accept_signer, "KEY", "take a bundle signed by this key, this once", 0, 0},
        {"dry-run", 0, OPT_FLAG, &w.dry_run, NULL, "only say what would change", 0, 0},
        {"publish", 0, OPT_FLAG, &w.publish, NULL, "new papers of which the bundle does not say when are shown at once; else they wait as drafts", 0, 0},
        {"hold", 0, OPT_FLAG, &w.hold, NULL, "all new papers wait as drafts, whatever the bundle says", 0, 0},
        {"older", 0, OPT_FLAG, &w.older, NULL, "replace papers also when what is installed was signed later", 0, 0},
        {"repacked", 0, OPT_FLAG, &w.repacked, NULL, "the archive may have been packed anew, as long as the papers are what was signed", 0, 0},
        {"data", 0, OPT_TEXT, &data, "DIR", "the data folder (default ./plenum-data, or PLENUM_DATA)", 0, 0},
        {"json", 0, OPT_FLAG, &as_json, NULL, "tell the result as one line of JSON", 0, 0},
    };
    const struct opt_command command = {.usage = "plenum-docs install FILE.zip --event SLUG [options]",
                                        .about = "Checks a bundle and puts its papers into an event: all of it, or nothing. New papers wait until the organiser\n"
                                                 "publishes them (--publish: shown at once), unless the bundle says when. A paper whose code the event has gets a\n"
                                                 "new version if its bytes differ; when and to whom it is shown stays as the organiser set it.",
                                        .options = table, .option_count = sizeof table / sizeof table[0], .least_words = 1, .most_words = 1};
    struct fault fault = {0};
    struct arena arena = {0};
    struct bundle_installed installed;
    size_t count;
    enum err e = docs_parse(&command, argc, argv, words, &count, &done, &fault);
    if (done) return docs_finish(e, &fault);
    if (!w.event) return docs_finish(fault_set(&fault, ERR_USAGE, "--event is needed; --help tells more"), &fault);
    if (w.publish && w.hold) return docs_finish(fault_set(&fault, ERR_USAGE, "--publish and --hold: one of them"), &fault);
    w.file = words[0];
    w.data_folder = store_choose_folder(data);
    progress_begin(&progress, "copying");
    e = bundle_install(&arena, &w, &installed, &fault);
    progress_end(&progress);
    if (e == OK && as_json) e = print_installed_json(&w, &installed, &fault);
    else if (e == OK) print_installed(&w, &installed);
    if (e == OK) tell_showing(&arena, &w, &installed, &progress);
    arena_release(&arena);
    return docs_finish(e, &fault);
}
