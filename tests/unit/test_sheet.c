/* Reading lists: hostile files, bounds, number formats, CSV, and what office programs leave out. */
#include "core/base/clock.h"
#include "core/base/csv.h"
#include "core/base/file.h"
#include "core/sheet/number_format.h"
#include "core/sheet/stream.h"
#include "core/sheet/stream_format.h"
#include "tests/unit/check.h"
#include "tests/unit/sheet_kit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#define ROWS(rows) "<worksheet><sheetData>" rows "</sheetData></worksheet>"

static void check_addresses(struct check *c)
{
    char text[SHEET_ADDRESS_SIZE];
    uint32_t row = 9, column = 9;
    CHECK_TEXT(c, sheet_cell_address(7, 1, text), "B7");
    CHECK_TEXT(c, sheet_cell_address(1048576, 16383, text), "XFD1048576");
    CHECK_TEXT(c, sheet_cell_address(0, 26, text), "AA");
    CHECK_TEXT(c, sheet_cell_address(UINT32_MAX, UINT32_MAX, text), "MWLQKWV4294967295");
    CHECK(c, sheet_parse_address("xfd12", &row, &column) && row == 12 && column == 16383);
    CHECK(c, sheet_parse_address("AA", &row, &column) && row == 0 && column == 26);
    CHECK(c, !sheet_parse_address("", &row, &column) && !sheet_parse_address("7", &row, &column) && !sheet_parse_address("B07", &row, &column));
    CHECK(c, !sheet_parse_address("XFE1", &row, &column) && !sheet_parse_address("B7x", &row, &column) && !sheet_parse_address("A99999999999", &row, &column));
    for (uint32_t i = 0; i < 16384; i += 37)
        if (!sheet_parse_address(sheet_cell_address(i + 1, i, text), &row, &column) || row != i + 1 || column != i) CHECK(c, false);
}

static void expect_format(struct check *c, const char *format, double value, const char *wanted)
{
    char text[NUMBER_TEXT_SIZE];
    CHECK_TEXT(c, number_format_show(format, value, false, text), wanted);
}

