/* Every letter is drawn right, shown by pixels: our PDF and one made by Pango and Cairo from the same words (pango-view, package
 * pango1.0-tools) are drawn by pdftoppm and compared by shape. */
#include "badges/proof/draw.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/typeset/document.h"
#include "tests/unit/check.h"
#include "tests/unit/ink.h"

#include <unistd.h>

#define DPI 150
#define SIZE 36
#define SAME 2.0          /* thousandths of a letter's ink: measured 0.0 for equal ones, 8 and more for different ones */
#define SAME_SENTENCE 0.5 /* of a sentence's: 0.0, and 1.7 for one lost accent */
#define MARGIN 20 /* points around Pango's text */

static const char *const bases[] = {"a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y"};
static const char *const spread[] = {"a", "a\u0306", "a\u0302", "e", "e\u0302", "i", "o", "o\u0302", "o\u031B", "u", "u\u031B", "y"};
static const char *const big_bases[] = {"A", "Ă", "Â", "E", "Ê", "I", "O", "Ô", "Ơ", "U", "Ư", "Y"};
static const char *const big_spread[] = {"A", "A\u0306", "A\u0302", "E", "E\u0302", "I", "O", "O\u0302", "O\u031B", "U", "U\u031B", "Y"};
static const char *const tones[] = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"};
static const char *const plain[] = {"ă", "â", "đ", "ê", "ô", "ơ", "ư", "Ă", "Â", "Đ", "Ê", "Ô", "Ơ", "Ư"};

#define LETTERS 134

/* The 134 letters of Vietnamese that are not ASCII: composed, and the same as letter and marks (the tone first, which NFC has to sort). */
static size_t make_letters(struct arena *arena, const char *composed[LETTERS], const char *decomposed[LETTERS])
{
    size_t n = 0;
    for (int big = 0; big < 2; big++)
        for (size_t b = 0; b < 12; b++)
            for (size_t t = 0; t < 5; t++) {
                const char *base = big ? big_bases[b] : bases[b], *apart = big ? big_spread[b] : spread[b];
                composed[n] = text_nfc(arena, arena_printf(arena, "%s%s", base, tones[t]));
                bool below = t == 4; /* the dot below may stand before or behind the mark above */
                decomposed[n++] = below ? arena_printf(arena, "%c%s%s", apart[0], tones[t], apart + 1) : arena_printf(arena, "%s%s", apart, tones[t]);
            }
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++, n++) composed[n] = decomposed[n] = plain[i];
    return n;
}

/* Our drawing: each text on a page of its own; cut out into `ret`. */
static bool draw_ours(struct check *c, struct fonts *fonts, const char *const *texts, size_t count, bool bold, const char *language, struct ink *ret)
{
    struct document *document = NULL;
    struct fault fault = {0};
    struct buf pdf;
    buf_init(&pdf, BUF_LIMIT_FILE);
    const struct document_info info = {.title = "letters"};
    if (!CHECK(c, document_new(fonts, &info, &document, &fault) == OK)) return false;
    for (size_t i = 0; i < count; i++) {
        struct box box = {5, 5, 390, 30};
        struct text_style style = {.fit = {.language = language, .bold = bold, .size = SIZE, .least = SIZE, .lines = 1}, .valign = ALIGN_MIDDLE};
        if (!CHECK(c, document_add_page(document, 400, 40, &fault) == OK)) return false;
        if (!CHECK(c, document_put_text(document, &box, texts[i], &style, NULL, &fault) == OK)) {
            printf("# %s\n", fault.text);
            return false;
        }
    }
    struct drawing *drawing = NULL;
    struct picture picture;
    bool good = CHECK(c, document_save(document, &pdf, &fault) == OK) && CHECK(c, drawing_start(&pdf, DPI, &drawing, &fault) == OK);
    for (size_t i = 0; i < count && good; i++) {
        good = CHECK(c, drawing_next(drawing, &picture, &fault) == OK);
        if (good) ret[i] = ink_cut(&picture, 0, 0, (int)picture.width, (int)picture.height);
    }
    drawing_end(drawing);
    document_free(document);
    buf_release(&pdf);
    return good;
}

