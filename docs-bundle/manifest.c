/* manifest.json of a bundle: written in one way, read strictly. */
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "docs-bundle/bundle.h"

#include <stddef.h>
#include <string.h>

#define TITLE_MOST 4096
#define COUNT(list) (sizeof(list) / sizeof(list)[0])

struct bundle_file *bundle_find_file(const struct bundle *bundle, const char *path)
{
    return map_get(&bundle->by_path, path);
}

enum err bundle_add_file(struct arena *arena, struct bundle *bundle, const struct bundle_file *file)
{
    struct bundle_file *kept = arena_memdup(arena, file, sizeof *file);
    bundle->by_path.arena = arena;
    if (!kept || arena_grow(arena, &bundle->files, &bundle->file_capacity, bundle->file_count, sizeof *bundle->files) != 0) return ERR_NOMEM;
    bundle->files[bundle->file_count++] = *file;
    return map_put(&bundle->by_path, file->path, kept) == 0 ? OK : ERR_NOMEM;
}

/* --- writing ----------------------------------------------------------------------------------------------------------------------------- */

static void set_text(json_t *object, const char *key, const char *text, bool *failed)
{
    if (text && json_object_set_new(object, key, json_sure(json_string(text), failed)) != 0) *failed = true;
}

static void set_json(json_t *object, const char *key, const char *text, bool *failed)
{
    json_t *value = NULL;
    if (!text) return;
    if (json_read(text, strlen(text), &value, NULL) != OK || json_object_set_new(object, key, value) != 0) *failed = true;
}

static json_t *write_pages(const struct bundle_paper *p, bool *failed)
{
    json_t *list = json_sure(json_array(), failed);
    for (size_t i = 0; i < p->page_count; i++) {
        const struct bundle_page *page = &p->pages[i];
        json_t *one = page->picture ? json_pack("{s:s, s:I, s:I}", "picture", page->picture, "width", (json_int_t)page->width, "height",
            (json_int_t)page->height) : json_pack("{}");
        if (json_array_append_new(list, json_sure(one, failed)) != 0) *failed = true;
    }
    return list;
}

static json_t *write_paper(const struct bundle_paper *p, bool *failed)
{
    json_t *o = json_sure(json_object(), failed);
    set_text(o, "code", p->code, failed);
    set_json(o, "title", p->title, failed);
    set_text(o, "file", p->file, failed);
    set_text(o, "session", p->session, failed);
    set_text(o, "language", p->language, failed);
    set_text(o, "number", p->number, failed);
    set_text(o, "issued", p->issued, failed);
    set_text(o, "issuer", p->issuer, failed);
    set_json(o, "audience", p->audience, failed);
    set_text(o, "publish_at", p->publish_at, failed);
    if (p->publish_now && json_object_set_new(o, "publish_at", json_null()) != 0) *failed = true;
    if (p->restricted && json_object_set_new(o, "restricted", json_true()) != 0) *failed = true;
    if (p->must_read && json_object_set_new(o, "must_read", json_true()) != 0) *failed = true;
    set_text(o, "media_type", p->media_type, failed);
    set_text(o, "original", p->original, failed);
    set_text(o, "source", p->source, failed);
    set_text(o, "text", p->text, failed);
    if (p->page_count && json_object_set_new(o, "pages", write_pages(p, failed)) != 0) *failed = true;
    if (p->unread && json_object_set_new(o, "unread", json_integer(p->unread)) != 0) *failed = true;
    set_text(o, "secrecy", p->secrecy, failed);
    for (size_t i = 0; i < p->warning_count; i++) {
        if (i == 0 && json_object_set_new(o, "warnings", json_array()) != 0) *failed = true;
        if (json_array_append_new(json_object_get(o, "warnings"), json_string(p->warnings[i])) != 0) *failed = true;
    }
    return o;
}

