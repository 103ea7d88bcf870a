/* Which columns a list has, what they are called, and how their values are said. */
#include "catalogue.h"
#include "core/base/text.h"
#include "core/congress/export/private.h"
#include "core/congress/title.h"

#include <string.h>

enum { VI, EN, PT, AR, LANGUAGES };

static const struct {
    const char *code, *titles[LANGUAGES];
} fields[] = {
#define FIELD(code, vi, en, pt, ar) {code, {vi, en, pt, ar}},
#include "core/congress/export/fields.def"
#undef FIELD
};

/* Each is a word that core/congress/list/words.c reads back. */
static const struct {
    const char *code, *value, *words[LANGUAGES];
} words[] = {
    {"gender", "m", {"Nam", "Male", "Masculino", "ذكر"}},
    {"gender", "f", {"Nữ", "Female", "Feminino", "أنثى"}},
    {"gender", "x", {"Khác", "Other", "Outro", "آخر"}},
    {"mandate", "ex_officio", {"Đương nhiên", "Ex officio", "Por inerência", "بحكم المنصب"}},
    {"mandate", "elected", {"Được bầu", "Elected", "Eleito", "منتخب"}},
    {"mandate", "appointed", {"Chỉ định", "Appointed", "Designado", "معين"}},
    {"status", "summoned", {"Triệu tập", "Summoned", "Convocado", "مدعو"}},
    {"status", "alternate", {"Dự khuyết", "Alternate", "Suplente", "احتياطي"}},
    {"status", "replaced", {"Đã được thay thế", "Replaced", "Substituído", "مستبدل"}},
    {"status", "withdrawn", {"Rút", "Withdrawn", "Retirado", "منسحب"}},
    {"status", "disqualified", {"Không đủ tư cách", "Disqualified", "Desqualificado", "غير مؤهل"}},
    {"needs", "paper", {"Tài liệu giấy", "Printed papers", "Documentos em papel", "نسخة ورقية"}},
    {"needs", "large_print", {"Chữ to", "Large print", "Letra grande", "خط كبير"}},
    {"needs", "no_phone", {"Không có điện thoại", "No phone", "Sem telefone", "بدون هاتف"}},
    {"needs", "wheelchair", {"Xe lăn", "Wheelchair", "Cadeira de rodas", "كرسي متحرك"}},
    {"direction", "in", {"Vào", "In", "Entrada", "دخول"}},
    {"direction", "out", {"Ra", "Out", "Saída", "خروج"}},
    {"outcome", "admitted", {"Cho qua", "Admitted", "Admitido", "سُمح بالدخول"}},
    {"outcome", "refused", {"Từ chối", "Refused", "Recusado", "رُفض"}},
    {"", "true", {"Có", "Yes", "Sim", "نعم"}},
    {"", "false", {"Không", "No", "Não", "لا"}},
};

int export_language_index(const char *language)
{
    static const char *const names[LANGUAGES] = {"vi", "en", "pt", "ar"};
    for (int i = 0; language && i < LANGUAGES; i++)
        if (text_is_of_language(language, names[i])) return i;
    return EN;
}

const char *export_heading(const char *code, const char *language)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (strcmp(fields[i].code, code) == 0) return fields[i].titles[export_language_index(language)];
    return NULL;
}

const char *columns_word(const struct export_column *column, const char *value, const char *language)
{
    const char *code = column->kind == EXPORT_YES_NO || !column->code ? "" : column->code;
    if (column->kind == EXPORT_CHOICE) {
        for (size_t i = 0; i < column->choice_count; i++)
            if (strcmp(column->choices[i].code, value) == 0) return column->choices[i].title;
        return value;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].code, code) == 0 && strcmp(words[i].value, value) == 0) return words[i].words[export_language_index(language)];
    return value;
}

/* --- the columns of each list: key of the row, code of the heading --- */

struct plain {
    const char *key, *code;
    enum export_kind kind;
};

static const struct plain delegates[] = {
    {"number", "number", EXPORT_TEXT}, {"person", "code", EXPORT_TEXT}, {"name", "name", EXPORT_TEXT}, {"sort_name", "sort_name", EXPORT_TEXT},
    {"honorific", "honorific", EXPORT_TEXT}, {"title", "title", EXPORT_TEXT}, {"unit", "unit", EXPORT_TEXT}, {"category", "category", EXPORT_TEXT},
    {"delegation", "delegation", EXPORT_TEXT}, {"mandate", "mandate", EXPORT_WORD}, {"status", "status", EXPORT_WORD}, {"group", "group", EXPORT_TEXT},
    {"order", "order", EXPORT_NUMBER}, {"seat", "seat", EXPORT_TEXT}, {"badge_box", "badge_box", EXPORT_TEXT}, {"room", "room", EXPORT_TEXT},
    {"transport", "transport", EXPORT_TEXT}, {"attended_at", "attended_at", EXPORT_MOMENT}, {"gender", "gender", EXPORT_WORD}, {"born", "born", EXPORT_DAY},
    {"joined", "joined", EXPORT_DAY}, {"phone", "phone", EXPORT_TEXT}, {"email", "email", EXPORT_TEXT}, {"replaces", "replaces", EXPORT_TEXT},
    {"decision", "decision", EXPORT_TEXT}, {"needs", "needs", EXPORT_CODES}, {"roles", "roles", EXPORT_CODES}, {"diet", "diet", EXPORT_TEXT}, {NULL, NULL, 0}};
