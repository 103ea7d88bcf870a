/* Build tool: makes one C file of badges/layouts/ (its *.json files), so that the programs need none beside them.
 *     embed_layouts OUT.c FILE.json… */
#include <stdio.h>
#include <string.h>

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* As numbers: string literals may not be as long as a layout. */
static int put_file(FILE *out, const char *path, int number)
{
    FILE *in = fopen(path, "rb");
    if (!in) return -1;
    fprintf(out, "static const char layout_%d[] = {", number);
    int column = 0;
    for (int c; (c = fgetc(in)) != EOF;) fprintf(out, "%s%d,", column++ % 40 == 0 ? "\n    " : "", (signed char)c);
    fputs("0};\n", out);
    return fclose(in);
}

int main(int argc, char **argv)
{
    FILE *out = argc > 2 ? fopen(argv[1], "wb") : NULL;
    if (!out) return 2;
    fputs("#include \"badges/layout/layout_files.h\"\n\n", out);
    for (int i = 2; i < argc; i++)
        if (put_file(out, argv[i], i) != 0) {
            fprintf(stderr, "embed_layouts: %s cannot be read\n", argv[i]);
            return 1;
        }
    fputs("\nconst struct layout_file layout_files[] = {\n", out);
    for (int i = 2; i < argc; i++) fprintf(out, "    {\"%.*s\", layout_%d},\n", (int)strcspn(name_of(argv[i]), "."), name_of(argv[i]), i);
    fputs("    {0}};\n", out);
    return fclose(out) == 0 ? 0 : 1;
}
