/* The proposal: every column gets what it is most likely to be, every use goes to one column at most, and what is doubtful stays open. */
#include "core/base/text.h"
#include "core/congress/list/list_guess.h"

#include <string.h>

#define ENOUGH 55          /* below it a column stays open */
#define BY_CONTENTS 58     /* what contents alone can reach */
#define PLAIN 98           /* a heading that means just this */

/* --- assignment --- */

/* Kuhn and Munkres by shortest paths, O(n² m): rows are columns of the table, columns are uses and, behind them, "none" for each row. Costs are negative cubes of the
 * scores, so that one sure guess weighs more than two doubtful ones. */
struct matching {
    size_t n, m;
    const uint8_t *scores; /* n x uses */
    size_t uses;
    int64_t *u, *v, *least;
    size_t *owner, *way;
    bool *used;
};

static int64_t cost_of(const struct matching *a, size_t row, size_t column)
{
    if (column > a->uses) return 0;
    int64_t score = a->scores[(row - 1) * a->uses + column - 1];
    return score < ENOUGH ? 1 : -score * score * score;
}

static void match_row(struct matching *a, size_t row)
{
    size_t at = 0;
    a->owner[0] = row;
    for (size_t j = 0; j <= a->m; j++) a->least[j] = INT64_MAX / 4, a->used[j] = false;
    do {
        a->used[at] = true;
        size_t from = a->owner[at], next = 0;
        int64_t delta = INT64_MAX / 4;
        for (size_t j = 1; j <= a->m; j++) {
            if (a->used[j]) continue;
            int64_t here = cost_of(a, from, j) - a->u[from] - a->v[j];
            if (here < a->least[j]) a->least[j] = here, a->way[j] = at;
            if (a->least[j] < delta) delta = a->least[j], next = j;
        }
        for (size_t j = 0; j <= a->m; j++) {
            if (a->used[j]) a->u[a->owner[j]] += delta, a->v[j] -= delta;
            else a->least[j] -= delta;
        }
        at = next;
    } while (a->owner[at]);
    while (at) {
        size_t before = a->way[at];
        a->owner[at] = a->owner[before];
        at = before;
    }
}

/* given[i]: the use of row i, SIZE_MAX: none. */
static enum err assign(struct arena *scratch, const uint8_t *scores, size_t rows, size_t uses, size_t *given)
{
    struct matching a = {.n = rows, .m = uses + rows, .scores = scores, .uses = uses};
    a.u = arena_array(scratch, rows + 1, sizeof *a.u);
    a.v = arena_array(scratch, a.m + 1, sizeof *a.v);
    a.least = arena_array(scratch, a.m + 1, sizeof *a.least);
    a.owner = arena_array(scratch, a.m + 1, sizeof *a.owner);
    a.way = arena_array(scratch, a.m + 1, sizeof *a.way);
    a.used = arena_array(scratch, a.m + 1, sizeof *a.used);
    if (!a.u || !a.v || !a.least || !a.owner || !a.way || !a.used) return ERR_NOMEM;
    for (size_t i = 1; i <= rows; i++) match_row(&a, i);
    for (size_t i = 0; i < rows; i++) given[i] = SIZE_MAX;
    for (size_t j = 1; j <= uses; j++)
        if (a.owner[j] && scores[(a.owner[j] - 1) * uses + j - 1] >= ENOUGH) given[a.owner[j] - 1] = j - 1;
    return OK;
}

/* --- scores --- */

