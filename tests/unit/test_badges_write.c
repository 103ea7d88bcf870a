/* # threads: also under the thread sanitizer */
/* Badges as they come out: drawn by pdftoppm, their codes read, their ink kept in its place. */
#include "badges/badges.h"
#include "badges/proof/draw.h"
#include "badges/from_list.h"
#include "badges/layout/layout.h"
#include "badges/paint/plan.h"
#include "badges/proof/proof.h"
#include "badges/paint/qr.h"
#include "badges/layout/words.h"
#include "core/base/file.h"
#include "tests/unit/check.h"
#include "tests/unit/ink.h"

#include <pthread.h>

#define COUNT 40

static const char *const names[] = {
    "Nguyễn Thị Hồng Thắm", "Công Tằng Tôn Nữ Nguyễn Thị Hoàng Phương Quỳnh Anh", "Maria Aparecida dos Santos Gonçalves Figueiredo e Vasconcelos",
    "عبد الرحمن بن خالد الزهراني", "陳𠮷祥", "Nở",
    "Ỷ ỸỶỴ ỆỄỔỖ ỮỰ", "Trương Mỹ Linh (張美玲)"};
static const char *const titles[] = {"Chủ tịch",
                                     "Ủy viên Ban Thường vụ, Trưởng ban Quan hệ lao động kiêm Giám đốc Trung tâm Tư vấn pháp luật và Hỗ trợ đoàn viên Công đoàn",
                                     "海灣市工會副主席", NULL};
static const char *const colors[] = {"#b01020", "#1a5fb4", "#ffe000", "#FFFFFF"};

struct sheet {
    struct arena arena;
    struct badge badges[COUNT];
    struct badge_run run;
};

static void make_sheet(struct sheet *s, const char *layout)
{
    *s = (struct sheet){0};
    for (size_t i = 0; i < COUNT; i++)
        s->badges[i] = (struct badge){
            .person_code = arena_printf(&s->arena, "P%04zu", i + 1), .name = i % 9 == 8 ? NULL : names[i % 8],
            .honorific = i & 1 ? "Đồng chí" : NULL, .title = titles[i % 4],
            .delegation = i % 5 ? arena_printf(&s->arena, "Công đoàn ngành Giao thông – Xây dựng số %zu", i / 8) : NULL,
            .category_title = i % 7 ? "Đại biểu chính thức" : "Khách mời",
            .category_color = colors[i % 4], .seat = i % 3 ? "A12" : NULL, .number = arena_printf(&s->arena, "%03zu", i + 1), .group = "T1", .blank = i % 9 == 8,
            .url = arena_printf(&s->arena, "http://192.168.1.10:8080/D/%08zuABCDEFGH", i)};
    s->run = (struct badge_run){.event_title = "Đại hội Công đoàn thành phố Hương Tràm lần thứ XIX, nhiệm kỳ 2026 – 2031",
                                .dates = "01–02/12/2026", .venue = "Cung Văn hóa Lao động",
                                .organization = "Liên đoàn Lao động thành phố Hương Tràm", .language = "vi", .layout = layout, .badges = s->badges, .count = COUNT};
}