static void check_formats(struct check *c)
{
    static const struct { const char *format; double value; const char *wanted; } all[] = {
        {NULL, 0, "0"}, {NULL, -0.0, "0"}, {NULL, 3, "3"}, {NULL, 0.1 + 0.2, "0.3"}, {NULL, 912345678901, "912345678901"}, {NULL, 1e15, "1000000000000000"},
        {NULL, 1234567890123456789.0, "1234567890123460000"}, {NULL, 1e22, "1E+22"}, {NULL, 0.00001, "1E-05"}, {"General", -2.5, "-2.5"}, {"@", 7, "7"},
        {"0", 2.5, "3"}, {"0", -2.5, "-3"}, {"0", -0.4, "0"}, {"0.00", 2.675, "2.68"}, {"0.00", 0.005, "0.01"}, {"0.00", 999.995, "1000.00"}, {"0.00", 1e-7, "0.00"},
        {"_-* #,##0.00\\ _₫_-", 5000, "5,000.00 "}, {"#,##0\\€", 7, "7€"}, /* Excel's comma style in Vietnam */
        {"#,##0", 1234567, "1,234,567"}, {"#,##0", 12, "12"}, {"#,##0.0#", 1234.5, "1,234.5"}, {"#", 0, "0"}, {"0.##", 3, "3"}, {"0.##", 3.14159, "3.14"},
        {"00000", 42, "00042"}, {"0#########", 912345678, "0912345678"}, {"0000 000 000", 912345678, "0912 345 678"}, {"(000) 0000", 1234567, "(123) 4567"},
        {"000\\-00", 12345, "123-45"},
        {"0%", 0.256, "26%"}, {"0.0%", 0.125, "12.5%"}, {"0.0,", 12345, "12.3"}, {"0.00E+00", 12345, "1.23E+04"}, {"# ?/?", 0.5, "0.5"},
        {"0;(0)", -5, "(5)"}, {"0;-0;\"không\"", 0, "không"}, {"[>=1000]#,##0\" k\";0", 2500, "2,500 k"}, {"[>=1000]#,##0\" k\";0", 5, "5"}, {"[Red]0", 4, "4"},
        {"\"MS \"000", 7, "MS 007"}, {"#,##0 \"đ\"", 5000, "5,000 đ"}, {"[$€-407] 0.00", 3, "€ 3.00"}, {"General\" người\"", 12, "12 người"},
        {"_(* #,##0_);_(* (#,##0)", 9, "9"},
        {"dd/mm/yyyy", 31106, "28/02/1985"}, {"yyyy", 31106, "1985"}, {"d/m/yy h:mm", 31106.5, "28/2/85 12:00"}, {"hh:mm:ss AM/PM", 0.75, "06:00:00 PM"},
        {"[h]:mm", 1.5, "36:00"},
        {"mm:ss.0", 0.000012, "00:01.0"}, {"h:mm", 0.999999, "23:59"}, {"dd/mm/yyyy", -5, "-5"}, {"dd/mm/yyyy", 3e6, "3000000"}, {"mmmm", 31106, "February"},
        {"mmmmm", 31106, "F"}, {"ddd", 31106, "Thu"},
        {"dd/mm/yyyy", 1, "01/01/1900"}, {"dd/mm/yyyy", 59, "28/02/1900"}, {"dd/mm/yyyy", 61, "01/03/1900"}, {"dd/mm/yyyy", 2958465, "31/12/9999"}, {"\"",
        5, "5"}, {"", 5, "5"}, {";;;", 5, "5"},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) expect_format(c, all[i].format, all[i].value, all[i].wanted);
    CHECK(c, number_format_kind("dd/mm/yyyy") == NUMBER_DATE && number_format_kind("mmm") == NUMBER_DATE && number_format_kind("h:mm") == NUMBER_TIME &&
        number_format_kind("[mm]:ss") == NUMBER_TIME);
    CHECK(c, number_format_kind("0.00") == NUMBER_PLAIN && number_format_kind("\"ngày\" 0") == NUMBER_PLAIN && number_format_kind("[Red]0") == NUMBER_PLAIN &&
        number_format_kind("\\d0") == NUMBER_PLAIN);
    char format[512], text[NUMBER_TEXT_SIZE];
    memset(format, '0', sizeof format - 1);
    format[sizeof format - 1] = '\0';
    CHECK_TEXT(c, number_format_show(format, 12, false, text), "12"); /* longer than the room */
}

static enum err read_it(const struct buf *file, struct arena *arena, const struct sheet_wish *wish, struct sheet_book *book, struct fault *fault)
{
    *fault = (struct fault){0};
    return sheet_read_bytes(buf_text(file), file->length, arena, wish, book, fault);
}

/* What a sheet is refused for; NULL: it is read. */
static const char *refused(struct arena *arena, const char *sheet, const struct sheet_limits *limits)
{
    struct buf file = {.limit = BUF_LIMIT_BODY};
    struct sheet_book book;
    struct fault fault;
    sheet_kit_book(sheet, NULL, NULL, &file);
    enum err e = read_it(&file, arena, &(struct sheet_wish){.limits = limits}, &book, &fault);
    buf_release(&file);
    return e == OK ? NULL : fault.reason ? fault.reason : arena_strdup(arena, fault.text);
}

