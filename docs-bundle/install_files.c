/* Files of a bundle into the blob store. */
#include "core/base/file.h"
#include "core/base/text.h"
#include "docs-bundle/install.h"

#include <string.h>
#include <unistd.h>

#define TEXT_FILE_MOST (64u << 20)
#define TEXT_TOTAL_MOST (512u << 20)

struct feed {
    const struct zip_reader *zip;
    const struct zip_item *item;
    int fd;
};

static enum err take_piece(void *context, const void *piece, size_t length)
{
    return file_write_all(((struct feed *)context)->fd, piece, length);
}

static enum err write_item(void *context, int fd, struct fault *fault)
{
    struct feed *feed = context;
    struct fault why = {0};
    feed->fd = fd;
    enum err e = zip_read(feed->zip, feed->item, take_piece, feed, &why);
    return e == OK ? OK : fault_set(fault, e, "%s", why.text[0] ? why.text : err_name(e));
}

static enum err put(struct installing *i, const struct bundle_file *file, struct blob *ret)
{
    const struct zip_item *item = map_get(&i->zip.by_name, file->path);
    struct feed feed = {.zip = &i->zip, .item = item};
    struct fault why = {0};
    struct blob blob = {.size = file->size};
    memcpy(blob.sha256, file->sha256, sizeof blob.sha256);
    if (!item) return fault_set(i->fault, ERR_BUG, "%s: was there and is not", file->path);
    blob.crc = item->crc;
    enum err e = i->wishes->dry_run ? OK : blob_put_known(i->store.folder, &blob, write_item, &feed, &why);
    if (e != OK) return fault_set(i->fault, e, "%s: %s", file->path, why.text);
    *ret = blob;
    return OK;
}

/* What a paper is, its bytes say, not its sender. */
static enum err judge_type(struct installing *i, const struct bundle_file *file, struct install_paper *p)
{
    enum docs_kind kind;
    struct fault why = {0};
    const char *path = blob_path(i->arena, i->store.folder, p->blob.sha256);
    p->media_type = p->paper->media_type;
    if (!path) return fault_set(i->fault, ERR_NOMEM, "not enough memory");
    if (i->wishes->dry_run) return OK;
    enum err e = docs_kind_find(path, file->path, &kind, &p->media_type, &why);
    return e == OK ? OK : fault_set(i->fault, e, "%s: %s", file->path, why.text);
}

/* The pages' texts, each ended by a form feed. */
static enum err read_text(struct installing *i, struct install_paper *p, size_t *total)
{
    const struct zip_item *item = map_get(&i->zip.by_name, p->paper->text);
    char *text;
    size_t length;
    struct fault why = {0};
    enum err e = item ? zip_read_whole(i->arena, &i->zip, item, TEXT_FILE_MOST, &text, &length, &why) : ERR_BUG;
    if (e == OK && (*total += length) > TEXT_TOTAL_MOST) e = fault_set(&why, ERR_LIMIT, "more than %u MB of text in all", TEXT_TOTAL_MOST >> 20);
    if (e != OK) return fault_set(i->fault, e, "%s: %s", p->paper->text, why.text);
    for (size_t page = 0; page < p->reading.count; page++) {
        char *end = memchr(text, '\f', length);
        if (!end) return fault_set(i->fault, ERR_INPUT, "%s: has %zu pages instead of %zu", p->paper->text, page, p->reading.count);
        *end = '\0';
        size_t n = (size_t)(end - text);
        if (n > DOCS_PAGE_TEXT_MOST || strlen(text) != n || !text_is_printable(text)) return fault_set(i->fault, ERR_INPUT, "%s: page %zu is no plain text",
            p->paper->text, page + 1);
        p->reading.pages[page].text = text;
        text = end + 1;
        length -= n + 1;
    }
    return length == 0 ? OK : fault_set(i->fault, ERR_INPUT, "%s: goes on behind its last page", p->paper->text);
}

static enum err put_pictures(struct installing *i, struct install_paper *p)
{
    for (size_t page = 0; page < p->reading.count; page++) {
        const struct bundle_page *from = &p->paper->pages[page];
        const struct bundle_file *file = from->picture ? bundle_find_file(&i->ret->check.bundle, from->picture) : NULL;
        const struct zip_item *item = file ? map_get(&i->zip.by_name, file->path) : NULL;
        struct blob blob;
        char head[3];
        if (!file) continue;
        if (file->size > DOCS_PICTURE_MOST || file->size < 4 || !item || pread(i->zip.fd, head, 3, (off_t)item->data) != 3)
            return fault_set(i->fault, ERR_INPUT, "%s: is no picture of a page", file->path);
        if (item->method == 0 && memcmp(head, "\xff\xd8\xff", 3) != 0) return fault_set(i->fault, ERR_INPUT, "%s: is no JPEG", file->path);
        enum err e = put(i, file, &blob);
        if (e != OK) return e;
        p->shas[page] = file->sha256;
        p->sizes[page] = file->size;
        p->reading.pages[page].picture = file->path;
        p->reading.pages[page].width = (unsigned)from->width;
        p->reading.pages[page].height = (unsigned)from->height;
    }
    return OK;
}

static enum docs_source find_source(const char *word)
{
    for (enum docs_source s = DOCS_SOURCE_NONE; s <= DOCS_SOURCE_SCAN; s++)
        if (strcmp(word, docs_source_word(s)) == 0) return s;
    return DOCS_SOURCE_NONE;
}

static enum err read_paper(struct installing *i, struct install_paper *p, size_t *total)
{
    const struct bundle_file *file = bundle_find_file(&i->ret->check.bundle, p->paper->file);
    enum err e = put(i, file, &p->blob);
    if (e == OK) e = judge_type(i, file, p);
    if (e != OK) return e;
    p->blob.media_type = p->media_type;
    p->reading = (struct docs_reading){.source = find_source(p->paper->source), .count = p->paper->page_count, .unread = (size_t)p->paper->unread};
    p->reading.pages = arena_array(i->arena, p->reading.count + 1, sizeof *p->reading.pages);
    p->shas = arena_array(i->arena, p->reading.count + 1, sizeof *p->shas);
    p->sizes = arena_array(i->arena, p->reading.count + 1, sizeof *p->sizes);
    if (!p->reading.pages || !p->shas || !p->sizes) return fault_set(i->fault, ERR_NOMEM, "not enough memory");
    if (p->paper->text) e = read_text(i, p, total);
    if (e != OK) return e;
    p->stamp = docs_secrecy_stricter(p->paper->secrecy, docs_secrecy_of(i->arena, p->paper->file + strlen("papers/"), p->paper->text ? p->reading.pages[0].text : NULL,
                                                                       p->reading.source == DOCS_SOURCE_OCR));
    return put_pictures(i, p);
}

enum err install_read_papers(struct installing *i)
{
    const struct bundle *b = &i->ret->check.bundle;
    size_t total = 0;
    enum err e = OK;
    i->papers = arena_array(i->arena, b->paper_count + 1, sizeof *i->papers);
    if (!i->papers) return fault_set(i->fault, ERR_NOMEM, "not enough memory");
    for (size_t k = 0; e == OK && k < b->paper_count; k++) {
        const struct bundle_talk *talk = &i->wishes->talk;
        i->papers[k].paper = &b->papers[k];
        e = read_paper(i, &i->papers[k], &total);
        if (e == OK && talk->progress && !talk->progress(talk->context, k + 1, b->paper_count)) e = fault_set(i->fault, ERR_TIMEOUT, "stopped");
    }
    return e;
}