/* Every code of the sheet is read back; a badge swapped or a code changed afterwards is noticed. */
static void test_codes(struct check *c, struct fonts *fonts, const char *layout, const char *language, size_t pages)
{
    struct sheet s;
    struct fault fault = {0};
    struct badge_report report = {0};
    struct badge_proof proof = {0};
    struct buf pdf;
    buf_init(&pdf, BUF_LIMIT_FILE);
    make_sheet(&s, layout);
    s.run.language = language;
    if (!CHECK(c, badges_write(&s.run, fonts, &pdf, &report, &fault) == OK)) printf("# %s\n", fault.text);
    CHECK(c, report.badges == COUNT && report.pages == pages && report.modules == 29 && report.missing == 0 && report.name_least >= 11);
    if (!CHECK(c, badges_verify(&s.run, &pdf, &s.arena, &proof, &fault) == OK)) printf("# %s\n", fault.text);
    CHECK(c, proof.codes == COUNT && proof.pages == pages && proof.flaw_count == 0);
    s.badges[3].url = "http://192.168.1.10:8080/D/OTHERTOKENOTHER1";
    s.badges[COUNT - 1].url = s.badges[0].url;
    proof = (struct badge_proof){0};
    CHECK(c, badges_verify(&s.run, &pdf, &s.arena, &proof, &fault) == ERR_CONFLICT);
    CHECK(c, proof.codes == COUNT - 2 && proof.flaw_count == 2 && proof.flaws && proof.flaws[0].index == 3);
    CHECK(c, proof.flaws[0].kind == FLAW_OTHER_CODE && proof.flaws[0].got);
    CHECK(c, strstr(fault.text, "P0004") && strstr(fault.text, "P0040") && strstr(fault.text, "2 of 40"));
    arena_release(&s.arena);
    make_sheet(&s, layout);
    s.run.count = COUNT - 1; /* one badge less than the proof expects: nothing is where the last one should be */
    buf_clear(&pdf);
    CHECK(c, badges_write(&s.run, fonts, &pdf, &report, &fault) == OK);
    s.run.count = COUNT;
    bool same_pages = report.pages == pages;
    CHECK(c, badges_verify(&s.run, &pdf, &s.arena, &proof, &fault) == ERR_CONFLICT);
    if (same_pages) CHECK(c, proof.flaw_count >= 1 && proof.flaws[0].index == COUNT - 1 && proof.flaws[0].kind == FLAW_UNREAD && strstr(fault.text, "cannot be read"));
    else CHECK(c, strstr(fault.text, "pages") != NULL);
    s.run.count = 1;
    CHECK(c, badges_verify(&s.run, &pdf, &s.arena, &proof, &fault) == ERR_CONFLICT && strstr(fault.text, pages > COUNT ? "more than 2 pages" : "more than 1 pages"));
    buf_clear(&pdf);
    buf_puts(&pdf, "%PDF-1.5 not really");
    CHECK(c, badges_verify(&s.run, &pdf, &s.arena, &proof, &fault) == ERR_INPUT);
    buf_release(&pdf);
    arena_release(&s.arena);
}

/* Each ready layout reads, its code is 20 mm at least (25 mm on what is worn), and it stands in the help. */
static void test_tables(struct check *c)
{
    struct arena arena = {0};
    const struct badge_layout *l = NULL;
    struct fault fault = {0};
    for (size_t k = 0; badges_layout_name(k); k++) {
        if (!CHECK(c, badges_layout_find(&arena, NULL, badges_layout_name(k), &l, &fault) == OK)) {
            printf("# %s\n", fault.text);
            continue;
        }
        CHECK_TEXT(c, l->name, badges_layout_name(k));
        CHECK(c, l->front.count > 0 && l->about[0] && l->columns && l->rows);
        for (size_t i = 0; i < l->front.count; i++) {
            const struct badge_part *part = &l->front.parts[i];
            if (part->kind != PART_QR) continue;
            for (unsigned side = 29; side <= 37; side += 4) CHECK(c, part->box.width * side / (side + 2.0 * BADGE_QUIET_CELLS) >= BADGE_CODE_LEAST);
        }
    }
    CHECK(c, badges_layout_find(&arena, NULL, NULL, &l, NULL) == OK && strcmp(l->name, "a4x8") == 0);
    CHECK(c, badges_layout_find(&arena, NULL, "nope", &l, &fault) == ERR_NOT_FOUND && strstr(fault.text, "a6") && strstr(fault.text, "nope"));
    CHECK(c, badges_layout_find(&arena, NULL, "../../etc/passwd", &l, &fault) == ERR_NOT_FOUND);
    arena_release(&arena);
}

