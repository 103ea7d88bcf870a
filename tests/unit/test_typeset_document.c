/* The PDF as other programs see it: qpdf, pdffonts, pdfinfo, pdftotext. */
#include "core/base/file.h"
#include "core/typeset/document.h"
#include "tests/unit/check.h"
#include "tests/unit/ink.h"

#include <unistd.h>

static const struct text_style style = {.fit = {.language = "vi", .size = 20, .least = 8, .lines = 2}, .color = 0x102030};

static bool put(struct check *c, struct document *document, double y, const char *text)
{
    struct fault fault = {0};
    struct box box = {10, y, 190, 12};
    bool good = CHECK(c, document_put_text(document, &box, text, &style, NULL, &fault) == OK);
    if (!good) printf("# %s\n", fault.text);
    return good;
}

static enum err make(struct check *c, struct fonts *fonts, struct buf *out)
{
    struct document *document = NULL;
    struct fault fault = {0};
    struct box trim = {5, 5, 200, 287}, box = {10, 200, 50, 20};
    const struct document_info info = {.title = "Thẻ đại biểu 𠮷", .author = "Liên đoàn", .language = "vi", .created_ms = INT64_C(1796083200000)};
    static const unsigned char cells[9] = {1, 0, 1, 0, 1, 0, 1, 1, 1};
    CHECK(c, document_new(fonts, &info, &document, &fault) == OK);
    CHECK(c, document_add_page(document, 210, 297, &fault) == OK);
    document_set_trim(document, &trim);
    CHECK(c, document_add_bookmark(document, "Đoàn số 1") == OK && document_add_bookmark(document, "代表團") == OK);
    put(c, document, 10, "Nguyễn Thị Hồng Thắm");
    put(c, document, 25, "Luís Ângelo Côrte-Real office");
    put(c, document, 40, "عبد الرحمن بن خالد السلامي");
    put(c, document, 55, "ليلى بنت يوسف المنصوري");
    put(c, document, 70, "陳𠮷祥 刘晓燕");
    put(c, document, 85, "Trương Mỹ Linh (張美玲)");
    put(c, document, 100, "Ngo\u0323\u0302 Đan Ðan");
    put(c, document, 130, "هاتف: \u20680600 123 456\u2069");
    put(c, document, 115, "張一二三 \u2F00月"); /* one glyph for two characters: the page says which */
    document_fill_round_box(document, &box, 3, 0xB01020);
    document_stroke_round_box(document, &box, 3, 1, 0);
    document_draw_line(document, 10, 230, 100, 230, 0.5, 0);
    document_fill_cells(document, 10, 240, 30, cells, 3);
    CHECK(c, document_add_page(document, 105, 148, &fault) == OK);
    put(c, document, 10, "Trang hai");
    CHECK(c, document_page_count(document) == 2);
    CHECK(c, document_add_page(document, 0, 148, &fault) == ERR_INPUT);
    enum err e = document_save(document, out, &fault);
    if (e != OK) printf("# %s\n", fault.text);
    document_free(document);
    return e;
}

/* Runs a command on the file; the output. */
static const char *ask(struct arena *arena, const char *command, const char *path)
{
    const char *out = command_output(arena, arena_printf(arena, "%s %s 2>&1", command, path));
    return out ? out : "(the command failed)";
}

static void check_has(struct check *c, const char *text, const char *wanted)
{
    if (!CHECK(c, strstr(text, wanted) != NULL)) printf("# no \"%s\" in:\n%s\n", wanted, text);
}

static void check_fonts(struct check *c, const char *table)
{
    int rows = 0;
    for (const char *row = strstr(table, "\n---"); row && (row = strchr(row + 1, '\n')) && row[1];) {
        char line[256] = {0};
        (void)snprintf(line, sizeof line, "%.*s", (int)strcspn(row + 1, "\n"), row + 1);
        if (!CHECK(c, strstr(line, "Identity-H       yes yes yes") != NULL)) printf("# %s\n", line); /* embedded, subset, ToUnicode */
        rows++;
    }
    CHECK(c, rows == 3); /* Latin, Arabic, Chinese */
}