enum err bundle_manifest_write(const struct bundle *b, struct buf *out)
{
    bool failed = false;
    char when[CLOCK_TEXT_SIZE];
    json_t *root = json_pack("{s:s}", "format", BUNDLE_FORMAT), *papers = json_array(), *files = json_array();
    if (!root || !papers || !files) failed = true;
    set_text(root, "title", b->title, &failed);
    set_text(root, "signed", clock_format(b->signed_ms, when), &failed);
    if (json_object_set_new(root, "signer", json_sure(json_pack("{s:s, s:s}", "key", b->key, "name", b->signer), &failed)) != 0) failed = true;
    for (size_t i = 0; i < b->paper_count; i++)
        if (json_array_append_new(papers, write_paper(&b->papers[i], &failed)) != 0) failed = true;
    for (size_t i = 0; i < b->file_count; i++) {
        const struct bundle_file *f = &b->files[i];
        json_t *one = json_pack("{s:s, s:I, s:s}", "path", f->path, "size", (json_int_t)f->size, "sha256", f->sha256);
        if (json_array_append_new(files, json_sure(one, &failed)) != 0) failed = true;
    }
    if (json_object_set_new(root, "documents", papers) != 0 || json_object_set_new(root, "files", files) != 0) failed = true;
    enum err e = failed ? ERR_NOMEM : json_write(root, true, out);
    if (e == OK) buf_putc(out, '\n');
    json_decref(root);
    return e == OK && !buf_ok(out) ? ERR_LIMIT : e;
}

/* --- reading ----------------------------------------------------------------------------------------------------------------------------- */

/* What the keys of a paper are read into; texts are borrowed from the JSON until they are copied. */
struct paper_json {
    const char *code, *file, *session, *language, *number, *issued, *issuer, *publish_at;
    json_t *title, *audience;
    bool restricted, must_read;
    const char *media_type, *original, *source, *text, *secrecy;
    json_t *pages, *warnings;
    int64_t unread;
};
#define AT(field) offsetof(struct paper_json, field)

static const struct json_spec paper_specs[] = {
    {"file", JSON_SPEC_TEXT, AT(file), JSON_REQUIRED, ZIP_NAME_MOST},
    {"code", JSON_SPEC_TEXT, AT(code), JSON_NULLABLE, 64},
    {"title", JSON_SPEC_ANY, AT(title), JSON_NULLABLE, 0},
    {"session", JSON_SPEC_TEXT, AT(session), JSON_NULLABLE, 400},
    {"language", JSON_SPEC_TEXT, AT(language), JSON_NULLABLE, 40},
    {"number", JSON_SPEC_TEXT, AT(number), JSON_NULLABLE, 200},
    {"issued", JSON_SPEC_TEXT, AT(issued), JSON_NULLABLE, 10},
    {"issuer", JSON_SPEC_TEXT, AT(issuer), JSON_NULLABLE, 400},
    {"audience", JSON_SPEC_OBJECT, AT(audience), JSON_NULLABLE, 0},
    {"publish_at", JSON_SPEC_TEXT, AT(publish_at), JSON_NULLABLE, 24},
    {"restricted", JSON_SPEC_BOOLEAN, AT(restricted), JSON_NULLABLE, 0},
    {"must_read", JSON_SPEC_BOOLEAN, AT(must_read), JSON_NULLABLE, 0},
    /* only in bundles */
    {"media_type", JSON_SPEC_TEXT, AT(media_type), 0, 100},
    {"original", JSON_SPEC_TEXT, AT(original), 0, ZIP_NAME_MOST},
    {"source", JSON_SPEC_TEXT, AT(source), 0, 8},
    {"text", JSON_SPEC_TEXT, AT(text), 0, ZIP_NAME_MOST},
    {"pages", JSON_SPEC_ARRAY, AT(pages), 0, DOCS_PAGES_MOST},
    {"unread", JSON_SPEC_INTEGER, AT(unread), 0, 0},
    {"secrecy", JSON_SPEC_TEXT, AT(secrecy), 0, 40},
    {"warnings", JSON_SPEC_ARRAY, AT(warnings), 0, 100},
};
#define ORGANISERS_KEYS 12

