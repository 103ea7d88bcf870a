/* Shaping and fitting, by numbers: widths, bytes behind glyphs, uncovered characters, breaks, cuts. */
#include "core/base/text.h"
#include "core/typeset/fit.h"
#include "tests/unit/check.h"

#include <math.h>

static struct line shape(struct check *c, struct fonts *fonts, struct arena *arena, const char *text, bool bold)
{
    struct line line = {0};
    const struct line_style style = {.language = "vi", .bold = bold};
    CHECK(c, line_shape(fonts, arena, text, &style, &line) == OK);
    return line;
}

/* Every byte of the text is behind exactly one glyph. */
static bool covers_once(const struct line *line)
{
    size_t bytes = strlen(line->text), covered = 0;
    unsigned char seen[256] = {0};
    if (bytes > sizeof seen) return false;
    for (size_t i = 0; i < line->count; i++)
        for (uint32_t k = line->glyphs[i].start; k < line->glyphs[i].end; k++) {
            if (k >= bytes || seen[k]) return false;
            seen[k] = 1;
            covered++;
        }
    return covered == bytes;
}

static void test_lines(struct check *c, struct fonts *fonts)
{
    static const char *const texts[] = {"Nguyễn Thị Hồng Thắm", "a", "office ﬁ", "عبد الرحمن", "مُنى السلام", "陳𠮷祥",
                                        "Đoàn الوفد 12 (A–B) 代表", "ế e\u0323\u0302 x\u0301\u0323"};
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct line line = shape(c, fonts, &arena, texts[i], i & 1), again = shape(c, fonts, &arena, texts[i], i & 1);
        CHECK(c, line.count > 0 && line.width > 0.3 && line.missing == 0);
        if (!CHECK(c, covers_once(&line))) printf("# %s\n", texts[i]);
        CHECK(c, line.top > 0.4 && line.top < 1.5 && line.bottom > -0.7 && line.right <= line.width + 0.2);
        CHECK(c, again.count == line.count && again.glyphs != line.glyphs && fabs(again.width - line.width) < 1e-9); /* a copy out of the cache */
    }
    CHECK(c, shape(c, fonts, &arena, "Ệ", true).top > shape(c, fonts, &arena, "E", true).top + 0.1);
    CHECK(c, shape(c, fonts, &arena, "Ệ", true).bottom < -0.05);
    struct line bold = shape(c, fonts, &arena, "Thắm", true), regular = shape(c, fonts, &arena, "Thắm", false);
    CHECK(c, bold.width > regular.width * 1.02);
    CHECK(c, shape(c, fonts, &arena, "AV", false).width < shape(c, fonts, &arena, "A", false).width + shape(c, fonts, &arena, "V", false).width); /* kerned */
    CHECK(c, !shape(c, fonts, &arena, "Đoàn الوفد", false).right_to_left && shape(c, fonts, &arena, "الوفد Đoàn", false).right_to_left);
    struct line joined = shape(c, fonts, &arena, "بيت", false);
    CHECK(c, joined.count >= 3 && joined.glyphs[0].start > joined.glyphs[joined.count - 1].start); /* right to left: the last letter is drawn first */
    CHECK(c, shape(c, fonts, &arena, "", false).count == 0);
    CHECK(c, shape(c, fonts, &arena, "A\U000E0FFF", false).missing == 0xE0FFF);
    CHECK(c, shape(c, fonts, &arena, "A\u0378B", false).missing == 0x0378); /* unassigned: nobody's */
    const struct line_style japanese = {.language = "ja"};
    struct line chinese = shape(c, fonts, &arena, "直", false), other = {0};
    CHECK(c, line_shape(fonts, &arena, "直", &japanese, &other) == OK && other.count == 1 && chinese.count == 1);
    CHECK(c, strcmp(fonts_get(fonts, chinese.glyphs[0].font)->family, fonts_get(fonts, other.glyphs[0].font)->family) != 0);
    arena_release(&arena);
}