/* What contents alone may say; 0: nothing. */
static unsigned score_contents(const struct list_look *look, const struct list_use *use, int contents)
{
    if (look->filled < 2 || use->part != LIST_PART_ALL || contents < (use->field->kind == LIST_DAY ? 30 : 40)) return 0;
    switch (use->field->kind) {
    case LIST_EMAIL:
    case LIST_PHONE:
    case LIST_CATEGORY:
    case LIST_UNIT: return strcmp(use->field->code, "parent") == 0 || strcmp(use->field->code, "delegation") == 0 ? 0
        : BY_CONTENTS + (use->field->kind == LIST_EMAIL ? 4 : 0);
    case LIST_SEX: return look->distinct <= 6 ? BY_CONTENTS : 0;
    case LIST_NAME: return strcmp(use->field->code, "name") == 0 ? BY_CONTENTS + 2 : 0;
    case LIST_PATH: return BY_CONTENTS;
    case LIST_CHOICE: return look->distinct > 1 ? BY_CONTENTS : 0;
    case LIST_NOTHING: return BY_CONTENTS;
    case LIST_DAY: return strcmp(use->field->code, "born") == 0 ? ENOUGH - 7 : 0; /* which of a person's days it is, nobody can see: a rival, no more */
    default: return 0;
    }
}

static unsigned score_both(unsigned heading, int contents, uint32_t filled)
{
    int few = filled >= 5 ? 5 : (int)filled;
    int c = contents * few / 5;
    int all = (int)heading * 82 / 100 + 13 + (c > 0 ? c * 2 / 5 : c * 9 / 10);
    return all < 0 ? 0 : all > 100 ? 100 : (unsigned)all;
}

enum err list_guess_scores(const struct list_known *known, struct arena *scratch, const struct list_heading *all, size_t count, struct list_scores *ret)
{
    *ret = (struct list_scores){.uses = known->use_count, .count = count};
    ret->scores = arena_array(scratch, count * known->use_count + 1, 1);
    ret->headings = arena_array(scratch, count * known->use_count + 1, 1);
    ret->strangers = arena_array(scratch, count + 1, sizeof *ret->strangers);
    ret->given = arena_array(scratch, count + 1, sizeof *ret->given);
    if (!ret->scores || !ret->headings || !ret->strangers || !ret->given) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        uint8_t *headings = ret->headings + i * known->use_count;
        if (list_heading_score(known, scratch, all, count, i, headings, &ret->strangers[i]) != OK) return ERR_NOMEM;
        bool named = false;
        for (size_t k = 0; k < known->use_count; k++) named = named || headings[k] >= 60;
        for (size_t k = 0; k < known->use_count; k++) {
            const struct list_use *use = &known->uses[k];
            int contents = list_look_score(known, &all[i].look, use);
            unsigned score = headings[k] >= 40 ? score_both(headings[k], contents, all[i].look.filled) : 0;
            unsigned alone = ret->strangers[i] || named ? 0 : score_contents(&all[i].look, use, contents);
            ret->scores[i * known->use_count + k] = (uint8_t)(score > alone ? score : alone);
        }
    }
    return assign(scratch, ret->scores, count, known->use_count, ret->given);
}

/* --- what the columns say together --- */

static size_t find_given(const struct list_scores *s, size_t use)
{
    for (size_t i = 0; use != SIZE_MAX && i < s->count; i++)
        if (s->given[i] == use) return i;
    return SIZE_MAX;
}

/* The column that has this use; where contents speak against all (rows of totals are not told from others yet), the one whose heading says it plainly. */
static size_t find_plainly(const struct list_known *known, const struct list_scores *s, const char *field)
{
    size_t use = list_known_use(known, field, LIST_PART_ALL, NULL), given = find_given(s, use);
    for (size_t i = 0; use != SIZE_MAX && given == SIZE_MAX && i < s->count; i++)
        if (s->headings[i * s->uses + use] >= PLAIN) given = i;
    return given;
}

