/* Build tool: makes one C file of badges/layouts/ (its *.json files), so that the programs need none beside them.
 *     embed_layouts OUT.c FILE.json… */
#include <stdio.h>
#include <string.h>

static int put_file(FILE *out, const char *path)
{
    FILE *in = fopen(path, "rb");
    if (!in) return -1;
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    fprintf(out, "    {\"%.*s\", \"", (int)strcspn(name, "."), name);
    int column = 0;
    for (int c; (c = fgetc(in)) != EOF;) {
        if (column++ % 40 == 0) fputs("\"\n     \"", out);
        fprintf(out, "\\%03o", (unsigned)c);
    }
    fputs("\"},\n", out);
    return fclose(in);
}

int main(int argc, char **argv)
{
    FILE *out = argc > 2 ? fopen(argv[1], "wb") : NULL;
    if (!out) return 2;
    fputs("#include \"badges/layout_files.h\"\n\nconst struct layout_file layout_files[] = {\n", out);
    for (int i = 2; i < argc; i++)
        if (put_file(out, argv[i]) != 0) {
            fprintf(stderr, "embed_layouts: %s cannot be read\n", argv[i]);
            return 1;
        }
    fputs("    {0}};\n", out);
    return fclose(out) == 0 ? 0 : 1;
}