static enum err check_title(const json_t *title, const struct json_place *up, struct fault *fault)
{
    struct json_place place = {.up = up, .key = "title"};
    const char *language;
    const json_t *text;
    if (json_is_string(title)) {
        bool good = *json_string_value(title) && strlen(json_string_value(title)) <= TITLE_MOST && text_is_printable(json_string_value(title));
        return good ? OK : json_fault(fault, &place, "is empty, too long, or has control characters");
    }
    if (!json_is_object(title) || json_object_size(title) == 0) return json_fault(fault, &place, "must be a text or a map from language to text");
    json_object_foreach((json_t *)(uintptr_t)title, language, text) {
        bool good = text_is_language(language) && json_is_string(text) && *json_string_value(text) && strlen(json_string_value(text)) <= TITLE_MOST &&
                    text_is_printable(json_string_value(text));
        if (!good) return json_fault(fault, &place, "must be a text or a map from language to text");
    }
    return OK;
}

static enum err check_audience(const json_t *audience, const struct json_place *up, struct fault *fault)
{
    struct json_place place = {.up = up, .key = "audience"};
    const json_t *categories = json_object_get(audience, "categories"), *item;
    size_t i;
    if (!json_is_array(categories) || json_object_size(audience) != 1 || json_array_size(categories) > 64) return json_fault(fault, &place,
        "must be {\"categories\": [codes]}");
    json_array_foreach(categories, i, item)
        if (!json_is_string(item) || !text_is_code(json_string_value(item))) return json_fault(fault, &place, "must be {\"categories\": [codes]}");
    return OK;
}