static void check_bounds(struct check *c)
{
    struct arena arena = {0};
    struct sheet_limits l = sheet_limits_usual;
    static const char two[] = ROWS("<row r=\"5\"><c r=\"B5\"><v>1</v></c><c><v>22</v></c></row>");
    CHECK_TEXT(c, refused(&arena, two, &l), NULL);
    l.cells = 1;
    CHECK_TEXT(c, refused(&arena, two, &l), "sheet_large_cells");
    l = sheet_limits_usual, l.columns = 2;
    CHECK_TEXT(c, refused(&arena, two, &l), "sheet_large_columns");
    l = sheet_limits_usual, l.rows = 4;
    CHECK_TEXT(c, refused(&arena, two, &l), "sheet_large_rows");
    static const char merged[] = "<worksheet><sheetData/><mergeCells><mergeCell ref=\"A1:B1\"/><mergeCell ref=\"A2:B2\"/></mergeCells></worksheet>";
    l = sheet_limits_usual, l.merges = 2;
    CHECK_TEXT(c, refused(&arena, merged, &l), NULL);
    l.merges = 1;
    CHECK_TEXT(c, refused(&arena, merged, &l), "sheet_large");
    l = sheet_limits_usual, l.sheets = 0;
    CHECK_TEXT(c, refused(&arena, two, &l), "sheet_large");
    l = sheet_limits_usual, l.parts = 3;
    CHECK_TEXT(c, refused(&arena, two, &l), "sheet_large");
    l = sheet_limits_usual, l.file_bytes = 100;
    CHECK_TEXT(c, refused(&arena, two, &l), "sheet_large_mb");
    l = sheet_limits_usual, l.part_bytes = 60;
    CHECK_TEXT(c, refused(&arena, two, &l), "sheet_large_mb");
    l = sheet_limits_usual, l.total_bytes = 300;
    CHECK_TEXT(c, refused(&arena, two, &l), "sheet_large_mb");
    l = sheet_limits_usual, l.cell_bytes = 1;
    CHECK_TEXT(c, refused(&arena, two, &l), "sheet_large");
    l = sheet_limits_usual, l.text_bytes = 2;
    CHECK_TEXT(c, refused(&arena, two, &l), "sheet_large_mb");
    CHECK_TEXT(c, refused(&arena, ROWS("<row r=\"4294967295\"><c><v>1</v></c></row>"), NULL), "sheet_large_rows");
    CHECK_TEXT(c, refused(&arena, ROWS("<row r=\"4294967296\"/><row r=\"0\"/>"), NULL), "sheet_damaged");
    CHECK_TEXT(c, refused(&arena, ROWS("<row r=\"1\"><c r=\"A2\"><v>1</v></c></row>"), NULL), "sheet_damaged");
    CHECK_TEXT(c, refused(&arena, ROWS("<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"A1\"><v>2</v></c></row>"), NULL), "sheet_damaged");
    CHECK_TEXT(c, refused(&arena, ROWS("<row r=\"1\"><c><v>1</v></c></row><row r=\"1\"><c><v>2</v></c></row>"), NULL), "sheet_damaged");
    CHECK_TEXT(c, refused(&arena, ROWS("<row r=\"1\"><c r=\"ABCDE1\"><v>1</v></c></row>"), NULL), "sheet_damaged");
    CHECK_TEXT(c, refused(&arena, ROWS("<row><c t=\"s\"><v>-1</v></c></row>"), NULL), "sheet_damaged");
    CHECK_TEXT(c, refused(&arena, ROWS("<row><c t=\"s\"><v>0</v></c></row>"), NULL), "sheet_damaged");
    arena_release(&arena);
}

/* Depth, a tag that never ends, merges that lie over each other, entities within text. */
static void check_hostile_xml(struct check *c)
{
    struct arena arena = {0};
    struct buf text = {.limit = BUF_LIMIT_BODY};
    for (int i = 0; i < 5000; i++) buf_puts(&text, "<a>");
    CHECK_TEXT(c, refused(&arena, buf_text(&text), NULL), "sheet_damaged");
    buf_clear(&text);
    buf_puts(&text, "<worksheet x=\"");
    for (int i = 0; i < 3000000; i++) buf_putc(&text, 'y');
    CHECK_TEXT(c, refused(&arena, buf_text(&text), NULL), "sheet_damaged");
    buf_clear(&text);
    buf_puts(&text, "<worksheet><sheetData>");
    for (int i = 1; i <= 2000; i++) buf_printf(&text, "<row r=\"%d\"><c><v>1</v></c><c><v>2</v></c></row>", i);
    buf_puts(&text, "</sheetData><mergeCells>");
    for (int i = 1; i <= 60000; i++) buf_puts(&text, "<mergeCell ref=\"A1:XFD1048576\"/>");
    buf_puts(&text, "</mergeCells></worksheet>");
    CHECK_TEXT(c, refused(&arena, buf_text(&text), NULL), "sheet_large");
    CHECK_TEXT(c, refused(&arena, "<!DOCTYPE worksheet SYSTEM \"file:///etc/passwd\"><worksheet/>", NULL), "sheet_doctype");
    CHECK_TEXT(c, refused(&arena, "<!DOCTYPE worksheet [<!ENTITY a \"b\">]><worksheet>&a;</worksheet>", NULL), "sheet_doctype");
    CHECK_TEXT(c, refused(&arena, "<worksheet>&a;</worksheet>", NULL), "sheet_damaged");
    CHECK_TEXT(c, refused(&arena, "<worksheet><sheetData>\xff</sheetData></worksheet>", NULL), "sheet_damaged");
    CHECK_TEXT(c, refused(&arena, "<html/>", NULL), NULL); /* no worksheet: nothing in it */
    CHECK_TEXT(c, refused(&arena, "", NULL), "sheet_damaged");
    buf_release(&text);
    arena_release(&arena);
}

