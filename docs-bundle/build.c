/* From a folder to a signed ZIP. */
#include "core/base/file.h"
#include "core/base/text.h"
#include "docs-bundle/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (256 * 1024)

struct building {
    struct arena *arena;
    const struct bundle_build *wishes;
    struct folder_list list;
    struct bundle bundle;
    struct bundle_key key;
    struct bundle_built built;
    struct map paths;       /* text_caseless of paths in the bundle */
    bool *allowed_was_met;
    const char *work;
    size_t done, problems;
    struct fault *fault;
};

static enum err no_memory(struct building *b)
{
    return fault_set(b->fault, ERR_NOMEM, "not enough memory");
}

static void tell(struct building *b, const char *relative, const char *sentence)
{
    if (b->wishes->talk.tell) b->wishes->talk.tell(b->wishes->talk.context, relative, sentence);
}

static void refuse(struct building *b, const char *relative, const char *sentence)
{
    b->problems++;
    tell(b, relative, sentence);
}

static bool on_page(void *context, size_t done, size_t total)
{
    struct building *b = context;
    (void)done, (void)total;
    return !b->wishes->talk.progress || b->wishes->talk.progress(b->wishes->talk.context, b->done, b->list.count);
}

/* --- files of the bundle ----------------------------------------------------------------------------------------------------------------- */

static enum err open_source(struct building *b, const char *path, int *ret)
{
    *ret = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    return *ret >= 0 ? OK : fault_set(b->fault, err_from_errno(errno), "%s: %s", path, strerror(errno));
}

/* Reads the file once: size, hash, checksum, and a copy into `out` when it is not negative. */
static enum err read_source(struct building *b, const char *path, int out, struct bundle_file *ret)
{
    struct crypto_sha256_state state;
    struct arena room = {0};
    uint8_t *piece = arena_alloc(&room, PIECE);
    int in = -1;
    enum err e = piece ? open_source(b, path, &in) : no_memory(b);
    crypto_sha256_start(&state);
    ret->size = 0;
    ret->crc = 0;
    while (e == OK) {
        ssize_t n = read(in, piece, PIECE);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) e = fault_set(b->fault, err_from_errno(errno), "%s: %s", path, strerror(errno));
        if (n <= 0) break;
        ret->size += n;
        ret->crc = zip_crc32(ret->crc, piece, (size_t)n);
        crypto_sha256_add(&state, piece, (size_t)n);
        if (ret->size > DOCS_FILE_MOST) e = fault_set(b->fault, ERR_LIMIT, "%s: grows while it is read", path);
        else if (out >= 0) e = file_write_all(out, piece, (size_t)n);
        if (e != OK && e != ERR_LIMIT) (void)fault_set(b->fault, e, "%s: %s", b->wishes->output, err_name(e));
    }
    crypto_sha256_end(&state, ret->sha256);
    if (in >= 0) close(in);
    arena_release(&room);
    return e;
}

static enum err add_file(struct building *b, const char *path, const char *source)
{
    struct bundle_file file = {.path = path, .source = source};
    const char *plain = text_caseless(b->arena, path);
    if (!plain || map_put(&b->paths, plain, (void *)(uintptr_t)path) != 0) return no_memory(b);
    if (b->bundle.file_count == BUNDLE_FILES_MOST) return fault_set(b->fault, ERR_LIMIT, "more than %d files in one bundle", BUNDLE_FILES_MOST);
    enum err e = read_source(b, source, -1, &file);
    if (e == OK && bundle_add_file(b->arena, &b->bundle, &file) != OK) e = no_memory(b);
    b->built.bytes += file.size;
    return e;
}

static bool path_is_taken(struct building *b, const char *path)
{
    const char *plain = text_caseless(b->arena, path);
    if (plain && map_get(&b->paths, plain)) return true;
    for (size_t i = 0; plain && i < b->list.count; i++) {
        const char *other = arena_printf(b->arena, "papers/%s", b->list.items[i].relative), *other_plain = other ? text_caseless(b->arena, other) : NULL;
        if (other_plain && strcmp(plain, other_plain) == 0) return true;
    }
    return false;
}

