/* Keys: DATA/docs-key.json holds this folder's own; only its owner may read it, and a backup takes it along. */
#include "catalogue.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/congress/store/store.h"
#include "core/congress/title.h"
#include "docs-bundle/bundle.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_FILE "docs-key.json"
#define KEY_FORMAT "plenum-docs-key/1"
#define PREFIX "ed25519:"
#define FILE_MOST 8192
#define NAME_MOST 200

struct key_json {
    const char *format, *name, *key, *secret;
};
static const struct json_spec specs[] = {{"format", JSON_SPEC_TEXT, offsetof(struct key_json, format), JSON_REQUIRED, 40},
                                         {"name", JSON_SPEC_TEXT, offsetof(struct key_json, name), JSON_REQUIRED, NAME_MOST},
                                         {"key", JSON_SPEC_TEXT, offsetof(struct key_json, key), JSON_REQUIRED, 64},
                                         {"secret", JSON_SPEC_TEXT, offsetof(struct key_json, secret), 0, 100}};

bool bundle_key_parse(const char *text, uint8_t ret[CRYPTO_PUBLIC_BYTES])
{
    struct arena scratch = {0};
    size_t n = 0;
    if (strncmp(text, PREFIX, sizeof PREFIX - 1) != 0 || strlen(text) >= BUNDLE_KEY_TEXT) return false;
    const uint8_t *bytes = crypto_base64_decode(&scratch, text + sizeof PREFIX - 1, &n);
    bool good = bytes && n == CRYPTO_PUBLIC_BYTES;
    if (good) memcpy(ret, bytes, n);
    arena_release(&scratch);
    return good;
}

void bundle_key_print(const uint8_t public_key[CRYPTO_PUBLIC_BYTES], char ret_text[BUNDLE_KEY_TEXT], char ret_print[BUNDLE_PRINT_TEXT])
{
    struct arena scratch = {0};
    uint8_t hash[CRYPTO_HASH_BYTES];
    char hex[33], *p = ret_print;
    const char *text = crypto_base64_encode(&scratch, public_key, CRYPTO_PUBLIC_BYTES);
    (void)snprintf(ret_text, BUNDLE_KEY_TEXT, "%s%s", PREFIX, text ? text : "");
    arena_release(&scratch);
    crypto_derive("plenum-docs key", public_key, CRYPTO_PUBLIC_BYTES, hash);
    crypto_hex(hash, 16, hex);
    for (int i = 0; i < 32; i++) {
        if (i && i % 4 == 0) *p++ = '-';
        *p++ = hex[i];
    }
    *p = '\0';
}

static enum err read_file(struct arena *arena, const char *path, json_t **ret, struct key_json *ret_key, struct fault *fault)
{
    char *text;
    size_t length;
    enum err e = file_read(arena, path, FILE_MOST, &text, &length, fault);
    if (e == OK) e = json_read(text, length, ret, fault);
    if (e == OK) e = json_take(*ret, specs, 4, ret_key, NULL, fault);
    if (e == OK && strcmp(ret_key->format, KEY_FORMAT) != 0) e = fault_set(fault, ERR_INPUT, "format: is not %s", KEY_FORMAT);
    if (e == ERR_INPUT) fault_prefix(fault, "%s", path);
    return e;
}

enum err bundle_key_read(struct arena *arena, const char *text_or_file, uint8_t ret[CRYPTO_PUBLIC_BYTES], const char **ret_name, struct fault *fault)
{
    json_t *root = NULL;
    struct key_json j = {0};
    *ret_name = NULL;
    if (bundle_key_parse(text_or_file, ret)) return OK;
    if (!file_exists(text_or_file)) return fault_set(fault, ERR_USAGE, "\"%.80s\" is neither a key (ed25519:…) nor a file of one", text_or_file);
    enum err e = read_file(arena, text_or_file, &root, &j, fault);
    if (e == OK && !bundle_key_parse(j.key, ret)) e = fault_set(fault, ERR_INPUT, "%s: key: is not a key", text_or_file);
    if (e == OK) *ret_name = arena_strdup(arena, j.name);
    json_decref(root);
    return e;
}