/* Pango's drawing of `count` texts as lines of one font, which are all of one height; cut out into `ret`. */
static bool draw_pango(struct check *c, const char *const *texts, size_t count, const char *font, const char *language, struct ink *ret)
{
    struct arena arena = {0};
    struct fault fault = {0};
    char text_path[] = "/tmp/plenum-pango-XXXXXX", pdf_path[64];
    struct buf text, pdf;
    buf_init(&text, BUF_LIMIT_BODY);
    buf_init(&pdf, BUF_LIMIT_FILE);
    for (size_t i = 0; i < count; i++) buf_printf(&text, "%s%s", i ? "\n" : "", texts[i]);
    int fd = mkstemp(text_path);
    if (!CHECK(c, fd >= 0 && file_write_all(fd, text.data, text.length) == OK)) return false;
    close(fd);
    (void)snprintf(pdf_path, sizeof pdf_path, "%s.pdf", text_path);
    const char *command = arena_printf(&arena, "pango-view -q --dpi=72 --margin=%d --hinting=none --hint-metrics=off --subpixel-positions "
                                               "--language=%s --font='%s %d' -o %s %s 2>&1", MARGIN, language, font, SIZE, pdf_path, text_path);
    char *data = NULL;
    size_t length = 0;
    struct drawing *drawing = NULL;
    struct picture picture;
    bool good = CHECK(c, command_output(&arena, command) != NULL) && CHECK(c, file_read(&arena, pdf_path, BUF_LIMIT_FILE, &data, &length, &fault) == OK);
    if (good) buf_add(&pdf, data, length);
    good = good && CHECK(c, drawing_start(&pdf, DPI, &drawing, &fault) == OK) && CHECK(c, drawing_next(drawing, &picture, &fault) == OK);
    if (good) {
        double margin = MARGIN * DPI / 72.0, pitch = ((double)picture.height - 2 * margin) / (double)count;
        for (size_t i = 0; i < count; i++) {
            int top = count == 1 ? 0 : (int)(margin + (double)i * pitch), bottom = count == 1 ? (int)picture.height : (int)(margin + (double)(i + 1) * pitch);
            ret[i] = ink_cut(&picture, 0, top, (int)picture.width, bottom);
        }
    } else printf("# %s\n", fault.text);
    drawing_end(drawing);
    (void)unlink(text_path);
    (void)unlink(pdf_path);
    buf_release(&text);
    buf_release(&pdf);
    arena_release(&arena);
    return good;
}

static void free_all(struct ink *inks, size_t count)
{
    for (size_t i = 0; i < count; i++) ink_free(&inks[i]);
}

/* Each letter is like its own picture, and unlike that of every other letter: a lost hook or dot is seen. */
static void test_letters(struct check *c, struct fonts *fonts, bool bold)
{
    struct arena arena = {0};
    const char *composed[LETTERS], *decomposed[LETTERS];
    static struct ink pango[LETTERS], ours[LETTERS], apart[LETTERS]; /* large */
    CHECK(c, make_letters(&arena, composed, decomposed) == LETTERS);
    bool drawn = draw_pango(c, composed, LETTERS, bold ? "Noto Sans Bold" : "Noto Sans", "vi", pango) && draw_ours(c, fonts, composed, LETTERS, bold, "vi", ours) &&
                 draw_ours(c, fonts, decomposed, LETTERS, bold, "vi", apart);
    double worst = 0, closest = 1000;
    for (size_t i = 0; drawn && i < LETTERS; i++) {
        double own = ink_difference(&ours[i], &pango[i]), other = ink_difference(&apart[i], &pango[i]);
        if (own > worst) worst = own;
        if (other > worst) worst = other;
        if (!CHECK(c, own < SAME && other < SAME && ours[i].count > 100)) printf("# %s: %.1f, decomposed %.1f\n", composed[i], own, other);
        for (size_t k = 0; k < LETTERS; k++) {
            double wrong = k == i ? 1000 : ink_difference(&ours[i], &pango[k]);
            if (wrong < closest) closest = wrong;
            if (wrong < SAME && !CHECK(c, !"two letters look alike to the comparison")) printf("# %s and %s: %.1f\n", composed[i], composed[k], wrong);
        }
    }
    printf("# letters%s: equal ones differ by %.2f at most, different ones by %.2f at least (thousandths)\n", bold ? ", bold" : "", worst, closest);
    if (drawn) CHECK(c, closest > 2 * SAME);
    free_all(pango, LETTERS);
    free_all(ours, LETTERS);
    free_all(apart, LETTERS);
    arena_release(&arena);
}

