/* A bundle against its manifest, and the manifest against its signature. */
#include "core/base/text.h"
#include "core/base/zip.h"
#include "docs-bundle/bundle.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct checking {
    struct arena *arena;
    struct bundle_check *ret;
    struct fault *fault;
    bool (*progress)(void *, size_t, size_t);
    void *context;
    const uint8_t *manifest;
    size_t manifest_length;
};

const char *check_word(enum check_kind kind)
{
    static const char *const words[] = {"missing", "changed", "extra"};
    return words[kind];
}

bool bundle_check_is_intact(const struct bundle_check *check)
{
    return check->signature_good && check->count == 0;
}

static enum err find(struct checking *c, enum check_kind kind, const char *path, const char *sentence)
{
    struct bundle_check *r = c->ret;
    if (!path || !sentence || arena_grow(c->arena, &r->findings, &r->capacity, r->count, sizeof *r->findings) != 0) return fault_set(c->fault, ERR_NOMEM,
        "not enough memory");
    r->findings[r->count++] = (struct check_finding){kind, path, sentence};
    return OK;
}

/* Why a name is not there, when another nearly is. */
static const char *why_missing(struct checking *c, const char *path)
{
    const char *plain = text_caseless(c->arena, path);
    const struct zip_item *near = plain ? map_get(&c->ret->zip->by_caseless, plain) : NULL;
    return near ? arena_printf(c->arena, "is not in the archive; “%s” differs in case or form of letters", near->name) : "is not in the archive";
}

static enum err check_signature(struct checking *c)
{
    struct bundle_check *r = c->ret;
    const struct zip_item *item = map_get(&r->zip->by_name, BUNDLE_SIGNATURE);
    struct fault why = {0};
    uint8_t key[CRYPTO_PUBLIC_BYTES];
    char *signature = NULL, text[BUNDLE_KEY_TEXT];
    size_t length = 0;
    if (!bundle_key_parse(r->bundle.key, key)) return fault_set(c->fault, ERR_BUG, "a key that was read is none");
    bundle_key_print(key, text, r->print);
    if (!item) return find(c, CHECK_MISSING, BUNDLE_SIGNATURE, why_missing(c, BUNDLE_SIGNATURE));
    enum err e = zip_read_whole(c->arena, r->zip, item, 4096, &signature, &length, &why);
    if (e == ERR_NOMEM || e == ERR_IO) return fault_set(c->fault, e, "%s", why.text);
    if (e == OK && length != CRYPTO_SIGNATURE_BYTES) e = ERR_INPUT;
    r->signature_good = e == OK && crypto_signature_check(key, c->manifest, c->manifest_length, (const uint8_t *)signature);
    if (r->signature_good) return OK;
    return find(c, CHECK_CHANGED, BUNDLE_MANIFEST, "its signature does not fit: it, or manifest.sig, was altered after signing");
}

static enum err hash_piece(void *context, const void *piece, size_t length)
{
    crypto_sha256_add(context, piece, length);
    return OK;
}

static enum err check_file(struct checking *c, struct bundle_file *file)
{
    const struct zip_item *item = map_get(&c->ret->zip->by_name, file->path);
    struct crypto_sha256_state state;
    struct fault why = {0};
    char hash[CRYPTO_HASH_HEX];
    if (!item || item->folder) return find(c, CHECK_MISSING, file->path, why_missing(c, file->path));
    if (item->size != (uint64_t)file->size)
        return find(c, CHECK_CHANGED, file->path, arena_printf(c->arena, "has %llu bytes instead of %lld", (unsigned long long)item->size, (long long)file->size));
    crypto_sha256_start(&state);
    enum err e = zip_read(c->ret->zip, item, hash_piece, &state, &why);
    if (e == ERR_NOMEM || e == ERR_IO) return fault_set(c->fault, e, "%s: %s", file->path, why.text);
    if (e != OK) return find(c, CHECK_CHANGED, file->path, arena_strdup(c->arena, why.text));
    crypto_sha256_end(&state, hash);
    file->crc = item->crc;
    return strcmp(hash, file->sha256) == 0 ? OK : find(c, CHECK_CHANGED, file->path, "its bytes are not those that were signed");
}

static enum err check_files(struct checking *c)
{
    struct bundle *b = &c->ret->bundle;
    const struct zip_reader *zip = c->ret->zip;
    enum err e = OK;
    for (size_t i = 0; e == OK && i < b->file_count; i++) {
        if (c->progress && !c->progress(c->context, i, b->file_count)) return fault_set(c->fault, ERR_TIMEOUT, "stopped");
        e = check_file(c, &b->files[i]);
    }
    for (size_t i = 0; e == OK && i < zip->count; i++) {
        const char *name = zip->items[i].name;
        if (zip->items[i].folder || bundle_find_file(b, name) || strcmp(name, BUNDLE_MANIFEST) == 0 || strcmp(name, BUNDLE_SIGNATURE) == 0) continue;
        e = find(c, CHECK_EXTRA, name, "unlisted: the manifest does not name it");
    }
    return e;
}