static enum err write_own(struct arena *arena, const char *path, const struct bundle_key *key, struct fault *fault)
{
    struct buf out;
    char *secret = crypto_base64_encode(arena, key->secret, CRYPTO_SECRET_BYTES);
    json_t *root = json_pack("{s:s, s:s, s:s, s:s}", "format", KEY_FORMAT, "name", key->name, "key", key->text, "secret", secret ? secret : "");
    buf_init(&out, BUF_LIMIT_LINE);
    enum err e = root && secret ? json_write(root, true, &out) : ERR_NOMEM;
    if (e == OK) e = file_write_atomic(path, out.data, out.length, 0600, fault);
    else (void)fault_set(fault, e, "not enough memory");
    if (secret) crypto_forget(secret, strlen(secret));
    if (out.data) crypto_forget(out.data, out.length);
    buf_release(&out);
    json_decref(root);
    return e;
}

static enum err load(struct arena *arena, const char *path, struct bundle_key *ret, struct fault *fault)
{
    json_t *root = NULL;
    struct key_json j = {0};
    struct stat st;
    size_t n = 0;
    if (stat(path, &st) == 0 && (st.st_mode & 077)) return fault_set(fault, ERR_DENIED, "%s: others may read this secret key; chmod 600 it, or make a new one", path);
    enum err e = read_file(arena, path, &root, &j, fault);
    uint8_t *secret = e == OK && j.secret ? crypto_base64_decode(arena, j.secret, &n) : NULL;
    if (e == OK) {
        bool good = secret && n == CRYPTO_SECRET_BYTES && bundle_key_parse(j.key, ret->public_key) && memcmp(secret + 32, ret->public_key, 32) == 0;
        if (!good) e = fault_set(fault, ERR_INPUT, "%s: is damaged", path);
    }
    if (e == OK) {
        memcpy(ret->secret, secret, CRYPTO_SECRET_BYTES);
        ret->name = arena_strdup(arena, j.name);
        if (!ret->name) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    }
    if (secret) crypto_forget(secret, n);
    json_decref(root);
    return e;
}

/* Whose key it will be: the organization of this folder, else this machine. */
static const char *find_name(struct arena *arena, const char *data_folder)
{
    char host[NAME_MOST] = "";
    struct store store = {0};
    struct fault why = {0};
    struct sql_import_organization_list_row *rows;
    size_t count = 0;
    const char *name = NULL;
    if (store_open(data_folder, STORE_READ, &store, &why) == OK && sql_import_organization_list(store.db, arena, &rows, &count) == OK && count)
        name = title_pick(arena, rows[0].name, rows[0].languages && strstr(rows[0].languages, "\"vi\"") ? "vi" : "en");
    store_close(&store);
    if (name && *name && strlen(name) <= NAME_MOST) return name;
    if (gethostname(host, sizeof host - 1) != 0 || !text_is_printable(host)) host[0] = '\0';
    return arena_strdup(arena, *host ? host : "plenum");
}

enum err bundle_key_open(struct arena *arena, const char *data_folder, bool make, const char *name, struct bundle_key *ret, bool *ret_new, struct fault *fault)
{
    const char *path = file_join(arena, data_folder, KEY_FILE);
    struct bundle_key key = {.name = NULL};
    enum err e = OK;
    if (!path) return fault_set(fault, ERR_NOMEM, "not enough memory");
    bool there = file_exists(path);
    if (!there && !make) return fault_set(fault, ERR_NOT_FOUND, "there is no signing key in \"%s\" yet: plenum-docs key makes one", data_folder);
    if (name && (!*name || strlen(name) > NAME_MOST || strchr(name, '\n') || !text_is_printable(name))) return fault_set(fault, ERR_USAGE,
        "--name: is empty, too long, or has control characters");
    if (there) e = load(arena, path, &key, fault);
    else crypto_signature_key(key.public_key, key.secret);
    if (e == OK) bundle_key_print(key.public_key, key.text, key.print);
    if (e == OK && name) key.name = name;
    else if (e == OK && !key.name) key.name = find_name(arena, data_folder);
    if (e == OK && !key.name) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK && !there) e = file_make_directories(data_folder, fault);
    if (e == OK && (!there || name)) e = write_own(arena, path, &key, fault);
    if (e == OK) *ret = key;
    if (e == OK && ret_new) *ret_new = !there;
    crypto_forget(&key.secret, sizeof key.secret);
    return e;
}
