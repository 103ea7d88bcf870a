/* A bundle's manifest from anybody: refused with a sentence, or it keeps what its reader promises and is written again as it was understood. */
#include "tests/fuzz/fuzz.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "docs-bundle/bundle.h"

#include <string.h>

static void manifest_check(const struct bundle *b)
{
    for (size_t i = 0; i < b->file_count; i++) {
        const struct bundle_file *f = &b->files[i];
        fuzz_expect(file_is_safe_relative(f->path) && (strncmp(f->path, "papers/", 7) == 0 || strncmp(f->path, "pages/", 6) == 0));
        fuzz_expect(f->size >= 0 && f->size <= DOCS_FILE_MOST && strlen(f->sha256) == 64);
        for (size_t k = 0; k < i; k++) fuzz_expect(strcmp(b->files[k].path, f->path) != 0);
    }
    for (size_t i = 0; i < b->paper_count; i++) {
        const struct bundle_paper *p = &b->papers[i];
        fuzz_expect(text_is_code(p->code) && p->title && bundle_find_file(b, p->file) && p->unread >= 0 && (size_t)p->unread <= p->page_count);
        for (size_t k = 0; k < p->page_count; k++) fuzz_expect(!p->pages[k].picture || bundle_find_file(b, p->pages[k].picture));
        for (size_t k = 0; k < i; k++) fuzz_expect(strcmp(b->papers[k].code, p->code) != 0);
    }
}

int fuzz_manifest(const uint8_t *data, size_t length)
{
    struct arena arena = {0};
    struct fault fault = {0};
    struct bundle bundle, again;
    enum err e = bundle_manifest_read(&arena, (const char *)data, length, &bundle, &fault);
    fuzz_expect(e == OK || ((e == ERR_INPUT || e == ERR_LIMIT) && fault.text[0]));
    if (e == OK) {
        struct buf first, second;
        buf_init(&first, BUNDLE_MANIFEST_MOST);
        buf_init(&second, BUNDLE_MANIFEST_MOST);
        manifest_check(&bundle);
        fuzz_expect(bundle_manifest_write(&bundle, &first) == OK);
        fuzz_expect(bundle_manifest_read(&arena, buf_text(&first), first.length, &again, &fault) == OK);
        fuzz_expect(bundle_manifest_write(&again, &second) == OK && first.length == second.length && memcmp(first.data, second.data, first.length) == 0);
        buf_release(&first);
        buf_release(&second);
    }
    arena_release(&arena);
    return 0;
}

#ifdef FUZZ_MAIN
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    return fuzz_manifest(data, length);
}
#endif
