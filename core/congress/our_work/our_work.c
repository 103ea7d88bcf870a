/* Reading: the playlist as it is stored, and what was made of its files. */
#include "core/congress/our_work/our_work.h"
#include "core/base/crypto.h"

#include "catalogue.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool our_work_pages_parse(const char *text, int64_t *ret_first, int64_t *ret_last)
{
    size_t digits = strspn(text, "0123456789"), more = text[digits] == '-' ? strspn(text + digits + 1, "0123456789") : 0;
    size_t length = digits + (text[digits] == '-' ? 1 + more : 0);
    if (!digits || digits > 4 || more > 4 || text[length] || (text[digits] == '-' && !more) || *text == '0' || (more && text[digits + 1] == '0')) return false;
    int64_t first = strtoll(text, NULL, 10), last = more ? strtoll(text + digits + 1, NULL, 10) : first;
    if (last < first) return false;
    *ret_first = first;
    *ret_last = last;
    return true;
}

bool our_work_may_show(const char *path, const char *media_type)
{
    static const char *const types[] = {"image/jpeg", "image/png", "image/webp", "application/pdf"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(media_type, types[i]) == 0) return true;
    return strncmp(media_type, "text/plain", 10) == 0 && dot && (strcasecmp(dot, ".md") == 0 || strcasecmp(dot, ".markdown") == 0);
}

bool our_work_is_on(const struct our_work_slide *slide, int64_t now_ms)
{
    return slide->on && (slide->from_ms == DB_NULL || slide->from_ms <= now_ms) && (slide->until_ms == DB_NULL || now_ms < slide->until_ms);
}

static int64_t moment(const json_t *slide, const char *key)
{
    const json_t *value = json_object_get(slide, key);
    return json_is_integer(value) ? json_integer_value(value) : DB_NULL;
}

static const char *text_of(struct arena *arena, const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? arena_strdup(arena, text) : NULL;
}

/* The same file with the same pages may stand there twice: the how manieth it is belongs to its name. */
static bool name_it(struct arena *arena, const struct our_work_slide *before, size_t count, struct our_work_slide *slide)
{
    char hex[CRYPTO_HASH_HEX];
    size_t same = 0;
    for (size_t i = 0; i < count; i++)
        same += strcmp(before[i].file, slide->file) == 0 && strcmp(before[i].pages ? before[i].pages : "", slide->pages ? slide->pages : "") == 0;
    const char *text = arena_printf(arena, "%s\n%s\n%zu", slide->file, slide->pages ? slide->pages : "", same);
    if (!text) return false;
    crypto_sha256_hex(text, strlen(text), hex);
    memcpy(slide->id, hex, OUR_WORK_ID_SIZE - 1);
    slide->id[OUR_WORK_ID_SIZE - 1] = '\0';
    return true;
}

static bool take_slide(struct arena *arena, const json_t *stored, struct our_work_slide *slide)
{
    char hex[CRYPTO_HASH_HEX];
    int64_t seconds = json_integer_value(json_object_get(stored, "seconds"));
    const json_t *caption = json_object_get(stored, "caption");
    const char *state = json_string_value(json_object_get(stored, "state")), *whole = json_text(arena, stored);
    *slide = (struct our_work_slide){.file = text_of(arena, stored, "file"), .sha256 = text_of(arena, stored, "blob"), .pages = text_of(arena, stored, "pages"),
                                     .caption = caption ? json_text(arena, caption) : NULL, .from_ms = moment(stored, "from"), .until_ms = moment(stored, "until"),
                                     .on = !state || strcmp(state, "off") != 0};
    slide->seconds = !seconds ? OUR_WORK_SECONDS_USUAL : seconds < OUR_WORK_SECONDS_LEAST ? OUR_WORK_SECONDS_LEAST :
                     seconds > OUR_WORK_SECONDS_MOST ? OUR_WORK_SECONDS_MOST : seconds;
    if (slide->pages && !our_work_pages_parse(slide->pages, &slide->first, &slide->last)) slide->pages = NULL;
    if (!whole || !slide->file || !slide->sha256) return false;
    crypto_sha256_hex(whole, strlen(whole), hex);
    slide->mark = arena_strndup(arena, hex, 16);
    return slide->mark != NULL;
}