/* --- every byte that is no content ----------------------------------------------------------------------------------------------------------- */

/* Compares what we would have written with what stands there. */
static bool same_bytes(struct bundle_check *r, uint64_t *at, struct buf *wanted)
{
    uint8_t there[4096];
    for (size_t done = 0; done < wanted->length;) {
        size_t n = wanted->length - done < sizeof there ? wanted->length - done : sizeof there;
        ssize_t got = pread(r->zip->fd, there, n, (off_t)(*at + done));
        if (got < 0 && errno == EINTR) continue;
        for (size_t i = 0; i < n; i++) {
            if (got > 0 && i < (size_t)got && there[i] == (uint8_t)wanted->data[done + i]) continue;
            r->packed_anew = true;
            r->packed_offset = *at + done + i;
            return false;
        }
        done += n;
    }
    *at += wanted->length;
    buf_clear(wanted);
    return true;
}

static enum err check_packing(struct checking *c)
{
    struct bundle_check *r = c->ret;
    const struct zip_item *manifest = map_get(&r->zip->by_name, BUNDLE_MANIFEST), *signature = map_get(&r->zip->by_name, BUNDLE_SIGNATURE);
    size_t count = r->bundle.file_count + 2;
    struct zip_entry *entries = arena_array(c->arena, count, sizeof *entries);
    struct buf record;
    uint64_t at = 0, central;
    buf_init(&record, BUF_LIMIT_BODY);
    if (!entries) return fault_set(c->fault, ERR_NOMEM, "not enough memory");
    entries[0] = (struct zip_entry){.name = BUNDLE_MANIFEST, .size = manifest->size, .crc = manifest->crc};
    entries[1] = (struct zip_entry){.name = BUNDLE_SIGNATURE, .size = signature->size, .crc = signature->crc};
    for (size_t i = 2; i < count; i++) {
        const struct bundle_file *f = &r->bundle.files[i - 2];
        entries[i] = (struct zip_entry){.name = f->path, .size = (uint64_t)f->size, .crc = f->crc};
    }
    bool same = true;
    for (size_t i = 0; same && i < count; i++) {
        entries[i].offset = at;
        zip_local_header(&entries[i], &record);
        same = same_bytes(r, &at, &record);
        at += entries[i].size;
    }
    central = at;
    for (size_t i = 0; same && i < count; i++) {
        zip_central_header(&entries[i], &record);
        same = same_bytes(r, &at, &record);
    }
    if (same) zip_end(count, central, at - central, &record);
    if (same) same = same_bytes(r, &at, &record);
    if (same && at != r->zip->length) r->packed_anew = true, r->packed_offset = at;
    bool good = buf_ok(&record);
    buf_release(&record);
    return good ? OK : fault_set(c->fault, ERR_NOMEM, "not enough memory");
}

static enum err read_manifest(struct checking *c)
{
    struct bundle_check *r = c->ret;
    const struct zip_item *item = map_get(&r->zip->by_name, BUNDLE_MANIFEST);
    char *text = NULL;
    size_t length = 0;
    if (!item) return fault_set(c->fault, ERR_INPUT, "is no bundle of papers: %s %s", BUNDLE_MANIFEST, why_missing(c, BUNDLE_MANIFEST));
    enum err e = zip_read_whole(c->arena, r->zip, item, BUNDLE_MANIFEST_MOST, &text, &length, c->fault);
    if (e == OK) e = bundle_manifest_read(c->arena, text, length, &r->bundle, c->fault);
    if (e == ERR_CONFLICT || e == ERR_INPUT) {
        fault_prefix(c->fault, "changed or damaged: %s", BUNDLE_MANIFEST);
        return ERR_INPUT;
    }
    if (e != OK) return e;
    crypto_sha256_hex(text, length, r->manifest_sha256);
    c->manifest = (const uint8_t *)text;
    c->manifest_length = length;
    return OK;
}

enum err bundle_check(struct arena *arena, struct zip_reader *zip, bool (*progress)(void *, size_t, size_t), void *context, struct bundle_check *ret,
    struct fault *fault)
{
    struct bundle_check check = {.zip = zip};
    struct checking c = {.arena = arena, .ret = &check, .fault = fault, .progress = progress, .context = context};
    enum err e = read_manifest(&c);
    if (e == OK) e = check_signature(&c);
    if (e == OK) e = check_files(&c);
    if (e == OK && bundle_check_is_intact(&check)) e = check_packing(&c);
    if (e == OK) *ret = check;
    return e;
}