/* "Họ và tên" over two columns without headings of their own; "Nome" beside "Apelido"; "Tên" alone. */
static void settle_names(const struct list_known *known, const struct list_heading *all, struct list_scores *s)
{
    size_t name_use = list_known_use(known, "name", LIST_PART_ALL, NULL), family_use = list_known_use(known, "family_name", LIST_PART_ALL, NULL);
    size_t given_use = list_known_use(known, "given_name", LIST_PART_ALL, NULL);
    size_t name = find_given(s, name_use), family = find_given(s, family_use), given = find_given(s, given_use);
    if (name == SIZE_MAX && given == SIZE_MAX && family == SIZE_MAX) { /* no table is without names: what its heading says, doubtful as it is */
        name = find_plainly(known, s, "name");
        if (name != SIZE_MAX && s->given[name] == SIZE_MAX) s->given[name] = name_use;
        else name = SIZE_MAX;
    }
    if (family_use == SIZE_MAX || given_use == SIZE_MAX) return;
    if (name == SIZE_MAX && given != SIZE_MAX && family == SIZE_MAX) {
        s->given[given] = name_use;
        return;
    }
    if (name != SIZE_MAX && family != SIZE_MAX && given == SIZE_MAX &&
        all[name].look.names * 2 < all[name].look.filled + all[family].look.filled) s->given[name] = given_use;
    name = find_given(s, name_use);
    if (name == SIZE_MAX || family != SIZE_MAX || name + 1 >= s->count || (given != SIZE_MAX && given != name + 1)) return;
    const struct list_heading *a = &all[name], *b = &all[name + 1];
    bool one_heading = a->part_count && b->part_count && strcmp(a->plain[0], b->plain[0]) == 0 && a->part_count == b->part_count;
    bool bare = !b->part_count && b->column == a->column + 1; /* a heading over two columns that nobody merged */
    if (given != SIZE_MAX && one_heading) s->given[given] = SIZE_MAX;
    if (s->given[name + 1] != SIZE_MAX || !b->look.filled || (!one_heading && !bare)) return;
    if (b->look.texts * 10 < b->look.filled * 9 || b->look.one_word * 10 < b->look.filled * 6 || b->look.length > b->look.filled * 16) return;
    bool family_first = text_is_of_language(known->language, "vi") || a->look.one_word * 2 < a->look.filled;
    s->given[name] = family_first ? family_use : given_use;
    s->given[name + 1] = family_first ? given_use : family_use;
    s->scores[name * s->uses + s->given[name]] = s->scores[(name + 1) * s->uses + s->given[name + 1]] = 80;
}

/* "Nam | Nữ" without a heading above are both marks, or both years: few cells may say one of the one, the other of the other. */
static void settle_sexes(const struct list_known *known, struct list_scores *s)
{
    static const enum list_part parts[2] = {LIST_PART_MALE, LIST_PART_FEMALE};
    static const char *const values[2] = {"m", "f"};
    for (int i = 0; i < 2; i++) {
        size_t born = list_known_use(known, "born", parts[i], NULL), mark = list_known_use(known, "gender", LIST_PART_MARK, values[!i]);
        size_t other_mark = list_known_use(known, "gender", LIST_PART_MARK, values[i]), other_born = list_known_use(known, "born", parts[!i], NULL);
        size_t a = find_given(s, born), b = find_given(s, mark);
        if (a == SIZE_MAX || b == SIZE_MAX || find_given(s, other_mark) != SIZE_MAX || find_given(s, other_born) != SIZE_MAX) continue;
        unsigned years = (unsigned)s->scores[a * s->uses + born] + s->scores[b * s->uses + other_born];
        unsigned marks = (unsigned)s->scores[a * s->uses + other_mark] + s->scores[b * s->uses + mark];
        if (years >= marks) s->given[b] = other_born;
        else s->given[a] = other_mark;
    }
}