enum err our_work_parse(struct arena *arena, const char *slides, const char *welcome, struct our_work *ret)
{
    json_t *list = NULL, *scene = NULL, *item;
    size_t i;
    enum err e = slides ? json_read(slides, strlen(slides), &list, NULL) : OK;
    if (e == OK && welcome) e = json_read(welcome, strlen(welcome), &scene, NULL);
    ret->slides = e == OK ? arena_array(arena, json_array_size(list) + 1, sizeof *ret->slides) : NULL;
    ret->count = 0;
    if (e == OK && !ret->slides) e = ERR_NOMEM;
    json_array_foreach(list, i, item) {
        if (e != OK) break;
        struct our_work_slide *slide = &ret->slides[ret->count];
        if (!take_slide(arena, item, slide) || !name_it(arena, ret->slides, ret->count, slide)) e = ERR_NOMEM;
        else ret->count++;
    }
    const json_t *text = json_object_get(scene, "text");
    ret->welcome_text = text ? json_text(arena, text) : NULL;
    ret->welcome_picture = text_of(arena, scene, "picture");
    ret->welcome_sha256 = text_of(arena, scene, "blob");
    json_decref(list);
    json_decref(scene);
    return e;
}

enum err our_work_load(struct db *db, struct arena *arena, const char *slug, struct our_work *ret)
{
    struct sql_our_work_event_row row;
    struct sql_our_work_emblem_row emblem = {0};
    enum err e = sql_our_work_event(db, arena, slug, &row);
    if (e != OK) return e;
    *ret = (struct our_work){.event_id = row.id, .config_seq = row.config_seq, .timezone = row.timezone};
    e = our_work_parse(arena, row.slides, row.wall_welcome, ret);
    if (e != OK) return e;
    e = sql_our_work_emblem(db, arena, &emblem);
    if (e == OK) ret->emblem_sha256 = emblem.logo_blob;
    return e == ERR_NOT_FOUND ? OK : e;
}

/* --- what was made of a file ------------------------------------------------------------------------------------------------------------ */

enum err our_work_file_load(struct db *db, struct arena *arena, const char *sha256, struct our_work_file *ret)
{
    struct sql_our_work_file_row file;
    struct sql_our_work_pages_row *rows;
    size_t count;
    *ret = (struct our_work_file){0};
    enum err e = sql_our_work_file(db, arena, sha256, &file);
    if (e == ERR_NOT_FOUND) return OK;
    if (e == OK) e = sql_our_work_pages(db, arena, sha256, &rows, &count);
    struct our_work_page *pages = e == OK ? arena_array(arena, count + 1, sizeof *pages) : NULL;
    if (e != OK || !pages) return e != OK ? e : ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        pages[i] = (struct our_work_page){.page = rows[i].page, .size = rows[i].size, .width = rows[i].width, .height = rows[i].height, .sha256 = rows[i].sha256,
                                          .media_type = rows[i].media_type, .large = rows[i].large, .large_width = rows[i].large_width,
                                          .large_height = rows[i].large_height};
    *ret = (struct our_work_file){.is_ready = true, .is_text = strcmp(file.kind, "text") == 0, .pages = file.pages, .reason = file.reason, .detail = file.detail,
                                  .problem = file.problem, .made = pages, .made_count = count};
    return OK;
}

bool our_work_range(const struct our_work_slide *slide, int64_t pages, int64_t *ret_first, int64_t *ret_last)
{
    int64_t first = slide->first ? slide->first : 1, last = slide->last ? slide->last : pages;
    if (last > pages) last = pages;
    if (first > last) return false;
    *ret_first = first;
    *ret_last = last - first >= OUR_WORK_PAGES_MOST ? first + OUR_WORK_PAGES_MOST - 1 : last;
    return true;
}

const struct our_work_page *our_work_page_find(const struct our_work_file *file, int64_t page)
{
    for (size_t i = 0; i < file->made_count; i++)
        if (file->made[i].page == page) return &file->made[i];
    return NULL;
}

enum err our_work_find(struct db *db, struct arena *arena, int64_t event_id, const char *sha256, int64_t *ret_size, const char **ret_type)
{
    struct sql_our_work_find_row *rows;
    size_t count = 0;
    enum err e = sql_our_work_find(db, arena, event_id, sha256, &rows, &count);
    if (e != OK) return e;
    if (!count) return ERR_NOT_FOUND;
    *ret_size = rows[0].size;
    *ret_type = rows[0].media_type;
    return OK;
}