static void test_file(struct check *c, struct fonts *fonts)
{
    struct arena arena = {0};
    struct buf first, second;
    char path[] = "/tmp/plenum-document-XXXXXX";
    buf_init(&first, BUF_LIMIT_FILE);
    buf_init(&second, BUF_LIMIT_FILE);
    CHECK(c, make(c, fonts, &first) == OK && make(c, fonts, &second) == OK);
    CHECK(c, first.length > 1000 && first.length == second.length && memcmp(first.data, second.data, first.length) == 0);
    int fd = mkstemp(path);
    CHECK(c, fd >= 0 && file_write_all(fd, first.data, first.length) == OK);
    close(fd);
    check_has(c, ask(&arena, "qpdf --check", path), "No syntax or stream encoding errors found");
    check_fonts(c, ask(&arena, "pdffonts", path));
    const char *info = ask(&arena, "pdfinfo -box", path);
    check_has(c, info, "Thẻ đại biểu 𠮷");
    check_has(c, info, "Liên đoàn");
    check_has(c, info, "Pages:           2");
    check_has(c, info, "TrimBox:            14.17    14.17   581.10   827.72");
    const char *text = ask(&arena, "pdftotext -q -enc UTF-8", arena_printf(&arena, "%s -", path));
    static const char *const lines[] = {"Nguyễn Thị Hồng Thắm", "Luís Ângelo Côrte-Real office", "عبد الرحمن بن خالد السلامي", "ليلى بنت يوسف المنصوري",
                                        "陳𠮷祥 刘晓燕", "Trương Mỹ Linh (張美玲)", "Ngộ Đan Ðan", "張一二三 \u2F00月", "0600 123 456", "هاتف", "Trang hai"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) check_has(c, text, lines[i]);
    CHECK(c, !strstr(text, "\u2068") && !strstr(text, "\u2069")); /* what only steers is not copied */
    const char *json = ask(&arena, "qpdf --json", path);
    check_has(c, json, "Đoàn số 1");
    check_has(c, json, "代表團");
    check_has(c, json, "\"/Lang\": \"u:vi\"");
    (void)unlink(path);
    buf_release(&first);
    buf_release(&second);
    arena_release(&arena);
}

/* Where pdftotext sees the word, points from the left. */
static bool find_word(const char *boxes, const char *word, double *ret_left, double *ret_right)
{
    const char *at = strstr(boxes, word);
    while (at && at > boxes && strncmp(at, "<word", 5) != 0) at--;
    return at && sscanf(at, "<word xMin=\"%lf\" yMin=\"%*f\" xMax=\"%lf\"", ret_left, ret_right) == 2;
}

/* Left, right and in the middle of a box of 28 to 567 points. */
static void test_alignment(struct check *c, struct fonts *fonts)
{
    static const struct {
        const char *word;
        enum align align;
        double left, right; /* what it has to touch; 0 = not asked */
    } wanted[] = {{"Trái", ALIGN_LEFT, 28.3, 0}, {"Phải", ALIGN_RIGHT, 0, 567.0}, {"Giữa", ALIGN_CENTER, 0, 0}};
    struct arena arena = {0};
    struct document *document = NULL;
    struct fault fault = {0};
    struct buf out;
    char path[] = "/tmp/plenum-document-XXXXXX";
    const struct document_info info = {.title = "sides"};
    buf_init(&out, BUF_LIMIT_FILE);
    CHECK(c, document_new(fonts, &info, &document, &fault) == OK && document_add_page(document, 210, 297, &fault) == OK);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        struct box box = {10, 10 + 20 * (double)i, 190, 12};
        struct text_style aligned = style;
        struct text_report report = {0};
        aligned.align = wanted[i].align;
        aligned.baseline = i == 1 ? 9.5 : 0;
        CHECK(c, document_put_text(document, &box, wanted[i].word, &aligned, &report, &fault) == OK);
        if (i == 1) CHECK(c, report.baseline > 9.49 && report.baseline < 9.51);
    }
    CHECK(c, document_save(document, &out, &fault) == OK);
    int fd = mkstemp(path);
    CHECK(c, fd >= 0 && file_write_all(fd, out.data, out.length) == OK);
    close(fd);
    const char *boxes = ask(&arena, "pdftotext -q -bbox", arena_printf(&arena, "%s -", path));
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        double left = 0, right = 0;
        if (!CHECK(c, find_word(boxes, wanted[i].word, &left, &right))) continue;
        if (wanted[i].left > 0) CHECK(c, left > wanted[i].left - 1 && left < wanted[i].left + 2);
        else if (wanted[i].right > 0) CHECK(c, right < wanted[i].right + 1 && right > wanted[i].right - 2);
        else CHECK(c, (left + right) / 2 > 296.6 && (left + right) / 2 < 298.7);
    }
    (void)unlink(path);
    document_free(document);
    buf_release(&out);
    arena_release(&arena);
}