/* A day in three columns is taken whole or not at all; years under Nam and Nữ leave no room for a mark there. */
static void settle_parts(const struct list_known *known, struct list_scores *s)
{
    for (size_t i = 0; i < known->field_count; i++) {
        const char *code = known->fields[i].code;
        size_t year = find_given(s, list_known_use(known, code, LIST_PART_YEAR, NULL));
        size_t day = find_given(s, list_known_use(known, code, LIST_PART_DAY, NULL)), month = find_given(s, list_known_use(known, code, LIST_PART_MONTH, NULL));
        if (year != SIZE_MAX) continue;
        if (day != SIZE_MAX) s->given[day] = SIZE_MAX;
        if (month != SIZE_MAX) s->given[month] = SIZE_MAX;
    }
}

/* --- telling --- */

static enum err take_samples(struct arena *arena, const struct sheet_row *const *rows, size_t row_count, struct list_column *column)
{
    for (size_t i = 0; i < row_count && column->sample_count < LIST_SAMPLES_MOST; i++) {
        const struct sheet_cell *cell = sheet_row_cell(rows[i], column->column);
        if (!cell || list_text_is_blank(cell->text)) continue;
        const char *text = list_cell_text(arena, cell);
        if (!text) return ERR_NOMEM;
        bool seen = false;
        for (size_t k = 0; k < column->sample_count; k++) seen = seen || strcmp(column->samples[k], text) == 0;
        if (seen) continue;
        size_t cut = strlen(text);
        if (cut > 80)
            for (cut = 80; cut && ((unsigned char)text[cut] & 0xC0) == 0x80;) cut--;
        column->samples[column->sample_count] = text[cut] ? arena_printf(arena, "%.*s…", (int)cut, text) : text;
        if (!column->samples[column->sample_count++]) return ERR_NOMEM;
    }
    return OK;
}

/* The best use that it did not get. */
static size_t best_rival(const struct list_scores *s, size_t at, unsigned *ret_score)
{
    size_t best = SIZE_MAX;
    *ret_score = 0;
    for (size_t k = 0; k < s->uses; k++) {
        unsigned score = s->scores[at * s->uses + k];
        if (k == s->given[at] || score <= *ret_score) continue;
        *ret_score = score;
        best = k;
    }
    return best;
}

static void tell(const struct list_known *known, const struct list_scores *s, size_t at, const struct list_heading *heading, struct list_column *ret)
{
    unsigned rival_score;
    size_t rival = best_rival(s, at, &rival_score), use = s->given[at];
    ret->filled = heading->look.filled;
    if (use != SIZE_MAX) {
        ret->use = known->uses[use];
        ret->confidence = s->scores[at * s->uses + use];
        int contents = list_look_score(known, &heading->look, &ret->use);
        ret->why = s->headings[at * s->uses + use] < 40 ? "contents" : contents > 0 ? "both" : "heading";
        if (rival != SIZE_MAX && rival_score >= 45 && rival_score + 15 >= ret->confidence) ret->rival = known->uses[rival];
        return;
    }
    if (rival != SIZE_MAX && rival_score >= 40) ret->rival = known->uses[rival];
    ret->confidence = rival_score;
    ret->why = s->strangers[at] ? "not_kept" : !heading->look.filled ? "empty" : rival_score >= ENOUGH ? "rival" : rival_score >= 40 ? "unclear" : "unknown";
}

/* Where a first guess sees numbers of the list and names: enough to tell somebody's row from totals and signatures. */
static enum err judge_by(const struct list_known *known, struct arena *arena, const struct sheet *sheet, const struct list_place *place, const struct list_heading *all,
                         const struct list_scores *s, struct list_rows *ret)
{
    static const char *const names[] = {"name", "given_name", "family_name", "code"};
    size_t serial = find_plainly(known, s, "serial"), name = SIZE_MAX;
    for (size_t i = 0; name == SIZE_MAX && i < 4; i++) name = find_plainly(known, s, names[i]);
    *ret = (struct list_rows){.serial = serial == SIZE_MAX ? LIST_NOT_THERE : all[serial].column, .name = name == SIZE_MAX ? LIST_NOT_THERE : all[name].column,
                              .known = known,
                              .width = (uint32_t)s->count, .headings = {.arena = arena}};
    for (size_t i = 0; i < s->count; i++)
        for (size_t k = 0; k < all[i].part_count; k++)
            if (*all[i].plain[k] && map_put(&ret->headings, all[i].plain[k], (void *)(uintptr_t)all[i].plain[k]) != 0) return ERR_NOMEM;
    return list_rows_begin(ret, arena, sheet, place);
}

