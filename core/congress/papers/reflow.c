#include "core/congress/papers/reflow.h"
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/base/text_words.h"

#include <ctype.h>
#include <string.h>

#define LINES_MOST 20000
#define RUNNING_LINES 2 /* at the top and at the bottom of a page */
#define RUNNING_BYTES 160

struct line {
    const char *text; /* not terminated */
    size_t length, letters; /* bytes; code points */
    bool after_blank, running, row;
};

struct page {
    struct line *lines;
    size_t count, widest; /* code points */
};

static struct line trim(const char *p, size_t n)
{
    while (n && (*p == ' ' || *p == '\t' || *p == '\r')) p++, n--;
    while (n && (p[n - 1] == ' ' || p[n - 1] == '\t' || p[n - 1] == '\r')) n--;
    struct line line = {.text = p, .length = n};
    for (size_t i = 0; i < n; i++) line.letters += ((unsigned char)p[i] & 0xC0) != 0x80;
    return line;
}

static bool split(struct arena *arena, const char *text, struct page *ret)
{
    size_t capacity = 0;
    bool blank = true;
    *ret = (struct page){.count = 0};
    while (*text && ret->count < LINES_MOST) {
        size_t n = strcspn(text, "\n\f");
        struct line line = trim(text, n);
        bool row = line.length && n > 1 && *text == '\t' && memchr(text + 1, '\t', n - 1);
        if (row) line = (struct line){.text = text + 1, .length = n - 1, .letters = line.letters, .row = true};
        text += n + (text[n] != '\0');
        if (!line.length) {
            blank = true;
            continue;
        }
        line.after_blank = blank;
        blank = false;
        if (arena_grow(arena, &ret->lines, &capacity, ret->count, sizeof *ret->lines) != 0) return false;
        ret->lines[ret->count++] = line;
        if (line.letters > ret->widest && !line.row) ret->widest = line.letters;
    }
    return true;
}

/* --- what only the sheet needs --------------------------------------------------------------------------------------------------------- */

/* "12", "- 12 -", "3/10", "Trang 3 / 10": digits, at most one word and no sentence. */
static bool is_page_number(const struct line *line)
{
    size_t digits = 0, letters = 0, words = 0;
    bool in_word = false;
    if (line->letters > 20) return false;
    for (size_t i = 0; i < line->length; i++) {
        unsigned char c = (unsigned char)line->text[i];
        bool letter = isalpha(c) || c >= 0x80;
        if (letter && digits) return false; /* "2024 jobs" */
        if (isdigit(c)) digits++;
        else if (letter) letters++;
        else if (!strchr(" -/|.[]()", c)) return false;
        if (letter && !in_word) words++;
        in_word = letter;
    }
    return digits > 0 && digits <= 8 && words <= 1 && letters <= 8 && (words == 0 || digits <= 4) && !(words == 0 && memchr(line->text, '.', line->length));
}

/* Equal but for their digits, so that "Báo cáo · 3" is "Báo cáo · 4". */
static bool is_same_running(const struct line *a, const struct line *b)
{
    size_t i = 0, k = 0;
    if (a->length > RUNNING_BYTES || b->length > RUNNING_BYTES) return false;
    while (i < a->length && k < b->length) {
        if (isdigit((unsigned char)a->text[i]) && isdigit((unsigned char)b->text[k])) {
            while (i < a->length && isdigit((unsigned char)a->text[i])) i++;
            while (k < b->length && isdigit((unsigned char)b->text[k])) k++;
        } else if (a->text[i++] != b->text[k++]) {
            return false;
        }
    }
    return i == a->length && k == b->length;
}

static bool stands_beside(const struct line *line, const struct page *beside, bool top)
{
    for (size_t i = 0; i < RUNNING_LINES && i < beside->count; i++)
        if (is_same_running(line, &beside->lines[top ? i : beside->count - 1 - i])) return true;
    return false;
}

static void mark_running(struct page *page, const struct page *beside)
{
    for (int top = 0; top < 2; top++)
        for (size_t i = 0; i < RUNNING_LINES && i < page->count; i++) {
            struct line *line = &page->lines[top ? i : page->count - 1 - i];
            bool running = (i == 0 && is_page_number(line)) || stands_beside(line, beside, top);
            if (!running || line->row) break; /* what stands further in is text */
            line->running = true;
        }
}

/* --- lines to paragraphs ------------------------------------------------------------------------------------------------------------------ */

static bool starts_with(const struct line *line, const char *word)
{
    size_t n = strlen(word);
    return line->length >= n && memcmp(line->text, word, n) == 0;
}

/* "- …", "• …", "1. …", "a) …", "IV. …", "Điều 5. …": the beginning of a thing of its own. */
static bool begins_item(const struct line *line)
{
    static const char *const signs[] = {"- ", "– ", "— ", "+ ", "* ", "•", "▪", "◦", "●", "○", "■", "□", "➢", "→", "✓",
                                        "Điều ", "Chương ", "Mục ", "Phần ", "Bài ", "Bước "};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (starts_with(line, signs[i])) return true;
    size_t n = 0;
    while (n < line->length && n < 6 && isalnum((unsigned char)line->text[n])) n++;
    bool digits = n > 0, roman = n > 0, letter = n == 1 && isalpha((unsigned char)line->text[0]);
    for (size_t i = 0; i < n; i++) {
        digits = digits && isdigit((unsigned char)line->text[i]) && i < 3;
        roman = roman && strchr("IVXL", line->text[i]) != NULL;
    }
    if (n + 1 >= line->length || !(digits || roman || letter)) return false;
    if (digits && line->text[n] == '.' && isdigit((unsigned char)line->text[n + 1])) return line->letters > 4 && memchr(line->text, ' ', line->length);
    return (line->text[n] == '.' || line->text[n] == ')') && line->text[n + 1] == ' ';
}