/* Whether the point (millimetres on the badge) may be inked: in a box of the layout, with 0.3 mm (under two pixels) for the grid. */
static bool may_have_ink(const struct badge_layout *l, double x, double y)
{
    const double edge = 0.3;
    for (size_t i = 0; i < l->front.count; i++) {
        const struct box *box = &l->front.parts[i].box;
        if (x >= box->x - edge && x <= box->x + box->width + edge && y >= box->y - edge && y <= box->y + box->height + edge) return true;
    }
    return false;
}

/* All that is not white on any badge is where the layout allows it, also with names that are far too long; and there is ink at all. */
static void test_ink(struct check *c, struct fonts *fonts, const char *layout_name)
{
    struct sheet s;
    struct fault fault = {0};
    struct buf pdf;
    const struct badge_layout *l = NULL;
    struct drawing *drawing = NULL;
    struct picture picture;
    buf_init(&pdf, BUF_LIMIT_FILE);
    make_sheet(&s, layout_name);
    CHECK(c, badges_layout_find(&s.arena, NULL, layout_name, &l, NULL) == OK);
    for (size_t i = 0; i < COUNT; i += 3) { /* every third badge is far too long everywhere */
        s.badges[i].name = "Maria Aparecida dos Santos Gonçalves Figueiredo e Vasconcelos de Albuquerque e Castro Pereira da Silva ỄỆỮỰ Nguyễn Phước";
        s.badges[i].delegation = s.badges[i].title = titles[1];
        s.badges[i].category_title = "Đại biểu chính thức được triệu tập theo quyết định bổ sung";
        s.badges[i].seat = "Khán đài B, hàng 12, ghế 345";
        s.badges[i].number = "2026-000123456789";
        s.badges[i].group = titles[1];
    }
    struct badge_report report = {0};
    if (!CHECK(c, badges_write(&s.run, fonts, &pdf, &report, &fault) == OK)) printf("# %s\n", fault.text);
    CHECK(c, report.cut > 0);
    const double dpi = 150;
    CHECK(c, drawing_start(&pdf, (unsigned)dpi, &drawing, &fault) == OK);
    long strays = 0, inked = 0;
    for (size_t i = 0, open = SIZE_MAX; i < COUNT; i++) {
        size_t page = i / badge_page_size(l);
        double left, top;
        bool turned;
        badge_plan_place(l, PLAN_FRONT, i % badge_page_size(l), &left, &top, &turned);
        if (page != open && !CHECK(c, drawing_next(drawing, &picture, &fault) == OK)) break;
        open = page;
        unsigned x1 = (unsigned)((left + l->width) * dpi / 25.4), y1 = (unsigned)((top + l->height) * dpi / 25.4);
        for (unsigned y = (unsigned)(top * dpi / 25.4) + 1; y < y1 && y < picture.height; y++)
            for (unsigned x = (unsigned)(left * dpi / 25.4) + 1; x < x1 && x < picture.width; x++) {
                if (picture.pixels[(size_t)y * picture.width + x] > 250) continue;
                inked++;
                double at_x = (x + 0.5) * 25.4 / dpi - left, at_y = (y + 0.5) * 25.4 / dpi - top;
                if (may_have_ink(l, at_x, at_y)) continue;
                if (strays++ < 5) printf("# ink at %.2f, %.2f mm of badge %zu\n", at_x, at_y, i);
            }
    }
    CHECK(c, inked > 1000000);
    if (!CHECK(c, strays == 0)) printf("# %s: %ld pixels of %ld are outside of every box\n", layout_name, strays, inked);
    drawing_end(drawing);
    buf_release(&pdf);
    arena_release(&s.arena);
}