/* "papers/…"; a PDF that was made of an office file keeps its name but for the ending. */
static const char *paper_path(struct building *b, const struct folder_item *item, const struct docs_reading *r)
{
    const char *relative = item->relative, *dot = strrchr(relative, '.');
    if (r->kind != DOCS_OFFICE || strcmp(r->media_type, "application/pdf") != 0) return arena_printf(b->arena, "papers/%s", relative);
    const char *path = arena_printf(b->arena, "papers/%.*s.pdf", dot ? (int)(dot - relative) : (int)strlen(relative), relative);
    return path && path_is_taken(b, path) ? arena_printf(b->arena, "papers/%s.pdf", relative) : path;
}

/* --- one paper --------------------------------------------------------------------------------------------------------------------------- */

static enum err write_text(struct building *b, const struct docs_reading *r, const char *path)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_FILE);
    for (size_t i = 0; i < r->count; i++) {
        buf_puts(&out, r->pages[i].text);
        buf_putc(&out, '\f');
    }
    enum err e = buf_ok(&out) ? file_write_atomic(path, buf_text(&out), out.length, 0600, b->fault) : fault_set(b->fault, ERR_LIMIT, "the text is too long");
    buf_release(&out);
    return e;
}

static enum err add_pages(struct building *b, const struct docs_reading *r, struct bundle_paper *p, const char *folder)
{
    const char *text = file_join(b->arena, folder, "text.txt");
    if (!r->count) return OK;
    p->text = arena_printf(b->arena, "pages/%s/text.txt", p->code);
    p->pages = arena_array(b->arena, r->count, sizeof *p->pages);
    if (!text || !p->text || !p->pages) return no_memory(b);
    p->page_count = r->count;
    enum err e = write_text(b, r, text);
    if (e == OK) e = add_file(b, p->text, text);
    for (size_t i = 0; e == OK && i < r->count; i++) {
        const struct docs_page *page = &r->pages[i];
        if (!page->picture) continue;
        p->pages[i] = (struct bundle_page){arena_printf(b->arena, "pages/%s/%04zu.jpg", p->code, i + 1), page->width, page->height};
        e = p->pages[i].picture ? add_file(b, p->pages[i].picture, page->picture) : no_memory(b);
    }
    return e;
}

/* The organiser's word for a paper that bears a stamp. */
static bool is_allowed(struct building *b, const char *relative)
{
    const struct bundle_build *w = b->wishes;
    for (size_t i = 0; i < w->allow_secret_count; i++) {
        const char *wish = text_nfc(b->arena, w->allow_secret[i]);
        if (wish && strcmp(wish, relative) == 0) return b->allowed_was_met[i] = true;
    }
    return false;
}

static enum err judge_secrecy(struct building *b, struct folder_item *item, const struct docs_reading *r, bool *ret_goes)
{
    bool allowed = is_allowed(b, item->relative);
    *ret_goes = !r->secrecy || allowed;
    if (r->secrecy && allowed) item->paper.secrecy = r->secrecy;
    if (r->secrecy && !allowed) {
        const char *sentence = arena_printf(b->arena, "bears the stamp “%s” in its name or on its first page: --allow-secret takes it all the same, --leave-out "
            "leaves it out", r->secrecy);
        if (!sentence) return no_memory(b);
        refuse(b, item->relative, sentence);
    }
    return OK;
}

static enum err add_paper(struct building *b, struct folder_item *item, const struct docs_reading *r, const char *folder)
{
    struct bundle_paper *p = &item->paper;
    const char *path = paper_path(b, item, r);
    if (!path) return no_memory(b);
    p->file = path;
    p->media_type = r->media_type;
    p->source = docs_source_word(r->source);
    p->unread = (int64_t)r->unread;
    p->warnings = r->warnings;
    p->warning_count = r->warning_count;
    if (r->kind == DOCS_OFFICE && strcmp(r->media_type, "application/pdf") == 0) p->original = item->relative;
    enum err e = add_file(b, path, r->file);
    if (e == OK) e = add_pages(b, r, p, folder);
    if (e == OK && arena_grow(b->arena, &b->bundle.papers, &b->bundle.paper_capacity, b->bundle.paper_count, sizeof *b->bundle.papers) != 0) e = no_memory(b);
    if (e != OK) return e;
    b->bundle.papers[b->bundle.paper_count++] = *p;
    b->built.pages += r->count;
    b->built.warnings += r->warning_count;
    for (size_t i = 0; i < r->warning_count; i++) tell(b, item->relative, r->warnings[i]);
    return OK;
}

