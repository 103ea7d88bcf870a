/* Build tool: makes typed C of a folder of .sql files and a folder of migrations.
 *     sqlgen NAME OUTDIR SQLDIR MIGRATIONDIR      writes OUTDIR/NAME.h and OUTDIR/NAME.c
 * The form of an entry stands in core/db/db.h. Mistakes end the build with file and line. */
#include <ctype.h>
#include <dirent.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_FIELDS 64
#define MOST_ENTRIES 1000
#define POSITIONAL 3 /* up to so many parameters are plain arguments, more are a struct */

struct field {
    char name[64];
    char type; /* 'i' or 't' */
};

struct entry {
    char name[96];
    char kind[8];
    struct field in[MOST_FIELDS], out[MOST_FIELDS];
    int in_count, out_count;
    char *sql;
};

struct place {
    const char *file;
    int line;
};

static void die(const struct place *place, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void die(const struct place *place, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s:%d: ", place->file, place->line);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static const char *skip_space(const char *p)
{
    while (*p == ' ' || *p == '\t') p++;
    return p;
}

static const char *read_name(const char *p, char *out, size_t size, const struct place *place)
{
    size_t n = 0;
    while (isalnum((unsigned char)*p) || *p == '_') {
        if (n + 1 >= size) die(place, "name too long");
        out[n++] = *p++;
    }
    out[n] = '\0';
    if (n == 0) die(place, "a name is expected at \"%s\"", p);
    return p;
}

static const char *read_fields(const char *p, struct field *fields, int *count, const struct place *place)
{
    p = skip_space(p);
    if (*p != '(') die(place, "\"(\" is expected at \"%s\"", p);
    p = skip_space(p + 1);
    while (*p != ')') {
        if (*count == MOST_FIELDS) die(place, "more than %d fields", MOST_FIELDS);
        struct field *f = &fields[(*count)++];
        char type[16];
        p = skip_space(read_name(p, f->name, sizeof f->name, place));
        p = read_name(p, type, sizeof type, place);
        if (strcmp(type, "i64") == 0) f->type = 'i';
        else if (strcmp(type, "text") == 0) f->type = 't';
        else die(place, "unknown type \"%s\"", type);
        if (*p == '?') p++;
        p = skip_space(p);
        if (*p == ',') p = skip_space(p + 1);
        else if (*p != ')') die(place, "\",\" or \")\" is expected at \"%s\"", p);
    }
    return p + 1;
}

static void read_head(const char *p, struct entry *e, const struct place *place)
{
    p = skip_space(read_name(p, e->name, sizeof e->name, place));
    if (*p != ':') die(place, "\":kind\" is expected at \"%s\"", p);
    p = read_name(p + 1, e->kind, sizeof e->kind, place);
    p = skip_space(read_fields(p, e->in, &e->in_count, place));
    if (strncmp(p, "->", 2) == 0) p = skip_space(read_fields(p + 2, e->out, &e->out_count, place));
    if (*p && *p != '\n') die(place, "unexpected \"%s\"", p);
    bool rows = strcmp(e->kind, "maybe") == 0 || strcmp(e->kind, "many") == 0 || strcmp(e->kind, "each") == 0;
    if (!rows && strcmp(e->kind, "exec") != 0) die(place, "unknown kind \"%s\"", e->kind);
    if (rows != (e->out_count > 0)) die(place, "kind and columns do not fit");
}

/* What does not mean the same on both engines (or means nothing on one) is refused here, at build time. */
static void check_sql(const struct entry *e, const struct place *place)
{
    static const char *const banned[] = {"::",           "any(",      "json_extract", "collate",    "string_agg", "group_concat",  "now()",
                                         "date(",        "datetime(", "unixepoch",    "for update", "ilike",      "autoincrement", "insert or ",
                                         "replace into", "\"",        "ifnull",       "?",          NULL};
    char *low = strdup(e->sql);
    for (char *p = low; *p; p++) *p = (char)tolower((unsigned char)*p);
    for (int i = 0; banned[i]; i++)
        if (strstr(low, banned[i])) die(place, "%s: \"%s\" is not the same on all engines", e->name, banned[i]);
    free(low);
    for (int i = 1; i <= e->in_count; i++) {
        char name[16];
        int n = snprintf(name, sizeof name, "$%d", i);
        bool found = false;
        for (const char *p = e->sql; (p = strstr(p, name)); p++)
            if (!isdigit((unsigned char)p[n])) found = true;
        if (!found) die(place, "%s: parameter $%d is not used", e->name, i);
    }
}

static void add_line(char **sql, const char *line)
{
    size_t have = *sql ? strlen(*sql) : 0, more = strlen(line);
    *sql = realloc(*sql, have + more + 1);
    memcpy(*sql + have, line, more + 1);
}

static void close_entry(struct entry *e, const struct place *place)
{
    if (!e->sql) die(place, "%s has no statement", e->name);
    size_t n = strlen(e->sql);
    while (n && (isspace((unsigned char)e->sql[n - 1]) || e->sql[n - 1] == ';')) e->sql[--n] = '\0';
    check_sql(e, place);
}

static int read_file(const char *path, struct entry *entries, int count)
{
    FILE *f = fopen(path, "r");
    struct place place = {path, 0};
    if (!f) die(&place, "cannot be read");
    char line[8192];
    struct entry *open = NULL;
    while (fgets(line, sizeof line, f)) {
        place.line++;
        const char *p = skip_space(line);
        if (strncmp(p, "--", 2) == 0) {
            const char *head = skip_space(p + 2);
            const char *colon = strstr(head, " :");
            if (!colon || strchr(" \t", head[strcspn(head, " \t")]) == NULL || colon != head + strcspn(head, " \t")) continue;
            if (open) close_entry(open, &place);
            if (count == MOST_ENTRIES) die(&place, "too many statements");
            open = &entries[count++];
            memset(open, 0, sizeof *open);
            read_head(head, open, &place);
            continue;
        }
        if (*p == '\n' || *p == '\0') continue;
        if (!open) die(&place, "a statement without a head");
        add_line(&open->sql, line);
    }
    if (open) close_entry(open, &place);
    fclose(f);
    return count;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static int list_folder(const char *folder, char ***ret)
{
    char **names = NULL;
    int n = 0;
    DIR *d = opendir(folder);
    if (!d) {
        perror(folder);
        exit(1);
    }
    for (struct dirent *entry; (entry = readdir(d));) {
        size_t length = strlen(entry->d_name);
        if (length < 5 || strcmp(entry->d_name + length - 4, ".sql") != 0 || entry->d_name[0] == '.') continue;
        names = realloc(names, (size_t)(n + 1) * sizeof *names);
        names[n] = malloc(strlen(folder) + length + 2);
        sprintf(names[n++], "%s/%s", folder, entry->d_name);
    }
    closedir(d);
    if (n) qsort(names, (size_t)n, sizeof *names, by_name);
    *ret = names;
    return n;
}

static void put_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '\n') fputs("\\n\"\n        \"", out);
        else if (*text == '"' || *text == '\\') fprintf(out, "\\%c", *text);
        else fputc(*text, out);
    }
    fputc('"', out);
}