/* White words on dark red, black ones on yellow. */
static void test_contrast(struct check *c, struct fonts *fonts)
{
    struct sheet s;
    struct fault fault = {0};
    struct buf pdf;
    struct drawing *drawing = NULL;
    struct picture picture = {0};
    buf_init(&pdf, BUF_LIMIT_FILE);
    make_sheet(&s, "a6");
    s.run.badges = &s.badges[0];
    s.run.count = 3; /* red, blue, yellow */
    CHECK(c, badges_write(&s.run, fonts, &pdf, NULL, &fault) == OK && drawing_start(&pdf, 100, &drawing, &fault) == OK);
    for (int i = 0; i < 3 && CHECK(c, drawing_next(drawing, &picture, &fault) == OK); i++) {
        long white = 0, black = 0;
        if (i > 0 && !CHECK(c, drawing_next(drawing, &picture, &fault) == OK)) break; /* the back of the one before */
        for (size_t p = 0; p < (size_t)picture.width * 130; p++) { /* inside the band of 37 mm */
            if (p % picture.width + 1 == picture.width) continue; /* the last column is only partly page */
            white += picture.pixels[p] > 245;
            black += picture.pixels[p] < 20;
        }
        if (!CHECK(c, i < 2 ? white > 500 && black == 0 : black > 500 && white == 0)) printf("# badge %d: %ld white, %ld black\n", i, white, black);
    }
    drawing_end(drawing);
    buf_release(&pdf);
    arena_release(&s.arena);
}

static void refuse(struct check *c, struct fonts *fonts, struct sheet *s, enum err wanted, const char *one, const char *two)
{
    struct fault fault = {0};
    struct buf pdf;
    buf_init(&pdf, BUF_LIMIT_FILE);
    CHECK(c, badges_write(&s->run, fonts, &pdf, NULL, &fault) == wanted);
    if (!CHECK(c, strstr(fault.text, one) && strstr(fault.text, two) && pdf.length == 0)) printf("# \"%s\"\n", fault.text);
    buf_release(&pdf);
    arena_release(&s->arena);
    make_sheet(s, "a4x8");
}

static void test_refusals(struct check *c, struct fonts *fonts)
{
    struct sheet s;
    struct fault fault = {0};
    struct badge_report report = {0};
    struct buf pdf;
    buf_init(&pdf, BUF_LIMIT_FILE);
    make_sheet(&s, "a4x8");
    s.badges[5].name = "Nguyễn \u0378";
    s.badges[7].title = "\u0379";
    refuse(c, fonts, &s, ERR_INPUT, "P0006", "U+0378");
    s.badges[5].name = "Nguyễn \u0378";
    s.badges[7].title = "\u0379";
    refuse(c, fonts, &s, ERR_INPUT, "and 1 more", "Nguyễn");
    s.badges[5].name = "Nguyễn \u0378";
    s.run.allow_missing = true;
    CHECK(c, badges_write(&s.run, fonts, &pdf, &report, &fault) == OK && report.missing == 1);
    arena_release(&s.arena);
    make_sheet(&s, "a4x8");
    s.badges[2].url = NULL;
    refuse(c, fonts, &s, ERR_INPUT, "P0003", "address");
    s.badges[2].category_color = "red";
    refuse(c, fonts, &s, ERR_INPUT, "P0003", "#rrggbb");
    s.badges[2].category_color = "#12345g";
    refuse(c, fonts, &s, ERR_INPUT, "P0003", "#rrggbb");
    char *endless = arena_alloc(&s.arena, 9001);
    if (endless) memset(endless, 'x', 9000);
    s.badges[2].url = endless;
    refuse(c, fonts, &s, ERR_INPUT, "P0003", "too long");
    s.run.count = 0;
    refuse(c, fonts, &s, ERR_INPUT, "no badge", "");
    s.run.layout = "a7";
    refuse(c, fonts, &s, ERR_NOT_FOUND, "a7", "a4x8");
    s.badges[8].url = NULL; /* a blank is named by its number */
    refuse(c, fonts, &s, ERR_INPUT, "number 009", "");
    arena_release(&s.arena);
    buf_release(&pdf);
}

struct printer {
    struct sheet sheet;
    struct buf pdf;
    enum err result;
};