struct sentence {
    const char *text, *wrong; /* wrong: nearly the same, and has to be seen as different */
    const char *language;
    bool bold;
};

static const struct sentence sentences[] = {
    {"Nguyễn Thị Hồng Thắm", "Nguyễn Thị Hông Thắm", "vi", true},
    {"ĐẶNG THỂ QUỲNH NGƯỠNG", "ĐẶNG THẾ QUỲNH NGƯỠNG", "vi", false},
    {"H’Mliêu Niê Kđăm", "H’Mliêu Niê Kdăm", "vi", true},
    {"João Conceição Gonçalves Ângelo Côrte-Real", "João Conceição Goncalves Ângelo Côrte-Real", "pt", true},
    {"AVATAR To. Ταῦ Кириллица", "AVATAR To. Ταυ Кириллица", "en", false},
    {"عبد الرحمن بن خالد الزهراني", "عبد الرحمن بن خالد الرهراني", "ar", true},
    {"مُنى السلام", "منى السلام", "ar", true},
    {"ليلى بنت يوسف المنصوري", "ليلى بنت يوسف المنصورى", "ar", false},
    {"歐陽麗華", "歐陽麗葉", "zh", true},
    {"陳𠮷祥 刘晓燕", "陳吉祥 刘晓燕", "zh", true},
    {"Trương Mỹ Linh (張美玲)", "Trương Mỹ Linh (張美珍)", "vi", true},
    {"Đoàn الوفد 12 (A–B) 代表", "Đoàn الوقد 12 (A–B) 代表", "vi", false},
};

static void test_sentences(struct check *c, struct fonts *fonts)
{
    double worst = 0, closest = 1000;
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
        const struct sentence *s = &sentences[i];
        const char *const both[] = {s->text, s->wrong};
        struct ink ours[2] = {{0}}, pango = {0};
        const char *font = s->bold ? "Noto Sans,Noto Naskh Arabic,Noto Sans CJK SC Bold" : "Noto Sans,Noto Naskh Arabic,Noto Sans CJK SC";
        if (draw_pango(c, both, 1, font, s->language, &pango) && draw_ours(c, fonts, both, 2, s->bold, s->language, ours)) {
            double right = ink_difference(&ours[0], &pango), wrong = ink_difference(&ours[1], &pango);
            if (right > worst) worst = right;
            if (wrong < closest) closest = wrong;
            if (!CHECK(c, right < SAME_SENTENCE)) printf("# \"%s\": %.2f (%d × %d, Pango %d × %d)\n",
                                                             s->text, right, ours[0].width, ours[0].height, pango.width, pango.height);
            if (!CHECK(c, wrong > 2 * SAME_SENTENCE)) printf("# \"%s\" is taken for \"%s\": %.2f\n", s->wrong, s->text, wrong);
        }
        free_all(ours, 2);
        ink_free(&pango);
    }
    printf("# sentences: equal ones differ by %.2f at most, wrong ones by %.2f at least (thousandths)\n", worst, closest);
}

int main(void)
{
    struct check c = {0};
    struct fault fault = {0};
    struct fonts *fonts = NULL;
    if (CHECK(&c, fonts_new(&fonts, &fault) == OK)) {
        test_letters(&c, fonts, true);
        test_letters(&c, fonts, false);
        test_sentences(&c, fonts);
    }
    fonts_free(fonts);
    return check_done(&c, "typeset/pixels");
}
