/* papers.zip without a server: what goes in and what does not, names, ZIP64, stable bytes; dates of HTTP; headers of ranges by plain mutations. */
#include "core/base/zip.h"
#include "core/congress/papers/papers_zip.h"
#include "server/http/validators.h"
#include "tests/fuzz/fuzz_range.c"
#include "tests/unit/check.h"

#define GIGABYTE (INT64_C(1) << 30)
#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void test_names(struct check *c)
{
    static const struct {
        const char *text, *name;
    } table[] = {{"a.pdf", "a.pdf"}, {"Báo cáo.pdf", "Báo cáo.pdf"}, {"a/b\\c:d*e?f\"g<h>i|j.pdf", "a_b_c_d_e_f_g_h_i_j.pdf"},
                 {"../../etc/passwd", "_._etc_passwd"},
                 {"..", "_"}, {"", "_"}, {" . ", "_"}, {"a.pdf. .", "a.pdf"}, {"CON", "_CON"}, {"con.txt", "_con.txt"}, {"com1.pdf", "_com1.pdf"},
                 {"console.txt", "console.txt"},
                 {"com.pdf", "com.pdf"}, {"lpt9", "_lpt9"}, {".hidden", "hidden"}, {"a  b.pdf", "a b.pdf"}, {"x\xe2\x80\xae" "fdp.exe", "xfdp.exe"}, {"a\x01" "b", "ab"},
                 {"name .pdf", "name.pdf"}, {"a.b.c.pdf", "a.b.c.pdf"}};
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *name = papers_zip_safe_name(&arena, table[i].text);
        if (!CHECK(c, name && strcmp(name, table[i].name) == 0)) printf("# %s: %s\n", table[i].text, name ? name : "NULL");
    }
    char text[1024] = "";
    for (int i = 0; i < 200; i++) memcpy(text + 3 * i, "ễx", 5);
    memcpy(text + 600, ".pdf", 5);
    const char *name = papers_zip_safe_name(&arena, text);
    CHECK(c, name && strlen(name) <= 120 && strlen(name) > 110 && strcmp(name + strlen(name) - 4, ".pdf") == 0);
    arena_release(&arena);
}

static struct paper paper_named(const char *name, int64_t size, enum paper_access access)
{
    return (struct paper){.name = name, .size = size, .sha256 = SHA, .crc32 = 0x12345678, .added_ms = INT64_C(1764547200000), .access = access};
}

/* Every piece lies where the records say, and the size is the sum. */
static void check_whole(struct check *c, const struct papers_zip *zip)
{
    int64_t size = 0;
    bool good = true;
    for (size_t i = 0; i < zip->piece_count; i++) {
        good &= zip->pieces[i].length > 0 && (zip->pieces[i].data == NULL) == (zip->pieces[i].sha256 != NULL);
        size += zip->pieces[i].length;
    }
    CHECK(c, good && size == zip->size);
    const struct papers_zip_piece *last = &zip->pieces[zip->piece_count - 1];
    CHECK(c, last->data && last->length >= 22 && memcmp((const char *)last->data + last->length - 22, "PK\5\6", 4) == 0);
}

static void test_plan(struct check *c)
{
    struct arena arena = {0};
    struct papers_zip one, two;
    struct paper papers[] = {paper_named("a.pdf", 10, PAPER_OPEN), paper_named("hidden-name", 11, PAPER_NEEDS_PIN), paper_named("A.PDF", 0, PAPER_OPEN),
                             paper_named("other-name", 12, PAPER_HIDDEN)};
    CHECK(c, papers_zip_plan(&arena, papers, 4, "Asia/Ho_Chi_Minh", &one, NULL) == OK && one.paper_count == 2);
    check_whole(c, &one);
    bool named = false, numbered = false;
    for (size_t i = 0; i < one.piece_count; i++) {
        const struct papers_zip_piece *p = &one.pieces[i];
        named |= p->data && (memmem(p->data, (size_t)p->length, "-name", 5) != NULL);
        numbered |= p->data && memmem(p->data, (size_t)p->length, "A (2).PDF", 9) != NULL;
    }
    CHECK(c, !named && numbered);
    CHECK(c, papers_zip_plan(&arena, papers, 4, "Asia/Ho_Chi_Minh", &two, NULL) == OK && strcmp(one.etag, two.etag) == 0 && one.size == two.size);
    papers[3].name = "renamed";
    CHECK(c, papers_zip_plan(&arena, papers, 4, "Asia/Ho_Chi_Minh", &two, NULL) == OK && strcmp(one.etag, two.etag) == 0);
    papers[0].sha256 = "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    CHECK(c, papers_zip_plan(&arena, papers, 4, "Asia/Ho_Chi_Minh", &two, NULL) == OK && strcmp(one.etag, two.etag) != 0);
    papers[1].access = PAPER_OPEN;
    CHECK(c, papers_zip_plan(&arena, papers, 4, "Asia/Ho_Chi_Minh", &two, NULL) == OK && two.paper_count == 3 && strcmp(one.etag, two.etag) != 0);
    papers[1].crc32 = DB_NULL;
    CHECK(c, papers_zip_plan(&arena, papers, 4, "UTC", &two, NULL) == ERR_CONFLICT);
    CHECK(c, papers_zip_plan(&arena, papers, 0, "UTC", &two, NULL) == OK && two.paper_count == 0 && two.size == 22);
    arena_release(&arena);
}