static void *print_sheet(void *arg)
{
    struct printer *printer = arg;
    struct fonts *fonts = NULL;
    printer->result = fonts_new(&fonts, NULL);
    for (int i = 0; printer->result == OK && i < 3; i++) { /* lines from the cache draw the same */
        buf_clear(&printer->pdf);
        printer->result = badges_write(&printer->sheet.run, fonts, &printer->pdf, NULL, NULL);
    }
    fonts_free(fonts);
    return NULL;
}

/* Threads with fonts of their own print at the same time, the same bytes. */
static void test_threads(struct check *c)
{
    struct printer printers[3] = {0};
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        make_sheet(&printers[i].sheet, NULL);
        printers[i].sheet.run.badges = printers[i].sheet.badges;
        buf_init(&printers[i].pdf, BUF_LIMIT_FILE);
        CHECK(c, pthread_create(&threads[i], NULL, print_sheet, &printers[i]) == 0);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
        CHECK(c, printers[i].result == OK && printers[i].pdf.length > 10000 && printers[i].pdf.length == printers[0].pdf.length);
        CHECK(c, printers[i].pdf.length == printers[0].pdf.length && memcmp(printers[i].pdf.data, printers[0].pdf.data, printers[0].pdf.length) == 0);
    }
    for (int i = 0; i < 3; i++) {
        buf_release(&printers[i].pdf);
        arena_release(&printers[i].sheet.arena);
    }
}

/* A run large enough for codes as pictures: the same bytes with any number of threads, and every code reads. */
static void test_crews(struct check *c, struct fonts *fonts)
{
    enum { MANY = 504 };
    struct sheet s;
    struct fault fault = {0};
    struct buf first, pdf;
    struct badge_proof proof = {0};
    buf_init(&first, BUF_LIMIT_FILE);
    buf_init(&pdf, BUF_LIMIT_FILE);
    make_sheet(&s, NULL);
    struct badge *badges = arena_array(&s.arena, MANY, sizeof *badges);
    for (size_t i = 0; badges && i < MANY; i++) {
        badges[i] = s.badges[i % COUNT];
        badges[i].url = arena_printf(&s.arena, "http://192.168.1.10:8080/D/%08zuHGFEDCBA", i);
    }
    s.run.badges = badges;
    s.run.count = badges ? MANY : 0;
    CHECK(c, badges_write(&s.run, fonts, &first, NULL, &fault) == OK && first.length > 100000);
    for (unsigned threads = 1; threads <= 4; threads += 3) {
        buf_clear(&pdf);
        s.run.threads = threads;
        CHECK(c, badges_write(&s.run, fonts, &pdf, NULL, &fault) == OK && pdf.length == first.length && memcmp(pdf.data, first.data, pdf.length) == 0);
    }
    if (!CHECK(c, badges_verify(&s.run, &first, &s.arena, &proof, &fault) == OK && proof.codes == MANY)) printf("# %s\n", fault.text);
    buf_release(&first);
    buf_release(&pdf);
    arena_release(&s.arena);
}