static const struct plain checkins[] = {
    {"scan_id", "scan_id", EXPORT_TEXT}, {"person", "code", EXPORT_TEXT}, {"number", "number", EXPORT_TEXT}, {"gate", "gate", EXPORT_TEXT},
    {"direction", "direction", EXPORT_WORD}, {"outcome", "outcome", EXPORT_WORD}, {"reason", "reason", EXPORT_TEXT}, {"scanned_at", "scanned_at", EXPORT_MOMENT},
    {"received_at", "received_at", EXPORT_MOMENT}, {"happened_at", "happened_at", EXPORT_MOMENT}, {"estimated", "estimated", EXPORT_YES_NO},
    {"device", "device", EXPORT_TEXT}, {"account", "account", EXPORT_TEXT}, {"conflict", "conflict", EXPORT_YES_NO}, {"undone_at", "undone_at", EXPORT_MOMENT},
    {"origin", "origin", EXPORT_TEXT}, {"group", "group_checkin", EXPORT_TEXT}, {NULL, NULL, 0}};
static const struct plain members[] = {
    {"code", "code", EXPORT_TEXT}, {"name", "name", EXPORT_TEXT}, {"sort_name", "sort_name", EXPORT_TEXT}, {"honorific", "honorific", EXPORT_TEXT},
    {"unit", "unit", EXPORT_TEXT}, {"title", "title", EXPORT_TEXT}, {"gender", "gender", EXPORT_WORD}, {"born", "born", EXPORT_DAY},
    {"joined", "joined", EXPORT_DAY}, {"phone", "phone", EXPORT_TEXT}, {"email", "email", EXPORT_TEXT}, {NULL, NULL, 0}};

static const struct plain *plain_of(enum export_what what)
{
    return what == EXPORT_DELEGATES ? delegates : what == EXPORT_CHECKINS ? checkins : members;
}

size_t export_codes(enum export_what what, const char **ret, size_t most)
{
    size_t n = 0;
    for (const struct plain *p = plain_of(what); p->key && n < most; p++) ret[n++] = p->code;
    return n;
}

/* --- attributes --- */

static bool is_wished(const struct export_wish *wish, const char *code)
{
    for (size_t i = 0; i < wish->sensitive_count; i++)
        if (strcmp(wish->sensitive[i], code) == 0) return true;
    return false;
}

static enum err read_choices(struct export *x, struct export_column *column, const char *stored)
{
    json_t *all = NULL, *title;
    const char *code;
    if (!stored) return OK;
    enum err e = json_read(stored, strlen(stored), &all, NULL);
    if (e != OK) return e;
    column->choices = arena_array(x->arena, json_object_size(all) + 1, sizeof *column->choices);
    if (!column->choices) e = ERR_NOMEM;
    json_object_foreach(all, code, title) {
        if (e != OK) break;
        struct export_choice *choice = &column->choices[column->choice_count++];
        choice->code = arena_strdup(x->arena, code);
        choice->title = arena_strdup(x->arena, title_pick_json(title, x->language ? x->language : "vi", NULL));
        if (!choice->code || !choice->title) e = ERR_NOMEM;
    }
    json_decref(all);
    return e;
}

static enum err add_attribute(struct export *x, const struct sql_register_types_row *type)
{
    if (x->count == EXPORT_COLUMNS_MOST) return ERR_LIMIT;
    struct export_column *column = &x->columns[x->count++];
    *column = (struct export_column){.type_id = type->id, .key = arena_printf(x->arena, "attribute:%s", type->code)};
    if (!column->key) return ERR_NOMEM;
    column->title = x->language ? title_pick(x->arena, type->title, x->language) : column->key;
    if (!column->title) return ERR_NOMEM;
    column->kind = strcmp(type->kind, "yes_no") == 0 ? EXPORT_YES_NO : strcmp(type->kind, "choice") == 0 ? EXPORT_CHOICE : strcmp(type->kind, "number") == 0
                   ? EXPORT_NUMBER : strcmp(type->kind, "date") == 0 ? EXPORT_DAY : EXPORT_TEXT;
    return column->kind == EXPORT_CHOICE ? read_choices(x, column, type->choices) : OK;
}

static enum err add_attributes(struct db *db, struct export *x, struct fault *fault)
{
    struct sql_register_types_row *types;
    size_t count, found = 0;
    enum err e = sql_register_types(db, x->arena, &types, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        bool wished = is_wished(x->wish, types[i].code);
        if (wished && !types[i].sensitive)
            return fault_because(fault, ERR_INPUT, "export_not_sensitive", types[i].code, "\"%s\" is not marked sensitive: it goes out anyway", types[i].code);
        found += wished;
        if (x->wish->what != EXPORT_CHECKINS && (wished || !types[i].sensitive)) e = add_attribute(x, &types[i]);
    }
    if (e == ERR_LIMIT) return fault_set(fault, e, "a list has at most %d columns", EXPORT_COLUMNS_MOST);
    if (e != OK) return db_fault(db, e, fault, "read the attribute types");
    for (size_t i = 0; found < x->wish->sensitive_count && i < x->wish->sensitive_count; i++) {
        bool known = false;
        for (size_t k = 0; k < count; k++) known |= strcmp(types[k].code, x->wish->sensitive[i]) == 0;
        if (!known) return fault_because(fault, ERR_INPUT, "export_no_attribute", x->wish->sensitive[i], "there is no attribute \"%.60s\"", x->wish->sensitive[i]);
    }
    return OK;
}

enum err columns_make(struct db *db, struct export *x, struct fault *fault)
{
    for (const struct plain *p = plain_of(x->wish->what); p->key; p++) {
        const char *title = x->language ? export_heading(p->code, x->language) : p->key;
        x->columns[x->count++] = (struct export_column){.key = p->key, .code = p->code, .title = title, .kind = p->kind};
    }
    return add_attributes(db, x, fault);
}