static void deflated(const char *piece, size_t times, const char *head, const char *tail, struct buf *out, size_t *ret_length, uint32_t *ret_crc)
{
    static uint8_t room[65536];
    z_stream s = {0};
    *ret_length = 0;
    *ret_crc = zip_crc32(0, "", 0);
    if (deflateInit2(&s, 6, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY) != Z_OK) return;
    for (size_t i = 0; i < times + 2; i++) {
        const char *text = i == 0 ? head : i == times + 1 ? tail : piece;
        size_t length = strlen(text);
        *ret_crc = zip_crc32(*ret_crc, text, length);
        *ret_length += length;
        union { const char *from; Bytef *to; } in = {.from = text};
        s.next_in = in.to;
        s.avail_in = (uInt)length;
        do {
            s.next_out = room;
            s.avail_out = sizeof room;
            (void)deflate(&s, i == times + 1 ? Z_FINISH : Z_NO_FLUSH);
            buf_add(out, room, sizeof room - s.avail_out);
        } while (s.avail_out == 0);
    }
    (void)deflateEnd(&s);
}

static void put16(struct buf *out, unsigned value)
{
    buf_putc(out, (char)(value & 255));
    buf_putc(out, (char)(value >> 8));
}

static void put32(struct buf *out, uint32_t value)
{
    put16(out, value & 0xFFFF);
    put16(out, value >> 16);
}

/* An XLSX whose sheet is packed: `times` pieces between head and tail. */
static void packed_book(const char *piece, size_t times, const char *head, const char *tail, struct buf *out)
{
    struct buf packed = {.limit = BUF_LIMIT_BODY}, central = {.limit = BUF_LIMIT_BODY};
    static const char *const names[] = {"_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/s.xml"};
    static const char links[] = SHEET_KIT_RELATIONS "<Relationship Id=\"s\" Type=\"" SHEET_KIT_TYPE "worksheet\" Target=\"s.xml\"/></Relationships>";
    const char *const texts[] = {SHEET_KIT_TOP, SHEET_KIT_BOOK, links, NULL};
    for (int i = 0; i < 4; i++) {
        size_t length = texts[i] ? strlen(texts[i]) : 0;
        uint32_t crc = texts[i] ? zip_crc32(0, texts[i], length) : 0, offset = (uint32_t)out->length;
        if (!texts[i]) deflated(piece, times, head, tail, &packed, &length, &crc);
        size_t stored = texts[i] ? length : packed.length;
        for (int k = 0; k < 2; k++) {
            struct buf *to = k ? &central : out;
            put32(to, k ? 0x02014b50 : 0x04034b50);
            if (k) put16(to, 20);
            put16(to, 20), put16(to, 0), put16(to, texts[i] ? 0 : 8), put32(to, 0x00210000), put32(to, crc), put32(to, (uint32_t)stored),
                put32(to, (uint32_t)length);
            put16(to, (unsigned)strlen(names[i])), put16(to, 0);
            if (k) put16(to, 0), put16(to, 0), put16(to, 0), put32(to, 0), put32(to, offset);
            buf_puts(to, names[i]);
        }
        buf_add(out, texts[i] ? texts[i] : buf_text(&packed), stored);
    }
    uint32_t at = (uint32_t)out->length;
    buf_add(out, buf_text(&central), central.length);
    put32(out, 0x06054b50), put16(out, 0), put16(out, 0), put16(out, 4), put16(out, 4), put32(out, (uint32_t)central.length), put32(out, at), put16(out, 0);
    buf_release(&packed);
    buf_release(&central);
}

