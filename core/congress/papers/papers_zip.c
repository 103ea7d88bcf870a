#include "core/congress/papers/papers_zip.h"

#include "core/base/map.h"
#include "core/base/text.h"
#include "core/base/zip.h"
#include "core/base/zone.h"
#include "core/congress/title.h"

#include <string.h>

#define NAME_MOST 120u  /* bytes; with the folder and a number well below what any file system takes */
#define ENDING_MOST 12u

/* Names that Windows keeps for devices, whatever their ending. */
static bool is_device(const char *name)
{
    static const char *const devices[] = {"con", "prn", "aux", "nul", "com", "lpt"};
    size_t n = strcspn(name, ".");
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
        if (strncasecmp(name, devices[i], 3) != 0) continue;
        if (i < 4 ? n == 3 : n == 4 && name[3] >= '0' && name[3] <= '9') return true;
    }
    return false;
}

/* Cuts to `most` bytes between two letters. */
static size_t cut_length(const char *text, size_t most)
{
    size_t n = strlen(text);
    if (n <= most) return n;
    for (n = most; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;) n--;
    return n;
}

static size_t trim_end(const char *text, size_t length)
{
    while (length && (text[length - 1] == ' ' || text[length - 1] == '.')) length--;
    return length;
}

/* Marks of direction and the like are not seen, and make one name look like another ("exe.fdp"). */
static bool is_unseen(int32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

char *papers_zip_safe_name(struct arena *arena, const char *text)
{
    const char *tidy = text_tidy(arena, text), *p = tidy ? tidy : "";
    char *out = arena_alloc(arena, strlen(p) + 2), *end = out;
    if (!out) return NULL;
    for (const char *start = p; *p; start = p) {
        int32_t c = text_next(&p);
        if (c >= 0 && is_unseen(c)) continue;
        if (c < 0 || (c < 0x80 && strchr("/\\:*?\"<>|", c))) *end++ = '_';
        else {
            memcpy(end, start, (size_t)(p - start));
            end += p - start;
        }
    }
    *end = '\0';
    const char *name = out + strspn(out, " ."), *dot = strrchr(name, '.');
    const char *ending = dot && dot > name && strlen(dot) <= ENDING_MOST ? dot : "";
    size_t whole = strlen(name) - strlen(ending), stem = whole;
    if (stem > NAME_MOST - strlen(ending)) stem = cut_length(name, NAME_MOST - strlen(ending));
    stem = trim_end(name, stem);
    size_t tail = trim_end(ending, strlen(ending));
    if (stem + tail == 0) return arena_strdup(arena, "_");
    return arena_printf(arena, "%s%.*s%.*s", is_device(name) ? "_" : "", (int)stem, name, (int)tail, ending);
}

/* "a.pdf", "a (2).pdf", …: also told apart where capitals and forms of letters do not count. */
static const char *choose_path(struct arena *arena, struct map *taken, const struct paper *paper)
{
    const char *title = paper->session_title ? title_pick(arena, paper->session_title, NULL) : "";
    const char *folder = title && *title ? papers_zip_safe_name(arena, title) : "", *name = papers_zip_safe_name(arena, paper->name);
    if (!title || !folder || !name) return NULL;
    const char *dot = strrchr(name, '.');
    int stem = (int)(dot && dot > name ? (size_t)(dot - name) : strlen(name));
    for (unsigned number = 1;; number++) {
        const char *path = number == 1 ? arena_printf(arena, "%s%s%s", folder, *folder ? "/" : "", name)
                                       : arena_printf(arena, "%s%s%.*s (%u)%s", folder, *folder ? "/" : "", stem, name, number, name + stem);
        const char *key = path ? text_caseless(arena, path) : NULL;
        if (!key) return NULL;
        if (map_get(taken, key)) continue;
        return map_put(taken, key, (void *)(uintptr_t)path) == 0 ? path : NULL;
    }
}

static uint32_t time_of(const char *timezone, int64_t ms)
{
    struct zone_time t;
    if (zone_local(timezone, ms, &t) != OK) return 0;
    return zip_time(t.year, t.month, t.day, t.hour, t.minute, t.second);
}

static enum err make_entries(struct arena *arena, const struct paper *papers, size_t count, const char *timezone, struct zip_entry *entries,
                             struct fault *fault)
{
    struct map taken = {.arena = arena};
    uint64_t offset = 0;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        const struct paper *paper = &papers[i];
        if (paper->access != PAPER_OPEN) continue;
        if (paper->crc32 == DB_NULL || paper->size < 0)
            return fault_set(fault, ERR_CONFLICT, "a paper's file is not there, or not whole: run `plenum doctor`");
        const char *name = choose_path(arena, &taken, paper);
        if (!name) return fault_set(fault, ERR_NOMEM, "not enough memory");
        entries[n] = (struct zip_entry){.name = name, .size = (uint64_t)paper->size, .crc = (uint32_t)paper->crc32, .offset = offset,
                                        .time = time_of(timezone, paper->added_ms)};
        offset += zip_local_length(&entries[n]) + (uint64_t)paper->size;
        n++;
    }
    return OK;
}

