/* plenum-docs key: this folder's own key, and whom it trusts. */
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/congress/store/store.h"
#include "docs-bundle/command.h"

#include <stdio.h>
#include <string.h>

struct key_options {
    const char *name, *export, *data;
    bool json;
};

struct trust_change {
    const char *key, *name, *print;
    bool remove;
};

static enum err export_key(const char *path, const struct bundle_key *key, struct fault *fault)
{
    struct buf out;
    json_t *root = json_pack("{s:s, s:s, s:s}", "format", "plenum-docs-key/1", "name", key->name, "key", key->text);
    buf_init(&out, BUF_LIMIT_LINE);
    enum err e = root ? json_write(root, true, &out) : ERR_NOMEM;
    buf_putc(&out, '\n');
    if (e == OK) e = file_write_atomic(path, buf_text(&out), out.length, 0644, fault);
    buf_release(&out);
    json_decref(root);
    return e;
}

static enum err show_own(struct arena *arena, const struct key_options *o, struct fault *fault)
{
    struct bundle_key key;
    bool is_new = false;
    enum err e = bundle_key_open(arena, store_choose_folder(o->data), true, o->name, &key, &is_new, fault);
    if (e != OK) return e;
    crypto_forget(&key.secret, sizeof key.secret);
    if (o->export) e = export_key(o->export, &key, fault);
    if (e == OK && o->json)
        return docs_print_json(json_pack("{s:s, s:s, s:s, s:b}", "key", key.text, "fingerprint", key.print, "name", key.name, "new", (int)is_new), fault);
    if (e == OK) printf("key          %s\nfingerprint  %s\nname         %s\n", key.text, key.print, key.name);
    return e;
}

static enum err write_trust(struct db *db, void *arg, struct fault *fault)
{
    const struct trust_change *c = arg;
    int64_t now = clock_now_ms(), changes = 1;
    enum err e = c->remove ? sql_docs_signer_remove(db, c->key, now, &changes) : sql_docs_signer_write(db, c->key, c->name, now, NULL);
    if (e == OK && changes == 0) return fault_set(fault, ERR_NOT_FOUND, "this folder does not trust that key");
    if (e == OK) e = audit_write(db, now, "command line", c->remove ? "papers.untrust" : "papers.trust", c->print, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "write whom this folder trusts");
}

static enum err change_trust(struct arena *arena, const struct key_options *o, const char *word, bool remove, struct fault *fault)
{
    uint8_t key[CRYPTO_PUBLIC_BYTES];
    char text[BUNDLE_KEY_TEXT], print[BUNDLE_PRINT_TEXT];
    const char *name = NULL;
    struct store store = {0};
    enum err e = bundle_key_read(arena, word, key, &name, fault);
    if (e != OK) return e;
    bundle_key_print(key, text, print);
    name = o->name ? text_tidy(arena, o->name) : name ? text_tidy(arena, name) : NULL;
    if (!remove && (!name || !*name || !text_is_printable(name))) return fault_set(fault, ERR_USAGE, "--name is needed: how you call whoever holds this key");
    struct trust_change change = {.key = text, .name = name, .print = print, .remove = remove};
    e = store_open(store_choose_folder(o->data), STORE_CREATE, &store, fault);
    if (e == OK) e = db_transaction(store.db, write_trust, &change, fault);
    store_close(&store);
    if (e == OK && remove) printf("no longer trusted: %s\n", print);
    else if (e == OK) printf("trusted as “%s”: %s\n", name, print);
    return e;
}

static enum err print_signer(const struct key_options *o, const struct sql_docs_signer_list_row *row, json_t *list, bool own)
{
    uint8_t key[CRYPTO_PUBLIC_BYTES];
    char text[BUNDLE_KEY_TEXT], print[BUNDLE_PRINT_TEXT] = "";
    if (bundle_key_parse(row->public_key, key)) bundle_key_print(key, text, print);
    if (o->json) return json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:b}", "key", row->public_key, "fingerprint", print, "name", row->name, "own",
        (int)own)) == 0 ? OK : ERR_NOMEM;
    printf("%s  %s  %s%s\n", print, row->public_key, row->name, own ? "  (this folder's own)" : "");
    return OK;
}

static enum err list_trust(struct arena *arena, const struct key_options *o, struct fault *fault)
{
    struct store store = {0};
    struct bundle_key own;
    struct fault why = {0};
    struct sql_docs_signer_list_row *rows = NULL;
    size_t count = 0;
    json_t *list = json_array();
    const char *folder = store_choose_folder(o->data), *database = file_join(arena, folder, "plenum.db");
    enum err e = database && file_exists(database) ? store_open(folder, STORE_WRITE, &store, fault) : OK;
    if (e == OK && store.db && (e = sql_docs_signer_list(store.db, arena, &rows, &count)) != OK) (void)db_fault(store.db, e, fault, "read whom this folder trusts");
    if (e == OK && bundle_key_open(arena, folder, false, NULL, &own, NULL, &why) == OK) {
        crypto_forget(&own.secret, sizeof own.secret);
        e = print_signer(o, &(struct sql_docs_signer_list_row){.public_key = own.text, .name = own.name}, list, true);
    }
    for (size_t i = 0; e == OK && i < count; i++) e = print_signer(o, &rows[i], list, false);
    if (e == OK && o->json) e = docs_print_json(json_incref(list), fault);
    json_decref(list);
    store_close(&store);
    return e;
}

int docs_command_key(int argc, char **argv)
{
    struct key_options o = {0};
    const char *words[2] = {NULL, NULL};
    bool done;
    size_t count;
    const struct opt table[] = {
        {"name", 0, OPT_TEXT, &o.name, "NAME", "how people call the holder of the key", 0, 0},
        {"export", 0, OPT_TEXT, &o.export, "FILE.json", "write the public key to a file, for the receiver", 0, 0},
        {"data", 0, OPT_TEXT, &o.data, "DIR", "the data folder (default ./plenum-data, or PLENUM_DATA)", 0, 0},
        {"json", 0, OPT_FLAG, &o.json, NULL, "as one line of JSON", 0, 0},
    };
    const struct opt_command command = {
        .usage = "plenum-docs key [trust KEY --name NAME | untrust KEY | list] [options]",
        .about = "Without a word more: shows this data folder's signing key, and makes it when there is none. KEY is \"ed25519:…\" or a file that --export wrote.\n"
                 "Compare fingerprints by telephone before you trust a key.",
        .options = table, .option_count = sizeof table / sizeof table[0], .most_words = 2};
    struct fault fault = {0};
    struct arena arena = {0};
    enum err e = docs_parse(&command, argc, argv, words, &count, &done, &fault);
    if (done) return docs_finish(e, &fault);
    bool trust = count == 2 && strcmp(words[0], "trust") == 0, untrust = count == 2 && strcmp(words[0], "untrust") == 0;
    if (count == 0) e = show_own(&arena, &o, &fault);
    else if (trust || untrust) e = change_trust(&arena, &o, words[1], untrust, &fault);
    else if (count == 1 && strcmp(words[0], "list") == 0) e = list_trust(&arena, &o, &fault);
    else e = fault_set(&fault, ERR_USAGE, "key takes: nothing, trust KEY, untrust KEY, or list");
    arena_release(&arena);
    return docs_finish(e, &fault);
}