static void test_refusals(struct check *c, struct fonts *fonts)
{
    struct document *document = NULL;
    struct fault fault = {0};
    struct buf out;
    struct text_report report = {0};
    struct box box = {10, 10, 100, 20}, tiny = {0, 0, 1, 1};
    struct text_style lenient = style;
    lenient.allow_missing = true;
    buf_init(&out, BUF_LIMIT_FILE);
    const struct document_info info = {.title = NULL};
    CHECK(c, document_new(fonts, &info, &document, &fault) == OK);
    CHECK(c, document_save(document, &out, &fault) == ERR_INPUT); /* no pages */
    CHECK(c, document_add_page(document, 210, 297, &fault) == OK);
    CHECK(c, document_put_text(document, &box, "Tên \uE123", &style, &report, &fault) == ERR_INPUT);
    CHECK(c, strstr(fault.text, "U+E123") && strstr(fault.text, "Tên"));
    CHECK(c, document_put_text(document, &box, "Tên \uE123", &lenient, &report, &fault) == OK && report.missing == 0xE123 && report.lines == 1);
    CHECK(c, document_put_text(document, &tiny, "Tên", &style, &report, &fault) == ERR_LIMIT);
    CHECK(c, document_put_text(document, &box, "\xC3(", &style, &report, &fault) == ERR_INPUT);
    CHECK(c, document_put_text(document, &box, "", &style, &report, &fault) == OK && report.lines == 0);
    CHECK(c, document_save(document, &out, &fault) == OK && out.length > 500);
    document_free(document);
    document_free(NULL);
    buf_clear(&out);
    buf_release(&out);
}

/* libharu's page tree node holds 32767 pages; ours go on. */
static void test_many_pages(struct check *c, struct fonts *fonts)
{
    struct arena arena = {0};
    struct document *document = NULL;
    struct fault fault = {0};
    struct buf out;
    char path[] = "/tmp/plenum-document-XXXXXX";
    buf_init(&out, BUF_LIMIT_FILE);
    const struct document_info info = {.title = "many"};
    CHECK(c, document_new(fonts, &info, &document, &fault) == OK);
    enum err e = OK;
    for (int i = 0; e == OK && i < 33000; i++) e = document_add_page(document, 50, 50, &fault);
    CHECK(c, e == OK && document_save(document, &out, &fault) == OK);
    document_free(document);
    int fd = mkstemp(path);
    CHECK(c, fd >= 0 && file_write_all(fd, out.data, out.length) == OK);
    close(fd);
    check_has(c, ask(&arena, "pdfinfo", path), "Pages:           33000");
    (void)unlink(path);
    buf_release(&out);
    arena_release(&arena);
}

int main(void)
{
    struct check c = {0};
    struct fault fault = {0};
    struct fonts *fonts = NULL;
    if (CHECK(&c, fonts_new(&fonts, &fault) == OK)) {
        test_file(&c, fonts);
        test_alignment(&c, fonts);
        test_refusals(&c, fonts);
        test_many_pages(&c, fonts);
    }
    fonts_free(fonts);
    return check_done(&c, "typeset/document");
}
