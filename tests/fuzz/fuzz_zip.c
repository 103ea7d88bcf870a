/* A ZIP from anybody: refused with a sentence, or every entry stays within what the reader promises; then the whole check of a bundle. */
#include "tests/fuzz/fuzz.h"

#include "core/base/file.h"
#include "docs-bundle/bundle.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EACH (UINT64_C(4) << 20)
#define TOTAL (UINT64_C(16) << 20)

static enum err count_bytes(void *context, const void *piece, size_t length)
{
    uint64_t *count = context;
    fuzz_expect(piece && length > 0);
    *count += length;
    return OK;
}

static void zip_check(struct zip_reader *zip, struct arena *arena)
{
    uint64_t total = 0;
    for (size_t i = 0; i < zip->count; i++) {
        const struct zip_item *item = &zip->items[i];
        struct fault fault = {0};
        uint64_t made = 0;
        fuzz_expect(file_is_safe_relative(item->name) && item->size <= EACH && item->data + item->packed <= zip->length);
        fuzz_expect(map_get(&zip->by_name, item->name) == item);
        enum err e = zip_read(zip, item, count_bytes, &made, &fault);
        fuzz_expect(made <= item->size && (e == OK ? made == item->size : fault.text[0] != '\0'));
        total += made;
    }
    fuzz_expect(total <= TOTAL);
    struct bundle_check check;
    struct fault fault = {0};
    enum err e = bundle_check(arena, zip, NULL, NULL, &check, &fault);
    fuzz_expect(e == OK || fault.text[0]);
    if (e == OK) fuzz_expect(!bundle_check_is_intact(&check) || check.signature_good);
}

int fuzz_zip(const uint8_t *data, size_t length)
{
    const struct zip_caps caps = {.each = EACH, .total = TOTAL};
    struct arena arena = {0};
    struct fault fault = {0};
    struct zip_reader zip;
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0 || file_write_all(fd, data, length) != OK) abort();
    enum err e = zip_open_fd(&arena, fd, &caps, &zip, &fault);
    fuzz_expect(e == OK || fault.text[0]);
    if (e == OK) {
        zip_check(&zip, &arena);
        zip_close(&zip);
    }
    arena_release(&arena);
    return 0;
}

#ifdef FUZZ_MAIN
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    return fuzz_zip(data, length);
}
#endif