static const char *c_type(char type) { return type == 'i' ? "int64_t " : "const char *"; }

static void put_struct(FILE *out, const char *name, const char *suffix, const struct field *fields, int count)
{
    fprintf(out, "struct sql_%s_%s {\n", name, suffix);
    for (int i = 0; i < count; i++) fprintf(out, "    %s%s;\n", c_type(fields[i].type), fields[i].name);
    fputs("};\n", out);
}

static void put_parameters(FILE *out, const struct entry *e)
{
    if (e->in_count > POSITIONAL) fprintf(out, ", const struct sql_%s_in *in", e->name);
    else
        for (int i = 0; i < e->in_count; i++) fprintf(out, ", %s%s", c_type(e->in[i].type), e->in[i].name);
}

static void put_prototype(FILE *out, const struct entry *e)
{
    bool each = strcmp(e->kind, "each") == 0, exec = strcmp(e->kind, "exec") == 0;
    fprintf(out, "enum err sql_%s(struct db *db", e->name);
    if (!exec && !each) fputs(", struct arena *arena", out);
    put_parameters(out, e);
    if (exec) fputs(", int64_t *ret_changes)", out);
    else if (each) fprintf(out, ", enum err (*row_fn)(void *ctx, const struct sql_%s_row *row), void *ctx)", e->name);
    else if (strcmp(e->kind, "maybe") == 0) fprintf(out, ", struct sql_%s_row *ret)", e->name);
    else fprintf(out, ", struct sql_%s_row **ret_rows, size_t *ret_count)", e->name);
}

