/* Which columns are in letters of TCVN3 or VNI. A cell's font says it, unless most cells of that font hold letters that only Unicode has: fonts are
 * copied without a thought. Where no font says anything, words do: in a converted column most words must be Vietnamese syllables, and several different
 * ones in the book must be impossible otherwise (core/base/text_vietnamese.h). Even then a cell stays as it is when it holds Unicode letters, or is a
 * name that may be meant as it stands. */
#include "core/sheet/fonts.h"
#include "core/base/text_vietnamese.h"

#include <string.h>

#define MEMO 4096u /* a power of two */

struct column {
    struct vietnamese_look look;  /* of cells without a font */
    size_t within[2], without[2]; /* cells of a font, in that code or not */
    int code;                     /* by words: -1 none, else an enum vietnamese_code */
    bool fonts_lie[2];
    size_t by_font, by_words;
    int converted;                /* -1, or the code */
};

struct memo {
    const char *from, *to;
    int code;
    bool capitals;
};

struct converting {
    struct arena *arena, *scratch;
    enum sheet_fonts wish;
    uint64_t seen[2]; /* strong words of the whole book */
    size_t cells[2];
    struct memo *memo;
};

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80) return false;
    return true;
}

/* Letters of Latin Extended Additional: most Vietnamese names have one, and then nothing else needs to be asked. */
static bool is_surely_unicode(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if (*p == 0xE1 && (p[1] == 0xBA || p[1] == 0xBB)) return true;
    return false;
}

static int code_of_font(const struct sheet_cell *cell)
{
    if (cell->number > FONT_UNKNOWN && cell->number < FONT_VNI) return VIETNAMESE_TCVN3;
    return cell->number > FONT_TCVN3_CAPITALS && cell->number < FONT_MIXED ? VIETNAMESE_VNI : -1;
}

static bool is_mixed(const struct sheet_cell *cell)
{
    return cell->number > FONT_VNI;
}

static void look_at_cell(struct column *column, const struct sheet_cell *cell)
{
    int code = code_of_font(cell);
    if (cell->kind != SHEET_TEXT || is_mixed(cell) || is_ascii(cell->text)) return;
    if (code >= 0) {
        bool within = !is_surely_unicode(cell->text) && vietnamese_is_within((enum vietnamese_code)code, cell->text);
        column->within[code] += within;
        column->without[code] += !within;
    } else if (is_surely_unicode(cell->text)) {
        column->look.unicode++;
    } else {
        vietnamese_look_at(cell->text, &column->look);
    }
}

static struct column *look_at_sheet(struct converting *c, const struct sheet *sheet)
{
    struct column *columns = arena_array(c->scratch, sheet->columns + 1, sizeof *columns);
    for (size_t r = 0; columns && r < sheet->count; r++)
        for (size_t i = 0; i < sheet->rows[r].count; i++) look_at_cell(&columns[sheet->rows[r].cells[i].column], &sheet->rows[r].cells[i]);
    for (uint32_t k = 0; columns && k < sheet->columns; k++) {
        columns[k].code = columns[k].converted = -1;
        for (int code = 0; code < 2; code++) {
            c->seen[code] |= columns[k].look.strong_seen[code];
            columns[k].fonts_lie[code] = columns[k].without[code] > columns[k].within[code];
        }
    }
    return columns;
}

/* Whether the words of a column are of this code. */
static bool is_of(const struct converting *c, const struct vietnamese_look *look, int code)
{
    int in_book = __builtin_popcountll(c->seen[code]), here = __builtin_popcountll(look->strong_seen[code]);
    size_t good = look->good[code], words = look->words;
    bool enough = in_book >= 3 || (in_book == 2 && good == words);
    if (!enough || good * 10 < words * 6) return false;
    if (here) return true;
    return good && look->unicode == 0 && look->other == 0 && good * 10 >= words * 8;
}

static int decide(const struct converting *c, const struct vietnamese_look *look)
{
    bool tcvn3 = is_of(c, look, VIETNAMESE_TCVN3), vni = is_of(c, look, VIETNAMESE_VNI);
    if (tcvn3 && vni) {
        size_t t = look->strong[VIETNAMESE_TCVN3], v = look->strong[VIETNAMESE_VNI];
        if (t != v) return t > v ? VIETNAMESE_TCVN3 : VIETNAMESE_VNI;
        return __builtin_popcountll(c->seen[VIETNAMESE_VNI]) > __builtin_popcountll(c->seen[VIETNAMESE_TCVN3]) ? VIETNAMESE_VNI : VIETNAMESE_TCVN3;
    }
    return tcvn3 ? VIETNAMESE_TCVN3 : vni ? VIETNAMESE_VNI : -1;
}

/* A cell without a font, in a column of that code. */
static bool is_meant(const struct column *column, const char *text)
{
    struct vietnamese_look look = {0};
    int code = column->code;
    if (is_surely_unicode(text) || !vietnamese_is_within((enum vietnamese_code)code, text)) return false;
    vietnamese_look_at(text, &look);
    if (look.unicode || look.other || look.words == 0) return false;
    if (look.strong[code] || (code == VIETNAMESE_TCVN3 && look.signs)) return true;
    if (look.good[code] != look.words) return false;
    bool mixed = column->look.unicode * 4 > column->look.good[code];
    return !mixed || look.plain < look.words;
}