/* What is wrong with the paper itself is told and the next one is looked at; what is wrong with this machine ends the work. */
static enum err take_in(struct building *b, struct folder_item *item)
{
    struct docs_reading reading;
    struct fault why = {0};
    const char *folder = arena_printf(b->arena, "%s/%zu", b->work, b->done);
    bool goes = true;
    if (!folder) return no_memory(b);
    enum err e = file_make_directories(folder, b->fault);
    if (e != OK) return e;
    struct docs_wishes wishes = {.folder = folder, .name = item->relative, .on_page = on_page, .context = b};
    e = docs_extract(b->arena, item->path, &wishes, &reading, &why);
    if (e == ERR_INPUT || e == ERR_LIMIT) {
        refuse(b, item->relative, why.text);
        return OK;
    }
    if (e != OK) return fault_set(b->fault, e, "%s: %s", item->relative, why.text[0] ? why.text : err_name(e));
    e = judge_secrecy(b, item, &reading, &goes);
    return e == OK && goes ? add_paper(b, item, &reading, folder) : e;
}

static enum err take_in_all(struct building *b)
{
    enum err e = OK;
    for (size_t i = 0; i < b->list.problem_count; i++) refuse(b, b->list.problems[i].relative, b->list.problems[i].sentence);
    for (size_t i = 0; i < b->list.note_count; i++) tell(b, b->list.notes[i].relative, b->list.notes[i].sentence);
    for (; e == OK && b->done < b->list.count; b->done++) {
        e = take_in(b, &b->list.items[b->done]);
        if (e == OK && !on_page(b, 0, 0)) e = fault_set(b->fault, ERR_TIMEOUT, "stopped");
    }
    for (size_t i = 0; e == OK && i < b->wishes->allow_secret_count; i++)
        if (!b->allowed_was_met[i]) e = fault_set(b->fault, ERR_USAGE, "--allow-secret: there is no \"%.200s\" in the folder", b->wishes->allow_secret[i]);
    if (e != OK) return e;
    if (b->problems) return fault_set(b->fault, ERR_INPUT, "%zu of the files cannot go into the bundle as they are; nothing was written", b->problems);
    return b->bundle.paper_count ? OK : fault_set(b->fault, ERR_INPUT, "%s: there is no paper in it", b->wishes->folder);
}

/* --- the archive ------------------------------------------------------------------------------------------------------------------------- */

static enum err put_record(struct building *b, int out, struct buf *record, uint64_t *at)
{
    enum err e = buf_ok(record) ? file_write_all(out, record->data, record->length) : ERR_NOMEM;
    *at += record->length;
    buf_clear(record);
    return e == OK ? OK : fault_set(b->fault, e, "%s: %s", b->wishes->output, err_name(e));
}

static enum err put_content(struct building *b, int out, const struct bundle_file *file)
{
    struct bundle_file now;
    enum err e = read_source(b, file->source, out, &now);
    if (e == OK && (now.size != file->size || strcmp(now.sha256, file->sha256) != 0)) e = fault_set(b->fault, ERR_BUSY, "%s: changed while it was read", file->source);
    return e;
}