static void put_binds(FILE *out, const struct entry *e)
{
    const char *from = e->in_count > POSITIONAL ? "in->" : "";
    for (int i = 0; i < e->in_count; i++)
        fprintf(out, "    db_bind_%s(s, %d, %s%s);\n", e->in[i].type == 'i' ? "i64" : "text", i + 1, from, e->in[i].name);
}

static void put_read_row(FILE *out, const struct entry *e, const char *indent, bool borrowed)
{
    for (int i = 0; i < e->out_count; i++) {
        if (e->out[i].type == 'i') fprintf(out, "%srow.%s = db_column_i64(s, %d);\n", indent, e->out[i].name, i);
        else if (borrowed) fprintf(out, "%srow.%s = db_column_text(s, %d);\n", indent, e->out[i].name, i);
        else {
            fprintf(out, "%stext = db_column_text(s, %d);\n", indent, i);
            fprintf(out, "%srow.%s = arena_strdup(arena, text);\n", indent, e->out[i].name);
            fprintf(out, "%sif (text && !row.%s) return db_statement_end(s, ERR_NOMEM);\n", indent, e->out[i].name);
        }
    }
}

static bool has_text(const struct entry *e)
{
    for (int i = 0; i < e->out_count; i++)
        if (e->out[i].type == 't') return true;
    return false;
}

static void put_function(FILE *out, const struct entry *e, const char *upper)
{
    put_prototype(out, e);
    fprintf(out, "\n{\n    struct db_statement *s;\n    enum err e = db_statement_start(db, SQL_%s, &s);\n    if (e != OK) return e;\n", upper);
    put_binds(out, e);
    if (strcmp(e->kind, "exec") == 0) {
        fputs("    e = db_step(s);\n    if (e == OK) e = ERR_BUG;\n    if (e == ERR_NOT_FOUND) e = OK;\n"
              "    if (e == OK && ret_changes) *ret_changes = db_statement_changes(s);\n    return db_statement_end(s, e);\n}\n\n",
              out);
        return;
    }
    bool each = strcmp(e->kind, "each") == 0;
    fprintf(out, "    struct sql_%s_row row;\n", e->name);
    if (!each && has_text(e)) fputs("    const char *text;\n", out);
    if (!each && !has_text(e)) fputs("    (void)arena;\n", out);
    if (strcmp(e->kind, "maybe") == 0) {
        fputs("    e = db_step(s);\n    if (e != OK) return db_statement_end(s, e);\n", out);
        put_read_row(out, e, "    ", false);
        fputs("    e = db_step(s);\n    if (e == OK) e = ERR_BUG; /* a second row */\n    if (e != ERR_NOT_FOUND) return db_statement_end(s, e);\n"
              "    *ret = row;\n    return db_statement_end(s, OK);\n}\n\n",
              out);
        return;
    }
    if (each) {
        fputs("    while ((e = db_step(s)) == OK) {\n", out);
        put_read_row(out, e, "        ", true);
        if (has_text(e)) fputs("        if (db_statement_is_short(s)) return db_statement_end(s, ERR_NOMEM);\n", out);
        fputs("        e = row_fn(ctx, &row);\n        if (e != OK) return db_statement_end(s, e);\n    }\n"
              "    return db_statement_end(s, e == ERR_NOT_FOUND ? OK : e);\n}\n\n",
              out);
        return;
    }
    fprintf(out, "    struct sql_%s_row *rows = NULL;\n    size_t count = 0, capacity = 0;\n", e->name);
    fputs("    while ((e = db_step(s)) == OK) {\n", out);
    put_read_row(out, e, "        ", false);
    fputs("        if (arena_grow(arena, &rows, &capacity, count, sizeof *rows) != 0) return db_statement_end(s, ERR_NOMEM);\n"
          "        rows[count++] = row;\n    }\n    if (e != ERR_NOT_FOUND) return db_statement_end(s, e);\n"
          "    *ret_rows = rows;\n    *ret_count = count;\n    return db_statement_end(s, OK);\n}\n\n",
          out);
}

static void upper_of(const char *name, char *out)
{
    for (; *name; name++) *out++ = (char)toupper((unsigned char)*name);
    *out = '\0';
}

static FILE *create(const char *folder, const char *name, const char *suffix)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s%s", folder, name, suffix);
    FILE *f = fopen(path, "w");
    if (!f) {
        perror(path);
        exit(1);
    }
    return f;
}