/* TCVN3 has no capitals with tone marks: where all other letters are capitals, also behind the first of a word, these were meant to be. "T« Tó" is Tô Tú. */
static bool is_in_capitals(const char *text)
{
    bool within = false, any = false;
    for (; *text; text++) {
        if (*text >= 'a' && *text <= 'z') return false;
        bool capital = *text >= 'A' && *text <= 'Z';
        any = any || (capital && within);
        within = capital || (unsigned char)*text >= 0x80;
    }
    return any;
}

static const char *convert(struct converting *c, int code, bool capitals, const char *text)
{
    struct memo *m = &c->memo[((uintptr_t)text >> 4 ^ (uintptr_t)text >> 16) & (MEMO - 1)];
    if (m->from == text && m->code == code && m->capitals == capitals) return m->to;
    const char *made = vietnamese_convert(c->scratch, (enum vietnamese_code)code, capitals, text);
    const char *kept = made && strcmp(made, text) == 0 ? text : arena_strdup(c->arena, made);
    if (kept) *m = (struct memo){.from = text, .to = kept, .code = code, .capitals = capitals};
    return kept;
}

static enum err convert_cell(struct converting *c, struct column *column, struct sheet_cell *cell)
{
    int code = code_of_font(cell);
    bool by_font = code >= 0 && !column->fonts_lie[code], capitals = cell->number > FONT_TCVN3 && cell->number < FONT_VNI;
    if (cell->kind != SHEET_TEXT) return OK;
    bool skip = is_mixed(cell);
    cell->number = 0;
    if (skip || (is_ascii(cell->text) && !(by_font && capitals)) || c->wish == SHEET_FONTS_NONE) return OK;
    if (c->wish != SHEET_FONTS_FOUND) {
        code = c->wish == SHEET_FONTS_VNI ? VIETNAMESE_VNI : VIETNAMESE_TCVN3;
        if (!vietnamese_is_within((enum vietnamese_code)code, cell->text)) return OK;
    } else if (by_font) {
        if (!vietnamese_is_within((enum vietnamese_code)code, cell->text)) return OK;
    } else {
        code = column->code;
        capitals = false;
        if (code < 0 || !is_meant(column, cell->text)) return OK;
    }
    if (code == VIETNAMESE_TCVN3 && is_in_capitals(cell->text)) capitals = true;
    const char *made = convert(c, code, capitals, cell->text);
    if (!made) return ERR_NOMEM;
    if (made == cell->text) return OK;
    cell->raw = cell->text;
    cell->text = made;
    if (by_font) column->by_font++;
    else column->by_words++;
    column->converted = code;
    c->cells[code]++;
    return OK;
}

static enum err list_converted(struct converting *c, struct sheet *sheet, const struct column *columns)
{
    static const char *const names[2] = {"tcvn3", "vni"};
    size_t count = 0;
    for (uint32_t k = 0; k < sheet->columns; k++) count += columns[k].converted >= 0;
    struct sheet_converted *list = arena_array(c->arena, count, sizeof *list);
    if (!list) return ERR_NOMEM;
    sheet->converted = list;
    for (uint32_t k = 0; k < sheet->columns; k++) {
        if (columns[k].converted < 0) continue;
        *list++ = (struct sheet_converted){.column = k, .encoding = names[columns[k].converted], .by_font = columns[k].by_font >= columns[k].by_words,
            .cells = columns[k].by_font + columns[k].by_words};
    }
    sheet->converted_count = count;
    return OK;
}

static enum err convert_sheet(struct converting *c, struct sheet *sheet, struct column *columns)
{
    for (uint32_t k = 0; k < sheet->columns; k++) columns[k].code = decide(c, &columns[k].look);
    for (size_t r = 0; r < sheet->count; r++) {
        struct sheet_cell *cells = build_cells(&sheet->rows[r]);
        for (size_t i = 0; i < sheet->rows[r].count; i++)
            if (convert_cell(c, &columns[cells[i].column], &cells[i]) != OK) return ERR_NOMEM;
    }
    return list_converted(c, sheet, columns);
}

enum err fonts_convert(struct arena *arena, enum sheet_fonts wish, struct sheet *sheets, size_t count, const char **ret_encoding, struct fault *fault)
{
    struct arena scratch = {0};
    struct converting c = {.arena = arena, .scratch = &scratch, .wish = wish, .memo = arena_array(&scratch, MEMO, sizeof *c.memo)};
    struct column **columns = arena_array(&scratch, count, sizeof *columns);
    enum err e = c.memo && columns ? OK : ERR_NOMEM;
    for (size_t i = 0; e == OK && i < count; i++)
        if (!(columns[i] = look_at_sheet(&c, &sheets[i]))) e = ERR_NOMEM;
    for (size_t i = 0; e == OK && i < count; i++) e = convert_sheet(&c, &sheets[i], columns[i]);
    arena_release(&scratch);
    if (e != OK) return fault_set(fault, e, "not enough memory");
    size_t tcvn3 = c.cells[VIETNAMESE_TCVN3], vni = c.cells[VIETNAMESE_VNI];
    *ret_encoding = tcvn3 + vni == 0 ? NULL : tcvn3 >= vni ? "tcvn3" : "vni";
    return OK;
}