static void test_fonts(struct check *c, struct fonts *fonts)
{
    unsigned index = 0;
    static const struct {
        uint32_t character;
        const char *family;
    } wanted[] = {{'A', "Noto Sans"}, {0x1EC7, "Noto Sans"}, {0x639, "Noto Naskh Arabic"}, {0x20BB7, "Noto Sans CJK SC"}, {0x0915, "Devanagari"}, {0x0E01, "Thai"}};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if (!CHECK(c, fonts_find(fonts, NULL, "vi", true, wanted[i].character, &index) == OK)) continue;
        const struct font *font = fonts_get(fonts, index);
        CHECK(c, font_covers(font, wanted[i].character));
        if (!CHECK(c, strstr(font->family, wanted[i].family) != NULL)) printf("# U+%04X: %s\n", (unsigned)wanted[i].character, font->family);
    }
    CHECK(c, fonts_find(fonts, NULL, "vi", true, 0x0378, &index) == ERR_NOT_FOUND);
    CHECK(c, fonts_find(fonts, NULL, "vi", true, 0x0378, &index) == ERR_NOT_FOUND); /* the second time from memory */
}

static bool is_inside(const struct fit *fit, double width, double height)
{
    bool inside = fit->height <= height + 0.01;
    for (size_t i = 0; i < fit->count; i++) {
        const struct line *line = &fit->lines[i];
        double right = line->right > line->width ? line->right : line->width, left = line->left < 0 ? line->left : 0;
        if ((right - left) * fit->size > width + 0.01) inside = false;
    }
    return inside;
}

static struct fit fit(struct check *c, struct fonts *fonts, struct arena *arena, const char *text, const struct fit_style *style, double width, double height)
{
    struct fit ret = {0};
    struct fault fault = {0};
    if (!CHECK(c, fit_text(fonts, arena, text, style, width, height, &ret, &fault) == OK)) printf("# %s\n", fault.text);
    if (!CHECK(c, is_inside(&ret, width, height))) printf("# \"%s\" is %.1f high at %.1f pt\n", text, ret.height, ret.size);
    return ret;
}

static void test_fits(struct check *c, struct fonts *fonts)
{
    struct arena arena = {0};
    const struct fit_style name = {.language = "vi", .bold = true, .size = 30, .break_below = 20, .least = 10, .lines = 2, .leading = 1.2};
    struct fit f = fit(c, fonts, &arena, "Lý Nở", &name, 240, 60);
    CHECK(c, f.count == 1 && fabs(f.size - 30) < 0.01 && !f.cut);
    f = fit(c, fonts, &arena, "Nguyễn Thị Hồng Thắm", &name, 240, 80);
    CHECK(c, f.count == 1 && f.size >= 20 && f.size < 30); /* shrunk, since one line is still above break_below */
    f = fit(c, fonts, &arena, "Công Tằng Tôn Nữ Nguyễn Thị Hoàng Phương Quỳnh Anh", &name, 240, 80);
    CHECK(c, f.count == 2 && f.size > 10 && !f.cut);
    if (f.count == 2) CHECK(c, fabs(f.lines[0].width - f.lines[1].width) < 0.35 * f.lines[0].width); /* balanced, no lonely word */
    f = fit(c, fonts, &arena, "Maria Aparecida dos Santos Gonçalves Figueiredo e Vasconcelos de Albuquerque e Castro Pereira da Silva", &name, 120, 30);
    CHECK(c, f.cut && f.count == 2 && fabs(f.size - 10) < 0.01);
    if (f.count == 2) CHECK(c, strstr(f.lines[1].text, "…") != NULL && strncmp(f.lines[0].text, "Maria", 5) == 0);
    f = fit(c, fonts, &arena, "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", &name, 120, 60);
    CHECK(c, f.cut && f.count == 1);
    f = fit(c, fonts, &arena, "عبد الرحمن بن خالد بن عبد العزيز بن محمد الزهراني الشريف", &name, 160, 70);
    CHECK(c, f.count == 2 && !f.cut && f.lines[0].right_to_left);
    f = fit(c, fonts, &arena, "海灣市工會聯合總會常務副主席兼秘書長辦公室主任", &name, 120, 60);
    CHECK(c, f.count == 2 && !f.cut); /* no spaces: breaks between characters */
    f = fit(c, fonts, &arena, "ỆỄỔỖ ỆỄỔỖ", &name, 300, 20);
    CHECK(c, f.size < 20); /* the marks above and below count */
    f = fit(c, fonts, &arena, "  \t ", &name, 240, 60);
    CHECK(c, f.count == 0);
    f = fit(c, fonts, &arena, "tên \u0378", &name, 240, 60);
    CHECK(c, f.missing == 0x0378);
    struct fit none = {0};
    struct fault fault = {0};
    CHECK(c, fit_text(fonts, &arena, "abc", &name, 4, 4, &none, &fault) == ERR_LIMIT && strstr(fault.text, "abc"));
    CHECK(c, fit_text(fonts, &arena, "a\xff", &name, 100, 40, &none, &fault) == ERR_INPUT);
    arena_release(&arena);
}

