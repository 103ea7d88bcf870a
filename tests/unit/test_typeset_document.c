/* The PDF as other programs see it: qpdf, pdffonts, pdfinfo, pdftotext. */
#include "badges/proof/draw.h"
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

/* What only steers the order of a line is neither in the text behind the glyphs nor in the fonts' tables: viewers copy what stands there. */
static void test_controls(struct check *c, struct fonts *fonts)
{
    struct arena arena = {0};
    struct document *document = NULL;
    struct fault fault = {0};
    struct buf out;
    char path[] = "/tmp/plenum-document-XXXXXX";
    const struct document_info info = {.title = "controls"};
    buf_init(&out, BUF_LIMIT_FILE);
    CHECK(c, document_new(fonts, &info, &document, &fault) == OK && document_add_page(document, 210, 297, &fault) == OK);
    put(c, document, 10, "\u200F\u2068هاتف\u2069: \u2068\u200E0600\u2069 \u20681 2\u2069");
    put(c, document, 40, "張\u2068一\u2069 \u2F00\u200E月");
    CHECK(c, document_save(document, &out, &fault) == OK);
    int fd = mkstemp(path);
    CHECK(c, fd >= 0 && file_write_all(fd, out.data, out.length) == OK);
    close(fd);
    /* One line for each table's entry and each ActualText. */
    const char *text = ask(&arena, "qpdf --qdf --object-streams=disable",
                           arena_printf(&arena, "%s - | grep -aoE '^<[0-9A-F]{4}> <[0-9A-F]+>|ActualText ?<[0-9A-F]+>'", path));
    check_has(c, text, "<0030>"); /* a digit: they were found */
    static const char *const steering[] = {"2068", "2069", "200E", "200F"};
    for (size_t i = 0; i < sizeof steering / sizeof steering[0]; i++)
        for (const char *at = text; (at = strstr(at, "> <")) != NULL; at++) CHECK(c, strncmp(at + 3, steering[i], 4) != 0);
    for (const char *at = text; (at = strstr(at, "FEFF")) != NULL; at++) CHECK(c, strncmp(at + 4, "2068", 4) != 0 && strncmp(at + 4, "200", 3) != 0);
    (void)unlink(path);
    document_free(document);
    buf_release(&out);
    arena_release(&arena);
}

/* Ink stays in the box on all sides: letters that reach to the left of their start, marks below the line at the foot, a baseline that is wished too low or
 * too high, both ends of the alignment. */
static void test_inside(struct check *c, struct fonts *fonts)
{
    static const struct { const char *text; enum align align; enum valign valign; double baseline; } cases[] = {
        {"jjj", ALIGN_LEFT, ALIGN_MIDDLE, 0}, {"ɉ\u0328j", ALIGN_LEFT, ALIGN_TOP, 0}, {"ặgjỵ", ALIGN_LEFT, ALIGN_BOTTOM, 0}, {"gjỵ", ALIGN_RIGHT, ALIGN_TOP, 19.9},
        {"Ệ", ALIGN_RIGHT, ALIGN_TOP, 0.5}, {"ẪfT", ALIGN_RIGHT, ALIGN_TOP, 0}, {"جـج", ALIGN_LEFT, ALIGN_BOTTOM, 0}};
    struct document *document = NULL;
    struct drawing *drawing = NULL;
    struct fault fault = {0};
    struct picture picture;
    struct buf out;
    const struct document_info info = {.title = "inside"};
    const size_t count = sizeof cases / sizeof cases[0];
    buf_init(&out, BUF_LIMIT_FILE);
    CHECK(c, document_new(fonts, &info, &document, &fault) == OK);
    for (size_t i = 0; i < count; i++) {
        const struct box box = {20, 20, 60, 20};
        struct text_style placed = {.fit = {.language = "vi", .bold = true, .size = 36, .least = 8, .lines = 1}, .align = cases[i].align, .valign = cases[i].valign,
                                    .baseline = cases[i].baseline, .allow_missing = true};
        CHECK(c, document_add_page(document, 100, 60, &fault) == OK && document_put_text(document, &box, cases[i].text, &placed, NULL, &fault) == OK);
    }
    bool good = CHECK(c, document_save(document, &out, &fault) == OK) && CHECK(c, drawing_start(&out, 254, &drawing, &fault) == OK); /* 10 pixels a millimetre */
    for (size_t i = 0; i < count && good; i++) {
        good = CHECK(c, drawing_next(drawing, &picture, &fault) == OK);
        long all = 0, inside = 0;
        for (unsigned y = 0; good && y < picture.height; y++)
            for (unsigned x = 0; x < picture.width; x++) {
                if (picture.pixels[(size_t)y * picture.width + x] >= 128) continue;
                all++;
                if (x >= 199 && x <= 800 && y >= 199 && y <= 400) inside++;
            }
        if (!CHECK(c, all > 200 && all == inside)) printf("# case %zu \"%s\": %ld of %ld\n", i, cases[i].text, inside, all);
    }
    drawing_end(drawing);
    document_free(document);
    buf_release(&out);
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
    CHECK(c, document_put_text(document, &box, "Tên \u0378", &style, &report, &fault) == ERR_INPUT);
    CHECK(c, strstr(fault.text, "U+0378") && strstr(fault.text, "Tên"));
    CHECK(c, document_put_text(document, &box, "Tên \u0378", &lenient, &report, &fault) == OK && report.missing == 0x0378 && report.lines == 1);
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
        test_controls(&c, fonts);
        test_inside(&c, fonts);
        test_refusals(&c, fonts);
        test_many_pages(&c, fonts);
    }
    fonts_free(fonts);
    return check_done(&c, "typeset/document");
}