static void check_packed(struct check *c)
{
    struct arena arena = {0};
    struct buf file = {.limit = BUF_LIMIT_BODY};
    struct sheet_book book;
    struct fault fault;
    /* A million rows with nothing in them, and one with something behind. */
    packed_book("<row spans=\"1:9\" s=\"1\"/><row/><row/><row/>", 262143, "<worksheet><sheetData>", "<row><c><v>7</v></c></row></sheetData></worksheet>", &file);
    enum err e = read_it(&file, &arena, NULL, &book, &fault);
    CHECK(c, e == OK && book.sheets[0].count == 1 && book.sheets[0].rows[0].number == 1048573 && arena.total < (1 << 20));
    if (e != OK) printf("# %s\n", fault.text);
    /* A bomb: blanks, a thousand times smaller when packed. */
    static char blanks[65537];
    memset(blanks, ' ', sizeof blanks - 1);
    buf_clear(&file);
    packed_book(blanks, 1600, "<worksheet>", "</worksheet>", &file); /* 100 MB */
    CHECK(c, file.length < 200000 && read_it(&file, &arena, NULL, &book, &fault) == ERR_LIMIT && fault.reason && strcmp(fault.reason, "sheet_large_mb") == 0);
    buf_release(&file);
    arena_release(&arena);
}

static const char *csv_text(struct arena *arena, const char *text, size_t length, const struct sheet_wish *wish, uint32_t row, uint32_t column)
{
    struct sheet_book book;
    struct fault fault = {0};
    if (sheet_read_bytes(text, length, arena, wish, &book, &fault) != OK) return fault.reason ? fault.reason : arena_strdup(arena, fault.text);
    const struct sheet_row *found = sheet_find_row(&book.sheets[0], row);
    const struct sheet_cell *cell = found ? sheet_row_cell(found, column) : NULL;
    return cell ? cell->text : NULL;
}

#define CSV(text, ...) csv_text(&arena, text, sizeof(text) - 1, __VA_ARGS__)