/* What a shaped line depends on is all kept apart in the cache, whichever place the lines fall into: the weight, the language, the family, the direction. */
static void test_cache(struct check *c, struct fonts *fonts)
{
    static const struct line_style styles[] = {{.language = "vi"}, {.language = "vi", .bold = true}, {.language = "ro"}, {.language = "vi", .family = "DejaVu Serif"},
                                               {.language = "vi", .direction = LINE_RIGHT_TO_LEFT}};
    enum { STYLES = sizeof styles / sizeof styles[0] };
    struct arena arena = {0};
    size_t mixed = 0;
    for (int i = 0; i < 4000; i++) { /* 512 places: many of these texts share one with themselves in another style */
        struct line lines[STYLES] = {0};
        char text[16];
        arena_clear(&arena);
        (void)snprintf(text, sizeof text, "\u015F%d", i); /* U+015F has another shape in Romanian */
        for (size_t s = 0; s < STYLES; s++)
            if (line_shape(fonts, &arena, text, &styles[s], &lines[s]) != OK || lines[s].count < 2) mixed += 1000000;
        bool apart = lines[0].glyphs[0].font != lines[1].glyphs[0].font && lines[0].glyphs[0].glyph != lines[2].glyphs[0].glyph &&
                     lines[0].glyphs[0].font != lines[3].glyphs[0].font && !lines[0].right_to_left && lines[4].right_to_left;
        if (!apart) mixed++;
    }
    CHECK(c, mixed == 0);
    arena_release(&arena);
}