static bool is_publish_time(const char *text)
{
    if (strcmp(text, "manual") == 0) return true;
    static const char pattern[] = "dddd-dd-ddTdd:dd";
    for (size_t i = 0; i < sizeof pattern - 1; i++)
        if (pattern[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != pattern[i]) return false;
    return !text[sizeof pattern - 1] || (text[16] == ':' && strlen(text) == 19);
}

static enum err check_words(const struct paper_json *j, const struct json_place *place, struct fault *fault)
{
    const char *const texts[] = {j->file, j->session, j->number, j->issuer, j->original, j->media_type, j->secrecy};
    for (size_t i = 0; i < COUNT(texts); i++)
        if (texts[i] && (!*texts[i] || strchr(texts[i], '\n') || strchr(texts[i], '\t') || !text_is_printable(texts[i])))
            return json_fault(fault, place, "has a text that is empty or has control characters");
    if (j->code && !text_is_code(j->code)) return json_fault(fault, place, "\"%.80s\" is not a code", j->code);
    if (j->language && !text_is_language(j->language)) return json_fault(fault, place, "\"%.40s\" is not a language", j->language);
    if (j->publish_at && !is_publish_time(j->publish_at)) return json_fault(fault, place, "publish_at: \"%s\" is neither a local time nor \"manual\"", j->publish_at);
    int year = 0, month = 0, day = 0;
    if (j->issued && (strlen(j->issued) != 10 || sscanf(j->issued, "%4d-%2d-%2d", &year, &month, &day) != 3 || !clock_is_date(year, month, day)))
        return json_fault(fault, place, "issued: \"%s\" is not a date", j->issued);
    return OK;
}

static enum err take_pages(struct arena *arena, json_t *list, const struct json_place *up, struct bundle_paper *paper, struct fault *fault)
{
    static const struct json_spec specs[] = {{"picture", JSON_SPEC_TEXT, offsetof(struct bundle_page, picture), 0, ZIP_NAME_MOST},
                                             {"width", JSON_SPEC_INTEGER, offsetof(struct bundle_page, width), 0, 0},
                                             {"height", JSON_SPEC_INTEGER, offsetof(struct bundle_page, height), 0, 0}};
    struct json_place pages = {.up = up, .key = "pages"}, place = {.up = &pages};
    paper->page_count = json_array_size(list);
    paper->pages = arena_array(arena, paper->page_count + 1, sizeof *paper->pages);
    if (!paper->pages) return fault_set(fault, ERR_NOMEM, "not enough memory");
    for (; place.index < paper->page_count; place.index++) {
        struct bundle_page *page = &paper->pages[place.index];
        enum err e = json_take(json_array_get(list, place.index), specs, COUNT(specs), page, &place, fault);
        if (e != OK) return e;
        if (!page->picture) continue;
        page->picture = arena_strdup(arena, page->picture);
        if (!page->picture) return fault_set(fault, ERR_NOMEM, "not enough memory");
        if (page->width < 1 || page->height < 1 || page->width > 16384 || page->height > 16384) return json_fault(fault, &place, "has no sensible size");
    }
    return OK;
}

static enum err take_warnings(struct arena *arena, json_t *list, const struct json_place *place, struct bundle_paper *paper, struct fault *fault)
{
    size_t i;
    json_t *item;
    paper->warnings = arena_array(arena, json_array_size(list) + 1, sizeof *paper->warnings);
    if (!paper->warnings) return fault_set(fault, ERR_NOMEM, "not enough memory");
    json_array_foreach(list, i, item) {
        if (!json_is_string(item) || !text_is_printable(json_string_value(item))) return json_fault(fault, place, "warnings: must be texts");
        paper->warnings[i] = arena_strdup(arena, json_string_value(item));
        if (!paper->warnings[i]) return fault_set(fault, ERR_NOMEM, "not enough memory");
        paper->warning_count++;
    }
    return OK;
}

/* Copies into the arena; a NULL stays NULL. */
static bool copy(struct arena *arena, const char *text, const char **ret)
{
    *ret = arena_strdup(arena, text);
    return *ret || !text;
}

enum err bundle_paper_take(struct arena *arena, json_t *object, bool generated, const struct json_place *place, struct bundle_paper *ret, struct fault *fault)
{
    struct paper_json j = {0};
    struct bundle_paper p = {0};
    enum err e = json_take(object, paper_specs, generated ? COUNT(paper_specs) : ORGANISERS_KEYS, &j, place, fault);
    if (e == OK) e = check_words(&j, place, fault);
    if (e == OK && j.title) e = check_title(j.title, place, fault);
    if (e == OK && j.audience) e = check_audience(j.audience, place, fault);
    if (e != OK) return e;
    p.publish_now = json_is_null(json_object_get(object, "publish_at"));
    p.restricted = j.restricted;
    p.must_read = j.must_read;
    p.unread = j.unread;
    bool good = copy(arena, j.code, &p.code) && copy(arena, j.file, &p.file) && copy(arena, j.session, &p.session) && copy(arena, j.language, &p.language) &&
                copy(arena, j.number, &p.number) && copy(arena, j.issued, &p.issued) && copy(arena, j.issuer, &p.issuer) && copy(arena, j.publish_at, &p.publish_at) &&
                copy(arena, j.media_type, &p.media_type) && copy(arena, j.original, &p.original) && copy(arena, j.source, &p.source) && copy(arena, j.text, &p.text) &&
                copy(arena, j.secrecy, &p.secrecy);
    if (good && j.title) good = (p.title = json_text(arena, j.title)) != NULL;
    if (good && j.audience) good = (p.audience = json_text(arena, j.audience)) != NULL;
    if (!good) return fault_set(fault, ERR_NOMEM, "not enough memory");
    if (j.pages) e = take_pages(arena, j.pages, place, &p, fault);
    if (e == OK && j.warnings) e = take_warnings(arena, j.warnings, place, &p, fault);
    if (e == OK) *ret = p;
    return e;
}