static void check_csv(struct check *c)
{
    struct arena arena = {0};
    CHECK_TEXT(c, CSV("a,b\r1,2\r\n3,4\n5,6", NULL, 4, 1), "6"); /* ends of three kinds */
    CHECK_TEXT(c, CSV("a;b\n\"x\ny\";c\nd;e", NULL, 4, 0), "d"); /* lines are the file's */
    CHECK_TEXT(c, CSV("a\xe9,b\n", &(struct sheet_wish){.encoding = "windows-1252"}, 1, 0), "a\u00e9");
    CHECK_TEXT(c, CSV("a,b;c\n", &(struct sheet_wish){.separator = ';'}, 1, 1), "c");
    CHECK_TEXT(c, CSV("V\xa8n\n", &(struct sheet_wish){.fonts = SHEET_FONTS_TCVN3}, 1, 0), "Văn");
    CHECK_TEXT(c, CSV("Va\xea" "n\n", &(struct sheet_wish){.fonts = SHEET_FONTS_VNI}, 1, 0), "Văn");
    CHECK_TEXT(c, CSV("NguyÔn V¨n §øc\nTrÇn ThÞ Hoµ\n", &(struct sheet_wish){.fonts = SHEET_FONTS_NONE}, 1, 0), "NguyÔn V¨n §øc");
    CHECK_TEXT(c, CSV("NguyÔn V¨n §øc\nTrÇn ThÞ Hoµ\n", NULL, 2, 0), "Trần Thị Hoà");
    CHECK_TEXT(c, CSV("a\0b", NULL, 1, 0), "sheet_binary");
    CHECK_TEXT(c, CSV("ok\x1a", NULL, 1, 0), "ok"); /* the end mark of old programs */
    CHECK_TEXT(c, CSV("x", &(struct sheet_wish){.encoding = "klingon"}, 1, 0), "no such encoding: klingon");
    CHECK(c, csv_find_separator("a b\nc d\n", 8) == 0 && csv_find_separator("a;1,5\nb;2,5\n", 12) == ';' && csv_find_separator("a|b\n", 4) == '|' &&
        csv_find_separator("", 0) == 0);
    static const struct { const char *text; char wanted; } files[] = {
        {"Name,Email,Unit\nA,a@x; b@x,U\nB,c@x;d@x,V\nC,e@x; f@x,W\n", ','}, /* punctuation within cells */
        {"Nome;Notas\nSilva, Ana;um, dois\nSousa, Rui;três, quatro\n", ';'},
        {"Nome;Quota\nAna;1,5\nRui;2,5\n", ';'}, {"Ana;1,5\nRui;2,5\n", ';'},
        {"Morada;Nome\nRua A, 5, Braga;Ana\nRua B, 6, Faro;Rui\nRua C, 7, Beja;Eva\n", ';'},
        {"Danh sách, năm 2026\nTT\tTên\n1\tA, B; C\n2\tD, E; F\n", '\t'},
        {"TT,\"Tên; họ\",Ghi chú\n1,\"A;B\",x\n2,\"C;D\",y\n", ','}, {"1,2,3\n4,5,6\n", ','},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (!CHECK(c, csv_find_separator(files[i].text, strlen(files[i].text)) == files[i].wanted)) printf("# %s\n", files[i].text);
    arena_release(&arena);
}

static void expect_stream(struct check *c, const char *bytes, size_t length, enum err wanted)
{
    int ends[2];
    struct arena arena = {0};
    struct sheet_book book;
    struct fault fault = {0};
    if (!CHECK(c, pipe(ends) == 0)) return;
    CHECK(c, length < 60000 && file_write_all(ends[1], bytes, length) == OK);
    close(ends[1]);
    CHECK(c, stream_read(ends[0], clock_steady_ms() + 60000, &arena, &sheet_limits_usual, &book, &fault) == wanted);
    close(ends[0]);
    arena_release(&arena);
}

/* A child that was taken over says what it likes: nothing of it may do harm. */
static void check_stream(struct check *c)
{
    int ends[2];
    struct arena arena = {0};
    struct sheet_book book;
    static char whole[60000];
    size_t length = 0;
    const char *text = "a,b,a\n1,NguyÔn V¨n §øc TrÇn ThÞ Hoµ,1\n";
    CHECK(c, sheet_read_bytes(text, strlen(text), &arena, NULL, &book, NULL) == OK && pipe(ends) == 0);
    CHECK(c, stream_write(ends[1], OK, &book, NULL));
    close(ends[1]);
    for (ssize_t n; (n = read(ends[0], whole + length, sizeof whole - length)) > 0;) length += (size_t)n;
    close(ends[0]);
    CHECK(c, length > 100 && length < 1000);
    expect_stream(c, whole, length, OK);
    for (size_t i = 0; i < length; i++) expect_stream(c, whole, i, ERR_INPUT); /* cut anywhere */
    for (size_t i = 0; i < length * 4; i++) {
        char bent[1000];
        memcpy(bent, whole, length);
        bent[i / 4] ^= (char)(i % 4 == 0 ? 1 : i % 4 == 1 ? 0x80 : i % 4 == 2 ? 0x7f : 0x10);
        if (pipe(ends) != 0) continue;
        struct arena room;
        struct sheet_book other;
        struct fault fault = {0};
        arena_init(&room, 256u << 20);
        (void)file_write_all(ends[1], bent, length);
        close(ends[1]);
        enum err e = stream_read(ends[0], clock_steady_ms() + 60000, &room, &sheet_limits_usual, &other, &fault);
        struct buf told = {.limit = BUF_LIMIT_BODY};
        if (e == OK) sheet_kit_tell(&other, &told); /* all that it says can be looked at */
        CHECK(c, e != OK || buf_ok(&told));
        buf_release(&told);
        close(ends[0]);
        arena_release(&room);
    }
    arena_release(&arena);
}

static void check_files(struct check *c)
{
    struct arena arena = {0};
    struct sheet_book book;
    struct fault fault = {0};
    CHECK(c, sheet_read_file("/nowhere/list.xlsx", &arena, NULL, &book, &fault) == ERR_NOT_FOUND && sheet_read_apart("/nowhere/list.xlsx", &arena, NULL, &book,
        &fault) == ERR_NOT_FOUND);
    CHECK(c, sheet_read_file("tests", &arena, NULL, &book, &fault) == ERR_INPUT && sheet_read_apart("/dev/null", &arena, NULL, &book, &fault) == ERR_INPUT);
    arena_release(&arena);
}

int main(void)
{
    struct check c = {0};
    check_addresses(&c);
    check_formats(&c);
    check_bounds(&c);
    check_hostile_xml(&c);
    check_packed(&c);
    check_csv(&c);
    check_stream(&c);
    check_files(&c);
    return check_done(&c, "sheet");
}