static void put_header(FILE *out, const char *name, const struct entry *entries, int count)
{
    char upper[128];
    upper_of(name, upper);
    fprintf(out, "/* Made by core/db/gen/sqlgen.c; do not edit. */\n#ifndef PLENUM_GEN_%s_H\n#define PLENUM_GEN_%s_H\n\n", upper, upper);
    fputs("#include \"core/db/db.h\"\n\n", out);
    fprintf(out, "enum %s_statement {\n", name);
    for (int i = 0; i < count; i++) {
        upper_of(entries[i].name, upper);
        fprintf(out, "    SQL_%s,\n", upper);
    }
    fprintf(out, "    %s_STATEMENT_COUNT\n};\n\nextern const struct db_catalogue %s;\n\n", name, name);
    for (int i = 0; i < count; i++) {
        if (entries[i].in_count > POSITIONAL) put_struct(out, entries[i].name, "in", entries[i].in, entries[i].in_count);
        if (entries[i].out_count) put_struct(out, entries[i].name, "row", entries[i].out, entries[i].out_count);
        put_prototype(out, &entries[i]);
        fputs(";\n\n", out);
    }
    fputs("#endif\n", out);
}

static char *read_whole(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        exit(1);
    }
    fseek(f, 0, SEEK_END);
    long n = ftell(f);
    rewind(f);
    char *text = calloc(1, (size_t)n + 1);
    if (fread(text, 1, (size_t)n, f) != (size_t)n) exit(1);
    fclose(f);
    return text;
}

static void put_types(FILE *out, const struct field *fields, int count)
{
    fputc('"', out);
    for (int i = 0; i < count; i++) fputc(fields[i].type, out);
    fputc('"', out);
}

static void put_source(FILE *out, const char *name, const struct entry *entries, int count, char **migrations, int migration_count)
{
    fprintf(out,
            "/* Made by core/db/gen/sqlgen.c; do not edit. */\n#include \"%s.h\"\n\n#pragma GCC diagnostic ignored "
            "\"-Woverlength-strings\"\n\nstatic const struct db_statement_text statements[] = {\n",
            name);
    for (int i = 0; i < count; i++) {
        fprintf(out, "    {\"%s\",\n        ", entries[i].name);
        put_string(out, entries[i].sql);
        fputs(", ", out);
        put_types(out, entries[i].in, entries[i].in_count);
        fputs(", ", out);
        put_types(out, entries[i].out, entries[i].out_count);
        fputs("},\n", out);
    }
    fputs("};\n\nstatic const struct db_migration migrations[] = {\n", out);
    for (int i = 0; i < migration_count; i++) {
        const char *base = strrchr(migrations[i], '/') + 1;
        fprintf(out, "    {\"%.*s\",\n        ", (int)strlen(base) - 4, base);
        put_string(out, read_whole(migrations[i]));
        fputs("},\n", out);
    }
    fprintf(out,
            "};\n\nconst struct db_catalogue %s = {\n    .statements = statements,\n    .statement_count = %d,\n"
            "    .migrations = migrations,\n    .migration_count = %d,\n};\n\n",
            name, count, migration_count);
    for (int i = 0; i < count; i++) {
        char upper[128];
        upper_of(entries[i].name, upper);
        put_function(out, &entries[i], upper);
    }
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fputs("usage: sqlgen NAME OUTDIR SQLDIR MIGRATIONDIR\n", stderr);
        return 2;
    }
    static struct entry entries[MOST_ENTRIES];
    char **files, **migrations;
    int count = 0, file_count = list_folder(argv[3], &files), migration_count = list_folder(argv[4], &migrations);
    for (int i = 0; i < file_count; i++) count = read_file(files[i], entries, count);
    for (int i = 0; i < count; i++)
        for (int k = 0; k < i; k++)
            if (strcmp(entries[i].name, entries[k].name) == 0) {
                fprintf(stderr, "sqlgen: %s stands twice\n", entries[i].name);
                return 1;
            }
    FILE *header = create(argv[2], argv[1], ".h"), *source = create(argv[2], argv[1], ".c");
    put_header(header, argv[1], entries, count);
    put_source(source, argv[1], entries, count, migrations, migration_count);
    return fclose(header) || fclose(source) ? 1 : 0;
}