static int32_t first_letter(const struct line *line)
{
    char piece[5] = {0};
    const char *p = piece;
    memcpy(piece, line->text, line->length < 4 ? line->length : 4);
    return text_next(&p);
}

static int32_t last_letter(const char *text, size_t length)
{
    size_t from = length;
    while (from > 0 && ((unsigned char)text[--from] & 0xC0) == 0x80) continue;
    const char *p = text + from;
    return length ? text_next(&p) : -1;
}

static bool ends_sentence(int32_t c)
{
    return c == '.' || c == '!' || c == '?' || c == ':' || c == ';' || c == 0x2026 || c == 0x3002 || c == 0xff01 || c == 0xff1f || c == 0x061f || c == 0x06d4;
}

/* Whether `next` goes on with the paragraph whose last line is `last`. */
static bool goes_on(const struct page *page, const struct line *last, const struct line *next)
{
    if (last->row || next->row || begins_item(next)) return false;
    int32_t first = first_letter(next), end = last_letter(last->text, last->length);
    if (next->after_blank) return text_is_small_letter(first) && !ends_sentence(end) && last->letters * 2 > page->widest;
    if (text_is_small_letter(first)) return true;
    if (ends_sentence(end) && last->letters * 5 < page->widest * 4) return false;
    return last->letters * 2 > page->widest || text_is_dense_letter(first);
}

/* Adds a line to the paragraph in `out`. */
static void add_line(struct buf *out, const struct line *line)
{
    size_t have = out->length;
    if (line->row) {
        buf_add(out, line->text, line->length);
        return;
    }
    int32_t first = first_letter(line), end = have ? last_letter(buf_text(out), have) : -1;
    bool hyphen = have > 1 && (end == '-' || end == 0x2010);
    if (hyphen && text_is_small_letter(first)) {
        size_t cut = end == '-' ? 1 : 3;
        int32_t before = last_letter(buf_text(out), have - cut);
        if (text_is_small_letter(before)) {
            out->length -= cut;
            out->data[out->length] = '\0';
        }
    } else if (have && !(hyphen && text_is_letter_or_digit(first)) && !(text_is_dense_letter(end) && text_is_dense_letter(first))) {
        buf_putc(out, ' ');
    }
    bool space = false;
    for (size_t i = 0; i < line->length; i++) {
        char c = line->text[i];
        if ((c == ' ' || c == '\t') && space) continue;
        space = c == ' ' || c == '\t';
        buf_putc(out, space ? ' ' : c);
    }
}

static bool keep_block(struct arena *arena, struct buf *text, const struct line *last, struct reflow_block **blocks, size_t *capacity, size_t *count)
{
    if (!buf_ok(text)) return false;
    if (!text->length) return true;
    if (arena_grow(arena, blocks, capacity, *count, sizeof **blocks) != 0) return false;
    struct reflow_block block = {.text = arena_strdup(arena, buf_text(text)), .running = last->running, .row = last->row};
    (*blocks)[(*count)++] = block;
    buf_clear(text);
    return block.text != NULL;
}

bool reflow_page(struct arena *arena, const char *text, const char *neighbour, struct reflow_block **ret, size_t *ret_count)
{
    struct page page, beside = {.count = 0};
    struct reflow_block *blocks = NULL;
    size_t capacity = 0, count = 0;
    if (!split(arena, text, &page) || (neighbour && !split(arena, neighbour, &beside))) return false;
    mark_running(&page, &beside);
    struct buf out;
    buf_init(&out, BUF_LIMIT_BODY);
    bool good = true;
    for (size_t i = 0; good && i < page.count; i++) {
        const struct line *line = &page.lines[i], *last = i ? line - 1 : NULL;
        if (last && (last->running || line->running || !goes_on(&page, last, line))) good = keep_block(arena, &out, last, &blocks, &capacity, &count);
        add_line(&out, line);
    }
    if (good && page.count) good = keep_block(arena, &out, &page.lines[page.count - 1], &blocks, &capacity, &count);
    buf_release(&out);
    *ret = blocks;
    *ret_count = count;
    return good;
}

char *reflow_text(struct arena *arena, const char *text)
{
    struct reflow_block *blocks;
    size_t count;
    struct buf out;
    if (!reflow_page(arena, text, NULL, &blocks, &count)) return NULL;
    buf_init(&out, BUF_LIMIT_BODY);
    for (size_t i = 0; i < count; i++) {
        if (i) buf_putc(&out, '\n');
        buf_puts(&out, blocks[i].text);
    }
    char *copy = buf_ok(&out) ? arena_strdup(arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return copy;
}