/* HarfBuzz is told the language: letters that have other shapes in it get them. */
static void test_language(struct check *c, struct fonts *fonts)
{
    struct arena arena = {0};
    static const struct { const char *text, *language, *other; } known[] = {{"\u015F", "ro", "tr"}, {"\u0431", "sr", "ru"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct line one = {0}, two = {0}, none = {0};
        const struct line_style a = {.language = known[i].language}, b = {.language = known[i].other}, plain = {.language = NULL};
        CHECK(c, line_shape(fonts, &arena, known[i].text, &a, &one) == OK && line_shape(fonts, &arena, known[i].text, &b, &two) == OK);
        CHECK(c, line_shape(fonts, &arena, known[i].text, &plain, &none) == OK && one.count == 1 && two.count == 1 && none.count == 1);
        CHECK(c, one.glyphs[0].font == two.glyphs[0].font && one.glyphs[0].glyph != two.glyphs[0].glyph && none.glyphs[0].glyph == two.glyphs[0].glyph);
    }
    arena_release(&arena);
}

/* A line does not end at a no-break space. */
static void test_no_break(struct check *c, struct fonts *fonts)
{
    struct arena arena = {0};
    const struct fit_style two = {.language = "vi", .size = 20, .break_below = 20, .least = 10, .lines = 2};
    struct fit f = fit(c, fonts, &arena, "Đoàn Đại biểu Hà\u00A0Nội", &two, 130, 60);
    if (CHECK(c, f.count == 2)) CHECK(c, strstr(f.lines[1].text, "Hà\u00A0Nội") && f.lines[1].missing == 0);
    f = fit(c, fonts, &arena, "Đoàn Đại biểu\u00A0Hà\u00A0Nội", &two, 130, 60);
    if (CHECK(c, f.count == 2)) CHECK_TEXT(c, f.lines[1].text, "biểu\u00A0Hà\u00A0Nội");
    f = fit(c, fonts, &arena, "Đoàn\u00A0Đại\u00A0biểu\u00A0Hà\u00A0Nội", &two, 130, 60);
    CHECK(c, f.count == 1 && f.size < 20);
    arena_release(&arena);
}

/* A line's order as drawn: the places in the text of its glyphs, from the left. */
static bool is_before(const struct line *line, const char *left, const char *right)
{
    const char *a = strstr(line->text, left), *b = strstr(line->text, right);
    if (!a || !b) return false;
    size_t at_a = SIZE_MAX, at_b = SIZE_MAX;
    for (size_t i = 0; i < line->count; i++) {
        if (line->glyphs[i].start == (size_t)(a - line->text)) at_a = i;
        if (line->glyphs[i].start == (size_t)(b - line->text)) at_b = i;
    }
    return at_a != SIZE_MAX && at_b != SIZE_MAX && at_a < at_b;
}

/* The direction of a paragraph is that of all its lines; numbers and isolated words stand where the Unicode Bidirectional Algorithm puts them. */
static void test_directions(struct check *c, struct fonts *fonts)
{
    struct arena arena = {0};
    const struct fit_style two = {.language = "ar", .size = 14, .break_below = 14, .least = 8, .lines = 2};
    struct fit f = fit(c, fonts, &arena, "اتحاد عمال الميناء القديم للنقل Trade Union of Harbour الوفد", &two, 190, 60);
    if (CHECK(c, f.count == 2)) {
        CHECK(c, strncmp(f.lines[1].text, "Trade", 5) == 0 && f.lines[0].right_to_left && f.lines[1].right_to_left);
        CHECK(c, is_before(&f.lines[1], "الوفد", "Trade"));
    }
    f = fit(c, fonts, &arena, "Liên đoàn Lao động thành phố اتحاد عمال Xây dựng", &two, 190, 60);
    if (CHECK(c, f.count == 2)) CHECK(c, !f.lines[0].right_to_left && !f.lines[1].right_to_left && is_before(&f.lines[1], "اتحاد", "Xây"));
    struct line line = shape(c, fonts, &arena, "الوفد 12 (A–B)", false);
    CHECK(c, is_before(&line, "A", "12") && is_before(&line, "12", "الوفد") && is_before(&line, "1", "2"));
    line = shape(c, fonts, &arena, "هاتف: 0600 123 456", false);
    CHECK(c, is_before(&line, "0600", "هاتف") && is_before(&line, "123", "0600"));
    line = shape(c, fonts, &arena, "الوفد a (b)", false); /* a pair of brackets goes with what it holds */
    CHECK(c, is_before(&line, "a", "(") && is_before(&line, "b", ")") && is_before(&line, ")", "الوفد"));
    line = shape(c, fonts, &arena, "هاتف: 0600 123 456", false);
    CHECK(c, is_before(&line, "456", "0600")); /* why telephone numbers are isolated (badges/layout/field.c) */
    line = shape(c, fonts, &arena, "هاتف: \u20680600 123 456\u2069", false);
    CHECK(c, is_before(&line, "0600", "123") && is_before(&line, "123", "456") && is_before(&line, "456", "هاتف"));
    line = shape(c, fonts, &arena, "\u200F\u2068هاتف\u2069: \u2068\u200E0600 123 456\u2069", false);
    CHECK(c, is_before(&line, "600", "123") && is_before(&line, "123", "456") && is_before(&line, "456", "هاتف")); /* after an isolate with Arabic letters */
    arena_release(&arena);
}

/* Letters of a text one after another, without spaces and the ellipsis of a cut. */
static size_t add_letters(char *out, size_t at, size_t size, const char *text)
{
    for (const char *p = text; *p && at + 1 < size;) {
        size_t n = strncmp(p, "…", 3) == 0 ? 3 : 0;
        if (!n && *p != ' ') out[at++] = *p;
        p += n ? n : 1;
    }
    out[at] = '\0';
    return at;
}

/* The lines are the text in its order, whole or up to an ellipsis at the very end, which stands behind a letter with all its marks. */
static bool is_text_in_order(const struct fit *fit, const char *text)
{
    struct arena arena = {0};
    char wanted[512], got[512];
    size_t at = 0, length = add_letters(wanted, 0, sizeof wanted, text_tidy(&arena, text));
    for (size_t i = 0; i < fit->count; i++) {
        const char *dots = strstr(fit->lines[i].text, "…");
        if (dots && (!fit->cut || i + 1 < fit->count || dots[3])) return false;
        if (fit->cut && i + 1 == fit->count && !dots) return false;
        at = add_letters(got, at, sizeof got, fit->lines[i].text);
    }
    bool good = memcmp(got, wanted, at) == 0 && (fit->cut ? at < length : at == length);
    const char *cursor = wanted + at;
    int32_t next = text_next(&cursor); /* no mark: Latin ones, and Devanagari ones that stand beside their letter */
    arena_release(&arena);
    bool is_beside = (next >= 0x93A && next <= 0x94F && next != 0x93D) || next == 0x902 || next == 0x903;
    return good && (wanted[at] & 0xC0) != 0x80 && !(next >= 0x300 && next <= 0x36F) && !is_beside;
}

/* Cutting at every width: never outside, never below the floor, never a broken character, never a letter without its marks. */
static void test_all_widths(struct check *c, struct fonts *fonts)
{
    struct arena arena = {0};
    const struct fit_style style = {.language = "vi", .size = 12, .least = 8, .lines = 3};
    static const char marks[] = "q\u0301\u0323q\u0302q\u0303w\u0323\u0302q\u0301\u0323q\u0302q\u0303w\u0323\u0301q\u0301\u0323q\u0302q\u0303w\u0323\u0302"
                                "q\u0301q\u0302q\u0303w\u0323\u0301q\u0301q\u0302q\u0303w\u0323\u0302";
    static const char *const texts[] = {"Ủy viên Ban Thường vụ, Trưởng ban Quan hệ lao động kiêm Giám đốc Trung tâm",
                                        "ممثلة اتحاد عمال الميناء القديم في المدينة", "海灣市工會 Công đoàn (الوفد)", "x\u0301\u0323y\u0302z\u0303",
                                        marks, "प्रतिनिधि राष्ट्रीय समिति के सदस्य और क्षेत्रीय श्रमिक संघ की अध्यक्षा"};
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++)
        for (double width = 12; width < 300; width += 9.7) {
            struct fit f = {0};
            struct fault fault = {0};
            arena_clear(&arena);
            enum err e = fit_text(fonts, &arena, texts[t], &style, width, 36, &f, &fault);
            if (e != OK || !is_inside(&f, width, 36) || f.count > 3) {
                if (!CHECK(c, !"every width gives lines inside the box")) printf("# %.1f: %s %s\n", width, texts[t], fault.text);
            }
            if (e == OK && !CHECK(c, f.size > 7.999 && f.size < 12.001 && is_text_in_order(&f, texts[t]))) printf("# %.1f at %.2f pt: %s\n", width, f.size, texts[t]);
            for (size_t i = 0; i < f.count; i++) CHECK(c, text_is_utf8(f.lines[i].text, strlen(f.lines[i].text)));
        }
    arena_release(&arena);
}

int main(void)
{
    struct check c = {0};
    struct fault fault = {0};
    struct fonts *fonts = NULL;
    if (CHECK(&c, fonts_new(&fonts, &fault) == OK)) {
        test_fonts(&c, fonts);
        test_lines(&c, fonts);
        test_fits(&c, fonts);
        test_all_widths(&c, fonts);
        test_directions(&c, fonts);
        test_cache(&c, fonts);
        test_language(&c, fonts);
        test_no_break(&c, fonts);
    }
    fonts_free(fonts);
    fonts_free(NULL);
    return check_done(&c, "typeset/line");
}
