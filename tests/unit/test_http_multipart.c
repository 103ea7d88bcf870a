/* Forms with files: what browsers send, what nobody may send, and thousands of broken ones (each in a block of its own length, so that a sanitizer sees
 * every step outside). */
#include "server/http/multipart.h"
#include "tests/unit/mutate.h"

#include <stdlib.h>

#define TYPE "multipart/form-data; boundary=----x1"

static const char good[] = "------x1\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n"
                           "------x1\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"C:\\\\ảnh thẻ %22a%22.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"
                           "\xff\xd8\r\n------x\r\n--\0\r\n\r\n------x1\r\n"
                           "Content-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n------x1--\r\n";

static bool read_text(struct arena *arena, const char *type, const char *text, size_t length, struct http_parts *parts)
{
    char *copy = malloc(length ? length : 1);
    if (!copy) return false;
    memcpy(copy, text, length);
    bool fine = multipart_read(arena, type, copy, length, parts);
    for (size_t i = 0; fine && i < parts->count; i++) fine = parts->items[i].data >= copy && parts->items[i].data + parts->items[i].length <= copy + length;
    free(copy);
    return fine;
}

static void test_good(struct check *c)
{
    struct arena arena = {0};
    struct http_parts parts;
    CHECK(c, multipart_read(&arena, TYPE, good, sizeof good - 1, &parts));
    CHECK(c, parts.count == 3);
    CHECK_TEXT(c, parts.items[0].name, "csrf");
    CHECK(c, parts.items[0].length == 3 && memcmp(parts.items[0].data, "abc", 3) == 0 && !parts.items[0].file_name);
    CHECK_TEXT(c, parts.items[1].name, "photo");
    CHECK_TEXT(c, parts.items[1].file_name, "ảnh thẻ \"a\".jpg");
    CHECK(c, parts.items[1].length == 18 && memcmp(parts.items[1].data, "\xff\xd8\r\n------x\r\n--\0\r\n", 18) == 0);
    CHECK(c, parts.items[2].length == 0 && strcmp(parts.items[2].name, "empty") == 0);
    CHECK(c, multipart_read(&arena, "multipart/form-data; charset=utf-8; boundary=\"----x1\"", good, sizeof good - 1, &parts) && parts.count == 3);
    static const char none[] = "------x1--\r\n";
    CHECK(c, multipart_read(&arena, TYPE, none, sizeof none - 1, &parts) && parts.count == 0);
    arena_release(&arena);
}

static void test_refused(struct check *c)
{
    static const struct {
        const char *type, *body;
    } bad[] = {{"multipart/form-data", good},
               {"multipart/form-data; boundary=", good},
               {"multipart/form-data; boundary=\"----x1", good},
               {"multipart/form-data; boundary=a\"b", good},
               {TYPE, ""},
               {TYPE, "------x1"},
               {TYPE, "preamble\r\n------x1--\r\n"},
               {TYPE, "------x1\r\n\r\nabc\r\n------x1--"},
               {TYPE, "------x1\r\nContent-Disposition: form-data\r\n\r\nabc\r\n------x1--"},
               {TYPE, "------x1\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nabc\r\n------x1--"},
               {TYPE, "------x1\r\nContent-Disposition: form-data; name=\"a\r\n\r\nabc\r\n------x1--"},
               {TYPE, "------x1\r\nContent-Disposition: form-data; name=\"a%0D%0Ab\"\r\n\r\nabc\r\n------x1--"},
               {TYPE, "------x1\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\nabc\r\n------x1--"},
               {TYPE, "------x1\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nabc\r\n------x1--"},
               {TYPE, "------x1\nContent-Disposition: form-data; name=\"a\"\n\nabc\n------x1--"},
               {TYPE, "------x1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nabc\r\n------x1"},
               {TYPE, "------x1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nabc\r\n------x1-"},
               {TYPE, "------x1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nabc------x1--"},
               {TYPE, "------x1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nabc\r\n------x12\r\n"}};
    struct arena arena = {0};
    struct http_parts parts;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (!CHECK(c, !read_text(&arena, bad[i].type, bad[i].body, strlen(bad[i].body), &parts))) printf("# number %zu\n", i);
    char type[128] = "multipart/form-data; boundary=";
    memset(type + strlen(type), 'a', 71);
    CHECK(c, !multipart_read(&arena, type, good, sizeof good - 1, &parts));
    arena_release(&arena);
}

static void test_many(struct check *c)
{
    struct arena arena = {0};
    struct http_parts parts;
    char body[HTTP_PARTS_MOST * 80];
    for (unsigned count = HTTP_PARTS_MOST; count <= HTTP_PARTS_MOST + 1; count++) {
        size_t n = 0;
        for (unsigned i = 0; i < count; i++) n += (size_t)snprintf(body + n, sizeof body - n, "------x1\r\nContent-Disposition: form-data; name=\"f%u\"\r\n\r\n\r\n", i);
        n += (size_t)snprintf(body + n, sizeof body - n, "------x1--\r\n");
        CHECK(c, multipart_read(&arena, TYPE, body, n, &parts) == (count == HTTP_PARTS_MOST));
    }
    arena_release(&arena);
}

/* Every cut, and bytes changed and dropped at random (always the same ones): only whole forms are taken, and never a byte from outside. */
static void test_broken(struct check *c)
{
    struct arena arena = {0};
    struct http_parts parts;
    size_t taken = 0;
    for (size_t n = 0; n < sizeof good - 3; n++) taken += read_text(&arena, TYPE, good, n, &parts);
    CHECK(c, taken == 0);
    uint32_t state = 2463534242u;
    for (int round = 0; round < 20000; round++) {
        char body[sizeof good + 8];
        size_t n = sizeof good - 1;
        memcpy(body, good, n);
        for (unsigned change = 1 + mutate_next(&state) % 4; change; change--) {
            size_t at = mutate_next(&state) % n;
            switch (mutate_next(&state) % 3) {
            case 0: body[at] = "\r\n\"-;:=%\\\0x1"[mutate_next(&state) % 12]; break;
            case 1: memmove(body + at, body + at + 1, --n - at); break;
            default: body[at] = (char)mutate_next(&state);
            }
        }
        if (read_text(&arena, TYPE, body, n, &parts)) taken += parts.count <= HTTP_PARTS_MOST;
        arena_clear(&arena);
    }
    CHECK(c, taken > 1000 && taken < 19000);
    arena_release(&arena);
}

int main(void)
{
    struct check check = {0};
    test_good(&check);
    test_refused(&check);
    test_many(&check);
    test_broken(&check);
    return check_done(&check, "http_multipart");
}
