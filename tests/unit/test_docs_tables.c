/* Tables of a PDF by the places of its words. */
#include "core/base/buf.h"
#include "docs-bundle/tables.h"
#include "tests/unit/check.h"

#include <stdio.h>
#include <string.h>

#define HEIGHT 12.0
#define LETTER 6.0

struct sheet {
    struct buf tsv;
    int flow;
};

/* A line of words from `left` on, 3 points between them, as pdftotext says it; a new flow. */
static void put(struct sheet *s, int page, double left, double top, const char *text)
{
    int number = 0;
    s->flow++;
    buf_printf(&s->tsv, "3\t%d\t0\t%d\t0\t0\t%f\t%f\t9\t9\t-1\t###FLOW###\n", page, s->flow, left, top);
    buf_printf(&s->tsv, "4\t%d\t0\t%d\t0\t0\t%f\t%f\t9\t9\t-1\t###LINE###\n", page, s->flow, left, top);
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, " "), letters = 0;
        for (size_t i = 0; i < n; i++) letters += ((unsigned char)p[i] & 0xC0) != 0x80;
        buf_printf(&s->tsv, "5\t%d\t0\t%d\t0\t%d\t%.2f\t%.2f\t%.2f\t%.2f\t100\t%.*s\n", page, s->flow, number++, left, top, (double)letters * LETTER, HEIGHT, (int)n, p);
        left += (double)letters * LETTER + 3;
        p += n + (p[n] == ' ');
    }
}

static struct sheet begin(void)
{
    struct sheet s = {.flow = 0};
    buf_init(&s.tsv, BUF_LIMIT_BODY);
    buf_puts(&s.tsv, "level\tpage_num\tpar_num\tblock_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n");
    return s;
}

/* What page 1 became; "none". Frees the sheet. */
static const char *found(struct arena *arena, struct sheet *s)
{
    const char *texts[2];
    bool good = buf_ok(&s->tsv) && tables_find(arena, buf_text(&s->tsv), texts, 2);
    buf_release(&s->tsv);
    return !good ? "failed" : texts[0] ? texts[0] : "none";
}

static void check_figures(struct check *c, struct arena *arena)
{
    struct sheet s = begin(); /* down the columns, as pdftotext reads */
    put(&s, 1, 50, 20, "Thu và chi");
    put(&s, 1, 50, 60, "Nguồn");
    put(&s, 1, 50, 80, "Đoàn phí");
    put(&s, 1, 50, 95, "Kinh phí do đơn");
    put(&s, 1, 50, 109, "vị đóng");
    put(&s, 1, 50, 124, "Thu khác");
    put(&s, 1, 205, 60, "Kế hoạch");
    put(&s, 1, 210, 80, "18.420");
    put(&s, 1, 210, 95, "61.300");
    put(&s, 1, 222, 124, "610");
    put(&s, 1, 262, 60, "Tỷ lệ");
    put(&s, 1, 252, 80, "105,6 %"); /* six points behind the figure: half a letter's height */
    put(&s, 1, 258, 95, "98,1 %");
    put(&s, 1, 264, 124, "75 %");
    put(&s, 1, 50, 160, "Hết bảng rồi.");
    put(&s, 2, 50, 20, "Trang hai");
    CHECK_TEXT(c, found(arena, &s),
               "Thu và chi\n\tNguồn\tKế hoạch\tTỷ lệ\n"
               "\tĐoàn phí\t18.420\t105,6 %\n\tKinh phí do đơn\t61.300\t98,1 %\n\tvị đóng\t\t\n\tThu khác\t610\t75 %\n\nHết bảng rồi.");
}