#define SAMPLED_ROWS 400

static enum err sample_rows(struct list_rows *judge, struct arena *arena, struct arena *scratch, const struct sheet *sheet, const struct list_place *place,
                            const struct sheet_row ***ret, size_t *ret_count)
{
    const struct sheet_row **rows = arena_array(arena, SAMPLED_ROWS, sizeof *rows);
    size_t count = 0, looked = 0;
    if (!rows) return ERR_NOMEM;
    for (size_t i = 0; i < sheet->count && count < SAMPLED_ROWS && looked < SAMPLED_ROWS * 4; i++) {
        enum list_row_kind kind;
        enum list_passed_why why;
        if (sheet->rows[i].number < place->data_first) continue;
        looked++;
        if (list_row_judge(judge, scratch, &sheet->rows[i], &kind, &why) != OK) return ERR_NOMEM;
        if (kind == LIST_ROW_DATA) rows[count++] = &sheet->rows[i];
    }
    judge->ended = false;
    *ret = rows;
    *ret_count = count;
    return OK;
}

enum err list_guess_headings(const struct list_known *known, struct arena *arena, struct arena *scratch, const struct sheet *sheet, const struct list_place *place,
                             struct list_column **ret, size_t *ret_count)
{
    struct list_heading *all = NULL;
    size_t count = 0;
    if (list_place_headings(known, arena, scratch, sheet, place, false, &all, &count) != OK) return ERR_NOMEM;
    struct list_column *columns = arena_array(arena, count + 1, sizeof *columns);
    if (!columns) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) columns[i] = (struct list_column){.column = all[i].column, .heading = all[i].text};
    *ret = columns;
    *ret_count = count;
    return OK;
}

enum err list_guess_columns(const struct list_known *known, struct arena *arena, struct arena *scratch, const struct sheet *sheet, const struct list_place *place,
                            struct list_column **ret, size_t *ret_count)
{
    struct list_heading *all = NULL;
    struct list_scores s = {.count = 0};
    struct list_rows judge = {.serial = LIST_NOT_THERE};
    const struct sheet_row **rows = NULL;
    struct arena own = {0};
    struct list_column *columns = NULL;
    size_t count = 0, row_count = 0;
    enum err e = list_place_headings(known, arena, scratch, sheet, place, true, &all, &count);
    if (e == OK) e = list_guess_scores(known, scratch, all, count, &s);
    if (e == OK) e = judge_by(known, &own, sheet, place, all, &s, &judge);
    if (e == OK) e = list_place_look(known, arena, scratch, sheet, place, &judge, all, count); /* again, without totals and signatures */
    judge.ended = false;
    if (e == OK) e = list_guess_scores(known, scratch, all, count, &s);
    if (e == OK) e = sample_rows(&judge, &own, scratch, sheet, place, &rows, &row_count);
    if (e == OK && !(columns = arena_array(arena, count + 1, sizeof *columns))) e = ERR_NOMEM;
    if (e == OK) {
        settle_names(known, all, &s);
        settle_parts(known, &s);
        settle_sexes(known, &s);
    }
    for (size_t i = 0; e == OK && i < count; i++) {
        columns[i] = (struct list_column){.column = all[i].column, .heading = all[i].text};
        tell(known, &s, i, &all[i], &columns[i]);
        e = take_samples(arena, rows, row_count, &columns[i]);
    }
    arena_release(&own);
    if (e != OK) return e;
    *ret = columns;
    *ret_count = count;
    return OK;
}