/* All records one after the other; pieces point into them. */
static enum err make_pieces(struct arena *arena, const struct paper *papers, size_t count, const struct zip_entry *entries, struct buf *records,
                            struct papers_zip *ret)
{
    size_t n = 0, central = 0, from = 0, *ends = arena_array(arena, ret->paper_count + 1, sizeof *ends);
    if (!ends) return ERR_NOMEM;
    for (; n < ret->paper_count; n++) {
        zip_local_header(&entries[n], records);
        ends[n] = records->length;
    }
    for (n = 0; n < ret->paper_count; n++) {
        central += zip_central_length(&entries[n]);
        zip_central_header(&entries[n], records);
    }
    const struct zip_entry *last = ret->paper_count ? &entries[ret->paper_count - 1] : NULL;
    zip_end(ret->paper_count, last ? last->offset + zip_local_length(last) + last->size : 0, central, records);
    const char *data = buf_ok(records) ? arena_memdup(arena, records->data, records->length) : NULL;
    if (!data) return ERR_NOMEM;
    n = 0;
    for (size_t i = 0; i < count; i++) {
        if (papers[i].access != PAPER_OPEN) continue;
        ret->pieces[ret->piece_count++] = (struct papers_zip_piece){.data = data + from, .length = (int64_t)(ends[n] - from)};
        if (papers[i].size) ret->pieces[ret->piece_count++] = (struct papers_zip_piece){.sha256 = papers[i].sha256, .length = papers[i].size};
        ret->size += (int64_t)(ends[n] - from) + papers[i].size;
        from = ends[n++];
    }
    ret->pieces[ret->piece_count++] = (struct papers_zip_piece){.data = data + from, .length = (int64_t)(records->length - from)};
    ret->size += (int64_t)(records->length - from);
    return OK;
}

enum err papers_zip_plan(struct arena *arena, const struct paper *papers, size_t count, const char *timezone, struct papers_zip *ret, struct fault *fault)
{
    struct papers_zip zip = {0};
    struct buf records;
    struct zip_entry *entries = arena_array(arena, count + 1, sizeof *entries);
    zip.pieces = arena_array(arena, 2 * count + 1, sizeof *zip.pieces);
    if (!entries || !zip.pieces) return fault_set(fault, ERR_NOMEM, "not enough memory");
    for (size_t i = 0; i < count; i++) zip.paper_count += papers[i].access == PAPER_OPEN;
    enum err e = make_entries(arena, papers, count, timezone, entries, fault);
    if (e != OK) return e;
    buf_init(&records, BUF_LIMIT_BODY);
    e = make_pieces(arena, papers, count, entries, &records, &zip);
    if (e == OK) { /* the records and what is between them are every byte */
        struct crypto_sha256_state state;
        crypto_sha256_start(&state);
        crypto_sha256_add(&state, records.data, records.length);
        for (size_t i = 0; i < count; i++)
            if (papers[i].access == PAPER_OPEN) crypto_sha256_add(&state, papers[i].sha256, strlen(papers[i].sha256));
        crypto_sha256_end(&state, zip.etag);
        *ret = zip;
    }
    buf_release(&records);
    return e == OK ? OK : fault_set(fault, e, "not enough memory");
}