static void check_times(struct check *c, struct arena *arena)
{
    struct sheet s = begin();
    put(&s, 1, 50, 20, "7:30");
    put(&s, 1, 50, 40, "8:00");
    put(&s, 1, 50, 68, "17h00");
    put(&s, 1, 120, 20, "Đón đại biểu");
    put(&s, 1, 120, 40, "Khai mạc, chào cờ và phát biểu của Đoàn Chủ tịch");
    put(&s, 1, 120, 54, "tại hội trường lớn"); /* goes on in its cell */
    put(&s, 1, 120, 68, "Bế mạc");
    const char *text = found(arena, &s);
    CHECK_TEXT(c, text, "\n\t7:30\tĐón đại biểu\n\t8:00\tKhai mạc, chào cờ và phát biểu của Đoàn Chủ tịch\n\t\ttại hội trường lớn\n\t17h00\tBế mạc\n\n");
}

/* What is no table stays as it was read. */
static void check_prose(struct check *c, struct arena *arena)
{
    struct sheet s = begin();
    for (int i = 0; i < 8; i++) { /* two columns */
        put(&s, 1, 50, 20 + i * 14, "Đại hội đánh giá cao sự nỗ lực của năm 2025");
        put(&s, 1, 340, 20 + i * 14, "các cấp công đoàn trong nhiệm kỳ vừa qua");
    }
    CHECK_TEXT(c, found(arena, &s), "none");
    static const char *const numbers[] = {"1.", "2.", "3.", "4."};
    s = begin();
    for (int i = 0; i < 4; i++) {
        put(&s, 1, 50, 20 + i * 28, numbers[i]);
        put(&s, 1, 80, 20 + i * 28, "Một việc phải làm trong năm tới của các cấp công đoàn");
        put(&s, 1, 80, 34 + i * 28, "và dòng thứ hai của nó");
    }
    CHECK_TEXT(c, found(arena, &s), "none");
    s = begin(); /* the head of an official letter */
    put(&s, 1, 50, 20, "LIÊN ĐOÀN LAO ĐỘNG");
    put(&s, 1, 300, 20, "CỘNG HÒA XÃ HỘI");
    put(&s, 1, 50, 34, "Số: 12/BC");
    put(&s, 1, 300, 34, "Độc lập - Tự do");
    put(&s, 1, 50, 48, "Mật");
    put(&s, 1, 300, 48, "Hà Nội, ngày 20");
    CHECK_TEXT(c, found(arena, &s), "none");
    s = begin(); /* from the right: left alone */
    for (int i = 0; i < 4; i++) {
        put(&s, 1, 50, 20 + i * 20, "12.500");
        put(&s, 1, 150, 20 + i * 20, "13.200");
        put(&s, 1, 300, 20 + i * 20, "اشتراكات");
    }
    CHECK_TEXT(c, found(arena, &s), "none");
}

/* Lines that are not what pdftotext writes. */
static void check_odd(struct check *c, struct arena *arena)
{
    static const char *const odd[] = {"",
                                      "\n\n",
                                      "5\t1\n",
                                      "5\t1\t0\t0\t0\t0\tnan\t1\t1\t1\t100\tx\n",
                                      "5\t-1\t0\t0\t0\t0\t1\t1\t1\t1\t100\tx\n",
                                      "5\t99999999\t0\t0\t0\t0\t1\t1\t1\t1\t100\tx\n",
                                      "5\t1\t0\t0\t0\t0\t1e300\t1\t1\t-1\t100\tx\n",
                                      "5\t1\t0\t0\t0\t0\t1\t1\t1\t1\t100\t",
                                      "5\t1\t0\t0\t0\t0\t1\t1\t1\t1\t100\tx"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        struct sheet s = begin();
        buf_puts(&s.tsv, odd[i]);
        CHECK_TEXT(c, found(arena, &s), "none");
    }
    struct sheet s = begin();
    for (int i = 0; i < 300; i++) /* more columns than any table has */
        for (int k = 0; k < 60; k++) put(&s, 1, 10 + k * 30, 10 + i * 14, "1");
    CHECK_TEXT(c, found(arena, &s), "none");
}

int main(void)
{
    struct check c = {0};
    struct arena arena = {0};
    check_figures(&c, &arena);
    check_times(&c, &arena);
    check_prose(&c, &arena);
    check_odd(&c, &arena);
    arena_release(&arena);
    return check_done(&c, "tables of papers");
}
