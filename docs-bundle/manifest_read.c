/* A bundle's manifest as a whole: what can be known to be wrong without looking at any other file. */
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "docs-bundle/bundle.h"

#include <stddef.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

struct root_json {
    const char *format, *title, *signed_at;
    json_t *signer, *documents, *files;
};
struct signer_json {
    const char *key, *name;
};
struct file_json {
    const char *path, *sha256;
    int64_t size;
};

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_NOMEM, "not enough memory");
}

static enum err take_root(struct arena *arena, json_t *root, struct root_json *ret, struct bundle *bundle, struct fault *fault)
{
    static const struct json_spec specs[] = {{"format", JSON_SPEC_TEXT, offsetof(struct root_json, format), JSON_REQUIRED, 40},
                                             {"title", JSON_SPEC_TEXT, offsetof(struct root_json, title), 0, 1000},
                                             {"signed", JSON_SPEC_TEXT, offsetof(struct root_json, signed_at), JSON_REQUIRED, 40},
                                             {"signer", JSON_SPEC_OBJECT, offsetof(struct root_json, signer), JSON_REQUIRED, 0},
                                             {"documents", JSON_SPEC_ARRAY, offsetof(struct root_json, documents), JSON_REQUIRED, BUNDLE_PAPERS_MOST},
                                             {"files", JSON_SPEC_ARRAY, offsetof(struct root_json, files), JSON_REQUIRED, BUNDLE_FILES_MOST}};
    static const struct json_spec signer_specs[] = {{"key", JSON_SPEC_TEXT, offsetof(struct signer_json, key), JSON_REQUIRED, BUNDLE_KEY_TEXT},
                                                    {"name", JSON_SPEC_TEXT, offsetof(struct signer_json, name), JSON_REQUIRED, 400}};
    const struct json_place format = {.key = "format"}, when = {.key = "signed"}, signer = {.key = "signer"};
    struct signer_json s = {0};
    uint8_t key[CRYPTO_PUBLIC_BYTES];
    const char *said = json_string_value(json_object_get(root, "format")); /* first, so that another format is called by its name */
    if (said && strcmp(said, BUNDLE_FORMAT) != 0) return json_fault(fault, &format, "\"%.40s\" is not %s", said, BUNDLE_FORMAT);
    enum err e = json_take(root, specs, COUNT(specs), ret, NULL, fault);
    if (e == OK) e = json_take(ret->signer, signer_specs, COUNT(signer_specs), &s, &signer, fault);
    if (e != OK) return e;
    if (clock_parse(ret->signed_at, &bundle->signed_ms) != OK) return json_fault(fault, &when, "is not a time");
    if (!bundle_key_parse(s.key, key)) return json_fault(fault, &signer, "key: is not a key");
    if (!text_is_printable(s.name) || strchr(s.name, '\n')) return json_fault(fault, &signer, "name: has control characters");
    if (ret->title && !text_is_printable(ret->title)) return fault_set(fault, ERR_INPUT, "title: has control characters");
    bundle->key = arena_strdup(arena, s.key);
    bundle->signer = arena_strdup(arena, s.name);
    bundle->title = arena_strdup(arena, ret->title);
    return bundle->key && bundle->signer && (bundle->title || !ret->title) ? OK : no_memory(fault);
}

static bool is_bundle_path(const char *path)
{
    if (!file_is_safe_relative(path) || strchr(path, ':') || strchr(path, '\n') || !text_is_printable(path)) return false;
    return strncmp(path, "papers/", 7) == 0 || strncmp(path, "pages/", 6) == 0;
}

static enum err take_files(struct arena *arena, json_t *list, struct bundle *bundle, struct fault *fault)
{
    static const struct json_spec specs[] = {{"path", JSON_SPEC_TEXT, offsetof(struct file_json, path), JSON_REQUIRED, ZIP_NAME_MOST},
                                             {"size", JSON_SPEC_INTEGER, offsetof(struct file_json, size), JSON_REQUIRED, 0},
                                             {"sha256", JSON_SPEC_TEXT, offsetof(struct file_json, sha256), JSON_REQUIRED, 64}};
    struct json_place up = {.key = "files"}, place = {.up = &up};
    struct map caseless = {.arena = arena};
    int64_t total = 0;
    for (; place.index < json_array_size(list); place.index++) {
        struct file_json j = {0};
        enum err e = json_take(json_array_get(list, place.index), specs, COUNT(specs), &j, &place, fault);
        if (e != OK) return e;
        if (!is_bundle_path(j.path)) return json_fault(fault, &place, "\"%.200s\" is no path beneath papers/ or pages/", j.path);
        if (j.size < 0 || j.size > DOCS_FILE_MOST) return json_fault(fault, &place, "a file of %lld bytes", (long long)j.size);
        if (strlen(j.sha256) != 64 || strspn(j.sha256, "0123456789abcdef") != 64) return json_fault(fault, &place, "sha256: is no hash");
        struct bundle_file file = {.path = arena_strdup(arena, j.path), .size = j.size};
        memcpy(file.sha256, j.sha256, sizeof file.sha256);
        const char *plain = file.path ? text_caseless(arena, file.path) : NULL;
        if (!plain) return no_memory(fault);
        if (map_get(&caseless, plain)) return json_fault(fault, &place, "\"%.200s\" stands twice, or differs from another only in case", j.path);
        if (map_put(&caseless, plain, (void *)(uintptr_t)file.path) != 0 || bundle_add_file(arena, bundle, &file) != OK) return no_memory(fault);
        total += j.size;
        if (total > BUNDLE_BYTES_MOST) return json_fault(fault, &place, "more than %lld GB in all", (long long)(BUNDLE_BYTES_MOST >> 30));
    }
    return OK;
}