/* Every ready layout, with everything known and far too long, with little known, blank; also mirrored: all is in its box, every code reads. */
static void test_every_layout(struct check *c, struct fonts *fonts, const char *language)
{
    static const struct badge_line lines[] = {{"01/12 07:45", "Phiên trù bị – Hội trường lớn, tầng 1"},
                                              {"01/12 09:15", "Phiên khai mạc trọng thể và đón tiếp khách quốc tế"},
                                              {NULL, "الجلسة الافتتاحية"}, {"02/12 14:00", "Phiên bế mạc"}};
    struct sheet s;
    struct photo photo = {0};
    struct fault fault = {0};
    char *bytes = NULL;
    size_t length = 0;
    const struct photo_wish wish = {.width = 240, .height = 320, .crop = true};
    make_sheet(&s, NULL);
    CHECK(c, file_read(&s.arena, "photos/P0001.jpg", 1 << 20, &bytes, &length, &fault) == OK);
    CHECK(c, photo_make_apart(&s.arena, bytes, length, &wish, &photo, &fault) == OK);
    for (size_t i = 0; i < 10; i++) {
        struct badge *b = &s.badges[i];
        if (i % 2) *b = (struct badge){.person_code = b->person_code, .name = b->name, .url = b->url, .blank = b->blank, .number = b->number, .category_title = "Khách"};
        else b->photo = i % 4 ? NULL : &photo;
        if (i % 2) continue;
        b->room = b->transport = "Khách sạn Hương Tràm 1203";
        b->diet = "Không hải sản, không đậu phộng";
        b->programme = b->papers = lines;
        b->programme_count = b->paper_count = sizeof lines / sizeof lines[0];
    }
    s.run.count = 10;
    s.run.language = language;
    s.run.logo = &photo;
    s.run.wifi_name = "Đại hội XIX; khách";
    s.run.wifi_password = "Cong:doan\\19,\"HT\";2026";
    s.run.desk_phone = "0600 123 456";
    for (size_t k = 0; badges_layout_name(k); k++) {
        struct buf pdf;
        struct badge_proof proof = {0};
        buf_init(&pdf, BUF_LIMIT_FILE);
        s.run.layout = badges_layout_name(k);
        bool good = badges_write(&s.run, fonts, &pdf, NULL, &fault) == OK && badges_verify(&s.run, &pdf, &s.arena, &proof, &fault) == OK;
        if (!CHECK(c, good && proof.flaw_count == 0)) printf("# %s, %s: %s\n", s.run.layout, language, fault.text);
        buf_release(&pdf);
    }
    arena_release(&s.arena);
}

/* Ink where no box is: a page drawn by one layout is held to another. */
static void test_stray_ink(struct check *c, struct fonts *fonts)
{
    static const char drawn[] = "{\"format\": \"plenum-layout/1\", \"size\": [90, 60], \"front\": [{\"fill\": \"#ddeeff\", \"box\": [0, 0, 90, 12],"
                                " \"background\": true}, "
                                "{\"text\": \"{name}\", \"box\": [4, 2, 80, 8], \"size\": 14, \"least\": 4}, {\"qr\": \"badge\", \"box\": [50, 20, 32, 32]}, "
                                "{\"line\": \"ink\", \"box\": [4, 40, 30, 0]}]}";
    static const char held[] = "{\"format\": \"plenum-layout/1\", \"size\": [90, 60], \"front\": [{\"fill\": \"#ddeeff\", \"box\": [0, 0, 90, 12],"
                                " \"background\": true}, "
                               "{\"text\": \"{name}\", \"box\": [4, 2, 9, 8], \"size\": 14, \"least\": 4}, {\"qr\": \"badge\", \"box\": [50, 20, 32, 32]}, "
                               "{\"line\": \"ink\", \"box\": [4, 40, 30, 0]}]}";
    struct sheet s;
    struct fault fault = {0};
    struct badge_proof proof = {0};
    struct buf pdf;
    const struct badge_layout *right = NULL, *wrong = NULL;
    buf_init(&pdf, BUF_LIMIT_FILE);
    make_sheet(&s, NULL);
    CHECK(c, badges_layout_read(&s.arena, NULL, drawn, sizeof drawn - 1, &right, &fault) == OK);
    CHECK(c, badges_layout_read(&s.arena, NULL, held, sizeof held - 1, &wrong, &fault) == OK);
    s.run.ready = right;
    s.run.count = 3;
    CHECK(c, badges_write(&s.run, fonts, &pdf, NULL, &fault) == OK);
    if (!CHECK(c, badges_verify(&s.run, &pdf, &s.arena, &proof, &fault) == OK && proof.codes == 3)) printf("# %s\n", fault.text);
    s.run.ready = wrong; /* the name runs on over the band: seen although the band is ink itself */
    CHECK(c, badges_verify(&s.run, &pdf, &s.arena, &proof, &fault) == ERR_CONFLICT && proof.codes == 3 && proof.flaw_count == 3 && proof.flaws[0].kind == FLAW_INK);
    CHECK(c, strstr(fault.text, "P0001") && strstr(fault.text, "outside of its boxes"));
    buf_release(&pdf);
    arena_release(&s.arena);
}