static void test_large(struct check *c)
{
    struct arena arena = {0};
    struct papers_zip zip;
    struct paper papers[] = {paper_named("a.mp4", 5 * GIGABYTE, PAPER_OPEN), paper_named("b.pdf", 10, PAPER_OPEN)};
    CHECK(c, papers_zip_plan(&arena, papers, 2, "UTC", &zip, NULL) == OK && zip.size > 5 * GIGABYTE);
    check_whole(c, &zip);
    const struct papers_zip_piece *last = &zip.pieces[zip.piece_count - 1];
    CHECK(c, memmem(last->data, (size_t)last->length, "PK\6\6", 4) && memmem(last->data, (size_t)last->length, "PK\6\7", 4));
    size_t many = 70000;
    struct paper *lots = calloc(many, sizeof *lots);
    for (size_t i = 0; lots && i < many; i++) lots[i] = paper_named(i % 2 ? "x.pdf" : "y.pdf", 1, PAPER_OPEN);
    struct arena second = {0};
    for (size_t i = 0; lots && i < many; i++) lots[i].name = arena_printf(&second, "%zu.pdf", i);
    CHECK(c, lots && papers_zip_plan(&second, lots, many, "UTC", &zip, NULL) == OK && zip.paper_count == many);
    check_whole(c, &zip);
    CHECK(c, zip_time(2026, 12, 1, 7, 30, 58) == ((46u << 9 | 12u << 5 | 1u) << 16 | 7u << 11 | 30u << 5 | 29u) && zip_time(1970, 1, 1, 0, 0, 0) == 0x00210000u);
    free(lots);
    arena_release(&second);
    arena_release(&arena);
}

static void test_dates(struct check *c)
{
    char text[HTTP_DATE_SIZE];
    CHECK(c, http_date_read("Sun, 06 Nov 1994 08:49:37 GMT") == 784111777 && http_date_read("Sunday, 06-Nov-94 08:49:37 GMT") == 784111777 &&
                 http_date_read("Sun Nov  6 08:49:37 1994") == 784111777);
    CHECK(c, http_date_write(784111777, text) && strcmp(text, "Sun, 06 Nov 1994 08:49:37 GMT") == 0 && http_date_write(0, text) &&
                 strcmp(text, "Thu, 01 Jan 1970 00:00:00 GMT") == 0);
    CHECK(c, !http_date_write(-1, text) && !http_date_write(INT64_C(253402300800), text));
    static const char *const wrong[] = {"", "yesterday", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 32 Nov 1994 08:49:37 GMT",
                                        "Sun, 06 nov 1994 08:49:37 GMT",
                                        "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT", "06 Nov 1994 08:49:37 GMT", "784111777"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) CHECK(c, http_date_read(wrong[i]) == -1);
}

static void test_headers(struct check *c)
{
    static const char *const seeds[] = {"2bytes=0-4\n\"tag\"\n\"a\", W/\"tag\"\nSun, 06 Nov 1994 08:49:37 GMT",
                                        "3bytes=-500\nSun, 06 Nov 1994 08:49:37 GMT\n*\nSunday, 06-Nov-94 08:49:37 GMT",
                                        "4bytes=99999999999999999999-\nW/\"tag\"\n\"tag\"\nSun Nov  6 08:49:37 1994"};
    uint32_t state = 20261122;
    int runs = 0;
    for (size_t k = 0; k < 3; k++)
        for (int i = 0; i < 20000; i++, runs++) {
            uint8_t room[160];
            size_t length = strlen(seeds[k]);
            memcpy(room, seeds[k], length);
            for (int n = 0; n < 1 + i % 4; n++) {
                state = state * 1664525u + 1013904223u;
                room[(state >> 8) % length] = (uint8_t)(state >> 24 & 1 ? "0919-=,\" *W/;GMT"[state >> 25 & 15] : (int)(state >> 16 & 255));
            }
            fuzz_range(room, i % 5 ? length : (state >> 4) % length);
        }
    CHECK(c, runs == 60000);
}

int main(void)
{
    struct check c = {0};
    test_names(&c);
    test_plan(&c);
    test_large(&c);
    test_dates(&c);
    test_headers(&c);
    return check_done(&c, "papers.zip, dates, ranges");
}