static enum err put_archive(struct building *b, int out, const struct buf *manifest, const uint8_t signature[CRYPTO_SIGNATURE_BYTES])
{
    size_t count = b->bundle.file_count + 2;
    struct zip_entry *entries = arena_array(b->arena, count, sizeof *entries);
    struct buf record;
    uint64_t at = 0, central;
    enum err e = entries ? OK : no_memory(b);
    buf_init(&record, BUF_LIMIT_FILE);
    for (size_t i = 0; e == OK && i < count; i++) {
        const struct bundle_file *f = i < 2 ? NULL : &b->bundle.files[i - 2];
        if (f) entries[i] = (struct zip_entry){.name = f->path, .size = (uint64_t)f->size, .crc = f->crc};
        else if (i == 0) entries[i] = (struct zip_entry){.name = BUNDLE_MANIFEST, .size = manifest->length, .crc = zip_crc32(0, manifest->data, manifest->length)};
        else entries[i] = (struct zip_entry){.name = BUNDLE_SIGNATURE, .size = CRYPTO_SIGNATURE_BYTES, .crc = zip_crc32(0, signature, CRYPTO_SIGNATURE_BYTES)};
        entries[i].offset = at;
        zip_local_header(&entries[i], &record);
        if (i == 0) buf_add(&record, manifest->data, manifest->length);
        if (i == 1) buf_add(&record, signature, CRYPTO_SIGNATURE_BYTES);
        e = put_record(b, out, &record, &at);
        if (e == OK && f) e = put_content(b, out, f);
        if (f) at += (uint64_t)f->size;
    }
    central = at;
    for (size_t i = 0; e == OK && i < count; i++) zip_central_header(&entries[i], &record);
    if (e == OK) zip_end(count, central, record.length, &record);
    if (e == OK) e = put_record(b, out, &record, &at);
    buf_release(&record);
    b->built.bytes = (int64_t)at;
    b->built.files = count;
    return e;
}

static enum err write_bundle(struct building *b)
{
    struct buf manifest;
    struct file_new file;
    uint8_t signature[CRYPTO_SIGNATURE_BYTES];
    buf_init(&manifest, BUNDLE_MANIFEST_MOST);
    enum err e = bundle_manifest_write(&b->bundle, &manifest);
    if (e != OK) (void)fault_set(b->fault, e, "the manifest: %s", err_name(e));
    if (e == OK) crypto_signature_make(b->key.secret, manifest.data, manifest.length, signature);
    if (e == OK) e = file_new_open(&file, b->wishes->output, 0600, b->fault); /* papers are not for everybody */
    if (e == OK) {
        e = put_archive(b, file.fd, &manifest, signature);
        if (e == OK) e = file_new_commit(&file, b->fault);
        else file_new_abandon(&file);
    }
    buf_release(&manifest);
    return e;
}

static enum err run(struct building *b)
{
    const struct bundle_build *w = b->wishes;
    const struct folder_wishes wishes = {w->folder, w->leave_out, w->leave_out_count};
    enum err e = folder_read(b->arena, &wishes, &b->list, b->fault);
    if (e == OK) e = bundle_key_open(b->arena, w->data_folder, true, NULL, &b->key, &b->built.key_is_new, b->fault);
    if (e == OK) e = take_in_all(b);
    if (e != OK) return e;
    b->bundle.title = w->title ? w->title : b->list.title;
    b->bundle.signed_ms = w->signed_ms;
    b->bundle.key = b->key.text;
    b->bundle.signer = b->key.name;
    b->built.papers = b->bundle.paper_count;
    memcpy(b->built.print, b->key.print, sizeof b->built.print);
    return write_bundle(b);
}

enum err bundle_build(struct arena *arena, const struct bundle_build *wishes, struct bundle_built *ret, struct fault *fault)
{
    struct building b = {.arena = arena, .wishes = wishes, .fault = fault, .paths = {.arena = arena}, .bundle = {.by_path = {.arena = arena}}};
    b.allowed_was_met = arena_array(arena, wishes->allow_secret_count + 1, sizeof *b.allowed_was_met);
    b.work = b.allowed_was_met ? docs_work_folder(arena, fault) : NULL;
    if (!b.work) return b.allowed_was_met ? fault ? fault->code : ERR_IO : no_memory(&b);
    enum err e = run(&b);
    docs_remove_folder(b.work);
    crypto_forget(&b.key.secret, sizeof b.key.secret);
    if (e == OK) *ret = b.built;
    return e;
}
