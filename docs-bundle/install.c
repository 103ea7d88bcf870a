/* A bundle into the data folder: checked, trusted, files first, then pages as drafts, then one transaction that nobody waits long for. */
#include "docs-bundle/install.h"
#include "core/base/clock.h"

#include <string.h>

static enum err check(struct installing *i)
{
    const struct zip_caps caps = {.each = (uint64_t)DOCS_FILE_MOST, .total = (uint64_t)BUNDLE_BYTES_MOST};
    const struct bundle_install *w = i->wishes;
    struct bundle_check *c = &i->ret->check;
    enum err e = zip_open(i->arena, w->file, &caps, &i->zip, i->fault);
    if (e == OK) e = bundle_check(i->arena, &i->zip, NULL, NULL, c, i->fault);
    if (e != OK) {
        fault_prefix(i->fault, "%s", w->file);
        return e;
    }
    if (!bundle_check_is_intact(c)) return fault_set(i->fault, ERR_CONFLICT, "%s: is not what was signed: %s %s (%zu in all; plenum-docs verify names them)", w->file,
                                                     c->count ? check_word(c->findings[0].kind) : "its", c->count ? c->findings[0].path : "signature", c->count);
    if (c->packed_anew && !w->repacked)
        return fault_set(i->fault, ERR_CONFLICT, "%s: the papers are what was signed, but the archive was packed anew or altered (byte %llu); --repacked takes "
            "it", w->file,
                         (unsigned long long)c->packed_offset);
    return OK;
}

/* The organiser names the key that is taken this once: not "whoever it was". */
static enum err judge_signer(struct installing *i)
{
    struct bundle_installed *r = i->ret;
    const char *name = NULL;
    uint8_t accepted[CRYPTO_PUBLIC_BYTES];
    char text[BUNDLE_KEY_TEXT] = "", print[BUNDLE_PRINT_TEXT];
    enum err e = bundle_trust_find(i->arena, i->store.folder, i->store.db, r->check.bundle.key, &r->trust, &r->signer, i->fault);
    if (e != OK || r->trust != TRUST_NONE) return e;
    r->signer = r->check.bundle.signer;
    if (i->wishes->accept_signer) {
        e = bundle_key_read(i->arena, i->wishes->accept_signer, accepted, &name, i->fault);
        if (e != OK) return e;
        bundle_key_print(accepted, text, print);
    }
    if (strcmp(text, r->check.bundle.key) == 0) return OK;
    return fault_set(i->fault, ERR_DENIED,
                     "the bundle is signed by a key that this folder does not trust: %s, fingerprint %s, which calls itself “%.80s”. Compare the fingerprint "
                         "with the sender; "
                     "then plenum-docs key trust KEY --name NAME, or --accept-signer KEY for this once",
                     r->check.bundle.key, r->check.print, r->check.bundle.signer);
}

static bool may_go_on(void *installing, size_t done, size_t total)
{
    const struct installing *i = installing;
    const struct bundle_talk *talk = &i->wishes->talk;
    size_t count = i->ret->check.bundle.paper_count;
    (void)done, (void)total;
    return !talk->progress || talk->progress(talk->context, count, count);
}

/* All or nothing: before install_apply nobody sees anything of it, and afterwards everything. */
static enum err write_all(struct installing *i)
{
    struct docs_turns turns = {.folder = i->store.folder, .transact = docs_turns_on_connection, .context = i->store.db, .on_page = may_go_on, .page_context = i};
    enum err e = docs_turns_begin(&turns, i->fault);
    for (size_t k = 0; e == OK && k < i->ret->check.bundle.paper_count; k++) {
        const struct install_paper *p = &i->papers[k];
        struct docs_draft draft = {.sha256 = p->blob.sha256, .media_type = p->media_type, .size = p->blob.size, .crc = p->blob.crc, .reading = &p->reading,
                                   .shas = p->shas, .sizes = p->sizes, .now_ms = i->now_ms};
        if (install_was_read(p)) e = docs_draft_write(&turns, &draft, i->fault);
    }
    if (e == OK) e = db_transaction(i->store.db, install_apply, i, i->fault);
    docs_turns_end(&turns);
    return e;
}

static enum err run(struct installing *i)
{
    const struct bundle_install *w = i->wishes;
    enum err e = check(i);
    if (e == OK) e = store_open(w->data_folder, w->dry_run ? STORE_READ : STORE_WRITE, &i->store, i->fault);
    if (e == OK) e = judge_signer(i);
    if (e == OK) {
        i->ret->changes = arena_array(i->arena, i->ret->check.bundle.paper_count + 1, sizeof *i->ret->changes);
        if (!i->ret->changes) e = fault_set(i->fault, ERR_NOMEM, "not enough memory");
    }
    struct arena scratch = {0};
    struct sql_docs_event_row event; /* before gigabytes are copied for an event that is not there */
    if (e == OK && (e = sql_docs_event(i->store.db, &scratch, w->event, &event)) != OK)
        (void)(e == ERR_NOT_FOUND ? fault_set(i->fault, e, "there is no event \"%s\"", w->event) : db_fault(i->store.db, e, i->fault, "find the event"));
    arena_release(&scratch);
    if (e == OK) e = install_read_papers(i);
    if (e != OK) return e;
    if (!w->dry_run) return write_all(i);
    e = db_snapshot_begin(i->store.db);
    if (e == OK) e = install_apply(i->store.db, i, i->fault);
    db_snapshot_end(i->store.db);
    return e;
}

enum err bundle_install(struct arena *arena, const struct bundle_install *wishes, struct bundle_installed *ret, struct fault *fault)
{
    struct fault own = {0};
    struct installing i = {.arena = arena, .wishes = wishes, .ret = ret, .zip = {.fd = -1}, .fault = fault ? fault : &own, .now_ms = clock_now_ms()};
    *ret = (struct bundle_installed){.trust = TRUST_NONE};
    enum err e = run(&i);
    zip_close(&i.zip);
    store_close(&i.store);
    arena_release(&i.plan);
    return e;
}
