/* Build tool: the status page and its words as one C file.
 *     embed_page OUT.c PAGE_DIR I18N_DIR
 * Words are the lines of I18N_DIR/{vi,en,pt,ar}.json whose keys begin with one of `prefixes`: one key a line, as those files are written. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *path, *file, *type;
} pages[] = {
    {"/", "index.html", "text/html; charset=utf-8"},
    {"/page.css", "page.css", "text/css; charset=utf-8"},
    {"/page.js", "page.js", "text/javascript; charset=utf-8"},
    {"/sound.js", "sound.js", "text/javascript; charset=utf-8"},
};
static const char *const languages[] = {"vi", "en", "pt", "ar"};
static const char *const prefixes[] = {" \"gate.", " \"desk.reason."};

#define PAGES (sizeof pages / sizeof *pages)
#define LANGUAGES (sizeof languages / sizeof *languages)

static void die(const char *what, const char *name)
{
    fprintf(stderr, "embed_page: %s: %s\n", name, what);
    exit(1);
}

static FILE *open_input(const char *folder, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *in = fopen(path, "rb");
    if (!in) die("cannot be opened", path);
    return in;
}

static void put_byte(FILE *out, size_t *count, int byte)
{
    fprintf(out, "%s%d,", *count % 32 == 0 ? "\n" : "", byte);
    (*count)++;
}

static void put_text(FILE *out, size_t *count, const char *text)
{
    for (; *text; text++) put_byte(out, count, (unsigned char)*text);
}

static size_t write_page(FILE *out, size_t index, const char *folder)
{
    FILE *in = open_input(folder, pages[index].file);
    size_t count = 0;
    fprintf(out, "static const unsigned char data%zu[] = {", index);
    for (int c; (c = fgetc(in)) != EOF;) put_byte(out, &count, c);
    fprintf(out, "};\n");
    fclose(in);
    if (count == 0) die("is empty", pages[index].file);
    return count;
}

static int is_wanted(const char *line)
{
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strncmp(line, prefixes[i], strlen(prefixes[i])) == 0) return 1;
    return 0;
}

static size_t write_words(FILE *out, size_t index, const char *folder, const char *language)
{
    char name[16], line[4096];
    snprintf(name, sizeof name, "%s.json", language);
    FILE *in = open_input(folder, name);
    size_t count = 0, lines = 0;
    fprintf(out, "static const unsigned char data%zu[] = {", index);
    put_text(out, &count, "{");
    while (fgets(line, sizeof line, in)) {
        if (!strchr(line, '\n')) die("has a line that is too long", name);
        if (!is_wanted(line)) continue;
        size_t length = strcspn(line, "\r\n");
        if (length && line[length - 1] == ',') length--;
        line[length] = '\0';
        if (lines++) put_text(out, &count, ",\n");
        put_text(out, &count, line);
    }
    put_text(out, &count, "}\n");
    fprintf(out, "};\n");
    fclose(in);
    if (lines < 40) die("has not the words of the status page", name);
    return count;
}

int main(int argc, char **argv)
{
    size_t lengths[PAGES + LANGUAGES];
    if (argc != 4) {
        fprintf(stderr, "usage: embed_page OUT.c PAGE_DIR I18N_DIR\n");
        return 2;
    }
    FILE *out = fopen(argv[1], "w");
    if (!out) die("cannot be written", argv[1]);
    fprintf(out, "/* Made by scanner/gen/embed_page.c. */\n#include \"scanner/status/assets.h\"\n");
    for (size_t i = 0; i < PAGES; i++) lengths[i] = write_page(out, i, argv[2]);
    for (size_t i = 0; i < LANGUAGES; i++) lengths[PAGES + i] = write_words(out, PAGES + i, argv[3], languages[i]);
    fprintf(out, "const struct status_asset status_assets[] = {\n");
    for (size_t i = 0; i < PAGES; i++) fprintf(out, "    {\"%s\", \"%s\", data%zu, %zu},\n", pages[i].path, pages[i].type, i, lengths[i]);
    for (size_t i = 0; i < LANGUAGES; i++)
        fprintf(out, "    {\"/words/%s.json\", \"application/json\", data%zu, %zu},\n", languages[i], PAGES + i, lengths[PAGES + i]);
    fprintf(out, "};\nconst size_t status_asset_count = %zu;\n", PAGES + LANGUAGES);
    if (fclose(out) != 0) die("cannot be written", argv[1]);
    return 0;
}