/* Lays a filled box over the first page of a finished file; `l` is what its page was made by. */
static bool tamper(struct check *c, struct fonts *fonts, struct buf *pdf, const struct badge_layout *l, const struct box *box)
{
    struct arena arena = {0};
    struct document *document = NULL;
    struct fault fault = {0};
    struct buf over;
    char *data = NULL;
    size_t length = 0;
    char path[] = "/tmp/plenum-tamper-XXXXXX";
    const struct document_info info = {.title = "over"};
    buf_init(&over, BUF_LIMIT_FILE);
    bool good = CHECK(c, document_new(fonts, &info, &document, &fault) == OK && document_add_page(document, 210, 297, &fault) == OK);
    const struct box trim = {l->left, l->top, l->columns * l->width + (l->columns - 1.0) * l->gap_x, l->rows * l->height + (l->rows - 1.0) * l->gap_y};
    if (good) document_set_trim(document, &trim); /* qpdf lays trim on trim */
    if (good) document_fill_box(document, box, 0x1A1A1A);
    good = good && CHECK(c, document_save(document, &over, &fault) == OK && mkdtemp(path) != NULL);
    if (good) {
        good = CHECK(c, file_write_atomic(arena_printf(&arena, "%s/a.pdf", path), pdf->data, pdf->length, 0600, &fault) == OK &&
                            file_write_atomic(arena_printf(&arena, "%s/b.pdf", path), over.data, over.length, 0600, &fault) == OK);
        good = good && CHECK(c, command_output(&arena, arena_printf(&arena, "cd %s && qpdf a.pdf --overlay b.pdf --to=1 -- c.pdf 2>&1", path)) != NULL);
        good = good && CHECK(c, file_read(&arena, arena_printf(&arena, "%s/c.pdf", path), BUF_LIMIT_FILE, &data, &length, &fault) == OK);
        (void)command_output(&arena, arena_printf(&arena, "rm -r %s", path));
    }
    if (good) {
        buf_clear(pdf);
        buf_add(pdf, data, length);
    }
    document_free(document);
    buf_release(&over);
    arena_release(&arena);
    return good;
}

/* A finished file that somebody changed: a code blotted, ink beside a box, two people's codes exchanged. Each is told with its badge, and no other. */
static void test_tampered(struct check *c, struct fonts *fonts)
{
    struct sheet s;
    struct fault fault = {0};
    struct buf pdf;
    const struct badge_layout *l = NULL;
    double x, y;
    bool turned;
    buf_init(&pdf, BUF_LIMIT_FILE);
    for (int what = 0; what < 3; what++) {
        struct badge_proof proof = {0};
        make_sheet(&s, "a4x8");
        s.run.count = 16;
        CHECK(c, badges_layout_find(&s.arena, NULL, "a4x8", &l, NULL) == OK);
        badge_plan_place(l, PLAN_FRONT, 5, &x, &y, &turned);
        const struct badge_part *code = &l->front.parts[l->front.count - 1];
        CHECK(c, code->kind == PART_QR);
        const char *kept = s.badges[2].url;
        if (what == 2) s.badges[2].url = s.badges[11].url, s.badges[11].url = kept;
        buf_clear(&pdf);
        CHECK(c, badges_write(&s.run, fonts, &pdf, NULL, &fault) == OK);
        if (what == 2) s.badges[11].url = s.badges[2].url, s.badges[2].url = kept;
        const struct box blot = {x + code->box.x + 8, y + code->box.y + 8, 14, 14}, stray = {x + l->width - 4, y + 17.5, 3, 0.4};
        if (what < 2 && !tamper(c, fonts, &pdf, l, what ? &stray : &blot)) break;
        CHECK(c, badges_verify(&s.run, &pdf, &s.arena, &proof, &fault) == ERR_CONFLICT);
        if (!CHECK(c, proof.flaw_count == (what == 2 ? 2 : 1))) printf("# %s\n", fault.text);
        if (proof.flaw_count) CHECK(c, proof.flaws[0].index == (what == 2 ? 2 : 5) && strstr(fault.text, what == 2 ? "P0003" : "P0006"));
        if (what == 2) CHECK(c, proof.flaw_count == 2 && proof.flaws[1].index == 11 && proof.flaws[0].kind == FLAW_OTHER_CODE && proof.flaws[1].kind == FLAW_OTHER_CODE);
        else CHECK(c, proof.flaws && proof.flaws[0].kind == (what ? FLAW_INK : FLAW_UNREAD));
        arena_release(&s.arena);
    }
    buf_release(&pdf);
}