/* A file of the paper, listed and not of the wrong part of the bundle; notes that it belongs to somebody. */
static enum err claim(const struct bundle *bundle, struct map *claimed, const char *path, const char *part, bool shared, const struct json_place *place,
    struct fault *fault)
{
    struct bundle_file *file = bundle_find_file(bundle, path);
    if (!file || strncmp(path, part, strlen(part)) != 0) return json_fault(fault, place, "\"%.200s\" is not in \"files\" beneath %s", path, part);
    if (!shared && map_get(claimed, path)) return json_fault(fault, place, "\"%.200s\" belongs to something else already", path);
    return map_put(claimed, path, file) == 0 ? OK : no_memory(fault);
}

static enum err check_paper(const struct bundle *bundle, struct map *claimed, const struct bundle_paper *p, const struct json_place *place, struct fault *fault)
{
    static const char *const sources[] = {"none", "file", "ocr", "scan"};
    bool known = false;
    for (size_t i = 0; p->source && i < COUNT(sources); i++) known = known || strcmp(p->source, sources[i]) == 0;
    if (!known) return json_fault(fault, place, "source: is none of none, file, ocr, scan");
    if (!p->code || !p->title || !p->media_type) return json_fault(fault, place, "code, title and media_type are required");
    if (p->unread < 0 || (size_t)p->unread > p->page_count) return json_fault(fault, place, "unread: is no number of pages");
    if ((p->text != NULL) != (p->page_count > 0)) return json_fault(fault, place, "text and pages go together");
    enum err e = claim(bundle, claimed, p->file, "papers/", true, place, fault);
    if (e == OK && p->text) e = claim(bundle, claimed, p->text, "pages/", false, place, fault);
    for (size_t i = 0; e == OK && i < p->page_count; i++)
        if (p->pages[i].picture) e = claim(bundle, claimed, p->pages[i].picture, "pages/", false, place, fault);
    return e;
}

static enum err take_papers(struct arena *arena, json_t *list, struct bundle *bundle, struct fault *fault)
{
    struct json_place up = {.key = "documents"}, place = {.up = &up};
    struct map codes = {.arena = arena}, claimed = {.arena = arena};
    for (; place.index < json_array_size(list); place.index++) {
        if (arena_grow(arena, &bundle->papers, &bundle->paper_capacity, bundle->paper_count, sizeof *bundle->papers) != 0) return no_memory(fault);
        struct bundle_paper *p = &bundle->papers[bundle->paper_count];
        enum err e = bundle_paper_take(arena, json_array_get(list, place.index), true, &place, p, fault);
        if (e == OK) e = check_paper(bundle, &claimed, p, &place, fault);
        if (e != OK) return e;
        const char *plain = text_caseless(arena, p->code);
        if (!plain) return no_memory(fault);
        if (map_get(&codes, plain)) return json_fault(fault, &place, "the code \"%s\" stands twice, or differs from another only in case", p->code);
        if (map_put(&codes, plain, bundle) != 0) return no_memory(fault);
        bundle->paper_count++;
    }
    for (size_t i = 0; i < bundle->file_count; i++)
        if (!map_get(&claimed, bundle->files[i].path)) return fault_set(fault, ERR_INPUT, "files[%zu]: \"%.200s\" belongs to no document", i, bundle->files[i].path);
    return OK;
}

enum err bundle_manifest_read(struct arena *arena, const char *text, size_t length, struct bundle *ret, struct fault *fault)
{
    json_t *root = NULL;
    struct root_json j = {0};
    struct bundle bundle = {.by_path = {.arena = arena}};
    if (length > BUNDLE_MANIFEST_MOST) return fault_set(fault, ERR_LIMIT, "is larger than %u MB", BUNDLE_MANIFEST_MOST >> 20);
    enum err e = json_read(text, length, &root, fault);
    if (e == OK && !json_is_object(root)) e = fault_set(fault, ERR_INPUT, "is not an object");
    if (e == OK) e = take_root(arena, root, &j, &bundle, fault);
    if (e == OK) e = take_files(arena, j.files, &bundle, fault);
    if (e == OK) e = take_papers(arena, j.documents, &bundle, fault);
    json_decref(root);
    if (e == OK) *ret = bundle;
    return e;
}