static void test_parts(struct check *c)
{
    struct arena arena = {0};
    struct qr qr = {0};
    CHECK(c, qr_make("http://192.168.1.10:8080/D/0123456789ABCDEF", &arena, &qr) == OK && qr.side == 29);
    CHECK(c, qr.cells && (qr.cells[0] & 1) && !(qr.cells[7] & 1)); /* finder, then its white edge */
    CHECK(c, qr_make("http://192.168.1.10:8080/d/0123456789abcdef", &arena, &qr) == OK && qr.side > 29); /* why hosts and paths are in upper case */
    CHECK(c, qr_make("", &arena, &qr) == ERR_INPUT);
    CHECK_TEXT(c, badge_words_find("pt-BR")->number, "N.º");
    CHECK_TEXT(c, badge_words_find("xx")->number, "Số");
    CHECK_TEXT(c, badge_words_find(NULL)->seat, "Ghế");
    CHECK_TEXT(c, badges_dates_text(&arena, "Asia/Ho_Chi_Minh", "vi", INT64_C(1796085000000), INT64_C(1796205600000)), "01–02/12/2026");
    CHECK_TEXT(c, badges_dates_text(&arena, "Asia/Ho_Chi_Minh", "en", INT64_C(1796085000000), INT64_C(1796205600000)), "1–2 December 2026");
    CHECK_TEXT(c, badges_dates_text(&arena, "Asia/Ho_Chi_Minh", "vi", INT64_C(1796085000000), INT64_C(1796090000000)), "01/12/2026");
    CHECK_TEXT(c, badges_dates_text(&arena, "Asia/Ho_Chi_Minh", "pt", INT64_C(1796085000000), INT64_C(1799085000000)), "01/12/2026 – 05/01/2027");
    CHECK(c, badges_dates_text(&arena, "Nowhere/Never", "vi", 0, 0) == NULL);
    arena_release(&arena);
}

int main(void)
{
    struct check c = {0};
    struct fault fault = {0};
    struct fonts *fonts = NULL;
    test_tables(&c);
    test_parts(&c);
    test_threads(&c);
    if (CHECK(&c, fonts_new(&fonts, &fault) == OK)) {
        test_codes(&c, fonts, NULL, "vi", 5);
        test_codes(&c, fonts, "a4x8", "ar", 5); /* mirrored */
        test_codes(&c, fonts, "a6", "vi", 2 * COUNT); /* with backs */
        test_ink(&c, fonts, "a4x8");
        test_ink(&c, fonts, "a6");
        test_contrast(&c, fonts);
        test_refusals(&c, fonts);
        test_crews(&c, fonts);
        test_stray_ink(&c, fonts);
        test_tampered(&c, fonts);
        test_every_layout(&c, fonts, "vi");
        test_every_layout(&c, fonts, "ar");
    }
    fonts_free(fonts);
    return check_done(&c, "badges/write");
}
